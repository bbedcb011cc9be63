#include "candidates.hpp"
#include "prepared.hpp"

#include <algorithm>
#include <cstring>
#include <opencv2/imgproc.hpp>

using namespace vision;

namespace {

constexpr size_t places_most = 20000;  // more that pass the probes, and correlation is the cheaper proposer
constexpr size_t probes_by_rows = 3;  // the best ones, at which nearly all places end
constexpr double hopeless = 2;        // times the residual of a match: no half pixel makes up for that
constexpr size_t refined_most = 10;   // proposals, after which neighbours are not told apart any more
constexpr size_t groups_most = 20;    // the best are judged

cv::Rect grown(const cv::Rect &r, const cv::Size &by) {
    return {r.x - by.width, r.y - by.height, r.width + 2 * by.width, r.height + 2 * by.height};
}

// The part of a screen that is looked at, prepared once for all that is looked for.
struct Glance {
    cv::Rect area;  // of the scene
    cv::Mat grey, soft;

    Glance(const cv::Mat &scene, const cv::Rect &area) : area(area) {
        // With a rim, so that its edges look as they do in the whole screen.
        const cv::Rect context = grown(area, {4, 4}) & cv::Rect(0, 0, scene.cols, scene.rows);
        cv::Mat around;
        cv::cvtColor(scene(context), around, cv::COLOR_BGRA2GRAY);
        grey = around(area - context.tl());
        soft = softened(around)(area - context.tl());
    }
};

// One probe at all places of a row: sixteen at a time, once compiled.
void keep_passing(
    uint8_t *__restrict passed, const uint8_t *__restrict bright, const uint8_t *__restrict dark, int columns, int least) {
    const auto level = static_cast<uint8_t>(least);
    for (int x = 0; x < columns; x++) {
        const uint8_t apart = bright[x] > dark[x] ? static_cast<uint8_t>(bright[x] - dark[x]) : uint8_t{0};
        passed[x] &= apart >= level;
    }
}

// Where every probe of the picture holds, or nothing when there are too many such places to be of use.
bool places_by_probes(
    const Glance &glance, const cvision_wanted &wanted, const cv::Rect &within, std::vector<cv::Point> &places) {
    const cv::Rect inside = within - glance.area.tl();
    const int columns = inside.width - wanted.picture.cols + 1, rows = inside.height - wanted.picture.rows + 1;
    if (columns <= 0 || rows <= 0) return true;
    const size_t by_rows = std::min(probes_by_rows, wanted.probes.size());
    std::vector<uint8_t> passed(static_cast<size_t>(columns) + 8, 0);
    for (int y = 0; y < rows; y++) {
        std::fill_n(passed.begin(), columns, uint8_t{1});
        for (size_t p = 0; p < by_rows; p++) {
            const Probe &probe = wanted.probes[p];
            keep_passing(
                passed.data(), glance.soft.ptr(inside.y + y + probe.bright.y) + inside.x + probe.bright.x,
                glance.soft.ptr(inside.y + y + probe.dark.y) + inside.x + probe.dark.x, columns, probe.least);
        }
        for (int x = 0; x < columns; x += 8) {
            uint64_t eight;
            std::memcpy(&eight, passed.data() + x, sizeof eight);
            if (!eight) continue;
            for (int i = x; i < std::min(columns, x + 8); i++) {
                if (!passed[static_cast<size_t>(i)]) continue;
                bool holds = true;
                for (size_t p = by_rows; p < wanted.probes.size() && holds; p++) {
                    const Probe &probe = wanted.probes[p];
                    holds = glance.soft.at<uint8_t>(inside.y + y + probe.bright.y, inside.x + i + probe.bright.x)
                            - glance.soft.at<uint8_t>(inside.y + y + probe.dark.y, inside.x + i + probe.dark.x)
                        >= probe.least;
                }
                if (holds) places.push_back({within.x + i, within.y + y});
                if (places.size() > places_most) return false;
            }
        }
    }
    return true;
}

// The best of the places that touch or nearly do.
struct Group {
    cv::Rect places;
    cv::Point best;
    double residual;
};

// How far the picture's samples are from the screen's at a place, after the best change of gain and offset.
double residual(
    const uint8_t *corner, const std::vector<Sample> &samples, const std::vector<int> &offsets, size_t shift) {
    int64_t s1 = 0, s2 = 0, st = 0, t1 = 0, t2 = 0;
    for (size_t i = 0; i < samples.size(); i++) {
        const int s = corner[offsets[i]], t = samples[i].values[shift];
        s1 += s;
        s2 += s * s;
        st += s * t;
        t1 += t;
        t2 += t * t;
    }
    const double n = static_cast<double>(samples.size());
    const auto about_means = [n](int64_t products, int64_t a, int64_t b) {
        return static_cast<double>(products) - static_cast<double>(a) * static_cast<double>(b) / n;
    };
    const double ss = about_means(s2, s1, s1), tt = about_means(t2, t1, t1), cross = about_means(st, s1, t1);
    return std::sqrt(std::max(0.0, ss - (tt > 0 && cross > 0 ? cross * cross / tt : 0)) / n);
}

std::vector<Group> groups(const Glance &glance, const cvision_wanted &wanted, const std::vector<cv::Point> &places) {
    std::vector<Group> out;
    std::vector<int> offsets;
    const int stride = static_cast<int>(glance.soft.step[0]);
    for (const Sample &sample : wanted.samples) offsets.push_back(sample.at.y * stride + sample.at.x);
    for (const cv::Point &place : places) {
        const cv::Point local = place - glance.area.tl();
        const uint8_t *corner = glance.soft.ptr(local.y) + local.x;
        // The place itself tells which of two neighbours is nearer; that it could be a match may need half a pixel.
        const double left = residual(corner, wanted.samples, offsets, 0);
        if (left > hopeless * wanted.residual_most) continue;
        bool is_possible = left <= wanted.residual_most;
        for (size_t shift = 1; shift < Sample::shifts && !is_possible; shift++)
            is_possible = residual(corner, wanted.samples, offsets, shift) <= wanted.residual_most;
        if (!is_possible) continue;
        const auto near = std::find_if(out.rbegin(), out.rend(), [&](const Group &g) {
            const cv::Rect &r = g.places;
            return place.x >= r.x - 3 && place.x <= r.x + r.width + 2 && place.y >= r.y - 3 && place.y <= r.y + r.height + 2;
        });
        if (near == out.rend()) {
            out.push_back({cv::Rect(place.x, place.y, 1, 1), place, left});
            continue;
        }
        near->places |= cv::Rect(place.x, place.y, 1, 1);
        if (left < near->residual) {
            near->best = place;
            near->residual = left;
        }
    }
    return out;
}

// What is found in one part of the scene is added to the matches.
void look(
    const cv::Mat &scene, const Glance &glance, const cvision_wanted &wanted, const cv::Rect &within, bool exact,
    std::vector<Finding> &matches) {
    if (within.width < wanted.picture.cols || within.height < wanted.picture.rows) return;
    std::vector<Candidate> proposed;
    std::vector<cv::Point> places;
    std::vector<Group> narrowed;
    if (!wanted.probes.empty() && places_by_probes(glance, wanted, within, places)) {
        narrowed = groups(glance, wanted, places);
        std::sort(narrowed.begin(), narrowed.end(), [](const Group &a, const Group &b) { return a.residual < b.residual; });
        narrowed.resize(std::min(narrowed.size(), groups_most));
        for (const Group &group : narrowed) {
            proposed.push_back({1 - group.residual / 128, group.best});
            // The samples of a large picture may all lie where it is flat, and then don't tell neighbours apart.
            if (wanted.samples_are_sparse && group.places.area() > 1 && proposed.size() < refined_most) {
                const cv::Rect around =
                    cv::Rect(
                        group.places.tl(), group.places.size() + wanted.picture.size() - cv::Size(1, 1)) & within;
                for (Candidate c : candidates(glance.grey(around - glance.area.tl()), wanted.grey, 2, candidate_floor)) {
                    c.at += around.tl();
                    proposed.push_back(c);
                }
            }
        }
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
        if (finding.worst > 1) continue;
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
    const cv::Mat &scene, const cvision_wanted &wanted, const cv::Rect &part, bool exact) {
    std::vector<Finding> matches;
    look(scene, Glance(scene, part), wanted, part, exact, matches);
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
