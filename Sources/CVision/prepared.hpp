#pragma once
#include "verification.hpp"

#include <vector>

// Two points of a picture, one bright and one dark, that any match keeps apart by at least `least` grey levels.
struct Probe {
    cv::Point bright, dark;
    int least;
};

// A pixel of the picture as probes see it: at its place, and as it is when the picture lies between the screen's pixels.
struct Sample {
    static constexpr size_t shifts = 9;
    cv::Point at;
    int values[shifts];  // at its place first, then half a pixel off in each direction
};

// A picture to look for with all that does not depend on the screen. Never changed after it was made.
struct cvision_wanted {
    cv::Mat picture;              // BGRX, a copy
    cv::Mat grey;                 // with the excluded parts evened out
    cv::Mat allowed;              // 0 where the picture may look like anything, else 1
    bool has_excluded = false;
    std::vector<Probe> probes;    // best first; empty when the picture is too small or too plain for them
    std::vector<Sample> samples;  // spread over the picture
    bool samples_are_sparse = false;
    double residual_most = 0;     // what is left of a match's samples after the best change of gain and offset
};

namespace vision {

// Luma as probes see it: soft enough for half a pixel to make no difference.
cv::Mat softened(const cv::Mat &grey);

// Every place within a part of the scene where the picture matches, best first.
std::vector<Finding> matches_within(const cv::Mat &scene, const cvision_wanted &wanted, const cv::Rect &part, bool exact);

}  // namespace vision
