# The first example builds everywhere, as a folder and as an image.
cp -r "$SRC/examples/hello" hello
cp "$ROOTFS" hello/rootfs.tar
cd hello

expect 0 "$LLB" build -o out
[ "$(./out/hello)" = "Hello, world!" ] || fail "the program says something else"
has "$err" "Hello, world!"

expect 0 "$LLB" build -o out --arg who="O'Neil \$HOME"
[ "$(./out/hello)" = "Hello, O'Neil \$HOME!" ] ||
    fail "the greeting was not taken as it is: $(./out/hello)"

if [ "$ENGINE" = buildkit ]; then
    expect 0 "$LLB" build image -o type=oci,dest=hello.tar
    mkdir oci
    tar -xf hello.tar -C oci
    manifest=$(jq -r '.manifests[0].digest' oci/index.json | tr : /)
    config=$(jq -r .config.digest "oci/blobs/$manifest" | tr : /)
    [ "$(jq -c .config.Entrypoint "oci/blobs/$config")" = \
        '["/usr/bin/hello"]' ] || fail "$(cat "oci/blobs/$config")"
else
    expect 0 "$LLB" build image -o type=docker,name=hello
    expect 0 docker run --rm --network none hello
    has "$out" "Hello, world!"
fi
