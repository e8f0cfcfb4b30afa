#!/usr/bin/env bash
# Prints the path of an nvcc of CUDA 13 or newer. One that is installed is taken (EBB_NVCC, CUDACXX, CUDA_HOME, CUDA_PATH,
# the PATH, /usr/local); else NVIDIA's compiler is fetched from PyPI by name and pinned version into the cache, outside the tree. It
# needs no GPU, no driver and no root. `cuda_toolchain.sh find` only looks and prints nothing, with status 1, where
# none is.
set -euo pipefail

# All unpack into one tree, nvidia/cu13, that nvcc.profile describes; the wheels' own dependencies are left out because
# they carry no versions.
PINS=(nvidia-cuda-nvcc==13.5.37 nvidia-nvvm==13.5.37 nvidia-cuda-crt==13.5.37 nvidia-cuda-runtime==13.5.37
      nvidia-cuda-cccl==13.3.5.0.6 nvidia-cuda-nvdisasm==13.5.37 nvidia-cuda-cuobjdump==13.5.37)
CACHE=${EBB_CUDA_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/ebb/cuda}
FOLDER=$CACHE/13.5.37
FETCHED=$FOLDER/nvidia/cu13/bin/nvcc

say() { printf '%s\n' "$*" >&2; }

# Major version of an nvcc, or nothing.
major_of() { "$1" --version 2>/dev/null | sed -n 's/.*release \([0-9]*\)\..*/\1/p'; }

# The first nvcc that is installed and new enough.
installed() {
  local candidate major
  for candidate in "${EBB_NVCC:-}" "${CUDACXX:-}" "${CUDA_HOME:+$CUDA_HOME/bin/nvcc}" \
                   "${CUDA_PATH:+$CUDA_PATH/bin/nvcc}" "$(command -v nvcc || true)" /usr/local/cuda/bin/nvcc \
                   /usr/local/cuda-1[3-9]*/bin/nvcc; do
    [ -n "$candidate" ] && [ -x "$candidate" ] || continue
    major=$(major_of "$candidate")
    if [ "${major:-0}" -ge 13 ]; then
      echo "$candidate"
      return 0
    fi
    say "$candidate is CUDA ${major:-of an unknown version}; 13 or newer is needed"
  done
  return 1
}

fetch() {
  part=$FOLDER.part.$$
  say "Fetching NVIDIA's compiler from PyPI into $FOLDER (134 MB, once)"
  mkdir -p "$CACHE"
  trap 'rm -rf "$part"' EXIT
  if ! python3 -m pip install --quiet --retries 1 --timeout 15 --disable-pip-version-check --no-deps --only-binary :all: \
       --target "$part" "${PINS[@]}" >&2; then
    say "The compiler could not be fetched. Install CUDA 13 or newer and put nvcc on the PATH, or set EBB_NVCC."
    exit 1
  fi
  # Complete or not at all: a second run beside this one must not see half a compiler.
  mv -T "$part" "$FOLDER" 2>/dev/null || [ -x "$FETCHED" ]
}

if installed; then exit 0; fi
if [ ! -x "$FETCHED" ]; then
  [ "${1:-}" != find ] || exit 1
  fetch
fi
echo "$FETCHED"
