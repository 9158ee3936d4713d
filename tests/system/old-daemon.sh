# on: docker
# Debian's dockerd 20.10 has BuildKit 0.8. What it cannot do is refused before
# anything is sent, by name and by place; what it can do works.
[ "$BUILDKIT" -lt 9 ] || skip "this daemon is younger"
project p <<'PLAYED'
target merged {
    from merge(base(), folder())
}
target copied {
    copy local("f") "/" "/" exclude=["*.o"]
}
target linked {
    symlink "f" "/g"
}
target limited {
    from base()
    ulimit "nofile" 100
    run "true" network="none"
}
target moded {
    copy local("f") "/" "/" chmod="u+x"
}
target plain {
    copy local("f") "/" "/"
}
def folder() {
    from scratch()
    mkdir "/d"
}
PLAYED
mkdir p/f
echo object >p/f/a.o
echo source >p/f/a.c

# refused TARGET LINE WHAT SINCE
refused() {
    expect 1 "$LLB" build -f p/build.llb "$1" -o out
    has "$err" "build.llb:$2: "
    has "$err" "this daemon cannot $3 (needs BuildKit $4"
    gone out
}
refused merged 11 "merge filesystems" v0.10
refused copied 14 "copy by include and exclude patterns" v0.9
refused linked 17 "make symlinks without a step" v0.19
refused limited 22 "set a step's ulimits" v0.10
refused moded 25 "copy with a symbolic mode" v0.17
expect 0 "$LLB" build -f p/build.llb plain -o out
is out/a.c source
is out/a.o object
# What is compiled elsewhere is judged as well.
"$LLB" compile -f p/build.llb copied >d.pb 2>"$err" || fail "compile"
expect 1 "$LLB" solve d.pb --local f=p/f -o out2
has "$err" "cannot copy by include and exclude patterns"
gone out2
