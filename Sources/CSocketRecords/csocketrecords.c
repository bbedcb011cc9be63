#define _GNU_SOURCE
#include "csocketrecords.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int csocketrecords_open(bool listens) {
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG);
    if (fd < 0) return -errno;
    // Messages wait here while the reader is busy; the kernel cuts it to what the host allows.
    int room = 8 << 20;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    struct sockaddr_nl address = {.nl_family = AF_NETLINK};
    if (listens) address.nl_groups = 1u << (SKNLGRP_INET_TCP_DESTROY - 1) | 1u << (SKNLGRP_INET6_TCP_DESTROY - 1);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}

int csocketrecords_ask(int netlink, uint8_t family) {
    struct {
        struct nlmsghdr header;
        struct inet_diag_req_v2 question;
    } request = {
        .header = {.nlmsg_len = sizeof request, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
        .question = {
            .sdiag_family = family,
            .sdiag_protocol = IPPROTO_TCP,
            .idiag_ext = 1 << (INET_DIAG_INFO - 1),
            // Not those that listen (10), nor those that are only remembered (6, 12) and have no counters any more.
            .idiag_states = 0xfff & ~(1u << 10 | 1u << 6),
        },
    };
    return send(netlink, &request, sizeof request, 0) < 0 ? -errno : 0;
}

static bool read_socket(const struct nlmsghdr *header, struct csocketrecords_socket *socket) {
    if (header->nlmsg_len < NLMSG_LENGTH(sizeof(struct inet_diag_msg))) return false;
    const struct inet_diag_msg *message = NLMSG_DATA(header);
    memset(socket, 0, sizeof *socket);
    socket->family = message->idiag_family;
    memcpy(socket->local, message->id.idiag_src, 16);
    memcpy(socket->peer, message->id.idiag_dst, 16);
    socket->local_port = ntohs(message->id.idiag_sport);
    socket->peer_port = ntohs(message->id.idiag_dport);
    socket->cookie = (uint64_t)message->id.idiag_cookie[1] << 32 | message->id.idiag_cookie[0];
    int remaining = (int)(header->nlmsg_len - NLMSG_LENGTH(sizeof *message));
    for (struct rtattr *attribute = (struct rtattr *)(message + 1); RTA_OK(attribute, remaining);
         attribute = RTA_NEXT(attribute, remaining)) {
        if (attribute->rta_type != INET_DIAG_INFO) continue;
        size_t size = RTA_PAYLOAD(attribute);
        if (size < offsetof(struct tcp_info, tcpi_bytes_received) + 8) return false;
        memcpy(&socket->received, (const char *)RTA_DATA(attribute) + offsetof(struct tcp_info, tcpi_bytes_received), 8);
        return true;
    }
    return false;
}

int csocketrecords_receive(int netlink, struct csocketrecords_socket *sockets, int capacity) {
    char buffer[32768] __attribute__((aligned(NLMSG_ALIGNTO)));
    struct sockaddr_nl sender;
    struct iovec part = {buffer, sizeof buffer};
    struct msghdr message = {.msg_name = &sender, .msg_namelen = sizeof sender, .msg_iov = &part, .msg_iovlen = 1};
    ssize_t length = recvmsg(netlink, &message, 0);
    if (length < 0) return -errno;
    if (message.msg_flags & MSG_TRUNC) return -EMSGSIZE;
    // Other processes may send to this socket; only the kernel is believed.
    if (sender.nl_pid != 0) return 0;
    int count = 0;
    unsigned remaining = (unsigned)length;
    for (struct nlmsghdr *header = (struct nlmsghdr *)buffer; NLMSG_OK(header, remaining);
         header = NLMSG_NEXT(header, remaining)) {
        if (header->nlmsg_type == NLMSG_DONE) return count > 0 ? count : CSOCKETRECORDS_END;
        if (header->nlmsg_type == NLMSG_ERROR) {
            int error = ((struct nlmsgerr *)NLMSG_DATA(header))->error;
            return error < 0 ? error : -EPROTO;
        }
        if (header->nlmsg_type != SOCK_DIAG_BY_FAMILY) continue;
        if (count == capacity) return -EMSGSIZE;
        if (read_socket(header, &sockets[count])) count++;
    }
    return count;
}
