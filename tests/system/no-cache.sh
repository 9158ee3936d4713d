# on: buildkit
# --no-cache runs all steps again, --no-cache-filter those of one target or of
# one stage.
project p <<'END'
def made(name: string) {
    from base()
    run "head -c 8 /proc/sys/kernel/random/uuid >/made; echo ${name}"
}

target one {
    from made("one")
    export local("one")
}

target two {
    from made("two")
    export local("two")
}
END
build() { expect 0 "$LLB" build -f p/build.llb one two "$@"; }
# again WHICH: those that differ from before
again() {
    got=
    for t in one two; do
        cmp -s p/$t/made was/$t || got="$got$t "
        cp p/$t/made was/$t
    done
    [ "$got" = "$1" ] || fail "made again: $got, not $1"
}
mkdir was
build
again "one two "
build
again ""
build --no-cache
again "one two "
build --no-cache-filter two
again "two "
expect 2 "$LLB" build -f p/build.llb one --no-cache-filter two
has "$err" "--no-cache-filter two: that is no target of this build"

cat >p/Dockerfile <<'END'
FROM scratch AS base
ADD base.tar /
ENV PATH=/bin
FROM base AS a
RUN head -c 8 /proc/sys/kernel/random/uuid >/made
FROM base AS b
RUN head -c 8 /proc/sys/kernel/random/uuid >/made; :
FROM scratch
COPY --from=a /made /a
COPY --from=b /made /b
END
stages() {
    expect 0 "$LLB" build -f p/Dockerfile --context context=p -o "$@"
}
stages first
stages second --no-cache-filter b
cmp first/a second/a || fail "a was made again"
! cmp -s first/b second/b || fail "b was not made again"
