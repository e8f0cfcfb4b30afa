// cuda/device.h on the emulated device.
#include "cuda/device.h"

#include <cstring>

#include "core/error.h"
#include "simt/capture.h"
#include "simt/streams.h"

namespace ebb::cuda {

std::string describe_device() {
  return std::string("cuda-emulated: the CUDA kernels on the host") +
         (simt::Machine::get().sm90 ? ", as on sm_90a" : "") + ", for tests; very slow";
}

void require_code() {}

void *device_allocate(size_t bytes, const char *name) {
  simt::Captures::get().refuse("device_allocate", nullptr);
  simt::Streams::get().ask();
  void *address = simt::Machine::get().global.allocate(bytes == 0 ? 1 : bytes, name);
  if (address == nullptr) throw Error(EBB_OUT_OF_MEMORY, std::string("cuda-emulated: no memory for ") + name);
  return address;
}

// As on a device, memory goes when the work that may use it is done.
void device_release(void *address) noexcept {
  if (address == nullptr) return;
  simt::Captures::get().note_refused("device_release", nullptr);
  simt::Streams::get().finish_all();
  simt::Machine::get().global.release(address);
}

size_t device_free_bytes() { return simt::Machine::get().global.free_bytes(); }

Stream stream_create() { return simt::Streams::get().create(); }

void stream_destroy(Stream stream) noexcept { simt::Streams::get().destroy(stream); }

Event event_create() { return simt::Streams::get().create_event(); }

void event_destroy(Event event) noexcept { simt::Streams::get().destroy_event(event); }

void record(Event event, Stream stream) { simt::Streams::get().record(event, stream); }

void wait_for(Event event, Stream stream) { simt::Streams::get().wait_for(event, stream); }

bool pin(void *address, size_t bytes, std::string &why) { return simt::Streams::get().pin(address, bytes, why); }

void pin_release(void *address) noexcept { simt::Streams::get().pinned.erase(address); }

void upload(void *to, const void *from, size_t bytes, Stream stream) {
  upload_pieces(to, from, {bytes, bytes, 1}, stream);
}

void download(void *to, const void *from, size_t bytes, Stream stream) {
  download_pieces(to, from, {bytes, bytes, 1}, stream);
}

void upload_pieces(void *to, const void *from, const Pieces &pieces, Stream stream) {
  simt::Captures::get().refuse("a copy", stream);
  simt::Streams::get().uploaded += pieces.width * pieces.count;
  simt::Streams::get().give(stream, [=] {
    for (size_t i = 0; i < pieces.count; ++i) {
      void *target = static_cast<uint8_t *>(to) + i * pieces.pitch;
      std::memcpy(target, static_cast<const uint8_t *>(from) + i * pieces.pitch, pieces.width);
      simt::Machine::get().global.note_written(target, pieces.width);
    }
  });
}

void download_pieces(void *to, const void *from, const Pieces &pieces, Stream stream) {
  simt::Captures::get().refuse("a copy", stream);
  simt::Streams::get().downloaded += pieces.width * pieces.count;
  simt::Streams::get().give(stream, [=] {
    for (size_t i = 0; i < pieces.count; ++i) {
      std::memcpy(static_cast<uint8_t *>(to) + i * pieces.pitch, static_cast<const uint8_t *>(from) + i * pieces.pitch,
                  pieces.width);
    }
  });
}

size_t device_shared_bytes() { return simt::Machine::get().shared_bytes_max; }

bool device_is_sm90() { return simt::Machine::get().sm90; }

TensorMap tensor_rows(const void *base, int32_t columns, int64_t rows, int32_t box_rows) {
  const simt::TensorView view{static_cast<const uint8_t *>(base), rows, columns, box_rows};
  TensorMap map{};
  static_assert(sizeof(view) <= sizeof(map.words));
  std::memcpy(map.words, &view, sizeof(view));
  return map;
}

// A kernel that the emulator found wrong fails the step: results of a divergence are not results.
void synchronize(Stream stream) {
  simt::Streams::get().finish(stream);
  const simt::Findings &findings = simt::Machine::get().findings;
  if (!findings.empty()) throw Error(EBB_INTERNAL, "cuda-emulated: " + findings.text());
}

void capture_begin(Stream stream) { simt::Captures::get().begin(stream); }

Graph capture_end(Stream stream) { return simt::Captures::get().end(stream); }

void capture_abandon(Stream stream) noexcept { simt::Captures::get().abandon(stream); }

void graph_launch(Graph graph, Stream stream) { simt::Captures::get().launch(graph, stream); }

void graph_destroy(Graph graph) noexcept { simt::Captures::get().destroy(graph); }

}  // namespace ebb::cuda
