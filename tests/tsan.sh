#!/bin/sh
# The client's unit tests, and many builds at once on a real buildkitd, under
# ThreadSanitizer. Not in scripts/test by itself, since it builds the client
# anew: scripts/test tsan.
#
# LLB_BUILD=DIR is a finished build of the preset tsan.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
. "$root/scripts/lib.sh"
cd "$root"
passed=0 failed=0 skipped=0
work=$(mktemp -d)
daemon=
leave() {
    [ -z "$daemon" ] || kill "$daemon" 2>/dev/null || true
    [ -z "$daemon" ] || wait "$daemon" || true
    rm -rf "$work"
}
trap leave EXIT
trap 'exit 130' INT TERM HUP
export TSAN_OPTIONS="suppressions=$root/tests/tsan.supp exitcode=66
    ignore_interceptors_accesses=1"

tests=$(ls tests/unit/client/test_*.c | sed 's|.*/|client_|; s|\.c$||')
build=${LLB_BUILD:-build/tsan}
if [ -z "${LLB_BUILD-}" ]; then
    # shellcheck disable=SC2086 # words
    cmake --preset tsan >"$work/log" 2>&1 && cmake --build --preset tsan \
        --target $tests example_many >"$work/log" 2>&1 || {
        tail -n 40 "$work/log"
        exit 1
    }
fi

# holds CODE COMMAND...: one test.
holds() {
    want=$1
    shift
    code=0
    timeout -k 5 300 "$@" >"$work/out" 2>&1 </dev/null || code=$?
    if [ "$code" = "$want" ] && ! grep -q 'WARNING: Thread' "$work/out"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL tsan: ${1##*/}: exit code $code"
        grep -A 20 'WARNING: Thread' "$work/out" | head -n 60 ||
            tail -n 20 "$work/out"
    fi
}
for test in $tests; do
    holds 0 "$build/tests/unit/$test"
done

# The real one, where it may be started.
many() {
    PATH=$(scripts/engines buildkit):$PATH
    mkdir "$work/f"
    scripts/rootfs "$work/f/base.tar"
    : >"$work/conf.toml"
    buildkitd --config "$work/conf.toml" --root "$work/root" --group 0 \
        --addr "unix://$work/s" --otel-socket-path "$work/o" \
        --oci-worker=true --containerd-worker=false --oci-worker-net=host \
        >"$work/daemon" 2>&1 &
    daemon=$!
    for _ in $(seq 100); do
        buildctl --addr "unix://$work/s" debug workers >/dev/null 2>&1 && break
        sleep 0.1
    done
    LLB_ADDR=unix://$work/s holds 1 "$build/examples/many" "$work/f" 5 \
        true true 'echo x; exit 3' 'sleep 1' 'sleep 86420' 'sleep 86421' \
        'seq 10000'
}
if [ "$(id -u)" = 0 ]; then
    many
else
    echo "skip many: buildkitd needs root"
    skipped=1
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
