// Keys and values on their way between the attached memory and the device's copy of it, beside the computing.
#ifndef EBB_CUDA_KV_TRAVEL_H
#define EBB_CUDA_KV_TRAVEL_H

#include <vector>

#include "core/kv_layout.h"
#include "cuda/device.h"
#include "cuda/kv_plan.h"

namespace ebb::cuda {

// One step's travel: what the device lacks comes in and what the step writes goes out, a few layers at a time, on
// queues of its own. The computing stream waits for a layer's context before the layer's attention, the way out for
// the layer's rows.
class KvTravel {
 public:
  explicit KvTravel(Stream compute) : compute_(compute) {}

  // Copies in and out of that memory from now on; nothing is on the device.
  void attach(const KvLayout &layout, const KvMemory &host, uint8_t *device);
  // The host changed the block.
  void forget(int32_t block) { resident_.forget(block); }

  // Layers whose rows go out together, from begin on: after the last of them the way out waits for what computes.
  int32_t out_together() const { return out_together_; }

  // In this order: begin, each layer, finish. After a failure: abandon.
  void begin(const BlockPlan &plan);
  void before_layer(int32_t layer);
  void after_layer(int32_t layer);
  // Returns when all is done, the computing included.
  void finish();
  // Waits for what is under way as far as the device still answers, and trusts nothing of it.
  void abandon() noexcept;

 private:
  int32_t layers_together(const std::vector<BlockRows> &list) const;
  void copy(bool in, const std::vector<BlockRows> &list, int32_t first_layer, int32_t layers);
  void copy_pieces(bool in, size_t at, const Pieces &pieces);

  Stream compute_;
  OwnStream in_, out_;
  std::vector<OwnEvent> arrived_, computed_;  // of each layer
  KvLayout layout_;
  KvMemory host_;
  uint8_t *device_ = nullptr;
  ResidentRows resident_;
  std::vector<BlockRows> missing_, written_;
  int32_t in_together_ = 1;
  int32_t out_together_ = 1;
};

}  // namespace ebb::cuda

#endif  // EBB_CUDA_KV_TRAVEL_H
