# Reads headers without comments and directives, and makes a program, but for
# their inclusion, that says where each member of each struct lies ("NAME.MEMBER OFFSET SIZE"),
# how large each struct is ("NAME SIZE") and what each constant is.
BEGIN {
    RS = ";"
    print "#include <stddef.h>\n#include <stdio.h>\nint main(void)\n{"
}

function say_constants(body, n, list, i) {
    n = split(body, list, ",")
    for (i = 1; i <= n; i++) {
        sub(/=.*/, "", list[i])
        gsub(/[ \n]/, "", list[i])
        if (list[i] != "")
            printf "    printf(\"%s %%d\\n\", (int)%s);\n", list[i], list[i]
    }
}

# "const char *a, *b", "char digest[72]" or "void (*log)(void *ctx)".
function say_members(declaration, n, list, i, name) {
    sub(/\)\(.*/, "", declaration)
    n = split(declaration, list, ",")
    for (i = 1; i <= n; i++) {
        name = list[i]
        sub(/\[.*/, "", name)
        sub(/[ \n]*$/, "", name)
        sub(/.*[^a-z0-9_]/, "", name)
        printf "    printf(\"%s.%s %%zu %%zu\\n\", offsetof(%s, %s), " \
            "sizeof(((%s *)0)->%s));\n", struct, name, struct, name, struct, \
            name
    }
}

/enum[^{;]*\{/ {
    body = $0
    sub(/.*enum[^{]*\{/, "", body)
    sub(/\}.*/, "", body)
    say_constants(body)
    next
}
match($0, /struct [a-z_]+ \{/) {
    struct = substr($0, RSTART + 7, RLENGTH - 9)
    $0 = substr($0, RSTART + RLENGTH)
}
/^[ \n]*\}/ && struct != "" {
    printf "    printf(\"%s %%zu\\n\", sizeof(%s));\n", struct, struct
    struct = ""
}
struct != "" { say_members($0) }
END { print "    return 0;\n}" }
