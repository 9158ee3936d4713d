#include <stdio.h>

#include "words.h"

static const struct {
    const char *text;
    int n;
} cases[] = {
    {"", 0},
    {"one", 1},
    {"  two words ", 2},
    {"a\tb\nc", 3},
};

int main(void)
{
    int failed = 0, n = (int)(sizeof(cases) / sizeof(*cases));

    for (int i = 0; i < n; i++) {
        int got = count_words(cases[i].text);
        if (got != cases[i].n) {
            printf("\"%s\": %d, not %d\n", cases[i].text, got, cases[i].n);
            failed++;
        }
    }
    printf("%d of %d cases hold\n", n - failed, n);
    return failed != 0;
}
