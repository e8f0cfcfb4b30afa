// Just enough of GGUF (version 3) to give a backend the descriptor of a Llama-like
// model. Ebb itself reads models in Java; this serves the bench alone.
#ifndef EBB_BENCH_GGUF_H
#define EBB_BENCH_GGUF_H

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "include/model.h"

namespace ebb::bench {

// A mapped model file and its descriptor.
class Gguf {
 public:
  explicit Gguf(const std::string &path);  // throws std::runtime_error
  ~Gguf();
  Gguf(const Gguf &) = delete;
  Gguf &operator=(const Gguf &) = delete;

  // Builds a descriptor; it lives as long as this object.
  const ebb_model *describe(ebb_kv_type kv_type);

 private:
  struct Entry {
    int32_t type;
    std::vector<uint64_t> shape;
    uint64_t offset;
  };

  void read();
  double number(const std::string &key, double otherwise) const;
  void add_tensors(int32_t layers, std::vector<ebb_tensor> &tensors) const;

  const uint8_t *data_ = nullptr;
  size_t bytes_ = 0;
  std::map<std::string, double> numbers_;
  std::map<std::string, std::string> texts_;
  std::map<std::string, uint64_t> array_lengths_;
  std::map<std::string, Entry> entries_;
  uint64_t tensor_base_ = 0;
  std::vector<uint8_t> descriptor_;
};

}  // namespace ebb::bench

#endif  // EBB_BENCH_GGUF_H
