// What a station of the guest's LAN needs: a port of its own on the bridge, ears at the guest's port, and a clock that
// wakes a poll.
//
// Functions return a file descriptor, a count or 0 on success and a negated errno on failure. File descriptors do not
// block, and no child inherits them.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Makes a tap interface that vanishes with its last file descriptor. `name` may hold `%d` for a free number, and then
// holds what the kernel chose; it has room for 16 bytes.
int clink_tap_make(char *name);

// Hears what a guest sends into its tap interface, and if asked what is sent to it as well.
int clink_ears_open(const char *interface, bool hears_both);
// Takes the next frame, cut off at `capacity`; `length` is how long it was. -EAGAIN when there is none.
long clink_ears_hear(int ears, uint8_t *bytes, size_t capacity, size_t *length, bool *is_to_guest);
// How many frames there was no room for since this was last asked.
int clink_ears_losses(int ears, uint32_t *lost);

// Nanoseconds of the clock that does not jump (CLOCK_MONOTONIC).
uint64_t clink_now(void);
int clink_timer_open(void);
// Makes the timer readable at a time of that clock; 0 never.
int clink_timer_set(int timer, uint64_t nanoseconds);
// Makes the timer unreadable until it is set again.
void clink_timer_clear(int timer);
