# -o type=tar: one file, or standard output.
project p <<'END'
target default {
    from base()
    run "mkdir /out/d && echo deep >/out/d/f && chmod 640 /out/d/f && ln -s d/f /out/l" {
        mount scratch() "/out" as out
    }
    from out
}
END
expect 0 "$LLB" build -f p/build.llb -o type=tar,dest=out.tar
mkdir x
tar -xf out.tar -C x
is x/d/f deep
[ "$(stat -c %a x/d/f)" = 640 ] || fail "the mode"
[ "$(readlink x/l)" = d/f ] || fail "the link"

expect 0 "$LLB" build -f p/build.llb -o -
[ "$(tar -xOf "$out" d/f)" = deep ] || fail "no tar on standard output"

# A file that was there is replaced as a whole.
head -c 100000 /dev/zero >out.tar
expect 0 "$LLB" build -f p/build.llb -o type=tar,dest=out.tar
[ "$(tar -xOf out.tar d/f)" = deep ] || fail "the old file shines through"
