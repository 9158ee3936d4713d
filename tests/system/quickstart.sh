# on: none
# time: 1500
# scripts/quickstart works, and works again. What it needs is there already:
# this place has no network.
export XDG_CACHE_HOME="$T/cache" LLB_ENGINES="$ENGINES"
mkdir -p "$T/cache/llb"
cp "$ROOTFS" "$T/cache/llb/rootfs-tcc.tar"
expect 0 "$SRC/scripts/quickstart"
has "$out" "Hello, world!"
has "$err" "llb engine stop"
expect 0 "$SRC/scripts/quickstart"
has "$out" "Hello, world!"
expect 0 "$SRC/build/release/llb" engine stop
