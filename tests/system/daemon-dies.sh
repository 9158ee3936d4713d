# The daemon is killed in the middle of a build: exit code 3 and a sentence.
project p <<'END'
target default {
    from base()
    run "sleep 87654"
}
END
# A name of two letters: dockerd's containerd has a long one below it.
"start_$ENGINE" "$T/e"
daemon=$pid
"$LLB" build --addr "unix://$T/e/sock" -f p/build.llb -o out \
    >"$out" 2>"$err" </dev/null &
build=$!
wait_for 30 running "sleep 87654" || fail "the step did not start"
kill_daemon "$daemon"
wait_for 15 dead "$build" || fail "it still waits for a dead daemon"
code=0
wait "$build" || code=$?
[ $code = 3 ] || fail "exit code $code, not 3"
has "$err" "$T/e/sock"
gone out/bin
for proc in /proc/[0-9]*; do
    if tr '\0' ' ' <"$proc/cmdline" 2>/dev/null | grep -qF "sleep 87654"; then
        kill -9 "${proc#/proc/}" 2>/dev/null || true
    fi
done
