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
    X(E_UNQUOTED, "E0120", "text without quotes")                              \
    X(E_FLAG, "E0121", "a flag with dashes")                                   \
    X(E_UNKNOWN_NAME, "E0201", "a name that nothing bears")                    \
    X(E_UNKNOWN_FUNCTION, "E0202",                                             \
      "a function or statement that is not there")                             \
    X(E_NAME_TWICE, "E0203", "a name bound twice")                             \
    X(E_NAME_TAKEN, "E0204", "a name that the language keeps for itself")      \
    X(E_UNKNOWN_TARGET, "E0205", "a target that is not there")                 \
    X(E_RECURSION, "E0206", "something that needs itself")                     \
    X(E_UNKNOWN_OPTION, "E0207", "an option that is not there")                \
    X(E_UNKNOWN_MEMBER, "E0208", "a member that is not there")                 \
    X(E_NAME_PLACE, "E0209", "a name that has no meaning in this place")       \
    X(E_TYPE, "E0301", "a value of another type than expected")                \
    X(E_OPERANDS, "E0302", "operands that are missing or too many")            \
    X(E_OPTION_TWICE, "E0303", "an option or parameter given twice")           \
    X(E_WORD, "E0304", "a word that is none of those expected")                \
    X(E_VALUE, "E0305", "a value of the right type that cannot be meant")      \
    X(E_ARITHMETIC, "E0306", "a calculation without a result")                 \
    X(E_INDEX, "E0307", "an element or key that is not there")                 \
    X(E_TYPE_NAME, "E0309", "a type that is not there")                        \
    X(E_NO_TYPE, "E0310", "a type that cannot be found out")                   \
    X(E_DOLLAR, "E0311", "a variable that llb does not expand")                \
    X(E_ARG, "E0312", "an argument without a value, or with a wrong one")      \
    X(E_SPREAD, "E0313", "a list spread where one value is expected")          \
    X(E_STEP_VALUE, "E0401", "a step where a value is expected")               \
    X(E_STATEMENT_PLACE, "E0402", "a statement that has no meaning here")      \
    X(E_NOT_A_STEP, "E0403", "a value where a step is expected")               \
    X(E_COPY_ORDER, "E0404", "a copy that does not say from where")            \
    X(E_COPY_FOLDER, "E0405", "a copy that needs a folder to copy into")       \
    X(E_PATH, "E0406", "a path that leaves its filesystem")                    \
    X(E_SHEBANG, "E0407", "a script with a line of its own for its shell")     \
    X(E_FROM_DROPS, "E0408", "a from that drops the files of its caller")      \
    X(E_WIDENS, "E0409", "a function that takes more than its caller has")     \
    X(E_FAIL, "E0411", "a fail statement")                                     \
    X(E_BLOCK, "E0413", "a block where none belongs")                          \
    X(E_MOUNT, "E0415", "mounts that contradict each other")                   \
    X(E_GRAPH, "E0416", "an operation that cannot be")                         \
    X(E_OWNER, "E0417", "an owner by name where no names are known")           \
    X(E_ORDER, "E0418", "words in the order of a Dockerfile")                  \
    X(E_STEPS, "E0503", "an evaluation of too many steps")                     \
    X(E_NESTING, "E0504", "calls or values within each other, too deep")       \
    X(E_TOO_LARGE, "E0505", "a value that is too large")                       \
    X(E_OPS, "E0506", "a build of too many operations")                        \
    X(E_LOCAL, "E0601", "a folder or file that cannot be read")                \
    X(E_IMAGE, "E0602", "an image that cannot be found")                       \
    X(E_BUILD_PLATFORM, "E0603", "a platform of the daemon that is not known") \
    X(E_IMAGE_CONFIG, "E0604", "an image config that makes no sense")          \
    X(E_MODULE, "E0606", "a module that cannot be imported")                   \
    X(E_FOREIGN, "E0607",                                                      \
      "a module of a repository that asks for this machine")                   \
    X(E_FRONTEND, "E0608", "a frontend that gives nothing")                    \
    X(E_EDITION, "E0605", "an edition of the language that is not known")      \
    X(W_LOST_RUN, "W0401", "a run that is not part of the result")             \
    X(W_IGNORE_FILE, "W0402", "a .dockerignore that is not read")              \
    X(W_SHELL_ON_SCRATCH, "W0403", "shell text on an empty filesystem")        \
    X(W_ONBUILD, "W0404", "triggers of a base image that do not run")          \
    X(W_WARN, "W0405", "a warn statement")                                     \
    X(W_PLATFORM, "W0406", "a result of another platform than asked for")      \
    X(W_BUILD_PLATFORM, "W0407", "a platform of the daemon that is guessed")   \
    X(W_UNUSED, "W0201", "a name that nothing uses")                           \
    X(W_ALLOW, "W0202", "a comment that silences nothing")                     \
    X(W_SECRET, "W0409", "a secret that becomes part of the image")            \
    X(W_UNQUOTED, "W0410", "an argument in a script, unquoted")                \
    X(W_SHARED_CACHE, "W0411", "a cache that two platforms share")             \
    X(W_NO_VARIABLE, "W0412", "an argument taken for a variable")              \
    X(W_UNLOCKED, "W0601", "something that the lock file does not hold")       \
    X(W_UNRESOLVED, "W0408", "an image whose config is not known")             \
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
