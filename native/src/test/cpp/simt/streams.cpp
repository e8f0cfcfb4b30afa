#include "simt/streams.h"

#include <stdexcept>
#include <vector>

namespace simt {

using ebb::cuda::Event;
using ebb::cuda::Stream;

Streams &Streams::get() {
  static Streams streams;
  return streams;
}

Stream Streams::create() {
  const auto stream = reinterpret_cast<Stream>(++names_);
  queues_[stream];
  return stream;
}

void Streams::destroy(Stream stream) noexcept {
  if (stream == nullptr) return;
  finish(stream);
  queues_.erase(stream);
}

Event Streams::create_event() {
  const auto event = reinterpret_cast<Event>(++names_);
  events_[event] = nullptr;
  return event;
}

void Streams::destroy_event(Event event) noexcept { events_.erase(event); }

void Streams::give(Stream stream, Work work) {
  if (stream == nullptr) {
    work();
  } else {
    put(stream, {std::move(work), nullptr});
  }
}

void Streams::record(Event event, Stream stream) {
  const Mark mark = std::make_shared<bool>(false);
  events_.at(event) = mark;
  put(stream, {[mark] { *mark = true; }, nullptr});
}

void Streams::wait_for(Event event, Stream stream) {
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
  for (uint64_t steps = (*random_)() % 3; steps > 0; --steps) advance_any();
}

// What the stream does not wait for may stay undone.
void Streams::finish(Stream stream) {
  if (stream == nullptr) return;
  Queue &queue = queues_.at(stream);
  while (!queue.empty()) {
    if (random_ != nullptr && (*random_)() % 2 == 0 && advance_any()) continue;
    if (!advance(queue) && !advance_any()) throw std::logic_error("streams wait for each other");
  }
}

void Streams::finish_all() {
  for (auto &[stream, queue] : queues_) finish(stream);
}

}  // namespace simt
