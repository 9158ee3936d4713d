# One definition over two folders, one build after the other: each gets its
# own files. (A daemon takes folders for equal that one session named equally.)
project p <<'END'
target default {
    from scratch()
    copy local("src") "/" "/"
}
END
cp -r p q
mkdir p/src q/src
echo one >p/src/f
echo two >q/src/f
echo extra >q/src/g

expect 0 "$LLB" build -f p/build.llb -o out-p
expect 0 "$LLB" build -f q/build.llb -o out-q
is out-p/f one
is out-q/f two
is out-q/g extra
gone out-p/g

"$LLB" compile -f p/build.llb >d.pb 2>"$err" || fail "compile"
for dir in p q p; do
    expect 0 "$LLB" solve d.pb --local "src=$dir/src" -o "solved-$dir"
done
is solved-p/f one
is solved-q/f two

# The same folder with other content, too.
echo three >p/src/f
expect 0 "$LLB" build -f p/build.llb -o out-p
is out-p/f three
