#!/usr/bin/env python3
"""torch_figures.py with a torch made up here, that keeps shapes and a clock of its own: a call takes a millisecond
unless told otherwise, the device's part of it half of that."""
import contextlib
import io
import os
import sys
import types
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.dont_write_bytecode = True
import torch_figures  # noqa: E402


class Tensor:
    def __init__(self, *shape):
        self.shape = shape

    def t(self):
        return Tensor(*reversed(self.shape))


class Torch(types.ModuleType):
    """Counts calls; refuses what does not fit together, as the real one does."""

    def __init__(self, device=True, call_ms=1.0, graphs=True):
        super().__init__("torch")
        self.clock = 0.0
        self.call_ms = call_ms
        self.capturing = None
        self.__version__ = "0.made-up"
        self.bfloat16 = "bfloat16"
        self.calls = []
        torch = self

        class Event:
            def __init__(self, enable_timing):
                assert enable_timing

            def record(self):
                self.at = torch.clock

            def elapsed_time(self, end):
                return float(end.at - self.at)

        class Graph:
            works = 0

            def replay(self):
                torch.clock += self.works * torch.call_ms / 2

        @contextlib.contextmanager
        def capture(graph):
            if not graphs:
                raise RuntimeError("no capture\nhere")
            torch.capturing = graph
            yield
            torch.capturing = None

        self.cuda = types.SimpleNamespace(is_available=lambda: device, Event=Event, synchronize=lambda: None,
                                          CUDAGraph=Graph, graph=capture)
        self.nn = types.SimpleNamespace(functional=types.SimpleNamespace(scaled_dot_product_attention=self.attend))

    def randn(self, *shape, device, dtype):
        assert device == "cuda" and dtype == self.bfloat16
        return Tensor(*shape)

    def call(self, what):
        self.calls.append(what)
        if self.capturing is None:
            self.clock += self.call_ms
        else:
            self.capturing.works += 1

    def attend(self, query, key, value, is_causal, enable_gqa):
        if key.shape != value.shape or query.shape[0] != key.shape[0] or query.shape[3] != key.shape[3]:
            raise RuntimeError("shapes differ")
        assert enable_gqa == (query.shape[1] != key.shape[1]) and is_causal == (query.shape[2] > 1)
        self.call((id(key), key.shape))

    def matmul(self, x, weight):
        if x.shape[1] != weight.shape[0]:
            raise RuntimeError("out of memory\nat length")
        self.call((id(weight), weight.shape))


def run(torch, lines):
    sys.modules["torch"] = torch
    out, old = io.StringIO(), sys.stdin
    sys.stdin = io.StringIO(lines)
    try:
        with contextlib.redirect_stdout(out):
            status = torch_figures.main()
    finally:
        sys.stdin = old
        del sys.modules["torch"]
    return status, dict(line.split("\t")[1:] for line in out.getvalue().splitlines() if line.startswith("torch\t")), \
        out.getvalue()


class TorchFiguresTest(unittest.TestCase):
    def test_attention_is_bytes_or_operations_of_a_millisecond(self):
        torch = Torch()
        status, figures, _ = run(torch, "attention\tdecode, 16 x 1024\t16\t1024\t1\t32\t8\t128\n"
                                 "attention\tprefill\t1\t100\t100\t4\t4\t64\n")
        self.assertEqual(status, 0)
        self.assertAlmostEqual(float(figures["decode, 16 x 1024"]), 4 * 16 * 1024 * 8 * 128 / 1e-3 / 1e9, places=2)
        self.assertAlmostEqual(float(figures["prefill"]), 4 * 64 * 4 * 5050 / 1e-3 / 1e12, places=5)

    def test_caches_do_not_hold_what_is_read(self):
        torch = Torch()
        run(torch, "attention\tdecode\t16\t1024\t1\t32\t8\t128\n")
        held = len({key for key, _ in torch.calls}) * 4 * 16 * 1024 * 8 * 128
        self.assertGreaterEqual(held, torch_figures.BEYOND_CACHES)

    def test_products(self):
        status, figures, _ = run(Torch(), "product\tone\t14336\t4096\t1\nproduct\tmany\t64\t32\t512\n")
        self.assertEqual(status, 0)
        self.assertAlmostEqual(float(figures["one"]), 2 * 14336 * 4096 / 1e-3 / 1e9, places=2)
        self.assertAlmostEqual(float(figures["many"]), 2 * 64 * 32 * 512 / 1e-3 / 1e12, places=5)

    def test_short_work_is_started_as_a_graph(self):
        line = "product\tone\t14336\t4096\t1\n"
        rate = 2 * 14336 * 4096 / 1e9
        _, figures, _ = run(Torch(call_ms=0.05), line)
        self.assertAlmostEqual(float(figures["one"]) / (rate / 0.025e-3), 1, places=4)
        _, figures, text = run(Torch(call_ms=0.05, graphs=False), line)
        self.assertAlmostEqual(float(figures["one"]) / (rate / 0.05e-3), 1, places=4)
        self.assertIn("counts Python's calls too: no capture\n", text)

    def test_one_that_fails_does_not_end_the_others(self):
        torch = Torch()
        torch.nn.functional.scaled_dot_product_attention = lambda *_, **__: torch.matmul(Tensor(1, 1), Tensor(2, 2))
        status, figures, text = run(torch, "attention\ta\t1\t16\t1\t2\t1\t64\nproduct\tb\t8\t8\t32\n")
        self.assertEqual(status, 1)
        self.assertEqual(list(figures), ["b"])
        self.assertIn("a: out of memory\n", text)

    def test_no_torch_or_no_device(self):
        status, _, text = run(Torch(device=False), "")
        self.assertEqual(status, 3)
        self.assertIn("sees no device", text)
        status, _, text = run(None, "")
        self.assertEqual(status, 3)
        self.assertIn("no torch", text)


if __name__ == "__main__":
    unittest.main()
