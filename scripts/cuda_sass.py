"""Reads a kernel's machine code as nvdisasm prints it: which loops there are, and what runs in one turn of the one
that works. A branch back is not enough to see a loop: ptxas moves the second tries of waits to the end and branches
back from there. So blocks, their dominators and natural loops (Aho, Lam, Sethi, Ullman, 9.6) are made of the labels.
"""
import collections
import os
import re
import subprocess
import tempfile

TENSOR = re.compile(r"[HQIUD]?(HMMA|GMMA|HGMMA|QGMMA|UTCHMMA)\b")
LOAD = re.compile(r"(LDG|LDGSTS|UTMALDG)\b")
WAIT = re.compile(r"WARPGROUP\.DEPBAR\b")
COPY = re.compile(r"(LDGSTS|UTMALDG)\b")
INSTRUCTION = re.compile(r"\s+/\*[0-9a-f]{4,}\*/\s+(?:(@!?U?P\w+)\s+)?([A-Z][A-Z0-9_.]*)(.*?);")
Loop = collections.namedtuple("Loop", "header blocks")


class Block:
    def __init__(self):
        self.opcodes = []
        self.next = []  # labels or indices


class Kernel:
    """Blocks in their order, and natural loops."""

    def __init__(self, lines):
        self.blocks, labels = self.split(lines)
        for index, block in enumerate(self.blocks):
            block.next = [labels.get(n, n) for n in block.next]
            block.next = [n for n in block.next if isinstance(n, int) and n < len(self.blocks)]
        self.loops = self.natural_loops()

    @staticmethod
    def split(lines):
        blocks, labels = [Block()], {}
        for line in lines:
            label = re.match(r"(\.L_x_\w+):", line)
            if label:
                if blocks[-1].opcodes:
                    blocks[-1].next.append(len(blocks))
                    blocks.append(Block())
                labels[label.group(1)] = len(blocks) - 1
                continue
            match = INSTRUCTION.match(line)
            if not match or match.group(1) == "@!PT":
                continue  # a filler that never runs
            predicate, opcode, operands = match.groups()
            blocks[-1].opcodes.append(opcode)
            # A call that never comes back, as ptxas writes some branches.
            jumps = opcode == "CALL.REL.NOINC" and "`(.L_x_" in operands
            stem = "BRA" if jumps else opcode.split(".")[0]
            if stem in ("BRA", "EXIT", "RET", "BRX"):
                always = predicate is None and "~U" not in operands and "UP" not in operands
                target = re.search(r"\.L_x_\w+", operands)
                after = [target.group(0)] if stem == "BRA" and target else []
                blocks[-1].next = after + ([] if always else [len(blocks)])
                blocks.append(Block())
        return blocks, labels

    def dominators(self):
        """{block: set of blocks on every way to it}, of those that can be reached."""
        before = collections.defaultdict(list)
        reached, stack = {0}, [0]
        while stack:
            at = stack.pop()
            for n in self.blocks[at].next:
                before[n].append(at)
                if n not in reached:
                    reached.add(n)
                    stack.append(n)
        dom = {b: set(reached) for b in reached}
        dom[0] = {0}
        changed = True
        while changed:
            changed = False
            for b in sorted(reached - {0}):
                new = set.intersection(*(dom[p] for p in before[b])) | {b}
                changed |= new != dom[b]
                dom[b] = new
        return dom, before

    def natural_loops(self):
        dom, before = self.dominators()
        loops = {}
        for tail in dom:
            for header in self.blocks[tail].next:
                if header not in dom[tail]:
                    continue
                body, stack = {header, tail}, [tail]
                while stack:
                    at = stack.pop()
                    if at == header:
                        continue
                    stack.extend(p for p in before[at] if p not in body)
                    body.update(before[at])
                loops[header] = loops.get(header, set()) | body
        return [Loop(header, body) for header, body in loops.items()]

    def opcodes(self, blocks):
        return [opcode for b in sorted(blocks) for opcode in self.blocks[b].opcodes]

    def count(self, blocks, pattern):
        return sum(bool(pattern.match(opcode)) for opcode in self.opcodes(blocks))

    def outermost(self, pattern):
        """The greatest loop with such an instruction, or None."""
        found = [loop for loop in self.loops if self.count(loop.blocks, pattern)]
        return max(found, key=lambda loop: len(loop.blocks), default=None)

    def innermost(self, pattern):
        """Among loops without a loop that has such instructions, the one with the most of them; or None."""
        found = [loop for loop in self.loops if self.count(loop.blocks, pattern)]
        found = [a for a in found if not any(b.blocks < a.blocks for b in found)]
        return max(found, key=lambda loop: self.count(loop.blocks, pattern), default=None)

    def turn(self, loop, totals):
        """Instructions of one turn of `loop`. An inner loop with instructions of a pattern in `totals` turns until
        there are that many of them; any other (a wait's retry, a rare end) once."""
        inner = [l for l in self.loops if l.blocks < loop.blocks]
        inner = [a for a in inner if not any(a.blocks < b.blocks for b in inner)]
        outside = loop.blocks.difference(*(l.blocks for l in inner)) if inner else loop.blocks
        total = len(self.opcodes(outside))
        for pattern, wanted in totals.items():
            having = [l for l in inner if self.count(l.blocks, pattern)]
            there = sum(self.count(l.blocks, pattern) for l in having)
            left = wanted - self.count(outside, pattern)
            for l in having:
                total += len(self.opcodes(l.blocks)) * max(1, left / there)
            inner = [l for l in inner if l not in having]
        return total + sum(len(self.opcodes(l.blocks)) for l in inner)


def kernels(library, tools):
    """{(mangled name, architecture): (Kernel, threads a CTA)} of all machine code in `library`."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([os.path.join(tools, "cuobjdump"), "-xelf", "all", os.path.abspath(library)], cwd=folder,
                       check=True, capture_output=True)
        for name in sorted(os.listdir(folder)):
            cubin = os.path.join(folder, name)
            architecture = re.search(r"(sm_\w+?)\.cubin$", name).group(1)
            threads = threads_of(cubin, tools)
            text = subprocess.run([os.path.join(tools, "nvdisasm"), "-c", cubin], check=True, capture_output=True,
                                  text=True).stdout
            for section in re.split(r"^\.text\.", text, flags=re.M)[1:]:
                kernel, _, body = section.partition(":\n")
                found[kernel, architecture] = (Kernel(body.splitlines()), threads.get(kernel))
    return found


def threads_of(cubin, tools):
    """{mangled name: threads a CTA may have} as __launch_bounds__ said."""
    text = subprocess.run([os.path.join(tools, "cuobjdump"), "-elf", cubin], check=True, capture_output=True,
                          text=True).stdout
    threads = {}
    for section in re.split(r"^\.nv\.info\.", text, flags=re.M)[1:]:
        most = re.search(r"EIATTR_MAX_THREADS.*?Value:\s+0x(\w+)", section, flags=re.S)
        if most:
            threads[section.split(None, 1)[0]] = int(most.group(1), 16)
    return threads
