# A C program runs many builds at once: each ends in its own way, one that
# takes too long is cancelled by itself, and Ctrl-C cancels all that are left.
many=$(dirname "$LLB")/examples/many
[ -x "$many" ] || fail "there is no $many: build the target example_many"
mkdir folder
cp "$BASE" folder/base.tar

expect 1 "$many" folder 120 'echo a; exit 7' true 'sleep 1' 'sleep 0.5; false'
has "$out" "echo a; exit 7: failed"
has "$out" "true: done"
has "$out" "sleep 1: done"
has "$out" "sleep 0.5; false: failed"

expect 1 "$many" folder 3 'sleep 23456' 'echo quick'
has "$out" "sleep 23456: took too long"
has "$out" "echo quick: done"
gone_step() { ! running "sleep $1"; }
wait_for 5 gone_step 23456 || fail "the cancelled step is still running"

# Twenty that stand still, and one signal. The numbers are the shell's to make,
# so that the command line of the program has not got them.
set --
for i in $(seq 20); do set -- "$@" "sleep \$((34510 + $i))"; done
env --default-signal=INT "$many" folder 120 "$@" >"$out" 2>"$err" </dev/null &
builds=$!
wait_for 60 running "sleep 34530" || fail "the steps did not start"
kill -INT "$builds"
code=0
wait "$builds" || code=$?
[ $code = 1 ] || fail "exit code $code"
[ "$(grep -c "^sleep .*: cancelled" "$out")" = 20 ] || fail "not cancelled"
for i in $(seq 20); do
    wait_for 5 gone_step "345$((i + 10))" || fail "step $i is still running"
done
LLB_ADDR=unix:///nowhere.sock expect 3 "$many" folder 1 true
has "$err" nowhere.sock
