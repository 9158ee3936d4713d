# on: buildkit
# What is said about a result is in it: provenance, annotations, its date; and a
# source policy decides what a build may take.
project p <<'END'
target default {
    from scratch()
    copy local(".", include=["base.tar"]) "base.tar" "/" unpack=true
    run ["/bin/sh", "-c", "echo A >/made"]
}

target far {
    from image("docker.io/library/nowhere:1")
    run "echo B >/made"
}
END
# build CODE OPTION...: the image's layout is in i.
build() {
    code=$1
    shift
    expect "$code" "$LLB" build -f p/build.llb "$@"
    [ "$code" = 0 ] || return 0
    rm -rf i
    mkdir i
    tar -xf i.tar -C i
    top=$(jq -r '.manifests[0].digest' i/index.json)
}
blob() { echo "i/blobs/sha256/${1#sha256:}"; }
# statement: the attestation's blob, if there is one.
statement() {
    grep -l '"_type":"https://in-toto.io/Statement' i/blobs/sha256/* || true
}

build 0 -o type=oci,dest=i.tar
[ -z "$(statement)" ] || fail "nobody asked for an attestation"
for off in --provenance=false --attest=type=provenance,disabled=true; do
    build 0 -o type=oci,dest=i.tar "$off"
    [ -z "$(statement)" ] || fail "$off"
done
for min in --provenance=min --provenance=true --attest=type=provenance,mode=min; do
    build 0 -o type=oci,dest=i.tar "$min"
    has "$(statement)" slsa.dev/provenance
    lacks "$(statement)" llbDefinition
done
for max in --provenance=max --provenance=mode=max,builder-id=me \
    --attest=type=provenance,mode=max; do
    build 0 -o type=oci,dest=i.tar "$max"
    has "$(statement)" llbDefinition
done
build 0 -o type=oci,dest=i.tar --provenance mode=max,builder-id=me
has "$(statement)" '"id":"me"'

# A folder and a tar have it as a file.
expect 0 "$LLB" build -f p/build.llb --provenance max \
    -o type=local,dest=out,attestation-prefix=x-
has out/x-provenance.json llbDefinition

# Annotations, each where it belongs.
build 0 --provenance min \
    -o 'type=oci,dest=i.tar,annotation.a=1,annotation-index.b=2,annotation-manifest-descriptor[linux/amd64].c=3,annotation-index-descriptor.d=4'
manifest=$(jq -r '.manifests[0].digest' "$(blob "$top")")
got="$(jq -r .annotations.a "$(blob "$manifest")") $(jq -r .annotations.b "$(blob "$top")") $(jq -r '.manifests[0].annotations.c' "$(blob "$top")") $(jq -r '.manifests[0].annotations.d' i/index.json)"
[ "$got" = "1 2 3 4" ] || fail "annotations: $got"

# The date: of the image, and with rewrite-timestamp of every file; then the
# bytes are the same each time.
dates() {
    config=$(blob "$(jq -r .config.digest "$(blob "$top")")")
    layer=$(blob "$(jq -r '.layers[1].digest' "$(blob "$top")")")
    echo "$(jq -r .created "$config") $(TZ=UTC tar --full-time -tvzf "$layer" | sed -n 's/.* \(2[0-9-]* [0-9:]*\) made$/\1/p')"
}
date="2001-09-09T01:46:40Z 2001-09-09 01:46:40"
build 0 -o type=oci,dest=i.tar,rewrite-timestamp=true \
    --source-date-epoch 1000000000
[ "$(dates)" = "$date" ] || fail "$(dates)"
first=$top
build 0 -o type=oci,dest=i.tar,rewrite-timestamp=true --no-cache \
    --source-date-epoch 1000000000
[ "$top" = "$first" ] || fail "not the same image again"
export SOURCE_DATE_EPOCH=1000000000
build 0 -o type=oci,dest=i.tar,rewrite-timestamp=true
[ "$top" = "$first" ] || fail "the variable is not heeded"
build 0 -o type=oci,dest=i.tar,rewrite-timestamp=true --source-date-epoch ""
[ "$(dates)" != "$date" ] || fail "an empty date is none"
SOURCE_DATE_EPOCH=today
build 2 -o type=oci,dest=i.tar
has "$err" "SOURCE_DATE_EPOCH today: it is a number of seconds since 1970"
unset SOURCE_DATE_EPOCH

# A source policy forbids a source, or replaces it.
expect 0 "$LLB" build -f p/build.llb --push \
    -o "type=image,name=$REGISTRY/attest:1"
expect 0 "$LLB" compile -f p/build.llb far --no-resolve -o far.pb
policy() {
    printf '{"rules":[{"action":"%s","selector":{"identifier":"docker-image://docker.io/library/nowhere:1"}%s}]}' \
        "$1" "$2" >policy.json
}
policy DENY ""
expect 1 "$LLB" solve far.pb --source-policy-file policy.json -o out2
has "$err" "denied by policy"
gone out2
policy CONVERT ",\"updates\":{\"identifier\":\"docker-image://$REGISTRY/attest:1\"}"
expect 0 "$LLB" solve far.pb --source-policy-file policy.json -o out2
is out2/made B
policy DENNY ""
expect 1 "$LLB" solve far.pb --source-policy-file policy.json
has "$err" 'rules[0]: action "DENNY"'
expect 2 "$LLB" solve far.pb --source-policy-file nothere.json
has "$err" nothere.json

# Words that there are not.
build 2 --provenance full
has "$err" "--provenance full: it is true, false, min, max or KEY=VALUE"
build 2 --provenance mode=most
has "$err" 'mode is min or max, not "most"'
build 2 --attest type=vex
has "$err" 'no attestation "vex"; there are provenance and sbom'
build 2 --attest mode=max
has "$err" "type=provenance or type=sbom is missing"
build 2 --provenance max --attest type=provenance
has "$err" "the attestation provenance is given twice"
build 2 -o type=oci,dest=i.tar,annotation-layer.a=1
has "$err" "is no annotation"
