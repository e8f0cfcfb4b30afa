// One engine step on the device: its inputs, its buffers and its work items.
#ifndef EBB_CUDA_STEP_H
#define EBB_CUDA_STEP_H

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
#include "cuda/weights.h"

namespace ebb::cuda {

// The tiles of a batch: those of few rows go to decode's kernel, the others to prefill's.
struct TilePlan {
  std::vector<QueryTile> few;
  std::vector<QueryTile> many;
  int32_t splits = 1;  // most splits that a row sees
};

TilePlan plan_tiles(const Model &model, const Batch &batch, const TileRows &rows);

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

  // Whether decode steps are kept as CUDA graphs from now on. Those that were kept go: memory was attached anew. Where
  // the device cannot make one, that step and all later ones are launched plainly, and take_note says so.
  void use_graphs(bool wanted);
  // What the steps had to tell since it was last asked: a sentence, or nothing.
  std::string take_note() { return std::exchange(note_, {}); }

  // Chooses tokens from the logits of the last step.
  void choose(const SamplingView &view, int32_t vocabulary);
  // Rows of logits that the last step left on the device.
  int32_t rows() const { return rows_; }

 private:
  struct Bounds;
  struct Pass;  // what is the same for all layers of a step
  void compute(const Pass &pass, KvTravel &travel);
  const StepGraphs::Pieces *pieces_of(Pass &pass, const StepShape &shape);
  void replay(const Pass &pass, const StepShape &shape, const StepGraphs::Pieces &pieces, KvTravel &travel);
  StepGraphs::Pieces capture(const Pass &pass, const StepShape &shape);
  void put_inputs(Pass &pass);
  void put_live(Pass &pass);
  void put_angles(const Pass &pass);
  void reserve(const Pass &pass, const Bounds &bounds);
  size_t room() const;
  // A step is these for each layer, the first two in this order with travel between them, then finish.
  void approach(const Pass &pass, int32_t layer);
  void write_rows(const Pass &pass, int32_t layer);
  void finish(const Pass &pass);
  void rest_of_layer(const Pass &pass, int32_t layer);
  void attention_block(const Pass &pass, int32_t layer);
  void feed_forward_block(const Pass &pass, int32_t layer);
  void project(const Pass &pass, const DeviceMatrix &w, const float *bias, const uint16_t *x, float *y,
               int64_t y_stride);
  void project_residual(const Pass &pass, const DeviceMatrix &w, const float *bias, const uint16_t *x,
                        const float *x_scales);
  void logits(const Pass &pass);
  Sampling put_draws(const SamplingView &view, int32_t vocabulary);

  Stream stream_;
  DeviceArray<int32_t> token_ids_{"token ids"}, positions_{"positions"}, slots_{"slots"};
  DeviceArray<int32_t> block_table_{"block tables"}, output_rows_{"output rows"};
  DeviceArray<int32_t> live_{"sizes of the step"};
  DeviceArray<QueryTile> few_{"query tiles"}, many_{"query tiles"};
  DeviceArray<float> angles_{"rope table"};
  int32_t angles_ready_ = 0;  // positions whose angles are on the device
  DeviceArray<float> x_{"residual stream"}, added_{"residual branch"};
  DeviceArray<float> qkv_{"queries, keys and values"}, gate_up_{"gate and up"};
  DeviceArray<float> partial_{"splits of attention"}, logits_{"logits"};
  DeviceArray<uint16_t> normed_{"normed"}, q_{"queries"}, attended_{"attended"}, gated_{"gated"};
  DeviceArray<float> gated_scales_{"scales of gated"};
  int32_t rows_ = 0;
  bool graphs_wanted_ = false;
  std::string note_;
  StepGraphs graphs_;
  DeviceArray<ebb_draw> draws_{"draws"};
  DeviceArray<ebb_adjustment> adjustments_{"adjustments of logits"};
  DeviceArray<int32_t> slots_of_draws_{"slots of draws"}, tokens_{"tokens"};
  DeviceArray<float> adjusted_{"adjusted logits"};
  DeviceArray<uint8_t> candidates_{"candidates"};
  DeviceArray<double> chains_{"sums of weights"};
};

}  // namespace ebb::cuda

#endif  // EBB_CUDA_STEP_H
