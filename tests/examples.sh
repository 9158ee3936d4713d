#!/bin/sh
# The examples without a daemon: they are formatted, list their targets, and
# compile to the same bytes each time. tests/system builds them.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
llb=$root/${LLB:-build/dev/llb}
passed=0 failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# holds WHAT COMMAND...: one test.
holds() {
    what=$1
    shift
    if "$@" >"$work/out" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL examples: $what"
        tail -n 20 "$work/out"
    fi
}

# Platform given, so that no daemon is asked and nothing depends on this machine.
compile() {
    "$llb" compile -f "$1" --build-platform linux/amd64 --no-resolve "$2"
}

compiles() {
    compile "$1" "$2" >"$work/a" && compile "$1" "$2" >"$work/b" &&
        [ -s "$work/a" ] && cmp "$work/a" "$work/b" &&
        "$llb" inspect "$work/a" >/dev/null
}

# Every step has its place in the file, or a failure could not show it.
has_places() {
    compile "$1" "$2" >"$work/a" &&
        "$llb" inspect --format json "$work/a" | grep -q build.llb
}

for file in examples/*/build.llb; do
    holds "$file is formatted" "$llb" fmt --check "$file"
    "$llb" targets -f "$file" >"$work/targets" 2>&1 || true
    targets=$(sed -n '/^targets:/,/^[a-z]*:$/s/^  \([A-Za-z_-]*\).*/\1/p' \
        "$work/targets" | sort -u)
    holds "$file has targets" [ -n "$targets" ]
    for target in $targets; do
        holds "$file $target compiles, twice the same" compiles "$file" "$target"
        holds "$file $target carries its places" has_places "$file" "$target"
    done
done
echo "$passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]
