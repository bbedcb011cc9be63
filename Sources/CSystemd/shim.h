#pragma once
// sd-bus, plus the few things around it that Swift can't import.
#include <stdint.h>
#include <string.h>
#include <sys/eventfd.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

// Returns a non-blocking eventfd, or -1.
static inline int csystemd_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

// Makes the eventfd readable. Never blocks: a counter that is full is readable already.
static inline void csystemd_eventfd_post(int fd) {
    uint64_t one = 1;
    (void)!write(fd, &one, sizeof one);
}

// Makes the eventfd unreadable again.
static inline void csystemd_eventfd_clear(int fd) {
    uint64_t count;
    (void)!read(fd, &count, sizeof count);
}

// Copies rows that differ, and returns 1 when any did. The caller has checked every bound.
static inline int csystemd_copy_changed_rows(
    uint8_t *to, size_t to_stride, const uint8_t *from, size_t from_stride, size_t row_bytes, size_t rows) {
    int changed = 0;
    for (size_t row = 0; row < rows; row++, to += to_stride, from += from_stride) {
        if (!memcmp(to, from, row_bytes)) continue;
        memcpy(to, from, row_bytes);
        changed = 1;
    }
    return changed;
}

// Copies BGRX pixels and sets the fourth byte, which QEMU leaves undefined, to 255.
static inline void csystemd_copy_opaque(uint32_t *to, const uint32_t *from, size_t pixels) {
    for (size_t i = 0; i < pixels; i++) to[i] = from[i] | 0xff000000u;
}
