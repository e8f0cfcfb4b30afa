// Speed of single kernels, in shapes of real models.
#ifndef EBB_GPU_CHECK_KERNEL_FIGURES_H
#define EBB_GPU_CHECK_KERNEL_FIGURES_H

#include <string>
#include <vector>

#include "include/model.h"
#include "rates.h"

namespace ebb::gpu_check {

// Attention of `sequences` sequences with `context` positions each, over their last `queries`.
struct AttentionFigure {
  std::string name;
  int32_t heads;
  int32_t kv_heads;
  int32_t head_dim;
  int32_t sequences;
  int32_t context;
  int32_t queries;
  ebb_kv_type kv_type = EBB_KV_F16;  // or EBB_KV_I8
  bool plain = false;                // by mma.sync on a device that has wgmma, too
};

struct ProductFigure {
  std::string name;
  ebb_type type;
  int32_t rows;
  int32_t columns;
  int32_t tokens;
};

// Stages of kernel_figures().
constexpr const char *kProducts = "products";
constexpr const char *kDecodeAttention = "decode attention";
constexpr const char *kPrefillAttention = "prefill attention";

// With those that show what wgmma is worth, on a device that has it.
std::vector<AttentionFigure> attention_list(bool wgmma);
std::vector<ProductFigure> product_list();

// Kernels go in turn through as many copies of what they read as fill `least_bytes`, so that no cache holds it.
Figure measure(const AttentionFigure &what, size_t least_bytes);
Figure measure(const ProductFigure &what, size_t least_bytes);

// Those of a stage: products, decode attention or prefill attention. What fails costs its own figure, unless the device
// is lost.
void kernel_figures(const std::string &stage, const Print &print);

// What PyTorch is to measure beside them, a line each, for torch_figures.py.
std::string torch_list();

}  // namespace ebb::gpu_check

#endif  // EBB_GPU_CHECK_KERNEL_FIGURES_H
