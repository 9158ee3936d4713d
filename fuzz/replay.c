/* Runs a fuzzer's entry point once over each file that it is given, and over
 * each file of each folder: replay FILE|FOLDER... */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void fail(const char *path)
{
    fprintf(stderr, "%s: %s\n", path, strerror(errno));
    exit(1);
}

static void replay_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = NULL;
    size_t len = 0, cap = 0;

    if (!f)
        fail(path);
    for (;;) {
        if (len == cap) {
            cap = cap ? 2 * cap : 4096;
            data = realloc(data, cap);
            if (!data)
                fail(path);
        }
        size_t n = fread(data + len, 1, cap - len, f);
        if (n == 0)
            break;
        len += n;
    }
    if (ferror(f))
        fail(path);
    fclose(f);
    /* A copy of just its size: ASan sees a read behind the end. */
    uint8_t *exact = malloc(len ? len : 1);
    if (!exact)
        fail(path);
    if (len)
        memcpy(exact, data, len);
    free(data);
    fprintf(stderr, "%s\n", path); /* who it was, should it crash */
    LLVMFuzzerTestOneInput(exact, len);
    free(exact);
}

static size_t replay_folder(const char *path, DIR *dir)
{
    struct dirent *e;
    char file[4096];
    size_t n = 0;

    while ((e = readdir(dir))) {
        if (e->d_name[0] == '.')
            continue;
        snprintf(file, sizeof file, "%s/%s", path, e->d_name);
        replay_file(file);
        n++;
    }
    return n;
}

int main(int argc, char **argv)
{
    size_t n = 0;

    for (int i = 1; i < argc; i++) {
        DIR *dir = opendir(argv[i]);
        if (dir) {
            n += replay_folder(argv[i], dir);
            closedir(dir);
        } else {
            replay_file(argv[i]);
            n++;
        }
    }
    printf("%zu inputs replayed\n", n);
    return n == 0; /* an empty corpus tests nothing */
}
