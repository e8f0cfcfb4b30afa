// Checks the cpu backend against the reference on a real model, then times it.
//
//   ebb_bench MODEL.gguf [threads] [check|prefill|decode|deep|time|all]
//
// Check: relative L2 of logits, top-1 agreement, and that one token at a time
// gives the same bits as a whole prompt. Time: prompt processing, decode at two
// depths, and decode of several sequences at once, in tokens a second of wall
// time and of processor time (the second says more on a busy machine).
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <stdexcept>

#include "gguf.h"
#include "session.h"

namespace ebb::bench {
namespace {

std::vector<int32_t> some_tokens(size_t n, int32_t vocabulary) {
  std::vector<int32_t> tokens(n);
  uint32_t state = 12345;
  for (int32_t &token : tokens) {
    state = state * 1664525u + 1013904223u;
    token = static_cast<int32_t>((state >> 8) % static_cast<uint32_t>(std::min(vocabulary, 30000)));
  }
  return tokens;
}

bool check(Gguf &file, int threads) {
  constexpr size_t kTokens = 192;
  const ebb_model *model = file.describe(EBB_KV_F16);
  const std::vector<int32_t> tokens = some_tokens(kTokens, model->vocabulary);
  const auto v = static_cast<size_t>(model->vocabulary);
  std::vector<float> expected, whole;
  {
    Session reference(ebb_backend_reference(), model, threads, 1, kTokens);
    const float *logits = reference.forward({{0, 0, tokens, true}});
    expected.assign(logits, logits + kTokens * v);
  }
  Session cpu(ebb_backend_cpu(), model, threads, 1, kTokens);
  const float *logits = cpu.forward({{0, 0, tokens, true}});
  whole.assign(logits, logits + kTokens * v);
  double worst = 0, total = 0;
  size_t same = 0;
  for (size_t t = 0; t < kTokens; ++t) {
    const float *a = expected.data() + t * v;
    const float *b = whole.data() + t * v;
    double difference = 0, norm = 0;
    for (size_t i = 0; i < v; ++i) {
      difference += (double(a[i]) - b[i]) * (double(a[i]) - b[i]);
      norm += double(a[i]) * a[i];
    }
    worst = std::max(worst, std::sqrt(difference / norm));
    total += std::sqrt(difference / norm);
    same += std::max_element(a, a + v) - a == std::max_element(b, b + v) - b;
  }
  size_t unequal = 0;
  for (size_t t = 0; t < kTokens; ++t) {
    const float *one = cpu.forward({{0, static_cast<int32_t>(t), {tokens[t]}, true}});
    unequal += std::memcmp(one, whole.data() + t * v, v * sizeof(float)) != 0;
  }
  std::printf("check: relative L2 mean %.2e worst %.2e, top-1 equal %zu of %zu, "
              "positions whose bits differ one at a time: %zu\n",
              total / kTokens, worst, same, kTokens, unequal);
  return worst <= 2e-3 && unequal == 0;
}

class Clock {
 public:
  Clock() : wall_(std::chrono::steady_clock::now()), cpu_(std::clock()) {}
  void report(const char *what, size_t tokens) const {
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - wall_;
    const double cpu = static_cast<double>(std::clock() - cpu_) / CLOCKS_PER_SEC;
    std::printf("%-24s %8.1f tok/s   %8.1f tok/cpu-s\n", what, static_cast<double>(tokens) / wall.count(),
                static_cast<double>(tokens) / cpu);
    std::fflush(stdout);
  }

 private:
  std::chrono::steady_clock::time_point wall_;
  std::clock_t cpu_;
};

void time_prefill(Session &session, size_t n) {
  const std::vector<int32_t> tokens = some_tokens(n, session.vocabulary());
  session.forward({{0, 0, tokens, false}});
  const Clock clock;
  session.forward({{0, 0, tokens, false}});
  clock.report(("prefill " + std::to_string(n)).c_str(), n);
}

void time_decode(Session &session, int32_t sequences, int32_t depth, int32_t steps) {
  const auto tokens = some_tokens(static_cast<size_t>(depth), session.vocabulary());
  if (depth > 0) {
    for (int32_t s = 0; s < sequences; ++s) session.forward({{s, 0, tokens, false}});
  }
  std::vector<Part> parts;
  for (int32_t s = 0; s < sequences; ++s) parts.push_back({s, depth, {100 + s}, false});
  session.forward(parts);
  const Clock clock;
  for (int32_t i = 0; i < steps; ++i) {
    for (Part &part : parts) part.start = depth + i;
    session.forward(parts);
  }
  clock.report(("decode x" + std::to_string(sequences) + " at " + std::to_string(depth)).c_str(),
               static_cast<size_t>(steps) * static_cast<size_t>(sequences));
}

void time_all(Gguf &file, int threads, const std::string &what) {
  Session session(ebb_backend_cpu(), file.describe(EBB_KV_F16), threads, 16, 2200);
  if (what != "decode" && what != "decode1" && what != "deep") {
    time_prefill(session, 512);
    time_prefill(session, 2048);
  }
  if (what == "prefill") return;
  time_decode(session, 1, 1, what == "decode1" ? 1000 : 96);
  if (what == "decode1") return;
  time_decode(session, 1, 2048, 48);
  if (what == "deep") return;
  for (const int32_t sequences : {4, 8, 16}) time_decode(session, sequences, 64, 32);
}

}  // namespace
}  // namespace ebb::bench

int main(int argc, char **argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: ebb_bench MODEL.gguf [threads] [check|prefill|decode|deep|time|all]\n");
    return 2;
  }
  const int threads = argc > 2 ? std::atoi(argv[2]) : 2;
  const std::string what = argc > 3 ? argv[3] : "all";
  try {
    char text[256];
    const ebb_status status = ebb_backend_cpu()->describe(text, sizeof(text));
    std::printf("%s\n", text);
    if (status != EBB_OK) return 1;
    ebb::bench::Gguf file(argv[1]);
    const bool good = (what != "check" && what != "all") || ebb::bench::check(file, threads);
    if (what != "check") ebb::bench::time_all(file, threads, what);
    return good ? 0 : 1;
  } catch (const std::exception &e) {
    std::fprintf(stderr, "ebb_bench: %s\n", e.what());
    return 1;
  }
}
