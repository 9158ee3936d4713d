/* The llb command. All of it is in cmd__main(), which tests call too. */
#include <signal.h>

#include "commands.h"

int main(int argc, char **argv)
{
    /* A reader that goes away is an error of write(), not a sudden death. */
    signal(SIGPIPE, SIG_IGN);
    return cmd__main(argc, argv);
}
