"""What the syntax files of editors/ make of a build file.

usage: colours.py textmate GRAMMAR.json FILE...
       colours.py vim FOLDER FILE...

Prints a line "LINE KIND TEXT" for each run of characters of one kind. For
TextMate this plays what editors do with a grammar, with Python's regular
expressions; vim is asked itself. Files must end in no string or bracket.
"""

import json
import re
import subprocess
import sys
import tempfile

# The kinds by the names of TextMate's scopes, the longest that fits.
SCOPES = {
    "comment.line.documentation": "doc",
    "comment": "comment",
    "string": "string",
    "constant.character.escape": "escape",
    "punctuation.section.interpolation": "interp",
    "keyword": "keyword",
    "storage.type": "type",
    "constant.language": "constant",
    "constant.numeric": "number",
    "variable.parameter": "option",
    "support.function.step": "step",
    "support.function.builtin": "function",
    "entity.name.function": "name",
    "meta.interpolation": None,
}

VIM = """
let out = []
for l in range(1, line("$"))
  for c in range(1, len(getline(l)))
    let name = synIDattr(synID(l, c, 1), "name")
    call add(out, l . " " . c . " " . name)
  endfor
endfor
call writefile(out, $COLOURS)
qa!
"""


class Grammar:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.all = json.load(file)
        self.compiled = {}

    def regex(self, text):
        if text not in self.compiled:
            self.compiled[text] = re.compile(text)
        return self.compiled[text]

    def rules(self, patterns):
        for p in patterns:
            if "include" in p:
                named = self.all["repository"][p["include"][1:]]
                inner = [named] if "match" in named or "begin" in named else None
                yield from self.rules(inner or named["patterns"])
            else:
                yield p

    def next(self, top, line, at):
        """The match that starts first; the end of a rule goes before others."""
        best = None
        if top.get("end"):
            best = self.regex(top["end"]).search(line, at)
        rule = None
        for r in self.rules(top.get("patterns", [])):
            m = self.regex(r.get("match") or r["begin"]).search(line, at)
            if m and (not best or m.start() < best.start()):
                best, rule = m, r
        return best, rule


def kind_of(scope):
    if not scope:
        return None
    found = [s for s in SCOPES if scope == s or scope.startswith(s + ".")]
    if not found:
        sys.exit(f"no kind for the scope {scope}")
    return SCOPES[max(found, key=len)]


def paint(kinds, m, captures, scope):
    if m.end() > m.start() and scope:
        kinds[m.start() : m.end()] = [kind_of(scope)] * (m.end() - m.start())
    for number, capture in (captures or {}).items():
        start, end = m.span(int(number))
        kinds[start:end] = [kind_of(capture["name"])] * (end - start)


def textmate(grammar, lines):
    stack = [grammar.all]
    for line in lines:
        at, kinds = 0, [None] * len(line)
        while at <= len(line):
            top = stack[-1]
            inside = top.get("name") if len(stack) > 1 else None
            m, rule = grammar.next(top, line, at)
            until = m.start() if m else len(line)
            kinds[at:until] = [kind_of(inside)] * (until - at)
            if not m:
                break
            if rule is None:
                paint(kinds, m, top.get("endCaptures"), inside)
                stack.pop()
            elif "match" in rule:
                paint(kinds, m, rule.get("captures"), rule.get("name"))
            else:
                paint(kinds, m, rule.get("beginCaptures"), rule.get("name"))
                stack.append(rule)
            at = m.end() if m.end() > at or rule is None or "begin" in rule else at + 1
        yield kinds
    if len(stack) > 1:
        sys.exit(f"still open at the end: {stack[-1]['begin']}")


def vim(runtime, path, lines):
    with tempfile.TemporaryDirectory() as folder:
        script, out = folder + "/script.vim", folder + "/out"
        with open(script, "w", encoding="utf-8") as file:
            file.write(VIM)
        command = ["vim", "-N", "-u", "NONE", "-i", "NONE", "-n", "-es"]
        command += ["--cmd", f"set rtp^={runtime}", "-c", "syntax on"]
        command += ["-c", f"edit {path}", "-c", f"source {script}"]
        env = {"COLOURS": out, "HOME": folder, "TERM": "xterm", "PATH": "/usr/bin:/bin"}
        subprocess.run(command, env=env, stdin=subprocess.DEVNULL, timeout=60, check=False)
        with open(out, encoding="utf-8") as file:
            told = iter(file.read().splitlines())
        for line in lines:
            kinds = []
            for char in line:  # vim counts bytes
                of = [vim_kind(next(told).split(" ")[2]) for _ in char.encode()]
                kinds.append(of[0])
            yield kinds


def vim_kind(name):
    kind = name.removeprefix("llb").lower()
    return {"": None, "inside": None, "dollar": "escape", "map": None}.get(kind, kind)


def runs(number, line, kinds):
    start = 0
    for i in range(1, len(line) + 1):
        if i < len(line) and kinds[i] == kinds[start]:
            continue
        if kinds[start] and line[start:i].strip():
            yield f"{number} {kinds[start]} {line[start:i].strip()}"
        start = i


def main():
    how, syntax, *files = sys.argv[1:]
    grammar = Grammar(syntax) if how == "textmate" else None
    for path in files:
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
        if grammar:
            painted = textmate(grammar, lines)
        else:
            painted = vim(syntax, path, lines)
        for number, (line, kinds) in enumerate(zip(lines, painted), 1):
            for text in runs(number, line, kinds):
                print(text)


main()
