// cuda/device.h on the emulated device.
#include "cuda/device.h"

#include <cstring>

#include "core/error.h"
#include "simt/machine.h"

namespace ebb::cuda {

std::string describe_device() {
  return std::string("cuda-emulated: the CUDA kernels on the host") +
         (simt::Machine::get().sm90 ? ", as on sm_90a" : "") + ", for tests; very slow";
}

void *device_allocate(size_t bytes, const char *name) {
  void *address = simt::Machine::get().global.allocate(bytes == 0 ? 1 : bytes, name);
  if (address == nullptr) throw Error(EBB_OUT_OF_MEMORY, std::string("cuda-emulated: no memory for ") + name);
  return address;
}

void device_release(void *address) noexcept { simt::Machine::get().global.release(address); }

size_t device_free_bytes() { return simt::Machine::get().global.free_bytes(); }

Stream stream_create() { return nullptr; }

void stream_destroy(Stream) noexcept {}

void upload(void *to, const void *from, size_t bytes, Stream) {
  std::memcpy(to, from, bytes);
  simt::Machine::get().global.note_written(to, bytes);
}

void download(void *to, const void *from, size_t bytes, Stream) { std::memcpy(to, from, bytes); }

bool device_is_sm90() { return simt::Machine::get().sm90; }

TensorMap tensor_rows(const void *base, int32_t columns, int64_t rows, int32_t box_rows) {
  const simt::TensorView view{static_cast<const uint8_t *>(base), rows, columns, box_rows};
  TensorMap map{};
  static_assert(sizeof(view) <= sizeof(map.words));
  std::memcpy(map.words, &view, sizeof(view));
  return map;
}

// A kernel that the emulator found wrong fails the step: results of a divergence are not results.
void synchronize(Stream) {
  const simt::Findings &findings = simt::Machine::get().findings;
  if (!findings.empty()) throw Error(EBB_INTERNAL, "cuda-emulated: " + findings.text());
}

}  // namespace ebb::cuda
