#!/usr/bin/env python3
"""First-light bench: Ebb beside llama.cpp on the same model files, in the same run.

Prints one JSON object a row. For each weight format a row for one request alone and one for eight at
once (prompt 128 tokens, output 64): time to first token and tokens per second of both through HTTP,
and their ratio; a row for prefill (prompt 512, one token out) and one for decode (output 128 after a
short prompt). Figures are medians over interleaved rounds, each with its least and greatest value.

llama.cpp is built once from the source package of llama-cpp-python on PyPI into the cache folder,
unless EBB_LLAMA_BIN names a folder that holds llama-server and llama-quantize.
Needs only the Python standard library. Settings are listed by --help.
"""
import argparse
import concurrent.futures
import contextlib
import http.client
import json
import os
import pathlib
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

LLAMA_PACKAGE = "llama-cpp-python==0.3.36"
LLAMA_TARGETS = ["llama-server", "llama-quantize"]
MODEL_ID = "smollm2-135m-instruct"
ROOT = pathlib.Path(__file__).resolve().parents[2]
START_SECONDS_MAX = 120


def main():
    settings = arguments()
    tools = llama_tools()
    for weights in settings.formats:
        with tempfile.TemporaryDirectory(prefix="ebb-bench-") as scratch:
            model = model_file(settings.model, weights, tools)
            for row in measure(settings, tools, weights, model, pathlib.Path(scratch)):
                print(json.dumps(row), flush=True)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds (default 3)")
    parser.add_argument("--formats", nargs="+", default=["Q4_1", "Q8_0", "Q4_0"], help="Q4_1 is the file as shipped")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="compute threads of both")
    parser.add_argument("--model", type=pathlib.Path, default=default_model(), help="GGUF file (or EBB_MODEL)")
    settings = parser.parse_args()
    if not settings.model.is_file():
        sys.exit(f"{settings.model} is not there: run `ebb model pull` or name the file by EBB_MODEL")
    return settings


def cache_folder():
    return pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "ebb"


def default_model():
    if "EBB_MODEL" in os.environ:
        return pathlib.Path(os.environ["EBB_MODEL"])
    home = os.environ.get("EBB_HOME")
    models = pathlib.Path(home) / "models" if home else cache_folder() / "models"
    return models / f"{MODEL_ID}.gguf"


# -- llama.cpp ---------------------------------------------------------------------------------------


def llama_tools():
    """Folder of llama.cpp's programs, built when it is not there yet."""
    if "EBB_LLAMA_BIN" in os.environ:
        tools = pathlib.Path(os.environ["EBB_LLAMA_BIN"])
    else:
        tools = cache_folder() / "peers" / LLAMA_PACKAGE.replace("==", "-") / "build" / "bin"
        if not all((tools / name).is_file() for name in LLAMA_TARGETS):
            build_llama(tools.parents[1])
    missing = [name for name in LLAMA_TARGETS if not (tools / name).is_file()]
    if missing:
        sys.exit(f"{tools} lacks {', '.join(missing)}")
    return tools


def build_llama(folder):
    folder.mkdir(parents=True, exist_ok=True)
    print(f"building llama.cpp of {LLAMA_PACKAGE} in {folder}, once; its log is build.log there", file=sys.stderr)
    with open(folder / "build.log", "w") as log:

        def step(*words):
            subprocess.run([str(word) for word in words], cwd=folder, stdout=log, stderr=log, check=True)

        step(sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", ":all:", LLAMA_PACKAGE)
        archive = next(folder.glob("llama_cpp_python-*.tar.gz"))
        step("tar", "xzf", archive)
        source = folder / archive.name.removesuffix(".tar.gz") / "vendor" / "llama.cpp"
        off = ["BUILD_SHARED_LIBS", "LLAMA_BUILD_TESTS", "LLAMA_BUILD_EXAMPLES", "LLAMA_BUILD_APP",
               "LLAMA_OPENSSL", "LLAMA_BUILD_UI", "LLAMA_USE_PREBUILT_UI"]
        step("cmake", "-S", source, "-B", "build", "-DCMAKE_BUILD_TYPE=Release", "-DGGML_NATIVE=ON",
             *[f"-D{option}=OFF" for option in off])
        step("cmake", "--build", "build", "--parallel", os.cpu_count(), "--target", *LLAMA_TARGETS)


def model_file(shipped, weights, tools):
    """The shipped file, or one made from it in another format and kept in the cache."""
    if weights == "Q4_1":
        return shipped
    made = cache_folder() / "peers" / f"{MODEL_ID}-{weights}.gguf"
    if not made.is_file():
        made.parent.mkdir(parents=True, exist_ok=True)
        partial = made.with_suffix(".partial")
        subprocess.run([tools / "llama-quantize", "--allow-requantize", shipped, partial, weights],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        partial.rename(made)
    return made


@contextlib.contextmanager
def llama_server(tools, model, threads, scratch):
    port = free_port()
    command = [tools / "llama-server", "-m", model, "--host", "127.0.0.1", "--port", str(port), "-t", str(threads),
               "-tb", str(threads), "-np", "8", "-c", str(8 * 1024), "--no-webui"]
    with process(command, scratch / "llama.log", {}, f"http://127.0.0.1:{port}/health", 15):
        yield Server("llama.cpp", port, {"cache_prompt": False})


@contextlib.contextmanager
def ebb(model, threads, scratch):
    port = free_port()
    models = scratch / "ebb" / "models"
    models.mkdir(parents=True)
    (models / f"{MODEL_ID}.gguf").symlink_to(model)
    dist = pathlib.Path(os.environ.get("EBB_DIST", ROOT / "dist"))
    if not (dist / "bin" / "ebb").is_file():
        sys.exit(f"{dist} holds no distribution: run `make build` first")
    settings = {"EBB_HOME": scratch / "ebb", "EBB_PORT": port, "EBB_THREADS": threads, "EBB_IDLE_SECONDS": 3600}
    with process([dist / "bin" / "ebb", "up"], scratch / "ebb.log", settings,
                 f"http://127.0.0.1:{port}/q/health/ready", 60):
        yield Server("ebb", port, {})


@contextlib.contextmanager
def process(command, log, settings, health, stop_seconds):
    """A server process, up when `health` answers 200, stopped by SIGTERM at the end."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("EBB_", "QUARKUS_"))}
    environment |= {key: str(value) for key, value in settings.items()}
    with open(log, "w") as output:
        child = subprocess.Popen([str(word) for word in command], stdout=output, stderr=output, env=environment)
        try:
            await_healthy(child, health, log)
            yield
        finally:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(stop_seconds)
            except subprocess.TimeoutExpired:
                child.kill()


def await_healthy(child, url, log):
    host, path = url.removeprefix("http://").split("/", 1)
    end = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < end and child.poll() is None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(host, timeout=5)
            connection.request("GET", "/" + path)
            if connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    sys.exit(f"{child.args[0]} did not become healthy:\n{pathlib.Path(log).read_text()[-2000:]}")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


# -- measuring ---------------------------------------------------------------------------------------


class Server:
    """An OpenAI-style server and what it wants beside the common body."""

    def __init__(self, name, port, extra):
        self.name, self.port, self.extra = name, port, extra

    def complete(self, prompt, output_tokens):
        """Streams one greedy completion; gives start, first-token and last-token times."""
        body = {"model": MODEL_ID, "prompt": prompt, "max_tokens": output_tokens, "temperature": 0, "stream": True,
                "ignore_eos": True, "stream_options": {"include_usage": True}, **self.extra}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        start = time.perf_counter()
        connection.request("POST", "/v1/completions", json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        if response.status != 200:
            sys.exit(f"{self.name}: status {response.status}: {response.read()[:500]}")
        first, last, usage = read_stream(response)
        connection.close()
        if usage["completion_tokens"] != output_tokens or usage["prompt_tokens"] != len(prompt):
            sys.exit(f"{self.name}: asked for {len(prompt)} + {output_tokens} tokens, counted {usage}")
        return start, first, last


def read_stream(response):
    first = last = usage = None
    for line in response:
        if not line.startswith(b"data: ") or line.strip() == b"data: [DONE]":
            continue
        event = json.loads(line[6:])
        if "error" in event:
            sys.exit(f"error in the stream: {event}")
        usage = event.get("usage") or usage
        if event.get("choices"):
            last = time.perf_counter()
            first = first or last
    return first, last, usage


class Prompts:
    """Token-id prompts that share no prefix, the same for both servers."""

    def __init__(self):
        self.state = 12345

    def next(self, tokens):
        return [self.token() for _ in range(tokens)]

    def token(self):
        # A plain linear congruence: reproducible, and ids of ordinary words only.
        self.state = (self.state * 1103515245 + 12345) % (1 << 31)
        return 1000 + (self.state >> 8) % 20000


def scenario(server, prompts, output_tokens):
    """Sends all prompts at once; gives the figures of the group."""
    with concurrent.futures.ThreadPoolExecutor(len(prompts)) as pool:
        begin = time.perf_counter()
        times = list(pool.map(lambda prompt: server.complete(prompt, output_tokens), prompts))
    first_seconds = statistics.median(first - start for start, first, _ in times)
    wall = max(last for _, _, last in times) - begin
    figures = {"ttft_ms": 1e3 * first_seconds, "tokens_per_second": len(prompts) * output_tokens / wall,
               "prompt_tokens_per_second": len(prompts[0]) / first_seconds}
    if output_tokens > 1:
        figures["decode_tokens_per_second"] = statistics.median(
            (output_tokens - 1) / (last - first) for _, first, last in times)
    return figures


# Name, prompt tokens, output tokens, requests at once, the figures that the row shows.
SCENARIOS = [
    ("alone", 128, 64, 1, ["ttft_ms", "tokens_per_second", "decode_tokens_per_second"]),
    ("eight_at_once", 128, 64, 8, ["ttft_ms", "tokens_per_second"]),
    ("prefill", 512, 1, 1, ["prompt_tokens_per_second"]),
    ("decode", 16, 128, 1, ["decode_tokens_per_second"]),
]


def measure(settings, tools, weights, model, scratch):
    with llama_server(tools, model, settings.threads, scratch) as peer, \
            ebb(model, settings.threads, scratch) as ours:
        for server in (peer, ours):
            for _, prompt_tokens, _, streams, _ in SCENARIOS:
                prompts = Prompts()
                prompts.state = 999  # Not the measured prompts: those must not be in a prefix cache.
                scenario(server, [prompts.next(prompt_tokens) for _ in range(streams)], 4)
        for row in SCENARIOS:
            yield measure_row(settings, weights, row, (peer, ours))


def measure_row(settings, weights, row, servers):
    name, prompt_tokens, output_tokens, streams, shown = row
    samples = {server.name: [] for server in servers}
    load_before = os.getloadavg()[0]
    source = Prompts()
    source.state += hash_of(weights + name)
    for turn in range(settings.rounds):
        prompts = [source.next(prompt_tokens) for _ in range(streams)]
        for server in servers if turn % 2 == 0 else reversed(servers):
            time.sleep(0.3)  # Lets the other server's threads stop spinning.
            samples[server.name].append(scenario(server, prompts, output_tokens))
    result = {"bench": "first-light", "weights": weights, "scenario": name, "prompt_tokens": prompt_tokens,
              "output_tokens": output_tokens, "requests_at_once": streams, "threads": settings.threads,
              "rounds": settings.rounds}
    for figure in shown:
        result |= compare(figure, samples)
    result["load_average"] = [round(load_before, 2), round(os.getloadavg()[0], 2)]
    result["cpu"] = cpu_name()
    return result


def compare(figure, samples):
    """Median, least and greatest of both, and the ratio by which Ebb is better (above 1) or worse."""
    row = {}
    for name, taken in samples.items():
        values = sorted(sample[figure] for sample in taken)
        row[f"{name.replace('.', '_')}_{figure}"] = round(statistics.median(values), 1)
        row[f"{name.replace('.', '_')}_{figure}_range"] = [round(values[0], 1), round(values[-1], 1)]
    peer, ours = row[f"llama_cpp_{figure}"], row[f"ebb_{figure}"]
    row[f"ratio_{figure}"] = round(peer / ours if figure.endswith("_ms") else ours / peer, 2)
    return row


def hash_of(text):
    value = 0
    for byte in text.encode():
        value = (value * 31 + byte) % 1000003
    return value


def cpu_name():
    with open("/proc/cpuinfo") as info:
        for line in info:
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return "unknown"


if __name__ == "__main__":
    main()
