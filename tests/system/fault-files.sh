# Files that change while they are sent: an error that names the file, or the
# whole file as it was, and never a part of one.
project p <<'END'
target default {
    copy local("src") "/" "/"
}
END
mkdir p/src
truncate -s 300M p/src/a-big
echo 'llb waits for this line' >line

# change NAME NEW COMMAND: what happens to the files in z once a-big is being
# sent, and what they hold then.
change() {
    rm -rf out p/src/z
    mkdir p/src/z
    for i in $(seq 200); do cp line "p/src/z/$i"; done
    # Each build needs other bytes of the big one, or it is not sent again.
    echo "$1" | dd of=p/src/a-big conv=notrunc status=none
    "$LLB" build -f p/build.llb -o out >"$out" 2>"$err" </dev/null &
    build=$!
    wait_for 30 opened "$build" || fail "$1: a-big is not sent"
    sh -euc "for f in p/src/z/*; do $3; done"
    code=0
    wait "$build" || code=$?
    case $code in
    0) # the change came before the file was listed, or after it was sent
        for i in $(seq 200); do
            whole=$(cat "out/z/$i" 2>/dev/null || true)
            [ "$whole" = "$(cat line)" ] || [ "$whole" = "$2" ] ||
                fail "$1: out/z/$i is torn"
        done
        ;;
    1)
        has "$err" "p/src/z"
        gone out
        said=$((said + 1))
        ;;
    *) fail "$1: exit code $code" ;;
    esac
}
opened() {
    dead "$1" || ls -l "/proc/$1/fd" 2>/dev/null | grep -q a-big
}
said=0
change removed '' 'rm $f'
change grown "$(cat line; echo more)" 'echo more >>$f'
change shrunk llb 'truncate -s 3 $f'
change replaced another 'echo another >x; mv x $f'
change pointed "$(cat /etc/passwd)" 'ln -sf /etc/passwd $f'
[ $said -ge 1 ] || fail "none of the changes was noticed"

# The big one itself, while it is open.
truncate -s 0 p/src/a-big
truncate -s 300M p/src/a-big
rm -rf p/src/z out
"$LLB" build -f p/build.llb -o out >"$out" 2>"$err" </dev/null &
build=$!
wait_for 30 opened "$build"
truncate -s 100M p/src/a-big
code=0
wait "$build" || code=$?
case $code in
0) [ "$(stat -c %s out/a-big)" = 314572800 ] || fail "a-big is torn" ;;
1) has "$err" "a-big" ;;
*) fail "exit code $code" ;;
esac
