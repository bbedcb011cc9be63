#pragma once
// PNG over libspng, bounded for files that nobody vouches for.
#include <stddef.h>
#include <stdint.h>

// Decodes a whole PNG to tightly packed BGRX rows, transparency composed on black, the fourth byte 255.
//
// Returns NULL on success; then *pixels is owned by the caller, who frees it with cpng_free.
// Otherwise returns a static text that says what is wrong, and sets nothing.
// No more than max_side pixels a side are accepted, nor are more than 64 MiB of chunks kept.
const char *cpng_decode(
    const uint8_t *bytes, size_t count, uint32_t max_side, uint32_t *width, uint32_t *height, uint8_t **pixels);

// Encodes tightly packed BGRX rows as an RGB PNG. Ownership and result as for cpng_decode.
const char *cpng_encode(const uint8_t *pixels, uint32_t width, uint32_t height, uint8_t **bytes, size_t *count);

// Frees what the functions above returned.
void cpng_free(void *memory);
