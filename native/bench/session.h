// A backend with a model, KV memory, and batches built for it.
#ifndef EBB_BENCH_SESSION_H
#define EBB_BENCH_SESSION_H

#include <cstdint>
#include <string>
#include <vector>

#include "include/backend.h"

namespace ebb::bench {

// Tokens of one sequence in a batch: positions start .. start + tokens.size() - 1.
struct Part {
  int32_t sequence;
  int32_t start;
  std::vector<int32_t> tokens;
  bool all_outputs;  // else only the last token's
};

class Session {
 public:
  // Room for `sequences` sequences of `length` tokens; sequence s owns its blocks.
  Session(const ebb_backend *backend, const ebb_model *model, int threads, int32_t sequences,
          int32_t length);
  ~Session();
  Session(const Session &) = delete;
  Session &operator=(const Session &) = delete;

  // Runs one step; the logits of the wanted tokens, valid until the next.
  const float *forward(const std::vector<Part> &parts);

  int32_t vocabulary() const { return model_->vocabulary; }

 private:
  void check(ebb_status status) const;

  const ebb_backend *backend_;
  const ebb_model *model_;
  ebb_handle *handle_ = nullptr;
  int32_t blocks_each_;
  void *kv_ = nullptr;
  void *batch_ = nullptr;
  size_t batch_bytes_ = 0;
};

}  // namespace ebb::bench

#endif  // EBB_BENCH_SESSION_H
