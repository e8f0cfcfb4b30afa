#!/usr/bin/env bash
# Builds and runs all that is known of the CUDA kernels without a GPU: the emulator's tests and the kernels' on it,
# the same under the sanitizers, mutations, the way through Java, the library without the cuda backend; where an nvcc
# is found (make cuda-toolchain), also the library with it and the kernels' resources against cuda/budgets.txt.
# Ends with a line for each part, with its seconds, and one that counts them. With an argument: only the emulator's
# tests whose name contains it. EBB_CUDA_TESTS=build: only that the library builds without and with nvcc, and loads
# where no driver is.
set -uo pipefail
cd "$(dirname "$0")/.."
. scripts/jdk.sh

build=native/target/cmake
plain=native/target/cmake-without-cuda
check=native/target/gpu-check-80
jdk=$(jdk_find) || exit 1
said=$(mktemp)
table=$(mktemp)
trap 'rm -f "$said" "$table"' EXIT
parts=0
failed=0

# A part of the run, and what it said last.
part() {
  local name=$1 code began=$SECONDS
  shift
  echo "== $name"
  "$@" 2>&1 | tee "$said"
  code=${PIPESTATUS[0]}
  parts=$((parts + 1))
  [ "$code" = 0 ] || failed=$((failed + 1))
  printf '%-6s %5d s  %-35s %s\n' "$([ "$code" = 0 ] && echo ok || echo FAILED)" $((SECONDS - began)) "$name" \
    "$(sed 's/\x1b\[[0-9;]*m//g' "$said" | grep -v '^[[:space:]]*$' | tail -n 1 | cut -c1-100)" >>"$table"
  return "$code"
}

end() {
  echo
  cat "$table"
  echo "make test-cuda: $parts parts, $failed failed, $((SECONDS / 60)) min $((SECONDS % 60)) s"
  [ "$failed" = 0 ] && [ "$parts" -gt 0 ]
  exit
}

native() { native/build-native.sh "$jdk" "$build" "$1"; }
built_tests() { native "$1" && "$build/$2/$1" "${@:3}"; }
# By as many processes as there are cores.
emulator_tests() { native "$1" && EBB_TEST_JOBS=$(nproc) "$build/simt/$1" "${@:2}"; }

# JUnit's tests of a module on a library of this build, and how many of each class ran.
java_tests() {
  local module=$1 classes=$2
  shift 2
  # Reports of the part before would be counted again.
  rm -rf "$module/target/cuda-reports"
  "$@" scripts/mvn.sh -q -pl "$module" -am -Dtest="${classes// /,}" -DexcludedGroups= -Debb.reports=cuda-reports \
    -Dsurefire.failIfNoSpecifiedTests=false -Dnative.tests.skip=true -DskipITs test || return 1
  # shellcheck disable=SC2086
  python3 scripts/java_counts.py "$module/target/cuda-reports" $classes
}

emulated_java() {
  local classes="CudaEmulatedTest CudaEmulatedSamplingTest CudaEmulatedLossTest CudaEmulatedNotesTest"
  java_tests native "$classes BatchInvarianceTest" \
    env EBB_SIMT_SM90="$1" EBB_CUDA_GRAPHS="$2" EBB_NATIVE_LIBRARY="$PWD/$build/simt/libebb_emulated.so"
}

# Chat through router, prefill and decode, all processes of dist/ with the emulator's provider added.
emulated_chat() {
  java_tests integration-tests CudaEmulatedChatTest \
    env EBB_DIST="$PWD/dist" EBB_EMULATED_LIBRARY="$PWD/$build/simt/libebb_emulated.so"
}

# What a machine without a device is told; one that has some shows none to the command.
expect_no_device() {
  local answer code
  answer=$(CUDA_VISIBLE_DEVICES='' "$@")
  code=$?
  if [ "$code" = 3 ] && [[ $answer == *'Nothing was checked'* ]]; then
    echo "it says that there is no device and exits 3"
  else
    echo "status $code: $answer"
    return 1
  fi
}

gpu_check_program() {
  built_tests gpu_check_tests gpu-check && python3 native/gpu-check/test/test_torch_figures.py &&
    expect_no_device scripts/gpu_check.sh
}

# For one architecture.
gpu_check_built() {
  EBB_GPU_CHECK_BUILD=$check EBB_GPU_CHECK_ARGS=-DCMAKE_CUDA_ARCHITECTURES=80-real \
    scripts/gpu_check.sh --build-only && expect_no_device "$check/gpu_check" "$check/gpu-check.json"
}

without_nvcc() {
  EBB_CMAKE_ARGS=-DEBB_CUDA=OFF native/build-native.sh "$jdk" "$plain" ebb_tests && "$plain/ebb_tests" registry
}

with_nvcc() {
  native ebb && native ebb_tests && CUDA_VISIBLE_DEVICES='' "$build/ebb_tests" registry &&
    java_tests native "CudaWithoutDeviceTest BatchInvarianceTest" \
      env CUDA_VISIBLE_DEVICES='' EBB_NATIVE_LIBRARY="$PWD/$build/libebb.so"
}

# Status 1 where no nvcc is.
libraries() {
  part "library without nvcc" without_nvcc
  if ! scripts/cuda_toolchain.sh find >/dev/null 2>&1; then
    echo "-      no nvcc: the library with cuda inside and the kernels' resources were not checked" \
      "(make cuda-toolchain fetches one)" >>"$table"
    return 1
  fi
  part "library with nvcc, no driver" with_nvcc
}

if [ $# -gt 0 ]; then
  part "emulator" emulator_tests simt_tests "$1"
  # The emulator's own tests need its hooks, which the sanitizers take.
  if grep -rhoE '^TEST\([a-z0-9_]+' native/src/test/cpp/cuda | grep -q "${1#=}"; then
    part "emulator, sanitizers" emulator_tests simt_sanitized_tests "$1"
  fi
  end
fi
if [ "${EBB_CUDA_TESTS:-all}" = build ]; then
  libraries
  end
fi
part "emulator" emulator_tests simt_tests
# Without hooks, under AddressSanitizer and UndefinedBehaviorSanitizer.
part "emulator, sanitizers" emulator_tests simt_sanitized_tests cuda_
part "mutations" python3 scripts/cuda_mutations.py "$build"
part "gpu-check, small and with stand-ins" gpu_check_program
# The invariance tests of every backend too, on a library with the emulator in it: as any device, and as one of sm_90a,
# there with decode by CUDA graphs too.
if part "library with the emulator" native ebb_emulated; then
  part "Java, sm_80" emulated_java 0 off
  part "Java, sm_90a" emulated_java 1 off
  part "Java, sm_90a, graphs" emulated_java 1 on
  part "chat" emulated_chat
fi
if libraries; then
  part "budgets" python3 scripts/cuda_budgets.py "$build"
  part "gpu-check, compiled" gpu_check_built
fi
end
