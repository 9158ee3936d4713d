/* Any bytes as a lock file: what is read is written to a text that is read to
 * the same one, and every entry of it is found. What is none is said. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <llb/lock.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check(int good)
{
    if (!good)
        abort();
}

/* Finds each entry, and puts it into the copy. */
static void check_entries(const llbc_lock *l, llbc_lock *copy)
{
    for (int k = LLBC_LOCK_IMAGE; k <= LLBC_LOCK_FRONTEND; k++) {
        llbc_lock_kind kind = (llbc_lock_kind)k;
        for (size_t i = 0; i < llbc_lock_count(l, kind); i++) {
            llbc_lock_entry e = llbc_lock_at(l, kind, i), same;
            check(e.name && e.value);
            check(llbc_lock_find(l, kind, e.name, &same));
            check(strcmp(e.value, same.value) == 0 && e.config == same.config);
            check(llbc_lock_set(copy, kind, e.name, e.value, e.config, NULL) ==
                  LLB_OK);
        }
    }
}

static char *written(const llbc_lock *l, size_t *len)
{
    char *text = NULL;

    check(llbc_lock_write(l, &text, len, NULL) == LLB_OK);
    return text;
}

static void check_lock(const llbc_lock *l)
{
    llbc_lock *again = NULL, *copy = llbc_lock_new();
    const char *platform = llbc_lock_build_platform(l);
    size_t len, again_len, copy_len;
    char *text = written(l, &len);

    check(copy != NULL);
    check(llbc_lock_parse(text, len, &again, NULL) == LLB_OK);
    char *again_text = written(again, &again_len);
    check(len == again_len && memcmp(text, again_text, len) == 0);
    check_entries(l, copy);
    if (platform)
        check(llbc_lock_set_build_platform(copy, platform, NULL) == LLB_OK);
    char *copy_text = written(copy, &copy_len);
    check(len == copy_len && memcmp(text, copy_text, len) == 0);
    free(copy_text);
    free(again_text);
    free(text);
    llbc_lock_free(copy);
    llbc_lock_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    llbc_lock *l = NULL;
    llb_error err = {0};

    llb_status st = llbc_lock_parse((const char *)data, len, &l, &err);
    check((st == LLB_OK) == (l != NULL));
    check(st == LLB_OK || (st == LLB_EINVAL && err.message[0]));
    if (l)
        check_lock(l);
    llbc_lock_free(l);
    return 0;
}
