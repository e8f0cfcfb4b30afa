// How code behind the backend table reports failure: it throws Error, and the
// table (core/backend_table.h) turns that into a status and a sentence.
#ifndef EBB_CORE_ERROR_H
#define EBB_CORE_ERROR_H

#include <stdexcept>
#include <string>

#include "include/status.h"

namespace ebb {

class Error : public std::runtime_error {
 public:
  Error(ebb_status status, const std::string &message)
      : std::runtime_error(message), status_(status) {}

  ebb_status status() const noexcept { return status_; }

 private:
  ebb_status status_;
};

// The caller broke the contract of batch.h or model.h.
[[noreturn]] inline void fail_argument(const std::string &message) {
  throw Error(EBB_INVALID_ARGUMENT, message);
}

}  // namespace ebb

#endif  // EBB_CORE_ERROR_H
