#include "test_run.h"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <thread>

namespace ebb::gpu_check {
namespace {

constexpr size_t kNameChars = 5;    // `ok   `, `FAIL `, `at   `
constexpr size_t kFailuresMax = 8;  // that an outcome's words name; all are in its list
constexpr size_t kWhyChars = 200;

bool begins(const std::string &line, const char *with) { return line.rfind(with, 0) == 0; }

std::string how_it_ended(const ChildEnd &end) {
  if (end.how == Ending::kSilent) return "it hung";
  if (end.how == Ending::kTimeUp) return "the time was up";
  return "its process ended with status " + std::to_string(end.status);
}

std::vector<std::string> without(const std::vector<std::string> &all, const std::vector<std::string> &gone) {
  std::vector<std::string> left;
  std::copy_if(all.begin(), all.end(), std::back_inserter(left), [&](const std::string &name) {
    return std::find(gone.begin(), gone.end(), name) == gone.end();
  });
  return left;
}

// One process after the other, until all its tests have ended or the time is up.
class Share {
 public:
  Share(const std::string &self, std::vector<std::string> tests, const TestLimits &limits, const Tell &tell)
      : self_(self), left_(std::move(tests)), limits_(limits), tell_(tell) {}

  Tally run() {
    const auto begin = std::chrono::steady_clock::now();
    while (!left_.empty()) {
      const double passed = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
      if (passed >= limits_.all) break;
      if (!run_process(limits_.all - passed)) break;
    }
    return tally_;
  }

 private:
  // Whether another process could get further.
  bool run_process(double seconds) {
    std::vector<std::string> command = {self_, "tests"};
    for (const std::string &name : left_) command.push_back("=" + name);
    const ChildEnd end = run_child(command, "", {seconds, limits_.silence}, [&](const std::string &line) {
      tally_.take(line);
      if (!begins(line, "at   ")) tell_(line);
    });
    tally_.end(end);
    const size_t before = left_.size();
    left_ = without(left_, tally_.ended());
    return left_.size() < before;
  }

  std::string self_;
  std::vector<std::string> left_;
  TestLimits limits_;
  const Tell &tell_;
  Tally tally_;
};

}  // namespace

void Tally::take(const std::string &line) {
  if (begins(line, "at   ")) {
    at_ = line.substr(kNameChars);
    why_.clear();
  } else if (begins(line, "ok   ")) {
    ++ran_;
    ended_.push_back(line.substr(kNameChars));
    at_.clear();
  } else if (begins(line, "FAIL ")) {
    failed(line.substr(kNameChars), why_);
  } else if (begins(line, "  ") && why_.empty()) {
    why_ = line.substr(2, kWhyChars);
  }
}

void Tally::failed(const std::string &name, const std::string &why) {
  ++ran_;
  failed_.push_back(why.empty() ? name : name + ": " + why);
  ended_.push_back(name);
  at_.clear();
  why_.clear();
}

void Tally::end(const ChildEnd &end) {
  if (!at_.empty()) failed(at_, how_it_ended(end) + (why_.empty() ? "" : "; " + why_));
}

void Tally::add(const Tally &other) {
  ran_ += other.ran_;
  failed_.insert(failed_.end(), other.failed_.begin(), other.failed_.end());
  ended_.insert(ended_.end(), other.ended_.begin(), other.ended_.end());
}

std::string Tally::text(size_t wanted) const {
  std::string out = std::to_string(ran_) + " of " + std::to_string(wanted) + " tests ran, " +
                    std::to_string(failed_.size()) + " failed";
  for (size_t i = 0; i < std::min(failed_.size(), kFailuresMax); ++i) out += (i == 0 ? ": " : " | ") + failed_[i];
  if (failed_.size() > kFailuresMax) out += " | and " + std::to_string(failed_.size() - kFailuresMax) + " more";
  return out;
}

Outcome run_tests(const std::string &self, const std::vector<std::string> &tests, int processes,
                  const TestLimits &limits, const Tell &tell) {
  std::vector<std::vector<std::string>> shares(static_cast<size_t>(processes));
  for (size_t i = 0; i < tests.size(); ++i) shares[i % shares.size()].push_back(tests[i]);
  std::mutex mutex;
  const Tell one_at_a_time = [&](const std::string &line) {
    const std::lock_guard<std::mutex> lock(mutex);
    tell(line);
  };
  std::vector<Tally> tallies(shares.size());
  std::vector<std::thread> threads;
  for (size_t i = 0; i < shares.size(); ++i) {
    threads.emplace_back([&, i] { tallies[i] = Share(self, shares[i], limits, one_at_a_time).run(); });
  }
  for (std::thread &thread : threads) thread.join();
  Tally all;
  for (const Tally &tally : tallies) all.add(tally);
  const bool good = all.failed().empty() && all.ran() == static_cast<int>(tests.size());
  return {"", good ? State::kGood : State::kBad, all.text(tests.size()), 0, all.failed()};
}

}  // namespace ebb::gpu_check
