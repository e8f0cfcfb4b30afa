#!/usr/bin/env python3
"""Holds what the compiler made of each CUDA kernel to native/src/main/cpp/cuda/budgets.txt: what it takes of an SM, and
its machine code.

Usage: cuda_budgets.py BUILD [--write], from the repository's root; BUILD is CMake's folder, whose libebb.so is read
with cuobjdump and nvdisasm. Exit status 1 when a kernel is outside its budget, spills, or has none. --write prints the
first two tables as they would be for what is built, reasons kept.
"""
import collections
import os
import re
import subprocess
import sys

import cuda_sass

BUDGETS = "native/src/main/cpp/cuda/budgets.txt"
ARCHITECTURES = ["sm_80", "sm_90a", "sm_100a"]
CODES = {"0": "nibbles", "1": "bytes", "2": "halves", "3": "half_pairs"}
# Machine code is compared where the pinned compiler made it; another one schedules and unrolls otherwise.
PINNED = "V13.5.37"
SPAN = 64  # positions between two steps of the online softmax
# Instructions that all warps of a device can issue in the time that a byte takes at 90 % of its bandwidth: 4 a clock
# and SM. A100 (108 SMs, 1.41 GHz, 2.04 TB/s), H100 (132, 1.755, 3.35), B200 (148, 1.85, 8.0).
ISSUE_LIMIT = {"sm_80": 4 * 108 * 1.41 / (0.9 * 2040), "sm_90a": 4 * 132 * 1.755 / (0.9 * 3350),
               "sm_100a": 4 * 148 * 1.85 / (0.9 * 8000)}
SHARED_OF_SM = {"sm_80": 164 * 1024, "sm_90a": 228 * 1024, "sm_100a": 228 * 1024}
CHAINS = 2  # of products in a span: scores, then values
SYSTEM_SHARED = 1024  # of each CTA; from sm_90 on the compiler's report has it in the static bytes

Use = collections.namedtuple("Use", "registers stack shared local")
Code = collections.namedtuple("Code", "tensor ratio wide narrow per_byte")


def tools():
    found = subprocess.run(["scripts/cuda_toolchain.sh", "find"], capture_output=True, text=True, check=True)
    return os.path.dirname(found.stdout.strip())


def short_name(mangled):
    """`attention_kernel<128,4>` of a mangled name: its parts are preceded by their lengths."""
    for digits in re.finditer(r"\d+", mangled):
        for first in range(digits.start(), digits.end()):
            length = int(mangled[first:digits.end()])
            name = mangled[digits.end():digits.end() + length]
            if len(name) == length and re.fullmatch(r"[a-z][a-z0-9_]*_kernel", name):
                rest = re.match(r"I(.*?)E+v", mangled[digits.end() + length:])
                arguments = re.findall(r"CodeE(\d)|Li(\d+)", rest.group(1) if rest else "")
                words = [CODES[code] if code else number for code, number in arguments]
                return name + ("<" + ",".join(words) + ">" if words else "")
    return mangled


def usage(library):
    """{(kernel, architecture): Use} of every kernel in the library."""
    found = {}
    text = subprocess.run([os.path.join(tools(), "cuobjdump"), "-res-usage", library], capture_output=True, text=True,
                          check=True).stdout
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


def shape_of(kernel):
    """(head size, second argument) of an attention kernel, else None."""
    match = re.fullmatch(r"attention(?:_sm90|_int8)?_kernel<(\d+),(\d+)>", kernel)
    return (int(match.group(1)), int(match.group(2))) if match else None


def tensor_of_span(kernel):
    """Tensor instructions of a warp, or of a warpgroup, for one span: what the shape needs."""
    size, _ = shape_of(kernel)
    if "_sm90_" in kernel:
        return size // 16 + SPAN // 16 * ((size + 63) // 64)
    return SPAN // 8 * (size // 16) + SPAN // 16 * (size // 8)


def code_of(kernel, code):
    """What one turn of the working loop does; of a kernel without tensor instructions, all of it."""
    is_attention = shape_of(kernel) is not None
    loop = code.outermost(cuda_sass.TENSOR) if is_attention else code.innermost(cuda_sass.TENSOR)
    blocks = loop.blocks if loop else range(len(code.blocks))
    loads = [o for o in code.opcodes(blocks) if cuda_sass.LOAD.match(o)]
    if is_attention and not any(cuda_sass.COPY.match(o) for o in loads):  # its producer is a loop of its own
        loads = [o for o in code.opcodes(code.outermost(cuda_sass.COPY).blocks) if cuda_sass.LOAD.match(o)]
    wide = sum(".128" in o or o.startswith("UTMALDG") for o in loads)
    tensor = code.count(blocks, cuda_sass.TENSOR) if loop else None
    if not is_attention:
        return Code(tensor, len(code.opcodes(blocks)) / tensor if loop else None, wide, len(loads) - wide, None)
    turn, per_byte = attention_turn(kernel, code, loop)
    return Code(tensor, turn / tensor_of_span(kernel), wide, len(loads) - wide, per_byte)


def attention_turn(kernel, code, loop):
    """(instructions of a warp for a span, those of all warps for a byte of it, where it is decode's kernel). All warps
    are taken to do all, though only those with rows have a softmax to do: a bound from above."""
    size, second = shape_of(kernel)
    sm90, int8 = "_sm90_" in kernel, "_int8_" in kernel
    warps = 4 * second if sm90 else second
    copies = 2 * SPAN // 16 * ((size + 63) // 64) if sm90 else 2 * SPAN * (size // 8) // (32 * warps)
    span_bytes = 2 * SPAN * size * 2
    if int8:  # codes, and once the scales
        copies = SPAN // 16 // warps * (2 * size // 32) + 1
        span_bytes = 2 * SPAN * (size + 2)
    pattern = re.compile("UTMALDG" if sm90 else "LDGSTS")
    turn = code.turn(loop, {pattern: copies, cuda_sass.TENSOR: tensor_of_span(kernel)})
    return turn, turn * warps / span_bytes if second == 1 else None


def ctas_of(architecture, use, threads, dynamic):
    """CTAs that an SM holds at once: by registers (given to warps by fours, 256 at a time), shared memory, threads."""
    warps = threads // 32
    registers = -(-warps // 4) * 4 * (-(-use.registers * 32 // 256) * 256)
    shared = dynamic + use.shared + (SYSTEM_SHARED if architecture == "sm_80" else 0)
    return min(65536 // registers, SHARED_OF_SM[architecture] // shared if shared else 32, 64 // warps, 32)


def three(text, kind):
    """`1/2/3` by architecture; - is None."""
    values = [None if value == "-" else kind(value) for value in text.split("/")]
    return dict(zip(ARCHITECTURES, values if len(values) == 3 else values * 3))


def budgets():
    """({kernel: (registers, static, threads, dynamic, ctas, reason)}, {kernel: (Code by architecture, reason)}); the
    emulator's tests hold the third table, [traffic]."""
    resources, instructions, table = {}, {}, None
    with open(BUDGETS, encoding="utf-8") as lines:
        for line in lines:
            if line.startswith("["):
                table = line.strip()
            elif line.strip() and not line.startswith("#"):
                kernel, *fields, reason = re.split(r"\s+", line.strip(), maxsplit=6)
                if table == "[resources]":
                    resources[kernel] = (three(fields[0], int), *(int(f) for f in fields[1:4]), three(fields[4], int),
                                         reason)
                elif table == "[instructions]":
                    kinds = (int, float, int, int, float)
                    columns = [three(field, kind) for field, kind in zip(fields, kinds)]
                    instructions[kernel] = ({a: Code(*(c[a] for c in columns)) for a in ARCHITECTURES}, reason)
    return resources, instructions


def check_resources(found, threads, allowed):
    for (kernel, architecture), use in sorted(found.items()):
        where = f"{kernel} on {architecture}"
        if kernel not in allowed:
            yield f"{where} has no budget in {BUDGETS}"
            continue
        registers, shared, most_threads, dynamic, ctas, _ = allowed[kernel]
        if use.registers > (registers[architecture] or 0):
            yield f"{where}: {use.registers} registers, the budget is {registers[architecture]}"
        if use.shared > shared:
            yield f"{where}: {use.shared} bytes of static shared memory, the budget is {shared}"
        if use.local > 0 or use.stack > 0:
            yield f"{where}: spills ({use.local} bytes local, {use.stack} bytes stack)"
        if threads[kernel, architecture] != most_threads:
            yield f"{where}: {threads[kernel, architecture]} threads, the budget says {most_threads}"
        held = ctas_of(architecture, use, most_threads, dynamic)
        if held < (ctas[architecture] or 0):
            yield f"{where}: an SM holds {held} CTAs, the budget is {ctas[architecture]}"
    for kernel in sorted(set(allowed) - {kernel for kernel, _ in found}):
        yield f"{kernel} has a budget and is not in the library"


def check_code(codes, allowed):
    for (kernel, architecture), code in sorted(codes.items()):
        where = f"{kernel} on {architecture}"
        if kernel not in allowed:
            yield f"{where} has no budget of instructions in {BUDGETS}"
            continue
        budget = allowed[kernel][0][architecture]
        if code.tensor != budget.tensor:
            yield f"{where}: {code.tensor} tensor instructions in the loop, the budget is {budget.tensor}"
        if code.ratio and code.ratio > budget.ratio:
            yield f"{where}: {code.ratio:.2f} instructions for a tensor instruction, the budget is {budget.ratio}"
        if code.wide < budget.wide:
            yield f"{where}: {code.wide} loads of 16 bytes and more, the budget is {budget.wide}"
        if code.narrow > budget.narrow:
            yield f"{where}: {code.narrow} narrower loads, the budget is {budget.narrow}"
        limit = ISSUE_LIMIT[architecture] if code.per_byte and shape_of(kernel)[0] >= 64 else float("inf")
        if code.per_byte and code.per_byte > min(budget.per_byte, limit):
            yield (f"{where}: {code.per_byte:.3f} instructions for a byte of keys and values, the budget is "
                   f"{budget.per_byte}, the device's limit {ISSUE_LIMIT[architecture]:.3f}")
        if "_sm90_" in kernel and code.tensor != tensor_of_span(kernel):
            yield f"{where}: {code.tensor} tensor instructions a span, its shape needs {tensor_of_span(kernel)}"


def check_waits(sass):
    """A span has two chains of products, and a wait for each. Where ptxas cannot let products run beside one another, it
    waits behind each of them and only says so (C7510), which no warning as an error catches."""
    for (kernel, architecture), (code, _) in sorted(sass.items()):
        loop = code.innermost(cuda_sass.TENSOR) if "_sm90_" in kernel else None
        waits = code.count(loop.blocks, cuda_sass.WAIT) if loop else CHAINS
        if waits != CHAINS:
            yield f"{kernel} on {architecture}: {waits} waits for products in a span, {CHAINS} are needed"


def write(found, threads, codes, resources, instructions):
    """Both tables with what was measured; ratios and instructions for a byte with a twentieth to spare."""
    kernels = sorted({kernel for kernel, _ in found})

    def columns(kernel, text_of):
        return "/".join(text_of(kernel, a) if (kernel, a) in found else "-" for a in ARCHITECTURES)

    def spare(value, digits):
        return "-" if value is None else f"{value * 1.05:.{digits}f}"

    print("[resources]")
    for kernel in kernels:
        shared = max(use.shared for (k, _), use in found.items() if k == kernel)
        most = max(count for (k, _), count in threads.items() if k == kernel)
        *_, dynamic, _, reason = resources.get(kernel, (0, 0, 0, 0, 0, "reason"))
        registers = columns(kernel, lambda k, a: str(found[k, a].registers))
        ctas = columns(kernel, lambda k, a: str(ctas_of(a, found[k, a], most, dynamic)))
        print(f"{kernel:31} {registers:11} {shared:5} {most:4} {dynamic:6} {ctas:8} {reason}")
    print("\n[instructions]")
    for kernel in kernels:
        tensor = columns(kernel, lambda k, a: "-" if codes[k, a].tensor is None else str(codes[k, a].tensor))
        ratio = columns(kernel, lambda k, a: spare(codes[k, a].ratio, 2))
        wide = columns(kernel, lambda k, a: str(codes[k, a].wide))
        narrow = columns(kernel, lambda k, a: str(codes[k, a].narrow))
        per_byte = columns(kernel, lambda k, a: spare(codes[k, a].per_byte, 3))
        print(f"{kernel:31} {tensor:10} {ratio:17} {wide:8} {narrow:8} {per_byte:17} "
              f"{instructions.get(kernel, (0, 'reason'))[1]}")


def main():
    library = os.path.join(sys.argv[1], "libebb.so")
    found = usage(library)
    sass = {(short_name(name), a): value for (name, a), value in cuda_sass.kernels(library, tools()).items()}
    threads = {key: value[1] for key, value in sass.items()}
    codes = {(kernel, a): code_of(kernel, value[0]) for (kernel, a), value in sass.items()}
    resources, instructions = budgets()
    if "--write" in sys.argv:
        write(found, threads, codes, resources, instructions)
        return
    wrong = list(check_resources(found, threads, resources))
    version = subprocess.run([os.path.join(tools(), "nvcc"), "--version"], capture_output=True, text=True, check=True)
    wrong += check_waits(sass)
    if PINNED in version.stdout:
        wrong += check_code(codes, instructions)
    else:
        print(f"the compiler is not {PINNED}: instructions were not compared")
    for line in wrong:
        print("OUTSIDE ITS BUDGET " + line)
    print(f"{len(found)} kernels of {len(ARCHITECTURES)} architectures, {len(wrong)} findings outside their budgets")
    sys.exit(1 if wrong or not found else 0)


if __name__ == "__main__":
    main()
