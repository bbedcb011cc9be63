#define _GNU_SOURCE
#include "clink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static int fail(int file) {
    int error = errno;
    if (file >= 0) close(file);
    return -error;
}

// MARK: Tap

int clink_tap_make(char *name) {
    struct ifreq request = {0};
    if (strlen(name) >= sizeof request.ifr_name) return -ENAMETOOLONG;
    strcpy(request.ifr_name, name);
    request.ifr_flags = IFF_TAP | IFF_NO_PI;
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return fail(-1);
    if (ioctl(fd, TUNSETIFF, &request) < 0) return fail(fd);
    memcpy(name, request.ifr_name, sizeof request.ifr_name);
    return fd;
}

// MARK: Ears

int clink_ears_open(const char *interface, bool hears_both) {
    unsigned index = if_nametoindex(interface);
    if (index == 0) return fail(-1);
    // Protocol 0 receives nothing until bind names one: no frame of another interface is heard.
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return fail(-1);
    int ignores_outgoing = !hears_both;
    if (setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &ignores_outgoing, sizeof ignores_outgoing) < 0)
        return fail(fd);
    // The kernel gives as much as it allows; what does not fit is counted.
    int size = 8 << 20;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size) < 0) return fail(fd);
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET,
        .sll_protocol = htons(ETH_P_ALL),
        .sll_ifindex = (int)index,
    };
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) return fail(fd);
    return fd;
}

long clink_ears_hear(int ears, uint8_t *bytes, size_t capacity, size_t *length, bool *is_to_guest) {
    struct sockaddr_ll address;
    socklen_t size = sizeof address;
    ssize_t count = recvfrom(ears, bytes, capacity, MSG_TRUNC, (struct sockaddr *)&address, &size);
    if (count < 0) return -errno;
    *length = (size_t)count;
    *is_to_guest = address.sll_pkttype == PACKET_OUTGOING;
    return (size_t)count < capacity ? count : (long)capacity;
}

int clink_ears_losses(int ears, uint32_t *lost) {
    struct tpacket_stats statistics;
    socklen_t size = sizeof statistics;
    if (getsockopt(ears, SOL_PACKET, PACKET_STATISTICS, &statistics, &size) < 0) return -errno;
    *lost = statistics.tp_drops;
    return 0;
}

// MARK: Clock

uint64_t clink_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int clink_timer_open(void) {
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

int clink_timer_set(int timer, uint64_t nanoseconds) {
    struct itimerspec when = {
        .it_value = {.tv_sec = (time_t)(nanoseconds / 1000000000u), .tv_nsec = (long)(nanoseconds % 1000000000u)},
    };
    return timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, NULL) < 0 ? -errno : 0;
}

void clink_timer_clear(int timer) {
    uint64_t count;
    // Nothing to read is as good: it has not run out.
    if (read(timer, &count, sizeof count) < 0) return;
}
