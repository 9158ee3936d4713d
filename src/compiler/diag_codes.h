/* Every diagnostic of the compiler: its name in our code, the code that users
 * see, and what it is about. A code never changes its meaning and is never
 * used again for something else. E01xx: syntax. E02xx: names. E03xx: types
 * and values. E04xx: statements. E05xx: limits. E06xx: files and the world.
 * W....: warnings, by the same hundreds. */
#ifndef LLBC__DIAG_CODES_H
#define LLBC__DIAG_CODES_H

#define LLBC__CODES(X)                                                         \
    X(E_SYNTAX, "E0101", "something else was expected here")                   \
    X(E_CHARACTER, "E0102", "a character that has no meaning here")            \
    X(E_NUL, "E0103", "a NUL byte in the text")                                \
    X(E_UTF8, "E0104", "text that is not UTF-8")                               \
    X(E_STRING_OPEN, "E0105", "a string that is never closed")                 \
    X(E_ESCAPE, "E0106", "an unknown escape in a string")                      \
    X(E_INDENT, "E0107", "a line indented less than its closing quotes")       \
    X(E_SHELL_EXPANSION, "E0108", "a shell expansion in a string of ours")     \
    X(E_NUMBER, "E0109", "a number that is none")                              \
    X(E_OCTAL, "E0110", "an octal number without 0o")                          \
    X(E_UNCLOSED, "E0111", "a bracket that is never closed")                   \
    X(E_STRAY_CLOSE, "E0112", "a closing bracket without an opening one")      \
    X(E_CAPITALS, "E0113", "a Dockerfile instruction")                         \
    X(E_OPERATOR, "E0114", "an operator between operands of a statement")      \
    X(E_HEREDOC, "E0115", "a heredoc")                                         \
    X(E_AS, "E0116", "\"as\" on something that binds no name")                 \
    X(E_KEYWORD, "E0117", "a keyword where a name belongs")                    \
    X(E_TOP_LEVEL, "E0118", "a statement outside of every target and def")     \
    X(E_IN_BLOCK, "E0119", "a declaration inside a block")                     \
    X(E_DEPTH, "E0501", "nested too deeply")                                   \
    X(E_FILE_SIZE, "E0502", "a source file that is too large")

#define LLBC__CODE_ENUM(name, code, title) LLBC__##name,
typedef enum llbc__code {
    LLBC__CODES(LLBC__CODE_ENUM) LLBC__N_CODES
} llbc__code;
#undef LLBC__CODE_ENUM

/* The code as users see it ("E0101"), and its title; static texts. */
const char *llbc__code_text(llbc__code code);
const char *llbc__code_title(llbc__code code);

#endif
