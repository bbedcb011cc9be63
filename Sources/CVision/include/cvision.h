#pragma once
// Seeing: where a picture stands on a screen, and where the lines of text are. A C face over OpenCV.
//
// Nothing here keeps state between calls, except for the objects that a caller creates and destroys. Functions
// that can fail return a cvision_status; no exception leaves. Pictures are BGRX, four bytes a pixel, the fourth
// ignored. They are borrowed for the call. All functions may be called from any thread, each object from one
// thread at a time.
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    CVISION_OK = 0,
    CVISION_BAD_ARGUMENT = 1,  // an empty picture, a template larger than the scene, an area outside of it
    CVISION_OUT_OF_MEMORY = 2,
    CVISION_INTERNAL = 3,  // OpenCV threw
} cvision_status;

typedef struct {
    int32_t x, y, width, height;
} cvision_rect;

typedef struct {
    const uint8_t *pixels;
    int32_t width, height;
    size_t stride;
} cvision_picture;

// MARK: - Matching

typedef enum {
    CVISION_MATCH = 0,
    CVISION_OCCLUDED = 1,  // all that can be seen matches, but the pointer hides a part
    CVISION_DIFFERS = 2,   // it stands there, but is not the same at one place
    CVISION_ABSENT = 3,
} cvision_verdict;

typedef struct {
    cvision_verdict verdict;
    // The best place, in pixels of the scene. Width and height are 0 when there is none at all.
    cvision_rect place;
    // The worst pixel's error in units of what is tolerated; at most 1 is a match, 0 is equal pixel for pixel.
    double worst;
    // Where the worst pixel is, in pixels of the scene.
    int32_t worst_x, worst_y;
    // The share of pixels whose error is above 1.
    double bad;
    // Normalised correlation at the place, -1 to 1.
    double correlation;
    // The share hidden by the pointer.
    double hidden;
} cvision_sighting;

typedef struct {
    // Only places wholly inside of this part of the scene are looked at.
    cvision_rect region;
    // The rectangle of the pointer's picture, or an empty one when it is not shown.
    cvision_rect pointer;
    // Nonzero: only a place that is equal pixel for pixel matches.
    int32_t exact;
} cvision_search;

// A picture to look for, with all that does not depend on the screen. Never changes: any threads may use it at once.
typedef struct cvision_wanted cvision_wanted;

// Creates one from a copy of the picture; the excluded parts, in its own pixels, may look like anything. Owned by the caller, who destroys it with cvision_wanted_destroy.
cvision_status cvision_wanted_create(
    cvision_picture picture, const cvision_rect *excluded, size_t excluded_count, cvision_wanted **wanted);
void cvision_wanted_destroy(cvision_wanted *wanted);

// Looks for the picture in the scene and decides by its worst pixel; on a miss, says what comes nearest.
cvision_status cvision_find(
    cvision_picture scene, const cvision_wanted *wanted, const cvision_search *search, cvision_sighting *sighting);

#define CVISION_MATCHES 8

typedef struct {
    const cvision_wanted *wanted;  // borrowed for the call
    // Only places wholly inside of this part of the scene are looked at,
    cvision_rect region;
    // and only those within so many pixels of a change: at least the picture's own size.
    int32_t reach_x, reach_y;
    // Nonzero: only a place that is equal pixel for pixel matches.
    int32_t exact;
    // Out: how many places match, and the best of them, best first.
    int32_t match_count;
    cvision_sighting matches[CVISION_MATCHES];
} cvision_query;

// Looks for several pictures around what changed of a scene, and finds all places that match.
//
// Decides as cvision_find does, but rules places out by a few pixels first, so it costs little; it says nothing about what
// nearly matches, and knows of no pointer.
cvision_status cvision_glance(
    cvision_picture scene, const cvision_rect *changed, size_t changed_count, cvision_query *queries, size_t query_count);

// Finds the rectangles that cover all pixels that differ, at most `capacity`; everything when the sizes differ.
cvision_status cvision_changes(
    cvision_picture old_picture, cvision_picture new_picture, cvision_rect *changed, size_t capacity, size_t *count);

// Says how well a template can be told from the rest of the screen that it was cut from.
//
// *rival becomes the smallest worst-pixel error of any other place (99 when there is none): at most 1 means that it
// matches elsewhere too. *alike becomes how many places (of 20) are so alike in their lights and shades, whatever their
// colours, that a search could take them for it before it looks closely. *contrast becomes the deviation of its luma.
cvision_status cvision_lint(
    cvision_picture source, cvision_rect area, double *rival, cvision_rect *rival_place, int32_t *alike,
    double *contrast);

// MARK: - Reading

// The luma of a screen, and where its lines of text are.
typedef struct cvision_page cvision_page;

// Creates a page, owned by the caller, who destroys it with cvision_page_destroy.
cvision_status cvision_page_create(cvision_picture picture, cvision_page **page);
void cvision_page_destroy(cvision_page *page);

// Sets changed[y] to 1 for each of the page's rows that differs from the other page's row, else to 0.
// Pages of different sizes differ in every row.
void cvision_page_compare(const cvision_page *page, const cvision_page *other, uint8_t *changed);

// Finds the boxes of the lines of text between two rows. *boxes is freed by the caller with cvision_free.
cvision_status cvision_page_lines(
    const cvision_page *page, int32_t top, int32_t bottom, cvision_rect **boxes, size_t *count);

// A grey image, one byte a pixel, rows tightly packed.
typedef struct {
    uint8_t *pixels;  // freed by the caller with cvision_free
    int32_t width, height;
} cvision_grey;

// Copies a line's pixels with a little of what surrounds them: what its text depends on, and nothing else.
cvision_status cvision_page_crop(const cvision_page *page, cvision_rect box, cvision_grey *out);

// Turns a crop into dark text on white, `scale` times the size, whatever its colours were.
// A point (x, y) of the crop is at (x * scale + 12, y * scale + 8) in the result.
cvision_status cvision_normalise(const cvision_grey *crop, int32_t scale, cvision_grey *out);

// How many pixels a crop reaches beyond its box to the left and above, where the screen does.
#define CVISION_CROP_MARGIN 3

void cvision_free(void *memory);

#ifdef __cplusplus
}
#endif
