# time: 300
# A daemon that is gone, goes, is cut off or stands still: exit code 3, its
# address and the reason, no hang, and nothing that looks like a result.
project p <<'END'
target default {
    from base()
    run "head -c 3000000 /dev/urandom >/out/big; echo x >/out/z" {
        mount scratch() "/out" as out
    }
    from out
}
END
build() {
    timeout -k 5 120 "$LLB" build -f p/build.llb "$@" --no-cache \
        >"$out" 2>"$err" </dev/null
}
# lost CODE WHERE DEST
lost() {
    [ "$1" = 3 ] || fail "exit code $1, not 3"
    has "$err" "$2"
    gone "$3"
}

# Killed before: its socket is there, and nobody listens.
"start_$ENGINE" "$T/e"
kill_daemon "$pid"
wait_for 10 dead "$pid"
code=0
build --addr "unix://$T/e/sock" -o before || code=$?
lost $code "$T/e/sock" before
has "$err" "Connection refused"

# Killed after: what is there stays, and what comes next says so. A daemon's
# own folder may be damaged by the kill, so it gets another.
"start_$ENGINE" "$T/f"
build --addr "unix://$T/f/sock" -o after || fail "the build fails"
kill_daemon "$pid"
is after/z x
code=0
build --addr "unix://$T/f/sock" -o again || code=$?
lost $code "$T/f/sock" again

# Cut after that many bytes of the daemon, wherever in the build this is: an
# end without an error is a build that was over.
cat >cut.py <<'END'
"""cut.py SOCKET TO BYTES cut|stall: a way to a socket that breaks."""
import socket, sys, threading, time
here, to, left, how = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
s = socket.socket(socket.AF_UNIX)
s.bind(here)
s.listen(8)

def pump(a, b, count):
    global left
    try:
        while data := a.recv(4096):
            if count and left < len(data):
                if how == "stall":
                    time.sleep(600)
                b.sendall(data[:left])
                break
            left -= len(data) if count else 0
            b.sendall(data)
    except OSError:
        pass
    for end in a, b:
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

while True:
    a = s.accept()[0]
    b = socket.socket(socket.AF_UNIX)
    b.connect(to)
    threading.Thread(target=pump, args=(a, b, False), daemon=True).start()
    threading.Thread(target=pump, args=(b, a, True), daemon=True).start()
END
for bytes in 0 40 300 1000 3000 10000 100000 2000000; do
    rm -rf cut
    python3 cut.py cut "${ADDR#unix://}" $bytes cut &
    way=$!
    wait_for 10 test -S cut
    code=0
    build --addr "unix://$T/cut" -o "cut-$bytes" || code=$?
    kill $way
    [ $code = 0 ] || lost $code "$T/cut" "cut-$bytes"
    [ $code != 0 ] || [ "$(stat -c %s "cut-$bytes/big")" = 3000000 ] ||
        fail "torn after $bytes"
done
[ $code = 3 ] || fail "a build is over before its result is there"

# Standing still in the middle of the result.
python3 cut.py stall "${ADDR#unix://}" 1000000 stall &
way=$!
wait_for 10 test -S stall
code=0
build --addr "unix://$T/stall" -o stalled || code=$?
kill $way
lost $code "$T/stall" stalled
has "$err" "it does not answer any more"

# Stopped, and then interrupted: once waits for it no longer than some seconds,
# twice not at all.
project q <<'END'
target default {
    from base()
    run "echo here; sleep 76543" no_cache=true
}
END
"start_$ENGINE" "$T/g"
daemon=$pid
for signals in 1 2; do
    env --default-signal=INT "$LLB" build -f q/build.llb -o stopped \
        --addr "unix://$T/g/sock" >"$out" 2>"$err" </dev/null &
    build=$!
    wait_for 30 grep -qx "#[0-9]* [0-9.]* here" "$err" || fail "no step runs"
    kill -STOP "$daemon"
    kill -INT "$build"
    if [ $signals = 1 ]; then
        wait_for 20 dead "$build" || fail "it waits for a daemon that stands"
    else
        wait_for 5 grep -q "once more leaves at once" "$err"
        kill -INT "$build"
        wait_for 2 dead "$build" || fail "the second signal is not heard"
    fi
    code=0
    wait "$build" || code=$?
    [ $code = 130 ] || fail "exit code $code, not 130"
    gone stopped
    kill -CONT "$daemon"
done
stop "$daemon"
