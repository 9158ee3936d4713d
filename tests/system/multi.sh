# The second example: stages, a cache mount, a secret, two targets and a group.
cp -r "$SRC/examples/multi" multi
cp "$ROOTFS" multi/rootfs.tar
cd multi
printf 'top secret 4711' >"$T/key"

expect 0 "$LLB" targets
has "$out" app
has "$out" test

expect 0 "$LLB" build test
has "$err" "4 of 4 cases hold"
has "$err" "compiling /code/src/words.c"

# Objects are kept: only what changed is compiled, though the step runs again.
sed -i 's/words %s/Words %s/' src/main.c
expect 0 "$LLB" build app --secret id=key,src="$T/key" -o out
has "$err" "compiling /code/src/main.c"
lacks "$err" "compiling /code/src/words.c"
[ "$(out/usr/bin/words)" = "Words dev" ] || fail "it is the old program"
[ "$(out/usr/bin/words 'a b c')" = 3 ] || fail "it cannot count"
is out/usr/share/words/words.sig \
    "$(cat "$T/key" out/usr/bin/words | sha256sum | cut -c -64)"
lacks "$err" "top secret"
! grep -rqF "top secret" out || fail "the secret is in the result"

expect 0 "$LLB" build all --secret id=key,src="$T/key" --arg version=2
has "$err" "4 of 4 cases hold"

expect 1 "$LLB" build app
has "$err" key
