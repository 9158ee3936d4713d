# on: none
# llb diff tells scripts and people what changed; llb inspect shows it.
build() {
    cat >"$1/build.llb" <<EOF
llb 1
target default {
    from scratch()
    mkfile "/a" "$2"
    mkfile "/b" "same\u{1b}"
    $3
    mkfile "/c" "last"
}
EOF
    (cd "$1" && "$LLB" compile >"../$1.pb") || fail "compile"
}
mkdir x y z
build x 1 ""
build y 2 ""
build z 1 'mkdir "/new"'

expect 0 "$LLB" diff x.pb x.pb
[ ! -s "$out" ] && [ ! -s "$err" ] || fail "equal, and yet it says something"
expect 1 "$LLB" diff x.pb y.pb
has "$out" '#0 file "mkfile /a":'
has "$out" 'file.actions[0].mkfile.data: "1" -> "2"'
has "$out" 'data line 4: "    mkfile \"/a\" \"1\"" -> "    mkfile \"/a\" \"2\""'
expect 1 "$LLB" diff x.pb z.pb
has "$out" 'only in the second: #2 file "mkdir /new"'
code=0
"$LLB" diff - y.pb <x.pb >"$out" 2>"$err" || code=$?
[ $code = 1 ] || fail "standard input: exit code $code"

"$LLB" diff --json x.pb y.pb >x.json && fail "they differ"
python3 - <<'EOF'
import json
d = json.load(open("x.json"))
first = d["changes"][0]
assert d["equal"] is False and d["more"] == 0 and d["a"] != d["b"], d
assert first["kind"] == "op" and first["a"]["number"] == 0, first
assert first["field"] == "file.actions[0].mkfile.data", first
assert (first["a_value"], first["b_value"]) == ("1", "2"), first
EOF
expect 0 "$LLB" diff --json x.pb x.pb
has "$out" '"changes": []'

# Other texts and comments alone: the same build.
mkdir w
sed 's/^target/# A comment.\ntarget/' x/build.llb >w/build.llb
(cd w && "$LLB" compile >../w.pb) || fail "compile"
expect 1 "$LLB" diff x.pb w.pb
has "$out" 'source file 0 "build.llb":'
has "$out" 'locations[0].ranges'
has "$out" "The result is the same, sha256:"

# 2: that cannot be said.
expect 2 "$LLB" diff x.pb
expect 2 "$LLB" diff x.pb none.pb
has "$err" none.pb
expect 2 "$LLB" diff x.pb x/build.llb
has "$err" "this is text"
expect 2 "$LLB" diff - -
expect 2 "$LLB" diff x.pb -
has "$err" "standard input is empty"

# Nothing that a terminal obeys.
expect 0 "$LLB" inspect x.pb
! grep -q "$(printf '\033')" "$out" || fail "an escape sequence"
"$LLB" inspect --format json <x.pb >x.json || fail "inspect --format json"
digest=$(python3 -c 'import json
print(json.load(open("x.json"))["ops"][1]["digest"])')
expect 0 "$LLB" inspect x.pb --op "$(echo "$digest" | cut -c 1-20)"
has "$out" "\"digest\": \"$digest\""
has "$out" '"number": 1'
has "$out" '"locations"'
cp "$out" by-digest
expect 0 "$LLB" inspect --op 1 x.pb
cmp "$out" by-digest || fail "by number and by digest"
expect 2 "$LLB" inspect --op 99 x.pb
has "$err" "there are"
expect 2 "$LLB" inspect --op sha256:zz x.pb
expect 2 "$LLB" inspect --op sha256: x.pb
expect 2 "$LLB" inspect --op 1 --format dot x.pb
expect 0 "$LLB" inspect --format dot x.pb
has "$out" "digraph"

# A reader that goes away is no reason for a word.
python3 -c 'import sys
sys.stdout.write("llb 1\ntarget default {\n    from scratch()\n")
for i in range(2000): print("    mkfile \"/%d\" \"%0500d\"" % (i, i))
print("}")' >build.llb
"$LLB" compile >long.pb || fail "compile"
for format in tree json dot; do
    { "$LLB" inspect --format $format long.pb 2>"$err" || echo $? >code; } |
        head -n 1 >/dev/null
    [ "$format" = tree ] || [ "$(cat code)" = 1 ] || fail "$format: exit code"
    [ ! -s "$err" ] || fail "$format: $(cat "$err")"
done
