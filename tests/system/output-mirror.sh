# on: buildkit
# since: 31
# -o type=local,mode=delete: the folder holds the result and nothing else, when
# the build has succeeded, and no folder that matters is ever emptied.
project p <<'END'
target default {
    from scratch()
    mkdir "/a" "/a/empty"
    mkfile "/a/one" "1"
    mkfile "/top" "t"
}

target fails {
    from base()
    run "exit 3"
}
END
mirror() {
    code=$1
    dest=$2
    shift 2
    expect "$code" "$LLB" build -f p/build.llb "$@" \
        -o "type=local,mode=delete,dest=$dest"
}
mkdir -p out/a/old out/b/c elsewhere
echo mine >elsewhere/mine
echo x >out/a/old/x
echo x >"out/odd
name"
ln -s ../elsewhere out/link
chmod 500 out/b
mirror 1 out fails
[ -e out/a/old/x ] && [ -e out/b/c ] || fail "a build that failed removed files"
mirror 0 out
[ "$(cd out && find . | LC_ALL=C sort | tr '\n' ' ')" = \
    ". ./a ./a/empty ./a/one ./top " ] || fail "$(find out)"
is elsewhere/mine mine
mirror 0 new/out
is new/out/a/one 1
expect 0 "$LLB" build -f p/build.llb -o type=local,mode=copy,dest=out
is out/top t

# Guards.
for dest in / /tmp/ . .. p/.. "$HOME" "$T/p"; do
    mirror 1 "$dest"
    has "$err" "mode=delete would remove everything else in $dest, "
    has "$err" "give it a folder of its own"
done
mkdir -p repo/.git
mirror 1 repo
has "$err" "the top of a repository"
is elsewhere/mine mine
[ -e p/build.llb ] && [ -e "$BASE" ] || fail "something was removed"
