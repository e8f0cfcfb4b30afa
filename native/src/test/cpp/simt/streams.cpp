#include "simt/streams.h"

#include <cstdlib>
#include <stdexcept>
#include <vector>

#include "core/error.h"
#include "simt/capture.h"

namespace simt {

using ebb::cuda::Event;
using ebb::cuda::Stream;

Streams &Streams::get() {
  static Streams streams;
  return streams;
}

Streams::Streams() {
  const char *chosen = std::getenv("EBB_SIMT_LOSE_AFTER");
  if (chosen != nullptr) calls_left_ = std::strtoull(chosen, nullptr, 10);
}

void Streams::ask() {
  if (calls_left_ == 0) throw ebb::Error(EBB_DEVICE_LOST, "cuda-emulated: the device is lost, as it was told to");
  if (calls_left_ != kNever) --calls_left_;
}

// What was under way went with the device.
void Streams::restore_device() {
  calls_left_ = kNever;
  for (auto &[stream, queue] : queues_) queue.clear();
}

bool Streams::pin(void *address, size_t bytes, std::string &why) {
  ask();
  if (pins) pinned[address] = bytes;
  why = pins ? "" : "this emulator was told to refuse";
  return pins;
}

Stream Streams::create() {
  ask();
  const auto stream = reinterpret_cast<Stream>(++names_);
  queues_[stream];
  return stream;
}

void Streams::destroy(Stream stream) noexcept {
  if (stream == nullptr) return;
  Captures::get().note_refused("stream_destroy", stream);
  if (calls_left_ != 0) drain(queues_.at(stream));
  queues_.erase(stream);
}

Event Streams::create_event() {
  const auto event = reinterpret_cast<Event>(++names_);
  events_[event] = nullptr;
  return event;
}

void Streams::destroy_event(Event event) noexcept { events_.erase(event); }

void Streams::give(Stream stream, Work work) {
  if (stream != nullptr) ask();
  put_work(stream, std::move(work));
}

void Streams::put_work(Stream stream, Work work) {
  if (stream == nullptr) {
    work();
  } else {
    put(stream, {std::move(work), nullptr});
  }
}

void Streams::record(Event event, Stream stream) {
  ask();
  if (Captures::get().record(event, stream)) return;
  const Mark mark = std::make_shared<bool>(false);
  events_.at(event) = mark;
  put(stream, {[mark] { *mark = true; }, nullptr});
}

void Streams::wait_for(Event event, Stream stream) {
  ask();
  if (Captures::get().wait_for(event, stream)) return;
  const Mark mark = events_.at(event);
  if (mark != nullptr) put(stream, {[] {}, mark});
}

void Streams::put(Stream stream, Item item) {
  queues_.at(stream).push_back(std::move(item));
  run_some();
}

bool Streams::advance(Queue &queue) {
  if (queue.empty() || (queue.front().waits_for != nullptr && !*queue.front().waits_for)) return false;
  const Item item = std::move(queue.front());
  queue.pop_front();
  item.work();
  return true;
}

// One step of a queue that can go on, by chance where chance rules.
bool Streams::advance_any() {
  std::vector<Queue *> queues;
  for (auto &[stream, queue] : queues_) queues.push_back(&queue);
  const size_t first = random_ == nullptr ? 0 : (*random_)() % queues.size();
  for (size_t i = 0; i < queues.size(); ++i) {
    if (advance(*queues[(first + i) % queues.size()])) return true;
  }
  return false;
}

void Streams::run_some() {
  if (random_ == nullptr) {
    while (advance_any()) {
    }
    return;
  }
  for (uint64_t steps = lazy_ ? 0 : (*random_)() % 3; steps > 0; --steps) advance_any();
}

// What the stream does not wait for may stay undone.
void Streams::finish(Stream stream) {
  if (stream == nullptr) return;
  Captures::get().refuse("synchronize", stream);
  ask();
  drain(queues_.at(stream));
}

void Streams::drain(Queue &queue) {
  while (!queue.empty()) {
    if (random_ != nullptr && !lazy_ && (*random_)() % 2 == 0 && advance_any()) continue;
    if (!advance(queue) && !advance_any()) throw std::logic_error("streams wait for each other");
  }
}

void Streams::finish_all() {
  if (calls_left_ == 0) return;  // nothing is under way on a lost device
  for (auto &[stream, queue] : queues_) drain(queue);
}

}  // namespace simt
