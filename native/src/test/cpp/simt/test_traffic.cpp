// Every kernel's traffic beside its budget (the table [traffic] of cuda/budgets.txt), at one shape each.
#include <fstream>
#include <functional>
#include <map>
#include <numeric>
#include <sstream>

#include "check.h"
#include "cuda/attention_case.h"
#include "cuda/cuda_fixture.h"

using namespace ebb;
using namespace ebb::test;

namespace {

// What a launch did, and the bytes that its inputs and outputs are, each once.
struct Launch {
  simt::Counters counters;
  size_t least;
};

struct Ratios {
  double sectors, wavefronts, bytes;  // over the ideal
};

Ratios ratios_of(const Launch &launch) {
  const simt::Counters &c = launch.counters;
  const auto over = [](const simt::Traffic &a, const simt::Traffic &b) {
    const uint64_t ideal = a.ideal + b.ideal;
    return ideal == 0 ? 1.0 : static_cast<double>(a.units + b.units) / static_cast<double>(ideal);
  };
  return {over(c.global_read, c.global_write), over(c.shared_read, c.shared_write),
          static_cast<double>(c.global_read.bytes + c.global_write.bytes) / static_cast<double>(launch.least)};
}

simt::Counters counted() {
  CHECK(simt::Machine::get().findings.empty());
  return simt::Machine::get().counters;
}

Launch rms_norm() {
  constexpr size_t kN = 4096;
  const simt::Buffer<float> x("x", random_floats(4 * kN, 1)), weight("weight", random_floats(kN, 2));
  const simt::Buffer<uint16_t> to("to", 4 * kN);
  cuda::rms_norm({x.data(), nullptr, weight.data(), nullptr, to.data(), 4, kN, 1e-5f}, nullptr);
  return {counted(), 4 * kN * 4 + kN * 4 + 4 * kN * 2};
}

Launch swiglu() {
  constexpr size_t kN = 2048;
  const simt::Buffer<float> x("x", random_floats(8 * kN, 1)), scales("scales", 4);
  const simt::Buffer<uint16_t> to("to", 4 * kN);
  cuda::swiglu({x.data(), to.data(), scales.data(), 4, kN}, nullptr);
  return {counted(), 8 * kN * 4 + 4 * kN * 2 + 4 * 4};
}

Launch embedding() {
  constexpr size_t kColumns = 512;
  const StoredMatrix stored(EBB_TYPE_BF16, 37, kColumns, 3);
  const DeviceMatrix table(stored.tensor());
  const simt::Buffer<int32_t> ids("ids", std::vector<int32_t>{36, 0, 15, 16});
  const simt::Buffer<float> x("x", 4 * kColumns);
  cuda::embedding(table.get(), ids.data(), 4, x.data(), nullptr);
  return {counted(), 4 * (kColumns * 2 + kColumns * 4 + 4)};
}

Launch rope(ebb_kv_type kv_type) {
  constexpr int32_t kHeads = 8, kKvHeads = 2, kDim = 128;
  constexpr size_t kAll = kHeads + 2 * kKvHeads;
  const KvLayout layout{1, kKvHeads, 16, kDim, kv_type};
  const simt::Buffer<float> qkv("qkv", random_floats(3 * kAll * kDim, 1)), table("table", random_floats(3 * kDim, 2));
  const simt::Buffer<int32_t> positions("positions", std::vector<int32_t>{0, 1, 2});
  const simt::Buffer<uint8_t> kv("kv", layout.block_bytes());
  const simt::Buffer<uint16_t> q("q", 3 * kHeads * kDim);
  cuda::rope({qkv.data(), positions.data(), positions.data(), table.data(), nullptr, nullptr, q.data(), kv.data(),
              layout, 3, 0, kHeads, kDim, false, 1e-5f},
             nullptr);
  const size_t written = kHeads * kDim * 2 + 2 * kKvHeads * (layout.token_bytes() + layout.scale_bytes());
  return {counted(), 3 * (kAll * kDim * 4 + written + kDim * 4 + 2 * 4)};
}

Launch kv_blocks() {
  constexpr size_t kBytes = 40000;
  const simt::Buffer<uint8_t> kv("kv", std::vector<uint8_t>(4 * kBytes, 7));
  const simt::Buffer<int32_t> source("source", std::vector<int32_t>{3, 0});
  const simt::Buffer<int32_t> target("target", std::vector<int32_t>{1, 2});
  cuda::copy_blocks(kv.data(), kBytes, source.data(), target.data(), 2, nullptr);
  return {counted(), 4 * kBytes + 4 * 4};
}

Launch matmul(ebb_type type, int64_t tokens) {
  constexpr int64_t kRows = 64, kColumns = 1024;
  const StoredMatrix stored(type, kRows, kColumns, 5);
  const cuda::PackedMatrix packed = cuda::pack_matrix(stored.tensor());
  const DeviceMatrix w(stored.tensor());
  const simt::Buffer<uint16_t> x("x", random_half_rows(tokens, kColumns, 6));
  const simt::Buffer<float> y("y", static_cast<size_t>(tokens * kRows));
  cuda::matmul({w.get(), x.data(), nullptr, nullptr, y.data(), tokens, kRows}, nullptr);
  const size_t weights = packed.codes.size() + 4 * (packed.steps.size() + packed.minima.size());
  return {counted(), weights + static_cast<size_t>(tokens) * (kColumns * 2 + kRows * 4)};
}

// Its partial sums are what it is, so they are counted as they are written.
Launch attention(Path path, Kind kind, ebb_kv_type kv_type = EBB_KV_F16) {
  const bool few = kind == Kind::kFew;
  const AttentionCase work({8, 2, 128, 0, kv_type}, {few ? Part{1535, 1} : Part{200, 190}});
  simt::Counters counters;
  work.run(path, kind, &counters);
  counted();
  const size_t queries = (few ? 1 : 190) * 8 * 128 * 2;
  return {counters, work.kv_bytes() + queries + counters.global_write.bytes};
}

const std::map<std::string, std::function<Launch()>> kLaunches = {
    {"rms_norm", rms_norm},
    {"swiglu", swiglu},
    {"embedding", embedding},
    {"rope", [] { return rope(EBB_KV_F16); }},
    {"rope<int8>", [] { return rope(EBB_KV_I8); }},
    {"kv_blocks", kv_blocks},
    {"matmul_few<halves>", [] { return matmul(EBB_TYPE_BF16, 1); }},
    {"matmul_few<half_pairs>", [] { return matmul(EBB_TYPE_F32, 1); }},
    {"matmul_few<bytes>", [] { return matmul(EBB_TYPE_Q8_0, 1); }},
    {"matmul_few<nibbles>", [] { return matmul(EBB_TYPE_Q4_K, 1); }},
    {"matmul_many<halves>", [] { return matmul(EBB_TYPE_BF16, 64); }},
    {"matmul_many<nibbles>", [] { return matmul(EBB_TYPE_Q4_K, 64); }},
    {"attention<decode>", [] { return attention(Path::kMma, Kind::kFew); }},
    {"attention<prefill>", [] { return attention(Path::kMma, Kind::kMany); }},
    {"attention_int8<decode>", [] { return attention(Path::kMma, Kind::kFew, EBB_KV_I8); }},
    {"attention_int8<prefill>", [] { return attention(Path::kMma, Kind::kMany, EBB_KV_I8); }},
    {"attention_sm90<decode>", [] { return attention(Path::kSm90, Kind::kFew); }},
    {"attention_sm90<prefill>", [] { return attention(Path::kSm90, Kind::kMany); }},
};

std::map<std::string, Ratios> budgets() {
  std::map<std::string, Ratios> found;
  std::ifstream file(EBB_BUDGETS);
  std::string line;
  bool there = false;
  while (std::getline(file, line)) {
    if (line.rfind("[", 0) == 0) there = line == "[traffic]";
    std::istringstream words(line);
    std::string kernel;
    Ratios most{};
    if (there && words >> kernel >> most.sectors >> most.wavefronts >> most.bytes) found[kernel] = most;
  }
  return found;
}

}  // namespace

TEST(cuda_traffic_keeps_to_its_budgets) {
  const auto allowed = budgets();
  CHECK_EQUAL(allowed.size(), kLaunches.size());
  for (const auto &[kernel, launch] : kLaunches) {
    simt::Machine::get().reset({});
    const Ratios found = ratios_of(launch());
    const Ratios &most = allowed.at(kernel);
    if (found.sectors <= most.sectors && found.wavefronts <= most.wavefronts && found.bytes <= most.bytes) continue;
    char text[200];
    std::snprintf(text, sizeof(text), "%s: sectors %.4f, wavefronts %.4f, bytes %.4f of the ideal", kernel.c_str(),
                  found.sectors, found.wavefronts, found.bytes);
    fail(__FILE__, __LINE__, text);
  }
}
