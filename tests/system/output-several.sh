# on: buildkit
# Several outputs of one build, each to its own place; or none of them.
project p <<'END'
target default {
    from scratch()
    mkfile "/one" "1"
    env A="b"
}

target fails {
    from base()
    run "exit 3"
}

target each platforms=["linux/amd64", "linux/arm64", "linux/arm/v7"] {
    from scratch()
    mkfile "/f-${platform.arch}" "x"
}

target same platforms=["linux/amd64", "linux/arm64"] {
    from scratch()
    mkfile "/f" "${platform.arch}"
}
END
build() {
    code=$1
    shift
    expect "$code" "$LLB" build -f p/build.llb "$@"
}
build 0 -o type=tar,dest=a.tar -o one -o type=oci,dest=i.tar \
    -o type=oci,tar=false,dest=img,name=x/y:1 -o two -o type=tar,dest=b.tar
is one/one 1
is two/one 1
[ "$(tar -xOf a.tar one) $(tar -xOf b.tar one)" = "1 1" ] || fail "the tars"
tar -xOf i.tar index.json | jq -e '.manifests[0].digest' >"$out"
jq -e '.manifests[0].annotations["org.opencontainers.image.ref.name"] == "1"' \
    img/index.json >"$out" || fail "$(cat img/index.json)"
for blob in img/blobs/sha256/*; do
    [ "$(sha256sum <"$blob")" = "${blob##*/}  -" ] || fail "$blob is another"
done
build 1 fails -o type=tar,dest=c.tar -o three -o type=oci,tar=false,dest=img2
gone c.tar
gone three
gone img2
[ "$(echo .*.tar* c.tar* three* img2*)" = '.*.tar* c.tar* three* img2*' ] ||
    fail "something is left: $(ls -a)"
build 2 -o type=tar,dest=- -o type=tar,dest=-
has "$err" "two outputs go there"

# A folder for each platform.
tree() { (cd "$1" && find . -type f | LC_ALL=C sort | tr '\n' ' '); }
build 0 each -o each
[ "$(tree each)" = "./linux_amd64/f-amd64 ./linux_arm64/f-arm64 ./linux_arm_v7/f-arm " ] ||
    fail "$(tree each)"
build 0 each -o type=local,dest=flat,platform-split=false
[ "$(tree flat)" = "./f-amd64 ./f-arm ./f-arm64 " ] || fail "$(tree flat)"
build 0 each --platform linux/amd64 -o single
[ "$(tree single)" = "./f-amd64 " ] || fail "$(tree single)"
build 0 each --platform linux/amd64 -o type=local,dest=split,platform-split=true
[ "$BUILDKIT" -le 13 ] || # which does not listen for one platform
    [ "$(tree split)" = "./linux_amd64/f-amd64 " ] || fail "$(tree split)"
build 0 each -o type=tar,dest=each.tar
[ "$(tar -tf each.tar | grep -v '/$' | tr '\n' ' ')" = \
    "linux_amd64/f-amd64 linux_arm64/f-arm64 linux_arm_v7/f-arm " ] ||
    fail "$(tar -tf each.tar)"
if [ "$BUILDKIT" -ge 31 ]; then # mode=delete
    mkdir -p mirror/linux_arm64 mirror/linux_s390x
    touch mirror/linux_arm64/old mirror/linux_s390x/f
    build 0 same -o type=local,mode=delete,dest=mirror
    [ "$(tree mirror)" = "./linux_amd64/f ./linux_arm64/f " ] ||
        fail "$(tree mirror)"
fi
build 1 same -o type=local,dest=clash,platform-split=false
has "$err" "cannot overwrite f from linux/"
gone clash
