// cuda/device.h on the CUDA runtime, which is linked statically; the driver is found when first used.
#include "cuda/device.h"

#include <cuda.h>

#include <cstdio>
#include <cstring>

#include "cuda/check.cuh"

namespace ebb::cuda {
namespace {

cudaStream_t native(Stream stream) { return reinterpret_cast<cudaStream_t>(stream); }
cudaEvent_t native(Event event) { return reinterpret_cast<cudaEvent_t>(event); }
cudaGraphExec_t native(Graph graph) { return reinterpret_cast<cudaGraphExec_t>(graph); }

// Stands for all kernels, which are compiled for the same devices.
__global__ void __launch_bounds__(32) probe_kernel() {}

// Of a call that gives something back: the next launch would take its failure for its own.
void forget(cudaError_t error) noexcept {
  if (error != cudaSuccess) cudaGetLastError();
}

// Pieces without gaps are one.
void copy_pieces(void *to, const void *from, const Pieces &pieces, cudaMemcpyKind kind, const char *what,
                 cudaStream_t stream) {
  if (pieces.width == pieces.pitch) {
    check(cudaMemcpyAsync(to, from, pieces.width * pieces.count, kind, stream), what);
  } else {
    check(cudaMemcpy2DAsync(to, pieces.pitch, from, pieces.pitch, pieces.width, pieces.count, kind, stream), what);
  }
}

std::string version_text(int version) {
  return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

[[noreturn]] void unsupported(const std::string &why) { throw Error(EBB_UNSUPPORTED, "cuda: " + why); }

}  // namespace

std::string describe_device() {
  int count = 0;  // stays untouched where there is no driver
  const cudaError_t error = cudaGetDeviceCount(&count);
  if (error == cudaErrorInsufficientDriver) {
    int version = 0;  // stays so where there is none
    cudaDriverGetVersion(&version);
    unsupported("no device: " + (version == 0 ? std::string("NVIDIA's driver is missing")
                                              : "NVIDIA's driver is for CUDA " + version_text(version)) +
                "; this build needs one for CUDA " + std::to_string(CUDART_VERSION / 1000) + ".0 or newer (R580)");
  }
  if (error == cudaErrorNoDevice || (error == cudaSuccess && count == 0)) unsupported("no device is attached");
  if (error != cudaSuccess) unsupported(std::string("no device: ") + cudaGetErrorString(error));
  cudaDeviceProp device;
  check(cudaGetDeviceProperties(&device, 0), "cudaGetDeviceProperties");
  if (device.major < 8) {
    unsupported(std::string(device.name) + " is sm_" + std::to_string(device.major * 10 + device.minor) +
                "; sm_80 (Ampere) or newer is needed");
  }
  char text[512];
  std::snprintf(text, sizeof(text), "cuda: %s, sm_%d%d, %.1f GB", device.name, device.major, device.minor,
                static_cast<double>(device.totalGlobalMem) / 1e9);
  return text;
}

// A device that this build has no machine code for takes its PTX, which a driver older than the compiler refuses.
void require_code() {
  cudaFuncAttributes attributes;
  const cudaError_t error = cudaFuncGetAttributes(&attributes, reinterpret_cast<const void *>(probe_kernel));
  if (error == cudaErrorNoKernelImageForDevice || error == cudaErrorInvalidDeviceFunction ||
      error == cudaErrorUnsupportedPtxVersion || error == cudaErrorInvalidPtx ||
      error == cudaErrorJitCompilerNotFound) {
    cudaGetLastError();  // as check does
    unsupported(std::string("this build has no code that device and driver could run (") + cudaGetErrorString(error) +
                "): update the driver, or build for the device's own architecture "
                "(EBB_CMAKE_ARGS=-DEBB_CUDA_ARCHITECTURES=...)");
  }
  check(error, "the backend's code");
}

void *device_allocate(size_t bytes, const char *name) {
  void *address = nullptr;
  const cudaError_t error = cudaMalloc(&address, bytes == 0 ? 1 : bytes);
  if (error == cudaErrorMemoryAllocation) {
    cudaGetLastError();  // as check does
    throw Error(EBB_OUT_OF_MEMORY, std::string("cuda: ") + name + " needs " + std::to_string(bytes) +
                                       " bytes of device memory, " + std::to_string(device_free_bytes()) +
                                       " are free; stop what else uses the device, or take a smaller model");
  }
  check(error, name);
  return address;
}

void device_release(void *address) noexcept {
  if (address != nullptr) forget(cudaFree(address));
}

size_t device_free_bytes() {
  size_t available = 0;
  size_t total = 0;
  check(cudaMemGetInfo(&available, &total), "cudaMemGetInfo");
  return available;
}

size_t device_shared_bytes() {
  int bytes = 0;
  check(cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, 0), "the device's shared memory");
  return static_cast<size_t>(bytes);
}

bool device_is_sm90() {
  int major = 0;
  int minor = 0;
  check(cudaDeviceGetAttribute(&major, cudaDevAttrComputeCapabilityMajor, 0), "the device's architecture");
  check(cudaDeviceGetAttribute(&minor, cudaDevAttrComputeCapabilityMinor, 0), "the device's architecture");
  return major == 9 && minor == 0;
}

// The driver encodes it; libcuda is not linked, so its function is asked for by name.
TensorMap tensor_rows(const void *base, int32_t columns, int64_t rows, int32_t box_rows) {
  void *found = nullptr;
  cudaDriverEntryPointQueryResult result;
  check(cudaGetDriverEntryPointByVersion("cuTensorMapEncodeTiled", &found, 12000, cudaEnableDefault, &result),
        "cuTensorMapEncodeTiled");
  if (result != cudaDriverEntryPointSuccess) {
    unsupported("the driver has no cuTensorMapEncodeTiled; CUDA 12 or newer is needed");
  }
  static_assert(sizeof(CUtensorMap) == sizeof(TensorMap));
  const auto encode = reinterpret_cast<decltype(&cuTensorMapEncodeTiled)>(found);
  const cuuint64_t sizes[] = {static_cast<cuuint64_t>(columns), static_cast<cuuint64_t>(rows)};
  const cuuint64_t stride[] = {static_cast<cuuint64_t>(columns) * 2};
  const cuuint32_t box[] = {static_cast<cuuint32_t>(kPanelColumns), static_cast<cuuint32_t>(box_rows)};
  const cuuint32_t steps[] = {1, 1};
  CUtensorMap map;
  const CUresult error = encode(&map, CU_TENSOR_MAP_DATA_TYPE_FLOAT16, 2, const_cast<void *>(base), sizes, stride, box,
                                steps, CU_TENSOR_MAP_INTERLEAVE_NONE, CU_TENSOR_MAP_SWIZZLE_128B,
                                CU_TENSOR_MAP_L2_PROMOTION_L2_128B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
  if (error != CUDA_SUCCESS) {
    throw Error(EBB_INTERNAL, "cuda: cuTensorMapEncodeTiled: error " + std::to_string(static_cast<int>(error)));
  }
  TensorMap same;
  std::memcpy(&same, &map, sizeof(map));
  return same;
}

Stream stream_create() {
  cudaStream_t stream;
  check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "cudaStreamCreate");
  return reinterpret_cast<Stream>(stream);
}

void stream_destroy(Stream stream) noexcept {
  if (stream != nullptr) forget(cudaStreamDestroy(native(stream)));
}

Event event_create() {
  cudaEvent_t event;
  check(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "cudaEventCreate");
  return reinterpret_cast<Event>(event);
}

void event_destroy(Event event) noexcept {
  if (event != nullptr) forget(cudaEventDestroy(native(event)));
}

void record(Event event, Stream stream) { check(cudaEventRecord(native(event), native(stream)), "cudaEventRecord"); }

void wait_for(Event event, Stream stream) {
  check(cudaStreamWaitEvent(native(stream), native(event), 0), "cudaStreamWaitEvent");
}

bool pin(void *address, size_t bytes, std::string &why) {
  const cudaError_t error = cudaHostRegister(address, bytes, cudaHostRegisterDefault);
  if (error == cudaSuccess) return true;
  cudaGetLastError();  // as check does
  // Some systems answer cudaErrorUnknown for memory that they do not pin; a lost device fails every other call too.
  if (is_fatal(error)) check(cudaDeviceSynchronize(), "cudaHostRegister");
  why = std::string(cudaGetErrorName(error)) + ": " + cudaGetErrorString(error);
  return false;
}

void pin_release(void *address) noexcept { forget(cudaHostUnregister(address)); }

void upload(void *to, const void *from, size_t bytes, Stream stream) {
  check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyHostToDevice, native(stream)), "a copy to the device");
}

void download(void *to, const void *from, size_t bytes, Stream stream) {
  check(cudaMemcpyAsync(to, from, bytes, cudaMemcpyDeviceToHost, native(stream)), "a copy from the device");
}

void upload_pieces(void *to, const void *from, const Pieces &pieces, Stream stream) {
  copy_pieces(to, from, pieces, cudaMemcpyHostToDevice, "a copy to the device", native(stream));
}

void download_pieces(void *to, const void *from, const Pieces &pieces, Stream stream) {
  copy_pieces(to, from, pieces, cudaMemcpyDeviceToHost, "a copy from the device", native(stream));
}

void synchronize(Stream stream) { check(cudaStreamSynchronize(native(stream)), "a step"); }

// Other threads, which have handles of their own, may allocate meanwhile: the rules are for this one.
void capture_begin(Stream stream) {
  check(cudaStreamBeginCapture(native(stream), cudaStreamCaptureModeThreadLocal), "cudaStreamBeginCapture");
}

Graph capture_end(Stream stream) {
  cudaGraph_t kept = nullptr;
  check(cudaStreamEndCapture(native(stream), &kept), "cudaStreamEndCapture");
  cudaGraphExec_t graph = nullptr;
  const char *what = "cudaGraphInstantiate";
  cudaError_t error = cudaGraphInstantiate(&graph, kept, 0);
  forget(cudaGraphDestroy(kept));
  if (error == cudaSuccess) {
    // What its first launch would allocate is allocated here, where there is another way to compute the step.
    what = "cudaGraphUpload";
    error = cudaGraphUpload(graph, native(stream));
    if (error == cudaSuccess) error = cudaStreamSynchronize(native(stream));  // so it may go at any time
    if (error != cudaSuccess) graph_destroy(reinterpret_cast<Graph>(graph));
  }
  if (error == cudaErrorMemoryAllocation) {
    cudaGetLastError();  // as check does
    throw Error(EBB_OUT_OF_MEMORY, "cuda: no device memory for a CUDA graph, " + std::to_string(device_free_bytes()) +
                                       " bytes are free; EBB_CUDA_GRAPHS=off needs none");
  }
  check(error, what);
  return reinterpret_cast<Graph>(graph);
}

void capture_abandon(Stream stream) noexcept {
  cudaGraph_t kept = nullptr;
  if (cudaStreamEndCapture(native(stream), &kept) == cudaSuccess && kept != nullptr) cudaGraphDestroy(kept);
  cudaGetLastError();  // what went wrong is on its way to the caller
}

void graph_launch(Graph graph, Stream stream) {
  check(cudaGraphLaunch(native(graph), native(stream)), "cudaGraphLaunch");
}

void graph_destroy(Graph graph) noexcept {
  if (graph != nullptr) forget(cudaGraphExecDestroy(native(graph)));
}

}  // namespace ebb::cuda
