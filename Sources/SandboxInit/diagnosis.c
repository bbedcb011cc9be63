#define _GNU_SOURCE
#include "diagnosis.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Writes a JSON string. Whatever is not plain text becomes '?': a diagnosis needs no more.
static void print_string(FILE *out, const char *text) {
    fputc('"', out);
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\')
            fputc('\\', out);
        fputc(byte < 0x20 || byte > 0x7e ? '?' : byte, out);
    }
    fputc('"', out);
}

noreturn void diagnose(const char *call, const char *object, int error, const char *setting, const char *remedy) {
    // Composed first and written at once, so that it stays one line between the output of other processes.
    char *line = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&line, &length);
    if (out) {
        fputs("{\"sandbox\":\"failed\",\"call\":", out);
        print_string(out, call);
        fputs(",\"object\":", out);
        print_string(out, object);
        fprintf(out, ",\"errno\":%d,\"error\":", error);
        print_string(out, strerror(error));
        fputs(",\"setting\":", out);
        print_string(out, setting);
        fputs(",\"remedy\":", out);
        print_string(out, remedy);
        fputs("}\n", out);
        if (fclose(out) == 0 && write(STDERR_FILENO, line, length) < 0)
            _exit(SANDBOX_FAILED);
    }
    _exit(SANDBOX_FAILED);
}

long read_setting(const char *path) {
    char text[32] = "";
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return -1;
    ssize_t count = read(file, text, sizeof text - 1);
    close(file);
    return count > 0 ? strtol(text, NULL, 10) : -1;
}

noreturn void diagnose_permission(const char *call, const char *object, int error) {
    const char *setting = "", *remedy = "";
    if (error == ENOSPC || read_setting("/proc/sys/user/max_user_namespaces") == 0) {
        setting = "user.max_user_namespaces";
        remedy = "sysctl -w user.max_user_namespaces=16384";
    } else if (error == EPERM || error == EACCES) {
        if (read_setting("/proc/sys/kernel/unprivileged_userns_clone") == 0) {
            setting = "kernel.unprivileged_userns_clone";
            remedy = "sysctl -w kernel.unprivileged_userns_clone=1";
        } else if (read_setting("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1) {
            setting = "kernel.apparmor_restrict_unprivileged_userns";
            remedy = "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0";
        } else {
            // What is left is a container around us: its seccomp filter, or its masked paths under /proc.
            setting = "the container that this runs in";
            remedy = "docker run --security-opt seccomp=unconfined --security-opt systempaths=unconfined "
                     "--security-opt apparmor=unconfined --device /dev/net/tun …";
        }
    }
    diagnose(call, object, error, setting, remedy);
}
