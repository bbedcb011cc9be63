// Whether /dev/kvm runs a guest at the speed of hardware.
#ifndef ASSAY_KVM_H
#define ASSAY_KVM_H

// Prints one line of JSON, {"kvm":"usable"} or {"kvm":"unusable","reason":"…"}, and returns the exit status 0 or 1.
int print_kvm_probe(void);

#endif
