// A visit to a sandbox that is there already.
#ifndef ASSAY_ENTER_H
#define ASSAY_ENTER_H

#include <sys/types.h>

// Runs a program in the namespaces of a process, with this terminal and every capability, and returns its exit status
// (128 + n when a signal ended it). `network` names, in the sandbox, a network namespace to be in; or is NULL.
int run_entered(pid_t process, const char *network, char **program);

#endif
