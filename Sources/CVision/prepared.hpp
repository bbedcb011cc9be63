#pragma once
#include "verification.hpp"

#include <cstdint>
#include <vector>

// Two points of a picture, one bright and one dark, that any match keeps apart by at least `least` grey levels.
struct Probe {
    cv::Point bright, dark;
    int least;
};

// Pixels spread over the picture, as probes see it: at their places, and as they are when the picture lies between the
// screen's pixels.
struct Samples {
    static constexpr size_t shifts = 9;
    std::vector<cv::Point> at;
    std::vector<int16_t> values[shifts];        // at its place first, then half a pixel off in each direction
    int64_t sum[shifts] = {}, square[shifts] = {};  // of the values
    std::vector<float> tolerated;               // what a match may be off there
    double residual_most = 0;                   // what is left of a match after the best change of gain and offset
    size_t few = 0;                             // so many of the first are spread over the picture too
    int64_t few_sum = 0, few_square = 0;        // of their values at their places
};

// A picture to look for with all that does not depend on the screen. Never changed after it was made.
struct cvision_wanted {
    cv::Mat picture;              // BGRX, a copy
    cv::Mat grey;                 // with the excluded parts evened out
    cv::Mat allowed;              // 0 where the picture may look like anything, else 1
    bool has_excluded = false;
    std::vector<Probe> probes;    // best first; empty when the picture is too small or too plain for them
    std::vector<Probe> voters;    // one for each part of the picture that has contrast
    Samples samples, more_samples;
};

namespace vision {

// Luma as probes see it: soft enough for half a pixel to make no difference.
cv::Mat softened(const cv::Mat &grey);

// Makes all of it from a picture and what of it is allowed to be looked at.
void prepare(cvision_wanted &wanted, const cv::Mat &picture, const cv::Mat &allowed);

}  // namespace vision
