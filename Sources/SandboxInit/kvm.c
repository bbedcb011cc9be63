// A device named /dev/kvm may exist and accept every call and yet run a guest a thousand times too slowly, because
// something emulates it. So a tiny guest runs a counted loop in 64-bit mode, and the time tells. Real mode won't do:
// such emulators are fast there.
#define _GNU_SOURCE
#include "kvm.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

// Guest-physical addresses of what the guest needs; all in one 64 KiB piece of memory.
enum {
    PAGE_MAP_4 = 0x1000,
    PAGE_POINTERS = 0x2000,
    PAGE_DIRECTORY = 0x3000,
    DESCRIPTORS = 0x4000,
    CODE = 0x5000,
    STACK = 0x7000,
    RESULT = 0x8000,
    MEMORY_SIZE = 0x10000,
    LOOPS = 100000,
    DONE_PORT = 0x3f8,
    SLOW = -1,
    BROKEN = -2,
};

// Counts to 3 × LOOPS, reloads CR3 (a TLB flush, which emulators get wrong), stores the count, writes to a port.
static const uint8_t program[] = {
    0xb9, LOOPS & 0xff, LOOPS >> 8 & 0xff, LOOPS >> 16, 0,           // mov  ecx, LOOPS
    0x31, 0xdb,                                                      // xor  ebx, ebx
    0x48, 0x83, 0xc3, 0x03,                                          // add  rbx, 3   <─┐
    0xff, 0xc9,                                                      // dec  ecx        │
    0x75, 0xf8,                                                      // jnz  ───────────┘
    0x0f, 0x20, 0xd8, 0x0f, 0x22, 0xd8,                              // mov  rax, cr3; mov cr3, rax
    0x48, 0x89, 0x1c, 0x25, RESULT & 0xff, RESULT >> 8, 0x00, 0x00,  // mov  [RESULT], rbx
    0x66, 0xba, DONE_PORT & 0xff, DONE_PORT >> 8, 0xee,              // mov  dx, DONE_PORT; out dx, al
    0xf4,                                                            // hlt
};

// Puts the virtual CPU into 64-bit mode with flat segments and the first 2 MiB mapped one to one.
static int prepare_cpu(int cpu, uint8_t *memory) {
    uint64_t entry;
    memcpy(memory + PAGE_MAP_4, &(uint64_t){PAGE_POINTERS | 3}, sizeof entry);
    memcpy(memory + PAGE_POINTERS, &(uint64_t){PAGE_DIRECTORY | 3}, sizeof entry);
    memcpy(memory + PAGE_DIRECTORY, &(uint64_t){0x83}, sizeof entry);
    memcpy(memory + DESCRIPTORS + 8, &(uint64_t){0x00af9a000000ffffULL}, sizeof entry);
    memcpy(memory + DESCRIPTORS + 16, &(uint64_t){0x00cf92000000ffffULL}, sizeof entry);
    memcpy(memory + CODE, program, sizeof program);

    struct kvm_sregs system;
    if (ioctl(cpu, KVM_GET_SREGS, &system) < 0)
        return -1;
    system.cr0 = 0x80000031;  // paging, numeric errors, protected mode
    system.cr3 = PAGE_MAP_4;
    system.cr4 = 0x20;     // physical address extension
    system.efer = 0x500;   // long mode, enabled and active
    system.gdt.base = DESCRIPTORS;
    system.gdt.limit = 23;
    struct kvm_segment segment = {.limit = 0xffffffff, .present = 1, .s = 1, .g = 1};
    segment.selector = 8, segment.type = 11, segment.l = 1;
    system.cs = segment;
    segment.selector = 16, segment.type = 3, segment.l = 0;
    system.ds = system.es = system.fs = system.gs = system.ss = segment;
    struct kvm_regs registers = {.rip = CODE, .rsp = STACK, .rflags = 2};
    return ioctl(cpu, KVM_SET_SREGS, &system) < 0 || ioctl(cpu, KVM_SET_REGS, &registers) < 0 ? -1 : 0;
}

// Runs the guest to its end in this process. Returns 0, an errno value, or BROKEN.
static int run_guest(void) {
    int device = open("/dev/kvm", O_RDWR | O_CLOEXEC);
    if (device < 0)
        return errno;
    if (ioctl(device, KVM_GET_API_VERSION, 0) != KVM_API_VERSION)
        return BROKEN;
    int machine = ioctl(device, KVM_CREATE_VM, 0UL);
    if (machine < 0)
        return errno;
    uint8_t *memory = mmap(NULL, MEMORY_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return errno;
    struct kvm_userspace_memory_region region = {.memory_size = MEMORY_SIZE, .userspace_addr = (uintptr_t)memory};
    int run_size = ioctl(device, KVM_GET_VCPU_MMAP_SIZE, 0);
    // Intel CPUs need a place for a task segment before the first virtual CPU.
    (void)ioctl(machine, KVM_SET_TSS_ADDR, 0xfffbd000UL);
    int cpu = -1;
    if (run_size <= 0 || ioctl(machine, KVM_SET_USER_MEMORY_REGION, &region) < 0
        || (cpu = ioctl(machine, KVM_CREATE_VCPU, 0UL)) < 0)
        return errno;
    struct kvm_run *run = mmap(NULL, (size_t)run_size, PROT_READ | PROT_WRITE, MAP_SHARED, cpu, 0);
    if (run == MAP_FAILED || prepare_cpu(cpu, memory) < 0)
        return errno;
    while (ioctl(cpu, KVM_RUN, 0) < 0)
        if (errno != EINTR)
            return errno;
    uint64_t count;
    memcpy(&count, memory + RESULT, sizeof count);
    return run->exit_reason == KVM_EXIT_IO && count == 3 * LOOPS ? 0 : BROKEN;
}

// Runs the guest in a child that is killed after `limit` milliseconds. Returns as run_guest, or SLOW.
static int probe(int limit) {
    int channel[2];
    if (pipe(channel) < 0)
        return errno;
    pid_t child = fork();
    if (child < 0)
        return errno;
    if (child == 0) {
        int result = run_guest();
        _exit(write(channel[1], &result, sizeof result) < 0);
    }
    close(channel[1]);
    int result = SLOW;
    struct pollfd answer = {.fd = channel[0], .events = POLLIN};
    if (poll(&answer, 1, limit) > 0 && read(channel[0], &result, sizeof result) != sizeof result)
        result = BROKEN;
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(channel[0]);
    return result;
}

int print_kvm_probe(void) {
    // Hardware needs well under a millisecond, an emulator a third of a second. The second try is for a host that
    // was busy during the first; both together stay below 150 ms.
    int result = probe(40);
    if (result == SLOW)
        result = probe(100);
    if (result == 0) {
        puts("{\"kvm\":\"usable\"}");
        return 0;
    }
    if (result > 0)
        printf("{\"kvm\":\"unusable\",\"reason\":\"/dev/kvm: %s\"}\n", strerror(result));
    else if (result == SLOW)
        puts("{\"kvm\":\"unusable\",\"reason\":\"/dev/kvm exists, but a short loop in a guest did not end within "
             "100 ms, as if it were emulated\"}");
    else
        puts("{\"kvm\":\"unusable\",\"reason\":\"/dev/kvm exists, but a guest on it went wrong\"}");
    return 1;
}
