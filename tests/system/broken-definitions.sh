# Definitions that are none, or that a daemon would choke on: inspect and solve
# refuse each with its place and a way out, nothing reaches the daemon, and it
# answers afterwards.
printf 'llb 1\ntarget default {\n    from scratch()\n    mkfile "/f" "x"\n}\n' \
    >build.llb
"$LLB" compile >good.pb 2>"$err" || fail "compile"

python3 - <<'EOF'
import gzip, hashlib

good = open("good.pb", "rb").read()

def varint(n):
    out = b""
    while n > 127:
        out, n = out + bytes([n & 127 | 128]), n >> 7
    return out + bytes([n])

def put(number, body):
    return varint(number << 3 | 2) + varint(len(body)) + body

def name(op):
    return b"sha256:" + hashlib.sha256(op).hexdigest().encode()

def write(file, *ops):
    open(file + ".pb", "wb").write(b"".join(put(1, op) for op in ops))

def raw(file, data):
    open(file + ".pb", "wb").write(data)

def on(digest, output=b"", rest=b""):
    return put(1, put(1, digest) + output) + rest

src = put(3, put(1, b"local://x"))
raw("empty", b"")
raw("noise", hashlib.sha512(b"noise").digest() * 5)
raw("half", good[:len(good) // 2])
raw("cut", good[:-1])
raw("json", b'{"def":[]}\n')
raw("gzip", gzip.compress(good))
raw("newline", good + b"\n")
raw("no-ops", put(2, put(1, name(src)) + put(2, b"")))
raw("long-length", b"\x0a" + varint(1 << 63) + b"x")
raw("long-number", b"\x0a" + b"\xff" * 11 + b"\x01")
raw("field-zero", b"\0" + good)
raw("groups", b"\x0b" * 5000)
write("one-op", src)
write("lost", src, on(b"sha256:" + b"0" * 64))
write("odd-digest", src, on(b"sha256:zz"))
write("path", src, on(b"../../etc"))
write("output", src, on(name(src), b"\x10\x05"))
write("minus", src, on(name(src), b"\x10" + varint(2 ** 64 - 1)))
for file, body in (("no-meta", put(2, b"")),
                   ("no-root", put(2, put(1, put(1, b"x")))),
                   ("no-actions", put(4, b"")),
                   ("two-kinds", put(2, b"") + put(4, b""))):
    op = on(name(src), rest=body)
    write(file, src, op, on(name(op)))
# A ring would need a digest that depends on itself: what is left is an op
# that names itself, by a digest that is not its own.
ring = on(b"sha256:" + b"1" * 64, rest=put(6, put(1, b"")))
write("ring", ring, on(name(ring)))
# Ops in a definition in an op, and so on.
deep = src
for _ in range(3000):
    deep = put(5, put(1, deep))
write("deep", deep, on(name(deep)))
# As many empty fields as bytes allow.
raw("counts", put(1, src) + put(3, put(2, b"") * 3000000) + b"\x0a")
write("two-ends", src, on(name(src)), on(name(src), rest=put(11, b"")))
big = [put(3, put(1, b"local://x%07d" % i) +
           put(2, put(1, b"a") + put(2, b"v" * 260))) for i in range(60000)]
join = b"".join(on(name(op)) for op in big) + \
    put(2, put(1, put(1, b"true")) + put(2, b"\x1a\x01/"))
write("big", *big, join, on(name(join)))
EOF

# refused NAME TEXT...
refused() {
    name=$1
    shift
    expect 1 timeout 60 "$LLB" inspect "$name.pb"
    [ ! -s "$out" ] || fail "$name: inspect wrote something"
    for text in "$name.pb" "$@"; do has "$err" "$text"; done
    cp "$err" first
    # The address has no daemon: nothing gets that far.
    expect 1 timeout 60 "$LLB" solve --addr unix:///nowhere.sock -o dest \
        "$name.pb"
    for text in "$name.pb" "$@"; do has "$err" "$text"; done
    [ "$(wc -l <first)" = 1 ] || fail "$name: more than one line"
    gone dest
}

refused empty "holds no ops" "llb compile"
refused no-ops "holds no ops"
refused noise "no definition" byte
refused half "cut or damaged" byte
refused cut "cut or damaged" byte
refused json "this is JSON" byte
refused gzip "this is gzip" byte
refused newline "byte $(wc -c <good.pb)"
refused long-length "byte 0" "longer than what is left"
refused long-number "byte 0" "more than 64 bits"
refused field-zero "byte 0"
refused groups "byte 0" "a group"
refused counts byte
refused one-op "op 0 (sha256:" "a terminal op is missing"
refused lost "op 1 (sha256:" "input 0" "no op of the definition has that digest"
refused ring "op 0 (sha256:" "input 0" "no op of the definition has that digest"
refused odd-digest "op 1 (sha256:" "input 0" '"sha256:zz"' "no digest"
refused path "op 1 (sha256:" "input 0" '"../../etc"' "no digest"
refused output "op 1 (sha256:" "input 0" "output 5"
refused minus "op 1 (sha256:" "input 0" "output -1"
refused no-meta "op 1 (sha256:" "exec" "no meta"
refused no-root "op 1 (sha256:" "exec" "no mounts"
refused no-actions "op 1 (sha256:" "file" "no actions"
refused two-kinds "op 1" "only one member"
refused deep "op 0"

# Two ops that nobody uses: the last one is the result, as the daemon has it.
expect 0 "$LLB" inspect two-ends.pb

# One message of BuildKit's carries 16 MiB. To look into it is fine.
expect 0 timeout 100 "$LLB" inspect big.pb
expect 1 timeout 100 "$LLB" solve --addr unix:///nowhere.sock -o dest big.pb
has "$err" "16"
has "$err" "sent"
gone dest

expect 0 "$LLB" inspect good.pb
expect 0 "$LLB" solve -o dest good.pb
is dest/f x
expect 0 "$LLB" info
