#pragma once
#include "prepared.hpp"

#include <vector>

namespace vision {

// The part of a screen that is looked at, prepared once for all that is looked for.
struct Glance {
    cv::Rect area;  // of the scene
    cv::Mat grey, soft;

    Glance(const cv::Mat &scene, const cv::Rect &area);
};

// A place of the scene for the picture, and how far its samples are from the screen's there.
struct Proposal {
    cv::Point at;
    double residual;
};

// Finds the places within a part of the scene that the probes and the samples do not rule out, best first, all
// apart. False when there are so many that correlation is the cheaper proposer.
bool possible_places(
    const Glance &glance, const cvision_wanted &wanted, const cv::Rect &within, std::vector<Proposal> &proposals);

// The same among all places where the pointer hides a part of the picture: what it hides rules nothing out.
std::vector<Proposal> possible_places_under(
    const cv::Rect &pointer, const Glance &glance, const cvision_wanted &wanted, const cv::Rect &within);

// Finds the places that come nearest to the picture, best first, all apart. Rules nothing out; the residuals are
// correlations with a minus sign. False when the picture is too plain for that.
bool nearest_places(
    const Glance &glance, const cvision_wanted &wanted, const cv::Rect &within, size_t most, std::vector<Proposal> &out);

// Every place of what is looked at where the picture matches, best first; `missed` becomes the best of those that were
// decided on and don't match, if it is better than it was.
std::vector<Finding> matches_within(
    const cv::Mat &scene, const Glance &glance, const cvision_wanted &wanted, bool exact, Finding &missed);

}  // namespace vision
