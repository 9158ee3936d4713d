# What a file leaves open is written down, and stays as it was.
command -v git >/dev/null || skip "there is no git"
put() {
    printf '%s\n' "$1" >repo/f
    git -C repo add f
    git -C repo -c user.name=a -c user.email=a@example.com commit -qm "$1"
}
git init -q -b master repo
put one
git daemon --listen=127.0.0.1 --port=9419 --base-path="$T" --export-all \
    --reuseaddr "$T" >daemon.log 2>&1 &
daemon=$!
mkdir web p
echo one >web/f
(cd web && exec python3 -m http.server --bind 127.0.0.1 8099 >../web.log 2>&1) &
web=$!
trap 'stop $daemon; stop $web' EXIT
wait_for 10 git ls-remote git://127.0.0.1:9419/repo || fail "no git daemon"

project base <<'END'
target default {
    from base()
    env GREETING="locked"
    export image("lock-me:1")
}
END
from=image\(\"$REGISTRY/lock-me:1\",\ platform=\"linux/amd64\"\)
images=1
if [ "$ENGINE" = docker ]; then # it has images of its own, without digests
    expect 0 "$LLB" build -f base/build.llb
    from='fs { mkdir "/etc" }' images=0
else
    expect 0 "$LLB" build -f base/build.llb --push \
        -o "type=image,name=$REGISTRY/lock-me:1,push=true"
fi
cat >p/build.llb <<END
llb 1
target t platforms=["linux/amd64", "linux/arm64"] {
    copy git("git://127.0.0.1:9419/repo") "f" "/git"
    copy http("http://127.0.0.1:8099/f") "f" "/http"
    copy $from "/etc" "/etc"
}
END

nobody="env LLB_ADDR=unix:///nowhere unshare -n"

# Without a lock file nothing is said; with one, what is missing.
expect 1 "$LLB" lock -f p/build.llb --check
has "$err" p/build.lock
expect 0 "$LLB" lock -f p/build.llb
has "$err" "repositories: 1, files: 1"
[ "$(jq -r '.git["git://127.0.0.1:9419/repo#"].commit' p/build.lock)" = \
    "$(git -C repo rev-parse HEAD)" ] || fail "another commit"
jq -e '.http["http://127.0.0.1:8099/f"].checksum' p/build.lock >/dev/null
[ $images = 0 ] || jq -e ".images[\"$REGISTRY/lock-me:1 linux/amd64\"].config" \
    p/build.lock >/dev/null || fail "no config"
expect 0 "$LLB" lock -f p/build.llb --check
expect 0 "$LLB" lock -f p/build.llb
has "$err" unchanged

# The branch moves, the lock does not. Compiling needs nobody.
put two
expect 0 "$LLB" build -f p/build.llb --platform linux/amd64 -o out
is out/git one
is out/http one
expect 0 env -u LLB_ADDR BUILDKIT_HOST=unix:///nowhere "$LLB" compile \
    -f p/build.llb --bundle -o one.pb
$nobody "$LLB" compile -f p/build.llb --bundle -o two.pb
cmp one.pb two.pb || fail "other bytes without a network"

# A file that changed is not what was locked.
echo two >web/f
expect 1 "$LLB" build -f p/build.llb --platform linux/amd64 --no-cache -o out

# Anew: one entry, or all of them.
expect 0 "$LLB" lock -f p/build.llb --update repo
[ "$(jq -r '.git[].commit' p/build.lock)" = "$(git -C repo rev-parse HEAD)" ] ||
    fail "the commit was not looked up anew"
expect 0 "$LLB" lock -f p/build.llb --update
expect 0 "$LLB" build -f p/build.llb --platform linux/amd64 -o out
is out/git two
is out/http two

# What is not there is told, by build and by check; what is left over, too.
sed -i 's|repo")|repo", ref="master")|' p/build.llb
expect 0 "$LLB" build -f p/build.llb --platform linux/amd64 -o out
has "$err" W0601
expect 0 "$LLB" check -f p/build.llb
has "$err" W0601
expect 1 "$LLB" lock -f p/build.llb --check
has "$err" W0601
has "$err" "git://127.0.0.1:9419/repo#: no target uses it"
expect 0 "$LLB" lock -f p/build.llb
expect 0 "$LLB" lock -f p/build.llb --check

# Modules of a repository: pinned, and read from this machine from then on.
export XDG_CACHE_HOME="$T/cache"
mkdir -p repo/lib
echo 'let word = "one"' >repo/lib/words.llb
printf 'import "lib/words.llb" as words\ndef said() { mkfile "/said" words.word }\n' \
    >repo/say.llb
git -C repo add .
put three
cat >p/mod.llb <<'END'
llb 1
import git("git://127.0.0.1:9419/repo", ref="master") "say.llb" as say
target t { from say.said() }
END
expect 0 "$LLB" build -f p/mod.llb -o out2
is out2/said one
expect 1 "$LLB" check -f p/mod.llb
has "$err" "run llb lock"
expect 0 "$LLB" lock -f p/mod.llb
has "$err" "modules: 2"
echo 'let word = "two"' >repo/lib/words.llb
git -C repo add .
put four
expect 0 "$LLB" build -f p/mod.llb -o out2
is out2/said one
expect 0 "$LLB" check -f p/mod.llb
$nobody "$LLB" compile -f p/mod.llb -o mod1.pb
rm -r cache
expect 3 $nobody "$LLB" compile -f p/mod.llb -o mod2.pb
expect 0 "$LLB" lock -f p/mod.llb --vendor
rm -rf cache
$nobody "$LLB" compile -f p/mod.llb -o mod2.pb
cmp mod1.pb mod2.pb || fail "other bytes from vendored texts"
expect 0 "$LLB" lock -f p/mod.llb --update
expect 0 "$LLB" build -f p/mod.llb -o out2
is out2/said two

# Half a lock file is none.
head -c 100 p/build.lock >half && mv half p/build.lock
expect 1 "$LLB" build -f p/build.llb
has "$err" p/build.lock
