// What is timed on a device, on the emulator: small, and free of faults.
#include <set>

#include "check.h"
#include "kernel_figures.h"
#include "model_figures.h"
#include "simt/capture.h"
#include "simt/machine.h"

using namespace ebb;
using namespace ebb::gpu_check;

namespace {

void on_both_devices(const std::function<void()> &body) {
  for (const bool sm90 : {false, true}) {
    simt::Machine::get().sm90 = sm90;
    body();
  }
  simt::Machine::get().sm90 = false;
}

ModelShape small_model() {
  ModelShape shape = cut(true_shape("Llama-3.1-8B"), 2, 96);
  shape.hidden = 64;
  shape.ffn = 96;
  shape.heads = 4;
  shape.kv_heads = 1;
  shape.head_dim = 32;
  return shape;
}

}  // namespace

TEST(gpu_check_figures_of_attention_run) {
  on_both_devices([] {
    const Figure decode = measure(AttentionFigure{"decode", 6, 2, 64, 3, 530, 1}, 1000000);
    CHECK_NEAR(decode.rate, 2 * 4.0 * 3 * 530 * 2 * 64, 1);  // half a second
    CHECK_EQUAL(decode.bound, kCopy);
    const Figure int8 = measure(AttentionFigure{"int8", 6, 2, 64, 3, 530, 1, EBB_KV_I8}, 1000000);
    CHECK_NEAR(int8.rate, 2 * 2.0 * 3 * 530 * 2 * (64 + 2), 1);
    const Figure prefill = measure(AttentionFigure{"prefill", 4, 1, 64, 1, 100, 100}, 1);
    CHECK_NEAR(prefill.rate, 2 * 4.0 * 64 * 4 * 5050, 1);
    const Figure rest = measure(AttentionFigure{"rest", 4, 1, 64, 1, 100, 30}, 1);
    CHECK_NEAR(rest.rate, 2 * 4.0 * 64 * 4 * (30 * 70 + 465), 1);
  });
}

TEST(gpu_check_figures_go_without_wgmma) {
  on_both_devices([] {
    const AttentionFigure plain{"plain", 4, 1, 64, 1, 100, 30, EBB_KV_F16, true};
    CHECK_NEAR(measure(plain, 1).rate, 2 * 4.0 * 64 * 4 * (30 * 70 + 465), 1);
  });
}

TEST(gpu_check_figures_of_products_run) {
  for (const ebb_type type : {EBB_TYPE_BF16, EBB_TYPE_Q8_0, EBB_TYPE_Q4_0, EBB_TYPE_Q4_K}) {
    const Figure few = measure(ProductFigure{"few", type, 40, 256, 1}, 40000);
    CHECK(few.rate > 2.0 * 40 * 256 / 2);
    CHECK_EQUAL(few.bound, kCopy);
    const Figure many = measure(ProductFigure{"many", type, 40, 256, 40}, 1);
    CHECK_NEAR(many.rate, 2 * 2.0 * 40 * 256 * 40, 1);
  }
}

TEST(gpu_check_figures_of_models_run) {
  const ModelShape shape = small_model();
  std::vector<Figure> figures;
  simt::Machine::get().reset({});
  model_figures(ebb_backend_cuda_emulated(), shape, {20, 1, 2, 2}, [&](const Figure &f) { figures.push_back(f); });
  CHECK(simt::Machine::get().findings.empty());
  CHECK_EQUAL(figures.size(), size_t{6});
  CHECK_EQUAL(figures[3].name, shape.name + ", decode of 2");
  CHECK_EQUAL(figures[5].name, shape.name + ", decode of 2 by CUDA graphs");
  for (const Figure &figure : figures) CHECK(figure.value > 0 && figure.rate > 0);
}

// Figures of graphs that are none would pass for equal tokens.
TEST(gpu_check_figures_of_models_fail_where_no_graph_ran) {
  using Call = simt::Captures::Call;
  simt::Machine::get().reset({});
  std::vector<Figure> figures;
  const auto run = [&] {
    model_figures(ebb_backend_cuda_emulated(), small_model(), {20, 1, 2, 2},
                  [&](const Figure &figure) { figures.push_back(figure); });
  };
  simt::Captures::get().fail_after(0, Call::kInstantiate);
  CHECK_ERROR(EBB_INTERNAL, "0 CUDA graphs were launched in 3 steps", run());
  CHECK_EQUAL(figures.size(), size_t{4});
  // One shape goes, the other does not.
  simt::Captures::get().fail_after(2, Call::kInstantiate);
  CHECK_ERROR(EBB_INTERNAL, "decode steps are launched plainly", run());
  CHECK_EQUAL(figures.size(), size_t{9});
  simt::Captures::get().accept();
}

TEST(gpu_check_figures_of_rates_run) {
  on_both_devices([] {
    std::vector<std::string> names;
    rate_figures({100, 2, 0}, [&](const Figure &figure) { names.push_back(figure.name); });
    const bool sm90 = simt::Machine::get().sm90;
    CHECK_EQUAL(names.size(), size_t{sm90 ? 3u : 2u});
    CHECK_EQUAL(names[0], kCopy);
  });
}

// Names join figures to torch's.
TEST(gpu_check_figures_have_names_of_their_own) {
  std::set<std::string> names;
  for (const auto &what : attention_list(true)) CHECK(names.insert(what.name).second);
  for (const auto &what : product_list()) CHECK(names.insert(what.name).second);
  const std::string list = torch_list();
  const auto has = [&](const char *line) { return list.find(line) != std::string::npos; };
  CHECK(has("attention\tLlama-3.1-8B, decode attention, 16 x 8192\t16\t8192\t1\t32\t8\t128\n"));
  CHECK(has("product\tproduct BF16 14336 x 4096, 1 token\t14336\t4096\t1\n"));
  CHECK(!has("Q4_0"));
  CHECK(!has("int8"));  // torch has no such attention
  CHECK(names.contains("Llama-3.1-8B, decode attention of int8, 16 x 8192"));
}
