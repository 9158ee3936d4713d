#!/bin/sh
# The syntax files of editors/ are those that make.py makes, and colour what
# they should: a sample word for word, and each example without an end of a
# string or bracket too few. vim is asked itself, where there is one.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
llb=$root/${LLB:-build/dev/llb}
passed=0 failed=0 skipped=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# holds WHAT COMMAND...: one test.
holds() {
    what=$1
    shift
    if "$@" >"$work/out" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL editors: $what"
        head -n 20 "$work/out"
    fi
}

made() {
    diff -u "editors/$1" "$work/made/$1"
}

colours() {
    python3 tests/editors/colours.py "$@"
}

textmate() {
    colours textmate editors/llb.tmLanguage.json "$@" >"$work/textmate"
}

sample() {
    textmate tests/editors/sample.llb &&
        diff tests/editors/sample.txt "$work/textmate"
}

vim_sample() {
    colours vim editors/vim tests/editors/sample.llb >"$work/vim" &&
        diff tests/editors/sample.txt "$work/vim"
}

same() {
    colours vim editors/vim "$@" >"$work/vim" && diff "$work/textmate" "$work/vim"
}

editors/make.py "$llb" "$work/made"
holds "the TextMate grammar is made anew" made llb.tmLanguage.json
holds "the vim syntax is made anew" made vim/syntax/llb.vim
holds "the sample's colours by TextMate's rules" sample
set -- examples/*/build.llb tests/golden/meaning/*.llb
holds "the examples' strings and brackets end" textmate "$@"
if vim --version 2>/dev/null | grep -q '+syntax'; then
    holds "the sample's colours in vim" vim_sample
    holds "the examples' colours in vim" same "$@"
else
    skipped=1
    echo "skip editors: colours in vim: there is no vim with +syntax"
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
