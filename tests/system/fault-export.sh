# Destinations that go away while the build runs: an error with the path, and
# no success.
project p <<'END'
target default {
    from base()
    run "sleep 3; head -c 300000 /dev/urandom >/out/z" {
        mount scratch() "/out" as out
    }
    from out
}
END
# during COMMAND ARGS...: a build to ARGS, and COMMAND while its step runs.
during() {
    command=$1
    shift
    "$LLB" build -f p/build.llb --no-cache "$@" >"$out" 2>"$err" </dev/null &
    build=$!
    wait_for 30 running "sleep 3; head" || fail "the step does not start"
    sh -euc "$command"
    code=0
    wait "$build" || code=$?
}
mkdir dir
during 'rmdir dir' -o dir
[ $code = 1 ] || [ "$(stat -c %s dir/z)" = 300000 ] || fail "exit code $code"
[ $code = 0 ] || has "$err" dir

mkdir dir2
during 'rmdir dir2; echo file >dir2' -o dir2
[ $code = 1 ] || fail "exit code $code"
has "$err" dir2
is dir2 file

mkdir -p above
during 'rm -r above' -o type=tar,dest=above/x.tar
[ $code = 1 ] || fail "exit code $code"
has "$err" above/x.tar

mkdir disk
mount -t tmpfs -o ro tmpfs disk
for o in type=tar,dest=disk/x.tar disk disk/sub; do
    expect 1 "$LLB" build -f p/build.llb -o "$o"
    has "$err" disk
    has "$err" "Read-only file system"
done
umount disk

# A folder in the way of a file that comes.
mkdir -p dir3
during 'mkdir -p dir3/z/full' -o dir3
[ $code = 1 ] || [ -f dir3/z ] || fail "exit code $code and no file"
[ $code = 0 ] || has "$err" dir3
