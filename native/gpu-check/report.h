// What a check found, as one table and as one JSON object.
#ifndef EBB_GPU_CHECK_REPORT_H
#define EBB_GPU_CHECK_REPORT_H

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ebb::gpu_check {

// Names that figures of the device begin with; other figures name them as their bound.
constexpr const char *kCopy = "copy";
constexpr const char *kTensor = "tensor cores";

struct Figure {
  std::string name;
  double value;       // in `unit`, for people
  std::string unit;
  std::string bound;  // kCopy or kTensor, or empty
  double rate;        // bytes or operations a second, to divide by the bound's
};

// One line between the processes of a check; fields lie between tabs.
std::string line_of(const Figure &figure);
std::optional<Figure> figure_of(const std::string &line);

enum class State { kGood, kBad, kLeftOut };
const char *state_name(State state);

// A stage of the check: what it says is for people.
struct Outcome {
  std::string name;
  State state;
  std::string text;
  double seconds;
  std::vector<std::string> failed = {};  // tests, with why
};

struct Report {
  std::string device;
  std::vector<std::string> machine;  // sentences: driver, clocks, compiler
  double seconds = 0;
  std::vector<Outcome> outcomes;
  std::vector<Figure> figures;
  std::map<std::string, double> torch;  // the same figure, in the same unit, by PyTorch

  // The greatest rate that was measured of a bound; 0: none.
  double rate_of(const std::string &bound) const;
  // PyTorch's that no figure of ours stands beside.
  std::map<std::string, double> torch_alone() const;
  // Of its bound; 0 where there is none.
  double share_of(const Figure &figure) const;
  // 1 when a stage was bad, or one of those that must run was left out.
  int exit_status(const std::vector<std::string> &required) const;
};

std::string table_of(const Report &report);
std::string json_of(const Report &report);

}  // namespace ebb::gpu_check

#endif  // EBB_GPU_CHECK_REPORT_H
