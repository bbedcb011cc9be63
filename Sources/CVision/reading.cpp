#include "support.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <opencv2/imgproc.hpp>
#include <tuple>
#include <vector>

using namespace vision;

struct cvision_page {
    cv::Mat grey;
};

namespace {

constexpr int edge_step = 22;       // grey levels between neighbours that make an edge
constexpr int wall_height = 24;     // an upright edge this long is a border, not a stem
constexpr int rule_width = 30;      // a level edge this long is a border, not a bar of a letter
constexpr int word_gap = 13;        // pixels that are joined within a line
constexpr int line_least = 5, line_most = 44;  // heights of lines that are read
constexpr double row_floor = 0.06;  // of the fullest row: less ink is between two lines

struct Box {
    int x0, y0, x1, y1;
    int height() const { return y1 - y0; }
    bool operator<(const Box &o) const {
        return std::tie(x0, y0, x1, y1) < std::tie(o.x0, o.y0, o.x1, o.y1);
    }
};

cv::Mat closed(const cv::Mat &from, int width, int height) {
    cv::Mat out;
    cv::morphologyEx(from, out, cv::MORPH_CLOSE, cv::Mat::ones(height, width, CV_8U));
    return out;
}

cv::Mat opened(const cv::Mat &from, int width, int height) {
    cv::Mat out;
    cv::morphologyEx(from, out, cv::MORPH_OPEN, cv::Mat::ones(height, width, CV_8U));
    return out;
}

// Whether two boxes belong to one line: side by side, or an accent or a dot above its letter.
bool belong_together(const Box &a, const Box &b, const cv::Mat &wall) {
    const int top = std::max(a.y0, b.y0), bottom = std::min(a.y1, b.y1), gap = b.x0 - a.x1;
    const int low = std::min(a.height(), b.height()), high = std::max(a.height(), b.height());
    const int tall = std::max(a.y1, b.y1) - std::min(a.y0, b.y0);
    if (tall > line_most) return false;
    // A gap may be as wide as the letters are high. Icons are higher than letters: then the lower one counts.
    const double reach = std::max(8.0, 0.8 * (low >= 0.55 * high ? high : low));
    const bool beside = bottom - top >= 0.5 * low && gap <= reach && tall <= 1.5 * high + 2;
    const bool stacked = gap <= 0 && top - bottom <= 3 && tall <= 22 && low <= 6;
    if (!beside && !stacked) return false;
    if (gap <= 0) return true;
    const int y0 = std::max(top, 0), y1 = std::min(std::max(bottom, top + 1), wall.rows);
    return y0 >= y1 || cv::countNonZero(wall(cv::Rect(a.x1, y0, gap, y1 - y0))) == 0;
}

std::vector<Box> joined(std::vector<Box> boxes, const cv::Mat &wall) {
    std::sort(boxes.begin(), boxes.end());
    for (bool changed = true; changed;) {
        changed = false;
        std::vector<Box> out;
        for (const Box &box : boxes) {
            bool placed = false;
            const size_t looked_at = std::min<size_t>(out.size(), 60);
            for (size_t i = 0; i < looked_at && !placed; i++) {
                Box &other = out[out.size() - 1 - i];
                if (!belong_together(other, box, wall)) continue;
                other = {std::min(other.x0, box.x0), std::min(other.y0, box.y0), std::max(other.x1, box.x1),
                         std::max(other.y1, box.y1)};
                placed = changed = true;
            }
            if (!placed) out.push_back(box);
        }
        std::sort(out.begin(), out.end());
        boxes = std::move(out);
    }
    return boxes;
}

// The pieces of one component that are lines of their own, trimmed to their ink.
void cut(const cv::Mat &ink, const cv::Mat &labels, int label, const cv::Rect &r, std::vector<Box> &out) {
    std::vector<int> profile(static_cast<size_t>(r.height), 0);
    int fullest = 0;
    for (int y = 0; y < r.height; y++) {
        const uint8_t *i = ink.ptr(r.y + y) + r.x;
        const int *l = labels.ptr<int>(r.y + y) + r.x;
        for (int x = 0; x < r.width; x++) profile[static_cast<size_t>(y)] += i[x] && l[x] == label;
        fullest = std::max(fullest, profile[static_cast<size_t>(y)]);
    }
    const double floor = r.height > line_most / 2 ? std::max(1.0, row_floor * fullest) : 0;
    for (int y = 0; y < r.height;) {
        if (profile[static_cast<size_t>(y)] <= floor) {
            y++;
            continue;
        }
        const int top = y;
        int left = r.width, right = -1;
        // A low component is one line even when a row between its dot and its stem is empty.
        const auto goes_on = [&](int row) {
            return row < r.height && (r.height <= line_most / 2 || profile[static_cast<size_t>(row)] > floor);
        };
        for (; goes_on(y); y++) {
            const uint8_t *i = ink.ptr(r.y + y) + r.x;
            const int *l = labels.ptr<int>(r.y + y) + r.x;
            for (int x = 0; x < r.width; x++)
                if (i[x] && l[x] == label) {
                    left = std::min(left, x);
                    right = std::max(right, x);
                }
        }
        if (right >= left) out.push_back({r.x + left, r.y + top, r.x + right + 1, r.y + y});
    }
}

std::vector<Box> find_lines(const cv::Mat &grey) {
    cv::Mat dx(grey.size(), CV_8U, cv::Scalar(0)), dy(grey.size(), CV_8U, cv::Scalar(0));
    if (grey.cols > 1)
        cv::absdiff(grey.colRange(1, grey.cols), grey.colRange(0, grey.cols - 1), dx.colRange(1, grey.cols));
    if (grey.rows > 1)
        cv::absdiff(grey.rowRange(1, grey.rows), grey.rowRange(0, grey.rows - 1), dy.rowRange(1, grey.rows));
    cv::threshold(dx, dx, edge_step, 255, cv::THRESH_BINARY);
    cv::threshold(dy, dy, edge_step, 255, cv::THRESH_BINARY);
    const cv::Mat rule = opened(dy, rule_width, 1);
    // A border has a gap where another one crosses it. Brackets that stand above each other have one as well, but no
    // border crosses them, so they stay letters.
    cv::Mat crossing;
    cv::dilate(rule, crossing, cv::Mat::ones(3, 1, CV_8U));
    const cv::Mat bridged = closed(dx, 1, 3);
    const cv::Mat wall = opened(dx | (bridged & crossing), 1, wall_height);
    dx = bridged;
    const cv::Mat border = wall | rule;
    cv::Mat bar;
    cv::dilate(border, bar, cv::Mat::ones(3, 3, CV_8U));
    const cv::Mat ink = (dx | dy) & ~bar;
    const cv::Mat smear = closed(closed(ink, word_gap, 1), 1, 3) & ~border;
    cv::Mat labels, statistics, centres;
    const int count = cv::connectedComponentsWithStats(smear, labels, statistics, centres, 4);
    std::vector<Box> pieces;
    for (int label = 1; label < count; label++) {
        const int *s = statistics.ptr<int>(label);
        const cv::Rect r(s[cv::CC_STAT_LEFT], s[cv::CC_STAT_TOP], s[cv::CC_STAT_WIDTH], s[cv::CC_STAT_HEIGHT]);
        if (r.width >= 3 && r.height >= 2 && s[cv::CC_STAT_AREA] >= 8) cut(ink, labels, label, r, pieces);
    }
    // A screen of noise has tens of thousands of pieces and no text; joining them would take seconds.
    if (pieces.size() > 8000) return {};
    std::vector<Box> lines = joined(std::move(pieces), wall);
    lines.erase(
        std::remove_if(
            lines.begin(), lines.end(),
            [](const Box &b) { return b.height() < line_least || b.height() > line_most || b.x1 - b.x0 < 4; }),
        lines.end());
    return lines;
}

cvision_status hand_over(const cv::Mat &image, cvision_grey *out) {
    const size_t size = image.total();
    auto *pixels = static_cast<uint8_t *>(std::malloc(std::max<size_t>(size, 1)));
    if (!pixels) return CVISION_OUT_OF_MEMORY;
    for (int y = 0; y < image.rows; y++)
        std::memcpy(pixels + static_cast<size_t>(y) * static_cast<size_t>(image.cols), image.ptr(y),
                    static_cast<size_t>(image.cols));
    *out = {pixels, image.cols, image.rows};
    return CVISION_OK;
}

// The background of each column: its median, smoothed along the line.
cv::Mat background(const cv::Mat &crop) {
    cv::Mat columns(1, crop.cols, CV_8U);
    std::vector<uint8_t> values(static_cast<size_t>(crop.rows));
    for (int x = 0; x < crop.cols; x++) {
        for (int y = 0; y < crop.rows; y++) values[static_cast<size_t>(y)] = crop.at<uint8_t>(y, x);
        const auto middle = values.begin() + crop.rows / 2;
        std::nth_element(values.begin(), middle, values.end());
        columns.at<uint8_t>(0, x) = *middle;
    }
    cv::Mat padded, smooth;
    cv::copyMakeBorder(columns, padded, 0, 0, 25, 25, crop.cols > 26 ? cv::BORDER_REFLECT_101 : cv::BORDER_REPLICATE);
    cv::medianBlur(cv::repeat(padded, 3, 1), smooth, 51);
    return cv::repeat(smooth(cv::Rect(25, 1, crop.cols, 1)), crop.rows, 1);
}

}  // namespace

extern "C" cvision_status cvision_page_create(cvision_picture picture, cvision_page **page) {
    if (!is_usable(picture) || !page) return CVISION_BAD_ARGUMENT;
    return guarded([&]() -> cvision_status {
        auto made = std::make_unique<cvision_page>();
        cv::cvtColor(view(picture), made->grey, cv::COLOR_BGRA2GRAY);
        *page = made.release();
        return CVISION_OK;
    });
}

extern "C" void cvision_page_destroy(cvision_page *page) { delete page; }

extern "C" void cvision_page_compare(const cvision_page *page, const cvision_page *other, uint8_t *changed) {
    const cv::Mat &a = page->grey, &b = other->grey;
    const bool comparable = a.size() == b.size();
    for (int y = 0; y < a.rows; y++)
        changed[y] = !comparable || std::memcmp(a.ptr(y), b.ptr(y), static_cast<size_t>(a.cols)) != 0;
}

extern "C" cvision_status cvision_page_lines(
    const cvision_page *page, int32_t top, int32_t bottom, cvision_rect **boxes, size_t *count) {
    if (!page || !boxes || !count || top < 0 || bottom > page->grey.rows || top >= bottom) return CVISION_BAD_ARGUMENT;
    return guarded([&]() -> cvision_status {
        const auto lines = find_lines(page->grey.rowRange(top, bottom));
        auto *out = static_cast<cvision_rect *>(std::malloc(std::max<size_t>(1, lines.size()) * sizeof(cvision_rect)));
        if (!out) return CVISION_OUT_OF_MEMORY;
        for (size_t i = 0; i < lines.size(); i++)
            out[i] = {lines[i].x0, lines[i].y0 + top, lines[i].x1 - lines[i].x0, lines[i].height()};
        *boxes = out;
        *count = lines.size();
        return CVISION_OK;
    });
}

extern "C" cvision_status cvision_page_crop(const cvision_page *page, cvision_rect box, cvision_grey *out) {
    if (!page || !out) return CVISION_BAD_ARGUMENT;
    return guarded([&]() -> cvision_status {
        constexpr int margin = CVISION_CROP_MARGIN;
        const cv::Rect around(box.x - margin, box.y - margin, box.width + 2 * margin, box.height + 2 * margin);
        const cv::Rect inside = around & cv::Rect(0, 0, page->grey.cols, page->grey.rows);
        if (inside.empty()) return CVISION_BAD_ARGUMENT;
        return hand_over(page->grey(inside), out);
    });
}

extern "C" cvision_status cvision_normalise(const cvision_grey *crop, int32_t scale, cvision_grey *out) {
    if (!crop || !out || crop->width <= 0 || crop->height <= 0 || scale < 1 || scale > 4) return CVISION_BAD_ARGUMENT;
    return guarded([&]() -> cvision_status {
        const cv::Mat grey(crop->height, crop->width, CV_8U, crop->pixels);
        cv::Mat ink;
        cv::absdiff(grey, background(grey), ink);
        std::vector<uint8_t> values(ink.begin<uint8_t>(), ink.end<uint8_t>());
        const auto high = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) * 99 / 100);
        std::nth_element(values.begin(), high, values.end());
        const double full = std::max(40.0, static_cast<double>(*high));
        // The lowest 8 % are noise and gradients; the rest is stretched and turned over, dark on white.
        ink.convertTo(ink, CV_8U, 255 / (.92 * full), -.08 * full * 255 / (.92 * full));
        cv::Mat large;
        cv::resize(255 - ink, large, cv::Size(), scale, scale, cv::INTER_CUBIC);
        cv::copyMakeBorder(large, large, 8, 8, 12, 12, cv::BORDER_CONSTANT, cv::Scalar(255));
        return hand_over(large, out);
    });
}
