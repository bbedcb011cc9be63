#pragma once
// Drawing for tests: what a guest might show, without a guest. Pictures are BGRX, rows tightly packed.
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    uint8_t blue, green, red;
} ctestdrawing_colour;

// Draws one line of text whose base line begins at (x, y). `scale` 0.7 is about 15 pixels high.
void ctestdrawing_text(
    uint8_t *pixels, int32_t width, int32_t height, const char *text, int32_t x, int32_t y, double scale,
    ctestdrawing_colour colour);

// Fills a disc.
void ctestdrawing_disc(
    uint8_t *pixels, int32_t width, int32_t height, int32_t x, int32_t y, int32_t radius, ctestdrawing_colour colour);

// Fills a rectangle.
void ctestdrawing_box(
    uint8_t *pixels, int32_t width, int32_t height, int32_t x, int32_t y, int32_t box_width, int32_t box_height,
    ctestdrawing_colour colour);

// Draws `from` onto `to`, both of one size, moved by a part of a pixel, with another brightness and contrast.
void ctestdrawing_render_again(
    const uint8_t *from, uint8_t *to, int32_t width, int32_t height, double dx, double dy, double gain, double offset);

#ifdef __cplusplus
}
#endif
