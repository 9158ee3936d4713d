# Steps sign with the user's ssh keys, and can do nothing else with them.
tools="$(command -v ssh-keygen) $(command -v ssh-add)" || skip "no openssh"
# shellcheck disable=SC2086 # a list of programs
libs=$(ldd $tools | sed -n 's/.* => \(\/[^ ]*\).*/\1/p; s/^\t\(\/[^ ]*\).*/\1/p')
mkdir -p p/keys
ln -s p/keys keys
# shellcheck disable=SC2086 # two lists of files
tar -chf p/tools.tar $tools $(printf '%s\n' $libs | sort -u) 2>/dev/null

project p <<'END'
def tools() {
    from base()
    copy local(".", include=["tools.tar"]) "tools.tar" "/" unpack=true
    mkfile "/etc/passwd" "root:x:0:0::/:/bin/sh\n"
    env PATH="/bin:/usr/bin"
    copy local("keys", include=["*.pub"]) "/" "/keys"
}

# Lists, is refused more, and signs with every key.
target default {
    from tools()
    run """
        set -e
        ssh-add -l >/out/list
        ! ssh-add -D
        ssh-add -l | cmp - /out/list
        for i in 1 2 3 4 5 6 7 8 9 10; do ssh-add -l >/out/list.$i & done
        wait
        for i in 1 2 3 4 5 6 7 8 9 10; do cmp /out/list /out/list.$i; done
        for key in /keys/*.pub; do
            echo signed >/out/msg
            ssh-keygen -Y sign -f $key -n test /out/msg
            mv /out/msg.sig /out/$${key##*/}.sig
        done
        """ network="none" no_cache=true {
        ssh
        mount scratch() "/out" as out
    }
    from out
}

target two {
    from tools()
    run """
        SSH_AUTH_SOCK=/run/a ssh-add -l | grep -q 'ed of a'
        SSH_AUTH_SOCK=/run/b ssh-add -l | grep -q 'ec of b'
        [ "$(stat -c %a:%u:%g /run/b)" = 660:5:6 ]
        [ ! -e /run/c ]
        """ network="none" no_cache=true {
        ssh "/run/a" id="a"
        ssh "/run/b" id="b" mode=0o660 uid=5 gid=6
        ssh "/run/c" id="c" optional=true
    }
}

target raw {
    from tools()
    run "ssh-add -D && ! ssh-add -l" network="none" no_cache=true {
        ssh
    }
}
END
ssh-keygen -q -t ed25519 -N '' -C 'ed of a' -f keys/ed
ssh-keygen -q -t ecdsa -N '' -C 'ec of b' -f keys/ec
ssh-keygen -q -t rsa -b 2048 -m PEM -N '' -f keys/rsa
ssh-keygen -q -t ed25519 -N 'pass phrase' -f locked

# verify DIR: what the step signed there is signed.
verify() {
    for key in ed ec rsa; do
        printf 'me %s\n' "$(cat keys/$key.pub)" >allowed
        ssh-keygen -Y verify -f allowed -I me -n test -s "$1/$key.pub.sig" \
            <"$1/msg" >"$out" 2>"$err" || fail "$key: not signed"
    done
    is "$1/list.10" "$(cat "$1/list")"
}

# Key files, for which the command is the agent.
expect 0 "$LLB" build -f p/build.llb -o files --ssh default=keys/ed,keys/ec,keys/rsa
[ "$(wc -l <files/list)" = 3 ] || fail "not three keys"
verify files
lacks "$err" "PRIVATE KEY"

# A real agent.
ssh-agent -D -a "$T/agent" >agent.log 2>&1 &
agent=$!
wait_for 5 test -S agent
SSH_AUTH_SOCK=$T/agent ssh-add -q keys/ed keys/ec keys/rsa
expect 0 env SSH_AUTH_SOCK="$T/agent" "$LLB" build -f p/build.llb -o agent.out \
    --ssh default
verify agent.out
expect 0 "$LLB" build -f p/build.llb two --ssh a=keys/ed --ssh "b=$T/agent" \
    --ssh unused=keys/rsa
has "$err" 'no step asks for the ssh agent "unused"'

# All bytes pass on a raw socket: the step may empty the agent.
expect 0 "$LLB" build -f p/build.llb raw --ssh "default=$T/agent,raw=true"
! SSH_AUTH_SOCK=$T/agent ssh-add -l >/dev/null || fail "the keys are still there"

# What cannot work is found before anything is sent.
refused() {
    expect 2 "$LLB" build -f p/build.llb --addr unix:///nonexistent --ssh "$2"
    has "$err" "$1"
}
unset SSH_AUTH_SOCK
refused "SSH_AUTH_SOCK is not set" default
export SSH_AUTH_SOCK="$T/none"
refused "$T/none" default
refused "cannot read \"none\"" default=none
refused "neither a private key nor a socket" default=p/build.llb
refused "is a public key" default=keys/ed.pub
refused "\"locked\" has a passphrase" default=locked
refused "raw is true or false" "default=$T/agent,raw=maybe"
refused "raw=true needs exactly one socket" default=keys/ed,keys/ec,raw=true
refused "say ID" ""
kill "$agent"
wait_for 5 dead "$agent"
: >agent && refused "neither" "default=$T/agent"
expect 2 "$LLB" build -f p/build.llb --ssh a=keys/ed --ssh a=keys/ec
has "$err" '"a" is given twice'
expect 1 "$LLB" build -f p/build.llb
has "$err" 'build.llb:21: the ssh agent "default" was not given; say --ssh default'
expect 1 "$LLB" build -f p/build.llb --ssh other=keys/ed
has "$err" '"other" was'
