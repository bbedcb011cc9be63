// assay-sandbox: runs a program in namespaces of its own, and ends everything in them with it.
//
//   assay-sandbox [--keep PATH]… -- PROGRAM [ARGUMENT]…
//   assay-sandbox --enter PID [--network PATH] -- PROGRAM [ARGUMENT]…
//   assay-sandbox --probe-kvm
//
// This is C, because namespaces can't be entered by a process that has threads, which every Swift program has.
//
//   starter (assay) ──spawns──> outer ──forks──> pid 1 of the sandbox ──forks──> PROGRAM ──> its daemons …
//
// * outer makes the namespaces, passes signals on, and returns the status of pid 1.
// * pid 1 furnishes the sandbox, reaps whoever loses its parent (libvirt daemonizes QEMU and waits for its end),
//   passes signals on to PROGRAM, and exits with its status (128 + n when a signal ended it). When it is gone the
//   kernel kills whatever is left in the sandbox, and with the last process go mounts, interfaces and sockets.
// * pid 1 also exits when starter or outer end, by whatever cause. It holds descriptors of both processes
//   (pidfd_open(2)). PR_SET_PDEATHSIG would not do for the starter: it fires when the *thread* ends that spawned us.
//
// Exit status: that of PROGRAM, or 71 when the sandbox could not be made (see diagnosis.h), or 64 for bad usage.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "diagnosis.h"
#include "enter.h"
#include "kvm.h"
#include "namespaces.h"

enum { BAD_USAGE = 64, MOST_KEPT = 64 };

static int exit_status(int wait_status) {
    return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

static int open_process(pid_t process) {
    int descriptor = (int)syscall(SYS_pidfd_open, process, 0);
    if (descriptor < 0)
        diagnose("pidfd_open", "starting process", errno, "a kernel of version 5.3 or later", "");
    return descriptor;
}

// The signals that are passed on, and SIGCHLD, are blocked from the start and read from a descriptor: a blocked
// signal is neither lost nor ignored by pid 1, which the kernel otherwise shields from them.
static int open_signals(sigset_t *previous) {
    sigset_t handled;
    sigemptyset(&handled);
    const int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCHLD};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaddset(&handled, signals[i]);
    sigprocmask(SIG_BLOCK, &handled, previous);
    int descriptor = signalfd(-1, &handled, SFD_CLOEXEC | SFD_NONBLOCK);
    if (descriptor < 0)
        diagnose("signalfd", "signals", errno, "", "");
    return descriptor;
}

// Waits for the end of `child`, reaps all others, passes signals on to it. Returns the exit status of `child`, or
// ends this process when one of `watched` ends.
static int attend(pid_t child, int signals, const int *watched, nfds_t watched_count) {
    struct pollfd events[3] = {{.fd = signals, .events = POLLIN}};
    for (nfds_t i = 0; i < watched_count; i++)
        events[i + 1] = (struct pollfd){.fd = watched[i], .events = POLLIN};
    for (;;) {
        if (poll(events, watched_count + 1, -1) < 0 && errno != EINTR)
            diagnose("poll", "", errno, "", "");
        for (nfds_t i = 1; i <= watched_count; i++)
            if (events[i].revents)
                _exit(128 + SIGKILL);
        struct signalfd_siginfo signal;
        while (read(signals, &signal, sizeof signal) == sizeof signal)
            if (signal.ssi_signo != SIGCHLD)
                kill(child, (int)signal.ssi_signo);
        // Several children may have ended behind one SIGCHLD.
        int status;
        for (pid_t ended; (ended = waitpid(-1, &status, WNOHANG)) > 0;)
            if (ended == child)
                return exit_status(status);
    }
}

// Whatever a program keeps of its own for its user goes with the sandbox, and nothing of the user comes in.
static void set_home(void) {
    static const char *const of_user[] = {
        "XDG_RUNTIME_DIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME",          "XDG_DATA_HOME",
        "XDG_STATE_HOME",  "DISPLAY",        "DBUS_SESSION_BUS_ADDRESS", "WAYLAND_DISPLAY",
    };
    for (size_t i = 0; i < sizeof of_user / sizeof *of_user; i++)
        unsetenv(of_user[i]);
    setenv("HOME", "/run/assay", 1);
}

// MARK: - The two processes

static int run_inside(char **program, const char *const *kept, size_t kept_count, const int watched[2],
                      const sigset_t *previous) {
    furnish(kept, kept_count);
    keep_capabilities();
    pid_t child = fork();
    if (child < 0)
        diagnose("fork", *program, errno, "", "");
    if (child == 0) {
        sigprocmask(SIG_SETMASK, previous, NULL);
        set_home();
        // A descriptor that leaked in would be a way around the sandbox.
        syscall(SYS_close_range, 3U, ~0U, 0U);
        execvp(*program, program);
        diagnose("exec", *program, errno, "", "");
    }
    // The signal descriptor must be made here: one that was opened by the parent reports the parent's signals.
    sigset_t ignored;
    return attend(child, open_signals(&ignored), watched, 2);
}

static int run_outside(char **program, const char *const *kept, size_t kept_count) {
    pid_t starter = getppid();
    int watched[2] = {open_process(starter), open_process(getpid())};
    if (getppid() != starter)
        return 128 + SIGKILL;
    sigset_t previous;
    int signals = open_signals(&previous);
    // A signal from the terminal is for the starter, which decides what becomes of its sandboxes.
    (void)setsid();
    enter_namespaces();
    pid_t child = fork();
    if (child < 0)
        diagnose("fork", "first process of the sandbox", errno, "", "");
    if (child == 0) {
        close(signals);
        _exit(run_inside(program, kept, kept_count, watched, &previous));
    }
    return attend(child, signals, NULL, 0);
}

int main(int argc, char **argv) {
    const char *kept[MOST_KEPT];
    size_t kept_count = 0;
    int next = 1;
    if (argc == 2 && strcmp(argv[1], "--probe-kvm") == 0)
        return print_kvm_probe();
    if (argc > 2 && strcmp(argv[1], "--enter") == 0) {
        char *end;
        long process = strtol(argv[2], &end, 10);
        const char *network = NULL;
        next = 3;
        if (next + 1 < argc && strcmp(argv[next], "--network") == 0) {
            network = argv[next + 1];
            next += 2;
        }
        if (*end == '\0' && process > 0 && process <= INT_MAX && next + 1 < argc && strcmp(argv[next], "--") == 0)
            return run_entered((pid_t)process, network, argv + next + 1);
        next = argc;
    }
    while (next + 1 < argc && strcmp(argv[next], "--keep") == 0 && kept_count < MOST_KEPT && argv[next + 1][0] == '/') {
        kept[kept_count++] = argv[next + 1];
        next += 2;
    }
    if (next + 1 >= argc || strcmp(argv[next], "--") != 0) {
        fputs("usage: assay-sandbox [--keep ABSOLUTE-PATH]… -- PROGRAM [ARGUMENT]…\n"
              "       assay-sandbox --enter PID [--network PATH] -- PROGRAM [ARGUMENT]…\n"
              "       assay-sandbox --probe-kvm\n",
              stderr);
        return BAD_USAGE;
    }
    return run_outside(argv + next + 1, kept, kept_count);
}
