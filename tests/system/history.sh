# A daemon remembers its builds, and what they wrote.
if [ "$BUILDKIT" -lt 11 ]; then
    for command in history logs; do
        expect 1 "$LLB" $command
        has "$err" "needs BuildKit v0.11"
    done
    exit 0
fi
project p <<'END'
target good {
    from base()
    run "echo the good one" network="none"
}
target bad {
    from base()
    run "echo the bad one; exit 3" network="none"
}
END
# newest KEY: of the last build.
newest() {
    "$LLB" history --limit 1 --json | jq -r ".[0].$1"
}
expect 0 "$LLB" build -f p/build.llb good --no-cache
good=$(newest ref)
[ "$(newest status)" = completed ] || fail "status $(newest status)"
expect 1 "$LLB" build -f p/build.llb bad
bad=$(newest ref)
[ "$(newest status)" = error ] || fail "status $(newest status)"
printf 'FROM scratch\nCOPY nothing /\n' >Dockerfile
expect 1 "$LLB" build -f Dockerfile
[ "$(newest attributes.filename)" = Dockerfile ] || fail "no attributes"

expect 0 "$LLB" history
has "$out" "$good"
has "$out" Dockerfile
expect 0 "$LLB" history "$bad"
has "$out" "exit code: 3"
expect 0 "$LLB" history --filter "ref==$good" --json
[ "$BUILDKIT" -lt 20 ] || jq -e 'length == 1' "$out" >x || fail "more than one"

expect 0 "$LLB" logs "$good"
has "$out" "the good one"
expect 0 "$LLB" logs "$bad" --progress json
tail -n 1 "$out" | jq -e '.build.status == "error"' >x || fail "no last line"
expect 1 "$LLB" logs nosuchbuild
has "$err" nosuchbuild

expect 0 "$LLB" history --pin "$bad"
expect 0 "$LLB" history "$bad" --json
jq -e '.[0].pinned' "$out" >x || fail "not pinned"
expect 0 "$LLB" history --unpin "$bad"
expect 0 "$LLB" history --delete "$bad"
expect 1 "$LLB" history "$bad"
has "$err" "remembers no build $bad"
expect 1 "$LLB" history --delete "$bad"
expect 2 "$LLB" history --delete
