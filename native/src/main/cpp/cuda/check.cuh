// Turns the CUDA runtime's errors into ours.
#ifndef EBB_CUDA_CHECK_CUH
#define EBB_CUDA_CHECK_CUH

#include <cuda_runtime_api.h>

#include <string>

#include "core/error.h"

namespace ebb::cuda {

// Errors after which the context is dead and every further call fails.
inline bool is_fatal(cudaError_t error) {
  switch (error) {
    case cudaErrorIllegalAddress:
    case cudaErrorLaunchFailure:
    case cudaErrorLaunchTimeout:
    case cudaErrorHardwareStackError:
    case cudaErrorIllegalInstruction:
    case cudaErrorMisalignedAddress:
    case cudaErrorAssert:
    case cudaErrorECCUncorrectable:
    case cudaErrorNvlinkUncorrectable:
    case cudaErrorDevicesUnavailable:
    case cudaErrorInvalidAddressSpace:
    case cudaErrorInvalidPc:
    case cudaErrorTensorMemoryLeak:
    case cudaErrorContained:
    case cudaErrorContextIsDestroyed:
    case cudaErrorExternalDevice:
    case cudaErrorMpsClientTerminated:
    case cudaErrorUnknown:  // what a device that fell off the bus answers
      return true;
    default: return false;
  }
}

// Throws Error: EBB_OUT_OF_MEMORY, EBB_DEVICE_LOST, else EBB_INTERNAL. The runtime then forgets the error, which would
// come up at the next launch; one that is fatal stays by itself.
inline void check(cudaError_t error, const char *what) {
  if (error == cudaSuccess) return;
  cudaGetLastError();
  const ebb_status status = error == cudaErrorMemoryAllocation ? EBB_OUT_OF_MEMORY
                            : is_fatal(error)                   ? EBB_DEVICE_LOST
                                                                : EBB_INTERNAL;
  throw Error(status, std::string("cuda: ") + what + ": " + cudaGetErrorString(error));
}

}  // namespace ebb::cuda

#endif  // EBB_CUDA_CHECK_CUH
