# on: none
# time: 400
# A daemon that means no good gets an error and an exit code at most: nothing
# is written where it should not be, nothing is told that the build did not
# name, and the terminal obeys nobody.
hostile=$(dirname "$LLB")/tests/hostile
[ -x "$hostile" ] || fail "there is no $hostile: build the target hostile"
mkdir p
cat >p/build.llb <<'PLAYED'
llb 1
target default {
    copy local(".", include=["f"]) "f" "/f"
}
PLAYED
echo content >p/f
echo victim >victim
esc=$(printf '\033')

# play MOOD CODES ARGS...: a build with that daemon ends with one of the codes
# (a pattern of case) within a minute.
play() {
    mood=$1 codes=$2
    shift 2
    rm -rf s out
    "$hostile" "$T/s" "$mood" >told 2>&1 &
    daemon=$!
    wait_for 10 test -S s || fail "$(cat told)"
    code=0
    timeout -k 5 60 "$LLB" build -f p/build.llb --addr "unix://$T/s" "$@" \
        >"$out" 2>"$err" </dev/null || code=$?
    kill -9 "$daemon"
    eval "case $code in
    $codes) ;;
    *) fail \"\$mood: exit code $code\" ;;
    esac"
    lacks "$err" "$esc"
    lacks "$err" "$(printf '\302\233')"
    is victim victim
    [ "$(stat -c %h victim)" = 1 ] || fail "$mood: a link to a file outside"
    for path in escaped /tmp/escaped out/escaped; do gone "$path"; done
}

# Words of the daemon are shown, and are nothing but words.
for progress in plain json; do
    play evil 0 --progress $progress
    play error 1 --progress $progress
done
play error 1
has "$err" 'error: a\x1b[2Jb'
play evil 0 --metadata-file meta.json
python3 -c 'import json; print(json.load(open("meta.json")))' >"$out" ||
    fail "the metadata are no JSON"

# Numbers and depths that no daemon has: refused or passed over, in no time.
play many '0 | 1'
play deep '0 | 1'
play no-status 0
play no-reply 0
play junk-reply 1
play twice 0

# What never ends is ended.
play endless 0 --progress plain
play drips 0
play replies 1
has "$err" "the daemon answers without end"
play never-ends 3
has "$err" "it does not answer any more"

# Trees that lead out of the folder.
for mood in absolute dots through-symlink folder-through-symlink hard-link \
    order evil-name size; do
    play $mood 1 -o out
    has "$err" out
    has told "send: code 2"
    gone out
done

# The same into a folder that is there: what it had stays.
mkdir kept
echo old >kept/f
for mood in through-symlink hard-link size; do
    play $mood 1 -o kept
    grep -q . kept/f || fail "$mood: f is torn"
    [ -z "$(find kept -name '.*' ! -name kept)" ] || fail "$mood: leftovers"
done

# A half is no file, whatever the daemon says; nothing is no success either.
echo old >old.tar
play half 1 -o type=tar,dest=old.tar
is old.tar old
play half 1 -o type=tar,dest=new.tar
gone new.tar
play twice 1 -o out
gone out
play twice 1 -o type=tar,dest=new.tar
gone new.tar

play no-session '0 | 1 | 3' -o out
gone out

# Questions for what the build did not name.
echo hush >secret
play asks 0 --secret id=other,src=secret
lacks told hush
lacks told passwd
lacks told root:
has told "other: code 5"
has told "GetSecret: code 5"
lacks told "/etc: code 0"
lacks told "..: code 0"
