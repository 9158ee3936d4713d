# Files with names that no shell likes, folders whose names sort in odd ways,
# sockets and pipes: a folder comes through a build as it was.
python3 - <<'END'
import os
os.makedirs(b"p/tree/ok")
for name in [b"new\nline", b"back\\slash", b" lead", b"trail ", b"-dash", b"*star",
             b"tab\there", b'q"uote', b"s'q", b"%41", b"esc\x1b[31m", b"n" * 255,
             "\u65e9".encode(), b"a.txt", b"a0", b"aA", b"B", b"~", b"$HOME", b"${x}"]:
    open(b"p/tree/" + name, "wb").write(name)
for folder in [b"a", b"a-b", b"a b", b"proj", b"proj.sub", b"ok/deep/er"]:
    os.makedirs(b"p/tree/" + folder)
    open(b"p/tree/" + folder + b"/f", "wb").write(folder)
os.symlink(b"../gone", b"p/tree/dangling")
os.mkfifo(b"p/tree/pipe", 0o644)
END
printf 'llb 1\ntarget t {\n    from local("tree")\n}\n' >p/build.llb
expect 0 "$LLB" build -f p/build.llb -o dest --progress plain
(cd p/tree && find . -print0 | LC_ALL=C sort -z) >want
(cd dest && find . -print0 | LC_ALL=C sort -z) >got
cmp want got || fail "other names: $(tr '\0\n' '\n?' <got | diff - want)"
rm p/tree/pipe
[ -p dest/pipe ] || fail "the pipe"
rm dest/pipe
diff -r --no-dereference p/tree dest || fail "other files"
! grep -q "$(printf '\033')" "$err" || fail "an escape sequence in the log"

# A second build with one change: only that arrives differently.
printf 'changed' >p/tree/a/f
rm p/tree/B
expect 0 "$LLB" build -f p/build.llb -o again
is again/a/f changed
gone again/B
is again/a0 a0
