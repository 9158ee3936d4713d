# on: buildkit
# -o type=oci,tar=false: image layouts as folders, each name once, and image
# layouts as sources.
project p <<'END'
arg n: string = "1"

target default {
    from base()
    run ["sh", "-c", "echo ${n} >/n"]
    env N=n
}

target again {
    from oci_layout("img", tag="2")
    run "test $N = 2; cat /n >/copy"
}
END
put() {
    n=$1
    expect 0 "$LLB" build -f p/build.llb default --arg "n=$n" \
        -o "type=oci,tar=false,dest=p/img$2"
}
index() {
    jq -r '.manifests[] | "\(.annotations["org.opencontainers.image.ref.name"]) \(.annotations["io.containerd.image.name"])"' \
        p/img/index.json | tr '\n' ,
}
digest() {
    jq -r ".manifests[] | select(.annotations[\"org.opencontainers.image.ref.name\"] == \"$1\").digest" \
        p/img/index.json
}
put 1 ,name=example.test/a:1
[ "$(index)" = "1 example.test/a:1," ] || fail "$(index)"
is p/img/oci-layout '{"imageLayoutVersion":"1.0.0"}'
first=$(digest 1)
put 2 ,name=example.test/a:2
put 2 ""
[ "$(index)" = "1 example.test/a:1,2 example.test/a:2,latest null," ] ||
    fail "$(index)"
[ "$(digest 1)" = "$first" ] || fail "the first image changed"
put 3 ,name=example.test/a:1
[ "$(index)" = "2 example.test/a:2,latest null,1 example.test/a:1," ] ||
    fail "$(index)"
[ "$(digest 1)" != "$first" ] || fail "the first image did not change"
[ "$(find p/img -type f | grep -vc /blobs/)" = 2 ] || fail "$(find p/img)"
for blob in p/img/blobs/sha256/*; do
    [ "$(sha256sum <"$blob")" = "${blob##*/}  -" ] || fail "$blob is another"
done

# What we wrote is what we read, by its config too.
expect 0 "$LLB" build -f p/build.llb again -o out
is out/copy 2
expect 0 "$LLB" compile -f p/build.llb again -o again.pb
name=$(buildctl debug dump-llb <again.pb |
    sed -n 's/.*"oci.store":"\([^"]*\)".*/\1/p' | head -n 1)
expect 2 "$LLB" solve again.pb -o out2
has "$err" "say --oci-layout $name=PATH"
expect 0 "$LLB" solve again.pb --oci-layout "$name=p/img" -o out2
is out2/copy 2

# Nothing is left of a build that fails, and a folder of another keeps what is
# in it.
expect 2 "$LLB" build -f p/build.llb default -o type=oci,tar=false
has "$err" "tar=false writes a folder"
expect 1 "$LLB" build -f p/build.llb default -o type=oci,tar=false,dest=x/one \
    -o type=docker,tar=false,dest=x/two
has "$err" "both x/one and x/two"
gone x
echo '{' >p/img/index.json
expect 1 "$LLB" build -f p/build.llb default -o type=oci,tar=false,dest=p/img
has "$err" "p/img/index.json is no index of an image layout"
is p/img/index.json '{'
