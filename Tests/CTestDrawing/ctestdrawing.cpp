#include "ctestdrawing.h"

#include <opencv2/imgproc.hpp>

static cv::Mat view(const uint8_t *pixels, int32_t width, int32_t height) {
    return cv::Mat(height, width, CV_8UC4, const_cast<uint8_t *>(pixels));
}

static cv::Scalar scalar(ctestdrawing_colour c) { return cv::Scalar(c.blue, c.green, c.red, 255); }

void ctestdrawing_text(
    uint8_t *pixels, int32_t width, int32_t height, const char *text, int32_t x, int32_t y, double scale,
    ctestdrawing_colour colour) {
    cv::Mat canvas = view(pixels, width, height);
    cv::putText(canvas, text, {x, y}, cv::FONT_HERSHEY_SIMPLEX, scale, scalar(colour), 1, cv::LINE_AA);
}

void ctestdrawing_disc(
    uint8_t *pixels, int32_t width, int32_t height, int32_t x, int32_t y, int32_t radius, ctestdrawing_colour colour) {
    cv::Mat canvas = view(pixels, width, height);
    cv::circle(canvas, {x, y}, radius, scalar(colour), cv::FILLED, cv::LINE_AA);
}

void ctestdrawing_box(
    uint8_t *pixels, int32_t width, int32_t height, int32_t x, int32_t y, int32_t box_width, int32_t box_height,
    ctestdrawing_colour colour) {
    cv::Mat canvas = view(pixels, width, height);
    cv::rectangle(canvas, cv::Rect(x, y, box_width, box_height), scalar(colour), cv::FILLED);
}

void ctestdrawing_render_again(
    const uint8_t *from, uint8_t *to, int32_t width, int32_t height, double dx, double dy, double gain, double offset,
    int32_t cubic) {
    cv::Mat source = view(from, width, height), target = view(to, width, height), moved;
    const cv::Matx23d shift(1, 0, dx, 0, 1, dy);
    cv::warpAffine(
        source, moved, shift, source.size(), cubic ? cv::INTER_CUBIC : cv::INTER_LINEAR, cv::BORDER_REPLICATE);
    moved.convertTo(moved, CV_8UC4, gain, offset);
    moved.copyTo(target);
}
