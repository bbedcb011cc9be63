#pragma once
#include "support.hpp"

#include <opencv2/imgproc.hpp>
#include <vector>

namespace vision {

constexpr int candidates_most = 5;
constexpr int quarter_from = 40;          // pixels of a side, from which a quarter of the size shows enough
constexpr double candidate_floor = 0.35;  // of correlation: below, a place is not looked at

struct Candidate {
    double correlation;
    cv::Point at;
};

// The first place, in rows, where every pixel of the template stands, or (-1, -1).
cv::Point find_exact(const cv::Mat &scene, const cv::Mat &wanted);

// The best peaks of normalised correlation, best first. It proposes places and never decides.
std::vector<Candidate> candidates(const cv::Mat &scene_grey, const cv::Mat &wanted_grey, int most, double floor);

// The same, found on pictures of a fraction of the size: for what only has to come near.
std::vector<Candidate> coarse_candidates(
    const cv::Mat &scene_grey, const cv::Mat &wanted_grey, int most, double floor);

// The normalised correlation at one place, 0 where one of both is flat.
double correlation(const cv::Mat &scene_grey, const cv::Mat &wanted_grey, cv::Point at);

// Places proposed by a quarter of the template near the pointer, which may hide enough to sink the whole.
std::vector<Candidate> candidates_near(const cv::Mat &scene_grey, const cv::Mat &wanted_grey, const cv::Rect &pointer);

}  // namespace vision
