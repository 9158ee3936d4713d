/* The texts of the one table of diagnostics. */
#include "diag_codes.h"

static const struct code {
    const char *text, *title;
} codes[] = {
#define CODE(name, text, title) {text, title},
    LLBC__CODES(CODE)
#undef CODE
};

const char *llbc__code_text(llbc__code code) { return codes[code].text; }

const char *llbc__code_title(llbc__code code) { return codes[code].title; }
