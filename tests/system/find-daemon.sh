# on: none
# A daemon that is named and cannot be reached: within ten seconds, with the
# address, who named it and the system's reason. What is named first is final.
mkdir p cfg
cat >p/build.llb <<'PLAYED'
llb 1
target default {
    copy local(".") "f" "/f"
}
PLAYED
: >p/f
export DOCKER_CONFIG="$T/cfg"

# lost CODE WORDS [VARIABLE=VALUE...] [-- OPTION...]: that exit code, and each
# of the words, which stand between "|", in what is said.
lost() {
    want=$1
    words=$2
    shift 2
    variables=
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        variables="$variables $1"
        shift
    done
    [ $# = 0 ] || shift
    # shellcheck disable=SC2086 # no value here has a blank
    expect "$want" timeout 10 env $variables "$LLB" build -f p/build.llb \
        -o out "$@"
    while [ -n "$words" ]; do
        has "$err" "${words%%|*}"
        case $words in
        *'|'*) words=${words#*|} ;;
        *) words= ;;
        esac
    done
    gone out
}
gone_socket="no such socket (No such file or directory)"

python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("left")'
lost 3 "unix://$T/left|comes from BUILDKIT_HOST|(Connection refused)" \
    BUILDKIT_HOST="unix://$T/left"
lost 3 "unix:///none|comes from BUILDKIT_HOST|$gone_socket" \
    BUILDKIT_HOST=unix:///none
lost 3 "/none|comes from LLB_ADDR|$gone_socket" LLB_ADDR=/none
BUILDKIT_HOST=' unix:///none
'
export BUILDKIT_HOST
lost 3 "unix:///none|comes from BUILDKIT_HOST|$gone_socket"
unset BUILDKIT_HOST
lost 2 "BUILDKIT_HOST|foo://x|unknown scheme" BUILDKIT_HOST=foo://x
lost 2 "LLB_ADDR|nonsense|no scheme" LLB_ADDR=nonsense
lost 3 "127.0.0.1:1|comes from BUILDKIT_HOST|(Connection refused)" \
    BUILDKIT_HOST=tcp://127.0.0.1:1
lost 3 "name.invalid:1|comes from BUILDKIT_HOST|looking up the host" \
    BUILDKIT_HOST=tcp://name.invalid:1
: >plain
lost 3 "unix://$T/plain|(Connection refused)" LLB_ADDR="unix://$T/plain"

# The first word counts, and it alone.
lost 3 "unix:///flag|comes from --addr|$gone_socket" \
    BUILDKIT_HOST=tcp://127.0.0.1:1 -- --addr unix:///flag
lost 3 "docker:///none|comes from DOCKER_HOST|$gone_socket" \
    DOCKER_HOST=unix:///none DOCKER_CONTEXT=nope
lost 3 "DOCKER_CONTEXT=nope|\"nope\"|no such context" DOCKER_CONTEXT=nope
lost 3 "DOCKER_HOST|fd://|unix://, tcp:// and ssh://" DOCKER_HOST=fd://

echo '{"currentContext":"east"}' >cfg/config.json
lost 3 "$T/cfg/config.json|\"east\"|no such context|meta.json"
meta=cfg/contexts/meta/$(printf east | sha256sum | cut -d' ' -f1)
mkdir -p "$meta"
cat >"$meta/meta.json" <<'PLAYED'
{"Name":"east","Endpoints":{"docker":{"Host":"unix:///east.sock"}}}
PLAYED
lost 3 "docker:///east.sock|comes from currentContext of $T/cfg/config.json"
lost 3 "docker:///east.sock|comes from DOCKER_CONTEXT=east|$gone_socket" \
    DOCKER_CONTEXT=east
echo '{' >"$meta/meta.json"
lost 3 "$meta/meta.json"

# One that accepts and never says a word: a line says so after a second, and
# our own deadline ends it.
mute 5990
env BUILDKIT_HOST=tcp://127.0.0.1:5990 "$LLB" build -f p/build.llb -o out \
    >"$out" 2>"$err" &
build=$!
wait_for 3 grep -qF "waiting for a daemon to answer at tcp://127.0.0.1:5990" \
    "$err" || fail "nothing is said while llb waits"
code=0
wait "$build" || code=$?
[ $code = 3 ] || fail "exit code $code"
lost 3 "tcp://127.0.0.1:5990|comes from BUILDKIT_HOST|no daemon answered" \
    BUILDKIT_HOST=tcp://127.0.0.1:5990
stop "$pid"

# Nor do we wait for a name server that never answers.
echo "nameserver 127.0.0.1" >resolv.conf
mount --bind resolv.conf /etc/resolv.conf
python3 -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", 53))
time.sleep(600)' &
pid=$!
wait_for 5 grep -q ":0035 " /proc/net/udp
lost 3 "far.test:1|comes from BUILDKIT_HOST|looking up the host" \
    BUILDKIT_HOST=tcp://far.test:1
umount /etc/resolv.conf
stop "$pid"
