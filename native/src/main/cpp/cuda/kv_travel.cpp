#include "cuda/kv_travel.h"

#include <algorithm>

namespace ebb::cuda {
namespace {

// A copy of less is all overhead.
constexpr size_t kCopyBytes = 64 * 1024;

}  // namespace

void KvTravel::attach(const KvLayout &layout, const KvMemory &host, uint8_t *device) {
  layout_ = layout;
  host_ = host;
  device_ = device;
  resident_.reset(host.blocks);
  arrived_.resize(static_cast<size_t>(layout.layers));
  computed_.resize(static_cast<size_t>(layout.layers));
}

// Layers that travel together, so that a copy of the longest run of rows is worth its while.
int32_t KvTravel::layers_together(const std::vector<BlockRows> &list) const {
  int32_t rows = 1;
  for (const BlockRows &block : list) rows = std::max(rows, block.count());
  const size_t layer = 2 * static_cast<size_t>(layout_.kv_heads) * static_cast<size_t>(rows) *
                       (layout_.token_bytes() + layout_.scale_bytes());
  return std::clamp(static_cast<int32_t>((kCopyBytes + layer - 1) / layer), 1, layout_.layers);
}

// The rows of some layers: from each head's part of the block a piece, all equally far apart. Scales lie behind the
// codes of all rows, so they are pieces of their own where not all rows go.
void KvTravel::copy(bool in, const std::vector<BlockRows> &list, int32_t first_layer, int32_t layers) {
  const size_t heads = 2 * static_cast<size_t>(layout_.kv_heads) * static_cast<size_t>(layers);
  for (const BlockRows &rows : list) {
    const size_t head = static_cast<size_t>(rows.block) * host_.block_bytes +
                        layout_.head_offset(first_layer, KvLayout::kKeys, 0);
    const auto from = static_cast<size_t>(rows.from);
    const auto count = static_cast<size_t>(rows.count());
    if (rows.count() == layout_.block_tokens) {
      copy_pieces(in, head, {layout_.head_bytes(), layout_.head_bytes(), heads});
      continue;
    }
    copy_pieces(in, head + from * layout_.token_bytes(), {count * layout_.token_bytes(), layout_.head_bytes(), heads});
    if (layout_.scale_bytes() == 0) continue;
    copy_pieces(in, head + layout_.scales_offset() + from * layout_.scale_bytes(),
                {count * layout_.scale_bytes(), layout_.head_bytes(), heads});
  }
}

// What lies `at` bytes from the beginning on both sides.
void KvTravel::copy_pieces(bool in, size_t at, const Pieces &pieces) {
  if (in) {
    upload_pieces(device_ + at, host_.base + at, pieces, in_.get());
  } else {
    download_pieces(host_.base + at, device_ + at, pieces, out_.get());
  }
}

void KvTravel::begin(const BlockPlan &plan) {
  missing_ = resident_.missing(plan.read);
  written_ = plan.written;
  in_together_ = layers_together(missing_);
  out_together_ = layers_together(written_);
  for (int32_t layer = 0; layer < layout_.layers && !missing_.empty(); layer += in_together_) {
    copy(true, missing_, layer, std::min(in_together_, layout_.layers - layer));
    record(arrived_[static_cast<size_t>(layer)].get(), in_.get());
  }
}

void KvTravel::before_layer(int32_t layer) {
  if (missing_.empty() || layer % in_together_ != 0) return;
  wait_for(arrived_[static_cast<size_t>(layer)].get(), compute_);
}

void KvTravel::after_layer(int32_t layer) {
  const int32_t first = layer / out_together_ * out_together_;
  if (layer != std::min(first + out_together_, layout_.layers) - 1) return;
  record(computed_[static_cast<size_t>(layer)].get(), compute_);
  wait_for(computed_[static_cast<size_t>(layer)].get(), out_.get());
  copy(false, written_, first, layer - first + 1);
}

void KvTravel::finish() {
  synchronize(compute_);
  synchronize(out_.get());
  resident_.wrote(written_);
}

void KvTravel::abandon() noexcept {
  resident_.forget_all();
  for (const Stream stream : {in_.get(), compute_, out_.get()}) {
    try {
      synchronize(stream);
    } catch (const std::exception &) {
      // What went wrong is on its way to the caller.
    }
  }
}

}  // namespace ebb::cuda
