# on: none
# Without a daemon, llb says where it looked and what would help: exit code 3.
mkdir p
cat >p/build.llb <<'END'
llb 1
target default {
    mkfile "/f" "x"
}
END
expect 3 "$LLB" build -f p/build.llb
has "$err" "/run/buildkit/buildkitd.sock"
has "$err" "docker.sock"
has "$err" "llb engine start"

# A variable is final: it is named, and nothing else is tried.
expect 3 env BUILDKIT_HOST=unix:///nowhere/sock "$LLB" build -f p/build.llb
has "$err" BUILDKIT_HOST
has "$err" /nowhere/sock
expect 3 "$LLB" build -f p/build.llb --addr unix:///nowhere/sock
has "$err" /nowhere/sock
expect 2 "$LLB" build -f p/build.llb --addr nonsense
has "$err" nonsense

# The default socket is found by itself.
start_buildkit "$T/e"
mkdir -p /run/buildkit
ln -s "$T/e/sock" /run/buildkit/buildkitd.sock
expect 0 "$LLB" build -f p/build.llb -o out
is out/f x
rm -r /run/buildkit
stop "$pid"
