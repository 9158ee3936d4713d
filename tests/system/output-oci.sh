# on: buildkit
# -o type=oci: an image layout as a tar, with the config the file asks for.
project p <<'END'
target default {
    from base()
    env A="1" B="two words"
    workdir "/srv"
    user "7:8"
    cmd ["/bin/sh"]
    label "org.example"="yes"
    expose "8080/tcp"
}
END
expect 0 "$LLB" build -f p/build.llb -o type=oci,dest=i.tar,name=example.com/i:1 \
    --metadata-file meta.json
mkdir i
tar -xf i.tar -C i
is i/oci-layout '{"imageLayoutVersion":"1.0.0"}'
digest=$(jq -r '.manifests[0].digest' i/index.json)
manifest=i/blobs/$(echo "$digest" | tr : /)
config=i/blobs/$(jq -r .config.digest "$manifest" | tr : /)
want='["PATH=/bin","A=1","B=two words"] /srv 7:8 ["/bin/sh"] yes {"8080/tcp":{}}'
got=$(jq -rc '.config | "\(.Env) \(.WorkingDir) \(.User) \(.Cmd) \(.Labels["org.example"]) \(.ExposedPorts)"' "$config")
[ "$got" = "$want" ] || fail "the config: $got"
[ "$(jq -r '.os + "/" + .architecture' "$config")" = linux/amd64 ] ||
    fail "the platform"
jq -e --arg d "$digest" '[.. | strings] | index($d) != null' meta.json >"$out" ||
    fail "the digest is not in the metadata: $(cat meta.json)"
