# The files of the cpu backend. Kernels are compiled once for every instruction
# set, the rest for any processor of the family; cpu/features.cpp chooses.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
  set(EBB_CPU ${EBB_CPP}/cpu)
  set(EBB_CPU_KERNELS
    ${EBB_CPU}/attention.cpp
    ${EBB_CPU}/attention_few_rows.cpp
    ${EBB_CPU}/attention_many_rows.cpp
    ${EBB_CPU}/attention_merge.cpp
    ${EBB_CPU}/kernel_table.cpp
    ${EBB_CPU}/matmul_dense.cpp
    ${EBB_CPU}/matmul_quantized.cpp
    ${EBB_CPU}/quantize_activations.cpp
    ${EBB_CPU}/rms_norm.cpp
    ${EBB_CPU}/swiglu.cpp
    ${EBB_CPU}/to_f16.cpp)

  function(ebb_cpu_kernels isa name)
    add_library(ebb_cpu_${isa} STATIC ${EBB_CPU_KERNELS})
    target_include_directories(ebb_cpu_${isa} PRIVATE ${EBB_CPP})
    target_compile_definitions(ebb_cpu_${isa} PRIVATE
      EBB_ISA=${isa} EBB_ISA_TABLE=kernels_${isa} "EBB_ISA_NAME=\"${name}\"")
    target_compile_options(ebb_cpu_${isa} PRIVATE
      -ffp-contract=off -fno-math-errno -Wall -Wextra -Wshadow
      # GCC 12 sees its own _mm512_undefined_ps() as a mistake.
      -Wno-uninitialized -Wno-maybe-uninitialized ${ARGN})
  endfunction()
  ebb_cpu_kernels(avx2 "AVX2" -mavx2 -mfma -mf16c)
  ebb_cpu_kernels(avx512 "AVX-512 VNNI"
    -mavx2 -mfma -mf16c -mavx512f -mavx512bw -mavx512vl -mavx512dq -mavx512vnni
    -mprefer-vector-width=512)

  file(GLOB EBB_CPU_PLAIN CONFIGURE_DEPENDS ${EBB_CPU}/*.cpp)
  list(REMOVE_ITEM EBB_CPU_PLAIN ${EBB_CPU_KERNELS})
  list(APPEND EBB_CPU_SOURCES ${EBB_CPU_PLAIN})
  list(APPEND EBB_CPU_LIBRARIES ebb_cpu_avx2 ebb_cpu_avx512)
  file(GLOB EBB_CPU_TESTS CONFIGURE_DEPENDS ${EBB_TEST}/cpu/*.cpp)
  list(APPEND EBB_CPU_TEST_SOURCES ${EBB_CPU_TESTS})
endif()
