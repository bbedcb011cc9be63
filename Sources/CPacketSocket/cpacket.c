#define _GNU_SOURCE
#include "cpacket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static int fail(int file) {
    int error = errno;
    if (file >= 0) close(file);
    return -error;
}

// MARK: Ring

int cpacket_ring_open(const char *interface, uint32_t block_size, uint32_t block_count, uint32_t block_timeout,
                      struct cpacket_ring *ring) {
    unsigned index = if_nametoindex(interface);
    if (index == 0) return fail(-1);
    // Protocol 0 receives nothing until bind names one: no frame of another interface can get into the ring.
    int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
    if (fd < 0) return fail(-1);
    int version = TPACKET_V3;
    if (setsockopt(fd, SOL_PACKET, PACKET_VERSION, &version, sizeof version) < 0) return fail(fd);
    struct tpacket_req3 request = {
        .tp_block_size = block_size,
        .tp_block_nr = block_count,
        .tp_frame_size = 2048,
        .tp_frame_nr = block_size / 2048 * block_count,
        .tp_retire_blk_tov = block_timeout,
    };
    if (setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &request, sizeof request) < 0) return fail(fd);
    size_t length = (size_t)block_size * block_count;
    void *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) return fail(fd);
    struct sockaddr_ll address = {
        .sll_family = AF_PACKET,
        .sll_protocol = htons(ETH_P_ALL),
        .sll_ifindex = (int)index,
    };
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        int status = fail(fd);
        munmap(memory, length);
        return status;
    }
    *ring = (struct cpacket_ring){fd, (int)index, memory, block_size, block_count};
    return 0;
}

void cpacket_ring_close(struct cpacket_ring *ring) {
    if (ring->memory != NULL) munmap(ring->memory, ring->block_size * ring->block_count);
    if (ring->socket >= 0) close(ring->socket);
    ring->memory = NULL;
    ring->socket = -1;
}

static struct tpacket_block_desc *block_at(const struct cpacket_ring *ring, uint32_t block) {
    return (struct tpacket_block_desc *)(ring->memory + ring->block_size * block);
}

bool cpacket_block_begin(const struct cpacket_ring *ring, uint32_t block, struct cpacket_cursor *cursor) {
    struct tpacket_block_desc *description = block_at(ring, block);
    uint32_t status = __atomic_load_n(&description->hdr.bh1.block_status, __ATOMIC_ACQUIRE);
    if (!(status & TP_STATUS_USER)) return false;
    cursor->remaining = description->hdr.bh1.num_pkts;
    cursor->header = (const uint8_t *)description + description->hdr.bh1.offset_to_first_pkt;
    return true;
}

bool cpacket_block_next(struct cpacket_cursor *cursor, struct cpacket_frame *frame) {
    if (cursor->remaining == 0) return false;
    const struct tpacket3_hdr *header = (const struct tpacket3_hdr *)cursor->header;
    const struct sockaddr_ll *address =
        (const struct sockaddr_ll *)(cursor->header + TPACKET_ALIGN(sizeof(struct tpacket3_hdr)));
    *frame = (struct cpacket_frame){
        .bytes = cursor->header + header->tp_mac,
        .captured = header->tp_snaplen,
        .length = header->tp_len,
        .nanoseconds = (uint64_t)header->tp_sec * 1000000000u + header->tp_nsec,
        .is_outgoing = address->sll_pkttype == PACKET_OUTGOING,
        .has_vlan = header->tp_status & TP_STATUS_VLAN_VALID,
        .vlan_type = header->tp_status & TP_STATUS_VLAN_TPID_VALID ? header->hv1.tp_vlan_tpid : ETH_P_8021Q,
        .vlan_control = (uint16_t)header->hv1.tp_vlan_tci,
    };
    cursor->remaining--;
    cursor->header += header->tp_next_offset;
    return true;
}

void cpacket_block_release(const struct cpacket_ring *ring, uint32_t block) {
    __atomic_store_n(&block_at(ring, block)->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
}

int cpacket_statistics(const struct cpacket_ring *ring, uint32_t *seen, uint32_t *dropped) {
    struct tpacket_stats_v3 statistics;
    socklen_t length = sizeof statistics;
    if (getsockopt(ring->socket, SOL_PACKET, PACKET_STATISTICS, &statistics, &length) < 0) return -errno;
    *seen = statistics.tp_packets;
    *dropped = statistics.tp_drops;
    return 0;
}

int cpacket_socket_error(const struct cpacket_ring *ring) {
    int error = 0;
    socklen_t length = sizeof error;
    if (getsockopt(ring->socket, SOL_SOCKET, SO_ERROR, &error, &length) < 0) return -errno;
    return -error;
}

// MARK: Link

int cpacket_link_read(const char *interface, struct cpacket_link *link) {
    unsigned index = if_nametoindex(interface);
    if (index == 0) return fail(-1);
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0) return fail(-1);
    struct {
        struct nlmsghdr header;
        struct ifinfomsg info;
    } request = {
        .header = {.nlmsg_len = sizeof request, .nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST},
        .info = {.ifi_family = AF_UNSPEC, .ifi_index = (int)index},
    };
    if (send(fd, &request, sizeof request, 0) < 0) return fail(fd);
    // Statistics stand late in the answer, which may be long for interfaces with many attributes.
    char answer[32768] __attribute__((aligned(NLMSG_ALIGNTO)));
    ssize_t length = recv(fd, answer, sizeof answer, 0);
    if (length < 0) return fail(fd);
    close(fd);
    struct nlmsghdr *header = (struct nlmsghdr *)answer;
    if (!NLMSG_OK(header, (size_t)length)) return -EPROTO;
    if (header->nlmsg_type == NLMSG_ERROR) {
        int error = ((struct nlmsgerr *)NLMSG_DATA(header))->error;
        return error == 0 ? -EPROTO : error;
    }
    if (header->nlmsg_type != RTM_NEWLINK) return -EPROTO;
    struct ifinfomsg *info = NLMSG_DATA(header);
    int remaining = (int)IFLA_PAYLOAD(header);
    for (struct rtattr *attribute = IFLA_RTA(info); RTA_OK(attribute, remaining);
         attribute = RTA_NEXT(attribute, remaining)) {
        if (attribute->rta_type != IFLA_STATS64) continue;
        struct rtnl_link_stats64 statistics = {0};
        size_t size = RTA_PAYLOAD(attribute);
        memcpy(&statistics, RTA_DATA(attribute), size < sizeof statistics ? size : sizeof statistics);
        *link = (struct cpacket_link){
            .index = info->ifi_index,
            .is_up = info->ifi_flags & IFF_UP,
            .received = statistics.rx_packets,
            .received_bytes = statistics.rx_bytes,
            .refused = statistics.rx_dropped + statistics.rx_errors,
            .sent = statistics.tx_packets,
        };
        return 0;
    }
    return -EPROTO;
}

// MARK: Tap and event

int cpacket_tap_attach(const char *interface) {
    // Without this check TUNSETIFF would make a new interface of that name.
    if (if_nametoindex(interface) == 0) return fail(-1);
    struct ifreq request = {0};
    if (strlen(interface) >= sizeof request.ifr_name) return -ENAMETOOLONG;
    strcpy(request.ifr_name, interface);
    request.ifr_flags = IFF_TAP | IFF_NO_PI;
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return fail(-1);
    if (ioctl(fd, TUNSETIFF, &request) < 0) return fail(fd);
    return fd;
}

int cpacket_event_open(void) {
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

void cpacket_event_signal(int event) {
    eventfd_write(event, 1);
}

void cpacket_event_clear(int event) {
    eventfd_t value;
    eventfd_read(event, &value);
}
