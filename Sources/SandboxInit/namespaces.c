#define _GNU_SOURCE
#include "namespaces.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "diagnosis.h"

// Inside, everybody is this user, also root: Tor, dnsmasq, nginx and QEMU drop their privileges when they are
// started with uid 0, which needs setgroups(2), and that is denied here. With any other uid they do not try.
enum { INSIDE_ID = 1000 };

// MARK: - Namespaces

static void write_file(const char *path, const char *text) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    if (file < 0 || write(file, text, strlen(text)) < 0)
        diagnose_permission("write", path, errno);
    close(file);
}

void enter_namespaces(void) {
    uid_t user = geteuid();
    gid_t group = getegid();
    char map[64];

    if (unshare(CLONE_NEWUSER) < 0)
        diagnose_permission("unshare", "user namespace", errno);
    // An unprivileged process may map one user and one group, its own, after it gave up setgroups(2).
    write_file("/proc/self/setgroups", "deny");
    snprintf(map, sizeof map, "%d %u 1\n", INSIDE_ID, user);
    write_file("/proc/self/uid_map", map);
    snprintf(map, sizeof map, "%d %u 1\n", INSIDE_ID, group);
    write_file("/proc/self/gid_map", map);

    if (unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC) < 0)
        diagnose_permission("unshare", "mount, pid, network, uts and ipc namespaces", errno);
    // Nothing relies on it, and not every kernel has it.
    (void)unshare(CLONE_NEWCGROUP);
}

// MARK: - Files

static void mount_tmpfs(const char *path, const char *options) {
    if (mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, options) < 0)
        diagnose_permission("mount", path, errno);
}

static void make_folder(const char *path, mode_t mode) {
    if (mkdir(path, mode) < 0 && errno != EEXIST)
        diagnose("mkdir", path, errno, "", "");
}

// Makes the folders that lead to a path.
static void make_parents(const char *path) {
    char part[4096];
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        size_t length = (size_t)(slash - path);
        if (length >= sizeof part)
            diagnose("mkdir", path, ENAMETOOLONG, "", "");
        memcpy(part, path, length);
        part[length] = '\0';
        if (access(part, F_OK) < 0)
            make_folder(part, 0755);
    }
}

// Puts a path that was opened before the tmpfs mounts back to its place.
static void bind_again(int opened, const char *path) {
    struct stat status;
    char source[64];
    if (access(path, F_OK) < 0) {
        if (fstat(opened, &status) < 0)
            diagnose("stat", path, errno, "", "");
        make_parents(path);
        if (S_ISDIR(status.st_mode)) {
            make_folder(path, 0755);
        } else {
            int file = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
            if (file < 0)
                diagnose("open", path, errno, "", "");
            close(file);
        }
    }
    snprintf(source, sizeof source, "/proc/self/fd/%d", opened);
    if (mount(source, path, NULL, MS_BIND | MS_REC, NULL) < 0)
        diagnose_permission("bind", path, errno);
    close(opened);
}

static void furnish_files(const char *const *kept, size_t kept_count) {
    int opened[kept_count + 1];

    // Else our mounts would appear outside, where mounts are shared.
    if (mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        diagnose_permission("mount", "/", errno);
    for (size_t i = 0; i < kept_count; i++)
        if ((opened[i] = open(kept[i], O_PATH | O_CLOEXEC)) < 0)
            diagnose("open", kept[i], errno, "", "");

    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
        diagnose_permission("mount", "/proc", errno);
    // Shows the sandbox's network cards in place of the host's. Some containers forbid it; nothing depends on it.
    (void)mount("sysfs", "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);

    mount_tmpfs("/run", "mode=0755");
    mount_tmpfs("/dev/shm", "mode=1777");
    make_folder("/run/lock", 01777);
    make_folder("/run/assay", 0700);
    // Where they exist they belong to the host's libvirt; the embedded driver keeps its state elsewhere.
    if (access("/var/lib/libvirt", F_OK) == 0)
        mount_tmpfs("/var/lib/libvirt", "mode=0755");
    if (access("/var/cache/libvirt", F_OK) == 0)
        mount_tmpfs("/var/cache/libvirt", "mode=0755");

    for (size_t i = 0; i < kept_count; i++)
        bind_again(opened[i], kept[i]);

    // The working folder was opened before anything was mounted: look it up again, to be above the new mounts.
    char folder[4096];
    if (getcwd(folder, sizeof folder) == NULL || chdir(folder) < 0)
        (void)!chdir("/");
}

// MARK: - Network and name

static void raise_loopback(void) {
    struct ifreq request = {.ifr_name = "lo"};
    int handle = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (handle < 0 || ioctl(handle, SIOCGIFFLAGS, &request) < 0)
        diagnose("ioctl", "loopback interface", errno, "", "");
    request.ifr_flags |= IFF_UP;
    if (ioctl(handle, SIOCSIFFLAGS, &request) < 0)
        diagnose_permission("ioctl", "loopback interface", errno);
    close(handle);
}

void furnish(const char *const *kept, size_t kept_count) {
    furnish_files(kept, kept_count);
    raise_loopback();
    // With a dot, or libvirt asks the resolver for the full name, and whoever answers there is not up yet.
    const char name[] = "assay.invalid";
    if (sethostname(name, strlen(name)) < 0)
        diagnose_permission("sethostname", name, errno);
}

// MARK: - Capabilities

void keep_capabilities(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};
    if (syscall(SYS_capget, &header, data) < 0)
        diagnose("capget", "capabilities", errno, "", "");
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
        data[i].inheritable = data[i].permitted;
    if (syscall(SYS_capset, &header, data) < 0)
        diagnose_permission("capset", "capabilities", errno);
    for (unsigned long capability = 0; capability < 64; capability++) {
        bool permitted = data[CAP_TO_INDEX(capability)].permitted & CAP_TO_MASK(capability);
        if (permitted && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) < 0)
            diagnose_permission("prctl", "ambient capabilities", errno);
    }
}
