// Sockets that hear what is sent to any address, and answer in its name.
//
// Connections come by nftables' redirect, datagrams by a route that takes marked packets for local ones. Not by tproxy,
// which was made for both: Linux 6.18 does not deliver what it steers.
//
// Functions return 0, a count or a file descriptor on success and a negated errno on failure. File descriptors belong
// to whoever called; they don't block, and end with an exec.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// An address of either family, IPv4 in the first four bytes.
struct csinkhole_endpoint {
    bool is_ipv6;
    uint8_t address[16];
    uint16_t port;
};

// Listens for TCP on every address, at a port that the kernel chooses.
int csinkhole_listen(bool is_ipv6, uint16_t *port);
// Returns a connection, who made it, and whom they meant to reach.
int csinkhole_accept(int listener, struct csinkhole_endpoint *source, struct csinkhole_endpoint *destination);

// Receives UDP with a mark, whoever it is for.
int csinkhole_bind(bool is_ipv6, uint32_t mark);
// Returns the length of a datagram, who sent it, and whom they meant to reach; -EPROTO when it is malformed.
//
// `bytes` has room for the largest packet; the data begin at `offset`.
int csinkhole_receive(int socket, bool is_ipv6, uint8_t *bytes, size_t capacity, size_t *offset,
                      struct csinkhole_endpoint *source, struct csinkhole_endpoint *destination);
// Sends a datagram that seems to come from `source`, whoever that is.
int csinkhole_send(const struct csinkhole_endpoint *source, const struct csinkhole_endpoint *destination,
                      const uint8_t *bytes, size_t length);
