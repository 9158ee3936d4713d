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
