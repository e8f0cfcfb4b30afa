#include "simt/capture.h"

#include <cstdlib>
#include <cstring>
#include <utility>

#include "core/error.h"
#include "simt/streams.h"

namespace simt {
namespace {

[[noreturn]] void fail(const std::string &what) { throw ebb::Error(EBB_INTERNAL, "cuda-emulated: " + what); }

}  // namespace

using ebb::cuda::Event;
using ebb::cuda::Graph;
using ebb::cuda::Stream;

Captures::Captures() {
  const char *graphs = std::getenv("EBB_SIMT_REFUSE_GRAPHS");
  if (graphs != nullptr) fail_after(std::strtoull(graphs, nullptr, 10), Call::kInstantiate);
}

Captures &Captures::get() {
  static Captures captures;
  return captures;
}

void Captures::begin(Stream stream) {
  refuse("capture_begin", nullptr);
  Streams::get().ask();
  if (stream == nullptr) fail("the default stream cannot be captured");
  fail_where_told(Call::kBegin);
  stream_ = stream;
  void_ = false;
  ++number_;
}

void Captures::fail_where_told(Call call) const {
  if (call != failing_ || graphs_left_ > 0) return;
  static constexpr const char *kNames[] = {"", "capture_begin", "capture_end", "instantiation"};
  throw ebb::Error(EBB_OUT_OF_MEMORY, std::string("cuda-emulated: ") + kNames[static_cast<size_t>(call)] +
                                          " of a graph fails, as it was told to");
}

Captures::Nodes Captures::take() {
  stream_ = nullptr;
  return std::exchange(nodes_, {});
}

Graph Captures::end(Stream stream) {
  if (!capturing(stream)) fail("capture_end of a stream that does not capture");
  Nodes nodes = take();
  Streams::get().ask();
  if (void_) fail("the capture is void: a call was made that none allows");
  // Here the stream is free already, as it is on a device.
  fail_where_told(Call::kEnd);
  fail_where_told(Call::kInstantiate);
  if (graphs_left_ > 0) --graphs_left_;
  const auto graph = reinterpret_cast<Graph>(++names_);
  graphs_[graph] = std::move(nodes);
  ++captured;
  return graph;
}

void Captures::abandon(Stream stream) noexcept {
  if (capturing(stream)) take();
}

// Eight bytes that are the address of a live buffer's byte are a pointer to it.
std::vector<Captures::Pointer> Captures::pointers_of(const KernelCall &call) {
  std::vector<Pointer> pointers;
  const GlobalMemory &memory = Machine::get().global;
  for (size_t at = 0; at + sizeof(void *) <= call.argument_bytes; at += sizeof(void *)) {
    const void *address;
    std::memcpy(&address, static_cast<const uint8_t *>(call.arguments) + at, sizeof(address));
    const uint64_t buffer = memory.holds(address) ? memory.buffer_number(address) : 0;
    if (buffer != 0) pointers.push_back({address, buffer});
  }
  return pointers;
}

void Captures::give(Stream stream, const KernelCall &call) {
  if (!capturing(stream)) return Streams::get().give(stream, call.run);
  Streams::get().ask();
  nodes_.push_back({call.name, pointers_of(call), call.run});
}

void Captures::launch(Graph graph, Stream stream) {
  refuse("graph_launch", stream);
  const auto found = graphs_.find(graph);
  if (found == graphs_.end()) fail("a graph is launched that is not there");
  Streams::get().ask();
  Machine &machine = Machine::get();
  for (const Node &node : found->second) {
    for (const Pointer &pointer : node.pointers) {
      if (machine.global.buffer_number(pointer.address) == pointer.buffer) continue;
      machine.findings.add(Fault::kStale, "a graph's " + std::string(node.name) + " has a pointer to memory that was "
                                          "released since: now " + machine.global.place(pointer.address));
    }
  }
  ++launched;
  // Each by itself, so that other streams may come between.
  for (const Node &node : found->second) Streams::get().put_work(stream, node.run);
}

void Captures::note_refused(const char *call, Stream stream) noexcept {
  if (stream_ == nullptr || (stream != nullptr && stream != stream_)) return;
  void_ = true;
  Machine::get().findings.add(Fault::kCapture, std::string(call) + " while a stream is captured");
}

void Captures::refuse(const char *call, Stream stream) {
  if (stream_ == nullptr || (stream != nullptr && stream != stream_)) return;
  note_refused(call, stream);
  fail(std::string(call) + " while a stream is captured");
}

bool Captures::record(Event event, Stream stream) {
  if (capturing(stream)) {
    marks_[event] = number_;
    return true;
  }
  marks_.erase(event);
  return false;
}

bool Captures::wait_for(Event event, Stream stream) {
  const auto mark = marks_.find(event);
  if (capturing(stream)) {
    if (mark == marks_.end() || mark->second != number_) refuse("a wait for what is outside", stream);
    return true;
  }
  if (mark == marks_.end()) return false;
  void_ = true;
  Machine::get().findings.add(Fault::kCapture, "a wait for an event that was last recorded in a capture");
  fail("a wait for an event that was last recorded in a capture");
}

}  // namespace simt
