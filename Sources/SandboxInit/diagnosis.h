// How this program says why it could not go on.
#ifndef ASSAY_DIAGNOSIS_H
#define ASSAY_DIAGNOSIS_H

#include <stdnoreturn.h>

// EX_OSERR of sysexits.h. Whoever started the sandbox reads the line below when it sees this status.
enum { SANDBOX_FAILED = 71 };

// Writes one line of JSON to standard error and ends the process with SANDBOX_FAILED:
//   {"sandbox":"failed","call":"…","object":"…","errno":1,"error":"…","setting":"…","remedy":"…"}
// `object` is the path or name the call was about. `setting` is what has to change on the host, and `remedy`
// the command that does so; either may be empty.
noreturn void diagnose(const char *call, const char *object, int error, const char *setting, const char *remedy);

// The same, with setting and remedy found out from the error and from the host's settings.
noreturn void diagnose_permission(const char *call, const char *object, int error);

// Reads a number from a file under /proc/sys; returns -1 when there is none.
long read_setting(const char *path);

#endif
