// libvirt as Swift sees it. The functions below exist where C needs a cast or a macro that Swift can't express.
#ifndef ASSAY_CLIBVIRT_H
#define ASSAY_CLIBVIRT_H

#include <libvirt/libvirt-qemu.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline void clibvirt_ignore_error(void *data, virErrorPtr error) {
    (void)data;
    (void)error;
}

// Keeps the library from printing every error to standard error; they are returned to the caller all the same.
static inline void clibvirt_silence(void) {
    virSetErrorFunc(NULL, clibvirt_ignore_error);
}

// Gets or sets on which processors a thread may run, as a mask of `words` words. The C library hides its own functions
// from Swift. The first returns the bytes that the kernel wrote; both return -1 with errno.
static inline long clibvirt_get_affinity(int thread, unsigned long *mask, size_t words) {
    return syscall(SYS_sched_getaffinity, thread, words * sizeof *mask, mask);
}

static inline long clibvirt_set_affinity(int thread, const unsigned long *mask, size_t words) {
    return syscall(SYS_sched_setaffinity, thread, words * sizeof *mask, mask);
}

// Each registers a callback for all domains of a connection, and returns its number or -1. `data` has to outlive
// the registration.
static inline int clibvirt_on_lifecycle(virConnectPtr connection, virConnectDomainEventCallback call, void *data) {
    return virConnectDomainEventRegisterAny(connection, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
                                            VIR_DOMAIN_EVENT_CALLBACK(call), data, NULL);
}

static inline int clibvirt_on_reboot(virConnectPtr connection, virConnectDomainEventGenericCallback call, void *data) {
    return virConnectDomainEventRegisterAny(connection, NULL, VIR_DOMAIN_EVENT_ID_REBOOT, call, data, NULL);
}

static inline int clibvirt_on_io_error(virConnectPtr connection, virConnectDomainEventIOErrorReasonCallback call,
                                       void *data) {
    return virConnectDomainEventRegisterAny(connection, NULL, VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON,
                                            VIR_DOMAIN_EVENT_CALLBACK(call), data, NULL);
}

static inline int clibvirt_on_device_removed(virConnectPtr connection,
                                             virConnectDomainEventDeviceRemovedCallback call, void *data) {
    return virConnectDomainEventRegisterAny(connection, NULL, VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED,
                                            VIR_DOMAIN_EVENT_CALLBACK(call), data, NULL);
}

static inline int clibvirt_on_agent(virConnectPtr connection, virConnectDomainEventAgentLifecycleCallback call,
                                    void *data) {
    return virConnectDomainEventRegisterAny(connection, NULL, VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE,
                                            VIR_DOMAIN_EVENT_CALLBACK(call), data, NULL);
}

#endif
