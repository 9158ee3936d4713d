# on: none
# Daemons behind helper programs: the command lines are buildctl's, and a
# helper that does not do its work is an error that has its words.
mkdir bin
cat >bin/helper <<'PLAYED'
#!/bin/sh
# Stands in for docker, ssh and the others: notes its arguments, then brings
# its caller to a real daemon, as they would.
{
    printf '%s' "${0##*/}"
    printf '|%s' "$@"
    echo
} >>"$T/argv"
exec buildctl --addr "unix://$T/e/sock" dial-stdio
PLAYED
chmod +x bin/helper
for name in docker podman nerdctl kubectl ssh; do
    ln -s helper bin/$name
done
PATH=$T/bin:$PATH
start_buildkit "$T/e"
project p <<'PLAYED'
target default {
    copy local(".", include=["f"]) "f" "/f"
}
target slow {
    from base()
    run "sleep 60"
}
PLAYED
echo content >p/f

# reach ADDRESS ARGV: files go there and back, by that command line, which is
# run once for all that a build does.
reach() {
    rm -rf out argv
    expect 0 "$LLB" build -f p/build.llb -o out --addr "$1"
    is out/f content
    is argv "$2"
}
reach docker-container://b 'docker|exec|-i|b|buildctl|dial-stdio'
reach 'docker-container://b?context=c' \
    'docker|--context=c|exec|-i|b|buildctl|dial-stdio'
reach podman-container://b 'podman|exec|-i|b|buildctl|dial-stdio'
reach 'nerdctl-container://b?namespace=n' \
    'nerdctl|exec|--namespace|n|-i|b|buildctl|dial-stdio'
kube='kubectl|--context=|--namespace=n|exec|--container=c|-i|b|--'
reach 'kube-pod://b?namespace=n&container=c' "$kube|buildctl|dial-stdio"
reach ssh://me@h:22/run/s \
    'ssh|-l|me|-p|22|--|h|buildctl|--addr|unix:///run/s|dial-stdio'
BUILDKIT_HOST=podman-container://b expect 0 "$LLB" info
has "$out" buildkitd
# It ends with its caller.
not_running_helper() { ! running "unix://$T/e/sock dial-stdio"; }
wait_for 5 not_running_helper || fail "a helper was left behind"

# play SCRIPT: docker does that instead.
play() {
    rm -f bin/docker
    printf '#!/bin/sh\n%s\n' "$1" >bin/docker
    chmod +x bin/docker
}
build() {
    expect 3 timeout 60 "$LLB" build -f p/build.llb --addr docker-container://b
    has "$err" "docker-container://b"
    has "$err" "comes from --addr"
}
play 'echo "no such container: b" >&2; exit 7'
build
has "$err" "docker exited with code 7: no such container: b"

play 'printf "one\ntwo \033[31mred\n" >&2; exit 1'
build
has "$err" "one; two ?[31mred"

play 'head -c 1000000 /dev/zero | tr "\0" x >&2; exit 1'
build
[ "$(wc -c <"$err")" -lt 1500 ] || fail "too much of it is shown"

play 'exit 0'
build
has "$err" "docker exited with code 0"

play 'kill -9 $$'
build
has "$err" "docker was ended by signal 9"

play 'echo "Welcome to b! Be nice to everybody, please."; cat >/dev/null'
build
has "$err" "brought \"Welcome to b!"

# It may hang and not listen to TERM either.
play 'trap "" TERM; echo $$ >"$T/helper.pid"; echo hm >&2
while :; do sleep 1; done'
build
has "$err" "waiting for a daemon to answer"
has "$err" "docker says: hm"
dead "$(cat helper.pid)" || fail "the helper lives"

# Who does not want to wait for it leaves at once, and it ends too.
rm -f helper.pid
play 'echo $$ >"$T/helper.pid"; exec cat >/dev/null'
"$LLB" build -f p/build.llb --addr docker-container://b >"$out" 2>"$err" &
build=$!
wait_for 10 test -s helper.pid || fail "the helper does not start"
kill -TERM "$build"
code=0
wait "$build" || code=$?
[ $code = 143 ] || fail "exit code $code"
wait_for 5 dead "$(cat helper.pid)" || fail "the helper lives"

rm bin/docker
mv bin/podman bin/other
expect 3 "$LLB" build -f p/build.llb --addr podman-container://b
has "$err" "\"podman\""
has "$err" "is not on PATH"

# It dies in the middle of a build.
play 'echo "connection to b was lost" >&2
echo $$ >"$T/helper.pid"; exec buildctl --addr "unix://$T/e/sock" dial-stdio'
"$LLB" build -f p/build.llb slow --addr docker-container://b >"$out" 2>"$err" &
build=$!
wait_for 20 grep -q "sleep 60" "$err" || fail "the build does not start"
kill -9 "$(cat helper.pid)"
code=0
wait "$build" || code=$?
[ $code = 3 ] || fail "exit code $code"
has "$err" "lost the daemon"
has "$err" "docker was ended by signal 9: connection to b was lost"
stop "$pid"
