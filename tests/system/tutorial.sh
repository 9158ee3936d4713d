# on: none
# docs/tutorial.md is true: its files are written, its commands are run, and
# they print what it shows. Its images are those of a registry on this machine,
# and have a C compiler.
export MORE_CONF="[registry.\"docker.io\"]
  mirrors = [\"$REGISTRY\"]
[registry.\"$REGISTRY\"]
  http = true"
start_buildkit "$T/e"
export LLB_ADDR="unix://$T/e/sock"
BASE=$ROOTFS
project image <<'END'
target default {
    from base()
    env PATH="/usr/bin"
}
END
for name in gcc:14-bookworm debian:12-slim; do
    expect 0 "$LLB" build -f image/build.llb --push \
        -o "type=image,name=$REGISTRY/library/$name,push=true"
done
mkdir bin words
ln -s "$LLB" bin/llb
PATH=$T/bin:$PATH
cd words
expect 0 python3 "$SRC/tests/system/tutorial.py" "$SRC/docs/tutorial.md"
stop "$pid"
