// What the budgets say of launches, which the compiler cannot know: the attention kernels' dynamic shared
// memory. Occupancy is computed from it (scripts/cuda_budgets.py).
#include <fstream>
#include <map>
#include <sstream>

#include "check.h"
#include "cuda/attention_case.h"

using namespace ebb::test;

namespace {

// {kernel: dynamic bytes} of the table of resources.
std::map<std::string, uint64_t> dynamic_bytes() {
  std::map<std::string, uint64_t> found;
  std::ifstream file(EBB_BUDGETS);
  std::string line;
  while (std::getline(file, line) && line != "[instructions]") {
    std::istringstream words(line);
    std::string kernel, registers;
    uint64_t fixed = 0, threads = 0, dynamic = 0;
    if (words >> kernel >> registers >> fixed >> threads >> dynamic) found[kernel] = dynamic;
  }
  return found;
}

std::string kernel_of(Path path, Kind kind, int head_dim, ebb_kv_type kv_type) {
  const bool few = kind == Kind::kFew || (path == Path::kSm90 && head_dim > 128);
  const std::string second = few ? "1" : path == Path::kMma ? "4" : "2";
  const char *name = kv_type == EBB_KV_I8 ? "attention_int8_kernel<"
                     : path == Path::kMma ? "attention_kernel<"
                                          : "attention_sm90_kernel<";
  return name + std::to_string(head_dim) + "," + second + ">";
}

}  // namespace

TEST(cuda_attention_budgets_tell_shared_memory) {
  const auto budgets = dynamic_bytes();
  const auto check = [&](int head_dim, ebb_kv_type kv_type, const std::vector<Path> &paths) {
    const AttentionCase attention({4, 2, head_dim, 0, kv_type}, {{3, 2}});
    for (const Path path : paths) {
      for (const Kind kind : {Kind::kFew, Kind::kMany}) {
        simt::Machine::get().reset({});
        simt::Counters counters;
        attention.run(path, kind, &counters);
        CHECK_EQUAL(counters.shared_bytes_max, budgets.at(kernel_of(path, kind, head_dim, kv_type)));
      }
    }
  };
  for (const int head_dim : {32, 64, 96, 128, 256}) {
    check(head_dim, EBB_KV_F16, attention_paths());
    check(head_dim, EBB_KV_I8, {Path::kMma});
  }
}
