// The network once more, in double, without blocks, batches or threads: what the
// reference backend is held against.
#ifndef EBB_TEST_DOUBLE_MODEL_H
#define EBB_TEST_DOUBLE_MODEL_H

#include <cstdint>
#include <vector>

#include "core/model.h"

namespace ebb::test {

// Logits of every position of one sequence, [tokens][vocabulary].
std::vector<std::vector<double>> double_logits(const Model &model,
                                               const std::vector<int32_t> &tokens);

}  // namespace ebb::test

#endif  // EBB_TEST_DOUBLE_MODEL_H
