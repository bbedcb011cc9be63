// The world that a sandbox consists of.
#ifndef ASSAY_NAMESPACES_H
#define ASSAY_NAMESPACES_H

#include <stddef.h>

// Leaves the caller's user, mount, pid, network, uts and ipc namespaces for new ones. The pid namespace takes
// effect for the next child. Ends the process with a diagnosis when the kernel does not allow it.
void enter_namespaces(void);

// Makes the new namespaces habitable: private /run, /dev/shm and state folders of libvirt, a /proc and /sys of
// their own, loopback, a name. `kept` are paths that stay visible below a folder that is covered.
// Must be called by pid 1 of the new pid namespace.
void furnish(const char *const *kept, size_t kept_count);

// Lets the capabilities of this process survive execve, though the user is not root inside.
void keep_capabilities(void);

#endif
