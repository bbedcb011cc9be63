#pragma once
#include "cvision.h"

#include <memory>
#include <new>
#include <opencv2/core.hpp>

namespace vision {

inline bool is_usable(const cvision_picture &p) {
    return p.pixels && p.width > 0 && p.height > 0 && p.width <= 16384 && p.height <= 16384
        && p.stride >= static_cast<size_t>(p.width) * 4;
}

// A view, not a copy. OpenCV has no read-only view, so callers must not write through it.
inline cv::Mat view(const cvision_picture &p) {
    return cv::Mat(p.height, p.width, CV_8UC4, const_cast<uint8_t *>(p.pixels), p.stride);
}

inline cv::Rect rect(const cvision_rect &r) { return cv::Rect(r.x, r.y, r.width, r.height); }

// Runs body on one thread of OpenCV and turns what it throws into a status.
template <typename Body>
cvision_status guarded(Body body) noexcept {
    try {
        // Workers share the machine, and a second thread of OpenCV only costs (no gain could be measured).
        if (cv::getNumThreads() > 1) cv::setNumThreads(1);
        return body();
    } catch (const std::bad_alloc &) {
        return CVISION_OUT_OF_MEMORY;
    } catch (...) {
        return CVISION_INTERNAL;
    }
}

}  // namespace vision
