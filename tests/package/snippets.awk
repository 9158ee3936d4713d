# Each block of C in a manual becomes a file snippet-N.c in the folder DIR. One
# that includes something is a program or a file of its own; the others are the
# inside of a function, as the manual says.
/^```c$/ {
    n++
    file = DIR "/snippet-" n ".c"
    text = ""
    inside = 1
    next
}
/^```$/ && inside {
    inside = 0
    if (text ~ /#include/) {
        printf "%s", text >file
    } else {
        print "#include <stdio.h>\n#include <stdlib.h>\n" \
            "#include <llb/client.h>\n#include <llb/llb.h>\n" \
            "void piece(llb_graph *g, const llb_state *s, llb_error err);\n" \
            "void piece(llb_graph *g, const llb_state *s, llb_error err)\n{" \
            >file
        printf "%s", text >file
        print "(void)g; (void)s; (void)err;\n}" >file
    }
    close(file)
    next
}
inside { text = text $0 "\n" }
END { print n }
