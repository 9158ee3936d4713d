#!/bin/sh
# What a reviewer would say about any file: its format, marks of work left to
# do, traces of the machine it was written on, scripts that do not parse.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
passed=0 failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# judge NAME: a failure unless nothing was found; what was is in $work/found.
judge() {
    if [ -s "$work/found" ]; then
        failed=$((failed + 1))
        echo "FAIL hygiene: $1"
        head -n 20 "$work/found" | cut -c1-200 | sed 's/^/    /'
    else
        passed=$((passed + 1))
    fi
}

# Files of the repository, and those that will be; generated data is not read.
# A file that is gone but still listed is someone's work under way.
git ls-files --cached --others --exclude-standard -- . \
    ':!*.jsonl' ':!fuzz/corpus' ':!tests/golden' |
    while read -r file; do
        [ ! -f "$file" ] || echo "$file"
    done | sort -u >"$work/all"
grep -E '\.[ch]$' "$work/all" >"$work/c" || true

: >"$work/found"
if command -v clang-format >/dev/null; then
    xargs -r clang-format --dry-run <"$work/c" 2>&1 |
        sed -n 's/: warning: code should be clang-formatted.*//p' \
            >"$work/found"
    judge "clang-format changes these lines"
else
    echo "FAIL hygiene: there is no clang-format (scripts/deps test)"
    failed=1
fi

grep -E '^(src|include|grammar|proto)/' "$work/all" |
    xargs -r grep -nE '\b(TODO|FIXME|XXX)\b|[Nn]ot implemented' \
        >"$work/found" || true
judge "marks of work left to do"

# The patterns are cut in two, so that this file does not find itself.
xargs -r grep -nE "/""work/|\.\./""shared" <"$work/all" \
    >"$work/found" || true
judge "paths of one machine"

xargs -r grep -nE '[[:blank:]]+$' <"$work/all" | grep -v '^LICENSE:' \
    >"$work/found" || true
judge "blanks at the end of a line"

while read -r file; do
    [ ! -s "$file" ] || [ -z "$(tail -c 1 "$file")" ] || echo "$file"
done <"$work/all" >"$work/found"
judge "no newline at the end of the file"

while read -r file; do
    case $(head -n 1 "$file" | tr -d '\0') in
    '#!/bin/sh'*) sh -n "$file" 2>&1 && [ -x "$file" ] ||
        echo "$file: not a program that sh can read" ;;
    esac
done <"$work/all" >"$work/found"
judge "scripts that do not parse or are not executable"

echo "$passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]
