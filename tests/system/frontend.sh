# A Dockerfile as a value of a build file: the frontend runs while compiling.
mkdir -p p/ctx p/extra
echo hello >p/ctx/greeting
echo more >p/extra/more
cat >p/ctx/Dockerfile <<'END'
FROM scratch AS first
COPY greeting /greeting
ENV FROM_DOCKERFILE=yes
FROM first AS second
ARG WORD=none
COPY greeting /${WORD}
WORKDIR /srv
END
cat >p/build.llb <<'END'
llb 1
target t {
    from dockerfile(local("ctx"), args={WORD: "said"})
    mkfile "/env" env_of("FROM_DOCKERFILE")
    mkfile "here" "x"
}
target stage { from dockerfile(local("ctx"), target="first") }
target wrong { from dockerfile(local("ctx"), target="third") }
target absent { from dockerfile(local("ctx"), file="Nofile") }
target unpinned { from frontend("example.com/front") }
END
expect 0 "$LLB" build -f p/build.llb t -o out
is out/greeting hello
is out/said hello
is out/env yes
is out/srv/here x
expect 0 "$LLB" build -f p/build.llb stage -o stage
is stage/greeting hello
gone stage/none
expect 1 "$LLB" build -f p/build.llb wrong
has "$err" "build.llb:8:"
has "$err" third
expect 1 "$LLB" build -f p/build.llb absent
has "$err" Nofile
expect 1 "$LLB" build -f p/build.llb unpinned
has "$err" "build.llb:10:"
expect 0 "$LLB" check -f p/build.llb t

# Locked, the frontend is not asked again, and what it made stays.
export XDG_CACHE_HOME="$T/cache"
sed -i '/wrong\|absent\|unpinned/d' p/build.llb
expect 0 "$LLB" lock -f p/build.llb --vendor
has "$err" "frontends: 2"
rm -rf cache
expect 0 env LLB_ADDR=unix:///nowhere "$LLB" compile -f p/build.llb t -o t.pb
echo 'COPY greeting /later' >>p/ctx/Dockerfile
echo changed >p/ctx/greeting
expect 0 "$LLB" build -f p/build.llb t -o out2
is out2/said changed
gone out2/srv/later
gone out2/later
expect 0 "$LLB" lock -f p/build.llb --update
expect 0 "$LLB" build -f p/build.llb t -o out3
is out3/later changed
