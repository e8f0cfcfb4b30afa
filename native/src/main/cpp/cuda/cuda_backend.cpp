// The cuda backend, and, compiled with EBB_SIMT, the same on the emulator for tests.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "core/backend_table.h"
#include "core/kv_blocks.h"
#include "cuda/choice.h"
#include "cuda/memory_plan.h"
#include "cuda/tile_plan.h"
#include "cuda/step.h"

namespace ebb::cuda {
namespace {

// int8 goes by mma.sync everywhere.
bool by_wgmma(const Model &model) { return wgmma_wanted() && device_is_sm90() && model.kv.type != EBB_KV_I8; }

void require_supported(const Model &model) {
  constexpr int32_t kHeadDims[] = {32, 64, 96, 128, 256};
  const auto refuse = [](const std::string &why) { throw Error(EBB_UNSUPPORTED, "cuda: " + why); };
  if (std::find(std::begin(kHeadDims), std::end(kHeadDims), model.head_dim) == std::end(kHeadDims)) {
    refuse("head_dim " + std::to_string(model.head_dim) + "; this backend has 32, 64, 96, 128 and 256");
  }
  if (model.kv.type == EBB_KV_F32) refuse("keys and values must be F16 or I8; set EBB_KV_TYPE to f16 or i8");
  if (model.kv.type == EBB_KV_I8 && model.kv.block_tokens < kInt8BlockTokens) {
    refuse("int8 keys and values in blocks of " + std::to_string(model.kv.block_tokens) + " tokens; it takes " +
           std::to_string(kInt8BlockTokens) + " and more");
  }
  if ((model.kv.block_tokens & (model.kv.block_tokens - 1)) != 0) {
    refuse("blocks of " + std::to_string(model.kv.block_tokens) + " tokens; this backend takes powers of two");
  }
  if (by_wgmma(model) && (model.kv.block_tokens < 16 || model.kv.block_tokens > kSpanPositions)) {
    refuse("blocks of " + std::to_string(model.kv.block_tokens) + " tokens; on sm_90a this backend has 16, 32 and 64");
  }
  // The smaller devices of a generation have less than the one that its code is for.
  if (const size_t shared = attention_shared_bytes(model.kv); !by_wgmma(model) && shared > device_shared_bytes()) {
    refuse("heads of " + std::to_string(model.head_dim) + " take " + std::to_string(shared >> 10) +
           " KB of shared memory, and this device has " + std::to_string(device_shared_bytes() >> 10) +
           " KB for a CTA; take a larger GPU, or the cpu backend");
  }
  if (model.heads / model.kv_heads > kGroupMax) {
    refuse(std::to_string(model.heads / model.kv_heads) + " heads share a KV head; at most " +
           std::to_string(kGroupMax) + " may");
  }
}

class CudaBackend {
 public:
#if defined(EBB_SIMT)
  static constexpr const char *kName = "cuda-emulated";
#else
  static constexpr const char *kName = "cuda";
#endif

  static std::string describe() {
    graphs_wanted();  // settings that make no sense are refused before anything is loaded
    wgmma_wanted();
    return describe_device();
  }

  // The device computes; the host's threads only pack weights.
  explicit CudaBackend(int threads) : threads_(threads), travel_(stream_.get()), step_(stream_.get()) {
    require_code();
  }

  void load_model(const ebb_model *descriptor) {
    if (weights_) fail_argument("a model is loaded already");
    model_ = view_model(descriptor);
    require_supported(model_);
    WeightLoader loader(threads_);
    weights_.emplace(model_, loader);
    notes_ = loader.finish();
    rope_table_ = RopeTable(model_);
  }

  void attach_kv(void *base, uint64_t bytes, int32_t blocks, const ebb_limits *limits) {
    if (!weights_) fail_argument("load a model before attaching KV memory");
    const KvMemory memory = attach_blocks(model_.kv, base, bytes, blocks);
    const bool graphs = graphs_wanted();
    step_.use_graphs(graphs);
    const std::string plan = make_room(blocks, limits);
    memory_ = memory;
    travel_.attach(model_.kv, memory_, kv_.data());
    notes_ = pin_arena();
    if (graphs) {
      notes_ += "; decode steps of up to " + std::to_string(kGraphSequences) + " sequences are CUDA graphs, as "
                "EBB_CUDA_GRAPHS asks";
    }
    if (device_is_sm90() && !wgmma_wanted()) notes_ += "; attention goes by mma.sync, as EBB_CUDA_WGMMA asks";
    if (!plan.empty()) notes_ += "; " + plan;
  }

  // The attached memory is what counts: the next step that reads a target brings it to the device.
  void copy_blocks(const int32_t *source, const int32_t *target, int32_t count) {
    copy_kv_blocks(memory_, source, target, count);
    for (int32_t i = 0; i < count; ++i) travel_.forget(target[i]);
  }

  void forward(const ebb_batch *descriptor) {
    if (memory_.base == nullptr) fail_argument("attach KV memory before the first step");
    const Batch batch = view_batch(descriptor, model_, memory_.blocks, true);
    if (batch.tokens == 0) return;
    step_.run(model_, *weights_, rope_table_, batch, {kv_.data(), kv_map_ ? &*kv_map_ : nullptr}, travel_);
  }

  // Each is told once.
  std::string notes() {
    std::string told = std::exchange(notes_, {});
    const std::string steps = step_.take_note();
    if (!told.empty() && !steps.empty()) told += "; ";
    return told + steps;
  }

  void choose(const ebb_sampling *descriptor) {
    step_.choose(view_sampling(descriptor, model_.vocabulary, step_.rows()), model_.vocabulary);
  }

 private:
  // On the device for the blocks, and for steps within the limits; what was there before is given back first. The plan
  // in words, if there is one.
  std::string make_room(int32_t blocks, const ebb_limits *limits) {
    const bool wgmma = by_wgmma(model_);
    const TileRows rows = tile_rows(model_, wgmma);
    memory_ = {};
    kv_map_.reset();
    kv_.release();
    std::string plan;
    if (limits != nullptr) {
      step_.release();
      plan = plan_memory(model_, rows, *limits, device_free_bytes(), blocks);
      step_.reserve(model_, greatest_step(model_, rows, *limits, positions_in(model_, blocks)));
    }
    kv_.reserve(static_cast<size_t>(blocks) * model_.kv.block_bytes());
    if (wgmma) map_rows(blocks);
    return plan;
  }

  void map_rows(int32_t blocks) {
    const auto rows = static_cast<int64_t>(kv_.capacity() / model_.kv.token_bytes());
    if (rows > INT32_MAX) {
      fail_argument(std::to_string(blocks) + " blocks have more rows than a bulk copy can count; attach fewer");
    }
    kv_map_ = tensor_rows(kv_.data(), model_.head_dim, rows, model_.kv.block_tokens);
  }

  std::string pin_arena() {
    const size_t bytes = static_cast<size_t>(memory_.blocks) * memory_.block_bytes;
    const std::string size = std::to_string(bytes >> 20) + " MiB of KV blocks";
    const std::string why = pinned_.hold(memory_.base, bytes);
    if (why.empty()) return size + " are pinned: copies to and from the device go beside its work";
    return size + " could not be pinned (" + why + "): the driver copies them once more, and computing waits for it. "
           "Memory of /dev/shm (EBB_ARENA_DIR) can be pinned where the locked-memory limit (ulimit -l) allows it";
  }

  OwnStream stream_;  // the last to go
  int threads_;
  std::string notes_;
  Model model_;
  std::optional<Weights> weights_;
  RopeTable rope_table_;
  KvMemory memory_;
  Pinned pinned_;
  DeviceArray<uint8_t> kv_{"the device's KV blocks"};
  std::optional<TensorMap> kv_map_;
  KvTravel travel_;
  Step step_;
};

}  // namespace
}  // namespace ebb::cuda

#if defined(EBB_SIMT)
extern "C" const ebb_backend *ebb_backend_cuda_emulated(void) {
#else
extern "C" const ebb_backend *ebb_backend_cuda(void) {
#endif
  return ebb::BackendTable<ebb::cuda::CudaBackend>::get();
}
