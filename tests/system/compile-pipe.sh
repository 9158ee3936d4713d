# A compiled definition goes to our own solve and to BuildKit's buildctl.
project p <<'END'
target default {
    from scratch()
    copy local("src") "f" "/f"
    mkfile "/g" "made\n"
}
END
mkdir p/src
echo content >p/src/f
cd p

"$LLB" compile >../p.pb 2>"$err" || fail "compile"
[ -s ../p.pb ] || fail "compile wrote nothing"
"$LLB" compile >../again.pb 2>"$err" || fail "compile"
cmp ../p.pb ../again.pb || fail "two compiles, two definitions"

"$LLB" compile 2>"$err" |
    "$LLB" solve --local src=src -o ../solved >"$out" 2>"$err" ||
    fail "compile | solve"
is ../solved/f content
is ../solved/g made
expect 0 "$LLB" solve --local src=src -o ../named ../p.pb
is ../named/f content

# Nothing is sent that the command line did not name.
expect 2 "$LLB" solve -o ../none ../p.pb
has "$err" src
gone ../none/f

if [ "$ENGINE" = buildkit ]; then
    "$LLB" compile | buildctl --addr "$ADDR" build --local src=src \
        --output type=local,dest=../ctl >"$out" 2>"$err" ||
        fail "compile | buildctl build"
    is ../ctl/f content
    is ../ctl/g made
fi
