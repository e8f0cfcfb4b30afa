// Descriptors byte by byte, as the Java tests write them: the same files hold
// both sides to one layout.
#include <fstream>

#include "check.h"
#include "core/batch.h"
#include "core/sampling.h"
#include "fixture.h"

using namespace ebb;
using namespace ebb::test;

namespace {

// Hex bytes separated by blanks; a line that starts with # is a comment.
AlignedBytes read_hex(const std::string &name) {
  std::ifstream in(std::string(EBB_GOLDEN_FOLDER) + "/" + name);
  std::vector<uint8_t> bytes;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line[0] == '#') continue;
    std::istringstream words(line);
    for (std::string word; words >> word;) {
      bytes.push_back(static_cast<uint8_t>(std::stoi(word, nullptr, 16)));
    }
  }
  AlignedBytes aligned(bytes.size());
  std::copy(bytes.begin(), bytes.end(), aligned.data());
  return aligned;
}

}  // namespace

TEST(golden_batch_is_read_as_meant) {
  const AlignedBytes bytes = read_hex("batch.hex");
  Model model;
  model.vocabulary = 8;
  model.context = 64;
  model.kv.block_tokens = 16;
  const auto *descriptor = reinterpret_cast<const ebb_batch *>(bytes.data());
  CHECK_EQUAL(descriptor->bytes, bytes.size());
  const Batch batch = view_batch(descriptor, model, 4);
  CHECK_EQUAL(batch.tokens, 3);
  CHECK_EQUAL(batch.sequences, 2);
  CHECK_EQUAL(batch.outputs, 2);
  CHECK_EQUAL(batch.position_max, 16);
  CHECK_EQUAL(batch.token_ids[2], 7);
  CHECK_EQUAL(batch.positions[0], 15);
  CHECK_EQUAL(batch.slot_mapping[0], 63);
  CHECK_EQUAL(batch.sequence_indptr[1], 2);
  CHECK_EQUAL(batch.block_indptr[2], 3);
  CHECK_EQUAL(batch.blocks_of(1)[0], 2);
  CHECK_EQUAL(batch.block_editions[0], 9u);
  CHECK_EQUAL(batch.editions_of(0)[1], 0x1122334455667788u);
  CHECK_EQUAL(batch.output_rows[1], 2);
  CHECK_EQUAL(reinterpret_cast<uint8_t *>(batch.logits) - bytes.data(), 640);
}

TEST(golden_sampling_is_read_as_meant) {
  const AlignedBytes bytes = read_hex("sampling.hex");
  const auto *descriptor = reinterpret_cast<const ebb_sampling *>(bytes.data());
  CHECK_EQUAL(descriptor->bytes, bytes.size());
  const SamplingView view = view_sampling(descriptor, 10, 2);
  CHECK_EQUAL(view.draws, 2);
  CHECK_EQUAL(view.adjustments, 3);
  CHECK_EQUAL(view.choosable, 9);
  CHECK_EQUAL(view.draw_list[0].row, 1);
  CHECK_EQUAL(view.draw_list[0].top_k, 5);
  CHECK_EQUAL(view.draw_list[0].temperature, 0.75f);
  CHECK_EQUAL(view.draw_list[0].top_p, 0.5f);
  CHECK_EQUAL(view.draw_list[0].min_p, 0.25f);
  CHECK_EQUAL(view.draw_list[0].repetition_penalty, 1.5f);
  CHECK_EQUAL(view.draw_list[0].frequency_penalty, -2.0f);
  CHECK_EQUAL(view.draw_list[0].presence_penalty, 2.0f);
  CHECK_EQUAL(view.draw_list[0].uniform, 0.125);
  CHECK_EQUAL(view.draw_list[1].first_adjustment, 1);
  CHECK_EQUAL(view.draw_list[1].adjustments, 2);
  CHECK_EQUAL(view.adjustment_list[0].token, 7);
  CHECK_EQUAL(view.adjustment_list[0].addend, 0.5f);
  CHECK_EQUAL(view.adjustment_list[0].generated, 3);
  CHECK_EQUAL(view.adjustment_list[0].flags, EBB_ADJUST_FORBID | EBB_ADJUST_SEEN);
  CHECK_EQUAL(view.adjustment_list[2].flags, EBB_ADJUST_SEEN);
  CHECK_EQUAL(reinterpret_cast<uint8_t *>(view.tokens) - bytes.data(), 256);
}

TEST(golden_model_is_read_as_meant) {
  const AlignedBytes bytes = read_hex("model.hex");
  const Model model = view_model(reinterpret_cast<const ebb_model *>(bytes.data()));
  CHECK_EQUAL(model.layers.size(), 1u);
  CHECK_EQUAL(model.hidden, 4);
  CHECK_EQUAL(model.heads, 2);
  CHECK_EQUAL(model.kv_heads, 1);
  CHECK_EQUAL(model.head_dim, 2);
  CHECK_EQUAL(model.ffn, 6);
  CHECK_EQUAL(model.vocabulary, 9);
  CHECK_EQUAL(model.context, 77);
  CHECK_EQUAL(model.rms_epsilon, 0.5f);
  CHECK_EQUAL(model.rope_dims, 2);
  CHECK_EQUAL(model.rope_pairing, EBB_ROPE_HALVES);
  CHECK_EQUAL(model.rope_magnitude, 1.25f);
  CHECK_EQUAL(model.sliding_window, 33);
  CHECK_EQUAL(model.kv.type, EBB_KV_F16);
  CHECK_EQUAL(model.kv.block_tokens, 16);
  CHECK_EQUAL(model.inverse_frequency.at(0), 0.75f);
  CHECK(model.tied);
  CHECK_EQUAL(model.layers[0].v.type, EBB_TYPE_BF16);
  CHECK_EQUAL(model.layers[0].ffn_down.cols, 6);
  CHECK_EQUAL(reinterpret_cast<uint64_t>(model.layers[0].ffn_down.data), 0x1122334455667700u + 2560);
}
