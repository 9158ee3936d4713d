# on: buildkit
# include= and exclude= of local send exactly what BuildKit's own client would.
mkdir -p tree/pkg/sub tree/data tree/util/web tree/build/x
touch tree/top.py tree/top.txt tree/requirements.txt tree/pkg/m.py \
    tree/pkg/sub/n.py tree/pkg/sub/n.txt tree/data/one tree/data/two \
    tree/util/web/foo tree/util/web/bar tree/build/x/o

list() {
    (cd "$1" && find . -mindepth 1 -printf '%P\n' | LC_ALL=C sort | tr '\n' ' ')
}

# same OPTIONS LIST: that is what arrives with these options, sorted.
same() {
    rm -rf arrived
    printf 'llb 1\ntarget t {\n    from local("tree", %s)\n}\n' "$1" >build.llb
    expect 0 "$LLB" build -f build.llb t -o arrived
    got=$(list arrived)
    [ "$got" = "$2" ] || fail "$1 sends: $got, not: $2"
}

# wrong PATTERN: it is told with its place, and nothing is sent.
wrong() {
    printf 'llb 1\ntarget t {\n    from local("tree", %s)\n}\n' "$1" >build.llb
    expect 1 "$LLB" build -f build.llb t -o arrived --progress plain
    has "$err" "build.llb:3: the $2 list of \"tree\": pattern \"$3\" "
    lacks "$err" transferring
}
wrong 'exclude=["a", "!"]' exclude '!'
wrong 'exclude=["[a"]' exclude '[a'
wrong 'include=["ok", "[]b"]' include '[]b'

all=$(list tree)
same 'exclude=["*", "!**/*.py", "!requirements.txt"]' \
    "pkg pkg/m.py pkg/sub pkg/sub/n.py requirements.txt top.py "
same 'exclude=["*", "!data", "data/one"]' "data data/two "
same 'exclude=["**", "!util/web", "util/web/foo"]' "util util/web util/web/bar "
same 'exclude=["build/*"]' "$(echo "$all" | sed 's,build/x ,,; s,build/x/o ,,')"
same 'exclude=["build"]' "$(echo "$all" | sed 's,build ,,; s,build/x ,,; s,build/x/o ,,')"
same 'exclude=["*", "!pkg/*.py"]' "pkg pkg/m.py "
same 'exclude=["./data/"]' "$(echo "$all" | sed 's,data ,,; s,data/one ,,; s,data/two ,,')"
same 'include=["nothing"]' ""
same 'include=["**/*.py"], exclude=["pkg/sub"]' "pkg pkg/m.py top.py "

for bad in '!' '[a'; do
    printf 'llb 1\ntarget t {\n    from local("tree", exclude=["%s"])\n}\n' "$bad" >build.llb
    expect 1 "$LLB" build -f build.llb t -o arrived
    has "$err" "$bad"
done
