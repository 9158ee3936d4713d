# A Dockerfile is compiled once, to a bundle; fed later it builds what the
# files are then, to the same image as through the frontend.
mkdir ctx
echo one >ctx/data
cat >ctx/Dockerfile <<'END'
FROM scratch
ARG where=/data
COPY data $where
ENV KEPT=yes
CMD ["cmd"]
END
cd ctx
bundle=../app.bundle
expect 0 "$LLB" compile -f Dockerfile -o $bundle --arg where=/there
expect 0 "$LLB" compile -f Dockerfile -o ../again --arg where=/there
cmp $bundle ../again || fail "the same file gave another bundle"
cp Dockerfile ../kept
rm Dockerfile # nobody needs it any more
expect 0 "$LLB" solve $bundle --local context=. -o ../out
is ../out/there one
echo two >data
expect 0 "$LLB" solve $bundle --local context=. -o ../out
is ../out/there two
lacks "$err" "load build definition"

# Nothing of this machine is sent but what is named.
expect 2 "$LLB" solve $bundle -o ../out
has "$err" "--local context=PATH"

# A definition of it, for any client; and what a bundle is not.
mv ../kept Dockerfile
expect 0 "$LLB" compile -f Dockerfile --format pb -o ../def.pb
has "$err" "Cmd and the like are lost"
expect 0 "$LLB" solve ../def.pb --local context=. -o ../out2
is ../out2/data two
"$LLB" inspect ../def.pb --format json >"$out"
lacks "$out" '"local.session"'
expect 1 "$LLB" compile -f Dockerfile nostage -o ../none
has "$err" nostage
gone ../none
expect 2 "$LLB" compile -f Dockerfile --no-resolve
printf '\032\005x' >../bad
expect 1 "$LLB" solve ../bad
has "$err" "../bad: no bundle"
head -c 200 $bundle >../cut
expect 1 "$LLB" solve ../cut

if [ "$ENGINE" = docker ]; then
    expect 0 "$LLB" solve $bundle --local context=. -o type=image,name=fed:1
    docker image inspect fed:1 >"$out"
    jq -e '.[0].Config.Cmd == ["cmd"]' "$out" >../x || fail "no config"
    exit 0
fi
buildctl --addr "$ADDR" build --local context=. --output type=local,dest=../out3 \
    <../def.pb >"$out" 2>"$err" || fail "buildctl refuses the definition"
is ../out3/data two

# digest FILE: of the image that a metadata file tells of.
digest() {
    jq -r '.["containerimage.digest"]' "$1"
}

# The same image both ways, on top of another one, too.
# same FILE N: builds FILE through the frontend and from a bundle, as image N.
same() {
    expect 0 "$LLB" build -f "$1" --arg SOURCE_DATE_EPOCH=7 \
        --metadata-file ../a.json -o \
        "type=image,name=$REGISTRY/through:$2,push=true,source-date-epoch=7"
    expect 0 "$LLB" compile -f "$1" --arg SOURCE_DATE_EPOCH=7 -o $bundle
    expect 0 "$LLB" solve $bundle --local context=. --metadata-file ../b.json \
        -o "type=image,name=$REGISTRY/fed:$2,push=true,source-date-epoch=7"
    [ "$(digest ../a.json)" = "$(digest ../b.json)" ] || fail "other images"
}
printf 'FROM %s/through:1\nCOPY data /more\nUSER x\n' "$REGISTRY" >with.Dockerfile
same Dockerfile 1
same with.Dockerfile 2
