# on: none
# llb check asks no daemon, and says what is wrong to people and to programs.
mkdir p
cat >p/build.llb <<'END'
llb 1
arg version = "1"
target t {
    from image("debian")
    run "make ${version}"
    run "test"  # llb: allow(W0401)
    from image("debian")
    run "last"
}
END
expect 0 "$LLB" check -f p/build.llb
has "$err" "p/build.llb:5:15: warning[W0410]"
has "$err" '${sh(version)}'
has "$err" "p/build.llb:5:5: warning[W0401]"
lacks "$err" "build.llb:6:"
lacks "$err" W0408
expect 1 "$LLB" check -f p/build.llb --strict

expect 0 "$LLB" check -f p/build.llb --format json
[ "$(jq -c 'map(.code)' "$out")" = '["W0401","W0410"]' ] || fail "other codes"
[ ! -s "$err" ] || fail "people's words beside JSON"
expect 0 "$LLB" check -f p/build.llb --format sarif
[ "$(jq -r '.runs[0].results[1].locations[0].physicalLocation.region.startLine' \
    "$out")" = 5 ] || fail "another line"
[ "$(jq -r '.runs[0].tool.driver.rules | length' "$out")" = 2 ] ||
    fail "other rules"

# Errors are results, too.
echo 'target t { mkfiel "/x" "" }' >p/wrong.llb
expect 1 "$LLB" check -f p/wrong.llb --format json
[ "$(jq -r '.[0].help' "$out")" = 'did you mean "mkfile"?' ] || fail "no help"
expect 1 "$LLB" check -f p/wrong.llb
has "$err" "p/wrong.llb:1:12: error[E0202]"
expect 1 "$LLB" check -f p/none.llb
has "$err" p/none.llb

# All targets, unless some are named.
printf 'target a { mkfile "/x" "" }\ntarget b { fail "no b" }\n' >p/two.llb
expect 1 "$LLB" check -f p/two.llb
has "$err" "no b"
expect 0 "$LLB" check -f p/two.llb a
expect 2 "$LLB" check -f p/two.llb c
