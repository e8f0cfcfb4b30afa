// Capture and replay on the emulated device: kernels that a stream is given are kept with their arguments, as they are,
// and run again as often as the graph is launched. Captures of one stream, of kernels alone: our backend's.
//
// Each call that a device refuses during a capture is a finding, and the capture is void. A launch of a graph whose
// arguments point into memory that was released since is another, even where new memory lies at the same place.
#ifndef EBB_SIMT_CAPTURE_H
#define EBB_SIMT_CAPTURE_H

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "cuda/device.h"

namespace simt {

// A kernel as a stream is given it. `arguments` are its bytes as the caller passes them: what points into device memory
// is found in them.
struct KernelCall {
  const char *name;
  const void *arguments;
  size_t argument_bytes;
  std::function<void()> run;
};

class Captures {
 public:
  static Captures &get();

  void begin(ebb::cuda::Stream stream);
  ebb::cuda::Graph end(ebb::cuda::Stream stream);
  void abandon(ebb::cuda::Stream stream) noexcept;
  void launch(ebb::cuda::Graph graph, ebb::cuda::Stream stream);
  void destroy(ebb::cuda::Graph graph) noexcept { graphs_.erase(graph); }

  // Keeps the call where the stream captures, else gives it to the stream.
  void give(ebb::cuda::Stream stream, const KernelCall &call);

  // What a call begins with that no capture allows: of this stream, or, for nullptr, of any. What is given to other
  // streams runs as ever. Throws Error(EBB_INTERNAL).
  void refuse(const char *call, ebb::cuda::Stream stream);
  // The same for calls that cannot throw; the finding tells.
  void note_refused(const char *call, ebb::cuda::Stream stream) noexcept;
  bool capturing(ebb::cuda::Stream stream) const { return stream != nullptr && stream == stream_; }

  // Marks of events within a capture order its kernels, which one stream does anyway, and are nothing outside of it.
  // Both say whether the call was the capture's own; a wait that would cross its border is refused.
  bool record(ebb::cuda::Event event, ebb::cuda::Stream stream);
  bool wait_for(ebb::cuda::Event event, ebb::cuda::Stream stream);

  // A sound device that cannot make a graph, as where its memory does not suffice: after so many graphs more this call
  // of each fails, with EBB_OUT_OF_MEMORY, until accept.
  // EBB_SIMT_REFUSE_GRAPHS=N refuses to instantiate any after the first N of a process.
  enum class Call { kNone, kBegin, kEnd, kInstantiate };
  void fail_after(uint64_t graphs, Call call) {
    failing_ = call;
    graphs_left_ = graphs;
  }
  void accept() { failing_ = Call::kNone; }

  uint64_t captured = 0;  // graphs made
  uint64_t launched = 0;
  size_t alive() const { return graphs_.size(); }

 private:
  Captures();

  // Where an argument points: into which of all buffers that there ever were.
  struct Pointer {
    const void *address;
    uint64_t buffer;
  };
  struct Node {
    const char *name;
    std::vector<Pointer> pointers;
    std::function<void()> run;
  };
  using Nodes = std::vector<Node>;

  Nodes take();
  void fail_where_told(Call call) const;
  static std::vector<Pointer> pointers_of(const KernelCall &call);

  ebb::cuda::Stream stream_ = nullptr;  // that captures
  bool void_ = false;
  Nodes nodes_;
  uint64_t number_ = 0;                          // of the capture
  std::map<ebb::cuda::Event, uint64_t> marks_;   // that were made in a capture, and in which
  std::map<ebb::cuda::Graph, Nodes> graphs_;
  uint64_t names_ = 0;
  Call failing_ = Call::kNone;
  uint64_t graphs_left_ = 0;
};

}  // namespace simt

#endif  // EBB_SIMT_CAPTURE_H
