# A C program makes a build and has it built, and says what went wrong.
solve=$(dirname "$LLB")/examples/solve
[ -x "$solve" ] || fail "there is no $solve: build the target example_solve"
mkdir folder
cp "$BASE" folder/base.tar

expect 0 "$solve" folder 'echo shown; echo hello >/out/greeting' out
is out/greeting hello
has "$err" shown
has "$err" "done   /bin/sh -c echo shown"
gone out/bin

# Again, from the daemon's cache.
expect 0 "$solve" folder 'echo shown; echo hello >/out/greeting' again
is again/greeting hello
has "$err" cached
lacks "$err" "done   /bin/sh -c echo shown"

# The folder is another one under the same name: its files count.
mkdir other tree
tar -xf "$BASE" -C tree
echo new >tree/mark
tar -C tree -cf other/base.tar .
expect 0 "$solve" other 'cp /mark /out' out2
is out2/mark new

expect 1 "$solve" folder 'echo "before $((40 + 2))"; exit 7' none
has "$err" "the step failed: "
has "$err" "exit code: 7"
has "$err" "  | before 42"
gone none

expect 1 "$solve" nowhere true none
has "$err" nowhere
export LLB_ADDR=unix:///nowhere.sock
expect 3 "$solve" folder true none
has "$err" nowhere.sock
gone none
