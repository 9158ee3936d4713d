/* Removing what is in the way, and what was not completed. */
#ifndef LLB__CLIENT_RECEIVE_REMOVE_H
#define LLB__CLIENT_RECEIVE_REMOVE_H

/* Removes the entry name of folder dir with all below it; symlinks are removed
 * and not followed. 0, or -1 and errno. A missing entry is fine. Depth costs
 * neither stack nor open files. */
int bk__remove_tree(int dir, const char *name);

#endif
