#!/usr/bin/env python3
"""Makes the syntax files of editors from the words of the language.

usage: editors/make.py LLB [FOLDER]

Keywords come from grammar/llb.y and built-ins from "LLB help --json". Writes
llb.tmLanguage.json (Visual Studio Code, Sublime Text, JetBrains and others)
and vim/syntax/llb.vim into FOLDER, which is this one unless it is given.
"""

import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

# Words without a token or row of their own.
VALUES = ["build_platform", "here", "platform"]
TYPES = ["bool", "fs", "int", "mounts", "platform", "string"]
TRUTH = ["false", "true"]


def words(llb):
    """The words of each kind, sorted."""
    with open(os.path.join(HERE, "../grammar/llb.y"), encoding="utf-8") as file:
        keywords = set(re.findall(r"\bKW_\w+ \"`(\w+)`\"", file.read()))
    shown = subprocess.run([llb, "help", "--json"], capture_output=True, check=True)
    built_ins = json.loads(shown.stdout)

    def names(*roles):
        return sorted({b["name"] for b in built_ins if b["role"] in roles})

    return {
        "keyword": sorted(keywords - set(TRUTH)),
        "step": names("step", "run"),
        "function": names("function", "exporter", "cache"),
    }


def one_of(names):
    return "(?:" + "|".join(names) + ")"


# --- TextMate ---------------------------------------------------------------

# Where a statement starts: patterns that look back have a fixed width.
HEAD = r"(?:^\s*|(?<=[{;])|(?<=[{;] ))"
NOT_MEMBER = r"(?<![\w.])"


def rule(scope, match):
    return {"name": scope + ".llb", "match": match}


def text(scope, quotes, *inside):
    return {
        "name": scope + ".llb",
        "begin": quotes,
        "end": quotes,
        "patterns": [{"include": "#" + name} for name in inside],
    }


def textmate(of):
    declared = {
        "match": r"\b(def|target|group)(?!=)\s+(\w+)",
        "captures": {
            "1": {"name": "keyword.control.llb"},
            "2": {"name": "entity.name.function.llb"},
        },
    }
    step = {
        "match": HEAD + f"({one_of(of['step'])})" + r"\b(?![=:])",
        "captures": {"1": {"name": "support.function.step.llb"}},
    }
    code = [
        rule("comment.line.documentation", r"(?<!#)##(?!#)[ \t]+\S.*$"),
        rule("comment.line.number-sign", r"#.*$"),
        {"include": "#strings"},
        rule("variable.parameter", r"\b[A-Za-z_]\w*(?==(?!=))"),
        rule("constant.numeric", r"\b(?:0x[0-9A-Fa-f]+|0o[0-7]+|[0-9]+)\b"),
        declared,
        step,
        rule(
            "storage.type",
            rf"(?<=: ){one_of(TYPES)}\b|(?<=-> ){one_of(TYPES)}\b"
            rf"|(?<=[\[{{]){one_of(TYPES)}(?=[\]}}])",
        ),
        rule("keyword.control", NOT_MEMBER + one_of(of["keyword"]) + r"\b"),
        rule("support.function.builtin", NOT_MEMBER + one_of(of["function"]) + r"(?=\()"),
        rule("constant.language", NOT_MEMBER + one_of(VALUES + TRUTH) + r"\b(?!\()"),
        {"include": "#braces"},
    ]
    return {
        "$schema": "https://raw.githubusercontent.com/martinring/tmlanguage/master/"
        "tmlanguage.json",
        "name": "llb",
        "scopeName": "source.llb",
        "fileTypes": ["llb"],
        "patterns": [{"include": "#code"}],
        "repository": {
            "code": {"patterns": code},
            # Braces in "${ }" have to be counted, to find its end.
            "braces": {
                "begin": r"\{",
                "end": r"\}",
                "patterns": [{"include": "#code"}],
            },
            "strings": {
                "patterns": [
                    text("string.quoted.triple", '"""', "inserted"),
                    text("string.quoted.triple", "'''"),
                    text("string.quoted.double", '"', "escape", "inserted"),
                    rule("string.quoted.single", "'[^']*'"),
                ]
            },
            "escape": rule("constant.character.escape", r"\\(?:u\{[0-9A-Fa-f]*\}|.)"),
            "inserted": {
                "patterns": [
                    rule("constant.character.escape", r"\$\$\{"),
                    {
                        "begin": r"\$\{",
                        "end": r"\}",
                        "beginCaptures": {
                            "0": {"name": "punctuation.section.interpolation.llb"}
                        },
                        "endCaptures": {
                            "0": {"name": "punctuation.section.interpolation.llb"}
                        },
                        "contentName": "meta.interpolation.llb",
                        "patterns": [{"include": "#code"}],
                    },
                ]
            },
        },
    }


# --- vim --------------------------------------------------------------------

VIM = r"""" Syntax of llb build files. Made by editors/make.py: change that.
if exists("b:current_syntax")
  finish
endif

syn match llbKeyword "\.\@1<!\<\%(@KEYWORD@\)\>"
syn match llbConstant "\.\@1<!\<\%(@CONSTANT@\)\>(\@!"
syn match llbFunction "\.\@1<!\<\%(@FUNCTION@\)\ze("
syn match llbType "\%(\%(: \|-> \)\@3<=\%(@TYPE@\)\>\|[[{]\@1<=\%(@TYPE@\)[]}]\@=\)"
syn match llbStep "\%(^\s*\|[{;] \=\)\@20<=\%(@STEP@\)\>[=:]\@!"
syn match llbNumber "\<\%(0x\x\+\|0o\o\+\|\d\+\)\>"
syn match llbOption "\<\h\w*\ze==\@!"
syn match llbName "\%(\<\%(def\|target\|group\)\s\+\)\@20<=\w\+"
syn match llbEscape contained "\\\%(u{\x*}\|.\)"
syn match llbDollar contained "\$\${"
syn region llbMap transparent start="{" end="}" contains=TOP
syn region llbInside contained matchgroup=llbInterp start="\${" end="}" contains=TOP
syn region llbString start=+"+ end=+"+ oneline contains=llbEscape,llbDollar,llbInside
syn region llbString start=+'+ end=+'+ oneline
syn region llbString start=+\"\"\"+ end=+\"\"\"+ contains=llbDollar,llbInside
syn region llbString start=+'''+ end=+'''+
syn match llbComment "#.*$"
syn match llbDoc "#\@1<!##\s\+\S.*$"
syn sync fromstart

hi def link llbKeyword Keyword
hi def link llbConstant Constant
hi def link llbFunction Function
hi def link llbType Type
hi def link llbStep Statement
hi def link llbName Identifier
hi def link llbNumber Number
hi def link llbOption Label
hi def link llbEscape SpecialChar
hi def link llbDollar SpecialChar
hi def link llbInterp Delimiter
hi def link llbString String
hi def link llbComment Comment
hi def link llbDoc SpecialComment

let b:current_syntax = "llb"
"""


def vim(of):
    lists = {**of, "constant": VALUES + TRUTH, "type": TYPES}
    made = VIM
    for kind, names in lists.items():
        made = made.replace(f"@{kind.upper()}@", r"\|".join(names))
    return made


def write(folder, name, content):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(content)


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    folder = sys.argv[2] if len(sys.argv) == 3 else HERE
    of = words(sys.argv[1])
    grammar = json.dumps(textmate(of), indent=2) + "\n"
    write(folder, "llb.tmLanguage.json", grammar)
    write(folder, "vim/syntax/llb.vim", vim(of))


main()
