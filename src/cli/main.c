/* The llb command. All of it is in cmd__main(), which tests call too. */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "commands.h"

/* A standard descriptor that the caller closed would go to the next thing that
 * we open, a daemon's socket say, and then get our messages. What is put there
 * instead fails as a closed one does: it is open the wrong way. Before main,
 * since gRPC opens descriptors when it is loaded. */
__attribute__((constructor(101))) static void keep_standard_fds(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
    /* A reader that goes away is an error of write(), not a sudden death. */
    signal(SIGPIPE, SIG_IGN);
    return cmd__main(argc, argv);
}
