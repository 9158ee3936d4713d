/* Workers, for llb info and llb workers. */
#include "worker.h"

#include <string.h>

#include "progress.h"

static json_t *text(const char *s) { return cmd__json_text(s, strlen(s)); }

static json_t *worker_json(const bk_worker *w)
{
    json_t *platforms = json_array(), *labels = json_object();

    for (size_t i = 0; i < w->n_platforms; i++)
        json_array_append_new(platforms, text(w->platforms[i]));
    for (size_t i = 0; i < w->n_labels; i++)
        json_object_set_new(labels, w->labels[i].key, text(w->labels[i].value));
    return json_pack("{s:o, s:o, s:o, s:o}", "id", text(w->id), "version",
                     text(w->version), "platforms", platforms, "labels",
                     labels);
}

json_t *cmd__workers_json(const bk_daemon_info *info)
{
    json_t *list = json_array();

    for (size_t i = 0; i < info->n_workers; i++)
        json_array_append_new(list, worker_json(&info->workers[i]));
    return list;
}
