#include "ctestdrawing.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>
#include <vector>

// The loss of JPEG without its files: blocks of 8x8, quantised by the tables of its Annex K, colours at half size.

static const int luma_table[64] = {
    16, 11, 10, 16, 24,  40,  51,  61,  12, 12, 14, 19, 26,  58,  60,  55,  14, 13, 16, 24, 40,  57,
    69, 56, 14, 17, 22,  29,  51,  87,  80, 62, 18, 22, 37,  56,  68,  109, 103, 77, 24, 35, 55, 64,
    81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99};
static const int chroma_table[64] = {
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99};

static cv::Mat coded(const cv::Mat &plane, const int *table, int quality) {
    const int scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
    cv::Mat padded;
    cv::copyMakeBorder(
        plane, padded, 0, (8 - plane.rows % 8) % 8, 0, (8 - plane.cols % 8) % 8, cv::BORDER_REPLICATE);
    padded.convertTo(padded, CV_32F, 1, -128);
    for (int y = 0; y < padded.rows; y += 8)
        for (int x = 0; x < padded.cols; x += 8) {
            cv::Mat block = padded(cv::Rect(x, y, 8, 8)), frequencies;
            cv::dct(block, frequencies);
            for (int i = 0; i < 64; i++) {
                const float step = static_cast<float>(std::clamp((table[i] * scale + 50) / 100, 1, 255));
                float &value = frequencies.at<float>(i / 8, i % 8);
                value = std::round(value / step) * step;
            }
            cv::idct(frequencies, block);
        }
    cv::Mat out;
    padded(cv::Rect(0, 0, plane.cols, plane.rows)).convertTo(out, CV_8U, 1, 128);
    return out;
}

void ctestdrawing_recode(const uint8_t *from, uint8_t *to, int32_t width, int32_t height, int32_t quality) {
    cv::Mat source(height, width, CV_8UC4, const_cast<uint8_t *>(from)), target(height, width, CV_8UC4, to);
    cv::Mat bgr, ycc;
    cv::cvtColor(source, bgr, cv::COLOR_BGRA2BGR);
    cv::cvtColor(bgr, ycc, cv::COLOR_BGR2YCrCb);
    std::vector<cv::Mat> planes;
    cv::split(ycc, planes);
    planes[0] = coded(planes[0], luma_table, quality);
    for (size_t i = 1; i < 3; i++) {
        cv::Mat half;
        cv::resize(planes[i], half, cv::Size((width + 1) / 2, (height + 1) / 2), 0, 0, cv::INTER_AREA);
        cv::resize(coded(half, chroma_table, quality), planes[i], source.size(), 0, 0, cv::INTER_LINEAR);
    }
    cv::merge(planes, ycc);
    cv::cvtColor(ycc, bgr, cv::COLOR_YCrCb2BGR);
    cv::cvtColor(bgr, target, cv::COLOR_BGR2BGRA);
}
