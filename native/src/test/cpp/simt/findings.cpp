#include "simt/findings.h"

#include <algorithm>

namespace simt {

const char *fault_name(Fault fault) {
  switch (fault) {
    case Fault::kRace: return "race";
    case Fault::kUninitialised: return "uninitialised read";
    case Fault::kOutOfBounds: return "out of bounds";
    case Fault::kMisaligned: return "misaligned";
    case Fault::kInFlight: return "in flight";
    case Fault::kFence: return "missing fence";
    case Fault::kDivergence: return "divergence";
    case Fault::kCapture: return "capture";
    case Fault::kStale: return "stale graph";
    default: return "resource";
  }
}

void Findings::add(Fault fault, std::string text) {
  ++total_;
  const auto same = std::count_if(kept_.begin(), kept_.end(),
                                  [&](const Finding &f) { return f.fault == fault; });
  if (static_cast<size_t>(same) < kKept) kept_.push_back({fault, std::move(text)});
}

void Findings::clear() {
  kept_.clear();
  total_ = 0;
}

bool Findings::has(Fault fault) const {
  return std::any_of(kept_.begin(), kept_.end(), [&](const Finding &f) { return f.fault == fault; });
}

std::string Findings::text() const {
  std::string all;
  for (const Finding &finding : kept_) {
    all += std::string(fault_name(finding.fault)) + ": " + finding.text + "\n";
  }
  if (total_ > kept_.size()) all += "and " + std::to_string(total_ - kept_.size()) + " more\n";
  return all;
}

}  // namespace simt
