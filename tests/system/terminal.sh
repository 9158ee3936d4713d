# Terminals of odd sizes, also such that change all the time, and a daemon that
# is interrupted: builds go on, the cursor comes back, and what a step printed
# stays to be read.
project p <<'END'
def step(i: int) {
    from base()
    run "echo ${i}; echo a rather long line of output that does not fit" no_cache=true
}
target many {
    from scratch()
    for i in range(30) {
        copy step(i) "/bin/sh" "/${i}"
    }
}
target slow {
    from base()
    run "echo important words; sleep 65432" name="slow" no_cache=true
}
END
# term CODE SCRIPT COMMAND...
term() {
    want=$1
    printf '%s\n' "$2" >script
    shift 2
    expect "$want" python3 "$SRC/tests/system/onpty.py" script "$@"
    # Whatever was hidden, the last word is that it is shown.
    ! grep -aoE '\[\?25[hl]' "$out" | tail -n 1 | grep -q l ||
        fail "the cursor is hidden"
}
# BuildKit 0.8 gives up on so many steps that start at once.
[ "$ENGINE" != docker ] || sed -i 's/range(30)/range(8)/' p/build.llb
for size in "3 5" "1 1" "0 0" "2 11" "1 200" "24 80"; do
    term 0 "size $size" "$LLB" build -f p/build.llb many
done
changes=$(for i in 1 2 3 4; do
    for size in "1 1" "24 80" "2 10" "0 0" "1 200"; do
        printf 'size %s\nwait 0.1\n' "$size"
    done
done)
term 0 "$changes" "$LLB" build -f p/build.llb many

# No line is longer than the terminal is wide: it would wrap and stay.
term 0 "size 10 40" "$LLB" build -f p/build.llb many
python3 - "$out" <<'END' || fail "a line wraps"
import re, sys
text = open(sys.argv[1], "rb").read().decode()
# What is drawn, not what is said after it.
text = "\n".join(re.findall(r"\x1b\[\?25l(.*?)\x1b\[\?25h", text, re.S))
bare = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", text)
long = [line for line in re.split(r"[\r\n]+", bare) if len(line) > 40]
print(long[:3])
raise SystemExit(bool(long))
END

gone_step() { ! running "sleep 65432"; }
words="important words"
for mode in plain tty json; do
    # JSON has output in base64.
    [ $mode != json ] || words=$(printf '%s\n' "$words" | base64)
    for signal in "INT 130" "TERM 143" "HUP 129"; do
        script=$(printf 'expect %s\nwait 0.3\nkill SIG%s' "$words" \
            "${signal% *}")
        ONPTY_SECONDS=10 term "${signal#* }" "$script" \
            env --default-signal=INT,TERM,HUP "$LLB" build -f p/build.llb slow \
            --progress $mode -o "out-$mode"
        tail -c 3000 "$out" | grep -qF "$words" ||
            fail "$mode $signal: the output is gone"
        wait_for 5 gone_step || fail "$mode $signal: the step is running"
        gone "out-$mode"
    done
done

# The end of machine output says so, in JSON.
"$LLB" build -f p/build.llb slow --progress json >json 2>"$err" </dev/null &
build=$!
wait_for 30 grep -qF "$words" json || fail "no output"
kill -TERM "$build"
wait "$build" || true
python3 -c 'import json, sys
lines = [json.loads(line) for line in open("json")]
sys.exit(lines[-1]["error"] != {"message": "cancelled", "exit": 143,
                                "status": "LLB_ECANCELED", "canceled": True})' ||
    fail "the last line does not say that it was cancelled: $(tail -n 1 json)"
