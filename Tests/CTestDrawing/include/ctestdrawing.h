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
// Nonzero `cubic` moves it by a sharper filter than the bilinear one.
void ctestdrawing_render_again(
    const uint8_t *from, uint8_t *to, int32_t width, int32_t height, double dx, double dy, double gain, double offset,
    int32_t cubic);

// Draws `from` onto `to` as it is after JPEG of a quality from 1 to 100.
void ctestdrawing_recode(const uint8_t *from, uint8_t *to, int32_t width, int32_t height, int32_t quality);

// A font at a size, for one thread at a time.
typedef struct ctestdrawing_font ctestdrawing_font;

typedef enum {
    CTESTDRAWING_HINTED = 0,     // at whole pixels, stems on the grid
    CTESTDRAWING_UNHINTED = 1,   // anywhere, true coverage
    CTESTDRAWING_SUBPIXELS = 2,  // the same for screens whose pixels are red, green and blue stripes
} ctestdrawing_rendering;

// Opens a font file at 96 dpi, owned by the caller, or returns NULL.
ctestdrawing_font *ctestdrawing_font_open(const char *path, double points);
void ctestdrawing_font_close(ctestdrawing_font *font);

// Draws well-formed UTF-8 whose base line begins at (x, y); returns where the next glyph would begin.
double ctestdrawing_glyphs(
    uint8_t *pixels, int32_t width, int32_t height, ctestdrawing_font *font, const char *text, double x, double y,
    ctestdrawing_rendering rendering, ctestdrawing_colour colour);

// The distance of two base lines.
int32_t ctestdrawing_font_height(ctestdrawing_font *font);

#ifdef __cplusplus
}
#endif
