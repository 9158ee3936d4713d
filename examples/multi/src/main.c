#include <stdio.h>

#include "words.h"

#ifndef VERSION
#define VERSION "dev"
#endif

int main(int argc, char **argv)
{
    if (argc < 2) {
        printf("words %s\n", VERSION);
        return 0;
    }
    for (int i = 1; i < argc; i++)
        printf("%d\n", count_words(argv[i]));
    return 0;
}
