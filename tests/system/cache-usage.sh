# What the cache holds, and making room in it; nothing unknown is left alone
# in silence.
project p <<'END'
target default {
    from base()
    run "echo $(cat /proc/uptime) >/f" network="none"
}
END
expect 0 "$LLB" build -f p/build.llb

expect 0 "$LLB" du
has "$out" "local source for ."
has "$out" "can be pruned"
expect 0 "$LLB" du --json
jq -e '.total == ([.records[].size] | add) and .reclaimable <= .total and
    (.records[0] | has("last_used") and has("parents"))' "$out" >x ||
    fail "no such shape"
jq -e '[.records[].created | fromdate? // sub("\\.[0-9]+"; "") | tostring] |
    length > 0' "$out" >x || fail "no times"
expect 0 "$LLB" du --filter type==regular --json
jq -e '.records | length > 0 and all(.type == "regular")' "$out" >x ||
    fail "not only regular ones"
expect 0 "$LLB" du --filter type==regular,type==frontend --json
jq -e '.records == [] and .total == 0' "$out" >x || fail "a comma is no and"
expect 0 "$LLB" du --filter type==source.local --filter type==regular --json
jq -e '[.records[].type] | unique == ["regular", "source.local"]' "$out" >x ||
    fail "two filters are no or"
expect 0 "$LLB" du --filter until=1h --json
jq -e '.records == []' "$out" >x || fail "something here is an hour old"
expect 0 "$LLB" du --filter until=0s --json
jq -e '.records | length > 0' "$out" >x || fail "nothing is older than now"

for wrong in 'id==' 'typ==x' type=regular until=soon; do
    expect 2 "$LLB" du --filter "$wrong"
    has "$err" "--filter $wrong"
    expect 2 "$LLB" prune --filter "$wrong"
done
for wrong in -1 10XB 1e400; do
    expect 2 "$LLB" prune --keep-storage="$wrong"
    has "$err" "--keep-storage $wrong"
done
for wrong in 90 -5m; do
    expect 2 "$LLB" prune --keep-duration="$wrong"
    has "$err" "--keep-duration $wrong"
done

# Without a terminal nothing is asked; what is young or small enough stays.
for keep in --filter=until=24h --keep-duration=24h --keep-storage=100GiB; do
    expect 0 "$LLB" prune "$keep"
    is "$out" "removed nothing"
done
expect 0 "$LLB" prune --filter type==source.local --json
jq -e '.total == ([.records[].size] | add) and (.records | length > 0)' \
    "$out" >x || fail "no such shape"
expect 0 "$LLB" prune --filter until=0s
has "$out" removed
expect 0 "$LLB" du --json
jq -e '[.records[] | select(.type == "regular" and .shared == false and
    .in_use == false)] == []' \
    "$out" >x || fail "something is left"
expect 0 "$LLB" build -f p/build.llb

# What is in use stays.
cat >p/build.llb <<'END'
llb 1

target default {
    from scratch()
    copy local(".", include=["base.tar"]) "base.tar" "/" unpack=true
    env PATH="/bin"
    run "echo here; sleep 60" network="none"
}
END
"$LLB" build -f p/build.llb --no-cache >"$T/o" 2>"$T/e" </dev/null &
build=$!
wait_for 20 grep -q here "$T/e" || fail "it does not run"
expect 0 "$LLB" prune --all
expect 0 "$LLB" du --json
jq -e '[.records[] | select(.in_use)] | length > 0' "$out" >x ||
    fail "what is in use was removed"
kill -INT $build
wait $build || true

expect 0 "$LLB" workers
has "$out" linux/
expect 0 "$LLB" workers --json
jq -e '.[0].platforms | length > 0' "$out" >x || fail "no platforms"
expect 3 "$LLB" du --addr unix:///nowhere
