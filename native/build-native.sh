#!/bin/sh
# Builds one CMake target of the native core and, for the library, puts it where
# Maven packs it. Usage: build-native.sh <java home> <build folder> <target> [<resource folder>]
# EBB_CMAKE_ARGS: one more argument for CMake.
set -eu

java_home=$1
build=$2
target=$3
resources=${4:-}
source=$(cd "$(dirname "$0")" && pwd)

missing() {
  echo "The native core cannot be built: $1 is missing." >&2
  echo "On Debian or Ubuntu: sudo apt-get install -y cmake g++ make" >&2
  exit 1
}
command -v cmake >/dev/null 2>&1 || missing "cmake"
[ -n "${CXX:-}" ] || command -v c++ >/dev/null 2>&1 || command -v g++ >/dev/null 2>&1 ||
  missing "a C++ compiler"

mkdir -p "$build"
# Two Maven runs on one tree must not write the same objects.
if command -v flock >/dev/null 2>&1; then
  exec 9>"$build/.lock"
  flock 9
fi

# CMake keeps the nvcc that it found first, also when it is gone or another is asked for.
cached=$(sed -n 's/^CMAKE_CUDA_COMPILER:[A-Z]*=//p' "$build/CMakeCache.txt" 2>/dev/null || true)
if [ -n "$cached" ] && [ -z "${EBB_CMAKE_ARGS:-}" ] &&
   [ "$cached" != "$("$source/../scripts/cuda_toolchain.sh" find 2>/dev/null || true)" ]; then
  rm -rf "$build/CMakeCache.txt" "$build"/CMakeFiles/*/CMakeCUDACompiler.cmake
fi

# Quiet unless something goes wrong.
log=$build/build.log
if ! { cmake -S "$source" -B "$build" -DEBB_JAVA_HOME="$java_home" ${EBB_CMAKE_ARGS:+"$EBB_CMAKE_ARGS"} &&
       cmake --build "$build" --target "$target" --parallel "${EBB_BUILD_JOBS:-2}"; } >"$log" 2>&1; then
  cat "$log" >&2
  exit 1
fi
grep 'warning:' "$log" >&2 || true

if [ -n "$resources" ]; then
  folder=$resources/native/$(uname -s | tr '[:upper:]' '[:lower:]')-$(uname -m)
  mkdir -p "$folder"
  if [ ! -f "$folder/libebb.so.sha256" ] || ! cmp -s "$build/libebb.so" "$folder/libebb.so"; then
    cp "$build/libebb.so" "$folder/libebb.so"
    sha256sum "$build/libebb.so" | cut -d' ' -f1 >"$folder/libebb.so.sha256"
  fi
fi
