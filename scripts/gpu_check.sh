#!/usr/bin/env bash
# Builds native/gpu-check with the nvcc found (or fetched) and runs it: every test of the CUDA backend on the device,
# then its figures. Needs cmake, g++ and make, no JDK. Exit status 3 where there is no device, 1 where something is
# wrong.
set -uo pipefail
cd "$(dirname "$0")/.."

nvcc=$(scripts/cuda_toolchain.sh) || exit 1
build=${EBB_GPU_CHECK_BUILD:-native/target/gpu-check}
log=$build/build.log
mkdir -p "$build"
echo "building into $build" >&2
if ! { cmake -S native/gpu-check -B "$build" -DCMAKE_CUDA_COMPILER="$nvcc" ${EBB_GPU_CHECK_ARGS:-} &&
       cmake --build "$build" --parallel "${EBB_BUILD_JOBS:-$(nproc)}"; } >"$log" 2>&1; then
  tail -40 "$log" >&2
  exit 1
fi
exec "$build/gpu_check" "$@"
