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

# A hangup that nohup made the command ignore stays ignored.
(
    trap '' HUP
    exec env --default-signal=INT "$LLB" build --no-cache -f p/build.llb \
        >"$out" 2>"$err" </dev/null
) &
build=$!
wait_for 30 running "sleep 98765" || fail "the step did not start again"
kill -HUP "$build"
sleep 1
! dead "$build" || fail "a hangup that was to be ignored ends it"
kill -INT "$build"
code=0
wait "$build" || code=$?
[ $code = 130 ] || fail "exit code $code, not 130, after a hangup"

# A second Ctrl-C ends it even when nobody reads what it says.
python3 - "$LLB" >"$out" 2>"$err" <<'END' || fail "no second Ctrl-C"
import fcntl, os, signal, subprocess, sys, time
r, w = os.pipe()
flags = fcntl.fcntl(w, fcntl.F_GETFL)
fcntl.fcntl(w, fcntl.F_SETFL, flags | os.O_NONBLOCK)
for size in 4096, 1:
    try:
        while True:
            os.write(w, b"x" * size)
    except BlockingIOError:
        pass
fcntl.fcntl(w, fcntl.F_SETFL, flags)
p = subprocess.Popen(["env", "--default-signal=INT", sys.argv[1], "build",
                      "--no-cache", "-f", "p/build.llb"],
                     stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                     stderr=w)
for seconds in 2, 1:
    time.sleep(seconds)
    p.send_signal(signal.SIGINT)
try:
    sys.exit(p.wait(5) not in (130, -signal.SIGINT))
except subprocess.TimeoutExpired:
    p.kill()
    sys.exit("it does not end")
END
wait_for 5 gone_step || fail "the step outlives the second Ctrl-C"
