// A batch of sequences with keys and values in scattered blocks, for tests of rope and attention.
#ifndef EBB_TEST_ATTENTION_CASE_H
#define EBB_TEST_ATTENTION_CASE_H

#include <memory>
#include <vector>

#include "cuda/ops.h"
#include "simt/check_run.h"

namespace ebb::test {

// One sequence's part of a batch: tokens at positions first .. first + count - 1.
struct Part {
  int32_t first;
  int32_t count;
};

// By which instructions, and whether decode's kernel or prefill's.
enum class Path { kMma, kSm90 };
enum class Kind { kFew, kMany };
const char *path_name(Path path);
// Those that can run here: all on the emulator, a device's own on a device.
std::vector<Path> attention_paths();

// Of head sizes those that can run here, and says which cannot: the smaller devices of a generation lack the shared
// memory for the largest, and the backend refuses it there.
std::vector<int32_t> head_dims(const std::vector<int32_t> &all, ebb_kv_type kv_type);

struct AttentionShape {
  int32_t heads;
  int32_t kv_heads;
  int32_t head_dim;
  int32_t sliding_window = 0;
  ebb_kv_type kv_type = EBB_KV_F16;  // or EBB_KV_I8, by Path::kMma alone
};

// What expected() attends to: the numbers that were to be kept, or those that the blocks hold.
enum class Kept { kTrue, kStored };

// Random q, k, v of sequence `seed + index` depend on sequence and position alone.
class AttentionCase {
 public:
  AttentionCase(const AttentionShape &shape, const std::vector<Part> &parts, uint32_t seed = 1);

  // Runs the kernels as the backend does: F16 rows, the padding dropped, as floats. What the
  // attention kernel itself did is counted apart, where that is asked for.
  std::vector<float> run(Path path, Kind kind, simt::Counters *attention_only = nullptr) const;
  std::vector<double> expected(Kept kept = Kept::kStored) const;
  // Bytes of keys and values, scales included, that some query sees, each once.
  uint64_t kv_bytes() const;
  // Products of a row and a position that some query sees, over all heads: head_dim each.
  uint64_t visible_pairs() const;

 private:
  std::vector<cuda::QueryTile> tiles(int32_t rows_max) const;
  void store(uint8_t *head, int32_t row, const float *from, float *stored) const;
  size_t index(int32_t position, int head) const;
  int32_t first_visible(int32_t position) const;

  AttentionShape shape_;
  std::vector<Part> parts_;
  KvLayout layout_;
  int32_t tokens_ = 0;
  int32_t splits_ = 1;
  std::vector<int32_t> positions_, table_, table_begin_;
  std::vector<uint16_t> q_;
  // Of keys and of values, of each sequence, [position][kv_head][head_dim]: as they are true, and as blocks hold them.
  std::vector<std::vector<float>> true_[2], stored_[2];
  std::vector<uint8_t> kv_;
};

}  // namespace ebb::test

#endif  // EBB_TEST_ATTENTION_CASE_H
