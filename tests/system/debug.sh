# A terminal in a target, or where it fails; it is put back in any case.
project p <<'END'
target good {
    from base()
    env WHO="nobody" HOME="/"
    workdir "/tmp"
    run "echo made >/made" network="none"
}
target bad {
    from base()
    env MARK="was here"
    run "echo left >/left; exit 5" network="none" {
        mount scratch() "/work"
    }
}
target empty {
    from scratch()
    mkfile "/f" "x"
}
target copies {
    from base()
    copy base() "/nothing" "/"
}
END
# play SCRIPT... -- CODE COMMAND...: at a terminal, by lines of a script.
play() {
    : >script
    while [ "$1" != -- ]; do
        printf '%s\n' "$1" >>script
        shift
    done
    shift
    want=$1
    shift
    code=0
    python3 "$SRC/tests/system/onpty.py" script "$@" >"$out" 2>"$err" ||
        code=$?
    [ "$code" = "$want" ] || fail "exit code $code, not $want: $*"
}
inside='expect in the container'

play "$inside" 'send cat /made; echo $WHO in $PWD; sleep 1; stty size; exit 7\n' -- \
    7 "$LLB" debug -f p/build.llb good
has "$out" "nobody in /tmp"
has "$out" "24 80"

# The window, Ctrl-C for the program and not for us, and the way out.
play "$inside" 'send echo ready; sleep 90\n' 'expect ready' 'send \x03' \
    'size 40 100' 'send sleep 1; stty size; echo o\x6b\n' 'expect 40 100' \
    'send \x10\x11' -- 0 "$LLB" debug -f p/build.llb good --progress quiet
has "$out" left

# A signal ends it, and the terminal is as before.
play "$inside" 'send echo ready; sleep 90\n' 'expect ready' 'kill SIGTERM' -- \
    143 "$LLB" debug -f p/build.llb good

# No shell, no terminal.
play -- 1 "$LLB" debug -f p/build.llb empty
has "$out" "no shell: there is no /bin/sh"
expect 2 "$LLB" debug -f p/build.llb good
has "$err" "needs a terminal"
expect 2 "$LLB" build -f p/build.llb bad --on-error shell
has "$err" "--on-error shell needs a terminal"

# A failure without a shell is one all the same.
play -- 1 "$LLB" debug -f p/build.llb copies
has "$out" "no shell: the step that failed runs no program"

if [ "$ENGINE" = docker ]; then
    play -- 1 "$LLB" build -f p/build.llb bad --on-error shell
    has "$out" "this daemon keeps nothing of a step that failed"
    exit 0
fi
# Where it fails: files, mounts, environment.
play "$inside" 'send cat /left; echo $MARK; ls -d /work; exit 3\n' -- \
    3 "$LLB" debug -f p/build.llb bad
has "$out" "exit code: 5"
has "$out" "was here"
has "$out" "/work"
play "$inside" 'send cat /left; exit\n' -- \
    1 "$LLB" build -f p/build.llb bad --on-error shell -o out
has "$out" left
has "$out" "the build failed"
gone out
play -- 1 "$LLB" build -f p/build.llb copies --on-error shell
has "$out" "runs no program"
expect 0 "$LLB" history --limit 1 --json
jq -e '.[0].status == "error"' "$out" >x || fail "history has another end"

# All is well: the shell is never seen, and the build is as ever.
play -- 0 "$LLB" build -f p/build.llb empty --on-error shell -o out
is out/f x

# Dockerfiles.
cp "$BASE" base.tar
printf 'FROM scratch\nADD base.tar /\nENV PATH=/bin A=b\nRUN echo l >/l; exit 4\n' \
    >Dockerfile
play "$inside" 'send cat /l; echo $A; exit 6\n' -- \
    6 "$LLB" debug -f Dockerfile
has "$out" "Dockerfile:4"
play "$inside" 'send exit\n' -- 1 "$LLB" build -f Dockerfile --on-error shell

# A daemon that dies under a shell.
mkdir dt
export TMPDIR="$T/dt"
start_buildkit "$T/d"
(wait_for 40 running "sleep 4321" && kill_daemon "$pid") &
play "$inside" 'send echo ready; sleep 4321\n' -- \
    3 "$LLB" debug -f p/build.llb good --addr "unix://$T/d/sock"
wait
