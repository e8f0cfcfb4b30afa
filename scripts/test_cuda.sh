#!/usr/bin/env bash
# Builds and runs all that is known of the CUDA kernels without a GPU: the emulator's tests and the kernels' on it,
# the same under the sanitizers, mutations, the way through Java; where an nvcc is found (make cuda-toolchain), also
# their resources against cuda/budgets.txt. With an argument: only the tests whose name contains it. Ends with counts.
set -uo pipefail
cd "$(dirname "$0")/.."
. scripts/jdk.sh

# What a machine without a device is told; one that has some shows none to the command.
expect_no_device() {
  local said code
  said=$(CUDA_VISIBLE_DEVICES='' "$@")
  code=$?
  if [ "$code" = 3 ] && [[ $said == *'Nothing was checked'* ]]; then
    echo "ok   $1 says that there is no device and exits 3"
  else
    echo "FAIL $1 without a device: status $code: $said"
    status=1
  fi
}

build=native/target/cmake
jdk=$(jdk_find) || exit 1
native/build-native.sh "$jdk" "$build" simt_tests || exit 1
status=0
"$build/simt/simt_tests" "$@" || status=1
# The same without hooks, under AddressSanitizer and UndefinedBehaviorSanitizer.
native/build-native.sh "$jdk" "$build" simt_sanitized_tests || exit 1
"$build/simt/simt_sanitized_tests" "${1:-cuda_}" || status=1
[ $# -gt 0 ] || python3 scripts/cuda_mutations.py "$build" || status=1
# What make gpu-check does on a device, at small sizes and with stand-ins for what it starts.
if [ $# -eq 0 ]; then
  native/build-native.sh "$jdk" "$build" gpu_check_tests || exit 1
  "$build/gpu-check/gpu_check_tests" || status=1
  python3 native/gpu-check/test/test_torch_figures.py || status=1
  expect_no_device scripts/gpu_check.sh
fi
# Through JNI, and the invariance tests of every backend, on a library with the emulator in it: as any device, and as one
# of sm_90a, there with decode by CUDA graphs too.
if [ $# -eq 0 ]; then
  native/build-native.sh "$jdk" "$build" ebb_emulated || exit 1
  for mode in '0 off' '1 off' '1 on'; do
    EBB_SIMT_SM90=${mode% *} EBB_CUDA_GRAPHS=${mode#* } EBB_NATIVE_LIBRARY=$PWD/$build/simt/libebb_emulated.so \
      scripts/mvn.sh -q -pl native -am \
      -Dtest='CudaEmulated*Test,BatchInvarianceTest' -Dsurefire.failIfNoSpecifiedTests=false test || status=1
    python3 scripts/java_counts.py native/target/surefire-reports CudaEmulatedTest CudaEmulatedSamplingTest \
      CudaEmulatedLossTest BatchInvarianceTest || status=1
  done
  # Chat through router, prefill and decode, all processes of dist/ with the emulator's provider added.
  EBB_DIST=$PWD/dist EBB_EMULATED_LIBRARY=$PWD/$build/simt/libebb_emulated.so scripts/mvn.sh -q -pl integration-tests -am \
    -Dtest=CudaEmulatedChatTest -DexcludedGroups= -Dsurefire.failIfNoSpecifiedTests=false -DskipITs test || status=1
  python3 scripts/java_counts.py integration-tests/target/surefire-reports CudaEmulatedChatTest || status=1
fi
if scripts/cuda_toolchain.sh find >/dev/null 2>&1; then
  native/build-native.sh "$jdk" "$build" ebb || exit 1
  python3 scripts/cuda_budgets.py "$build" || status=1
  # The program of make gpu-check, for one architecture.
  check=native/target/gpu-check-80
  EBB_GPU_CHECK_BUILD=$check EBB_GPU_CHECK_ARGS=-DCMAKE_CUDA_ARCHITECTURES=80-real \
    scripts/gpu_check.sh --build-only || exit 1
  expect_no_device "$check/gpu_check" "$check/gpu-check.json"
else
  echo "no nvcc: the kernels' resources were not checked (make cuda-toolchain fetches one)"
fi
exit "$status"
