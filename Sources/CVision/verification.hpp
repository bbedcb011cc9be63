#pragma once
#include "support.hpp"

namespace vision {

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
