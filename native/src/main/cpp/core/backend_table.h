// Makes the C table of backend.h from a C++ class, so that no backend has to
// repeat how exceptions become statuses. The class supplies:
//
//   static constexpr const char *kName;
//   static std::string describe();   // throws Error(EBB_UNSUPPORTED) where it cannot run
//   explicit Backend(int threads);
//   void load_model(const ebb_model *);
//   void attach_kv(void *base, uint64_t bytes, int32_t blocks, const ebb_limits *limits);
//   void forward(const ebb_batch *);
//   void copy_blocks(const int32_t *source, const int32_t *target, int32_t count);
//   void choose(const ebb_sampling *);  // optional
//   std::string notes();                // optional
#ifndef EBB_CORE_BACKEND_TABLE_H
#define EBB_CORE_BACKEND_TABLE_H

#include <cstdio>
#include <new>
#include <string>

#include "core/error.h"
#include "include/backend.h"

namespace ebb {

template <typename Backend>
class BackendTable {
 public:
  static const ebb_backend *get() {
    static const ebb_backend table = {
        EBB_ABI_VERSION, Backend::kName, describe,    open,       load_model,
        attach_kv,       forward,        copy_blocks, choose_or_null(), notes, last_error, close,
    };
    return &table;
  }

 private:
  struct Handle {
    explicit Handle(int threads) : backend(threads) {}
    Backend backend;
    std::string error;
    std::string notes;
  };

  // Runs body; an exception becomes a status and a sentence in `error`.
  template <typename Body>
  static ebb_status guard(std::string &error, Body &&body) noexcept {
    try {
      error.clear();
      body();
      return EBB_OK;
    } catch (const Error &e) {
      return note(error, e.status(), e.what());
    } catch (const std::bad_alloc &) {
      return note(error, EBB_OUT_OF_MEMORY, "the machine has not enough memory for this");
    } catch (const std::exception &e) {
      return note(error, EBB_INTERNAL, e.what());
    } catch (...) {
      return note(error, EBB_INTERNAL, "an exception of unknown type");
    }
  }

  static ebb_status note(std::string &error, ebb_status status, const char *text) noexcept {
    try {
      error = text;
    } catch (...) {
      error.clear();  // Not even the sentence fits into memory; the status still tells.
    }
    return status;
  }

  static void write(const std::string &from, char *text, size_t capacity) {
    if (text != nullptr && capacity > 0) std::snprintf(text, capacity, "%s", from.c_str());
  }

  static Handle *of(ebb_handle *handle) { return reinterpret_cast<Handle *>(handle); }

  static ebb_status describe(char *text, size_t capacity) {
    std::string words;
    std::string error;
    const ebb_status status = guard(error, [&] { words = Backend::describe(); });
    write(status == EBB_OK ? words : error, text, capacity);
    return status;
  }

  static ebb_status open(int32_t threads, ebb_handle **handle, char *error, size_t capacity) {
    std::string message;
    const ebb_status status = guard(message, [&] {
      if (threads < 1) fail_argument("threads must be at least 1, not " + std::to_string(threads));
      Backend::describe();
      *handle = reinterpret_cast<ebb_handle *>(new Handle(threads));
    });
    write(message, error, capacity);
    return status;
  }

  static ebb_status load_model(ebb_handle *handle, const ebb_model *model) {
    return guard(of(handle)->error, [&] { of(handle)->backend.load_model(model); });
  }

  static ebb_status attach_kv(ebb_handle *handle, void *base, uint64_t bytes, int32_t blocks,
                              const ebb_limits *limits) {
    return guard(of(handle)->error, [&] {
      if (limits != nullptr) check(*limits);
      of(handle)->backend.attach_kv(base, bytes, blocks, limits);
    });
  }

  static void check(const ebb_limits &limits) {
    if (limits.sequences >= 1 && limits.tokens >= limits.sequences && limits.outputs >= 0) return;
    fail_argument("limits of a step: " + std::to_string(limits.tokens) + " tokens, " +
                  std::to_string(limits.sequences) + " sequences, " + std::to_string(limits.outputs) +
                  " outputs; at least one sequence, and a token for each");
  }

  static ebb_status forward(ebb_handle *handle, const ebb_batch *batch) {
    return guard(of(handle)->error, [&] { of(handle)->backend.forward(batch); });
  }

  static ebb_status copy_blocks(ebb_handle *handle, const int32_t *source, const int32_t *target,
                                int32_t count) {
    return guard(of(handle)->error,
                 [&] { of(handle)->backend.copy_blocks(source, target, count); });
  }

  using Choose = ebb_status (*)(ebb_handle *, const ebb_sampling *);
  static constexpr Choose choose_or_null() {
    if constexpr (requires(Backend &backend) { backend.choose(nullptr); }) {
      return [](ebb_handle *handle, const ebb_sampling *sampling) {
        return guard(of(handle)->error, [&] { of(handle)->backend.choose(sampling); });
      };
    } else {
      return nullptr;
    }
  }

  static const char *notes(ebb_handle *handle) {
    if constexpr (requires(Backend &backend) { backend.notes(); }) {
      guard(of(handle)->error, [&] { of(handle)->notes = of(handle)->backend.notes(); });
    }
    return of(handle)->notes.c_str();
  }

  static const char *last_error(ebb_handle *handle) { return of(handle)->error.c_str(); }

  static void close(ebb_handle *handle) { delete of(handle); }
};

}  // namespace ebb

#endif  // EBB_CORE_BACKEND_TABLE_H
