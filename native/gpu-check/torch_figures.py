#!/usr/bin/env python3
"""PyTorch's speed at the work that `gpu_check torch-list` names, read from standard input: a line of tabs each.

Prints `torch<TAB>name<TAB>value` in the unit of gpu_check's own figure: GB/s for decode attention and few tokens,
TFLOP/s for the rest. Status 3, with a sentence, where this python has no torch or torch no device.
"""
import sys

BEYOND_CACHES = 1 << 30  # bytes, as in kernel_figures.cpp: the work goes in turn through copies that no cache holds
SHORT = 100e-6  # seconds, below which Python takes longer to start work than a device to do it
GRAPH_WORKS = 64
FEW_TOKENS = 16


def graph_of(torch, work):
    """The work many times as one CUDA graph; None where torch makes none of it."""
    try:
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            for _ in range(GRAPH_WORKS):
                work()
        return graph
    except RuntimeError as error:
        print(f"the next figure counts Python's calls too: {str(error).splitlines()[0]}", flush=True)
        return None


def seconds_of(torch, work):
    """Median seconds of the work on the device; short work is started as a CUDA graph of many, as ours is."""
    one = median_seconds(torch, work)
    graph = graph_of(torch, work) if one < SHORT else None
    return one if graph is None else median_seconds(torch, graph.replay) / GRAPH_WORKS


def median_seconds(torch, work):
    def one_round(count):
        begin, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        begin.record()
        for _ in range(count):
            work()
        end.record()
        torch.cuda.synchronize()
        return begin.elapsed_time(end) / 1e3 / count

    one_round(2)
    count = min(max(int(0.02 / max(one_round(3), 1e-7)), 2), 2000)
    return sorted(one_round(count) for _ in range(7))[3]


def in_turn(items, work):
    """A function that does the work with the next item at each call."""
    state = {"next": 0}

    def call():
        work(items[state["next"]])
        state["next"] = (state["next"] + 1) % len(items)
    return call


def copies_of(size):
    return max(1, -(-BEYOND_CACHES // size))


def attention(torch, sequences, context, queries, heads, kv_heads, head_dim):
    def random(*shape):
        return torch.randn(*shape, device="cuda", dtype=torch.bfloat16)

    size = 4 * sequences * context * kv_heads * head_dim
    query = random(sequences, heads, queries, head_dim)
    pairs = [(random(sequences, kv_heads, context, head_dim), random(sequences, kv_heads, context, head_dim))
             for _ in range(copies_of(size))]
    if queries not in (1, context):
        raise ValueError("torch masks whole prompts only")

    def work(pair):
        torch.nn.functional.scaled_dot_product_attention(
            query, pair[0], pair[1], is_causal=queries > 1, enable_gqa=heads != kv_heads)

    seconds = seconds_of(torch, in_turn(pairs, work))
    if queries == 1:
        return size / seconds / 1e9
    return 4 * head_dim * heads * sequences * queries * (queries + 1) / 2 / seconds / 1e12


def product(torch, rows, columns, tokens):
    size = 2 * rows * columns
    weights = [torch.randn(rows, columns, device="cuda", dtype=torch.bfloat16) for _ in range(copies_of(size))]
    x = torch.randn(tokens, columns, device="cuda", dtype=torch.bfloat16)
    seconds = seconds_of(torch, in_turn(weights, lambda w: torch.matmul(x, w.t())))
    return size / seconds / 1e9 if tokens <= FEW_TOKENS else size * tokens / seconds / 1e12


def main():
    try:
        import torch
    except ImportError:
        print("this python3 has no torch")
        return 3
    if not torch.cuda.is_available():
        print(f"torch {torch.__version__} sees no device")
        return 3
    print(f"torch {torch.__version__}", flush=True)
    failed = 0
    for line in sys.stdin.read().splitlines():
        kind, name, *numbers = line.split("\t")
        try:
            value = {"attention": attention, "product": product}[kind](torch, *map(int, numbers))
            print(f"torch\t{name}\t{value:.6g}", flush=True)
        except (RuntimeError, TypeError) as error:  # too little memory, or a torch that has no enable_gqa
            failed += 1
            print(f"{name}: {str(error).splitlines()[0]}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
