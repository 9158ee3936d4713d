/* State options: what later ops inherit. */
#include "driver.h"

#include <string.h>

static const char *text_at(struct play *p, json_t *list, size_t i)
{
    return text_of(p, json_array_get(list, i));
}

static const llb_state *ulimit(struct play *p, const llb_state *s, json_t *o)
{
    const char *name = need_text(p, o, "name");
    int64_t soft = take_int(p, o, "soft"), hard = take_int(p, o, "hard");

    done(p, o, "ulimit");
    return llb_ulimit(s, name, soft, hard);
}

static const llb_state *network(struct play *p, const llb_state *s,
                                const char *word)
{
    if (strcmp(word, "sandbox") == 0)
        return llb_network(s, LLB_NETWORK_SANDBOX);
    if (strcmp(word, "host") == 0)
        return llb_network(s, LLB_NETWORK_HOST);
    if (strcmp(word, "none") == 0)
        return llb_network(s, LLB_NETWORK_NONE);
    play_fail(p, "network: unknown word \"%s\"", word);
}

static const llb_state *security(struct play *p, const llb_state *s,
                                 const char *word)
{
    if (strcmp(word, "sandbox") == 0)
        return llb_security(s, LLB_SECURITY_SANDBOX);
    if (strcmp(word, "insecure") == 0)
        return llb_security(s, LLB_SECURITY_INSECURE);
    play_fail(p, "security: unknown word \"%s\"", word);
}

const llb_state *apply_option(struct play *p, const llb_state *s,
                              const char *name, json_t *value)
{
    if (strcmp(name, "env") == 0)
        return llb_env(s, text_at(p, value, 0), text_at(p, value, 1));
    if (strcmp(name, "dir") == 0)
        return llb_dir(s, text_of(p, value));
    if (strcmp(name, "user") == 0)
        return llb_user(s, text_of(p, value));
    if (strcmp(name, "hostname") == 0)
        return llb_hostname(s, text_of(p, value));
    if (strcmp(name, "cgroup_parent") == 0)
        return llb_cgroup_parent(s, text_of(p, value));
    if (strcmp(name, "extra_host") == 0)
        return llb_extra_host(s, text_at(p, value, 0), text_at(p, value, 1));
    if (strcmp(name, "ulimit") == 0)
        return ulimit(p, s, value);
    if (strcmp(name, "network") == 0)
        return network(p, s, text_of(p, value));
    if (strcmp(name, "security") == 0)
        return security(p, s, text_of(p, value));
    if (strcmp(name, "state_platform") == 0)
        return llb_state_with_platform(s, platform_of(p, value));
    if (strcmp(name, "image_config") == 0)
        return llb_image_config(s, text_of(p, value),
                                json_string_length(value));
    if (strcmp(name, "reset") == 0)
        return llb_reset(s, state_of(p, text_of(p, value)));
    return NULL;
}
