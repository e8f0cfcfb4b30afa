#!/usr/bin/env bash
# Builds native/gpu-check with the nvcc found (or fetched) and runs it: every test of the CUDA backend on the device,
# then its figures. Needs cmake, g++ and make, no JDK; with one, the Java tests run too. Exit status 3 where there is no
# device, 1 where something is wrong. `--build-only` stops after the build, which needs no device.
set -uo pipefail
cd "$(dirname "$0")/.."
. scripts/jdk.sh

if [ "${1:-}" != --build-only ] && ! compgen -G '/dev/nvidia[0-9]*' >/dev/null && [ ! -e /dev/dxg ]; then
  echo "no device: there is no /dev/nvidia0 (nor /dev/dxg)"
  echo "Nothing was checked: this needs an NVIDIA GPU of sm_80 or newer and its driver."
  exit 3
fi
nvcc=$(scripts/cuda_toolchain.sh) || exit 1
build=${EBB_GPU_CHECK_BUILD:-native/target/gpu-check}
log=$build/build.log
mkdir -p "$build"
echo "building into $build" >&2
began=$SECONDS
if ! { cmake -S native/gpu-check -B "$build" -DCMAKE_CUDA_COMPILER="$nvcc" -DEBB_JAVA_HOME="$(jdk_find)" \
         ${EBB_GPU_CHECK_ARGS:-} &&
       cmake --build "$build" --parallel "${EBB_BUILD_JOBS:-$(nproc)}"; } >"$log" 2>&1; then
  tail -40 "$log" >&2
  exit 1
fi
echo "built in $((SECONDS - began)) s" >&2
[ "${1:-}" != --build-only ] || exit 0
export EBB_GPU_CHECK_LIBRARY=$PWD/$build/libebb_gpu_check.so
exec "$build/gpu_check" "$build/gpu-check.json"
