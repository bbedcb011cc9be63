// What the kernel knows of TCP sockets, also at the moment in which they end: sock_diag(7), linux/inet_diag.h.
//
// Functions return 0 or a number on success and a negated errno on failure.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct csocketrecords_socket {
    uint8_t family; // AF_INET or AF_INET6
    uint8_t local[16];
    uint8_t peer[16];
    uint16_t local_port;
    uint16_t peer_port; // 0 of a socket that forgot its peer before it ended
    uint64_t received; // bytes in order, and one for a FIN
    uint64_t cookie;   // the socket's own, as long as the kernel runs
};

enum { CSOCKETRECORDS_END = -1000 }; // all answers to a question were read

// Opens a netlink socket of the caller's network namespace. With `listens`, it is told of every TCP socket that ends.
int csocketrecords_open(bool listens);
// Asks for all sockets of a family that have a peer.
int csocketrecords_ask(int netlink, uint8_t family);
// Reads one message, without waiting; returns how many sockets it was about (at most `capacity`, which must do for a
// buffer of 32 KiB), -EAGAIN when there is none, -ENOBUFS when messages were lost, or CSOCKETRECORDS_END.
int csocketrecords_receive(int netlink, struct csocketrecords_socket *sockets, int capacity);
