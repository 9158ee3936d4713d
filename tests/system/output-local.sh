# -o FOLDER: files, modes, times, links and odd names arrive as they are.
project p <<'END'
target default {
    from base()
    run """
        mkdir -p /out/a/b /out/empty
        echo one >/out/a/one
        echo two >"/out/a/b/two words"
        chmod 751 /out/a; chmod 4755 /out/a/one; chmod 600 "/out/a/b/two words"
        ln -s ../a/one /out/empty/link
        ln /out/a/one /out/a/hard
        touch -d '2001-02-03 04:05:06' /out/a/one
        head -c 3000000 /dev/zero >/out/zeros
        printf x >"/out/$(printf 'sm\303\266r')"
        """ {
        mount scratch() "/out" as out
    }
    from out
}
END
umask 077
expect 0 "$LLB" build -f p/build.llb -o dest
is dest/a/one one
is "dest/a/b/two words" two
is "dest/smör" x
[ "$(stat -c %a dest/a)" = 751 ] || fail "a: $(stat -c %a dest/a)"
[ "$(stat -c %a dest/a/one)" = 4755 ] || fail "one: $(stat -c %a dest/a/one)"
[ "$(stat -c %a "dest/a/b/two words")" = 600 ] || fail "two"
[ "$(stat -c %s dest/zeros)" = 3000000 ] || fail "zeros"
[ "$(readlink dest/empty/link)" = ../a/one ] || fail "the link"
[ "$(stat -c %Y dest/a/one)" = "$(date -u -d '2001-02-03 04:05:06' +%s)" ] ||
    fail "the time: $(stat -c %y dest/a/one)"
[ dest/a/one -ef dest/a/hard ] || fail "the hard link became a copy"

# A second build puts its files over the first ones and leaves others alone.
echo mine >dest/mine
echo old >dest/a/one
expect 0 "$LLB" build -f p/build.llb -o type=local,dest=dest
is dest/mine mine
is dest/a/one one
