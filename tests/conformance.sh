#!/bin/sh
# The golden definitions, played through the public C API by the conformance
# driver. What fails has to be what tests/driver/expected-failures.txt lists:
# a case outside of it that fails is wrong, and so is a listed one that passes.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
driver=${CONFORMANCE:-build/dev/tests/conformance}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

[ -x "$driver" ] || {
    echo "FAIL conformance: there is no $driver"
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
}
sed 's/#.*//' tests/driver/expected-failures.txt 2>/dev/null | tr -d ' \t' |
    sed '/^$/d' | sort -u >"$work/expected"
: >"$work/out"
crashed=0
for file in tests/golden-defs/*.jsonl; do
    code=0
    "$driver" "$file" >"$work/one" 2>&1 || code=$?
    # The driver counted if it says so at its end; if not, it crashed.
    grep -qE '^[0-9]+ passed, [0-9]+ failed' "$work/one" && [ $code -le 1 ] || {
        crashed=$((crashed + 1))
        echo "FAIL conformance: $driver $file: exit code $code"
        tail -n 30 "$work/one"
    }
    cat "$work/one" >>"$work/out"
done
sed -n 's/^FAIL \([^: ]*\).*/\1/p' "$work/out" | sort -u >"$work/failing"
cases=$(cat tests/golden-defs/*.jsonl | wc -l)

for name in $(comm -13 "$work/expected" "$work/failing"); do
    grep -A 3 -F "FAIL $name" "$work/out" | head -n 4 | cut -c -300
done
for name in $(comm -23 "$work/expected" "$work/failing"); do
    echo "FAIL $name: it passes, take it off tests/driver/expected-failures.txt"
done
wrong=$(comm -3 "$work/expected" "$work/failing" | wc -l)
known=$(comm -12 "$work/expected" "$work/failing" | wc -l)
[ "$known" = 0 ] || echo "$known cases fail as expected-failures.txt says"
failed=$((wrong + crashed))
echo "$((cases - wrong)) passed, $failed failed, 0 skipped"
[ $failed = 0 ]
