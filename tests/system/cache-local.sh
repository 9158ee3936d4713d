# on: buildkit
# Caches in folders: what is written is used, and what is no cache is told in
# one warning and not waited for.
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
warned() {
    [ "$(grep -c '^warning: ' "$err")" = 1 ] || fail "not one warning"
    has "$err" "warning: the cache $1 is not used: "
}
mkdir bad tagless
echo '{' >bad/index.json
echo '{"schemaVersion":2,"manifests":[]}' >tagless/index.json

# A first build has no cache yet.
build 0 --cache-from type=local,src=c --cache-to type=local,dest=c,mode=max \
    -o one
warned c
is c/oci-layout '{"imageLayoutVersion":"1.0.0"}'
[ "$(find c -type f | grep -vc /blobs/)" = 2 ] || fail "$(find c -type f)"
for dir in bad tagless; do
    build 0 --cache-from type=local,src=$dir
    warned $dir
done

# Another daemon of ours, or this one when it has forgotten everything.
forget() { buildctl --addr "$ADDR" prune --all >/dev/null; }
forget
build 0 --cache-from type=local,src=c -o two
cmp one/made two/made || fail "the cache was not used"
lacks "$err" warning:
forget
build 0 --cache-from type=local,src=c,tag=other -o two
warned c
! cmp -s one/made two/made || fail "there is no such tag, but something"

# One blob is gone: the step would be taken for done, and its files missing.
cp -r c torn
layer=$(find torn/blobs/sha256 -type f -size +20k)
rm "$layer"
forget
build 0 --cache-from type=local,src=torn -o two
warned torn

# A second tag, and a reset that leaves nothing of the first behind.
build 0 --cache-to type=local,dest=c,tag=v2
[ "$(jq '.manifests | length' c/index.json)" = 2 ] || fail "$(cat c/index.json)"
touch "c/blobs/sha256/$(printf %064d 7)"
build 0 --cache-to type=local,dest=c,tag=v2,reset=true
gone "c/blobs/sha256/$(printf %064d 7)"
forget
build 0 --cache-from type=local,src=c,tag=v2
lacks "$err" warning:

# Caches of a file, and words that there are not.
sed 's/^    run/    cache_to local("d")\n&/' p/build.llb >p/file.llb
expect 0 "$LLB" build -f p/file.llb
[ -f p/d/index.json ] || fail "the cache of the file: $(find p)"
build 2 -o type=oci,dest=x,compresion=zstd
has "$err" 'did you mean "compression"?'
build 2 --cache-from type=local
has "$err" "needs src="
build 2 --cache-to type=local,dst=x
has "$err" 'did you mean "dest"?'
build 1 --cache-to type=local,dest=/proc/cache
has "$err" "cannot create the folder /proc/cache"
[ "$(grep -c /proc/cache "$err")" = 1 ] || fail "it is said twice"

# A build that fails leaves no folder of its own.
printf 'llb 1\ntarget default {\n    from scratch()\n    copy scratch() "/x" "/"\n}\n' \
    >p/fails.llb
expect 1 "$LLB" build -f p/fails.llb --cache-to type=local,dest=new/cache
gone new
