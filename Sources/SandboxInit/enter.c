#define _GNU_SOURCE
#include "enter.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diagnosis.h"
#include "namespaces.h"

// First the user namespace, which owns the others and gives the right to enter them.
static const struct {
    const char *name;
    int type;
} SPACES[] = {
    {"user", CLONE_NEWUSER}, {"net", CLONE_NEWNET}, {"uts", CLONE_NEWUTS},
    {"ipc", CLONE_NEWIPC},   {"pid", CLONE_NEWPID}, {"mnt", CLONE_NEWNS},
};
enum { SPACE_COUNT = sizeof SPACES / sizeof *SPACES };

static void join(int file, const char *name, int type) {
    if (setns(file, type) < 0)
        diagnose_permission("setns", name, errno);
    close(file);
}

int run_entered(pid_t process, const char *network, char **program) {
    int files[SPACE_COUNT];
    char path[64], folder[4096];
    if (getcwd(folder, sizeof folder) == NULL)
        folder[0] = '\0';
    for (size_t i = 0; i < SPACE_COUNT; i++) {
        snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)process, SPACES[i].name);
        if ((files[i] = open(path, O_RDONLY | O_CLOEXEC)) < 0)
            diagnose_permission("open", path, errno);
    }
    for (size_t i = 0; i < SPACE_COUNT; i++)
        join(files[i], SPACES[i].name, SPACES[i].type);
    if (network) {
        int file = open(network, O_RDONLY | O_CLOEXEC);
        if (file < 0)
            diagnose("open", network, errno, "", "");
        join(file, network, CLONE_NEWNET);
    }
    // Entering the mounts led to their root.
    if (!folder[0] || chdir(folder) < 0)
        (void)!chdir("/");
    keep_capabilities();
    // The process namespace takes effect for the next child.
    pid_t child = fork();
    if (child < 0)
        diagnose("fork", *program, errno, "", "");
    if (child == 0) {
        for (int number = 1; number < NSIG; number++)
            signal(number, SIG_DFL);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        syscall(SYS_close_range, 3U, ~0U, 0U);
        execvp(*program, program);
        perror(*program);
        _exit(errno == ENOENT ? 127 : 126);
    }
    // What the terminal says is for the child; it is gone when its sandbox is, so this process need not end it.
    signal(SIGINT, SIG_IGN);
    signal(SIGQUIT, SIG_IGN);
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            diagnose("waitpid", *program, errno, "", "");
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
