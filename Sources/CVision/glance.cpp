#include "candidates.hpp"
#include "probing.hpp"

#include <algorithm>
#include <cstring>
#include <opencv2/imgproc.hpp>

using namespace vision;

namespace {

constexpr size_t judged_most = 30;  // of the places that the probes leave

cv::Rect grown(const cv::Rect &r, const cv::Size &by) {
    return {r.x - by.width, r.y - by.height, r.width + 2 * by.width, r.height + 2 * by.height};
}

// What is found in one part of the scene is added to the matches.
void look(
    const cv::Mat &scene, const Glance &glance, const cvision_wanted &wanted, const cv::Rect &within, bool exact,
    std::vector<Finding> &matches, Finding *missed = nullptr) {
    if (within.width < wanted.picture.cols || within.height < wanted.picture.rows) return;
    std::vector<Candidate> proposed;
    std::vector<Proposal> places;
    if (possible_places(glance, wanted, within, places)) {
        places.resize(std::min(places.size(), judged_most));
        for (const Proposal &place : places) proposed.push_back({1 - place.residual / 128, place.at});
    } else {
        if (!wanted.has_excluded) {
            const cv::Point place = find_exact(scene(within), wanted.picture);
            if (place.x >= 0) proposed.push_back({1, place + within.tl()});
        }
        if (!exact || wanted.has_excluded)
            for (Candidate c : candidates(glance.grey(within - glance.area.tl()), wanted.grey, candidates_most, candidate_floor)) {
                c.at += within.tl();
                proposed.push_back(c);
            }
    }
    for (const Candidate &candidate : proposed) {
        Finding finding = verify(scene, wanted.picture, candidate.at, wanted.allowed, 0, exact);
        finding.correlation = candidate.correlation;
        if (finding.worst > 1) {
            if (missed && finding.bad < missed->bad) *missed = finding;
            continue;
        }
        // Two candidates for one place are one match; the better one stands for it.
        const auto same = std::find_if(matches.begin(), matches.end(), [&](const Finding &other) {
            return 2 * std::abs(other.at.x - finding.at.x) < wanted.picture.cols
                && 2 * std::abs(other.at.y - finding.at.y) < wanted.picture.rows;
        });
        if (same == matches.end())
            matches.push_back(finding);
        else if (finding.worst < same->worst)
            *same = finding;
    }
}

void best_first(std::vector<Finding> &matches) {
    std::sort(matches.begin(), matches.end(), [](const Finding &a, const Finding &b) { return a.worst < b.worst; });
}

}  // namespace

std::vector<Finding> vision::matches_within(
    const cv::Mat &scene, const Glance &glance, const cvision_wanted &wanted, bool exact, Finding &missed) {
    std::vector<Finding> matches;
    look(scene, glance, wanted, glance.area, exact, matches, &missed);
    best_first(matches);
    return matches;
}

extern "C" cvision_status cvision_glance(
    cvision_picture scene_picture, const cvision_rect *changed, size_t changed_count, cvision_query *queries,
    size_t query_count) {
    if (!is_usable(scene_picture) || (!changed && changed_count) || (!queries && query_count)) return CVISION_BAD_ARGUMENT;
    return guarded([&]() -> cvision_status {
        const cv::Mat scene = view(scene_picture);
        const cv::Rect all(0, 0, scene.cols, scene.rows);
        cv::Size furthest(0, 0);
        std::vector<std::vector<Finding>> matches(query_count);
        for (size_t i = 0; i < query_count; i++) {
            if (!queries[i].wanted || queries[i].reach_x < 0 || queries[i].reach_y < 0) return CVISION_BAD_ARGUMENT;
            furthest.width = std::max(furthest.width, queries[i].reach_x);
            furthest.height = std::max(furthest.height, queries[i].reach_y);
        }
        for (size_t part = 0; part < changed_count; part++) {
            const cv::Rect dirty = rect(changed[part]) & all;
            if (dirty.empty()) continue;
            const Glance glance(scene, grown(dirty, furthest) & all);
            for (size_t i = 0; i < query_count; i++) {
                const cv::Rect within = grown(dirty, {queries[i].reach_x, queries[i].reach_y}) & all & rect(queries[i].region);
                look(scene, glance, *queries[i].wanted, within, queries[i].exact != 0, matches[i]);
            }
        }
        for (size_t i = 0; i < query_count; i++) {
            best_first(matches[i]);
            queries[i].match_count = static_cast<int32_t>(matches[i].size());
            for (size_t m = 0; m < matches[i].size() && m < CVISION_MATCHES; m++) {
                const Finding &found = matches[i][m];
                queries[i].matches[m] = {
                    CVISION_MATCH,
                    {found.at.x, found.at.y, queries[i].wanted->picture.cols, queries[i].wanted->picture.rows},
                    found.worst, found.worst_at.x, found.worst_at.y, found.bad, found.correlation, 0};
            }
        }
        return CVISION_OK;
    });
}

extern "C" cvision_status cvision_changes(
    cvision_picture old_picture, cvision_picture new_picture, cvision_rect *changed, size_t capacity, size_t *count) {
    if (!is_usable(old_picture) || !is_usable(new_picture) || !changed || !capacity || !count) return CVISION_BAD_ARGUMENT;
    return guarded([&]() -> cvision_status {
        constexpr int tile = 32;
        *count = 0;
        const cv::Rect all(0, 0, new_picture.width, new_picture.height);
        if (old_picture.width != new_picture.width || old_picture.height != new_picture.height) {
            changed[(*count)++] = {0, 0, all.width, all.height};
            return CVISION_OK;
        }
        std::vector<cv::Rect> parts;
        for (int y = 0; y < all.height; y += tile) {
            const int rows = std::min(tile, all.height - y);
            for (int x = 0; x < all.width; x += tile) {
                const int columns = std::min(tile, all.width - x);
                bool is_same = true;
                for (int row = y; row < y + rows && is_same; row++)
                    is_same = !std::memcmp(
                        old_picture.pixels + static_cast<size_t>(row) * old_picture.stride + static_cast<size_t>(x) * 4,
                        new_picture.pixels + static_cast<size_t>(row) * new_picture.stride + static_cast<size_t>(x) * 4,
                        static_cast<size_t>(columns) * 4);
                if (is_same) continue;
                const cv::Rect here(x, y, columns, rows), near = grown(here, {tile, tile});
                const auto part = std::find_if(
                    parts.begin(), parts.end(), [&](const cv::Rect &p) { return !(p & near).empty(); });
                if (part == parts.end())
                    parts.push_back(here);
                else
                    *part |= here;
            }
        }
        // Parts that grew into each other, or are too many, become one.
        for (bool joined = true; joined;) {
            joined = false;
            for (size_t i = 0; i < parts.size() && !joined; i++)
                for (size_t j = i + 1; j < parts.size() && !joined; j++)
                    if (parts.size() > capacity || !(parts[i] & parts[j]).empty()) {
                        parts[i] |= parts[j];
                        parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(j));
                        joined = true;
                    }
        }
        for (const cv::Rect &p : parts) changed[(*count)++] = {p.x, p.y, p.width, p.height};
        return CVISION_OK;
    });
}
