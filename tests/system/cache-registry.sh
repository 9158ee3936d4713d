# on: buildkit
# Caches in a registry, of their own and within an image; caches of services
# that only a daemon reaches are asked for with their attributes.
project p <<'END'
target default {
    from base()
    run "head -c 8 /proc/sys/kernel/random/uuid >/made"
}
END
build() {
    code=$1
    shift
    expect "$code" "$LLB" build -f p/build.llb --progress plain "$@"
}
forget() { buildctl --addr "$ADDR" prune --all >/dev/null; }
build 0 -o one --cache-to "type=registry,ref=$REGISTRY/cache:1,mode=max"
forget
build 0 -o two --cache-from "$REGISTRY/cache:1"
cmp one/made two/made || fail "the registry's cache was not used"
forget
build 0 -o three --push -o "type=image,name=$REGISTRY/app:1" \
    --cache-to type=inline
forget
build 0 -o four --cache-from "type=registry,ref=$REGISTRY/app:1"
cmp three/made four/made || fail "the image's cache was not used"

# A Dockerfile's frontend looks into the caches too, and knows folders.
printf 'FROM scratch\nADD base.tar /\nENV PATH=/bin\nRUN head -c 8 /proc/sys/kernel/random/uuid >/made\n' \
    >p/Dockerfile
docker_build() {
    expect 0 "$LLB" build -f p/Dockerfile --context context=p "$@"
}
forget
docker_build -o five --cache-to type=local,dest=c,mode=max \
    --cache-to "type=registry,ref=$REGISTRY/cache:2,mode=max"
forget
docker_build -o six --cache-from type=local,src=c
cmp five/made six/made || fail "the folder's cache was not used"
forget
docker_build -o seven --cache-from "$REGISTRY/cache:2"
cmp five/made seven/made || fail "the registry's cache was not used"

# What no daemon of ours can reach: it is asked, and says why not. The one that
# is built from Debian's packages has no such caches.
[ "$BUILDKIT" -gt 13 ] || exit 0
build 1 --cache-to type=s3,region=r,bucket=b,endpoint_url=http://127.0.0.1:1,access_key_id=a,secret_access_key=b
has "$err" "exporting cache to Amazon S3"
build 0 --cache-to type=s3,region=r,bucket=b,endpoint_url=http://127.0.0.1:1,access_key_id=a,secret_access_key=b,ignore-error=true
build 2 --cache-to type=gha,scope=x
has "$err" "needs token="
ACTIONS_RUNTIME_TOKEN=t ACTIONS_CACHE_URL=http://127.0.0.1:1/ \
    build 1 --cache-to type=gha,scope=x
has "$err" "gha cache exporter: token is malformed"
build 2 --cache-to type=azblob,acount_url=http://127.0.0.1:1
has "$err" 'did you mean "account_url"?'
