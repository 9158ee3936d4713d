# on: buildkit
# A token server that is down, hangs or talks nonsense: the error names it, and
# the build does not wait for ever.
export DOCKER_CONFIG=$T/docker
mkdir docker p
port=5671
pull() {
    port=$((port + 1))
    python3 "$SRC/tests/system/auth_registry.py" $port "$1" "$T/asked" \
        >py.log 2>&1 &
    server=$!
    wait_for 10 curl -s "http://localhost:$port/v2/"
    printf '{"auths":{"localhost:%s":{"username":"u6","password":"p6"}}}' \
        $port >docker/config.json
    printf 'llb 1\ntarget t {\n    from image("localhost:%s/team/img:1")\n}\n' \
        $port >p/build.llb
    expect 1 timeout 100 "$LLB" build -f p/build.llb
    stop $server
    lacks "$err" p6
    has "$err" "$2"
}
pull down "http://localhost:1/token"
pull broken "http://localhost:$((port + 1))/token"
pull nonsense "http://localhost:$((port + 1))/token"
pull hangs "http://localhost:$((port + 1))/token"
