#include "ctestdrawing.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_LCD_FILTER_H
#include FT_OUTLINE_H
#include <new>

struct ctestdrawing_font {
    FT_Library library = nullptr;
    FT_Face face = nullptr;
};

ctestdrawing_font *ctestdrawing_font_open(const char *path, double points) {
    auto *font = new (std::nothrow) ctestdrawing_font;
    if (!font) return nullptr;
    if (FT_Init_FreeType(&font->library) || FT_New_Face(font->library, path, 0, &font->face)
        || FT_Set_Char_Size(font->face, 0, static_cast<FT_F26Dot6>(std::lround(points * 64)), 96, 96)) {
        ctestdrawing_font_close(font);
        return nullptr;
    }
    // Without its filter FreeType renders sub-pixels in another way, which serves as well.
    FT_Library_SetLcdFilter(font->library, FT_LCD_FILTER_DEFAULT);
    return font;
}

void ctestdrawing_font_close(ctestdrawing_font *font) {
    if (!font) return;
    if (font->face) FT_Done_Face(font->face);
    if (font->library) FT_Done_FreeType(font->library);
    delete font;
}

// Reads one scalar of UTF-8 that is known to be well-formed.
static FT_ULong next_scalar(const char **text) {
    const auto *t = reinterpret_cast<const unsigned char *>(*text);
    const int length = *t < 0x80 ? 1 : *t < 0xe0 ? 2 : *t < 0xf0 ? 3 : 4;
    FT_ULong scalar = length == 1 ? *t : *t & (0xff >> (length + 1));
    for (int i = 1; i < length; i++) scalar = scalar << 6 | (t[i] & 0x3f);
    *text += length;
    return scalar;
}

static void blend(uint8_t *pixel, uint8_t coverage, uint8_t value) {
    *pixel = static_cast<uint8_t>((*pixel * (255 - coverage) + value * coverage + 127) / 255);
}

double ctestdrawing_glyphs(
    uint8_t *pixels, int32_t width, int32_t height, ctestdrawing_font *font, const char *text, double x, double y,
    ctestdrawing_rendering rendering, ctestdrawing_colour colour) {
    const bool hinted = rendering == CTESTDRAWING_HINTED;
    const bool lcd = rendering == CTESTDRAWING_SUBPIXELS;
    const FT_Int32 flags = hinted ? FT_LOAD_TARGET_NORMAL : FT_LOAD_NO_HINTING;
    double pen = hinted ? std::round(x) : x;
    while (*text) {
        if (FT_Load_Char(font->face, next_scalar(&text), flags | FT_LOAD_NO_BITMAP)) continue;
        FT_GlyphSlot slot = font->face->glyph;
        const int column = static_cast<int>(std::floor(pen)), row = static_cast<int>(std::floor(y));
        if (!hinted)
            FT_Outline_Translate(
                &slot->outline, std::lround((pen - column) * 64), -std::lround((y - row) * 64));
        if (!FT_Render_Glyph(slot, lcd ? FT_RENDER_MODE_LCD : FT_RENDER_MODE_NORMAL)) {
            const FT_Bitmap &map = slot->bitmap;
            const int columns = static_cast<int>(map.width) / (lcd ? 3 : 1);
            for (int j = 0; j < static_cast<int>(map.rows); j++)
                for (int i = 0; i < columns; i++) {
                    const int px = column + slot->bitmap_left + i, py = row - slot->bitmap_top + j;
                    if (px < 0 || py < 0 || px >= width || py >= height) continue;
                    const uint8_t *c = map.buffer + j * map.pitch + i * (lcd ? 3 : 1);
                    uint8_t *p = pixels + (static_cast<size_t>(py) * static_cast<size_t>(width) + px) * 4;
                    blend(p, c[lcd ? 2 : 0], colour.blue);
                    blend(p + 1, c[lcd ? 1 : 0], colour.green);
                    blend(p + 2, c[0], colour.red);
                }
        }
        pen += hinted ? static_cast<double>(slot->advance.x) / 64 : static_cast<double>(slot->linearHoriAdvance) / 65536;
    }
    return pen;
}

int32_t ctestdrawing_font_height(ctestdrawing_font *font) {
    return static_cast<int32_t>(font->face->size->metrics.height / 64);
}
