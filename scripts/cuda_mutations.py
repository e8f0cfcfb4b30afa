#!/usr/bin/env python3
"""Breaks the CUDA kernels, one mistake at a time, and expects the emulator's tests to notice.

Usage: cuda_mutations.py BUILD [name...], from the repository's root; BUILD is CMake's folder with simt_tests built. The
mutations are native/src/test/cpp/simt/mutations.txt. Each is compiled apart, so the tree is not touched. Exit status 1
when one goes unnoticed, does not compile, or no longer finds the line it changes.
"""
import concurrent.futures
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

CPP = "native/src/main/cpp"
LIST = "native/src/test/cpp/simt/mutations.txt"


def mutations():
    """Blocks of five lines: name, file, old text, new text, name of the tests that run."""
    with open(LIST, encoding="utf-8") as file:
        text = "\n".join(line for line in file.read().splitlines() if not line.startswith("#"))
    for block in re.split(r"\n\s*\n", text.strip()):
        fields = dict(line.split(":", 1) for line in block.splitlines())
        yield {key: value.removeprefix(" ").replace("\\n", "\n") for key, value in fields.items()}


def kernels_of(path):
    """The sources that a mutation of `path` goes into: itself, or the .cu files that include it."""
    if path.endswith((".cu", ".cpp")):
        return [path]
    name = os.path.basename(path)
    return [f"cuda/{file}" for file in sorted(os.listdir(f"{CPP}/cuda"))
            if file.endswith(".cu") and file != "device.cu" and includes(f"{CPP}/cuda/{file}", name)]


def includes(path, name):
    with open(path, encoding="utf-8") as file:
        names = re.findall(r'#include "cuda/([\w.]+)"', file.read())
    headers = [n for n in names if n.endswith(".cuh") and n != "isa.cuh"]
    return name in names or any(includes(f"{CPP}/cuda/{header}", name) for header in headers)


def compile_mutated(build, folder, kernel, mutated):
    """The object of `kernel` made with the mutated file first among the headers; None when it does not compile."""
    with open(f"{build}/compile_commands.json", encoding="utf-8") as file:
        entry = next(e for e in json.load(file)
                     if e["file"].endswith(CPP + "/" + kernel)
                     and re.search(r"ebb_simt_(cuda|host)\.dir", e["command"]))
    command = shlex.split(entry["command"])
    source = os.path.join(folder, kernel) if mutated == kernel else entry["file"]
    output = os.path.join(folder, os.path.basename(kernel) + ".o")
    original = command[command.index("-o") + 1]
    command[command.index("-o") + 1] = output
    command[-1] = source
    command.insert(1, "-I" + folder)
    done = subprocess.run(command, cwd=entry["directory"], capture_output=True, text=True)
    return (os.path.join(entry["directory"], original), output) if done.returncode == 0 else None


def link(build, folder, objects):
    with open(f"{build}/simt/CMakeFiles/simt_tests.dir/link.txt", encoding="utf-8") as file:
        command = shlex.split(file.read())
    replaced = {os.path.realpath(original): output for original, output in objects}
    command = [replaced.get(os.path.realpath(os.path.join(build, "simt", word)), word) for word in command]
    program = os.path.join(folder, "mutant")
    command[command.index("-o") + 1] = program
    subprocess.run(command, cwd=f"{build}/simt", check=True, capture_output=True)
    return program


def outcome(build, mutation):
    with open(f"{CPP}/{mutation['file']}", encoding="utf-8") as file:
        text = file.read()
    if text.count(mutation["old"]) != 1:
        return f"STALE: the old text occurs {text.count(mutation['old'])} times"
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "cuda"))
        with open(os.path.join(folder, mutation["file"]), "w", encoding="utf-8") as file:
            file.write(text.replace(mutation["old"], mutation["new"]))
        objects = [compile_mutated(build, folder, kernel, mutation["file"]) for kernel in kernels_of(mutation["file"])]
        if None in objects or not objects:
            return "DOES NOT COMPILE"
        program = link(build, folder, objects)
        try:
            done = subprocess.run([program, mutation["tests"]], capture_output=True, text=True, timeout=180)
        except subprocess.TimeoutExpired:
            return "caught: it never ends"
    if done.returncode == 0:
        return "NOT NOTICED"
    if "\n0 tests, " in "\n" + done.stdout:
        return f"STALE: no test's name contains '{mutation['tests']}'"
    lines = [line.strip() for line in done.stdout.splitlines() if not re.match(r"ok  |\d+ tests", line)]
    return "caught: " + (re.sub(r"^\S*/", "", lines[0]) if lines else f"the program ended with {done.returncode}")[:100]


def main():
    build = os.path.abspath(sys.argv[1])
    chosen = [m for m in mutations() if len(sys.argv) == 2 or m["name"] in sys.argv[2:]]
    with concurrent.futures.ThreadPoolExecutor(int(os.environ.get("EBB_BUILD_JOBS", os.cpu_count()))) as pool:
        caught = 0
        for mutation, text in zip(chosen, pool.map(lambda m: outcome(build, m), chosen)):
            caught += text.startswith("caught")
            print(f"{mutation['name']:44} {text}", flush=True)
    print(f"{caught} of {len(chosen)} mutations caught")
    sys.exit(0 if chosen and caught == len(chosen) else 1)


if __name__ == "__main__":
    main()
