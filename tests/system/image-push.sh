# on: buildkit
# A push reaches the registry; what is built on the image inherits its config.
project p <<'END'
target default {
    from base()
    env GREETING="from the base"
    mkdir "/srv"
    workdir "/srv"
    mkfile "/srv/f" "content\n"
}
END
expect 0 "$LLB" build -f p/build.llb \
    -o "type=image,name=$REGISTRY/base:1,push=true" --metadata-file m.json
digest=$(jq -r '.["containerimage.digest"]' m.json)
got=$(curl -sf -H 'Accept: application/vnd.oci.image.manifest.v1+json' \
    -H 'Accept: application/vnd.docker.distribution.manifest.v2+json' \
    "http://$REGISTRY/v2/base/manifests/1" | sha256sum | cut -c -64)
[ "$digest" = "sha256:$got" ] || fail "pushed $got, said $digest"

# What a build file alone asks for does not leave the machine: --push does.
project s <<END
target default {
    from base()
    export image("$REGISTRY/asked:1", push=true)
}
END
code=0
"$LLB" build -f s/build.llb >"$out" 2>"$err" </dev/null || code=$?
[ $code != 0 ] || fail "it pushed without leave"
has "$err" "--push"
! curl -sf "http://$REGISTRY/v2/asked/tags/list" || fail "it is pushed"
expect 0 "$LLB" build -f s/build.llb --push
curl -sf "http://$REGISTRY/v2/asked/tags/list" >"$out" || fail "not pushed"

mkdir q
cat >q/build.llb <<END
llb 1
target default {
    from image("$REGISTRY/base:1")
    run "echo \"\$GREETING in \$PWD: \$(cat f)\" >result"
    copy here "srv/result" "/"
}
END
expect 0 "$LLB" build -f q/build.llb -o out
is out/srv/result "from the base in /srv: content"
is out/result "from the base in /srv: content"

# A name that cannot be pushed to is the daemon's error, and ours to pass on.
expect 1 "$LLB" build -f p/build.llb \
    -o "type=image,name=127.0.0.1:1/base:1,push=true"
has "$err" 127.0.0.1:1
