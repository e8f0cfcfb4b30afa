#include "model_figures.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <numeric>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "core/error.h"
#include "cuda/graphs.h"
#include "cuda/sampling_case.h"
#include "fixture.h"

namespace ebb::gpu_check {
namespace {

constexpr uint64_t kSeed = 1;
// More than this of numbers of their own a model does not get: the host's memory may be small.
constexpr uint64_t kOwnBytes = 4ull << 30;

double seconds_of_call(const std::function<void()> &call) {
  const auto begin = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Sequences that grow step by step, each in blocks of its own.
class Engine {
 public:
  Engine(test::TinySession &session, const ebb_backend *backend, const ModelShape &shape, const ModelWork &work)
      : session_(session), backend_(backend), shape_(shape), prompt_(work.prompt),
        blocks_each_(blocks_of(shape, work) / work.sequences) {
    lengths_.assign(static_cast<size_t>(work.sequences), 0);
    last_.assign(lengths_.size(), 1);
    editions_.assign(lengths_.size(), 0);
  }
  static int32_t blocks_of(const ModelShape &shape, const ModelWork &work) {
    const int32_t size = shape.kv_layout().block_tokens;
    return work.sequences * ((work.prompt + 2 * (work.steps + 1) + size - 1) / size);
  }

  // A prompt of its own for the sequence, from position 0.
  void prefill(int32_t sequence) {
    std::vector<int32_t> tokens(static_cast<size_t>(prompt_));
    for (size_t i = 0; i < tokens.size(); ++i) {
      const uint64_t bits = random_bits(kSeed, static_cast<uint64_t>(sequence) + 1, i);
      tokens[i] = static_cast<int32_t>(bits % static_cast<uint64_t>(shape_.vocabulary));
    }
    lengths_[static_cast<size_t>(sequence)] = 0;
    ++editions_[static_cast<size_t>(sequence)];
    step({{tokens, 0, table(sequence), false, editions(sequence)}}, {sequence});
  }

  // One more token for each of the first `count`.
  void decode(int32_t count) {
    std::vector<test::Chunk> chunks;
    std::vector<int32_t> sequences(static_cast<size_t>(count));
    std::iota(sequences.begin(), sequences.end(), 0);
    for (const int32_t s : sequences) {
      chunks.push_back({{last_[static_cast<size_t>(s)]}, lengths_[static_cast<size_t>(s)], table(s), false,
                        editions(s)});
    }
    step(chunks, sequences);
    decoded_.insert(decoded_.end(), last_.begin(), last_.begin() + count);
  }
  // All tokens of decode, in order.
  const std::vector<int32_t> &decoded() const { return decoded_; }
  std::string notes() const { return backend_->notes(session_.handle()); }

 private:
  std::vector<int32_t> table(int32_t sequence) const {
    std::vector<int32_t> blocks(static_cast<size_t>(blocks_each_));
    std::iota(blocks.begin(), blocks.end(), sequence * blocks_each_);
    return blocks;
  }

  // A new prompt takes the sequence's blocks anew; what decode adds to them stays on the device.
  std::vector<uint64_t> editions(int32_t sequence) const {
    return std::vector<uint64_t>(static_cast<size_t>(blocks_each_), editions_[static_cast<size_t>(sequence)]);
  }

  void step(const std::vector<test::Chunk> &chunks, const std::vector<int32_t> &sequences) {
    test::TinyBatch &batch = batch_of(chunks);
    if (backend_->choose != nullptr) batch.descriptor()->flags = EBB_BATCH_KEEP_LOGITS;
    session_.forward(batch);
    const std::vector<int32_t> tokens = choose(batch, sequences.size());
    for (size_t i = 0; i < sequences.size(); ++i) {
      last_[static_cast<size_t>(sequences[i])] = tokens[i];
      lengths_[static_cast<size_t>(sequences[i])] += static_cast<int32_t>(chunks[i].tokens.size());
    }
  }

  // An engine keeps its batch's memory too; one made anew has its room for logits zeroed, which takes as long as a
  // step.
  test::TinyBatch &batch_of(const std::vector<test::Chunk> &chunks) {
    const std::pair<size_t, size_t> sizes{chunks.size(), chunks[0].tokens.size()};
    if (batch_ && sizes == batch_sizes_) {
      batch_->fill(chunks);
    } else {
      batch_.emplace(chunks, shape_.vocabulary);
      batch_sizes_ = sizes;
    }
    return *batch_;
  }

  // Where the backend does not, from the logits.
  std::vector<int32_t> choose(test::TinyBatch &batch, size_t rows) {
    std::vector<int32_t> tokens;
    if (backend_->choose == nullptr) {
      for (size_t r = 0; r < rows; ++r) {
        const std::vector<float> logits = batch.logits(static_cast<int32_t>(r));
        tokens.push_back(static_cast<int32_t>(std::max_element(logits.begin(), logits.end()) - logits.begin()));
      }
      return tokens;
    }
    test::SamplingCase sampling{shape_.vocabulary, shape_.vocabulary, {}, {}, {}};
    for (size_t r = 0; r < rows; ++r) sampling.draws.push_back(test::plain_draw(static_cast<int32_t>(r), 0, 0));
    test::SamplingBytes bytes(sampling);
    session_.choose(bytes.get());
    tokens = bytes.tokens();
    if (*std::min_element(tokens.begin(), tokens.end()) < 0) throw Error(EBB_INTERNAL, "logits are not finite");
    return tokens;
  }

  test::TinySession &session_;
  const ebb_backend *backend_;
  const ModelShape &shape_;
  int32_t prompt_;
  int32_t blocks_each_;
  std::vector<int32_t> lengths_, last_, decoded_;
  std::vector<uint64_t> editions_;
  std::optional<test::TinyBatch> batch_;
  std::pair<size_t, size_t> batch_sizes_;
};

Figure prompt_figure(Engine &engine, const ModelShape &shape, const ModelWork &work) {
  std::vector<double> seconds;
  engine.prefill(0);
  for (int32_t i = 0; i < work.rounds; ++i) seconds.push_back(seconds_of_call([&] { engine.prefill(0); }));
  const double rate = work.prompt / median(seconds);
  // Two operations a weight and token; attention within the prompt is small beside them. One row of logits.
  const double operations = static_cast<double>(shape.step_bytes() -
                                                2 * static_cast<uint64_t>(shape.vocabulary) *
                                                    static_cast<uint64_t>(shape.hidden));
  return {shape.name + ", prompt of " + std::to_string(work.prompt), rate, "tokens/s", kTensor, operations * rate};
}

// Each step reads all weights once; of the bound, keys and values are left out.
Figure decode_figure(Engine &engine, const ModelShape &shape, const ModelWork &work, int32_t sequences,
                     const char *how) {
  std::vector<double> seconds;
  engine.decode(sequences);
  for (int32_t i = 0; i < work.steps; ++i) seconds.push_back(seconds_of_call([&] { engine.decode(sequences); }));
  const double steps = 1 / median(seconds);
  return {shape.name + ", decode of " + std::to_string(sequences) + how, steps * sequences, "tokens/s", kCopy,
          steps * static_cast<double>(shape.step_bytes())};
}

// Both ways give the same tokens, so only the backend's count shows which one was timed: graphs in every step, or none.
Figure decode_figure_by(bool graphs, Engine &engine, const ModelShape &shape, const ModelWork &work,
                        int32_t sequences) {
  const uint64_t before = cuda::graph_counts().launched;
  const Figure figure = decode_figure(engine, shape, work, sequences, graphs ? " by CUDA graphs" : "");
  const uint64_t launched = cuda::graph_counts().launched - before;
  if (graphs ? launched > static_cast<uint64_t>(work.steps) : launched == 0) return figure;
  throw Error(EBB_INTERNAL, figure.name + ": " + std::to_string(launched) + " CUDA graphs were launched in " +
                                std::to_string(work.steps + 1) + " steps; " + engine.notes());
}

// As functions do before their first step.
ebb_limits limits_of(const ModelWork &work) {
  return {std::max(work.prompt, work.sequences), work.sequences, work.sequences};
}

// Alone, then together. Both ways begin with the same prompts.
std::vector<int32_t> decode_figures(bool graphs, Engine &engine, const ModelShape &shape, const ModelWork &work,
                                    const Print &print) {
  print(decode_figure_by(graphs, engine, shape, work, 1));
  if (work.sequences > 1) print(decode_figure_by(graphs, engine, shape, work, work.sequences));
  return engine.decoded();
}

}  // namespace

void model_figures(const ebb_backend *backend, const ModelShape &shape, const ModelWork &work, const Print &print) {
  const int32_t distinct = shape.matrix_bytes() <= kOwnBytes ? shape.layers : 1;
  const GeneratedModel model(shape, kSeed, distinct);
  const int32_t blocks = Engine::blocks_of(shape, work);
  std::printf("%s: %.3f GB of BF16 matrices made from seed %llu (%.3f GB held by the host), %.3f GB of keys and "
              "values\n",
              shape.name.c_str(), static_cast<double>(shape.matrix_bytes()) / 1e9,
              static_cast<unsigned long long>(kSeed), static_cast<double>(model.held_bytes()) / 1e9,
              static_cast<double>(blocks) * static_cast<double>(shape.kv_layout().block_bytes()) / 1e9);
  const int threads = std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 64);
  std::optional<test::TinySession> session;
  const test::Setting plainly("EBB_CUDA_GRAPHS", "off");
  session.emplace(backend, model.descriptor(), shape.kv_layout(), threads, blocks);
  session->attach(limits_of(work));
  std::printf("%s\n", backend->notes(session->handle()));
  const double load_rate = static_cast<double>(shape.matrix_bytes()) / session->load_seconds();
  print({shape.name + ", weights loaded", load_rate / 1e9, "GB/s", "", load_rate});
  Engine engine(*session, backend, shape, work);
  print(prompt_figure(engine, shape, work));
  for (int32_t s = 1; s < work.sequences; ++s) engine.prefill(s);
  const std::vector<int32_t> tokens = decode_figures(false, engine, shape, work, print);

  const test::Setting by_graphs("EBB_CUDA_GRAPHS", "on");
  session->attach(limits_of(work));
  Engine again(*session, backend, shape, work);
  for (int32_t s = 0; s < work.sequences; ++s) again.prefill(s);
  if (decode_figures(true, again, shape, work, print) != tokens) {
    throw Error(EBB_INTERNAL, shape.name + ": decode by CUDA graphs gives other tokens than plain launches");
  }
}

}  // namespace ebb::gpu_check
