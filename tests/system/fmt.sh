# on: none
# llb fmt lays files out anew, or says what it would change.
printf 'target t{mkfile "/x"   "y"}\n' >a.llb
cp a.llb before
expect 1 "$LLB" fmt --check a.llb
has "$err" "a.llb is not formatted"
expect 1 "$LLB" fmt --diff a.llb
has "$out" '-target t{mkfile "/x"   "y"}'
has "$out" '+    mkfile "/x" "y"'
has "$out" '--- a.llb'
cmp a.llb before || fail "--diff changed the file"
expect 0 "$LLB" fmt a.llb
has a.llb '    mkfile "/x" "y"'
expect 0 "$LLB" fmt --check a.llb
expect 0 "$LLB" fmt --diff a.llb
[ ! -s "$out" ] || fail "a difference where there is none"
code=0
"$LLB" fmt --diff - <before >"$out" 2>"$err" || code=$?
[ $code = 1 ] || fail "exit code $code"
has "$out" "+++ standard input"
"$LLB" fmt - <before | cmp - a.llb || fail "another layout from standard input"

# A file that is wrong stays as it is.
printf 'target t {\n' >wrong.llb
expect 1 "$LLB" fmt wrong.llb
has "$err" "wrong.llb:"
is wrong.llb 'target t {'
