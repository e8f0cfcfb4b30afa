// Each way in which a descriptor can lie is refused with a sentence that names it.
#include <limits>

#include "check.h"
#include "core/batch.h"
#include "fixture.h"

using namespace ebb;
using namespace ebb::test;

namespace {

// A fresh model, one lie told, and what the refusal has to say.
void refuse_model(const std::string &part, const std::function<void(TinyModel &)> &lie,
                  TinyConfig config = {}) {
  TinyModel model(config);
  view_model(model.descriptor());
  lie(model);
  CHECK_ERROR(EBB_INVALID_ARGUMENT, part, view_model(model.descriptor()));
}

void refuse_field(const std::string &part, int32_t ebb_model::*field, int32_t value) {
  refuse_model(part, [&](TinyModel &m) { m.descriptor()->*field = value; });
}

void refuse_batch(const std::string &part, const std::function<void(TinyBatch &)> &lie) {
  TinyModel model(TinyConfig{});
  const Model view = view_model(model.descriptor());
  TinyBatch batch({{{5, 6, 7}, 14, {3, 1}, true}, {{8}, 0, {0}, true}}, view.vocabulary);
  view_batch(batch.descriptor(), view, 4);
  lie(batch);
  CHECK_ERROR(EBB_INVALID_ARGUMENT, part, view_batch(batch.descriptor(), view, 4));
}

// Sets element `index` of one of the batch's arrays.
void refuse_element(const std::string &part, uint64_t ebb_batch::*array, int index, int32_t value) {
  refuse_batch(part, [&](TinyBatch &b) { b.ints(b.descriptor()->*array)[index] = value; });
}

}  // namespace

TEST(model_header_lies_are_refused) {
  CHECK_ERROR(EBB_INVALID_ARGUMENT, "no descriptor", view_model(nullptr));
  refuse_model("magic", [](TinyModel &m) { m.descriptor()->magic = 1; });
  refuse_model("version 2", [](TinyModel &m) { m.descriptor()->version = 2; });
  refuse_model("tensors lies outside", [](TinyModel &m) { m.descriptor()->tensors = 8; });
  refuse_model("tensors lies outside", [](TinyModel &m) { m.descriptor()->tensors += 4; });
  refuse_model("tensors lies outside",
               [](TinyModel &m) { m.descriptor()->tensors = UINT64_MAX - 7; });
  refuse_model("tensors lies outside", [](TinyModel &m) { m.descriptor()->bytes = 200; });
  refuse_model("inverse_frequency lies outside",
               [](TinyModel &m) { m.descriptor()->inverse_frequency = m.descriptor()->bytes; });
}

TEST(model_hyper_parameter_lies_are_refused) {
  refuse_field("layers is 0", &ebb_model::layers, 0);
  refuse_field("hidden is -1", &ebb_model::hidden, -1);
  refuse_field("heads is 0", &ebb_model::heads, 0);
  refuse_field("kv_heads is 7", &ebb_model::kv_heads, 7);
  refuse_field("do not divide", &ebb_model::kv_heads, 4);
  refuse_field("head_dim is 0", &ebb_model::head_dim, 0);
  refuse_field("ffn is 0", &ebb_model::ffn, 0);
  refuse_field("vocabulary is 0", &ebb_model::vocabulary, 0);
  refuse_field("context is 0", &ebb_model::context, 0);
  refuse_field("rope_dims is 12", &ebb_model::rope_dims, 12);
  refuse_field("rope_dims 7 is odd", &ebb_model::rope_dims, 7);
  refuse_field("rope_pairing is 2", &ebb_model::rope_pairing, 2);
  refuse_field("sliding_window is -1", &ebb_model::sliding_window, -1);
  refuse_field("kv_type is 3", &ebb_model::kv_type, 3);
  refuse_field("block_tokens is 0", &ebb_model::block_tokens, 0);
  refuse_field("tensor_count is -1", &ebb_model::tensor_count, -1);
  refuse_field("tensor_count is 1000000", &ebb_model::tensor_count, 1000000);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  refuse_model("rms_epsilon", [&](TinyModel &m) { m.descriptor()->rms_epsilon = nan; });
  refuse_model("rms_epsilon", [&](TinyModel &m) { m.descriptor()->rms_epsilon = -1; });
  refuse_model("rope_magnitude", [&](TinyModel &m) { m.descriptor()->rope_magnitude = nan; });
}

TEST(model_tensor_lies_are_refused) {
  refuse_model("tensor role is 18", [](TinyModel &m) { m.tensors()[0].role = 18; });
  refuse_model("tensor Q names layer 2", [](TinyModel &m) { m.find(EBB_ROLE_Q, 0)->layer = 2; });
  refuse_model("tensor Q names layer -1", [](TinyModel &m) { m.find(EBB_ROLE_Q, 0)->layer = -1; });
  refuse_model("tensor Q of layer 1 is given twice",
               [](TinyModel &m) { m.find(EBB_ROLE_Q, 0)->layer = 1; });
  refuse_model("unknown type 4", [](TinyModel &m) { m.find(EBB_ROLE_Q, 0)->type = 4; });
  refuse_model("tensor FFN_UP of layer 1 has shape [71, 48]",
               [](TinyModel &m) { m.find(EBB_ROLE_FFN_UP, 1)->rows = 71; });
  refuse_model("ask for [1, 48]",
               [](TinyModel &m) { m.find(EBB_ROLE_ATTENTION_NORM, 0)->cols = 49; });
  refuse_model("do not fill whole Q8_0 blocks",
               [](TinyModel &m) { m.find(EBB_ROLE_FFN_UP, 0)->type = EBB_TYPE_Q8_0; });
  refuse_model("has no data", [](TinyModel &m) { m.find(EBB_ROLE_OUTPUT_NORM, -1)->data = 0; });
  refuse_model("tensor FFN_DOWN of layer 1 is missing",
               [](TinyModel &m) { m.descriptor()->tensor_count -= 1; });
  refuse_model("inverse_frequency is not finite", [](TinyModel &m) {
    auto *frequency = reinterpret_cast<float *>(reinterpret_cast<uint8_t *>(m.descriptor()) +
                                                m.descriptor()->inverse_frequency);
    frequency[1] = std::numeric_limits<float>::infinity();
  });
}

TEST(model_without_output_is_tied) {
  TinyConfig config;
  config.tied = true;
  TinyModel model(config);
  const Model view = view_model(model.descriptor());
  CHECK(view.tied);
  CHECK(view.output.data == view.token_embedding.data);
}

TEST(batch_header_lies_are_refused) {
  refuse_batch("magic", [](TinyBatch &b) { b.descriptor()->magic = 0; });
  refuse_batch("version 3", [](TinyBatch &b) { b.descriptor()->version = 3; });
  refuse_batch("vocabulary 100", [](TinyBatch &b) { b.descriptor()->vocabulary = 100; });
  refuse_batch("count is out of range", [](TinyBatch &b) { b.descriptor()->outputs = 5; });
  refuse_batch("count is out of range", [](TinyBatch &b) { b.descriptor()->tokens = 1u << 31; });
  refuse_batch("positions is not aligned", [](TinyBatch &b) { b.descriptor()->positions += 4; });
  refuse_batch("token_ids lies outside", [](TinyBatch &b) { b.descriptor()->token_ids = 0; });
  refuse_batch("block_editions lies outside", [](TinyBatch &b) { b.descriptor()->block_editions = 0; });
  refuse_batch("logits lies outside", [](TinyBatch &b) { b.descriptor()->logits += 64; });
  refuse_batch("logits lies outside",
               [](TinyBatch &b) { b.descriptor()->logits = UINT64_MAX - 63; });
  refuse_batch("logits lies outside", [](TinyBatch &b) { b.descriptor()->bytes -= 64; });
}

TEST(batch_flags_that_a_backend_does_not_know_are_refused) {
  refuse_batch("flags 1 ask for", [](TinyBatch &b) { b.descriptor()->flags = EBB_BATCH_KEEP_LOGITS; });
  refuse_batch("flags 2 ask for", [](TinyBatch &b) { b.descriptor()->flags = 2; });
}

TEST(batch_index_lies_are_refused) {
  refuse_element("token_ids[2] is 101", &ebb_batch::token_ids, 2, 101);
  refuse_element("token_ids[0] is -1", &ebb_batch::token_ids, 0, -1);
  refuse_element("positions[3] is 256", &ebb_batch::positions, 3, 256);
  refuse_element("positions[3] is -1", &ebb_batch::positions, 3, -1);
  refuse_element("do not rise by one at token 1", &ebb_batch::positions, 1, 14);
  refuse_element("position 16 of sequence 1 has no block", &ebb_batch::positions, 3, 16);
  refuse_element("slot_mapping[1] is 48", &ebb_batch::slot_mapping, 1, 48);
  refuse_element("slot_mapping[0] is -1", &ebb_batch::slot_mapping, 0, -1);
  refuse_element("block_table[1] is 4", &ebb_batch::block_table, 1, 4);
  refuse_element("block_table[2] is -1", &ebb_batch::block_table, 2, -1);
  refuse_element("sequence_indptr does not start at 0", &ebb_batch::sequence_indptr, 0, 1);
  refuse_element("sequence_indptr falls at sequence 1", &ebb_batch::sequence_indptr, 1, 9);
  refuse_element("sequence_indptr ends at 3", &ebb_batch::sequence_indptr, 2, 3);
  refuse_element("block_indptr falls at sequence 0", &ebb_batch::block_indptr, 1, -1);
  refuse_element("block_indptr ends at 2", &ebb_batch::block_indptr, 2, 2);
  refuse_element("output_rows[3] is 4", &ebb_batch::output_rows, 3, 4);
  refuse_element("output_rows do not rise at row 2", &ebb_batch::output_rows, 2, 1);
}

TEST(batch_of_nothing_is_accepted) {
  TinyModel model(TinyConfig{});
  const Model view = view_model(model.descriptor());
  TinyBatch batch({}, view.vocabulary);
  CHECK_EQUAL(view_batch(batch.descriptor(), view, 4).tokens, 0);
}
