// Cutting attention into tasks: (query tile, KV head), and when those are few,
// also by span. Both give the same bits: either way a row's spans are computed
// apart and merged in rising order.
#include <algorithm>
#include <cstring>

#include "cpu/step.h"

namespace ebb::cpu {
namespace {

// One query tile with some KV heads.
struct Task {
  const QueryTile &tile;
  int32_t kv_head;     // the first
  int32_t kv_heads;
  int32_t rows;        // of each KV head
  int32_t span_begin;  // all spans that any of its rows sees
  int32_t span_end;
};

int32_t group_of(const Step &step) { return step.model.heads / step.model.kv_heads; }

// Tiles of many rows are computed one KV head at a time, which keeps a span in the
// cache. With few rows reading the keys decides, and it is fastest in the order
// in which they lie: all heads of a block one after the other.
int32_t heads_each(const Step &step, const QueryTile &tile) {
  constexpr int32_t kFewRows = 8;
  return tile.count * group_of(step) <= kFewRows ? step.model.kv_heads : 1;
}

Task task_of(const Step &step, const QueryTile &tile, int32_t kv_head, int32_t kv_heads) {
  const int32_t first = step.model.first_visible(step.batch.positions[tile.token]);
  const int32_t last = step.batch.positions[tile.token + tile.count - 1];
  return {tile, kv_head, kv_heads, tile.count * group_of(step), first / kSpan, last / kSpan + 1};
}

std::vector<Task> cut_tasks(const Step &step) {
  std::vector<Task> tasks;
  for (const QueryTile &tile : step.query_tiles) {
    const int32_t each = heads_each(step, tile);
    for (int32_t h = 0; h < step.model.kv_heads; h += each) tasks.push_back(task_of(step, tile, h, each));
  }
  return tasks;
}

// Queries of the task's heads, [kv_heads][rows][head_dim]; rows are token by token.
void gather_queries(const Step &step, const Task &task, float *to) {
  const auto width = static_cast<size_t>(group_of(step)) * static_cast<size_t>(step.model.head_dim);
  for (int32_t h = task.kv_head; h < task.kv_head + task.kv_heads; ++h) {
    for (int32_t t = 0; t < task.tile.count; ++t) {
      const auto row = static_cast<size_t>(task.tile.token + t) * static_cast<size_t>(step.model.kv_heads);
      std::memcpy(to, step.q.data() + (row + static_cast<size_t>(h)) * width, width * sizeof(float));
      to += width;
    }
  }
}

// First and limit of each row, in one array after the other.
const int32_t *row_limits(const Step &step, const Task &task, std::vector<int32_t> &limits) {
  const int32_t group = group_of(step);
  limits.resize(static_cast<size_t>(task.rows) * 2);
  for (int32_t r = 0; r < task.rows; ++r) {
    const int32_t position = step.batch.positions[task.tile.token + r / group];
    limits[static_cast<size_t>(r)] = step.model.first_visible(position);
    limits[static_cast<size_t>(task.rows + r)] = position + 1;
  }
  return limits.data();
}

struct TaskMemory {
  float *scratch;
  float *queries;
  float *states;
};

int64_t states_of(const Step &step, const Task &task) {
  return int64_t{task.kv_heads} * task.rows * state_floats(step.model.head_dim);
}

TaskMemory memory_of(const Step &step, const Task &task, ThreadScratch &thread) {
  const size_t scratch = attention_scratch_floats(step.model.head_dim);
  const auto rows = static_cast<size_t>(task.rows) * static_cast<size_t>(task.kv_heads);
  const size_t queries = (rows * static_cast<size_t>(step.model.head_dim) + 15) / 16 * 16;
  float *base = thread.attention.reserve(scratch + queries + static_cast<size_t>(states_of(step, task)));
  return {base, base + scratch, base + scratch + queries};
}

// The states go to `separate`, span by span, or merged to the thread's own when NULL.
void attend_spans(const Step &step, int layer, const Task &task, int32_t span_begin,
                  int32_t span_end, ThreadScratch &thread, float *separate) {
  const KvLayout &kv = step.model.kv;
  const TaskMemory memory = memory_of(step, task, thread);
  gather_queries(step, task, memory.queries);
  const int32_t *limits = row_limits(step, task, thread.limits);
  AttentionCall call;
  call.memory = step.memory.base;
  call.block_bytes = step.memory.block_bytes;
  call.key_offset = kv.head_offset(layer, KvLayout::kKeys, task.kv_head);
  call.value_offset = kv.head_offset(layer, KvLayout::kValues, task.kv_head);
  call.head_bytes = kv.head_bytes();
  call.token_bytes = kv.token_bytes();
  call.block_table = step.batch.blocks_of(task.tile.sequence);
  call.block_tokens = kv.block_tokens;
  call.half = kv.type == EBB_KV_F16;
  call.head_dim = step.model.head_dim;
  call.kv_heads = task.kv_heads;
  call.q = memory.queries;
  call.rows = task.rows;
  call.first = limits;
  call.limit = limits + task.rows;
  call.span_begin = span_begin;
  call.span_end = span_end;
  call.scratch = memory.scratch;
  call.state = separate == nullptr ? memory.states : separate;
  call.separate = separate != nullptr;
  step.kernels.attend(call);
}

void finish_rows(const Step &step, const Task &task, const float *states) {
  const int32_t group = group_of(step);
  const int32_t n = step.model.head_dim;
  for (int32_t h = task.kv_head; h < task.kv_head + task.kv_heads; ++h) {
    for (int32_t r = 0; r < task.rows; ++r) {
      const int64_t token = task.tile.token + r / group;
      const int64_t head = h * group + r % group;
      step.kernels.finish(states, n, step.attended.data() + (token * step.model.heads + head) * n);
      states += state_floats(n);
    }
  }
}

void attend_whole(Step &step, int layer, const std::vector<Task> &tasks) {
  // From the back, where prompts have the most to read: short tasks fill up the end.
  step.pool.run(static_cast<int64_t>(tasks.size()), [&](int64_t i, int thread) {
    const Task &task = tasks[tasks.size() - 1 - static_cast<size_t>(i)];
    ThreadScratch &scratch = step.scratch[static_cast<size_t>(thread)];
    attend_spans(step, layer, task, task.span_begin, task.span_end, scratch, nullptr);
    finish_rows(step, task, memory_of(step, task, scratch).states);
  });
}

// Some spans of a task, whose states go to `states` one after the other.
struct Piece {
  const Task *task;
  int32_t span_begin;
  int32_t span_end;
  float *states;
};

// Merges what the pieces of a task left behind.
void merge_task(const Step &step, const Task &task, float *states) {
  const int64_t row_floats = state_floats(step.model.head_dim);
  const int64_t span_floats = states_of(step, task);
  for (int64_t s = 1; s < task.span_end - task.span_begin; ++s) {
    for (int64_t row = 0; row < span_floats; row += row_floats) {
      step.kernels.merge(states + row, states + s * span_floats + row, step.model.head_dim);
    }
  }
  finish_rows(step, task, states);
}

void attend_split(Step &step, int layer, const std::vector<Task> &tasks) {
  int64_t spans = 0;
  int64_t floats = 0;
  for (const Task &task : tasks) {
    spans += task.span_end - task.span_begin;
    floats += (task.span_end - task.span_begin) * states_of(step, task);
  }
  float *states = step.partials.reserve(static_cast<size_t>(floats));
  // A few pieces for each thread; more would read less of what was fetched ahead.
  const auto each = static_cast<int32_t>(std::max<int64_t>(1, spans / (4 * step.pool.threads())));
  std::vector<Piece> pieces;
  std::vector<float *> first;
  for (const Task &task : tasks) {
    first.push_back(states);
    for (int32_t s = task.span_begin; s < task.span_end; s += each) {
      const int32_t end = std::min(s + each, task.span_end);
      pieces.push_back({&task, s, end, states});
      states += (end - s) * states_of(step, task);
    }
  }
  step.pool.run(static_cast<int64_t>(pieces.size()), [&](int64_t i, int thread) {
    const Piece &piece = pieces[static_cast<size_t>(i)];
    attend_spans(step, layer, *piece.task, piece.span_begin, piece.span_end,
                 step.scratch[static_cast<size_t>(thread)], piece.states);
  });
  const auto merge = [&](int64_t i, int) {
    merge_task(step, tasks[static_cast<size_t>(i)], first[static_cast<size_t>(i)]);
  };
  constexpr int64_t kWorthSharing = 1 << 15;  // floats of states
  const auto count = static_cast<int64_t>(tasks.size());
  if (floats >= kWorthSharing) return step.pool.run(count, merge);
  for (int64_t i = 0; i < count; ++i) merge(i, 0);
}

}  // namespace

void attend(Step &step, int layer) {
  const std::vector<Task> tasks = cut_tasks(step);
  if (step.pool.threads() > 1 && static_cast<int>(tasks.size()) < 4 * step.pool.threads()) {
    attend_split(step, layer, tasks);
  } else {
    attend_whole(step, layer, tasks);
  }
  const int64_t width = int64_t{step.model.heads} * step.model.head_dim;
  each_token(step, step.batch.tokens, width, [&](int64_t t) {
    step.attended_tiles.write(t, 0, step.attended.data() + t * width, width);
  });
}

}  // namespace ebb::cpu
