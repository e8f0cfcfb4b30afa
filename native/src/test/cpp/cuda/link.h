// What a test sees of the way between host and device: on the emulator the bytes that went over it and the order of the
// queues, on a device nothing; the graphs on both, as the backend counts them.
#ifndef EBB_TEST_CUDA_LINK_H
#define EBB_TEST_CUDA_LINK_H

#include <cstdint>

#include "cuda/graphs.h"
#include "include/backend.h"
#if !defined(EBB_ON_DEVICE)
#include "simt/streams.h"
#endif

namespace ebb::test::link {

inline uint64_t graphs_captured() { return cuda::graph_counts().captured; }
inline uint64_t graphs_launched() { return cuda::graph_counts().launched; }
#if defined(EBB_ON_DEVICE)
constexpr bool kSeen = false;
inline const ebb_backend *backend() { return ebb_backend_cuda(); }
inline uint64_t uploaded() { return 0; }
inline uint64_t downloaded() { return 0; }
inline void run_at_random(uint64_t) {}
inline void run_at_once() {}
inline void lose_device_after(uint64_t) {}
inline void restore_device() {}
#else
constexpr bool kSeen = true;
inline const ebb_backend *backend() { return ebb_backend_cuda_emulated(); }
inline uint64_t uploaded() { return simt::Streams::get().uploaded; }
inline uint64_t downloaded() { return simt::Streams::get().downloaded; }
inline void run_at_random(uint64_t seed) { simt::Streams::get().run_at_random(seed); }
inline void run_at_once() { simt::Streams::get().run_at_once(); }
inline void lose_device_after(uint64_t calls) { simt::Streams::get().lose_device_after(calls); }
inline void restore_device() { simt::Streams::get().restore_device(); }
#endif

// On the emulator twice, for a device of sm_90a and for any other; a device is what it is.
template <typename Body>
void on_every_device(const Body &body) {
#if defined(EBB_ON_DEVICE)
  body();
#else
  const bool before = simt::Machine::get().sm90;
  for (const bool sm90 : {false, true}) {
    simt::Machine::get().sm90 = sm90;
    body();
  }
  simt::Machine::get().sm90 = before;
#endif
}

}  // namespace ebb::test::link

// Bytes are only counted where they are seen.
#define CHECK_BYTES(actual, expected) \
  if (ebb::test::link::kSeen) CHECK_EQUAL(actual, expected)

#endif  // EBB_TEST_CUDA_LINK_H
