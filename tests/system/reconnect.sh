# on: none
# A client outlives its daemon: the connection is made anew, by each way.
reconnect=$(dirname "$LLB")/tests/reconnect
[ -x "$reconnect" ] || fail "there is no $reconnect: build the target reconnect"
authority ca
certificate server ca IP:127.0.0.1
certificate client ca DNS:client
mkdir tls p bin
cp ca.pem tls/ca.pem
cp client.pem tls/cert.pem
cp client-key.pem tls/key.pem
cat >p/build.llb <<'PLAYED'
llb 1
target default {
    copy local(".", include=["f"]) "f" "/f"
}
PLAYED
echo content >p/f
"$LLB" compile -f p/build.llb >d.pb 2>"$err" || fail "compile"
printf '#!/bin/sh\necho x >>"%s"\nexec buildctl --addr "%s" dial-stdio\n' \
    "$T/started" "unix://$T/e/sock" >bin/docker
chmod +x bin/docker
PATH=$T/bin:$PATH

start() {
    start_buildkit "$T/e" --addr tcp://127.0.0.1:1234 --tlscacert ca.pem \
        --tlscert server.pem --tlskey server-key.pem
    echo "$pid" >daemon.pid
}
cat >restart.sh <<PLAYED
. "$SRC/tests/system/lib.sh"
$(sed -n '/^start() {/,/^}/p' "$SRC/tests/system/reconnect.sh")
stop "\$(cat daemon.pid)"
start
PLAYED

start
for way in "unix://$T/e/sock|" "tcp://127.0.0.1:1234|tls" \
    docker-container://b'|'; do
    rm -rf out-1 out-2
    expect 0 timeout 60 "$reconnect" "${way%|*}" "${way#*|}" d.pb p \
        "sh -eu restart.sh"
    is out-1/f content
    is out-2/f content
done
is started "x
x"
stop "$(cat daemon.pid)"
