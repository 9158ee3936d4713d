"""Does what a page says: writes its files, runs its commands, compares.

usage: tutorial.py PAGE

A block that is no command is a file, whose name ends the paragraph above it:
"`main.c`:". "Add" in that paragraph appends. A text block behind commands is
what they print, with "..." for any lines; if an error is in it, the last
command fails.
"""

import re
import subprocess
import sys

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


def alike(shown, printed):
    """Whether the lines are those shown, each "..." being any lines."""
    parts = "\n".join(shown).split("...")
    pattern = r"[\s\S]*".join(re.escape(part) for part in parts)
    return re.fullmatch(pattern, "\n".join(printed) + "\n" * shown[-1:].count("..."))


def run(commands, fails, shown):
    done = subprocess.run(
        ["sh", "-euc", commands],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(f"$ {commands}{done.stdout}")
    if (done.returncode != 0) != fails:
        sys.exit(f"exit code {done.returncode}: {commands}")
    if shown is not None and not alike(shown.splitlines(), done.stdout.splitlines()):
        sys.exit(f"the page shows something else for: {commands}{shown}")


def write(above, content):
    paragraph = above.rstrip().split("\n\n")[-1]
    name = re.search(r"`([\w.-]+)`:$", paragraph)
    if not name:
        sys.exit(f"a block without the name of its file: {content}")
    with open(name[1], "a" if "Add" in paragraph else "w", encoding="utf-8") as file:
        file.write("\n" * ("Add" in paragraph) + content)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        page = file.read()
    blocks = [*BLOCK.finditer(page), None]
    done = set()
    for block, following in zip(blocks, blocks[1:]):
        kind, body = block.groups()
        shown = following[2] if following and following[1] == "text" else None
        if kind == "sh":
            run(body, "error" in (shown or ""), shown)
        elif kind != "text":
            write(page[: block.start()], body)
        done.add(kind)
    if not {"sh", "text", "llb"} <= done:
        sys.exit("the page has no commands, files or output")


main()
