# Build files that cannot be built: one clear error with the place, exit code
# 1, and nothing written.
bad() {
    expect 1 "$LLB" build -f "$1" -o dest
    shift
    for text; do has "$err" "$text"; done
    gone dest
    ! grep -q 'panic\|core dumped\|Sanitizer' "$err" || fail "a crash"
}

bad missing.llb "missing.llb" "No such file"
mkdir folder.llb
bad folder.llb "folder.llb"

printf 'llb 1\ntarget default {\n    mkfile "/f" "x\n}\n' >syntax.llb
bad syntax.llb "syntax.llb:3:" "error"

printf 'llb 1\ntarget default {\n    from toolchian()\n}\ndef toolchain() {\n    mkfile "/f" "x"\n}\n' >name.llb
bad name.llb "name.llb:3:" "toolchian" 'did you mean "toolchain"'

printf 'llb 1\ntarget default {\n    mkfile "/f" 7\n}\n' >type.llb
bad type.llb "type.llb:3:" "string"

printf 'llb 1\ntarget default {\n    mkfile "/f" "\377\376"\n}\n' >latin.llb
bad latin.llb "latin.llb:3:" "UTF-8"

printf 'llb 1\ntarget default {\n    mkfile "/f" "a\000b"\n}\n' >nul.llb
bad nul.llb "nul.llb:3:" "NUL"

: >empty.llb
expect 1 "$LLB" build -f empty.llb -o dest
gone dest

# A target that is not there is wrong usage, and the others are named.
printf 'llb 1\ntarget one {\n    mkfile "/f" "x"\n}\n' >one.llb
expect 2 "$LLB" build -f one.llb two
has "$err" two
has "$err" one

# Several errors of one file in one run.
printf 'llb 1\ntarget default {\n    nonsense "x"\n    mkfile "/f" more_nonsense\n}\n' >two.llb
bad two.llb "two.llb:3:" "two.llb:4:"

# A closed descriptor is not taken for one that was opened meanwhile.
closed() {
    code=0
    "$@" || code=$?
    [ $code = 1 ] || fail "exit code $code, not 1: $*"
    has "$err" "Bad file descriptor"
}
closed "$LLB" compile -f one.llb >&- 2>"$err"
closed "$LLB" compile -f - <&- >"$out" 2>"$err"
