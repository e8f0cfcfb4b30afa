// The model descriptor: hyper-parameters and the addresses of the mapped
// tensors, filled once by dev.ebb.nativecore.ModelLayout.
//
// Architectures differ by configuration, never by code path per model: RoPE
// scaling arrives as ready inverse frequencies, optional tensors are present or
// absent. Tensor data stay mapped for the life of the backend's handle, though a
// backend that repacks them need not look at them again.
#ifndef EBB_MODEL_H
#define EBB_MODEL_H

#include <stdint.h>

#define EBB_MODEL_MAGIC 0x4D424245u  // "EBBM"
#define EBB_MODEL_VERSION 1u

// Values of ggml's tensor types, so that a GGUF type number needs no table.
typedef enum ebb_type {
  EBB_TYPE_F32 = 0,
  EBB_TYPE_F16 = 1,
  EBB_TYPE_Q4_0 = 2,
  EBB_TYPE_Q4_1 = 3,
  EBB_TYPE_Q5_0 = 6,
  EBB_TYPE_Q5_1 = 7,
  EBB_TYPE_Q8_0 = 8,
  EBB_TYPE_Q4_K = 12,
  EBB_TYPE_Q5_K = 13,
  EBB_TYPE_Q6_K = 14,
  EBB_TYPE_BF16 = 30
} ebb_type;

typedef enum ebb_role {
  EBB_ROLE_TOKEN_EMBEDDING = 0,  // [vocabulary, hidden]
  EBB_ROLE_OUTPUT_NORM = 1,      // [hidden]
  EBB_ROLE_OUTPUT = 2,           // [vocabulary, hidden]; absent when tied to the embedding
  EBB_ROLE_ATTENTION_NORM = 3,   // [hidden]
  EBB_ROLE_Q = 4,                // [heads*head_dim, hidden]
  EBB_ROLE_K = 5,                // [kv_heads*head_dim, hidden]
  EBB_ROLE_V = 6,                // [kv_heads*head_dim, hidden]
  EBB_ROLE_Q_BIAS = 7,           // [heads*head_dim], optional
  EBB_ROLE_K_BIAS = 8,           // optional
  EBB_ROLE_V_BIAS = 9,           // optional
  EBB_ROLE_Q_NORM = 10,          // [head_dim], optional (QK-norm)
  EBB_ROLE_K_NORM = 11,          // [head_dim], optional
  EBB_ROLE_ATTENTION_OUTPUT = 12,       // [hidden, heads*head_dim]
  EBB_ROLE_ATTENTION_OUTPUT_BIAS = 13,  // [hidden], optional
  EBB_ROLE_FFN_NORM = 14,        // [hidden]
  EBB_ROLE_FFN_GATE = 15,        // [ffn, hidden]
  EBB_ROLE_FFN_UP = 16,          // [ffn, hidden]
  EBB_ROLE_FFN_DOWN = 17,        // [hidden, ffn]
  EBB_ROLE_COUNT = 18
} ebb_role;

typedef enum ebb_rope_pairing {
  EBB_ROPE_INTERLEAVED = 0,  // (x[2i], x[2i+1]): Llama weights in GGUF order
  EBB_ROPE_HALVES = 1        // (x[i], x[i + dims/2]): Hugging Face order, Qwen
} ebb_rope_pairing;

typedef enum ebb_kv_type {
  EBB_KV_F32 = 0,
  EBB_KV_F16 = 1,
  EBB_KV_I8 = 2  // signed bytes, each times the scale of its token and head
} ebb_kv_type;

typedef struct ebb_tensor {
  int32_t role;   // ebb_role
  int32_t layer;  // -1 for tensors outside the layers
  int32_t type;   // ebb_type
  int32_t reserved;
  int64_t rows;   // 1 for a vector
  int64_t cols;   // elements of a row; rows are contiguous
  uint64_t data;  // address of the mapped bytes
} ebb_tensor;

typedef struct ebb_model {
  uint32_t magic;
  uint32_t version;
  uint64_t bytes;  // Size of the whole descriptor.
  int32_t layers;
  int32_t hidden;
  int32_t heads;
  int32_t kv_heads;
  int32_t head_dim;
  int32_t ffn;
  int32_t vocabulary;
  int32_t context;         // greatest position + 1
  float rms_epsilon;
  int32_t rope_dims;       // leading elements of a head that are rotated (even)
  int32_t rope_pairing;    // ebb_rope_pairing
  float rope_magnitude;    // factor on cos and sin (YaRN's attention factor; else 1)
  int32_t sliding_window;  // tokens a query sees, itself included; 0: all
  int32_t kv_type;         // ebb_kv_type
  int32_t block_tokens;    // tokens of a KV block (16)
  int32_t tensor_count;
  uint64_t tensors;            // byte offset of ebb_tensor[tensor_count]
  uint64_t inverse_frequency;  // byte offset of float[rope_dims / 2]
} ebb_model;

// A KV block holds block_tokens tokens of all layers, block-first:
//   [layers][2: K then V][kv_heads][block_tokens][head_dim] of kv_type.
// With EBB_KV_I8 each head's part is [block_tokens][head_dim] bytes and behind them
// [block_tokens] scales as F16 (core/kv_int8.h).
// Block b lies at b * block_bytes from the address given to attach, which is
// aligned to 64 bytes.

#if defined(__cplusplus)
static_assert(sizeof(ebb_tensor) == 40, "ModelLayout.TENSOR_BYTES");
static_assert(sizeof(ebb_model) == 96, "ModelLayout.HEADER_BYTES");
#endif

#endif  // EBB_MODEL_H
