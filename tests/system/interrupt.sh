# Ctrl-C: the build ends with 130 at once, and the step in the daemon with it.
project p <<'END'
target default {
    from base()
    run "sleep 98765"
}
END
env --default-signal=INT "$LLB" build -f p/build.llb -o out \
    >"$out" 2>"$err" </dev/null &
build=$!
wait_for 30 running "sleep 98765" || fail "the step did not start"
kill -INT "$build"
wait_for 3 dead "$build" || fail "it does not stop within 3 seconds"
code=0
wait "$build" || code=$?
[ $code = 130 ] || fail "exit code $code, not 130"
gone_step() { ! running "sleep 98765"; }
wait_for 5 gone_step || fail "the step is still running"
gone out/bin

# Also while nothing happens but waiting for a daemon that says nothing.
python3 - "$T/mute" <<'END' &
import socket, sys, time
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen(8)
time.sleep(60)
END
mute=$!
wait_for 5 test -S mute
env --default-signal=INT "$LLB" build --addr "unix://$T/mute" -f p/build.llb \
    >"$out" 2>"$err" </dev/null &
build=$!
sleep 1
kill -INT "$build"
code=0
wait "$build" || code=$?
kill "$mute"
[ $code = 130 ] || fail "exit code $code, not 130, at a mute daemon"
