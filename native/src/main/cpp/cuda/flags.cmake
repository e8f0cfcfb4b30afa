# What the CUDA backend is compiled for and with, in the library and in gpu-check, which is to prove what ships.
set(EBB_CUDA_ARCHITECTURES_SHIPPED "80-real;90a-real;100a-real;80-virtual")
# Spills and setmaxnreg that is ignored (C7508) fail the build; contraction is said, never chosen.
set(EBB_CUDA_KERNEL_FLAGS --fmad=false --expt-relaxed-constexpr -Xptxas=-warn-spills,-Werror)
set(EBB_CUDA_HOST_FLAGS -ffp-contract=off)
