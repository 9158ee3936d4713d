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

# change NAME COMMAND: what happens to z once a-big is being sent.
change() {
    rm -rf out p/src/z
    mkdir p/src/z
    for i in $(seq 200); do cp line "p/src/z/$i"; done
    # Each build needs other bytes of the big one, or it is not sent again.
    echo "$1" | dd of=p/src/a-big conv=notrunc status=none
    "$LLB" build -f p/build.llb -o out >"$out" 2>"$err" </dev/null &
    build=$!
    wait_for 30 opened "$build" || fail "$1: a-big is not sent"
    sh -euc "$2"
    code=0
    wait "$build" || code=$?
    case $code in
    0)
        for i in $(seq 200); do
            cmp line "out/z/$i" || fail "$1: out/z/$i is torn"
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
change removed 'rm -r p/src/z'
change grown 'for i in $(seq 200); do echo more >>p/src/z/$i; done'
change shrunk 'for i in $(seq 200); do truncate -s 3 p/src/z/$i; done'
change replaced 'for i in $(seq 200); do echo "another line to read" >x
mv x p/src/z/$i; done'
change pointed 'for i in $(seq 200); do ln -sf /etc/passwd p/src/z/$i; done'
[ $said -ge 3 ] || fail "only $said of the changes were noticed"

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
