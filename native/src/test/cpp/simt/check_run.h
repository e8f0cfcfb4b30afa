// What a kernel's test needs: device buffers, and a run in every schedule.
#ifndef EBB_SIMT_CHECK_RUN_H
#define EBB_SIMT_CHECK_RUN_H

#include <cstring>
#include <functional>
#include <string>
#include <vector>

#include "check.h"
#include "simt/machine.h"

namespace simt {

// A buffer of the emulated device. Made from a vector it holds its elements; made from
// a size it is uninitialised.
template <typename T>
class Buffer {
 public:
  Buffer(const std::string &name, size_t count)
      : count_(count), data_(static_cast<T *>(Machine::get().global.allocate(count * sizeof(T), name))) {}
  Buffer(const std::string &name, const std::vector<T> &values) : Buffer(name, values.size()) { write(values); }
  ~Buffer() { Machine::get().global.release(data_); }
  Buffer(const Buffer &) = delete;
  Buffer &operator=(const Buffer &) = delete;

  T *data() const { return data_; }
  size_t size() const { return count_; }
  void write(const std::vector<T> &values) {
    std::memcpy(data_, values.data(), values.size() * sizeof(T));
    Machine::get().global.note_written(data_, values.size() * sizeof(T));
  }
  std::vector<T> read() const { return {data_, data_ + count_}; }

 private:
  size_t count_;
  T *data_;
};

// Calls body once in each of several schedules, with fresh findings and counters, and
// fails the test where the emulator found anything. `body` launches and checks results.
inline void in_every_schedule(const std::function<void()> &body) {
  const Options schedules[] = {{Schedule::kInOrder}, {Schedule::kReverse}, {Schedule::kRandom, 7},
                               {Schedule::kRandom, 8}};
  for (const Options &options : schedules) {
    Machine::get().reset(options);
    body();
    if (Machine::get().findings.empty()) continue;
    ebb::test::fail("the emulator", 0, Machine::get().findings.text());
    return;  // the other schedules would say much the same
  }
}

// The results of `body` are the same bits in every schedule.
template <typename T>
std::vector<T> same_in_every_schedule(const std::function<std::vector<T>()> &body) {
  std::vector<T> first;
  in_every_schedule([&] {
    const std::vector<T> result = body();
    if (first.empty()) first = result;
    if (std::memcmp(first.data(), result.data(), first.size() * sizeof(T)) != 0) {
      ebb::test::fail("the emulator", 0, "results differ between schedules");
    }
  });
  return first;
}

}  // namespace simt

#endif  // EBB_SIMT_CHECK_RUN_H
