#!/usr/bin/env python3
"""Holds what the compiler reports of each CUDA kernel to native/src/main/cpp/cuda/budgets.txt.

Usage: cuda_budgets.py BUILD [--write], from the repository's root; BUILD is CMake's folder, whose libebb.so is read
with cuobjdump. Exit status 1 when a kernel is over its budget, spills, or has none. --write prints the file as it would be
for what is built, reasons kept.
"""
import collections
import os
import re
import subprocess
import sys

BUDGETS = "native/src/main/cpp/cuda/budgets.txt"
ARCHITECTURES = ["sm_80", "sm_90a", "sm_100a"]
CODES = {"0": "nibbles", "1": "bytes", "2": "halves", "3": "half_pairs"}
Use = collections.namedtuple("Use", "registers stack shared local")


def tool():
    found = subprocess.run(["scripts/cuda_toolchain.sh", "find"], capture_output=True, text=True, check=True)
    return os.path.join(os.path.dirname(found.stdout.strip()), "cuobjdump")


def short_name(mangled):
    """`attention_kernel<128,4>` of a mangled name."""
    match = re.search(r"\d+([a-z_]+_kernel)(I.*?E+v)?", mangled)
    if match is None:
        return mangled
    arguments = re.findall(r"CodeE(\d)|Li(\d+)", match.group(2) or "")
    words = [CODES[code] if code else number for code, number in arguments]
    return match.group(1) + ("<" + ",".join(words) + ">" if words else "")


def usage(library):
    """{(kernel, architecture): Use} of every kernel in the library."""
    found = {}
    text = subprocess.run([tool(), "-res-usage", library], capture_output=True, text=True, check=True).stdout
    architecture = name = None
    for line in text.splitlines():
        arch = re.search(r"arch = (sm_\w+)|Fatbin elf code|\.(sm_\w+)\.cubin", line)
        if arch and (arch.group(1) or arch.group(2)):
            architecture = arch.group(1) or arch.group(2)
        function = re.match(r"\s*Function (\S+?):", line)
        if function:
            name = short_name(function.group(1))
        numbers = dict(re.findall(r"(\w+):(\d+)", line))
        if "REG" in numbers:
            found[name, architecture] = Use(*(int(numbers[key]) for key in ("REG", "STACK", "SHARED", "LOCAL")))
    return found


def budgets():
    """{kernel: ([registers of each architecture], shared bytes, reason)}"""
    read = {}
    with open(BUDGETS, encoding="utf-8") as lines:
        for line in lines:
            if line.strip() and not line.startswith("#"):
                kernel, *numbers, reason = re.split(r"\s+", line.strip(), maxsplit=5)
                read[kernel] = ([int(number) for number in numbers[:3]], int(numbers[3]), reason)
    return read


def check(found, allowed):
    for (kernel, architecture), use in sorted(found.items()):
        if kernel not in allowed:
            yield f"{kernel} on {architecture} has no budget in {BUDGETS}"
            continue
        registers, shared, _ = allowed[kernel]
        most = registers[ARCHITECTURES.index(architecture)]
        if use.registers > most:
            yield f"{kernel} on {architecture}: {use.registers} registers, the budget is {most}"
        if use.shared > shared:
            yield f"{kernel} on {architecture}: {use.shared} bytes of static shared memory, the budget is {shared}"
        if use.local > 0 or use.stack > 0:
            yield f"{kernel} on {architecture}: spills ({use.local} bytes local, {use.stack} bytes stack)"
    for kernel in sorted(set(allowed) - {kernel for kernel, _ in found}):
        yield f"{kernel} has a budget and is not in the library"


def write(found, allowed):
    for kernel in sorted({kernel for kernel, _ in found}):
        registers = " ".join(f"{found[kernel, a].registers:>4}" for a in ARCHITECTURES)
        shared = max(found[kernel, a].shared for a in ARCHITECTURES)
        print(f"{kernel:32} {registers} {shared:>6}  {allowed.get(kernel, (0, 0, 'reason'))[2]}")


def main():
    found = usage(os.path.join(sys.argv[1], "libebb.so"))
    allowed = budgets() if os.path.exists(BUDGETS) else {}
    if "--write" in sys.argv:
        write(found, allowed)
        return
    wrong = list(check(found, allowed))
    for line in wrong:
        print("OVER BUDGET " + line)
    print(f"{len(found)} kernels of {len(ARCHITECTURES)} architectures, {len(wrong)} outside their budgets")
    sys.exit(1 if wrong or not found else 0)


if __name__ == "__main__":
    main()
