#!/usr/bin/env bash
# Builds native/gpu-check with the nvcc found (or fetched) and runs it: every test of the CUDA backend on the device,
# then its figures. Needs cmake, g++ and make or ninja, no JDK; with one, the Java tests run too. Exit status 3 where
# there is no device, 1 where something is wrong. `--build-only` stops after the build, which needs no device.
# EBB_GPU_CHECK_OUT: folder for gpu-check.json, gpu-check.log and build.log, which are written as they come.
# EBB_GPU_CHECK_SECONDS: how long the check may take behind the build, 540 by default. EBB_GPU_CHECK_ARGS: for cmake, such
# as -DCMAKE_CUDA_ARCHITECTURES=90a-real, which builds for a Hopper GPU alone and so in a third of the time.
set -uo pipefail
cd "$(dirname "$0")/.."
. scripts/jdk.sh

build=${EBB_GPU_CHECK_BUILD:-native/target/gpu-check}
out=${EBB_GPU_CHECK_OUT:-$build}

needed() {
  command -v "$1" >/dev/null || { echo "$1 is missing: $2" >&2; exit 1; }
}

# The generator's option where make is missing.
generator() {
  command -v make >/dev/null && return
  command -v ninja >/dev/null || { echo "make is missing, and ninja too: apt-get install make" >&2; return 1; }
  echo "-G Ninja"
}

# cuBLASLt of a Python package, which the loader does not find by itself.
export_cublaslt() {
  local found
  found=$(python3 -c 'import glob, sys
print(next((f for p in sys.path for f in glob.glob(p + "/nvidia/*/lib/libcublasLt.so.1[23]")), ""))' 2>/dev/null) ||
    return 0
  [ -z "$found" ] || export EBB_CUBLASLT=${EBB_CUBLASLT:-$found}
}

build_check() {
  local nvcc with began=$SECONDS log=$out/build.log
  needed cmake "apt-get install cmake"
  needed g++ "apt-get install g++"
  with=$(generator) && nvcc=$(scripts/cuda_toolchain.sh) || exit 1
  echo "building into $build with $nvcc" >&2
  # shellcheck disable=SC2086
  if ! { cmake $with -S native/gpu-check -B "$build" -DCMAKE_CUDA_COMPILER="$nvcc" -DEBB_JAVA_HOME="$(jdk_find)" \
           ${EBB_GPU_CHECK_ARGS:-} &&
         cmake --build "$build" --parallel "${EBB_BUILD_JOBS:-$(nproc)}"; } >"$log" 2>&1; then
    grep -nE 'error|fatal|ptxas warning' "$log" | head -20 >&2
    tail -20 "$log" >&2
    exit 1
  fi
  echo "built in $((SECONDS - began)) s" >&2
}

if [ "${1:-}" != --build-only ] && ! compgen -G '/dev/nvidia[0-9]*' >/dev/null && [ ! -e /dev/dxg ]; then
  echo "no device: there is no /dev/nvidia0 (nor /dev/dxg)"
  echo "Nothing was checked: this needs an NVIDIA GPU of sm_80 or newer and its driver."
  exit 3
fi
mkdir -p "$build" "$out" || exit 1
build_check
[ "${1:-}" != --build-only ] || exit 0
export_cublaslt
export EBB_GPU_CHECK_LIBRARY=$PWD/$build/libebb_gpu_check.so
"$build/gpu_check" "$out/gpu-check.json" "${EBB_GPU_CHECK_SECONDS:-540}" 2>&1 | tee "$out/gpu-check.log"
exit "${PIPESTATUS[0]}"
