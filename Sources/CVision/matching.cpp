#include "candidates.hpp"
#include "probing.hpp"

#include <optional>

using namespace vision;

namespace {

constexpr int lint_candidates_most = 20;
constexpr double lint_candidate_floor = 0.6;
constexpr size_t small_pixels = 8192; // of a picture: so few cost next to nothing to look at closely
constexpr size_t voters_few = 16;
constexpr double much_less_alike = 0.25; // of correlation
constexpr double alike_from = 0.97;   // correlation that no other rendering is likely to be below
constexpr size_t hidden_judged_most = 20;  // of the places that the pointer may hide a part of
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

// The places that come nearest, of a part of the scene where nothing matches.
std::vector<Candidate> near_misses(const Glance &glance, const cvision_wanted &wanted, const cv::Rect &all) {
    const bool is_small = wanted.picture.total() <= small_pixels;
    std::vector<Candidate> out;
    std::vector<Proposal> near;
    const bool is_plain = !nearest_places(glance, wanted, all, is_small ? 2 * candidates_most : candidates_most, near);
    for (const Proposal &place : near)
        // What is far less alike than the best is no better than it in its worst pixel.
        if (is_small || place.residual <= near.front().residual + much_less_alike) out.push_back({-place.residual, place.at});
    // What has little contrast is like too much: correlation at a quarter of the size costs as much again.
    const int side = std::min(wanted.picture.cols, wanted.picture.rows);
    if (is_plain || (wanted.voters.size() < voters_few && side >= quarter_from))
        for (const Candidate &place : coarse_candidates(glance.grey, wanted.grey, candidates_most, candidate_floor))
            out.push_back(place);
    return out;
}

std::vector<Proposal> first(size_t most, std::vector<Proposal> places) {
    places.resize(std::min(places.size(), most));
    return places;
}

// The places that correlation proposes, also those that the pointer hides a part of.
std::vector<Candidate> correlated(const cv::Mat &scene, const cv::Mat &wanted, const cv::Rect &pointer) {
    std::vector<Candidate> places = candidates(scene, wanted, candidates_most, candidate_floor);
    if (pointer.empty()) return places;
    for (const auto &place : candidates_near(scene, wanted, pointer)) places.push_back(place);
    // Elsewhere may be better peaks, but none that the pointer is over.
    const cv::Rect near =
        cv::Rect(
            pointer.x - wanted.cols, pointer.y - wanted.rows, pointer.width + 2 * wanted.cols,
            pointer.height + 2 * wanted.rows)
        & cv::Rect(0, 0, scene.cols, scene.rows);
    if (near.width >= wanted.cols && near.height >= wanted.rows)
        for (const auto &place : candidates(scene(near), wanted, 2 * candidates_most, candidate_floor))
            places.push_back({place.correlation, place.at + near.tl()});
    return places;
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
        const cv::Rect all_of_it(0, 0, region.width, region.height);
        std::optional<Finding> best;
        const auto consider = [&](const Candidate &place) {
            const Finding finding = examine(scene, wanted, place, allowed, pointer, search->exact);
            if (!best || is_better(finding, *best)) best = finding;
            return finding.worst == 0;
        };
        if (!prepared->probes.empty()) {
            const Glance glance(scene, all_of_it);
            // Wherever the pointer is said to be, it is not drawn over what matches.
            Finding missed;
            const auto matches = matches_within(scene, glance, *prepared, search->exact, missed);
            if (!matches.empty()) best = matches.front();
            if (!best && !pointer.empty())
                for (const Proposal &place : first(hidden_judged_most, possible_places_under(pointer, glance, *prepared, all_of_it)))
                    if (consider({0, place.at})) break;
            // Now nothing matches any more; the rest is to say what comes near.
            if (!best || best->worst > 1) {
                if (pointer.empty() && missed.bad < 1) best = missed;
                for (const Candidate &place : near_misses(glance, *prepared, all_of_it))
                    if (!best || place.at != missed.at) consider(place);
            }
            if (best) best->correlation = correlation(glance.grey, prepared->grey, best->at);
        } else {
            if (!prepared->has_excluded) {
                const cv::Point place = find_exact(scene, wanted);
                if (place.x >= 0) best = Finding{place, 0, place, 0, 0, 1};
            }
            if (!best) {
                cv::Mat scene_grey;
                cv::cvtColor(scene, scene_grey, cv::COLOR_BGRA2GRAY);
                for (const auto &place : correlated(scene_grey, prepared->grey, pointer))
                    if (consider(place)) break;
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
        // Nor may what a search would find: it is told from the picture by its worst pixel only.
        cvision_wanted prepared;
        prepare(prepared, wanted, allowed);
        std::vector<Proposal> proposed;
        const Glance glance(source, all);
        possible_places(glance, prepared, all, proposed);
        for (const Candidate &place : near_misses(glance, prepared, all)) proposed.push_back({place.at, 0});
        for (const Proposal &place : proposed) places.push_back({0, place.at});
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
