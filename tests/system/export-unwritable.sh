# Destinations that cannot be written: one error with the path, nothing half
# written.
project p <<'END'
target default {
    mkfile "/f" "content\n"
    mkdir "/d"
    mkfile "/d/g" "more\n"
}
END
: >file
for o in file file/below type=local,dest=file type=tar,dest=nowhere/x.tar \
    type=tar,dest=p; do
    code=0
    "$LLB" build -f p/build.llb -o "$o" >"$out" 2>"$err" </dev/null || code=$?
    case $code in
    1 | 2) ;;
    *) fail "exit code $code at $o" ;;
    esac
    path=${o##*=}
    has "$err" "${path%%/*}"
done
[ ! -s file ] || fail "the file in the way was written to"
gone nowhere

# Root without its special rights stands for an ordinary user.
mkdir shut
chmod 555 shut
weak="setpriv --bounding-set=-dac_override,-dac_read_search"
# shellcheck disable=SC2086 # words
expect 1 $weak "$LLB" build -f p/build.llb -o shut
has "$err" shut
# shellcheck disable=SC2086
expect 1 $weak "$LLB" build -f p/build.llb -o type=tar,dest=shut/x.tar
has "$err" shut
[ -z "$(ls -A shut)" ] || fail "left: $(ls -A shut)"

# A folder of the result where a file lies, and the other way round: replaced
# or refused, but never a mixture without a word.
mkdir -p mixed/f
: >mixed/d
code=0
"$LLB" build -f p/build.llb -o mixed >"$out" 2>"$err" </dev/null || code=$?
case $code in
0)
    is mixed/f content
    is mixed/d/g more
    ;;
1) has "$err" mixed ;;
*) fail "exit code $code" ;;
esac
