// Kernels made wrong on purpose, each for one detector, and the right twins beside them.
#ifndef EBB_SIMT_WRONG_H
#define EBB_SIMT_WRONG_H

#include <cstdint>

namespace simt::wrong {

// Each runs one CTA of 64 threads (but cross_cta: two) over `data` of 64 ints, `out` of 64.
// `right` chooses the twin without the mistake.
void shared_race(const int32_t *data, int32_t *out, bool right);        // no barrier between write and read
void barrier_too_early(const int32_t *data, int32_t *out, bool right);  // a buffer is written again while read
void warp_race(const int32_t *data, int32_t *out, bool right);          // lanes exchange without sync_warp
void cross_cta(int32_t *out, bool right);                               // two CTAs write one element
void plain_counter(uint32_t *out, bool right);                          // += where an atomic is needed
void uninitialised_shared(int32_t *out, bool right);
void beyond_global(const int32_t *data, int32_t *out, bool right);      // reads data[64]
void beyond_shared(const int32_t *data, int32_t *out, bool right);      // writes tile[64]
void misaligned(const int32_t *data, int32_t *out, bool right);         // 16 bytes from data + 1
void divergent_barrier(int32_t *out, bool right);                       // half the threads skip it
void divergent_shuffle(int32_t *out, bool right);                       // one lane skips it
void early_exit(int32_t *out, bool right);                              // a lane ends before the others shuffle
void read_in_flight(const int32_t *data, int32_t *out, bool right);     // no wait after cp.async
void wrong_wait_count(const int32_t *data, int32_t *out, bool right);   // waits for all groups but the one it reads
void wait_without_barrier(const int32_t *data, int32_t *out, bool right);  // reads what another thread copied
void too_much_shared(int32_t *out);
// Counting: strided reads (32 sectors for 4) and a transpose without padding (32-way conflicts).
void strided(const int32_t *data, int32_t *out, int stride);
void transpose(const int32_t *data, int32_t *out, bool padding);

}  // namespace simt::wrong

#endif  // EBB_SIMT_WRONG_H
