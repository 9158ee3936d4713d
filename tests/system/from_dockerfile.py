"""Builds each pair of docs/from-dockerfile.md both ways and compares.

usage: from_dockerfile.py PAGE [NAME...]

A pair is what stands below one heading: a dockerfile block and an llb block,
and perhaps the options of both as an "llb build" line. What comes out are the
files (names, kinds, modes, owners, sizes, contents) and the image config.
"""

import json
import os
import re
import subprocess
import sys
import tarfile

LLB = os.environ["LLB"]

# What no engine here can run. The page says so below the same headings.
EXEMPT = {"# syntax=", "RUN --device"}

# Instructions and flags that a pair must show, so that none is forgotten.
SHOWN = """
# syntax=; # check=; # escape=
ADD; ADD --checksum=; ADD --chmod=; ADD --chown=; ADD --exclude=
ADD --keep-git-dir=; ADD --link; ADD --unpack=; ARG; CMD; COPY
COPY --chmod=; COPY --chown=; COPY --exclude=; COPY --from=; COPY --link
COPY --parents; ENTRYPOINT; ENV; EXPOSE; FROM; FROM --platform=; HEALTHCHECK
HEALTHCHECK --interval=; LABEL; MAINTAINER; ONBUILD; RUN; RUN --device=
RUN --mount=type=bind; RUN --mount=type=cache; RUN --mount=type=secret
RUN --mount=type=ssh; RUN --mount=type=tmpfs; RUN --network=
RUN --security=; SHELL; STOPSIGNAL; USER; VOLUME; WORKDIR; RUN <<; COPY <<
"""

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


class Pair:
    def __init__(self, name, text):
        blocks = BLOCK.findall(text)
        self.name = name
        self.exempt = "*Not built by the test:" in text
        self.files = {kind: body for kind, body in blocks if kind != "sh"}
        lines = [x for kind, body in blocks if kind == "sh" for x in body.splitlines()]
        options = [line.replace("-f Dockerfile", "").split()[2:] for line in lines]
        options = options or [[]]
        self.options = {"build.llb": options[-1], "Dockerfile": options[0]}

    def dockerfile(self):
        body = self.files["dockerfile"]
        if re.search("^FROM ", body, re.M):
            return body
        head = re.match("(ARG [A-Z]+=.*\n(?=\n))?", body).group()
        return head + "FROM debian:12-slim\n" + body[len(head) :]

    def llb(self):
        body = self.files["llb"]
        if re.search("^target ", body, re.M):
            return body
        lines = "".join(f"    {x}" if x.strip() else x for x in body.splitlines(True))
        return f'target default {{\n    from image("debian:12-slim")\n{lines}}}\n'


def pairs_of(page):
    parts = re.split(r"^(#{2,3}) (.*)\n", page, flags=re.M)
    sections = zip(parts[1::3], parts[2::3], parts[3::3])
    return [Pair(name, text) for level, name, text in sections if level == "###"]


def build(pair, file, to):
    command = [LLB, "build", "-f", file, *pair.options[file], "--progress", "plain"]
    command += ["-o", f"type=tar,dest={to}.tar", "-o", f"type=oci,dest={to}.oci"]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        return f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}"
    if "warning" in done.stderr:
        return done.stderr
    return None


def kept(member):
    """What a member of the tar is, but for its time."""
    kind = {tarfile.DIRTYPE: "d", tarfile.SYMTYPE: "l", tarfile.LNKTYPE: "h"}
    return (kind.get(member.type, member.type), oct(member.mode), member.uid, member.gid)


def tree(name):
    with tarfile.open(name) as tar:
        result = {}
        for m in tar:
            content = tar.extractfile(m).read() if m.isreg() else m.linkname
            result[m.name.rstrip("/")] = (*kept(m), content)
        return result


def config(name):
    with tarfile.open(name) as tar:

        def blob(descriptor):
            path = "blobs/" + descriptor["digest"].replace(":", "/")
            return json.load(tar.extractfile(path))

        index = json.load(tar.extractfile("index.json"))
        image = blob(blob(index["manifests"][0])["config"])
    # How it was made, and a word of Windows; the order of variables says nothing.
    for unlike in ("history", "rootfs", "created"):
        image.pop(unlike, None)
    image["config"].pop("ArgsEscaped", None)
    image["config"].get("Env", []).sort()
    return image


def differences(a, b):
    for key in sorted(a.keys() | b.keys()):
        if a.get(key) != b.get(key):
            yield f"{key}: {a.get(key, 'missing')!r:.300} {b.get(key, 'missing')!r:.300}"


def judge(pair):
    """What is wrong with a pair, or nothing."""
    with open(".dockerignore", "w", encoding="utf-8") as file:
        file.write(pair.files.get("dockerignore", ""))
    if "dockerignore" not in pair.files:
        os.unlink(".dockerignore")
    with open("Dockerfile", "w", encoding="utf-8") as file:
        file.write(pair.dockerfile())
    with open("build.llb", "w", encoding="utf-8") as file:
        file.write(pair.llb())
    layout = subprocess.run(
        [LLB, "fmt", "--diff", "build.llb"], capture_output=True, text=True, check=False
    )
    if layout.stdout or layout.returncode:
        return layout.stdout + layout.stderr
    if pair.exempt:
        check = [LLB, "compile", "--no-resolve", "-o", "../x.pb"]
        done = subprocess.run(check, capture_output=True, text=True, check=False)
        return done.stderr if done.returncode else None
    wrong = build(pair, "Dockerfile", "../one") or build(pair, "build.llb", "../two")
    if wrong:
        return wrong
    wrong = [*differences(tree("../one.tar"), tree("../two.tar"))]
    wrong += differences(config("../one.oci"), config("../two.oci"))
    if not tree("../one.tar"):
        wrong.append("nothing comes out")
    return "\n".join(wrong)


def missing(pairs):
    """What is to be shown and is not, and exemptions that do not agree."""
    for pair in pairs:
        for kind in {"dockerfile", "llb"} - pair.files.keys():
            yield f"{pair.name}: no {kind} block"
    pairs = [p for p in pairs if "dockerfile" in p.files]
    text = "\n".join(p.files["dockerfile"] for p in pairs).replace("\\\n", " ")
    for item in re.split(r"[;\n]", SHOWN.strip()):
        word, _, flag = item.strip().partition(" ")
        pattern = f"^{re.escape(word)} (.* )?{re.escape(flag)}"
        if not re.search(pattern, text, re.M):
            yield f"no pair shows {item.strip()}"
    for name in {p.name for p in pairs if p.exempt} ^ EXEMPT:
        yield f"{name}: page and test do not agree on whether it is built"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        page = file.read()
    pairs = pairs_of(page)
    wrong = list(missing(pairs))
    for pair in [] if wrong else pairs:
        if sys.argv[2:] and pair.name not in sys.argv[2:]:
            continue
        found = judge(pair)
        if found:
            wrong.append(f"--- {pair.name}\n{found}")
    print("\n".join(wrong) or f"{len(pairs)} pairs")
    sys.exit(bool(wrong))


main()
