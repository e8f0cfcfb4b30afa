// The backend table: what a backend is. One versioned table of functions per
// backend; Java never sees more of a backend than this.
//
// One engine thread owns a handle; no function is called concurrently on it.
// No C++ exception crosses this boundary.
#ifndef EBB_BACKEND_H
#define EBB_BACKEND_H

#include <stddef.h>
#include <stdint.h>

#include "batch.h"
#include "model.h"
#include "sampling.h"
#include "status.h"

#define EBB_ABI_VERSION 5

typedef struct ebb_handle ebb_handle;  // opaque, one per opened backend

typedef struct ebb_backend {
  uint32_t abi_version;
  const char *name;

  // Whether this machine can run the backend. Writes a sentence that names the
  // device, or what is missing, into text.
  ebb_status (*describe)(char *text, size_t capacity);

  // threads >= 1: compute threads, the calling one included.
  ebb_status (*open)(int32_t threads, ebb_handle **handle, char *error, size_t capacity);

  // Reads or repacks the tensors. The descriptor may be freed afterwards; the
  // mapped tensor data must outlive the handle.
  ebb_status (*load_model)(ebb_handle *, const ebb_model *);

  // Gives the block memory: `blocks` blocks of the layout in model.h at `base`,
  // which must stay mapped until close or the next attach. A backend with memory of its own makes room there for the
  // blocks and for steps within `limits`, so that none of them fails for it later; EBB_OUT_OF_MEMORY says what would
  // fit. NULL for limits: room for steps is made as they come.
  ebb_status (*attach_kv)(ebb_handle *, void *base, uint64_t bytes, int32_t blocks, const ebb_limits *limits);

  // One engine step: writes the KV of every token and the logits of the wanted
  // ones. A token attends to positions 0..its own of its sequence through the
  // block table; tokens of one sequence within a batch see each other causally.
  // The result for a token depends on its sequence alone, never on the batch.
  ebb_status (*forward)(ebb_handle *, const ebb_batch *);

  // Copies whole blocks within the attached memory, in order.
  ebb_status (*copy_blocks)(ebb_handle *, const int32_t *source, const int32_t *target, int32_t count);

  // Chooses tokens from the logits of the last step. NULL where a backend does not: then the caller
  // chooses from the logits themselves, to the same bits.
  ebb_status (*choose)(ebb_handle *, const ebb_sampling *);

  // What load_model, attach_kv and steps had to tell who runs this since it was last asked, such as the rate
  // of a load or what the device refused; one sentence, empty where there is nothing, never NULL.
  const char *(*notes)(ebb_handle *);

  // Why the last call on this handle failed; never NULL.
  const char *(*last_error)(ebb_handle *);

  void (*close)(ebb_handle *);
} ebb_backend;

#ifdef __cplusplus
extern "C" {
#endif
const ebb_backend *ebb_backend_reference(void);
const ebb_backend *ebb_backend_cpu(void);
const ebb_backend *ebb_backend_cuda(void);
const ebb_backend *ebb_backend_cuda_emulated(void);  // only in the tests' library
#ifdef __cplusplus
}
#endif

#endif  // EBB_BACKEND_H
