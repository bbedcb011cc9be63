#include "candidates.hpp"
#include "prepared.hpp"

#include <optional>

using namespace vision;

namespace {

constexpr int lint_candidates_most = 20;
constexpr double lint_candidate_floor = 0.6;
constexpr double alike_from = 0.97;   // correlation that no other rendering is likely to be below
constexpr double hidden_most = 0.15;  // with more hidden, too little is left to say yes
constexpr double differs_most = 0.15; // with more changed, it is something else

cvision_rect to_c(const cv::Rect &r) { return {r.x, r.y, r.width, r.height}; }

Finding examine(
    const cv::Mat &scene, const cv::Mat &wanted, const Candidate &candidate, const cv::Mat &allowed,
    const cv::Rect &pointer, bool exact) {
    const cv::Rect covered =
        (pointer - candidate.at) & cv::Rect(0, 0, wanted.cols, wanted.rows);
    cv::Mat kept = allowed;
    double hidden = 0;
    if (!covered.empty()) {
        kept = allowed.clone();
        kept(covered).setTo(0);
        hidden = 1 - static_cast<double>(cv::countNonZero(kept)) / std::max(1, cv::countNonZero(allowed));
    }
    Finding finding = verify(scene, wanted, candidate.at, kept, hidden, exact);
    finding.correlation = candidate.correlation;
    if (hidden > hidden_most) finding.worst += 10;
    return finding;
}

bool is_better(const Finding &a, const Finding &b) {
    if ((a.worst <= 1) != (b.worst <= 1)) return a.worst <= 1;
    return a.worst <= 1 ? a.worst < b.worst : a.bad < b.bad;
}

}  // namespace

extern "C" cvision_status cvision_find(
    cvision_picture scene_picture, const cvision_wanted *prepared, const cvision_search *search,
    cvision_sighting *sighting) {
    if (!is_usable(scene_picture) || !prepared || !search || !sighting) return CVISION_BAD_ARGUMENT;
    return guarded([&]() -> cvision_status {
        *sighting = {};
        sighting->verdict = CVISION_ABSENT;
        sighting->worst = 99;
        const cv::Rect all(0, 0, scene_picture.width, scene_picture.height);
        const cv::Rect region = rect(search->region);
        if (region.empty() || (region & all) != region) return CVISION_BAD_ARGUMENT;
        const cv::Mat &wanted = prepared->picture, &allowed = prepared->allowed;
        if (wanted.cols > region.width || wanted.rows > region.height) return CVISION_OK;

        const cv::Mat scene = view(scene_picture)(region);
        const cv::Rect pointer = rect(search->pointer) - region.tl();
        std::optional<Finding> best;
        if (!prepared->has_excluded && prepared->probes.empty()) {
            const cv::Point place = find_exact(scene, wanted);
            if (place.x >= 0) best = Finding{place, 0, place, 0, 0, 1};
        } else if (!prepared->probes.empty()) {
            // Wherever the pointer is said to be, it is not drawn over what matches.
            const auto matches = matches_within(scene, *prepared, {0, 0, region.width, region.height}, search->exact);
            if (!matches.empty()) best = matches.front();
        }
        if (!best) {
            cv::Mat scene_grey;
            cv::cvtColor(scene, scene_grey, cv::COLOR_BGRA2GRAY);
            // After the probes nothing matches but what the pointer hides in part; the rest is to say what comes near.
            auto places = (prepared->probes.empty() ? candidates : coarse_candidates)(
                scene_grey, prepared->grey, candidates_most, candidate_floor);
            if (!pointer.empty()) {
                for (const auto &place : candidates_near(scene_grey, prepared->grey, pointer)) places.push_back(place);
                // Elsewhere may be better peaks, but none that the pointer is over.
                const cv::Rect near =
                    cv::Rect(
                        pointer.x - wanted.cols, pointer.y - wanted.rows, pointer.width + 2 * wanted.cols,
                        pointer.height + 2 * wanted.rows)
                    & cv::Rect(0, 0, scene.cols, scene.rows);
                if (near.width >= wanted.cols && near.height >= wanted.rows)
                    for (const auto &place :
                         candidates(scene_grey(near), prepared->grey, 2 * candidates_most, candidate_floor))
                        places.push_back({place.correlation, place.at + near.tl()});
            }
            for (const auto &place : places) {
                const Finding finding = examine(scene, wanted, place, allowed, pointer, search->exact);
                if (!best || is_better(finding, *best)) best = finding;
                if (finding.worst == 0) break;
            }
        }
        if (!best) return CVISION_OK;
        if (best->worst <= 1)
            sighting->verdict = best->hidden > 0 ? CVISION_OCCLUDED : CVISION_MATCH;
        else
            sighting->verdict = best->bad <= differs_most ? CVISION_DIFFERS : CVISION_ABSENT;
        sighting->place = to_c(cv::Rect(best->at + region.tl(), wanted.size()));
        sighting->worst = best->worst;
        sighting->worst_x = best->worst_at.x + region.x;
        sighting->worst_y = best->worst_at.y + region.y;
        sighting->bad = best->bad;
        sighting->correlation = best->correlation;
        sighting->hidden = best->hidden;
        return CVISION_OK;
    });
}

extern "C" cvision_status cvision_lint(
    cvision_picture source_picture, cvision_rect area, double *rival, cvision_rect *rival_place, int32_t *alike,
    double *contrast) {
    if (!is_usable(source_picture) || !rival || !rival_place || !alike || !contrast) return CVISION_BAD_ARGUMENT;
    return guarded([&]() -> cvision_status {
        const cv::Mat source = view(source_picture);
        const cv::Rect all(0, 0, source.cols, source.rows), own = rect(area);
        if (own.empty() || (own & all) != own) return CVISION_BAD_ARGUMENT;
        const cv::Mat wanted = source(own);
        cv::Mat source_grey, wanted_grey;
        cv::cvtColor(source, source_grey, cv::COLOR_BGRA2GRAY);
        cv::cvtColor(wanted, wanted_grey, cv::COLOR_BGRA2GRAY);
        cv::Scalar mean, deviation;
        cv::meanStdDev(wanted_grey, mean, deviation);
        *contrast = deviation[0];
        *rival = 99;
        *rival_place = {};
        *alike = 0;
        const cv::Mat allowed(wanted.size(), CV_8U, cv::Scalar(1));
        auto places = candidates(source_grey, wanted_grey, lint_candidates_most, lint_candidate_floor);
        // Correlation does not tell an edge from any other edge, so the very same pixels may be none of its peaks:
        // they are looked for above, below and beside the area's own place.
        const cv::Rect around[] = {
            {0, 0, all.width, own.y + own.height - 1},
            {0, own.y + 1, all.width, all.height - own.y - 1},
            {0, own.y, own.x + own.width - 1, own.height},
            {own.x + 1, own.y, all.width - own.x - 1, own.height},
        };
        for (const cv::Rect &part : around) {
            if (part.width < own.width || part.height < own.height) continue;
            const cv::Point place = find_exact(source(part), wanted);
            if (place.x >= 0) places.push_back({1, place + part.tl()});
        }
        for (const auto &place : places) {
            if (std::abs(place.at.x - own.x) + std::abs(place.at.y - own.y) <= 1) continue;
            *alike += place.correlation >= alike_from;
            const Finding finding = verify(source, wanted, place.at, allowed, 0, false);
            if (finding.worst < *rival) {
                *rival = finding.worst;
                *rival_place = to_c(cv::Rect(place.at, wanted.size()));
            }
        }
        return CVISION_OK;
    });
}

extern "C" void cvision_free(void *memory) { free(memory); }
