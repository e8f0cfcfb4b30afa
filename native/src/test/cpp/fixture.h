// A tiny model with random weights and a builder of batches, for tests of whole
// backends: both make real descriptors, as Java does.
#ifndef EBB_TEST_FIXTURE_H
#define EBB_TEST_FIXTURE_H

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/model.h"
#include "include/backend.h"

namespace ebb::test {

// What the tiny model is like; the defaults are a small Llama with sizes that
// are no multiples of a vector register where the architecture allows it.
struct TinyConfig {
  int32_t layers = 2;
  int32_t hidden = 48;
  int32_t heads = 6;
  int32_t kv_heads = 2;
  int32_t head_dim = 10;
  int32_t ffn = 72;
  int32_t vocabulary = 101;
  int32_t context = 256;
  int32_t rope_dims = 8;
  ebb_rope_pairing pairing = EBB_ROPE_INTERLEAVED;
  float rope_magnitude = 1;
  int32_t sliding_window = 0;
  ebb_kv_type kv_type = EBB_KV_F32;
  bool tied = false;
  bool bias = false;
  bool qk_norm = false;
  ebb_type matrix_type = EBB_TYPE_F32;  // F32, F16 or Q8_0 (then sizes in multiples of 32)
  uint32_t seed = 1;
};

// Owns the tensors and the descriptor.
class TinyModel {
 public:
  explicit TinyModel(const TinyConfig &config);

  const TinyConfig &config() const { return config_; }
  ebb_model *descriptor() { return reinterpret_cast<ebb_model *>(bytes_.data()); }
  ebb_tensor *tensors() {
    return reinterpret_cast<ebb_tensor *>(reinterpret_cast<uint8_t *>(bytes_.data()) +
                                          descriptor()->tensors);
  }
  // The tensor of that role and layer; NULL when absent.
  ebb_tensor *find(ebb_role role, int32_t layer);
  KvLayout kv_layout() const;

 private:
  void add(ebb_role role, int32_t layer, int64_t rows, int64_t cols, float scale, float centre);
  void add_layer(int32_t layer);
  void encode();

  TinyConfig config_;
  std::vector<ebb_tensor> table_;
  std::vector<std::vector<uint8_t>> data_;
  std::vector<uint64_t> bytes_;  // of the descriptor; uint64_t for its alignment
};

// Memory aligned as a backend wants it, zeroed.
class AlignedBytes {
 public:
  explicit AlignedBytes(size_t bytes);
  uint8_t *data() const { return data_.get(); }
  size_t size() const { return size_; }

 private:
  size_t size_;
  std::unique_ptr<uint8_t, decltype(&std::free)> data_;
};

// One sequence's part of a step.
struct Chunk {
  std::vector<int32_t> tokens;  // their ids
  int32_t first_position = 0;
  std::vector<int32_t> blocks;  // the sequence's whole block table
  bool all_outputs = true;      // else only the last token's logits
  std::vector<uint64_t> editions = {};  // of the blocks; none: nobody counts
};

// The descriptor of a step over those chunks.
class TinyBatch {
 public:
  TinyBatch(const std::vector<Chunk> &chunks, int32_t vocabulary, int32_t block_tokens = 16);
  // Chunks of the same sizes in place of those before.
  void fill(const std::vector<Chunk> &chunks);

  ebb_batch *descriptor() { return reinterpret_cast<ebb_batch *>(bytes_->data()); }
  int32_t *ints(uint64_t offset) { return reinterpret_cast<int32_t *>(bytes_->data() + offset); }
  uint64_t *editions(uint64_t offset) { return reinterpret_cast<uint64_t *>(bytes_->data() + offset); }
  std::vector<float> logits(int32_t row);

 private:
  int32_t block_tokens_;
  std::unique_ptr<AlignedBytes> bytes_;
};

// A variable of the environment, as long as this lives.
class Setting {
 public:
  Setting(const char *name, const std::string &value);
  ~Setting();
  Setting(const Setting &) = delete;
  Setting &operator=(const Setting &) = delete;

 private:
  const char *name_;
  std::optional<std::string> before_;
};

// An opened backend with the model loaded and `blocks` KV blocks attached.
class TinySession {
 public:
  TinySession(const ebb_backend *backend, TinyModel &model, int threads, int32_t blocks)
      : TinySession(backend, model.descriptor(), model.kv_layout(), threads, blocks) {}
  TinySession(const ebb_backend *backend, const ebb_model *model, const KvLayout &layout, int threads, int32_t blocks);
  ~TinySession();
  TinySession(const TinySession &) = delete;
  TinySession &operator=(const TinySession &) = delete;

  // Runs one step; throws Error with the backend's status and sentence.
  void forward(TinyBatch &batch);
  // Attaches the same memory anew.
  void attach();
  void attach(const ebb_limits &limits) { attach(&limits); }
  // Chooses tokens; likewise.
  void choose(const ebb_sampling *sampling);
  ebb_handle *handle() const { return handle_; }
  uint8_t *kv() const { return kv_.data(); }
  // Seconds that the weights took to load, the opened backend's own start not counted.
  double load_seconds() const { return load_seconds_; }

 private:
  void attach(const ebb_limits *limits);
  void check(ebb_status status) const;

  const ebb_backend *backend_;
  ebb_handle *handle_ = nullptr;
  double load_seconds_ = 0;
  AlignedBytes kv_;
  int32_t blocks_;
};

}  // namespace ebb::test

#endif  // EBB_TEST_FIXTURE_H
