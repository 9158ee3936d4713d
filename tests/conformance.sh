#!/bin/sh
# The golden definitions, played through the public C API by the conformance
# driver. What fails has to be what tests/driver/expected-failures.txt lists:
# a case outside of it that fails is wrong, and so is a listed one that passes.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
driver=${CONFORMANCE:-build/dev/tests/conformance}
out=$(mktemp)
trap 'rm -f "$out"' EXIT

[ -x "$driver" ] || {
    echo "FAIL conformance: there is no $driver"
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
}
code=0
"$driver" --expected tests/driver/expected-failures.txt \
    tests/golden-defs/*.jsonl >"$out" 2>&1 || code=$?
counts=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$out")
sed '$d' "$out" | cut -c -400
if [ -z "$counts" ]; then
    tail -n 1 "$out"
    echo "FAIL conformance: the driver ended with $code before its end"
    counts="0 1"
elif [ $code = 0 ]; then
    # Failures that are expected are what this test is there to see.
    counts="$((${counts% *} + ${counts#* })) 0"
elif [ "${counts#* }" = 0 ]; then
    counts="${counts% *} 1"
fi
echo "${counts% *} passed, ${counts#* } failed, 0 skipped"
[ $code = 0 ]
