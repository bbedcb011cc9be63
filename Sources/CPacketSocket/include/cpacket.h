// Packet sockets with a memory-mapped ring (packet(7), TPACKET_V3), and attaching to a tap interface.
//
// Functions return 0 or a file descriptor on success and a negated errno on failure. A ring belongs to whoever
// opened it and is used by one thread at a time; frames point into it until their block is released.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cpacket_ring {
    int socket;
    int interface_index;
    uint8_t *memory;
    size_t block_size;
    uint32_t block_count;
};

// What the kernel counts of an interface, from its own side: what a guest sends to its tap is received.
struct cpacket_link {
    int index;
    bool is_up;
    uint64_t received;
    uint64_t received_bytes;
    uint64_t refused; // frames from the guest that went no further than the interface
    uint64_t sent;
};

struct cpacket_frame {
    const uint8_t *bytes;
    uint32_t captured;
    uint32_t length;
    uint64_t nanoseconds; // since 1970
    bool is_outgoing;     // sent by the host, so to the guest
    bool has_vlan;        // the kernel took a tag out of the bytes
    uint16_t vlan_type;
    uint16_t vlan_control;
};

// A position in the frames of a block.
struct cpacket_cursor {
    const uint8_t *header;
    uint32_t remaining;
};

// Opens a ring that sees every frame of the interface from the moment of return. A block is handed over when it is
// full or `block_timeout` milliseconds old.
int cpacket_ring_open(const char *interface, uint32_t block_size, uint32_t block_count, uint32_t block_timeout,
                      struct cpacket_ring *ring);
void cpacket_ring_close(struct cpacket_ring *ring);

// Whether the kernel has handed over the block; if so, the cursor stands before its first frame.
bool cpacket_block_begin(const struct cpacket_ring *ring, uint32_t block, struct cpacket_cursor *cursor);
bool cpacket_block_next(struct cpacket_cursor *cursor, struct cpacket_frame *frame);
// Gives the block back to the kernel.
void cpacket_block_release(const struct cpacket_ring *ring, uint32_t block);

// Reads and resets the socket's counters; `seen` includes `dropped`.
int cpacket_statistics(const struct cpacket_ring *ring, uint32_t *seen, uint32_t *dropped);
// Reads and clears the socket's error: 0 or a negated errno.
int cpacket_socket_error(const struct cpacket_ring *ring);

// Asks the kernel by netlink, so that the answer is of the caller's own network namespace whatever /sys shows.
int cpacket_link_read(const char *interface, struct cpacket_link *link);

// Attaches to an existing tap interface as its guest; the file descriptor detaches when closed.
int cpacket_tap_attach(const char *interface);

// A file descriptor that wakes a poll, and the write that makes it do so.
int cpacket_event_open(void);
void cpacket_event_signal(int event);
void cpacket_event_clear(int event);
