# on: docker
# On a Docker Engine an image is loaded into it, config and all.
project p <<'END'
target default {
    from base()
    env WHO="moby"
    workdir "/srv"
    cmd ["/bin/sh", "-c", "echo $WHO in $PWD"]
    export image("loaded:1")
}
END
expect 0 "$LLB" build -f p/build.llb --metadata-file m.json
expect 0 docker run --rm --network none loaded:1
has "$out" "moby in /srv"
id=$(docker image inspect -f '{{.Id}}' loaded:1)
grep -qF "$id" m.json || fail "$id is not in $(cat m.json)"

expect 0 "$LLB" build -f p/build.llb -o type=docker,name=loaded:2
expect 0 "$LLB" build -f p/build.llb -o type=image,name=loaded:3
expect 0 docker run --rm --network none loaded:2
expect 0 docker run --rm --network none loaded:3

# What it cannot do is said by name.
expect 1 "$LLB" build -f p/build.llb -o type=oci,dest=i.tar
has "$err" oci
gone i.tar
expect 1 "$LLB" build -f p/build.llb \
    -o "type=image,name=$REGISTRY/loaded:1,push=true"
has "$err" push
