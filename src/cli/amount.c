/* Sizes and times between text and numbers. */
#include "amount.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#define SECOND INT64_C(1000000000)

struct unit {
    const char *name;
    int64_t factor;
};

/* The number at *text, moved behind it; false: none, or below 0. */
static bool read_number(const char **text, double *ret)
{
    char *end;

    if (**text < '0' || **text > '9')
        return false; /* strtod takes signs, blanks, hex and words */
    size_t len = strspn(*text, "0123456789.");
    *ret = strtod(*text, &end);
    if (end != *text + len)
        return false;
    *text = end;
    return true;
}

/* False: it does not fit. */
static bool scale(double n, int64_t factor, int64_t *ret)
{
    double value = n * (double)factor;

    if (value >= 9e18)
        return false;
    *ret = (int64_t)value;
    return true;
}

bool cmd__size_parse(const char *text, int64_t *ret)
{
    static const struct unit units[] = {
        {"", 1},
        {"B", 1},
        {"kB", 1000},
        {"MB", 1000000},
        {"GB", 1000000000},
        {"TB", INT64_C(1000000000000)},
        {"KiB", 1 << 10},
        {"MiB", 1 << 20},
        {"GiB", 1 << 30},
        {"TiB", INT64_C(1) << 40},
    };
    double n;

    if (!read_number(&text, &n))
        return false;
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
        if (strcasecmp(text, units[i].name) == 0)
            return scale(n, units[i].factor, ret);
    return false;
}

bool cmd__duration_parse(const char *text, int64_t *ret)
{
    static const struct unit units[] = {
        {"ms", SECOND / 1000}, {"s", SECOND},         {"m", 60 * SECOND},
        {"h", 3600 * SECOND},  {"d", 86400 * SECOND}, {"w", 7 * 86400 * SECOND},
    };
    int64_t sum = 0, part;
    double n;

    *ret = 0;
    if (strcmp(text, "0") == 0)
        return true;
    do {
        size_t i = 0, count = sizeof(units) / sizeof(*units);
        if (!read_number(&text, &n))
            return false;
        size_t len = strcspn(text, "0123456789");
        while (i < count && (strlen(units[i].name) != len ||
                             memcmp(units[i].name, text, len) != 0))
            i++;
        if (i == count || !scale(n, units[i].factor, &part) ||
            part > INT64_MAX - sum)
            return false;
        sum += part;
        text += len;
    } while (*text);
    *ret = sum;
    return true;
}

void cmd__size_text(int64_t size, char out[16])
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB"};
    double n = (double)size;
    size_t i = 0;

    while (n >= 999.995 && i + 1 < sizeof(units) / sizeof(*units)) {
        n /= 1000;
        i++;
    }
    snprintf(out, 16, i ? "%.2f%s" : "%.0f%s", n, units[i]);
}

void cmd__ago_text(int64_t ns, char out[24])
{
    static const struct unit units[] = {
        {"day", 86400 * SECOND},
        {"hour", 3600 * SECOND},
        {"minute", 60 * SECOND},
        {"second", SECOND},
    };
    size_t i = 0;

    while (i < 3 && ns < 2 * units[i].factor)
        i++;
    long n = (long)(ns > 0 ? ns / units[i].factor : 0);
    snprintf(out, 24, "%ld %s%s", n, units[i].name, n == 1 ? "" : "s");
}

json_t *cmd__time_json(int64_t ns)
{
    char text[64];
    struct tm tm;
    time_t seconds = (time_t)(ns / SECOND);
    long rest = (long)(ns % SECOND);

    if (ns <= 0 || !gmtime_r(&seconds, &tm))
        return json_null();
    size_t n = strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
    if (rest) {
        n += (size_t)snprintf(text + n, sizeof(text) - n, ".%09ld", rest);
        while (text[n - 1] == '0')
            n--;
    }
    snprintf(text + n, sizeof(text) - n, "Z");
    return json_string(text);
}

int64_t cmd__now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * SECOND + now.tv_nsec;
}
