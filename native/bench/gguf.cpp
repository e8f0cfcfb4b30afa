#include "gguf.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <stdexcept>

namespace ebb::bench {
namespace {

// Reads little-endian values one after the other.
class Cursor {
 public:
  Cursor(const uint8_t *data, size_t bytes) : data_(data), bytes_(bytes) {}

  template <typename T>
  T take() {
    T value;
    std::memcpy(&value, at(sizeof(T)), sizeof(T));
    return value;
  }
  std::string text() {
    const auto n = take<uint64_t>();
    return std::string(reinterpret_cast<const char *>(at(n)), n);
  }
  const uint8_t *at(uint64_t n) {
    if (n > bytes_ - offset_) throw std::runtime_error("the GGUF file ends too early");
    const uint8_t *here = data_ + offset_;
    offset_ += n;
    return here;
  }
  uint64_t offset() const { return offset_; }

 private:
  const uint8_t *data_;
  size_t bytes_;
  uint64_t offset_ = 0;
};

enum ValueType { kU8, kS8, kU16, kS16, kU32, kS32, kF32, kBool, kString, kArray, kU64, kS64, kF64 };

double take_number(Cursor &in, uint32_t type) {
  switch (type) {
    case kU8: case kBool: return in.take<uint8_t>();
    case kS8: return in.take<int8_t>();
    case kU16: return in.take<uint16_t>();
    case kS16: return in.take<int16_t>();
    case kU32: return in.take<uint32_t>();
    case kS32: return in.take<int32_t>();
    case kF32: return static_cast<double>(in.take<float>());
    case kU64: return static_cast<double>(in.take<uint64_t>());
    case kS64: return static_cast<double>(in.take<int64_t>());
    case kF64: return in.take<double>();
    default: throw std::runtime_error("unknown GGUF value type " + std::to_string(type));
  }
}

struct TensorName {
  const char *suffix;
  ebb_role role;
};

constexpr TensorName kGlobal[] = {{"token_embd.weight", EBB_ROLE_TOKEN_EMBEDDING},
                                  {"output_norm.weight", EBB_ROLE_OUTPUT_NORM},
                                  {"output.weight", EBB_ROLE_OUTPUT}};
constexpr TensorName kLayered[] = {
    {"attn_norm.weight", EBB_ROLE_ATTENTION_NORM}, {"attn_q.weight", EBB_ROLE_Q},
    {"attn_k.weight", EBB_ROLE_K}, {"attn_v.weight", EBB_ROLE_V}, {"attn_q.bias", EBB_ROLE_Q_BIAS},
    {"attn_k.bias", EBB_ROLE_K_BIAS}, {"attn_v.bias", EBB_ROLE_V_BIAS},
    {"attn_q_norm.weight", EBB_ROLE_Q_NORM}, {"attn_k_norm.weight", EBB_ROLE_K_NORM},
    {"attn_output.weight", EBB_ROLE_ATTENTION_OUTPUT}, {"ffn_norm.weight", EBB_ROLE_FFN_NORM},
    {"ffn_gate.weight", EBB_ROLE_FFN_GATE}, {"ffn_up.weight", EBB_ROLE_FFN_UP},
    {"ffn_down.weight", EBB_ROLE_FFN_DOWN}};

}  // namespace

Gguf::Gguf(const std::string &path) {
  const int file = open(path.c_str(), O_RDONLY);
  struct stat status = {};
  if (file < 0 || fstat(file, &status) != 0) throw std::runtime_error("cannot read " + path);
  bytes_ = static_cast<size_t>(status.st_size);
  void *mapped = mmap(nullptr, bytes_, PROT_READ, MAP_PRIVATE, file, 0);
  close(file);
  if (mapped == MAP_FAILED) throw std::runtime_error("cannot map " + path);
  data_ = static_cast<const uint8_t *>(mapped);
  read();
}

Gguf::~Gguf() { munmap(const_cast<uint8_t *>(data_), bytes_); }

void Gguf::read() {
  Cursor in(data_, bytes_);
  if (in.take<uint32_t>() != 0x46554747u || in.take<uint32_t>() < 2) {
    throw std::runtime_error("not a GGUF file of version 2 or 3");
  }
  const auto tensors = in.take<uint64_t>();
  const auto values = in.take<uint64_t>();
  for (uint64_t i = 0; i < values; ++i) {
    const std::string key = in.text();
    const auto type = in.take<uint32_t>();
    if (type == kString) {
      texts_[key] = in.text();
    } else if (type == kArray) {
      const auto element = in.take<uint32_t>();
      const auto n = in.take<uint64_t>();
      array_lengths_[key] = n;
      for (uint64_t j = 0; j < n; ++j) element == kString ? (void)in.text() : (void)take_number(in, element);
    } else {
      numbers_[key] = take_number(in, type);
    }
  }
  for (uint64_t i = 0; i < tensors; ++i) {
    const std::string name = in.text();
    Entry entry;
    for (uint32_t d = in.take<uint32_t>(); d > 0; --d) entry.shape.push_back(in.take<uint64_t>());
    entry.type = in.take<int32_t>();
    entry.offset = in.take<uint64_t>();
    entries_[name] = entry;
  }
  const auto alignment = static_cast<uint64_t>(number("general.alignment", 32));
  tensor_base_ = (in.offset() + alignment - 1) / alignment * alignment;
}

double Gguf::number(const std::string &key, double otherwise) const {
  const auto found = numbers_.find(key);
  return found == numbers_.end() ? otherwise : found->second;
}

void Gguf::add_tensors(int32_t layers, std::vector<ebb_tensor> &tensors) const {
  const auto add = [&](const std::string &name, ebb_role role, int32_t layer) {
    const auto found = entries_.find(name);
    if (found == entries_.end()) return;
    const Entry &entry = found->second;
    const auto rows = entry.shape.size() > 1 ? static_cast<int64_t>(entry.shape[1]) : 1;
    tensors.push_back({role, layer, entry.type, 0, rows, static_cast<int64_t>(entry.shape[0]),
                       reinterpret_cast<uint64_t>(data_ + tensor_base_ + entry.offset)});
  };
  for (const TensorName &name : kGlobal) add(name.suffix, name.role, -1);
  for (int32_t layer = 0; layer < layers; ++layer) {
    for (const TensorName &name : kLayered) {
      add("blk." + std::to_string(layer) + "." + name.suffix, name.role, layer);
    }
  }
}

const ebb_model *Gguf::describe(ebb_kv_type kv_type) {
  const std::string arch = texts_["general.architecture"] + ".";
  const auto whole = [&](const std::string &key, double otherwise) {
    return static_cast<int32_t>(number(arch + key, otherwise));
  };
  ebb_model m = {};
  m.magic = EBB_MODEL_MAGIC;
  m.version = EBB_MODEL_VERSION;
  m.layers = whole("block_count", 0);
  m.hidden = whole("embedding_length", 0);
  m.heads = whole("attention.head_count", 0);
  m.kv_heads = whole("attention.head_count_kv", m.heads);
  m.head_dim = whole("attention.key_length", m.hidden / std::max(m.heads, 1));
  m.ffn = whole("feed_forward_length", 0);
  m.vocabulary = static_cast<int32_t>(entries_["token_embd.weight"].shape.at(1));
  m.context = whole("context_length", 2048);
  m.rms_epsilon = static_cast<float>(number(arch + "attention.layer_norm_rms_epsilon", 1e-5));
  m.rope_dims = whole("rope.dimension_count", m.head_dim);
  m.rope_pairing = arch == "llama." ? EBB_ROPE_INTERLEAVED : EBB_ROPE_HALVES;
  m.rope_magnitude = 1;
  m.kv_type = kv_type;
  m.block_tokens = 16;
  std::vector<ebb_tensor> tensors;
  add_tensors(m.layers, tensors);
  m.tensor_count = static_cast<int32_t>(tensors.size());
  m.tensors = sizeof(ebb_model);
  m.inverse_frequency = m.tensors + tensors.size() * sizeof(ebb_tensor);
  m.bytes = m.inverse_frequency + static_cast<uint64_t>(m.rope_dims / 2) * sizeof(float);
  descriptor_.resize(m.bytes);
  std::memcpy(descriptor_.data(), &m, sizeof(m));
  std::memcpy(descriptor_.data() + m.tensors, tensors.data(), tensors.size() * sizeof(ebb_tensor));
  const double base = number(arch + "rope.freq_base", 10000);
  for (int32_t i = 0; i < m.rope_dims / 2; ++i) {
    const auto f = static_cast<float>(std::pow(base, -2.0 * i / m.rope_dims));
    std::memcpy(descriptor_.data() + m.inverse_frequency + static_cast<size_t>(i) * 4, &f, 4);
  }
  return reinterpret_cast<const ebb_model *>(descriptor_.data());
}

}  // namespace ebb::bench
