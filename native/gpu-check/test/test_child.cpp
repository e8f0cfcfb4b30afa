#include "check.h"
#include "child.h"

using namespace ebb::gpu_check;

namespace {

std::vector<std::string> lines_of(const std::vector<std::string> &command, const std::string &input, double seconds,
                                  ChildEnd &end) {
  std::vector<std::string> lines;
  end = run_child(command, input, {seconds}, [&](const std::string &line) { lines.push_back(line); });
  return lines;
}

}  // namespace

TEST(gpu_check_child_gives_lines_and_status) {
  ChildEnd end{};
  const auto lines = lines_of({"sh", "-c", "cat; echo err >&2; printf last; exit 7"}, "one\ntwo\n", 60, end);
  CHECK((lines == std::vector<std::string>{"one", "two", "err", "last"}));
  CHECK_EQUAL(end.status, 7);
  CHECK(end.how == Ending::kItself);
}

TEST(gpu_check_child_is_ended_with_what_it_started) {
  ChildEnd end{};
  const auto lines = lines_of({"sh", "-c", "echo begun; sleep 600 & wait"}, "", 0.5, end);
  CHECK((lines == std::vector<std::string>{"begun"}));
  CHECK(end.how == Ending::kTimeUp);
  CHECK_EQUAL(end.status, 128 + 9);
}

TEST(gpu_check_child_may_hang) {
  int lines = 0;
  const ChildEnd end = run_child({"sh", "-c", "for i in 1 2 3; do echo $i; sleep 0.2; done; sleep 600"}, "", {60, 2},
                                 [&](const std::string &) { ++lines; });
  CHECK_EQUAL(lines, 3);
  CHECK(end.how == Ending::kSilent);
}

TEST(gpu_check_child_may_crash_or_not_be_there) {
  ChildEnd end{};
  lines_of({"sh", "-c", "kill -SEGV $$"}, "input that nobody reads", 60, end);
  CHECK_EQUAL(end.status, 128 + 11);
  const auto lines = lines_of({"/no/such/program"}, "", 60, end);
  CHECK_EQUAL(end.status, 127);
  CHECK_EQUAL(lines.size(), size_t{1});
}
