# on: none
# The ways to a Docker Engine: tcp, TLS, contexts, ssh, and one that has no
# POST /grpc any more.
export DOCKER_CONFIG="$T/config" # contexts are made below
authority ca
certificate server ca IP:127.0.0.1
certificate client ca DNS:client
mkdir certs p
cp ca.pem certs/ca.pem
cp client.pem certs/cert.pem
cp client-key.pem certs/key.pem
cat >p/build.llb <<'PLAYED'
llb 1
target default {
    copy local(".", include=["f"]) "f" "/f"
}
PLAYED
echo content >p/f
start_docker "$W/e" --bridge=none -H tcp://127.0.0.1:2376 --tlsverify \
    --tlscacert=ca.pem --tlscert=server.pem --tlskey=server-key.pem
build() {
    rm -rf out
    expect 0 "$@" "$LLB" build -f p/build.llb -o out
    is out/f content
}
engine() {
    expect 0 "$@" "$LLB" info
    has "$out" "Docker Engine"
}

# Variables.
build env DOCKER_HOST="unix://$W/e/sock"
engine env DOCKER_HOST="unix://$W/e/sock"
at=tcp://127.0.0.1:2376
build env DOCKER_HOST=$at DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH="$T/certs"
engine env DOCKER_HOST=${at%:*} DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH="$T/certs"
# The options say the same, and more than the variables.
expect 0 "$LLB" info --addr docker+tcp://127.0.0.1 --tlsdir certs
expect 0 env DOCKER_HOST=$at "$LLB" info --tlsdir certs
expect 0 "$LLB" info --addr tcp://127.0.0.1:2376 --tlsdir certs
has "$out" "Docker Engine"
# DOCKER_TLS does not verify, and the engine verifies us all the same.
mkdir nobody
cp client.pem nobody/cert.pem
cp client-key.pem nobody/key.pem
engine env DOCKER_HOST=$at DOCKER_TLS=1 DOCKER_CERT_PATH="$T/nobody"
expect 3 env DOCKER_HOST=$at DOCKER_TLS_VERIFY=1 \
    DOCKER_CERT_PATH="$T/nobody" "$LLB" info
has "$err" "unknown authority"
has "$err" DOCKER_HOST
rm nobody/*
cp ca.pem nobody/ca.pem
expect 3 env DOCKER_HOST=$at DOCKER_TLS_VERIFY=1 \
    DOCKER_CERT_PATH="$T/nobody" "$LLB" info
has "$err" "wants a client's certificate"
expect 3 env DOCKER_HOST=$at "$LLB" info
has "$err" "wants TLS"

# Contexts, as Docker's own client makes them.
files=ca=certs/ca.pem,cert=certs/cert.pem,key=certs/key.pem
command docker context create far --docker "host=$at,$files" >"$out" 2>&1
build env DOCKER_CONTEXT=far
command docker context use far >"$out" 2>&1
engine env
command docker context create bad --docker "host=$at,ca=certs/ca.pem" \
    >"$out" 2>&1
expect 3 env DOCKER_CONTEXT=bad "$LLB" info
has "$err" "DOCKER_CONTEXT"
has "$err" "wants a client's certificate"

# ssh: the far side is played by a shell on this one.
mkdir bin
cat >bin/ssh <<'PLAYED'
#!/bin/sh
printf '%s|' "$@" >"$T/argv"
while [ "$1" != -- ]; do shift; done
shift 2
exec sh -c "$*"
PLAYED
chmod +x bin/ssh
build env PATH="$T/bin:$PATH" DOCKER_HOST="ssh://me@h:22$W/e/sock"
remote="docker --host=unix://$W/e/sock system dial-stdio"
is argv "-l|me|-p|22|-o|ConnectTimeout=30|-T|--|h|$remote|"
engine env PATH="$T/bin:$PATH" DOCKER_HOST="ssh://me@h$W/e/sock"
expect 3 env PATH="$T/bin:$PATH" DOCKER_HOST=ssh://h/nowhere.sock "$LLB" info
has "$err" "DOCKER_HOST"
has "$err" "ssh exited with code 1"
has "$err" "/nowhere.sock"
stop "$pid"

# An engine of tomorrow speaks HTTP/2 right away and answers 404 to
# POST /grpc: a stand-in for what Debian does not have yet, before a real
# buildkitd.
start_buildkit "$T/b"
cat >h2c.py <<'PLAYED'
"""Silent until spoken to: 404 for HTTP/1.1, a relay for HTTP/2."""
import os, socket, sys, threading
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen(16)
def copy(a, b):
    try:
        while data := a.recv(65536):
            b.sendall(data)
        b.shutdown(socket.SHUT_WR)
    except OSError:
        pass
def serve(c):
    first = c.recv(4, socket.MSG_PEEK)
    if first != b"PRI ":
        c.recv(65536)
        c.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        c.close()
        return
    b = socket.socket(socket.AF_UNIX)
    b.connect(sys.argv[2])
    threading.Thread(target=copy, args=(b, c), daemon=True).start()
    copy(c, b)
while True:
    c = s.accept()[0]
    threading.Thread(target=serve, args=(c,), daemon=True).start()
PLAYED
python3 h2c.py "$T/h2c" "$T/b/sock" &
relay=$!
wait_for 5 test -S h2c
build env DOCKER_HOST="unix://$T/h2c"
build env BUILDKIT_HOST="unix://$T/h2c"
engine env DOCKER_HOST="unix://$T/h2c"
kill "$relay"
stop "$pid"
