// Proves the CUDA backend on the device at hand, then measures it; `make gpu-check` builds and starts it.
//   gpu_check [JSON [SECONDS]]           all of it, within the seconds; exit status 0 all well, 1 something is wrong,
//                                        3 there is no device
//   gpu_check tests [NAME...]            tests in this process, as src/test/cpp/main.cpp takes names
//   gpu_check figures rates|products|decode attention|prefill attention|MODEL [plain]
//                                        plain: a model's attention by mma.sync, whatever the device has
//   gpu_check torch-list                 what torch_figures.py reads
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <thread>

#include "check.h"
#include "core/error.h"
#include "cuda/device.h"
#include "gpu_check.h"
#include "kernel_figures.h"
#include "model_figures.h"

int run_tests(int argc, char **argv);

namespace ebb::gpu_check {
namespace {

int figures(const std::string &what, bool plain) {
  const Print print = [](const Figure &figure) {
    std::printf("%s\n", line_of(figure).c_str());
    std::fflush(stdout);
  };
  try {
    if (what == "rates") {
      rate_figures(kRateWork, print);
    } else if (what == kProducts || what == kDecodeAttention || what == kPrefillAttention) {
      kernel_figures(what, print);
    } else {
      ModelShape shape = true_shape(what);
      if (plain) {
        setenv("EBB_CUDA_WGMMA", "off", 1);
        shape.name += " by mma.sync";
      }
      model_figures(ebb_backend_cuda(), shape, kModelWork, print);
    }
  } catch (const Error &error) {
    std::printf("%s\n", error.what());
    return error.status() == EBB_OUT_OF_MEMORY ? 3 : 1;
  } catch (const std::exception &error) {
    std::printf("%s\n", error.what());
    return 1;
  }
  return 0;
}

// The program's path on the PATH or in one of those folders; empty where there is none.
std::string find_program(const std::string &name, const std::vector<std::string> &folders) {
  std::vector<std::string> all = folders;
  std::string path = std::getenv("PATH") == nullptr ? "" : std::getenv("PATH");
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find(':', begin), path.size());
    all.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  for (const std::string &folder : all) {
    const std::string candidate = folder + "/" + name;
    if (!folder.empty() && access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return "";
}

Programs programs() {
  Programs found;
  std::vector<char> self(4096);
  const ssize_t length = readlink("/proc/self/exe", self.data(), self.size());
  if (length <= 0) throw std::runtime_error("/proc/self/exe cannot be read");
  found.self.assign(self.data(), static_cast<size_t>(length));
  found.compute_sanitizer = find_program("compute-sanitizer", {EBB_CUDA_BIN, "/usr/local/cuda/bin"});
  found.python = find_program("python3", {});
  found.torch_script = EBB_TORCH_SCRIPT;
  found.nvidia_smi = find_program("nvidia-smi", {});
#if defined(EBB_JAVA_SCRIPT)
  if (!find_program("mvn", {}).empty()) found.java_script = EBB_JAVA_SCRIPT;
#endif
  return found;
}

int all(const std::string &json_path, double seconds) {
  std::vector<std::string> names;
  for (const test::Test &test : test::tests()) {
    if (!counts_traffic(test.name)) names.push_back(test.name);
  }
  const int cores = static_cast<int>(std::thread::hardware_concurrency());
  Check check(programs(), names, std::clamp(cores / 2, 1, 6));
  return check_device(cuda::describe_device, check, stages(), {seconds, json_path});
}

}  // namespace
}  // namespace ebb::gpu_check

int main(int argc, char **argv) {
  const std::string mode = argc > 1 ? argv[1] : "gpu-check.json";
  if (mode == "tests") {
    setenv("EBB_TEST_ON_DEVICE", "1", 1);
    return run_tests(argc - 1, argv + 1);
  }
  if (mode == "figures" && argc >= 3) {
    return ebb::gpu_check::figures(argv[2], argc == 4 && argv[3] == std::string("plain"));
  }
  if (mode == "torch-list") return std::fputs(ebb::gpu_check::torch_list().c_str(), stdout) < 0 ? 1 : 0;
  try {
    const double seconds = argc > 2 ? std::strtod(argv[2], nullptr) : 0;
    return ebb::gpu_check::all(mode, seconds > 0 ? seconds : ebb::gpu_check::kCheckSeconds);
  } catch (const std::exception &error) {
    std::printf("FAILED: %s\n", error.what());
    return 1;
  }
}
