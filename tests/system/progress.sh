# Plain progress names the steps, shows their output, and marks what was
# cached; nothing of it goes to standard output.
project p <<'END'
target default {
    from base()
    run """
        echo one line
        printf 'a \033[31mred\033[0m \033]0;title\007 word\n'
        """ name="the step"
}
END
expect 0 "$LLB" build -f p/build.llb --progress plain
has "$err" "the step"
has "$err" "one line"
lacks "$err" "$(printf '\033]0;')"
[ ! -s "$out" ] || fail "standard output is not empty"
expect 0 "$LLB" build -f p/build.llb --progress plain
has "$err" CACHED
expect 0 "$LLB" build -f p/build.llb --progress quiet
[ ! -s "$err" ] || fail "quiet is not"
