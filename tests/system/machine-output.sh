# Machine output is JSON, line by line, however the build ends; the metadata
# and the image id are written for every build that is good.
project p <<'END'
target good {
    from base()
    mkfile "/f" "x"
}
target bad {
    from base()
    run "echo before; echo err >&2; exit 3" no_cache=true
}
END
# json CODE ARGS...: all lines are JSON; the last one is in $T/last.
json() {
    want=$1
    shift
    expect "$want" "$LLB" build -f p/build.llb --progress json "$@"
    python3 - "$out" <<'END' || fail "not JSON: $*"
import json, sys
lines = [json.loads(line) for line in open(sys.argv[1], "rb")]
with open("last", "w") as f:
    json.dump(lines[-1] if lines else {}, f)
END
}
json 0 good
json 1 bad
jq -e '.error.exit == 1 and (.error | tostring | contains("exit code: 3"))' \
    last >x || fail "$(cat last)"
grep -q 'build.llb' last || fail "no place: $(cat last)"
json 3 good --addr unix:///nonexistent.sock
jq -e '.error.exit == 3 and .error.status == "LLB_EUNAVAILABLE"' last >x ||
    fail "$(cat last)"
json 2 good --no-such-option
json 2 nowhere

# A folder has no digest, and its metadata are an object all the same.
json 0 good --metadata-file m1 -o type=local,dest=o1
jq -e 'type == "object"' m1 >x || fail "$(cat m1)"

# What cannot be written is known before the build begins.
json 1 bad --metadata-file none/m
grep -q none/m last || fail "$(cat last)"
lacks "$out" before
if [ "$ENGINE" = buildkit ]; then
    json 0 good --metadata-file m2 --iidfile iid \
        -o type=oci,dest=o2.tar,name=example.test/a:1
    jq -e '.["containerimage.digest"] and (.["containerimage.descriptor"] |
        type == "object") and .["image.name"] == "example.test/a:1"' m2 >x ||
        fail "$(cat m2)"
    is iid "$(jq -r '.["containerimage.config.digest"]' m2)"
fi
