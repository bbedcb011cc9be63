#include "cpng.h"

#include <spng.h>
#include <stdlib.h>

static const char *decode(
    spng_ctx *context, const uint8_t *bytes, size_t count, uint32_t max_side, uint32_t *width, uint32_t *height,
    uint8_t **pixels) {
    int status;
    if ((status = spng_set_image_limits(context, max_side, max_side))) return spng_strerror(status);
    if ((status = spng_set_chunk_limits(context, 64u << 20, 64u << 20))) return spng_strerror(status);
    if ((status = spng_set_png_buffer(context, bytes, count))) return spng_strerror(status);

    struct spng_ihdr header;
    if ((status = spng_get_ihdr(context, &header))) return spng_strerror(status);
    size_t size = 0;
    if ((status = spng_decoded_image_size(context, SPNG_FMT_RGBA8, &size))) return spng_strerror(status);
    // A deflate stream can't expand more than about 1032 times, so a small file that claims to be huge is a
    // bomb or cut short. Refused before the memory is taken.
    if (size / 8 > 1040 * count) return "the file is too short for the size that it claims";

    uint8_t *out = malloc(size);
    if (!out) return "out of memory";
    if ((status = spng_decode_image(context, out, size, SPNG_FMT_RGBA8, SPNG_DECODE_TRNS))) {
        free(out);
        return spng_strerror(status);
    }
    for (uint8_t *p = out; p != out + size; p += 4) {
        uint32_t alpha = p[3], red = p[0];
        p[0] = (uint8_t)(p[2] * alpha / 255);
        p[1] = (uint8_t)(p[1] * alpha / 255);
        p[2] = (uint8_t)(red * alpha / 255);
        p[3] = 255;
    }
    *width = header.width;
    *height = header.height;
    *pixels = out;
    return NULL;
}

const char *cpng_decode(
    const uint8_t *bytes, size_t count, uint32_t max_side, uint32_t *width, uint32_t *height, uint8_t **pixels) {
    spng_ctx *context = spng_ctx_new(0);
    if (!context) return "out of memory";
    const char *problem = decode(context, bytes, count, max_side, width, height, pixels);
    spng_ctx_free(context);
    return problem;
}

const char *cpng_encode(const uint8_t *pixels, uint32_t width, uint32_t height, uint8_t **bytes, size_t *count) {
    size_t size = (size_t)width * height;
    uint8_t *rgb = malloc(size * 3);
    spng_ctx *context = rgb ? spng_ctx_new(SPNG_CTX_ENCODER) : NULL;
    if (!context) {
        free(rgb);
        return "out of memory";
    }
    for (size_t i = 0; i < size; i++) {
        rgb[3 * i] = pixels[4 * i + 2];
        rgb[3 * i + 1] = pixels[4 * i + 1];
        rgb[3 * i + 2] = pixels[4 * i];
    }
    struct spng_ihdr header = {.width = width, .height = height, .bit_depth = 8, .color_type = SPNG_COLOR_TYPE_TRUECOLOR};
    int status = spng_set_option(context, SPNG_ENCODE_TO_BUFFER, 1);
    // Fast and without filters: screens are flat, and a screenshot is taken while a scenario waits.
    if (!status) status = spng_set_option(context, SPNG_IMG_COMPRESSION_LEVEL, 3);
    if (!status) status = spng_set_option(context, SPNG_FILTER_CHOICE, SPNG_FILTER_CHOICE_NONE | SPNG_FILTER_CHOICE_UP);
    if (!status) status = spng_set_ihdr(context, &header);
    if (!status) status = spng_encode_image(context, rgb, size * 3, SPNG_FMT_PNG, SPNG_ENCODE_FINALIZE);
    uint8_t *encoded = status ? NULL : spng_get_png_buffer(context, count, &status);
    spng_ctx_free(context);
    free(rgb);
    if (!encoded) return spng_strerror(status);
    *bytes = encoded;
    return NULL;
}

void cpng_free(void *memory) { free(memory); }
