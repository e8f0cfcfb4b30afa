// The device as the backend's host code sees it: memory, copies, a queue. device.cu is the CUDA
// runtime; the emulator has its own.
#ifndef EBB_CUDA_DEVICE_H
#define EBB_CUDA_DEVICE_H

#include <cstddef>
#include <string>
#include <utility>

#include "cuda/ops.h"

namespace ebb::cuda {

// Names the device, its architecture and memory. Throws Error(EBB_UNSUPPORTED) where there is
// no driver or no device, saying which.
std::string describe_device();
// Throws Error(EBB_UNSUPPORTED) where the device cannot run this build's kernels. Makes the device's context.
void require_code();

// Throw Error: EBB_OUT_OF_MEMORY with what was wanted and what is free, EBB_DEVICE_LOST, EBB_INTERNAL.
void *device_allocate(size_t bytes, const char *name);
void device_release(void *address) noexcept;
size_t device_free_bytes();

// Shared memory that a CTA may ask for.
size_t device_shared_bytes();

// Whether the device has the instructions of sm_90a (Hopper; newer ones do not).
bool device_is_sm90();

// Rows of `columns` F16 one behind the other, for bulk copies of kPanelColumns columns and box_rows rows;
// columns behind the last one are copied as zeros.
TensorMap tensor_rows(const void *base, int32_t columns, int64_t rows, int32_t box_rows);

// A mark in a stream's order that another may wait for.
using Event = struct EventTag *;

Stream stream_create();
void stream_destroy(Stream stream) noexcept;
Event event_create();
void event_destroy(Event event) noexcept;
// Marks what the stream has been given so far, in place of an earlier mark.
void record(Event event, Stream stream);
// What the stream is given from now on runs after what the event marks now; does not wait itself.
void wait_for(Event event, Stream stream);

// Lets copies go straight between the device and memory of the host, which stays where it is until pin_release. False,
// with the reason, where the system does not allow it: copies then go through a buffer of the driver's.
bool pin(void *address, size_t bytes, std::string &why);
void pin_release(void *address) noexcept;

// Pieces of `width` bytes, `pitch` bytes apart on both sides.
struct Pieces {
  size_t width;
  size_t pitch;
  size_t count;
};
// Copies are in the stream's order; the host's side must stay until the next synchronize.
void upload(void *to, const void *from, size_t bytes, Stream stream);
void download(void *to, const void *from, size_t bytes, Stream stream);
void upload_pieces(void *to, const void *from, const Pieces &pieces, Stream stream);
void download_pieces(void *to, const void *from, const Pieces &pieces, Stream stream);
// Returns when all work of the stream is done; throws what went wrong in it.
void synchronize(Stream stream);

// Launches of kernels that were kept, with the arguments that they had, to be given to a stream as one.
using Graph = struct GraphTag *;

// From capture_begin to capture_end the kernels that `stream` is given are kept, not run. Nothing else may be asked of
// the stream meanwhile, nor memory of the device by this thread. Either end frees the stream, whatever it throws.
void capture_begin(Stream stream);
Graph capture_end(Stream stream);
void capture_abandon(Stream stream) noexcept;
// What the kept arguments point at must be where it was.
void graph_launch(Graph graph, Stream stream);
void graph_destroy(Graph graph) noexcept;

// What a backend owns of them; the device's work must be done before they go.
template <typename Handle, Handle (*Create)(), void (*Destroy)(Handle) noexcept>
class Own {
 public:
  Own() : handle_(Create()) {}
  explicit Own(Handle handle) : handle_(handle) {}
  ~Own() { Destroy(handle_); }
  Own(Own &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Own(const Own &) = delete;
  Own &operator=(const Own &) = delete;
  Handle get() const { return handle_; }

 private:
  Handle handle_;
};
using OwnStream = Own<Stream, stream_create, stream_destroy>;
using OwnEvent = Own<Event, event_create, event_destroy>;
inline Graph no_graph() { return nullptr; }
using OwnGraph = Own<Graph, no_graph, graph_destroy>;

// What `body` gives the stream, kept; body may give it kernels alone.
template <typename Body>
OwnGraph captured(Stream stream, const Body &body) {
  capture_begin(stream);
  try {
    body();
  } catch (...) {
    capture_abandon(stream);
    throw;
  }
  return OwnGraph(capture_end(stream));
}

// Host memory pinned for as long as this lives.
class Pinned {
 public:
  Pinned() = default;
  ~Pinned() { release(); }
  Pinned(const Pinned &) = delete;
  Pinned &operator=(const Pinned &) = delete;

  // In place of what was pinned before; the reason where it could not be, else empty.
  std::string hold(void *address, size_t bytes) {
    release();
    std::string why;
    if (pin(address, bytes, why)) address_ = address;
    return why;
  }
  void release() {
    if (address_ != nullptr) pin_release(std::exchange(address_, nullptr));
  }

 private:
  void *address_ = nullptr;
};

// Device memory of `T` that only grows, and forgets its content when it does.
template <typename T>
class DeviceArray {
 public:
  explicit DeviceArray(const char *name) : name_(name) {}
  ~DeviceArray() { device_release(data_); }
  DeviceArray(DeviceArray &&other) noexcept
      : name_(other.name_), data_(std::exchange(other.data_, nullptr)), capacity_(std::exchange(other.capacity_, 0)) {}
  DeviceArray(const DeviceArray &) = delete;
  DeviceArray &operator=(const DeviceArray &) = delete;

  T *reserve(size_t count) {
    if (count > capacity_) {
      release();
      data_ = static_cast<T *>(device_allocate(count * sizeof(T), name_));
      capacity_ = count;
    }
    return data_;
  }
  void release() {
    device_release(std::exchange(data_, nullptr));
    capacity_ = 0;
  }
  // Reserves and fills from the host.
  T *put(const T *from, size_t count, Stream stream) {
    if (count > 0) upload(reserve(count), from, count * sizeof(T), stream);
    return data_;
  }
  T *data() const { return data_; }
  size_t capacity() const { return capacity_; }

 private:
  const char *name_;
  T *data_ = nullptr;
  size_t capacity_ = 0;
};

}  // namespace ebb::cuda

#endif  // EBB_CUDA_DEVICE_H
