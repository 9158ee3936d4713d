"""The compiler, from the text of a project file to its definition.

Generated files of `run` statements, most of them plain, some with texts put in,
some calls of a function; and a tree of modules, each with steps of its own.
What a statement costs is beside what it costs in the smallest file of the kind
("linear"), beside the goal of 2 microseconds, and beside what BuildKit's own
conversion of a Dockerfile takes for as many RUN lines. `llb compile` of
examples/hello with a lock file is measured as a process, beside the goal of
10 milliseconds.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

import measure

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LLB = os.environ["LLB"]
OURS = os.path.dirname(LLB) + "/bench/llb_compile"
SIZES = [1000, 10000, 100000]
DOCKERFILES = [1000, 10000]
MODULES = 1000
STEPS = 10  # of a module
GOAL_US = 2.0
GOAL_MS = 10.0

HEAD = """llb 1

arg version: string = "1.2.3"
let prefix = "/usr/local"

def package(name: string, revision: int) {
    run "install ${name}-${revision} --prefix=${prefix}"
}

target default {
    from scratch()
"""


def statement(i):
    """Of ten statements seven are plain, two have texts in them, one is a
    call."""
    if i % 10 == 3:
        return '    package("lib%d", %d)\n' % (i, i)
    if i % 10 in (5, 8):
        return '    run "make -C /src/%d VERSION=${version} install"\n' % i
    return '    run "make -C /src/part%d all install"\n' % i


def line(i):
    """The same as a line of a Dockerfile."""
    if i % 10 in (5, 8):
        return "RUN make -C /src/%d VERSION=${VERSION} install\n" % i
    return "RUN make -C /src/part%d all install\n" % i


def write(path, text):
    with open(path, "w") as f:
        f.write(text)
    return path


def write_program(folder, n):
    return write("%s/%d.llb" % (folder, n),
                 HEAD + "".join(map(statement, range(n))) + "}\n")


def write_dockerfile(folder, n):
    return write("%s/%d.Dockerfile" % (folder, n),
                 "FROM scratch\nARG VERSION=1.2.3\n" +
                 "".join(map(line, range(n))))


def write_modules(folder):
    """A tree in which each module imports up to ten others."""
    for i in range(MODULES):
        children = [k for k in range(10 * i + 1, 10 * i + 11) if k < MODULES]
        text = "llb 1\n\n"
        text += "".join('import "m%d.llb" as c%d\n' % (k, k) for k in children)
        text += "\ndef steps() {\n"
        text += "".join('    run "step %d of module %d"\n' % (k, i)
                        for k in range(STEPS))
        text += "".join("    c%d.steps()\n" % k for k in children) + "}\n"
        if i == 0:
            text += "\ntarget default {\n    steps()\n}\n"
        write("%s/m%d.llb" % (folder, i), text)
    return folder + "/m0.llb"


class Side:
    """One program on one file, and what its rounds took."""

    def __init__(self, program, path, n):
        self.argv, self.n = [program, path], n
        self.rounds, self.result = [], None

    def run(self, rounds):
        child = subprocess.run(self.argv + [str(rounds)], text=True,
                               stdout=subprocess.PIPE)
        if child.returncode != 0:
            sys.exit("bench: %s failed" % " ".join(self.argv))
        *lines, self.result = map(json.loads, child.stdout.splitlines())
        # The first round of a process meets cold memory.
        self.rounds += lines[1:] or lines

    def us(self, *keys):
        """Microseconds of a statement."""
        return statistics.median(sum(r[k] for k in keys)
                                 for r in self.rounds) / 1000 / self.n


def go_program(folder):
    """BuildKit's conversion, built; None and the reason where it cannot be."""
    env = dict(os.environ, PATH=os.environ["PATH"] +
               ":/usr/local/go/bin:/usr/lib/go/bin")
    try:
        built = subprocess.run(
            ["go", "build", "-p", "2", "-buildvcs=false", "-o",
             folder + "/dockerfile", "."], cwd=ROOT + "/bench/dockerfile",
            env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True)
    except FileNotFoundError:
        return None, "there is no Go on this machine"
    if built.returncode != 0:
        return None, "Go cannot build it: " + built.stdout.strip()[-300:]
    return folder + "/dockerfile", None


def rounds_of(n):
    return 6 if n <= 1000 else 4 if n <= 10000 else 3


def own(report, folder, runs):
    """Our side alone; processor time, so that others on the machine count for
    neither side."""
    sides = {n: Side(OURS, write_program(folder, n), n) for n in SIZES}
    os.mkdir(folder + "/modules")
    tree = Side(OURS, write_modules(folder + "/modules"), MODULES * STEPS)
    for _ in range(runs):
        for n, side in sides.items():
            side.run(rounds_of(n))
        tree.run(4)
    first = sides[SIZES[0]].us("cpu_ns")
    for n, side in sides.items():
        report.row("run %d" % n, "open", "us", side.us("open_ns"), GOAL_US)
        report.row("run %d" % n, "compile", "us", side.us("compile_ns"),
                   GOAL_US)
        report.row("run %d" % n, "cpu", "us", side.us("cpu_ns"), GOAL_US)
        if n != SIZES[0]:
            report.row("linear/run %d" % n, "cpu", "us", side.us("cpu_ns"),
                       first)
    report.row("modules %d" % MODULES, "cpu", "us", tree.us("cpu_ns"), GOAL_US)
    return sides


def compare(report, program, folder, sides):
    """Beside the Dockerfile frontend, in processes that alternate."""
    for n in DOCKERFILES:
        ours = Side(OURS, sides[n].argv[1], n)
        theirs = Side(program, write_dockerfile(folder, n), n)
        for _ in range(3 if n <= 1000 else 1):
            ours.run(rounds_of(n))
            theirs.run(2)
        report.row("Dockerfile %d" % n, "total", "us",
                   ours.us("open_ns", "compile_ns"), theirs.us("total_ns"))


def process(report, folder, runs):
    """`llb compile` of examples/hello with a lock file, as a process."""
    project = folder + "/hello"
    shutil.copytree(ROOT + "/examples/hello", project,
                    ignore=shutil.ignore_patterns("out", "*.tar"))
    write(project + "/build.lock",
          '{"version": 1,\n "build_platform": "linux/amd64"}\n')
    command = measure.Command(
        [LLB, "compile", "-o", folder + "/hello.pb"], cwd=project)
    measure.alternate([command], max(runs, 15))
    report.row("llb compile examples/hello", "time", "ms",
               command.median("ms"), GOAL_MS)


def main():
    args = measure.options(runs=5)
    report = measure.Report("compiler", args.json)
    with tempfile.TemporaryDirectory(prefix="lb.", dir="/tmp") as folder:
        sides = own(report, folder, args.runs)
        process(report, folder, args.runs)
        program, reason = go_program(folder)
        if program:
            compare(report, program, folder, sides)
        else:
            print("skip the Dockerfile frontend's conversion: " + reason,
                  file=sys.stderr)


main()
