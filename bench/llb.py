"""Building and marshalling big graphs: libllb beside Go's client/llb.

Both sides build the same reference graphs and marshal them to the bytes of a
Definition, in processes that alternate; nothing is printed before the bytes
were found equal. "total" is build, marshal and free; "first" is that of the
first round of each process, whose memory is all new: a virtual machine that
gives free memory back takes it from its host again, which can cost more than
all the rest. Ours are also set beside what cannot be avoided (one SHA-256 for
each distinct op, one copy of the definition: "floor", a multiple of it), and
beside smaller graphs of their kind (a cost an op that stays the same:
"linear").
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile

import measure

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OURS = os.path.dirname(os.environ["LLB"]) + "/bench/llb_graphs"

# Graph, size, rounds in a process, whether only --full measures it: those take
# Go minutes. Of sizes above these Go needs more, or more memory than most
# machines have.
BOTH = [
    ("chain", 1000, 5, False), ("chain", 10000, 1, True),
    ("chainflat", 1000, 5, False), ("chainflat", 10000, 3, False),
    ("chainflat", 100000, 3, False),
    ("wide", 1000, 5, False), ("wide", 10000, 3, False),
    ("wide", 100000, 1, True),
    ("diamond", 1000, 3, False), ("diamond", 10000, 1, False),
    ("dup", 1000, 5, False), ("dup", 10000, 3, False),
    ("dup", 100000, 3, False),
]
# Graph, the size that is the measure, and sizes that must cost no more an op.
# To us chainflat is chain.
LINEAR = [
    ("chain", 10000, [100000, 1000000]),
    ("wide", 10000, [100000, 1000000]),
    ("diamond", 1000, [10000, 30000]),
    ("dup", 10000, [100000, 1000000]),
]
# Graph, size, rounds.
FLOOR = [("chainflat", 1000, 5), ("chainflat", 10000, 3), ("wide", 10000, 3),
         ("diamond", 1000, 3), ("dup", 10000, 3)]


class Side:
    """One program, and what its rounds took."""

    def __init__(self, program, graph, n):
        self.argv = [program, graph, str(n)]
        self.rounds, self.definition = [], None

    def run(self, rounds):
        child = subprocess.run(self.argv + [str(rounds)], text=True,
                               stdout=subprocess.PIPE)
        if child.returncode != 0:
            sys.exit("bench: %s failed" % " ".join(self.argv))
        lines = [json.loads(line) for line in child.stdout.splitlines()]
        rounds = [line for line in lines if "build_ns" in line]
        self.definition = [line for line in lines if "sha256" in line][0]
        for line in rounds:
            line["total_ns"] = (line["build_ns"] + line["marshal_ns"] +
                                line["free_ns"])
        # Memory is that of the first round: later ones start from its heap.
        for line in rounds:
            line["peak_kib"] = rounds[0]["peak_kib"]
            line["first_ns"] = rounds[0]["total_ns"]
        self.rounds += rounds

    def median(self, key):
        return statistics.median(line[key] for line in self.rounds)


def go_program(folder):
    """Go's side, built; None and the reason where it cannot be had."""
    env = dict(os.environ, PATH=os.environ["PATH"] +
               ":/usr/local/go/bin:/usr/lib/go/bin")
    try:
        built = subprocess.run(
            ["go", "build", "-p", "2", "-buildvcs=false", "-o",
             folder + "/graphs", "./graphs"], cwd=ROOT + "/tests/oracle",
            env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True)
    except FileNotFoundError:
        return None, "there is no Go on this machine"
    if built.returncode != 0:
        return None, "Go cannot build it: " + built.stdout.strip()[-300:]
    return folder + "/graphs", None


def same_definition(name, ours, theirs):
    if ours.definition != theirs.definition:
        sys.exit("bench: %s: we make %s, Go makes %s"
                 % (name, ours.definition, theirs.definition))


def compare(report, program, graph, n, rounds, runs):
    ours, theirs = Side(OURS, graph, n), Side(program, graph, n)
    name = "%s %d" % (graph, n)
    for _ in range(runs):
        ours.run(rounds)
        theirs.run(rounds)
    same_definition(name, ours, theirs)
    for metric in "build", "marshal", "total", "first", "cpu":
        report.row(name, metric, "ms", ours.median(metric + "_ns") / 1e6,
                   theirs.median(metric + "_ns") / 1e6)
    report.row(name, "memory", "MiB", ours.median("peak_kib") / 1024,
               theirs.median("peak_kib") / 1024)
    report.row(name, "allocs", "/op", ours.median("allocs") / ops(graph, n),
               theirs.median("allocs") / ops(graph, n))


def ops(graph, n):
    """Ops of a graph, its base images and its merge left out."""
    return {"wide": 3, "diamond": 32}.get(graph, 1) * n


def floors(report, runs):
    """Processor time, so that others on the machine count for neither."""
    for graph, n, rounds in FLOOR:
        side = Side(OURS, graph, n)
        for _ in range(runs):
            side.run(rounds)
        report.row("floor/%s %d" % (graph, n), "cpu", "x",
                   side.median("cpu_ns") / side.median("floor_ns"), 1)


def linear(report, runs):
    for graph, base_n, sizes in LINEAR:
        sides = {n: Side(OURS, graph, n) for n in [base_n] + sizes}
        for _ in range(runs):
            for n, side in sides.items():
                side.run(1)
        base = sides[base_n].median("cpu_ns") / ops(graph, base_n)
        for n in sizes:
            report.row("linear/%s %d" % (graph, n), "cpu", "ns/op",
                       sides[n].median("cpu_ns") / ops(graph, n), base)


def main():
    args = measure.options(runs=5, full=True)
    with tempfile.TemporaryDirectory(prefix="lb.", dir="/tmp") as folder:
        program, reason = go_program(folder)
        report = measure.Report("llb", args.json)
        if not program:
            print("skip llb beside Go's client/llb: " + reason,
                  file=sys.stderr)
        for graph, n, rounds, only_full in BOTH:
            if program and (args.full or not only_full):
                compare(report, program, graph, n, rounds, args.runs)
        floors(report, args.runs)
        linear(report, args.runs if args.full else 3)


main()
