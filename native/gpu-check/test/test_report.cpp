#include "check.h"
#include "report.h"

using namespace ebb::gpu_check;

namespace {

Report some_report() {
  Report report;
  report.device = "cuda: Name \"X\", sm_90";
  report.seconds = 12.4;
  report.outcomes = {{"tests", State::kGood, "3 of 3", 1.5, {"a: why"}}, {"java", State::kLeftOut, "a\tb\\", 0}};
  report.figures = {{"copy", 4000, "GB/s", "", 4e12},
                    {"tensor cores, one way", 600, "TFLOP/s", "", 6e14},
                    {"tensor cores, another", 800, "TFLOP/s", "", 8e14},
                    {"decode", 3000, "GB/s", kCopy, 3e12},
                    {"product", 200, "TFLOP/s", kTensor, 2e14}};
  report.torch = {{"decode", 1500}, {"lost", 7}};
  report.machine = {"nvcc 13"};
  return report;
}

bool has(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST(gpu_check_report_shares_are_of_the_greatest_rate) {
  const Report report = some_report();
  CHECK_NEAR(report.rate_of(kTensor), 8e14, 1);
  CHECK_NEAR(report.share_of(report.figures[3]), 0.75, 1e-9);
  CHECK_NEAR(report.share_of(report.figures[4]), 0.25, 1e-9);
  CHECK_NEAR(report.share_of(report.figures[0]), 0, 0);
  CHECK_NEAR(Report{}.share_of(report.figures[3]), 0, 0);
}

TEST(gpu_check_report_prints_a_table) {
  const std::string table = table_of(some_report());
  CHECK(has(table, "cuda: Name \"X\", sm_90; 12 s"));
  CHECK(has(table, "75.0% copy"));
  CHECK(has(table, "1500.0    2.00x"));
  CHECK(has(table, "left out"));
  CHECK(has(table, "lost"));
  CHECK(has(table, "nvcc 13\n"));
}

TEST(gpu_check_report_writes_json) {
  const std::string json = json_of(some_report());
  CHECK(has(json, "\"device\": \"cuda: Name \\\"X\\\", sm_90\""));
  CHECK(has(json, "\"text\": \"a\\u0009b\\\\\""));
  CHECK(has(json, "{\"name\": \"decode\", \"value\": 3000, \"unit\": \"GB/s\", \"bound\": \"copy\", \"share\": 0.75, "
                  "\"torch\": 1500}"));
  CHECK(has(json, "\"torch alone\": [\n    {\"name\": \"lost\", \"torch\": 7}\n  ]"));
  CHECK(has(json, "\"machine\": [\"nvcc 13\"]"));
  CHECK(has(json, "\"seconds\": 1.5, \"failed\": [\"a: why\"]"));
  Report empty;
  empty.figures = {{"x", 1.0 / 0.0, "", "", 0}};
  CHECK(has(json_of(empty), "\"value\": null"));
}

TEST(gpu_check_report_reads_the_lines_it_writes) {
  const Figure figure{"a, b", 1234.5, "GB/s", "copy", 1.23456789e12};
  const auto same = figure_of(line_of(figure));
  CHECK(same.has_value());
  CHECK_EQUAL(same->name, "a, b");
  CHECK_EQUAL(same->bound, "copy");
  CHECK_NEAR(same->value, 1234.5, 0);
  CHECK_NEAR(same->rate, 1.23456789e12, 1);
  for (const char *line : {"", "figure", "figure\ta\tx\tGB/s\t\t1", "figure\ta\t1\tGB/s\t\t", "figure\ta\t1\tGB/s\t1",
                           "a line\ta\t1\tGB/s\t\t1", "figure\t\t1\tGB/s\t\t1"}) {
    CHECK(!figure_of(line).has_value());
  }
}

TEST(gpu_check_report_status) {
  Report report = some_report();
  CHECK_EQUAL(report.exit_status({"tests"}), 0);
  CHECK_EQUAL(report.exit_status({"tests", "java"}), 1);
  CHECK_EQUAL(report.exit_status({"rates"}), 1);
  report.outcomes.push_back({"torch", State::kBad, "", 0});
  CHECK_EQUAL(report.exit_status({"tests"}), 1);
}
