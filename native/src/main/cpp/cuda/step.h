// One engine step on the device: its inputs, its buffers and its work items.
#ifndef EBB_CUDA_STEP_H
#define EBB_CUDA_STEP_H

#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/batch.h"
#include "core/kv_layout.h"
#include "core/rope_table.h"
#include "core/sampling.h"
#include "cuda/device.h"
#include "cuda/graphs.h"
#include "cuda/kv_travel.h"
#include "cuda/step_buffers.h"
#include "cuda/weights.h"

namespace ebb::cuda {

struct AttentionRound;

// The device's copy of the attached memory; the map is for a device of sm_90a, else NULL.
struct DeviceKv {
  uint8_t *blocks;
  const TensorMap *map;
};

class Step {
 public:
  explicit Step(Stream stream) : stream_(stream) {}

  // Computes the batch. `kv` is the device's copy of the attached memory; `travel` brings it up to date and gives
  // back what the step writes.
  void run(const Model &model, const Weights &weights, RopeTable &rope_table, const Batch &batch, const DeviceKv &kv,
           KvTravel &travel);

  // Gives back all buffers; the device's work must be done.
  void release();
  // Makes room for steps within these bounds: none of them moves a buffer any more. What attention's partial results of
  // one step would need beyond it goes in rounds.
  void reserve(const Model &model, const StepBounds &most);

  // Whether decode steps are kept as CUDA graphs from now on. Those that were kept go: memory was attached anew. Where
  // the device cannot make one, all later steps are launched plainly, and take_note says so.
  void use_graphs(bool wanted);
  // What the steps had to tell since it was last asked: a sentence, or nothing.
  std::string take_note() { return std::exchange(note_, {}); }

  // Chooses tokens from the logits of the last step.
  void choose(const SamplingView &view, int32_t vocabulary);
  // Rows of logits that the last step left on the device.
  int32_t rows() const { return rows_; }

 private:
  struct Pass;  // step_pass.h
  void compute(const Pass &pass, KvTravel &travel);
  void keep(Pass &pass, const StepShape &shape);
  void replay(const Pass &pass, const StepShape &shape, const StepGraphs::Pieces &pieces, KvTravel &travel);
  StepGraphs::Pieces capture(const Pass &pass, const StepShape &shape);
  void put_inputs(Pass &pass);
  void look_at_live(Pass &pass);
  void put_angles(const Pass &pass);
  // A step is these for each layer, the first two in this order with travel between them, then finish.
  void approach(const Pass &pass, int32_t layer);
  void write_rows(const Pass &pass, int32_t layer);
  void finish(const Pass &pass);
  void rest_of_layer(const Pass &pass, int32_t layer);
  void attention_round(const Pass &pass, int32_t layer, const AttentionRound &round);
  void feed_forward_block(const Pass &pass, int32_t layer);
  void project(const Pass &pass, const DeviceMatrix &w, const float *bias, const uint16_t *x, float *y,
               int64_t y_stride);
  void project_residual(const Pass &pass, const DeviceMatrix &w, const float *bias, const uint16_t *x,
                        const float *x_scales);
  Sampling put_draws(const SamplingView &view, int32_t vocabulary);

  Stream stream_;
  StepBuffers buffers_;
  int32_t angles_ready_ = 0;  // positions whose angles are on the device
  int64_t partial_rows_ = std::numeric_limits<int64_t>::max();
  int32_t rows_ = 0;
  bool graphs_wanted_ = false;
  std::string note_;
  StepGraphs graphs_;
};

}  // namespace ebb::cuda

#endif  // EBB_CUDA_STEP_H
