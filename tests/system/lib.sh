# What the system tests share. Sourced by run and, in front of each test, by
# the shell that plays it.
#
# A test finds: $LLB the command under test, $ENGINE buildkit or docker, the
# minor version of its BuildKit ($BUILDKIT, 34 is v0.34), $ADDR that daemon's
# address (LLB_ADDR says the same), $T a folder of its own and
# its current one, $BASE a tar with busybox and tcc, $ROOTFS one with a C
# library too, $REGISTRY a registry's host:port, $SRC the top of the tree.

# What the last command run by expect or a friend of it wrote.
out=$T/stdout
err=$T/stderr

fail() {
    echo "$*"
    echo "--- stdout, the end:"
    tail -n 30 "$out" 2>/dev/null | cut -c1-300
    echo "--- stderr, the end:"
    tail -n 60 "$err" 2>/dev/null | cut -c1-300
    exit 1
}

# The reason is the last line of what the test prints.
skip() {
    echo "$*"
    exit 77
}

# expect CODE COMMAND...: fails the test unless the exit code is CODE.
expect() {
    want=$1
    shift
    code=0
    "$@" >"$out" 2>"$err" </dev/null || code=$?
    [ "$code" = "$want" ] || fail "exit code $code, not $want: $*"
}

# has FILE TEXT, lacks FILE TEXT: fixed text, on one line.
has() {
    grep -qF -e "$2" "$1" || fail "${1##*/} does not say: $2"
}

lacks() {
    ! grep -qF -e "$2" "$1" || fail "${1##*/} says: $2"
}

# is FILE TEXT: the whole content, but for final newlines.
is() {
    [ -f "$1" ] || fail "there is no file $1"
    [ "$(cat "$1")" = "$2" ] || fail "$1 holds: $(head -c 300 "$1")"
}

gone() {
    [ ! -e "$1" ] && [ ! -L "$1" ] || fail "$1 is there: $(ls -lad "$1")"
}

# wait_for SECONDS COMMAND...: until the command succeeds.
wait_for() {
    tries=$(($1 * 20))
    shift
    while ! "$@" >/dev/null 2>&1; do
        tries=$((tries - 1))
        [ $tries -gt 0 ] || return 1
        sleep 0.05
    done
}

# stop PID: TERM, and KILL for one that does not listen.
stop() {
    kill "$1" 2>/dev/null || return 0
    wait_for 10 dead "$1" || kill -9 "$1" 2>/dev/null || true
}

# A zombie is dead: its parent may be busy.
dead() {
    [ ! -r "/proc/$1/stat" ] || grep -q ') [ZX] ' "/proc/$1/stat"
}

# Is there a live process whose command line has TEXT?
running() {
    for proc in /proc/[0-9]*; do
        tr '\0' ' ' <"$proc/cmdline" 2>/dev/null | grep -qF -e "$1" || continue
        [ "${proc#/proc/}" = $$ ] || return 0
    done
    return 1
}

# project DIR: a folder with the base file system, and a build file made of
# what the test says on standard input after the function base(). Its lines
# count from there: line 1 of the input is line 10 of the file.
project() {
    mkdir -p "$1"
    cp "$BASE" "$1/base.tar"
    cat - >"$1/.tail" <&0
    cat >"$1/build.llb" <<'END'
llb 1

## A shell and its tools, unpacked from a tar.
def base() {
    from scratch()
    copy local(".", include=["base.tar"]) "base.tar" "/" unpack=true
    env PATH="/bin"
}

END
    cat "$1/.tail" >>"$1/build.llb"
    rm "$1/.tail"
}

# start_buildkit DIR [FLAG...], start_docker DIR [FLAG...]: a daemon of its
# own, ready when the call returns; $pid is its process, DIR/sock its socket.
# $MORE_CONF goes to the end of buildkitd's configuration.
start_buildkit() {
    dir=$1
    shift
    mkdir -p "$dir"
    printf '[worker.oci]\n  defaultCgroupParent = "%s"\n%s\n' "$CGROUP" \
        "${MORE_CONF-}" >"$dir/conf.toml"
    buildkitd --config "$dir/conf.toml" --root "$dir/root" \
        --addr "unix://$dir/sock" --group 0 \
        --otel-socket-path "$dir/otel.sock" --oci-worker=true \
        --containerd-worker=false --oci-worker-net=host "$@" \
        >"$dir/log" 2>&1 </dev/null &
    pid=$!
    wait_for 20 buildctl --addr "unix://$dir/sock" debug workers || {
        tail -n 20 "$dir/log"
        fail "buildkitd does not answer"
    }
}

# Its containerd has a socket 32 bytes below DIR, so DIR has to be short.
start_docker() {
    dir=$1
    shift
    mkdir -p "$dir"
    echo '{}' >"$dir/conf.json"
    dockerd --config-file="$dir/conf.json" --data-root="$dir/data" \
        --exec-root="$dir/exec" --pidfile="$dir/pid" -H "unix://$dir/sock" \
        --group=root --iptables=false --ip6tables=false --ip-masq=false \
        --ip-forward=false --cgroup-parent="/$CGROUP" "$@" \
        >"$dir/log" 2>&1 </dev/null &
    pid=$!
    wait_for 20 curl -sf --unix-socket "$dir/sock" http://d/_ping || {
        tail -n 20 "$dir/log"
        fail "dockerd does not answer"
    }
}

# authority NAME, certificate NAME AUTHORITY SAN [DAYS]: NAME.pem and
# NAME-key.pem for TLS.
authority() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
        -days 30 -subj "/CN=$1" -keyout "$1-key.pem" -out "$1.pem" 2>openssl.log
}

certificate() {
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
        -subj "/CN=$1" -keyout "$1-key.pem" -out "$1.csr" 2>openssl.log
    printf 'subjectAltName=%s\n' "$3" >"$1.ext"
    openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2-key.pem" \
        -CAcreateserial -days "${4:-30}" -extfile "$1.ext" -out "$1.pem" \
        2>openssl.log
}

# mute PORT: something that listens on 127.0.0.1 and never says a word; $pid
# is its process.
mute() {
    python3 -c 'import socket, sys, time
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("127.0.0.1", int(sys.argv[1])))
s.listen(8)
open("mute", "w").close()
time.sleep(600)' "$1" &
    pid=$!
    wait_for 10 test -e mute
}

# kill_daemon PID: at once and with its containerd, as a crash of the machine
# would.
kill_daemon() {
    children=$(cat "/proc/$1/task/$1/children" 2>/dev/null || true)
    kill -9 "$1"
    # shellcheck disable=SC2086 # a list of pids
    [ -z "$children" ] || kill -9 $children 2>/dev/null || true
}

# docker ARGS...: Debian's client, on the daemon under test.
docker() {
    command docker -H "$ADDR" "$@"
}
