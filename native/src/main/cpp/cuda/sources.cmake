# The cuda backend, where nvcc 13 is found (scripts/cuda_toolchain.sh); EBB_CUDA=OFF leaves it out.
#
# find_package(CUDAToolkit) is not used: CMake's module does not know the layout of NVIDIA's
# wheels. cudart is linked statically and finds the driver when first called, so the library loads
# where there is none.
set(EBB_CUDA AUTO CACHE STRING "AUTO: the cuda backend where nvcc is found; OFF: without; ON: or fail")
include(${EBB_CPP}/cuda/flags.cmake)
set(EBB_CUDA_ARCHITECTURES "${EBB_CUDA_ARCHITECTURES_SHIPPED}" CACHE STRING "what the kernels are compiled for")
set(EBB_CUDA_OBJECTS)

if(NOT EBB_CUDA STREQUAL "OFF" AND NOT CMAKE_CUDA_COMPILER)
  execute_process(COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/../scripts/cuda_toolchain.sh find
                  OUTPUT_VARIABLE EBB_FOUND_NVCC OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE EBB_NO_NVCC
                  ERROR_QUIET)
  if(NOT EBB_NO_NVCC AND EBB_FOUND_NVCC)
    set(CMAKE_CUDA_COMPILER ${EBB_FOUND_NVCC} CACHE FILEPATH "nvcc")
  endif()
endif()

if(EBB_CUDA STREQUAL "OFF" OR NOT CMAKE_CUDA_COMPILER)
  if(EBB_CUDA STREQUAL "ON")
    message(FATAL_ERROR "EBB_CUDA=ON, but no nvcc 13 was found: make cuda-toolchain fetches one")
  endif()
  message(STATUS "CPU backends only (make cuda-toolchain fetches a compiler for the cuda backend)")
  return()
endif()

set(CMAKE_CUDA_ARCHITECTURES ${EBB_CUDA_ARCHITECTURES})
set(CMAKE_CUDA_RUNTIME_LIBRARY Static)
set(CMAKE_CUDA_STANDARD 17)  # CMake 3.25 knows no later one for nvcc
set(CMAKE_CUDA_HOST_COMPILER ${CMAKE_CXX_COMPILER})
enable_language(CUDA)

file(GLOB EBB_CUDA_KERNELS CONFIGURE_DEPENDS ${EBB_CPP}/cuda/*.cu)
file(GLOB EBB_CUDA_SM90_KERNELS CONFIGURE_DEPENDS ${EBB_CPP}/cuda/*_sm90.cu)
list(REMOVE_ITEM EBB_CUDA_KERNELS ${EBB_CUDA_SM90_KERNELS})
file(GLOB EBB_CUDA_HOST CONFIGURE_DEPENDS ${EBB_CPP}/cuda/*.cpp)
function(ebb_cuda_library target)
  add_library(${target} OBJECT ${ARGN})
  target_include_directories(${target} PRIVATE ${EBB_CPP})
  set_target_properties(${target} PROPERTIES CUDA_VISIBILITY_PRESET hidden)
  target_compile_options(${target} PRIVATE ${EBB_CUDA_KERNEL_FLAGS} -Xcompiler=-fPIC)
endfunction()
ebb_cuda_library(ebb_cuda_kernels ${EBB_CUDA_KERNELS})
# What is written for sm_90a is compiled for it alone.
ebb_cuda_library(ebb_cuda_sm90_kernels ${EBB_CUDA_SM90_KERNELS})
set_target_properties(ebb_cuda_sm90_kernels PROPERTIES CUDA_ARCHITECTURES 90a-real)
add_library(ebb_cuda_host OBJECT ${EBB_CUDA_HOST})
target_include_directories(ebb_cuda_host PRIVATE ${EBB_CPP})
target_compile_options(ebb_cuda_host PRIVATE ${EBB_CUDA_HOST_FLAGS} -Wall -Wextra -Wshadow)
set(EBB_CUDA_OBJECTS ebb_cuda_kernels ebb_cuda_sm90_kernels ebb_cuda_host)
