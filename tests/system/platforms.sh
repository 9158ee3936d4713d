# A target for several platforms is one result: a folder each, one image.
mkdir p
echo file >p/f
cat >p/build.llb <<'END'
llb 1

target default platforms=["linux/amd64", "linux/arm64"] {
    from scratch()
    copy local(".", include=["f"]) "f" "/f"
    mkfile "/platform" "${platform}"
    env NAME="of ${platform}"
}
END
expect 0 "$LLB" build -f p/build.llb -o out
is out/linux_amd64/platform linux/amd64
is out/linux_arm64/platform linux/arm64
is out/linux_arm64/f file
expect 0 "$LLB" build -f p/build.llb -o one --platform linux/arm64
is one/platform linux/arm64
expect 0 "$LLB" build -f p/build.llb -o two --platform linux/s390x,linux/arm64
is two/linux_s390x/platform linux/s390x
expect 2 "$LLB" build -f p/build.llb -o no --platform linux/arm64,linux/arm64
has "$err" "linux/arm64 is there twice"

# As a bundle: compiled here, built later.
expect 2 "$LLB" compile -f p/build.llb -o p.pb
has "$err" "--bundle"
expect 2 "$LLB" compile -f p/build.llb --bundle --format json -o p.bundle
expect 0 "$LLB" compile -f p/build.llb --bundle -o p.bundle
expect 0 "$LLB" solve p.bundle --local .=p -o fed
is fed/linux_arm64/platform linux/arm64
printf 'FROM scratch\nARG TARGETARCH\nCOPY f /$TARGETARCH\n' >p/Dockerfile
expect 0 "$LLB" compile -f p/Dockerfile --context context=p -o d.bundle \
    --platform linux/amd64,linux/arm64
expect 0 "$LLB" solve d.bundle --local context=p -o df
is df/linux_arm64/arm64 file

if [ "$ENGINE" = docker ]; then
    expect 1 "$LLB" build -f p/build.llb -o type=image,name=both:1
    has "$err" "help: this engine keeps images of one platform"
    exit 0
fi
# manifest NAME TAG: in the words of OCI, or of Docker, which are older.
manifest() {
    curl -sf -H 'Accept: application/vnd.oci.image.index.v1+json' \
        -H 'Accept: application/vnd.docker.distribution.manifest.list.v2+json' \
        -H 'Accept: application/vnd.oci.image.manifest.v1+json' \
        -H 'Accept: application/vnd.docker.distribution.manifest.v2+json' \
        "http://$REGISTRY/v2/$1/manifests/$2"
}
# platforms_of NAME: those of the index in the registry.
platforms_of() {
    manifest "$1" 1 |
        jq -r '[.manifests[].platform | .os + "/" + .architecture] | join(" ")'
}
expect 0 "$LLB" build -f p/build.llb --push -o "type=image,name=$REGISTRY/pl:1"
[ "$(platforms_of pl)" = "linux/amd64 linux/arm64" ] || fail "$(platforms_of pl)"
expect 0 "$LLB" solve d.bundle --local context=p \
    -o "type=image,name=$REGISTRY/pd:1,push=true"
[ "$(platforms_of pd)" = "linux/amd64 linux/arm64" ] || fail "$(platforms_of pd)"
# Each has its own config.
arm=$(manifest pl 1 | jq -r '.manifests[1].digest')
config=$(manifest pl "$arm" | jq -r .config.digest)
curl -sf "http://$REGISTRY/v2/pl/blobs/$config" >"$out"
has "$out" "NAME=of linux/arm64"
expect 0 "$LLB" build -f p/build.llb -o type=oci,dest=both.tar
tar -tf both.tar >"$out"
has "$out" index.json
