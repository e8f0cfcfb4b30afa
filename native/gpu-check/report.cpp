#include "report.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace ebb::gpu_check {
namespace {

std::vector<std::string> fields_of(const std::string &line) {
  std::vector<std::string> fields(1);
  for (const char c : line) {
    if (c == '\t') {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

template <typename... Values>
std::string format(const char *form, Values... values) {
  char text[1024];
  std::snprintf(text, sizeof(text), form, values...);
  return text;
}

std::string number(double value) { return format("%.6g", value); }

// JSON has no number for what is not finite.
std::string json_number(double value) { return value - value == 0 ? number(value) : "null"; }

std::string quoted(const std::string &text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += std::string("\\") + c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += format("\\u%04x", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string percent(double share) { return share > 0 ? format("%.1f%%", 100 * share) : ""; }

const double *torch_of(const Report &report, const Figure &figure) {
  const auto found = report.torch.find(figure.name);
  return found == report.torch.end() || !(found->second > 0) ? nullptr : &found->second;
}

std::string row_of(const Report &report, const Figure &figure) {
  const double *torch = torch_of(report, figure);
  return format("%-58s %12.1f %-9s %7s %-13s %10s %8s\n", figure.name.c_str(), figure.value, figure.unit.c_str(),
                percent(report.share_of(figure)).c_str(), figure.bound.c_str(),
                torch == nullptr ? "" : format("%.1f", *torch).c_str(),
                torch == nullptr ? "" : format("%.2fx", figure.value / *torch).c_str());
}

std::string json_of(const Report &report, const Figure &figure) {
  std::string text = "{\"name\": " + quoted(figure.name) + ", \"value\": " + json_number(figure.value) +
                     ", \"unit\": " + quoted(figure.unit);
  if (!figure.bound.empty()) {
    text += ", \"bound\": " + quoted(figure.bound) + ", \"share\": " + json_number(report.share_of(figure));
  }
  if (const double *torch = torch_of(report, figure)) text += ", \"torch\": " + json_number(*torch);
  return text + "}";
}

std::string strings_of(const std::vector<std::string> &texts) {
  std::string out = "[";
  for (const std::string &text : texts) out += (out.size() > 1 ? ", " : "") + quoted(text);
  return out + "]";
}

std::string json_of(const Outcome &outcome) {
  return "{\"name\": " + quoted(outcome.name) + ", \"state\": " + quoted(state_name(outcome.state)) +
         ", \"text\": " + quoted(outcome.text) + ", \"seconds\": " + json_number(outcome.seconds) +
         ", \"failed\": " + strings_of(outcome.failed) + "}";
}

template <typename Items, typename Write>
std::string list_of(const Items &items, Write &&write) {
  std::string text = "[";
  const char *separator = "";
  for (const auto &item : items) {
    text += separator + ("\n    " + write(item));
    separator = ",";
  }
  return text + "\n  ]";
}

}  // namespace

std::string line_of(const Figure &figure) {
  char text[64];
  std::snprintf(text, sizeof(text), "%.9g", figure.rate);
  return "figure\t" + figure.name + "\t" + number(figure.value) + "\t" + figure.unit + "\t" + figure.bound + "\t" +
         text;
}

std::optional<Figure> figure_of(const std::string &line) {
  const std::vector<std::string> f = fields_of(line);
  if (f.size() != 6 || f[0] != "figure" || f[1].empty()) return std::nullopt;
  char *value_end = nullptr;
  char *rate_end = nullptr;
  const double value = std::strtod(f[2].c_str(), &value_end);
  const double rate = std::strtod(f[5].c_str(), &rate_end);
  if (f[2].empty() || f[5].empty() || *value_end != 0 || *rate_end != 0) return std::nullopt;
  return Figure{f[1], value, f[3], f[4], rate};
}

const char *state_name(State state) {
  return state == State::kGood ? "good" : state == State::kBad ? "BAD" : "left out";
}

double Report::rate_of(const std::string &bound) const {
  double rate = 0;
  if (bound.empty()) return rate;
  for (const Figure &f : figures) {
    if (f.bound.empty() && f.name.compare(0, bound.size(), bound) == 0) rate = std::max(rate, f.rate);
  }
  return rate;
}

std::map<std::string, double> Report::torch_alone() const {
  std::map<std::string, double> alone = torch;
  for (const Figure &f : figures) alone.erase(f.name);
  return alone;
}

double Report::share_of(const Figure &figure) const {
  const double bound = rate_of(figure.bound);
  return bound > 0 ? figure.rate / bound : 0;
}

int Report::exit_status(const std::vector<std::string> &required) const {
  for (const Outcome &outcome : outcomes) {
    if (outcome.state == State::kBad) return 1;
  }
  for (const std::string &name : required) {
    const bool good = std::any_of(outcomes.begin(), outcomes.end(), [&](const Outcome &outcome) {
      return outcome.name == name && outcome.state == State::kGood;
    });
    if (!good) return 1;
  }
  return 0;
}

std::string table_of(const Report &report) {
  std::string text = report.device +
                     format("; %.0f s\n\n%-26s %-9s %8s\n", report.seconds, "checked", "", "seconds");
  for (const Outcome &o : report.outcomes) {
    text += format("%-26s %-9s %8.1f  ", o.name.c_str(), state_name(o.state), o.seconds) + o.text + "\n";
  }
  text += format("\n%-58s %12s %-9s %7s %-13s %10s %8s\n", "measured", "", "", "share", "of", "torch", "of torch");
  for (const Figure &f : report.figures) text += row_of(report, f);
  for (const auto &[name, value] : report.torch_alone()) {
    text += format("%-58s %12s %-9s %7s %-13s %10.1f\n", name.c_str(), "", "", "", "", value);
  }
  for (const std::string &line : report.machine) text += line + "\n";
  return text;
}

std::string json_of(const Report &report) {
  return "{\n  \"device\": " + quoted(report.device) + ",\n  \"seconds\": " + json_number(report.seconds) +
         ",\n  \"checked\": " + list_of(report.outcomes, [](const Outcome &o) { return json_of(o); }) +
         ",\n  \"measured\": " + list_of(report.figures, [&](const Figure &f) { return json_of(report, f); }) +
         ",\n  \"torch alone\": " + list_of(report.torch_alone(), [](const auto &one) {
           return "{\"name\": " + quoted(one.first) + ", \"torch\": " + json_number(one.second) + "}";
         }) + ",\n  \"machine\": " + strings_of(report.machine) + "\n}\n";
}

}  // namespace ebb::gpu_check
