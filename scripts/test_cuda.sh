#!/usr/bin/env bash
# Builds and runs all that is known of the CUDA kernels without a GPU: the emulator's tests and the kernels' on it; where
# an nvcc is found (make cuda-toolchain), also their resources against cuda/budgets.txt. Ends with counts.
set -uo pipefail
cd "$(dirname "$0")/.."
. scripts/jdk.sh

build=native/target/cmake
jdk=$(jdk_find) || exit 1
native/build-native.sh "$jdk" "$build" simt_tests || exit 1
status=0
"$build/simt/simt_tests" "$@" || status=1
# The same without hooks, under AddressSanitizer and UndefinedBehaviorSanitizer.
native/build-native.sh "$jdk" "$build" simt_sanitized_tests || exit 1
"$build/simt/simt_sanitized_tests" "${1:-cuda_}" || status=1
[ $# -gt 0 ] || python3 scripts/cuda_mutations.py "$build" || status=1
if scripts/cuda_toolchain.sh find >/dev/null 2>&1; then
  native/build-native.sh "$jdk" "$build" ebb || exit 1
  python3 scripts/cuda_budgets.py "$build" || status=1
else
  echo "no nvcc: the kernels' resources were not checked (make cuda-toolchain fetches one)"
fi
exit "$status"
