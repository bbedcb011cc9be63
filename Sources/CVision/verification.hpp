#pragma once
#include "support.hpp"

namespace vision {

// What is tolerated; why, is said where it is used.
constexpr double flat_tolerance = 8;     // grey levels that nobody sees
constexpr double edge_tolerance = 0.20;  // share of the local contrast: rendering errors scale with it
constexpr double noise_most = 4;         // more grey levels for the noise of a codec
constexpr double gain_least = 0.87, gain_most = 1.12;

// The standard deviation around each pixel of a float image, as the tolerance of edges takes it.
cv::Mat local_contrast(const cv::Mat &values);

// The luma with the excluded parts evened out, which makes them weigh nothing in a correlation.
cv::Mat without_excluded(const cv::Mat &grey, const cv::Mat &allowed);

// What one place looks like beside the template.
struct Finding {
    cv::Point at;
    double worst = 99;       // error of the worst pixel, in units of what is tolerated
    cv::Point worst_at;      // in pixels of the scene
    double bad = 1;          // share of pixels above 1
    double hidden = 0;       // share under the pointer
    double correlation = 0;
};

// Compares the template with the scene at a place, or says soon that they have nothing in common.
//
// `kept` is 0 where a pixel of the template must not be looked at, else 1 (CV_8U); `hidden` is the share of the
// template that the pointer covers.
Finding verify(const cv::Mat &scene, const cv::Mat &wanted, cv::Point at, const cv::Mat &kept, double hidden, bool exact);

}  // namespace vision
