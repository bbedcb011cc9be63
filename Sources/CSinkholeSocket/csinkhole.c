#define _GNU_SOURCE
#include "csinkhole.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int fail(int file) {
    int error = errno;
    if (file >= 0) close(file);
    return -error;
}

// MARK: Addresses

static void read_endpoint(const struct sockaddr_storage *address, struct csinkhole_endpoint *endpoint) {
    memset(endpoint, 0, sizeof *endpoint);
    if (address->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)address;
        endpoint->is_ipv6 = true;
        memcpy(endpoint->address, &in6->sin6_addr, 16);
        endpoint->port = ntohs(in6->sin6_port);
    } else {
        const struct sockaddr_in *in4 = (const struct sockaddr_in *)address;
        memcpy(endpoint->address, &in4->sin_addr, 4);
        endpoint->port = ntohs(in4->sin_port);
    }
}

static socklen_t write_endpoint(const struct csinkhole_endpoint *endpoint, struct sockaddr_storage *address) {
    memset(address, 0, sizeof *address);
    if (endpoint->is_ipv6) {
        struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)address;
        in6->sin6_family = AF_INET6;
        memcpy(&in6->sin6_addr, endpoint->address, 16);
        in6->sin6_port = htons(endpoint->port);
        return sizeof *in6;
    }
    struct sockaddr_in *in4 = (struct sockaddr_in *)address;
    in4->sin_family = AF_INET;
    memcpy(&in4->sin_addr, endpoint->address, 4);
    in4->sin_port = htons(endpoint->port);
    return sizeof *in4;
}

// MARK: Connections

int csinkhole_listen(bool is_ipv6, uint16_t *port) {
    int fd = socket(is_ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return fail(-1);
    int on = 1;
    if (is_ipv6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0) return fail(fd);
    struct csinkhole_endpoint own = {.is_ipv6 = is_ipv6};
    struct sockaddr_storage address;
    socklen_t length = write_endpoint(&own, &address);
    if (bind(fd, (struct sockaddr *)&address, length) < 0) return fail(fd);
    if (listen(fd, SOMAXCONN) < 0) return fail(fd);
    if (getsockname(fd, (struct sockaddr *)&address, &length) < 0) return fail(fd);
    read_endpoint(&address, &own);
    *port = own.port;
    return fd;
}

int csinkhole_accept(int listener, struct csinkhole_endpoint *source, struct csinkhole_endpoint *destination) {
    struct sockaddr_storage peer, meant;
    socklen_t length = sizeof peer;
    int fd = accept4(listener, (struct sockaddr *)&peer, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return fail(-1);
    length = sizeof meant;
    bool is_ipv6 = peer.ss_family == AF_INET6;
    int status = is_ipv6 ? getsockopt(fd, SOL_IPV6, IP6T_SO_ORIGINAL_DST, &meant, &length)
                         : getsockopt(fd, SOL_IP, SO_ORIGINAL_DST, &meant, &length);
    // Whoever guesses the port and connects to it was not redirected.
    length = sizeof meant;
    if (status < 0 && getsockname(fd, (struct sockaddr *)&meant, &length) < 0) return fail(fd);
    read_endpoint(&peer, source);
    read_endpoint(&meant, destination);
    return fd;
}

// MARK: Datagrams

int csinkhole_bind(bool is_ipv6, uint32_t mark) {
    int fd = socket(is_ipv6 ? AF_INET6 : AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_UDP);
    if (fd < 0) return fail(-1);
    // A raw socket is given a copy of all UDP there is.
    struct sock_filter marked[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_MARK)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, mark, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, UINT_MAX),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct sock_fprog program = {.len = sizeof marked / sizeof *marked, .filter = marked};
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0) return fail(fd);
    int on = 1;
    if (is_ipv6 && setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on) < 0) return fail(fd);
    return fd;
}

int csinkhole_receive(int socket, bool is_ipv6, uint8_t *bytes, size_t capacity, size_t *offset,
                      struct csinkhole_endpoint *source, struct csinkhole_endpoint *destination) {
    struct sockaddr_storage peer;
    struct iovec part = {.iov_base = bytes, .iov_len = capacity};
    char control[256] __attribute__((aligned(sizeof(size_t))));
    struct msghdr message = {
        .msg_name = &peer,
        .msg_namelen = sizeof peer,
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = control,
        .msg_controllen = sizeof control,
    };
    ssize_t count = recvmsg(socket, &message, 0);
    if (count < 0) return -errno;
    read_endpoint(&peer, source);
    memset(destination, 0, sizeof *destination);
    destination->is_ipv6 = is_ipv6;
    size_t header = 0;
    if (is_ipv6) {
        // The header stays with the kernel, which tells the address beside.
        struct cmsghdr *item = CMSG_FIRSTHDR(&message);
        if (item == NULL || item->cmsg_level != SOL_IPV6 || item->cmsg_type != IPV6_PKTINFO) return -EPROTO;
        memcpy(destination->address, CMSG_DATA(item), 16);
    } else {
        if (count < 20) return -EPROTO;
        header = (size_t)(bytes[0] & 15) * 4;
        memcpy(destination->address, bytes + 16, 4);
    }
    if ((size_t)count < header + 8) return -EPROTO;
    const uint8_t *datagram = bytes + header;
    size_t length = (size_t)datagram[4] << 8 | datagram[5];
    if (length < 8 || header + length > (size_t)count) return -EPROTO;
    source->port = (uint16_t)(datagram[0] << 8 | datagram[1]);
    destination->port = (uint16_t)(datagram[2] << 8 | datagram[3]);
    *offset = header + 8;
    return (int)(length - 8);
}

int csinkhole_send(const struct csinkhole_endpoint *source, const struct csinkhole_endpoint *destination,
                   const uint8_t *bytes, size_t length) {
    int fd = socket(source->is_ipv6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return fail(-1);
    int on = 1;
    int level = source->is_ipv6 ? IPPROTO_IPV6 : IPPROTO_IP;
    int transparent = source->is_ipv6 ? IPV6_TRANSPARENT : IP_TRANSPARENT;
    if (setsockopt(fd, level, transparent, &on, sizeof on) < 0) return fail(fd);
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0) return fail(fd);
    struct sockaddr_storage address;
    socklen_t size = write_endpoint(source, &address);
    if (bind(fd, (struct sockaddr *)&address, size) < 0) return fail(fd);
    size = write_endpoint(destination, &address);
    if (sendto(fd, bytes, length, 0, (struct sockaddr *)&address, size) < 0) return fail(fd);
    close(fd);
    return 0;
}
