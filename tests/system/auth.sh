# time: 400
# Logins: config.json in all shapes, helper programs, tokens, a real registry.
[ "$ENGINE$BUILDKIT" != docker13 ] || skip "it speaks https to localhost"
port=5601
export PATH="$T/bin:$PATH" DOCKER_CONFIG="$T/docker"
mkdir bin docker
helper() {
    printf '#!/bin/sh\necho "$$" >>"%s/started"\n%s\n' "$T" "$2" \
        >"bin/docker-credential-$1"
    chmod +x "bin/docker-credential-$1"
}
helper tok 'read -r h; printf "{\"Username\":\"<token>\",\"Secret\":\"HT-$h\"}"'
helper ok 'printf "{\"Username\":\"hu\",\"Secret\":\"hp\"}"'
helper none 'echo "credentials not found in native keychain  "; exit 1'
helper bad 'echo "panic: locked" >&2; echo "store is locked"; exit 1'
helper junk 'echo "Warning: new version"; echo "{\"Username\":\"u\"}"'
helper slow 'sleep 600 & wait'
helper silent 'exit 0'

# registry MODE: another one, which nobody has tokens of.
server=
registry() {
    [ -z "$server" ] || stop "$server"
    port=$((port + 1))
    H=localhost:$port
    : >asked
    : >started
    python3 "$SRC/tests/system/auth_registry.py" $port "$1" "$T/asked" \
        >py.log 2>&1 &
    server=$!
    wait_for 10 curl -s "http://$H/v2/"
    : >asked
}

# pull CONFIG: a build from an image there, which is not.
pull() {
    printf '%s\n' "$1" | sed "s/@H/$H/g" >docker/config.json
    mkdir -p p
    printf 'llb 1\ntarget t {\n    from image("%s/team/img:1")\n}\n' "$H" \
        >p/build.llb
    expect 1 "$LLB" build -f p/build.llb --progress json --metadata-file meta
    # What was secret is nowhere but where it belongs.
    for secret in u6 p6 HT- ID7 RT6 t-post; do
        lacks "$err" $secret
        lacks "$out" $secret
    done
}
asked() {
    grep -qF -e "$1" asked || {
        cat asked
        fail "nobody asked: $1"
    }
}
auth=$(printf u6:p6 | base64)

# Basic.
registry basic
pull '{"auths":{"@H":{"auth":"'"$auth"'"}}}'
asked "/v2/team/img/manifests/1 Basic u6:p6"
registry basic
pull '{"auths":{"http://@H/v2/":{"username":"u6","password":"p:6"}}}'
asked "Basic u6:p:6"
registry basic
pull '{"credsStore":"bad","credHelpers":{"@H":"ok"}}'
asked "Basic hu:hp"

# A helper that fails is told by name, with the file and the host.
broken() {
    registry basic
    pull "$1"
    has "$err" "no login for $H: docker-credential-$2, which $T/docker/config.json names, $3"
}
broken '{"credHelpers":{"@H":"missing"}}' missing "was not found on PATH"
broken '{"credsStore":"missing"}' missing "was not found on PATH"
broken '{"credHelpers":{"@H":"bad"}}' bad "exited with code 1: store is locked"
broken '{"credsStore":"junk"}' junk "printed something else"
broken '{"credsStore":"silent"}' silent "printed nothing"

# One that hangs is ended with the build.
registry basic
printf '{"credsStore":"slow"}' >docker/config.json
printf 'llb 1\ntarget t {\n    from image("%s/team/img:1")\n}\n' "$H" >p/build.llb
"$LLB" build -f p/build.llb >"$out" 2>"$err" </dev/null &
pid=$!
wait_for 20 test -s started || fail "the helper does not run"
kill -TERM "$pid"
code=0
wait "$pid" || code=$?
[ "$code" = 143 ] || fail "exit code $code after SIGTERM"
wait_for 5 dead "$(head -n 1 started)" || fail "the helper still runs"
! running "sleep 600" || fail "its child still runs"

# Nothing is started for a build that needs no login.
registry open
pull '{"credsStore":"bad"}'
lacks "$err" "store is locked"
[ ! -s started ] || fail "a helper ran for a registry that wants no login"
project q <<'END'
target default {
    from base()
    run "true" network="none" no_cache=true
}
END
expect 0 "$LLB" build -f q/build.llb
[ ! -s started ] || fail "a helper ran for a build without images"

# Tokens.
registry bearer
pull '{"auths":{"@H":{"auth":"'"$auth"'"}}}'
asked "POST /token - grant_type=password"
asked "username=u6"
asked "password=p6"
asked "service=s"
asked "scope=repository%3Ateam%2Fimg%3Apull"
asked "/v2/team/img/manifests/1 Bearer t-post"
registry bearer
pull '{"auths":{"@H":{"identitytoken":"ID7"}}}'
asked "POST /token - grant_type=refresh_token&refresh_token=ID7"
! grep -q username asked || fail "an identity token went with a name"
registry bearer
pull '{"auths":{"@H":{"registrytoken":"RT6"}}}'
asked "Bearer RT6"
! grep -q /token asked || fail "a token was fetched"
registry bearer
pull '{"credHelpers":{"@H":"tok"}}'
asked "refresh_token=HT-localhost%3A$port"
for config in '{"credHelpers":{"@H":"none"}}' '{"credsStore":"none"}' \
    '{"auths":null,"unknown":{"a":[1]}}'; do
    registry bearer
    pull "$config"
    asked "GET /token - "
    asked "Bearer t-get"
done
registry bearer
pull '{"auths":{"@H":{}},"credsStore":"tok"}'
asked refresh_token=HT
registry bearer
pull '{"auths":{"@H":{"auth":"'"$auth"'"}},"credsStore":"tok"}'
asked refresh_token=HT
registry bearer
pull '{"auths": {'
has "$err" "$T/docker/config.json:2: this is no JSON"
stop "$server"

# A real registry: what a login pushes, it pulls; without one there is neither.
real=127.0.0.1:5600
printf '%s\n' 'llb:$2b$05$z928M32r.80c817iavvStOetA4kiR29CfaEsTHkFCp4EZVzSezCpG' >htpasswd
printf '%s\n' 'version: 0.1' 'log: {level: warn}' \
    "storage: {filesystem: {rootdirectory: $T/reg}}" \
    "auth: {htpasswd: {realm: llb, path: $T/htpasswd}}" \
    "http: {addr: \"$real\", secret: x}" >reg.yml
docker-registry serve reg.yml >reg.log 2>&1 &
server=$!
wait_for 10 curl -s "http://$real/v2/" || fail "no registry"
login='{"auths":{"'$real'":{"auth":"'$(printf llb:s3cret | base64)'"}}}'
printf '%s' "$login" >docker/config.json
project r <<'END'
target default {
    from base()
    mkfile "/f" "content\n"
}
END
if [ "$ENGINE" = buildkit ]; then
    expect 0 "$LLB" build -f r/build.llb -o "type=image,name=$real/x:1,push=true"
else # this engine pushes what it has loaded
    expect 0 "$LLB" build -f r/build.llb -o "type=image,name=$real/x:1"
    docker push "$real/x:1" >/dev/null
fi
printf 'llb 1\ntarget t {\n    from image("%s/x:1")\n    run "touch /g" network="none" no_cache=true\n}\n' "$real" >p/build.llb
expect 0 "$LLB" build -f p/build.llb -o got --progress json --metadata-file meta
is got/f content
cat "$out" "$err" meta >all.log
"$LLB" compile -f p/build.llb >def.pb 2>>all.log
lacks def.pb s3cret
if [ "$ENGINE" = buildkit ]; then # the other engine has the image itself
    printf '{}' >docker/config.json
    expect 1 "$LLB" build -f p/build.llb -o got2
    gone got2
    has "$err" "$real/x"
fi
stop "$server"
for secret in s3cret "$(printf llb:s3cret | base64)"; do
    lacks all.log "$secret"
done

# A host that only the daemon comes to, such as a mirror, gets no login.
[ "$ENGINE" = buildkit ] || exit 0
registry basic
mkdir m
printf '%s\n' '[worker.oci]' "  defaultCgroupParent = \"$CGROUP\"" \
    '[registry."mirrored.test"]' "  mirrors = [\"$H\"]" "[registry.\"$H\"]" \
    '  http = true' >m/conf.toml
buildkitd --config m/conf.toml --root "$T/m/root" --addr "unix://$T/m/sock" \
    --group 0 --otel-socket-path "$T/m/otel" --containerd-worker=false \
    --oci-worker-net=host >m/log 2>&1 </dev/null &
pid=$!
wait_for 20 buildctl --addr "unix://$T/m/sock" debug workers || fail "no daemon"
printf '{"auths":{"%s":{"auth":"%s"}}}' "$H" "$auth" >docker/config.json
printf 'llb 1\ntarget t {\n    from image("mirrored.test/team/img:1")\n}\n' \
    >p/build.llb
: >asked
expect 1 "$LLB" build -f p/build.llb --addr "unix://$T/m/sock"
asked "/v2/team/img/manifests/1 - "
! grep -q Basic asked || fail "a mirror that nobody named got a login"
has "$err" "--auth-host $H"
expect 1 "$LLB" build -f p/build.llb --addr "unix://$T/m/sock" --auth-host "$H"
asked "Basic u6:p6"
expect 2 "$LLB" build -f p/build.llb --auth-host "http://$H"
has "$err" "say HOST or HOST:PORT"
stop "$pid"
