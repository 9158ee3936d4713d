# A disk that is full at export: exit code 1, the reason, and no half-written
# file.
project p <<'END'
target default {
    from base()
    run "head -c 3000000 /dev/urandom >/out/big; echo x >/out/small" {
        mount scratch() "/out" as out
    }
    from out
}
END
mkdir disk
mount -t tmpfs -o size=1m tmpfs disk
expect 1 "$LLB" build -f p/build.llb -o type=tar,dest=disk/out.tar
has "$err" "No space left"
[ -z "$(ls -A disk)" ] || fail "left behind: $(ls -lA disk)"

# The old file is still there, whole.
echo precious >disk/out.tar
expect 1 "$LLB" build -f p/build.llb -o type=tar,dest=disk/out.tar
is disk/out.tar precious
rm disk/out.tar

expect 1 "$LLB" build -f p/build.llb -o disk/dir
has "$err" "No space left"
[ -z "$(find disk -type f -size +0)" ] || {
    # Complete files may stay, a part of one may not.
    for file in $(find disk -type f -name '*big*'); do
        fail "left behind: $(ls -l "$file")"
    done
}
umount disk
