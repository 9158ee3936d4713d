# A Dockerfile is built by the daemon's own frontend: stages, arguments,
# .dockerignore, contexts, every output, and errors at their lines.
mkdir -p ctx/sub other
cp "$BASE" ctx/base.tar
echo kept >ctx/kept
echo dropped >ctx/dropped
echo other >other/file
printf 'dropped\nsub\n' >ctx/.dockerignore
cat >ctx/Dockerfile <<'END'
FROM scratch AS base
ADD base.tar /
ENV PATH=/bin

FROM base AS work
ARG who=nobody
COPY . /ctx
RUN mkdir /out && ls -A /ctx >/out/list && echo "for $who" >/out/who && \
    cat /proc/uptime >/out/when

FROM scratch AS files
COPY --from=work /out /

FROM base AS broken
RUN echo before the end
RUN echo it fails; exit 9
END
cd ctx

expect 0 "$LLB" build -f Dockerfile files -o ../out --arg who=me
is ../out/who "for me"
is ../out/list ".dockerignore
Dockerfile
base.tar
kept"
mv ../out ../first
expect 0 "$LLB" build -f Dockerfile files -o ../out --arg who=me
is ../out/when "$(cat ../first/when)"
expect 0 "$LLB" build -f Dockerfile files -o ../out --arg who=me --no-cache
[ "$(cat ../out/when)" != "$(cat ../first/when)" ] || fail "it was cached"

expect 1 "$LLB" build -f Dockerfile broken
has "$err" "exit code: 9"
has "$err" "before the end"
expect 1 "$LLB" build -f Dockerfile nostage
has "$err" nostage

# The frontend of that engine tells no places.
if [ "$ENGINE" != docker ]; then
    expect 1 "$LLB" build -f Dockerfile broken
    has "$err" "Dockerfile:16"
    has "$err" "  16 | >>> RUN echo it fails; exit 9"
    expect 1 "$LLB" build -f Dockerfile broken --progress json
    tail -n 1 "$out" | jq -e '.error.places[0].line == 16' >"$T/x" ||
        fail "no place in the JSON"
fi

# Two at once, and the file from elsewhere: the context is the current folder.
expect 0 "$LLB" build -f Dockerfile base work
cd ..
expect 1 "$LLB" build -f ctx/Dockerfile files -o out
expect 0 "$LLB" build -f ctx/Dockerfile --context context=ctx files -o out
has out/list kept

expect 2 "$LLB" targets -f ctx/Dockerfile
has "$err" "ctx/Dockerfile is a Dockerfile"

# An image has its config.
printf 'FROM scratch\nCOPY kept /\nENV A=b\nCMD ["c"]\n' >ctx/image.Dockerfile
if [ "$ENGINE" = docker ]; then
    expect 0 "$LLB" build -f ctx/image.Dockerfile --context context=ctx \
        -o type=image,name=made:1
    docker image inspect made:1 >"$out"
    jq -e '.[0].Config.Cmd == ["c"]' "$out" >x || fail "no config"
    exit 0
fi
expect 0 "$LLB" build -f ctx/image.Dockerfile --context context=ctx \
    -o "type=image,name=$REGISTRY/dockerfile:1" --push --iidfile iid
curl -sf "http://$REGISTRY/v2/dockerfile/blobs/$(cat iid)" >"$out"
jq -e '.config.Cmd == ["c"]' "$out" >x || fail "no config"

# Secrets and named contexts.
cat >ctx/more.Dockerfile <<'END'
FROM scratch AS base
ADD base.tar /
ENV PATH=/bin
RUN --mount=type=secret,id=s cp /run/secrets/s /secret
COPY --from=extra file /file
FROM scratch
COPY --from=base /secret /file /
END
export SECRET=hush
expect 0 "$LLB" build -f ctx/more.Dockerfile -o out \
    --context context=ctx --context extra=other --secret id=s,env=SECRET
is out/secret hush
is out/file other
expect 1 "$LLB" build -f ctx/more.Dockerfile --context extra=nowhere
has "$err" "--context extra=nowhere: cannot read the folder nowhere"

# A cache that is written is used when the daemon has forgotten all.
expect 0 "$LLB" build -f ctx/Dockerfile --context context=ctx files \
    --cache-to type=local,dest=cache,mode=max -o first2
expect 0 "$LLB" prune --all
expect 0 "$LLB" build -f ctx/Dockerfile --context context=ctx files \
    --cache-from type=local,src=cache -o second
is second/when "$(cat first2/when)"
