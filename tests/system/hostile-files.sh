# on: none
# time: 300
# Files that nobody writes by hand: deep, long, endless, leading out or in
# circles. One clear error each, at once, and nothing written.
llb() { timeout 60 "$LLB" compile --no-resolve --build-platform linux/amd64 -o out.pb "$@"; }

# refuses TEXT ARGUMENT...: says TEXT, few other things, no byte that a
# terminal obeys, and writes nothing.
refuses() {
    text=$1
    shift
    expect 1 llb "$@"
    has "$err" "$text"
    [ "$(wc -c <"$err")" -lt 20000 ] || fail "too much is said"
    ! grep -q "$(printf '[\001-\010\013-\037]')" "$err" || fail "a control byte"
    gone out.pb
}

repeat() { awk -v s="$1" -v n="$2" 'BEGIN { for (i = 0; i < n; i++) printf "%s", s }'; }

# Nesting, of each kind that there is.
for pair in '( )' '[ ]' '{a:_}'; do
    { printf 'let x = '; repeat "${pair%??}" 100000; printf 1; } | tr _ ' ' >deep.llb
    refuses 'error[E' -f deep.llb
done
{ printf 'target t '; repeat '{ if true ' 100000; } >deep.llb
refuses 'error[E0501]' -f deep.llb
{ printf 'let x = '; repeat '!' 100000; printf 'true\n'; } >deep.llb
refuses 'error[E0501]' -f deep.llb
{ printf 'let x = 1'; repeat '+1' 100000; printf '\n'; } >deep.llb
refuses 'error[E0501]' -f deep.llb
{ printf 'let x = '; repeat '"${' 100000; } >deep.llb
refuses 'error[E0501]' -f deep.llb

# A million errors are twenty.
repeat 'let =
' 1000000 >many.llb
refuses 'error[E' -f many.llb
[ "$(grep -c 'error\[' "$err")" = 20 ] || fail "not twenty errors"

# Sizes.
{ printf 'let x = "'; head -c $((64 << 20)) /dev/zero | tr '\0' a; printf '"\n'; } >line.llb
refuses 'limit' -f line.llb
{ printf 'let x = "'; head -c $((15 << 20)) /dev/zero | tr '\0' a; printf '" + 1\ntarget t { }\n'; } >line.llb
refuses 'error[E0301]' -f line.llb
repeat 'target t { run "x" }; ' 100000 >line.llb
refuses 'declared twice' -f line.llb
rm -f line.llb deep.llb many.llb

# Circles and ways out.
printf 'import "b.llb" as b\ntarget t { }\n' >a.llb
printf 'import "a.llb" as a\n' >b.llb
refuses 'imports itself' -f a.llb
mkdir -p in outside
echo 'let secret = "x"' >outside/m.llb
ln -s ../outside/m.llb in/link.llb
ln -s loop2.llb in/loop1.llb
ln -s loop1.llb in/loop2.llb
ln -s ../outside in/folder
mkfifo in/pipe.llb
for module in ../outside/m.llb "$PWD/outside/m.llb"; do
    printf 'import "%s" as m\ntarget t { }\n' "$module" >in/build.llb
    refuses 'lies outside of the project' -f in/build.llb
done
for module in link.llb loop1.llb folder/m.llb pipe.llb; do
    printf 'import "%s" as m\ntarget t { }\n' "$module" >in/build.llb
    refuses 'is no file of the project' -f in/build.llb
    printf 'target t { label x=read("%s") }\n' "$module" >in/build.llb
    refuses 'leads out' -f in/build.llb
    printf 'target t { copy definition("%s") "/" "/" }\n' "$module" >in/build.llb
    refuses 'leads out' -f in/build.llb
done
printf 'import "a\033[31m.llb" as m\ntarget t { fail "\\u{1b}[31mred" }\n' >in/build.llb
refuses 'is no file of the project' -f in/build.llb

# Image layouts whose files are pipes, lead out or are huge.
layout() { printf 'target t { from oci_layout("layout") }\n' >in/build.llb; refuses "$1" -f in/build.llb; }
mkdir -p in/layout/blobs/sha256
sum=1fd62556954250bac80d601a196bb7fd480ceba7c10e94dd8fd4c6d1c08783d5
layout 'index.json'
mkfifo in/layout/index.json
layout 'index.json'
rm in/layout/index.json
printf '{"manifests": [{"digest": "sha256:%s"}]}' $sum >in/layout/index.json
layout "blobs/sha256/$sum"
mkfifo in/layout/blobs/sha256/$sum
layout "blobs/sha256/$sum"
rm in/layout/blobs/sha256/$sum
ln -s ../../../../outside/m.llb in/layout/blobs/sha256/$sum
layout "blobs/sha256/$sum"
rm in/layout/blobs/sha256/$sum
head -c $((64 << 20)) /dev/zero >in/layout/blobs/sha256/$sum
layout 'limit'
printf '{"manifests": [{"digest": "sha256:../../../../outside/m.llb"}]}' >in/layout/index.json
layout 'is no sha256 digest'

# A lock file cut in half.
printf 'target t { mkfile "/f" "x" }\n' >build.llb
printf '{"version": 1,\n "git": {\n  "https://example.com/a.git#main": {"commit":"0123' >build.lock
refuses 'build.lock' -f build.llb
rm build.lock

# A tree of 1,000 modules is none of these.
mkdir tree
awk 'BEGIN { for (i = 0; i < 1000; i++) {
    f = "tree/m" i ".llb"
    for (k = 10 * i + 1; k <= 10 * i + 10 && k < 1000; k++)
        printf "import \"m%d.llb\" as c%d\n", k, k >f
    printf "def steps() {\n    mkdir \"/m%d\"\n", i >f
    for (k = 10 * i + 1; k <= 10 * i + 10 && k < 1000; k++)
        printf "    c%d.steps()\n", k >f
    print "}" >f
    close(f)
} }'
printf 'import "m0.llb" as m\ntarget t { m.steps() }\n' >tree/build.llb
expect 0 llb -f tree/build.llb
"$LLB" inspect out.pb >"$out"
[ "$(grep -c 'mkdir\|file' "$out")" -ge 1000 ] || fail "not all modules are there"
