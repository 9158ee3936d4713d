#!/bin/sh
# The layers: a file includes only what its layer may see, and a public header
# stands alone, in C and in C++. CMake keeps the include folders apart; this
# also sees what a relative path or an installed header would let through.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
passed=0 failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ok() { passed=$((passed + 1)); }

bad() {
    failed=$((failed + 1))
    echo "FAIL layering: $*"
}

# Whose headers a layer may include besides its own.
below() {
    case $1 in
    base) ;;
    def) echo base ;;
    llb) echo def base ;;
    compiler) echo llb def base ;;
    client) echo def base ;;
    cli) echo compiler client llb def base ;;
    esac
}

# Public headers a layer may not include: the client knows definitions and no
# graph, nobody below the command knows of sockets.
may_public() {
    case $1:$2 in
    *:error.h | def:def.h | client:def.h | client:client.h) ;;
    client:gateway.h | client:daemon.h | cli:*) ;;
    base:* | def:* | client:*) return 1 ;;
    llb:compiler.h | *:client.h) return 1 ;;
    esac
}

# The libraries behind the sockets are the client's alone.
may_system() {
    case $1:$2 in
    client:*) ;;
    *:grpc/* | *:protobuf-c/* | *:*.pb-c.h | *:curl/*) return 1 ;;
    esac
}

found() {
    header=$1
    shift
    for where; do
        [ ! -e "src/$where/$header" ] || return 0
    done
    return 1
}

# check_file LAYER FILE: every include of the file, and where it reaches.
check_file() {
    sed -n 's/^ *# *include *\([<"][^>"]*\).*/\1/p' "$2" >"$work/includes"
    while read -r include; do
        name=${include#?}
        case $include in
        '<llb/'*)
            may_public "$1" "${name#llb/}" || bad "$2 includes <$name>" ;;
        '<'*) may_system "$1" "$name" || bad "$2 includes <$name>" ;;
        '"llb/'* | '"../'*) bad "$2 includes \"$name\" by a path" ;;
        *)
            # What no layer has is made by flex, bison or protoc-c.
            found "$name" base def llb compiler client cli || continue
            # shellcheck disable=SC2046 # words
            found "$name" "$1" $(below "$1") ||
                bad "$2 includes \"$name\", which $1 may not see"
            ;;
        esac
    done <"$work/includes"
    ok
}

check_layers() {
    for layer in base def llb compiler client cli; do
        for file in src/"$layer"/*.[ch]; do
            [ ! -e "$file" ] || check_file $layer "$file"
        done
    done
    for file in grammar/*.[ly]; do
        [ ! -e "$file" ] || check_file compiler "$file"
    done
}

# A header of ours needs the standard library and its own kind, nothing else.
check_public() {
    for header in include/llb/*.h; do
        [ -e "$header" ] || continue
        others=$(sed -n 's/^ *# *include *[<"]\([^>"]*\).*/\1/p' "$header" |
            grep '/' | grep -v '^llb/' || true)
        [ -z "$others" ] || bad "$header includes $others"
        gcc -std=c11 -pedantic -Wall -Wextra -Werror -Iinclude -fsyntax-only \
            -x c "$header" || bad "$header is not C11 by itself"
        g++ -std=c++11 -pedantic -Wall -Wextra -Werror -Iinclude \
            -fsyntax-only -x c++ "$header" || bad "$header is not C++ by itself"
        # Two inclusions, and "C" linkage for a C++ program.
        printf '#include <%s>\n#include <%s>\n' "${header#include/}" \
            "${header#include/}" | g++ -std=c++11 -Werror -Iinclude \
            -fsyntax-only -x c++ - || bad "$header has no include guard"
        grep -q 'extern "C"' "$header" || ! grep -q '^[^/* ].*);$' "$header" ||
            bad "$header has no extern \"C\""
        ok
    done
}

# In the libraries too: those of a program that only makes LLB never ask for
# gRPC or for our client.
check_symbols() {
    for layer in base def llb compiler; do
        lib=build/dev/src/$layer/libllb_$layer.a
        [ -e "$lib" ] || continue
        nm -u "$lib" 2>/dev/null |
            sed -n 's/^ *U \(bk_.*\|grpc_.*\|cmd_.*\|curl_.*\)/\1/p' |
            sort -u >"$work/symbols"
        [ ! -s "$work/symbols" ] ||
            bad "$lib needs $(head -n 5 "$work/symbols" | tr '\n' ' ')"
        ok
    done
}

check_layers
check_public
check_symbols
echo "$passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]
