# Filesystems from layouts and definitions of the project, and the copies that
# Dockerfiles know as --parents and --link.
mkdir -p p/a/b p/deep
echo c >p/a/b/c
echo d >p/a/d.txt
cat >p/made.llb <<'END'
llb 1
target made {
    mkfile "/made" "by a definition"
    env MADE="yes"
    workdir "/w"
}
END
expect 0 "$LLB" compile -f p/made.llb --no-resolve --build-platform linux/amd64 \
    -o p/made.pb
cat >p/build.llb <<'END'
llb 1
target compiled {
    copy definition("made.pb") "made" "/1"
    copy llb_build(local("."), file="made.pb") "made" "/2"
}
target layout {
    from oci_layout("layout")
    mkfile "/env" env_of("MADE")
}
target parents {
    copy local(".") "a/**/c" "a/./d.txt" "/x/" parents=true
}
target missing { copy local(".") "a/none" "/x/" parents=true }
target linked {
    mkfile "/below" "below"
    copy local(".") "a/d.txt" "/below2/" link=true chown="3:4"
}
END
expect 0 "$LLB" build -f p/build.llb compiled -o compiled
is compiled/1 "by a definition"
is compiled/2 "by a definition"

if [ "$ENGINE" = docker ]; then # BuildKit 0.8 knows neither of the rest
    for t in parents linked; do
        expect 1 "$LLB" build -f p/build.llb $t -o out
        has "$err" "needs"
    done
    exit 0
fi
expect 0 "$LLB" build -f p/made.llb -o type=oci,tar=false,dest=p/layout,name=example.org/m:1
expect 0 "$LLB" build -f p/build.llb layout -o out
is out/made "by a definition"
is out/env yes
if [ "$BUILDKIT" -lt 26 ]; then
    for t in parents missing; do
        expect 1 "$LLB" build -f p/build.llb $t -o out
        has "$err" "needs BuildKit v0.26"
    done
    exit 0
fi
expect 0 "$LLB" build -f p/build.llb parents -o parents
is parents/x/a/b/c c
is parents/x/d.txt d
[ "$(find parents -type f | wc -l)" = 2 ] || fail "$(find parents)"
expect 1 "$LLB" build -f p/build.llb missing -o out2
has "$err" "build.llb:13"
expect 0 "$LLB" build -f p/build.llb linked -o type=tar,dest=linked.tar
tar tvf linked.tar | grep -q '3/4 .*below2/d.txt' || fail "$(tar tvf linked.tar)"
tar tf linked.tar | grep -qx below || fail "$(tar tf linked.tar)"
