# on: none
# TLS to a buildkitd: client certificates, and an error with the reason for
# each way in which it can go wrong.

authority ca
authority other
certificate server ca DNS:buildkitd.test,IP:127.0.0.1
certificate elsewhere ca DNS:elsewhere.test
certificate expired ca IP:127.0.0.1 -1
certificate client ca DNS:client
certificate stranger other DNS:stranger
mkdir dir kube p
cp ca.pem dir/ca.pem
cp client.pem dir/cert.pem
cp client-key.pem dir/key.pem
cp ca.pem kube/ca.crt
cp client.pem kube/tls.crt
cp client-key.pem kube/tls.key
cat >p/build.llb <<'PLAYED'
llb 1
target default {
    copy local(".", include=["f"]) "f" "/f"
}
PLAYED
echo content >p/f

start_buildkit "$T/e" --addr tcp://127.0.0.1:1234 --tlscacert ca.pem \
    --tlscert server.pem --tlskey server-key.pem
build() {
    want=$1
    shift
    rm -rf out
    expect "$want" "$LLB" build -f p/build.llb -o out "$@"
}
at() {
    build "$1" --addr tcp://127.0.0.1:1234 --tlscacert "$2" --tlscert "$3.pem" \
        --tlskey "$3-key.pem"
}

# What buildctl's names ask for.
at 0 ca.pem client
is out/f content
build 0 --addr tcp://127.0.0.1:1234 --tlsdir dir
is out/f content
build 0 --addr tcp://127.0.0.1:1234 --tlsdir kube --tlsservername buildkitd.test
is out/f content
BUILDKIT_HOST=tcp://127.0.0.1:1234 build 0 --tlsdir dir
expect 0 "$LLB" info --addr tcp://127.0.0.1:1234 --tlsdir dir
has "$out" buildkitd

# Each reason, by name, with the address and the exit code for "no daemon".
why() {
    has "$err" "tcp://127.0.0.1:1234"
    has "$err" "$1"
}
build 3 --addr tcp://127.0.0.1:1234 --tlscacert ca.pem
why "wants a client's certificate"
at 3 ca.pem stranger
why "refuses our certificate"
at 3 other.pem client
why "unknown authority"
build 3 --addr tcp://127.0.0.1:1234 --tlsdir dir --tlsservername wrong.test
why "is for buildkitd.test, 127.0.0.1, not for wrong.test"
build 3 --addr tcp://127.0.0.1:1234
why "--tlscacert"

# Wrong usage is found before anything is sent.
build 2 --addr "unix://$T/e/sock" --tlsdir dir
has "$err" "tcp:// addresses only"
build 2 --addr tcp://127.0.0.1:1234 --tlscacert nowhere.pem
has "$err" nowhere.pem
build 2 --addr tcp://127.0.0.1:1234 --tlscacert p/f
has "$err" "no certificate in it"
build 2 --addr tcp://127.0.0.1:1234 --tlscert client.pem
has "$err" "give both or none"
build 2 --addr tcp://127.0.0.1:1234 --tlscert client.pem --tlskey ca-key.pem
has "$err" "does not belong to the certificate"
build 2 --addr tcp://127.0.0.1:1234 --tlsdir p
has "$err" "neither ca.pem nor ca.crt"
build 2 --addr tcp://127.0.0.1:1234 --tlsdir dir --tlscacert ca.pem
has "$err" "one or the other"
openssl ec -aes128 -passout pass:x -in client-key.pem \
    -out locked-key.pem 2>openssl.log
cp client.pem locked.pem
at 2 ca.pem locked
has "$err" "encrypted"
stop "$pid"

# The daemon dies in the middle of a build.
project slow <<'PLAYED'
target default {
    from base()
    run "sleep 87653"
}
PLAYED
start_buildkit "$T/dies" --addr tcp://127.0.0.1:1234 --tlscacert ca.pem \
    --tlscert server.pem --tlskey server-key.pem
"$LLB" build -f slow/build.llb --addr tcp://127.0.0.1:1234 --tlsdir dir \
    >"$out" 2>"$err" &
build=$!
wait_for 30 running "sleep 87653" || fail "the step did not start"
kill_daemon "$pid"
code=0
wait "$build" || code=$?
[ $code = 3 ] || fail "exit code $code"
why "lost the daemon during the build"

# Other certificates of the daemon.
for name in expired elsewhere; do
    start_buildkit "$T/$name" --addr tcp://127.0.0.1:1234 --tlscacert ca.pem \
        --tlscert $name.pem --tlskey $name-key.pem
    at 3 ca.pem client
    case $name in
    expired) why "its certificate has expired" ;;
    elsewhere) why "is for elsewhere.test, not for 127.0.0.1" ;;
    esac
    stop "$pid"
done

# One without TLS, and one that never says a word.
start_buildkit "$T/plain" --addr tcp://127.0.0.1:1234
at 3 ca.pem client
why "does not speak TLS"
stop "$pid"
mute 1234
at 3 ca.pem client
why "does not answer the TLS handshake"
has "$err" "waiting for a daemon to answer"
kill "$pid"
