"""Runs commands side by side and compares their medians."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time


def options(runs=15, full=False):
    """What a suite was told; full: it has sizes that only --full measures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--runs", type=int, default=runs)
    if full:
        parser.add_argument("--full", action="store_true")
    args = parser.parse_args()
    if args.runs < 5:
        parser.error("a median needs at least 5 runs")
    return args


class Command:
    """A program with its arguments, and what each run of it took."""

    def __init__(self, argv, stdin=None, cwd=None, env=None):
        self.argv, self.stdin, self.cwd, self.env = argv, stdin, cwd, env
        self.ms, self.mib = [], []

    def run(self, wrapper=()):
        """Milliseconds that one run took, and what it wrote."""
        with open(self.stdin or os.devnull, "rb") as stdin:
            start = time.monotonic()
            done = subprocess.run(
                list(wrapper) + self.argv, stdin=stdin, cwd=self.cwd,
                env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            took = time.monotonic() - start
        if done.returncode != 0:
            sys.exit("bench: %s failed:\n%s" % (
                " ".join(self.argv), done.stdout.decode("utf-8", "replace")))
        return took * 1000, done.stdout

    def peak(self):
        """Peak memory of one run in MiB. A small program has to start it:
        what a child of ours reports includes Python before the exec."""
        _, output = self.run(["/usr/bin/time", "-f", "%M"])
        return int(output.split()[-1]) / 1024

    def median(self, metric):
        return statistics.median(getattr(self, metric))


def alternate(commands, runs):
    """One run of each that does not count, then `runs` rounds of all."""
    for command in commands:
        command.run()
    for _ in range(runs):
        for command in commands:
            command.ms.append(command.run()[0])
    for _ in range(5):
        for command in commands:
            command.mib.append(command.peak())


def digits(number):
    """Decimals to show: small numbers need more of them."""
    return 1 if number >= 10 else 3


class Report:
    """A table for people, or one JSON object a line for programs."""

    def __init__(self, suite, as_json):
        self.suite, self.as_json = suite, as_json
        if not as_json:
            print("%-34s %-7s %-5s %10s %10s %7s"
                  % ("suite " + suite, "", "unit", "ours", "theirs", "ratio"))

    def row(self, case, metric, unit, ours, theirs):
        ratio = theirs / ours
        if self.as_json:
            print(json.dumps({
                "suite": self.suite, "case": case, "metric": metric,
                "unit": unit, "ours": round(ours, 3),
                "theirs": round(theirs, 3), "ratio": round(ratio, 3)}))
        else:
            print("%-34s %-7s %-5s %10.*f %10.*f %7.2f"
                  % (case, metric, unit, digits(ours), ours, digits(theirs),
                     theirs, ratio))
        sys.stdout.flush()

    def compare(self, case, ours, theirs):
        self.row(case, "time", "ms", ours.median("ms"), theirs.median("ms"))
        self.row(case, "memory", "MiB", ours.median("mib"),
                 theirs.median("mib"))
