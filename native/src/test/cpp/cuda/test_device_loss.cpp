// A device that is lost, at any call: the step fails with the status that says so, every later one too, closing still
// works, and a new session on a sound device goes on from the attached memory.
#if !defined(EBB_ON_DEVICE)  // no device is lost on purpose
#include <cstring>

#include "check.h"
#include "fixture.h"
#include "simt/check_run.h"
#include "simt/streams.h"

using namespace ebb;
using namespace ebb::test;

namespace {

TinyConfig small() {
  TinyConfig config;
  config.hidden = 64;
  config.heads = 4;
  config.kv_heads = 2;
  config.head_dim = 32;
  config.rope_dims = 32;
  config.ffn = 64;
  config.kv_type = EBB_KV_F16;
  return config;
}

constexpr int32_t kBlocks = 4;

TinyBatch step_of(int32_t start, int32_t count) {
  std::vector<int32_t> tokens;
  for (int32_t i = start; i < start + count; ++i) tokens.push_back(i * 7 % 101);
  return TinyBatch({{tokens, start, {2, 0}, false, {6, 6}}}, 101);
}

// Restores the device whatever the test does.
struct Sound {
  ~Sound() { simt::Streams::get().restore_device(); }
};

ebb_status status_of(const std::function<void()> &body) {
  try {
    body();
  } catch (const Error &error) {
    return error.status();
  }
  return EBB_OK;
}

}  // namespace

TEST(cuda_device_loss_is_told_at_any_call) {
  simt::Machine::get().reset({});
  TinyModel model(small());
  const ebb_backend *backend = ebb_backend_cuda_emulated();
  TinySession whole(backend, model, 1, kBlocks);
  TinyBatch prompt = step_of(0, 20), next = step_of(20, 1);
  whole.forward(prompt);
  const size_t bytes = kBlocks * model.kv_layout().block_bytes();
  const std::vector<uint8_t> memory(whole.kv(), whole.kv() + bytes);
  whole.forward(next);
  const auto expected = next.logits(0);
  const Sound sound;
  int lost = 0;
  bool ended = false;
  for (uint64_t calls = 0; !ended; calls += 3) {
    TinySession session(backend, model, 1, kBlocks);
    std::memcpy(session.kv(), memory.data(), bytes);
    simt::Streams::get().lose_device_after(calls);
    TinyBatch again = step_of(20, 1);
    const ebb_status first = status_of([&] { session.forward(again); });
    ended = first == EBB_OK;
    if (!ended) {
      ++lost;
      CHECK_EQUAL(first, EBB_DEVICE_LOST);
      CHECK_EQUAL(status_of([&] { session.forward(again); }), EBB_DEVICE_LOST);
    }
    simt::Streams::get().restore_device();
    // What the lost step left in the memory is the step's own rows: whoever computes it anew writes them.
    TinySession other(backend, model, 1, kBlocks);
    std::memcpy(other.kv(), session.kv(), bytes);
    TinyBatch retried = step_of(20, 1);
    other.forward(retried);
    CHECK(retried.logits(0) == expected);
  }
  CHECK(lost > 10);
}

TEST(cuda_device_loss_while_loading_is_told) {
  simt::Machine::get().reset({});
  TinyModel model(small());
  const Sound sound;
  for (const uint64_t calls : {0, 1, 9, 40}) {
    simt::Streams::get().lose_device_after(calls);
    CHECK_ERROR(EBB_DEVICE_LOST, "the device is lost", TinySession(ebb_backend_cuda_emulated(), model, 1, kBlocks));
  }
}

// A step that fails without a loss leaves nothing on the device that a later one would trust.
TEST(cuda_device_step_that_failed_is_not_trusted) {
  simt::Machine::get().reset({});
  TinyModel model(small());
  const ebb_backend *backend = ebb_backend_cuda_emulated();
  TinySession session(backend, model, 1, kBlocks), other(backend, model, 1, kBlocks);
  TinyBatch prompt = step_of(0, 20), next = step_of(20, 1);
  other.forward(prompt);
  std::memcpy(session.kv(), other.kv(), kBlocks * model.kv_layout().block_bytes());
  const Sound sound;
  for (const uint64_t calls : {0, 1, 2, 12, 24}) {
    simt::Streams::get().lose_device_after(calls);
    CHECK_EQUAL(status_of([&] { session.forward(next); }), EBB_DEVICE_LOST);
    simt::Streams::get().restore_device();
  }
  session.forward(next);
  const auto logits = next.logits(0);
  other.forward(next);
  CHECK(next.logits(0) == logits);
}

#endif  // !EBB_ON_DEVICE
