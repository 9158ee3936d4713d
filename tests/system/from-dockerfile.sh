# on: none
# since: 34
# time: 900
# Each pair of docs/from-dockerfile.md, built both ways: the same files and the
# same image config. What the page takes from the network stands in for it on
# this machine: images of Docker Hub in a registry, example.com as a host.
agent=$(command -v ssh-agent) || skip "no openssh"

[ -e /etc/ssl/certs/ca-certificates.crt ] || skip "no ca-certificates"

authority ca
certificate web ca DNS:example.com
printf '127.0.0.1 localhost example.com\n' >hosts
mount --bind ca.pem /etc/ssl/certs/ca-certificates.crt
mount --bind hosts /etc/hosts

# The same commit each time: the page names it.
mkdir web
printf '#!/bin/sh\necho tool\n' >web/tool.sh
git init -q -b master lib
mkdir lib/sub
echo lib >lib/lib.sh
echo sub >lib/sub/sub.sh
git -C lib add .
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.com \
    GIT_AUTHOR_DATE=2024-01-01T00:00:00Z GIT_COMMITTER_NAME=a \
    GIT_COMMITTER_EMAIL=a@example.com GIT_COMMITTER_DATE=2024-01-01T00:00:00Z
git -C lib commit -qm lib
git -C lib tag v1
tar -C lib -czf web/lib.tar.gz lib.sh sub
git clone -q --bare lib web/lib.git
python3 "$SRC/tests/system/https_server.py" "$T/web" web.pem web-key.pem \
    >web.log 2>&1 &
web=$!
wait_for 10 git ls-remote https://example.com/lib.git || {
    tail -n 5 web.log
    fail "no host of git repositories"
}

eval "$("$agent" -s -a "$T/agent")" >"$out"
trap 'kill $web $SSH_AGENT_PID' EXIT
export MORE_CONF="[registry.\"docker.io\"]
  mirrors = [\"$REGISTRY\"]
[registry.\"$REGISTRY\"]
  http = true"
mkdir e-tmp
export TMPDIR="$T/e-tmp" # it leaves sockets there
start_buildkit "$T/e" --allow-insecure-entitlement network.host \
    --allow-insecure-entitlement security.insecure
export TMPDIR="$T/tmp"
export LLB_ADDR="unix://$T/e/sock"
project image <<'END'
target default { from base() }
END
expect 0 "$LLB" build -f image/build.llb --push \
    -o "type=image,name=$REGISTRY/library/debian:12-slim,push=true"

page=$SRC/docs/from-dockerfile.md
mkdir pairs
cd pairs
awk '/^```$/ { if (on) exit } on; /^```sh$/ { on = 1 }' "$page" | sh -eu
python3 "$SRC/tests/system/from_dockerfile.py" "$page"
stop "$pid"
