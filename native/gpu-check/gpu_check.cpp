// Proves the CUDA backend on the device at hand, then measures it: the kernels' tests and the forward
// pass against double and the reference, bit equality of batches and chunks, then one table and
// one JSON file. Exit status: 0 all well, 1 something is wrong, 3 there is no device.
#include <cstdio>
#include <string>

#include "core/error.h"
#include "cuda/device.h"
#include "measure.h"

int run_tests(int argc, char **argv);

namespace {

void print_table(const std::vector<ebb::gpu_check::Figure> &figures) {
  std::printf("\n%-52s %12s  %-8s %7s\n", "measured", "", "unit", "share");
  for (const auto &f : figures) {
    std::printf("%-52s %12.1f  %-8s ", f.name.c_str(), f.value, f.unit.c_str());
    std::printf(f.share > 0 ? "%6.1f%%\n" : "\n", 100 * f.share);
  }
}

// Names are ours and need no escapes.
void write_json(const char *path, const std::string &device, const std::vector<ebb::gpu_check::Figure> &figures) {
  std::FILE *file = std::fopen(path, "w");
  if (file == nullptr) throw std::runtime_error(std::string(path) + " cannot be written");
  std::fprintf(file, "{\"device\": \"%s\", \"figures\": [", device.c_str());
  const char *separator = "";
  for (const auto &f : figures) {
    std::fprintf(file, "%s\n  {\"name\": \"%s\", \"value\": %.6g, \"unit\": \"%s\", \"share\": %.4f}", separator,
                 f.name.c_str(), f.value, f.unit.c_str(), f.share);
    separator = ",";
  }
  std::fprintf(file, "\n]}\n");
  std::fclose(file);
  std::printf("written to %s\n", path);
}

}  // namespace

int main(int argc, char **argv) {
  std::string device;
  try {
    device = ebb::cuda::describe_device();
  } catch (const ebb::Error &error) {
    std::printf("%s\nNothing was checked: this needs an NVIDIA GPU of sm_80 or newer and its driver.\n", error.what());
    return 3;
  }
  std::printf("%s\n", device.c_str());
  try {
    if (run_tests(argc, argv) != 0) return 1;
    const auto figures = ebb::gpu_check::measure();
    print_table(figures);
    write_json("gpu-check.json", device, figures);
  } catch (const std::exception &error) {
    std::printf("FAILED: %s\n", error.what());
    return 1;
  }
  return 0;
}
