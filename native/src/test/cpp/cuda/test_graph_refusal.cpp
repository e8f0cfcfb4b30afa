// A device that is sound and cannot make a graph: the step and all after it are launched plainly, to the same bits, and
// who runs it is told once.
#if !defined(EBB_ON_DEVICE)  // no device refuses on purpose
#include <string>

#include "check.h"
#include "cuda/graph_case.h"
#include "cuda/link.h"
#include "simt/capture.h"
#include "simt/check_run.h"

using namespace ebb;
using namespace ebb::test;
using Call = simt::Captures::Call;

namespace {

// Accepts again whatever the test does.
struct Refusal {
  Refusal(uint64_t graphs, Call call) { simt::Captures::get().fail_after(graphs, call); }
  ~Refusal() { simt::Captures::get().accept(); }
};

std::string notes(GraphCase &world) { return link::backend()->notes(world.graphs().handle()); }

// Graphs of two pieces: one shape, then another whose first or second piece is refused.
void check_refusal(uint64_t graphs, Call call, const char *name, uint64_t seed) {
  simt::Machine::get().reset({});
  GraphCase world(graph_model(), 4, seed);
  world.take_over(520);
  for (const int32_t rows : {100, 20}) world.take_over(rows);
  CHECK(notes(world).find("CUDA graphs") != std::string::npos);
  if (seed % 2 == 0) link::run_at_random(seed);
  const Refusal refusal(graphs, call);
  const uint64_t launched = link::graphs_launched();
  for (const int32_t count : {3, 3, 1}) world.step(count);
  CHECK_EQUAL(link::graphs_launched() - launched, uint64_t{graphs >= 2 ? 2u : 0u});
  const std::string note = notes(world);
  CHECK(note.find("launched plainly from now on") != std::string::npos);
  CHECK(note.find(std::string(name) + " of a graph fails") != std::string::npos);
  CHECK_EQUAL(simt::Captures::get().alive(), size_t{0});
  // It stays so where the device would make one again, until memory is attached.
  simt::Captures::get().accept();
  const uint64_t captured = link::graphs_captured();
  for (const int32_t count : {3, 1, 2}) world.step(count);
  CHECK_EQUAL(link::graphs_captured(), captured);
  CHECK(notes(world).empty());
  link::run_at_once();
  CHECK(world.same_memory());
  const Setting on("EBB_CUDA_GRAPHS", "on");
  world.graphs().attach();
  world.step(3);
  CHECK_EQUAL(link::graphs_captured(), captured + 2);
  CHECK(simt::Machine::get().findings.empty());
}

}  // namespace

TEST(cuda_graphs_that_cannot_be_made_leave_plain_launches) {
  uint64_t seed = 51;
  for (const uint64_t graphs : {0, 1, 2, 3}) {
    check_refusal(graphs, Call::kBegin, "capture_begin", seed++);
    check_refusal(graphs, Call::kEnd, "capture_end", seed++);
    check_refusal(graphs, Call::kInstantiate, "instantiation", seed++);
  }
}

// The backend's counts, which a device has too, are those of the graphs that ran.
TEST(cuda_graphs_are_counted_as_they_run) {
  simt::Machine::get().reset({});
  GraphCase world(graph_model(), 3, 61);
  for (const int32_t rows : {100, 20, 5}) world.take_over(rows);
  const simt::Captures &seen = simt::Captures::get();
  const uint64_t made = seen.captured - link::graphs_captured(), run = seen.launched - link::graphs_launched();
  const uint64_t before = link::graphs_launched();
  for (const int32_t count : {3, 3, 1, 1, 3}) world.step(count);
  CHECK_EQUAL(link::graphs_launched() - before, uint64_t{6});
  CHECK_EQUAL(seen.captured - link::graphs_captured(), made);
  CHECK_EQUAL(seen.launched - link::graphs_launched(), run);
}

// A device that is lost meanwhile is no refusal: nothing goes on plainly, and graphs are made when it is back.
TEST(cuda_graphs_are_not_given_up_for_a_lost_device) {
  simt::Machine::get().reset({});
  GraphCase world(graph_model(), 2, 71);
  for (const int32_t rows : {100, 20}) world.take_over(rows);
  world.step(2);
  const Setting on("EBB_CUDA_GRAPHS", "on");
  for (int64_t calls = 0; calls < 60; calls += 3) {
    world.graphs().attach();
    const std::string attached = notes(world);
    const uint64_t launched = link::graphs_launched();
    world.step(2, calls);
    world.step(2);
    CHECK(link::graphs_launched() >= launched + 2);
    CHECK(notes(world).empty());
  }
  CHECK(world.same_memory());
}
#endif
