# Secrets arrive as files and variables and stay out of results and logs.
project p <<'END'
target default {
    from base()
    run """
        [ "$(cat /run/secrets/tok)" = "hu""sh hu""sh" ]
        [ "$(stat -c %a /run/secrets/tok)" = 400 ]
        [ "$(cat /etc/tok)" = "hu""sh hu""sh" ]
        [ "$(stat -c %a:%u:%g /etc/tok)" = 440:5:6 ]
        [ ! -e /run/secrets/none ]
        sha256sum /run/secrets/var | cut -c -64 >/out/sum
        """ {
        secret "tok"
        secret "tok" "/etc/tok" mode=0o440 uid=5 gid=6
        secret "none" optional=true
        secret "var"
        mount scratch() "/out" as out
    }
    from out
}
END
printf 'hush hush' >tok
VAR=$(printf 'two\nlines')
export VAR
expect 0 "$LLB" build -f p/build.llb --secret id=tok,src=tok \
    --secret id=var,env=VAR -o out
is out/sum "$(printf 'two\nlines' | sha256sum | cut -c -64)"
lacks "$err" hush

# Out of a pipe, which gives it once, though two steps ask.
project q <<'END'
target default {
    from base()
    run "grep -qx piped /run/secrets/tok; touch /one" { secret "tok" }
    run "grep -qx piped /run/secrets/tok; touch /two" { secret "tok" }
}
END
mkfifo pipe
echo piped >pipe &
expect 0 "$LLB" build -f q/build.llb --secret id=tok,src=pipe

# Not given is an error that names it. (Another platform, so no step is cached.)
sed -i 's/-c -64/-c 1-64/' p/build.llb
expect 1 "$LLB" build -f p/build.llb --secret id=var,env=VAR -o out
has "$err" tok
# What cannot be read is found before anything is sent.
expect 2 "$LLB" build -f p/build.llb --secret id=tok,src=missing -o out
has "$err" missing
expect 2 "$LLB" build -f p/build.llb --secret id=tok,type=vault,src=tok
has "$err" 'no type "vault"; the types are file, env and exec'

# The first that is said is meant: variable, file, program.
project s <<'END'
arg want: string
target default {
    from base()
    run """
        grep -qx "${sh(want)}" /run/secrets/tok
        """ network="none" no_cache=true { secret "tok" }
}
END
sed -i 's/"\${sh(want)}"/${sh(want)}/' s/build.llb
says() {
    want=$1
    shift
    expect 0 env "$@" "$LLB" build -f s/build.llb --arg "want=$want" \
        --secret "$secret"
}
secret=id=tok
says "hush hush" A=1
says variable tok=variable
secret=id=tok,src=tok
says "hush hush" tok=variable
secret=type=env,id=tok,src=TOK
says variable TOK=variable
secret='id=tok,type=exec,"src=printf ""%s, %s\n"" $TOK tail"'
says "printed, tail" TOK=printed

# A program that fails, that is not there, that hangs.
expect 2 "$LLB" build -f s/build.llb --arg want=x \
    --secret 'id=tok,type=exec,src=echo it is locked >&2; exit 3'
has "$err" 'exited with code 3: it is locked'
expect 2 "$LLB" build -f s/build.llb --arg want=x \
    --secret 'id=tok,type=exec,src=head -c 512001 /dev/zero'
has "$err" 'more than 512000 bytes'
"$LLB" build -f s/build.llb --arg want=x \
    --secret "id=tok,type=exec,src=echo \$\$ >$T/pid; sleep 600" \
    >"$out" 2>"$err" </dev/null &
pid=$!
wait_for 10 test -s pid || fail "the program does not run"
kill -TERM "$pid"
code=0
wait "$pid" || code=$?
[ "$code" = 143 ] || fail "exit code $code after SIGTERM"
wait_for 5 dead "$(cat pid)" || fail "the program still runs"

# Exactly the limit passes, with nothing lost, and one byte more does not.
head -c 512000 /dev/zero | tr '\0' x >big
project b <<'END'
target default {
    from base()
    run "[ $(stat -c %s /run/secrets/tok) = 512000 ]" network="none" no_cache=true {
        secret "tok"
    }
}
END
expect 0 "$LLB" build -f b/build.llb --secret id=tok,src=big
printf x >>big
expect 2 "$LLB" build -f b/build.llb --secret id=tok,src=big
has "$err" "500 KiB"
