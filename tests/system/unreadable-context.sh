# A context folder that cannot be read, or is not there, ends the build with
# its name; root without its special rights stands for an ordinary user.
project p <<'END'
target default {
    copy local("src") "/" "/"
}
END
expect 1 "$LLB" build -f p/build.llb -o out
has "$err" src
gone out

mkdir -p p/src/locked
echo x >p/src/locked/f
chmod 0 p/src/locked
weak="setpriv --bounding-set=-dac_override,-dac_read_search"
# shellcheck disable=SC2086 # words
expect 1 $weak "$LLB" build -f p/build.llb -o out
has "$err" locked
gone out

chmod 755 p/src/locked
chmod 0 p/src/locked/f
# shellcheck disable=SC2086
expect 1 $weak "$LLB" build -f p/build.llb -o out
has "$err" locked/f
gone out/locked/f
