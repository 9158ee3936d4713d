# A step that fails shows its line of the build file, its last output and its
# exit code; the build ends with 1.
project p <<'END'
def broken(word: string) {
    from base()
    run "echo before ${word}; exit 3"
}

target default {
    from broken("dawn")
}
END
cd p
expect 1 "$LLB" build -o out
has "$err" "build.llb:12"
has "$err" 'run "echo before ${word}; exit 3"'
has "$err" "before dawn"
has "$err" "exit code: 3"
has "$err" "build.llb:16"
gone out/bin

# The same from a compiled definition, which carries the places.
"$LLB" compile >../d.pb 2>"$err" || fail "compile"
expect 1 "$LLB" solve ../d.pb --local .=.
has "$err" "build.llb:12"
