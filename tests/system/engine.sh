# on: none
# The private engine: starts, is found, builds, says what network steps get,
# stops, and leaves nothing but its cache. Both kinds.
project p <<'END'
target default {
    from base()
    run "ls /sys/class/net >/f" network="none"
    copy here "f" "/g"
}

target usual {
    from base()
    run "echo unset"
}
END
for kind in buildkitd dockerd; do
    program=$(command -v $kind)
    expect 3 "$LLB" engine status
    expect 0 "$LLB" engine start --binary "$program" --data "$T/data"
    has "$err" network
    expect 0 "$LLB" engine start --binary "$program" --data "$T/data"
    expect 0 "$LLB" engine status --json
    addr=$(jq -r .. "$out" | grep '^unix://') || fail "no address"
    # Found without being named, since nothing else is there.
    expect 0 "$LLB" build -f p/build.llb -o out-$kind
    is out-$kind/g lo
    if [ $kind = dockerd ]; then
        # No bridge was made, so a step without network= has none: said so,
        # with the way out.
        expect 1 "$LLB" build -f p/build.llb usual
        has "$err" "--network-default"
        expect 0 "$LLB" build -f p/build.llb usual --network-default none
    else
        expect 0 "$LLB" build -f p/build.llb usual
    fi
    expect 0 "$LLB" info --addr "$addr"
    expect 0 "$LLB" engine stop --purge
    expect 3 "$LLB" engine status
    ! running "$T/data" || fail "a process of the engine still runs"
    left=$(find /run/llb "$T/data" 2>/dev/null || true)
    [ -z "$left" ] || fail "left behind: $left"
    ! grep -q "$T" /proc/self/mountinfo || fail "mounts left behind"
done
expect 0 "$LLB" engine stop
