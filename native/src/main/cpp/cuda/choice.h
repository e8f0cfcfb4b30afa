// Settings of the environment that are `on` or `off`.
#ifndef EBB_CUDA_CHOICE_H
#define EBB_CUDA_CHOICE_H

namespace ebb::cuda {

// Whether the variable says `on`; `usual` where it is unset or empty. Throws Error(EBB_UNSUPPORTED) where it says
// anything else.
bool chosen(const char *variable, bool usual);

// EBB_CUDA_GRAPHS: decode as CUDA graphs.
inline bool graphs_wanted() { return chosen("EBB_CUDA_GRAPHS", false); }
// EBB_CUDA_WGMMA: attention by wgmma and bulk copies where the device has them, else by mma.sync.
inline bool wgmma_wanted() { return chosen("EBB_CUDA_WGMMA", true); }

}  // namespace ebb::cuda

#endif  // EBB_CUDA_CHOICE_H
