#include "candidates.hpp"

#include <cmath>
#include <cstring>
#include <unordered_map>

namespace vision {

namespace {

constexpr uint64_t colours = 0x00ffffff00ffffffULL;

// Two neighbouring pixels without their fourth bytes.
inline uint64_t pair(const uint8_t *p) {
    uint64_t value;
    std::memcpy(&value, p, sizeof value);
    return value & colours;
}

bool is_equal(const cv::Mat &scene, const cv::Mat &wanted, cv::Point at) {
    for (int y = 0; y < wanted.rows; y++) {
        const auto *a = scene.ptr<uint32_t>(at.y + y) + at.x;
        const auto *b = wanted.ptr<uint32_t>(y);
        uint32_t difference = 0;
        for (int x = 0; x < wanted.cols; x++) difference |= (a[x] ^ b[x]) & 0x00ffffffu;
        if (difference) return false;
    }
    return true;
}

}  // namespace

cv::Point find_exact(const cv::Mat &scene, const cv::Mat &wanted) {
    if (wanted.cols < 2) return {-1, -1};
    // The anchor is the template's rarest pair of neighbours, so that few places of the scene need a closer look.
    std::unordered_map<uint64_t, int> counts;
    for (int y = 0; y < wanted.rows; y++)
        for (int x = 0; x + 1 < wanted.cols; x++) counts[pair(wanted.ptr(y) + 4 * x)]++;
    cv::Point anchor;
    int rarest = INT32_MAX;
    for (int y = 0; y < wanted.rows && rarest > 1; y++)
        for (int x = 0; x + 1 < wanted.cols; x++) {
            const uint64_t p = pair(wanted.ptr(y) + 4 * x);
            // Flat pairs are common on screens even where they are rare in the template.
            const int weight = counts[p] + ((p >> 32) == (p & 0xffffffff) ? 1000000 : 0);
            if (weight < rarest) {
                rarest = weight;
                anchor = {x, y};
            }
        }
    const uint64_t sought = pair(wanted.ptr(anchor.y) + 4 * anchor.x);
    for (int y = 0; y + wanted.rows <= scene.rows; y++) {
        const uint8_t *row = scene.ptr(y + anchor.y) + 4 * anchor.x;
        for (int x = 0; x + wanted.cols <= scene.cols; x++)
            if (pair(row + 4 * x) == sought && is_equal(scene, wanted, {x, y})) return {x, y};
    }
    return {-1, -1};
}

std::vector<Candidate> candidates(const cv::Mat &scene_grey, const cv::Mat &wanted_grey, int most, double floor) {
    std::vector<Candidate> found;
    if (scene_grey.rows < wanted_grey.rows || scene_grey.cols < wanted_grey.cols) return found;
    cv::Mat map;
    cv::matchTemplate(scene_grey, wanted_grey, map, cv::TM_CCOEFF_NORMED);
    // A flat scene or template divides by zero; rounding can also push a score above 1.
    cv::Mat broken = (map != map) | (map > 1.001f) | (map < -1.001f);
    map.setTo(-1.f, broken);
    const int radius = std::max(2, std::min(wanted_grey.cols, wanted_grey.rows) / 4);
    while (static_cast<int>(found.size()) < most) {
        double best;
        cv::Point at;
        cv::minMaxLoc(map, nullptr, &best, nullptr, &at);
        if (best < floor) break;
        found.push_back({best, at});
        const cv::Rect around(at.x - radius, at.y - radius, 2 * radius + 1, 2 * radius + 1);
        map(around & cv::Rect(0, 0, map.cols, map.rows)).setTo(-1.f);
    }
    return found;
}

std::vector<Candidate> coarse_candidates(
    const cv::Mat &scene_grey, const cv::Mat &wanted_grey, int most, double floor) {
    const int side = std::min(wanted_grey.cols, wanted_grey.rows);
    if (side < 16) return candidates(scene_grey, wanted_grey, most, floor);
    const int scale = side < quarter_from ? 2 : 4;
    cv::Mat scene, wanted;
    cv::resize(scene_grey, scene, cv::Size(), 1.0 / scale, 1.0 / scale, cv::INTER_AREA);
    cv::resize(wanted_grey, wanted, cv::Size(), 1.0 / scale, 1.0 / scale, cv::INTER_AREA);
    std::vector<Candidate> found;
    for (const Candidate &coarse : candidates(scene, wanted, most, floor)) {
        const cv::Rect around =
            cv::Rect(
                scale * (coarse.at.x - 1), scale * (coarse.at.y - 1), wanted_grey.cols + 2 * scale + 1,
                wanted_grey.rows + 2 * scale + 1)
            & cv::Rect(0, 0, scene_grey.cols, scene_grey.rows);
        for (const Candidate &fine : candidates(scene_grey(around), wanted_grey, 1, floor))
            found.push_back({fine.correlation, fine.at + around.tl()});
    }
    return found;
}

double correlation(const cv::Mat &scene_grey, const cv::Mat &wanted_grey, cv::Point at) {
    const cv::Mat there = scene_grey(cv::Rect(at, wanted_grey.size()));
    cv::Scalar scene_mean, scene_deviation, mean, deviation;
    cv::meanStdDev(there, scene_mean, scene_deviation);
    cv::meanStdDev(wanted_grey, mean, deviation);
    const double product = scene_deviation[0] * deviation[0];
    if (product < 1e-6) return 0;
    return (there.dot(wanted_grey) / static_cast<double>(there.total()) - scene_mean[0] * mean[0]) / product;
}

std::vector<Candidate> candidates_near(const cv::Mat &scene_grey, const cv::Mat &wanted_grey, const cv::Rect &pointer) {
    std::vector<Candidate> found;
    const int width = wanted_grey.cols, height = wanted_grey.rows;
    const cv::Rect all(0, 0, scene_grey.cols, scene_grey.rows);
    const cv::Rect around =
        cv::Rect(pointer.x - width, pointer.y - height, pointer.width + 2 * width, pointer.height + 2 * height) & all;
    for (const int x : {0, width / 2})
        for (const int y : {0, height / 2}) {
            const cv::Rect quarter(x, y, (width + 1) / 2, (height + 1) / 2);
            cv::Scalar mean, deviation;
            const cv::Mat part = wanted_grey(quarter & cv::Rect(0, 0, width, height));
            cv::meanStdDev(part, mean, deviation);
            if (deviation[0] < 4) continue;
            for (const auto &candidate : candidates(scene_grey(around), part, 1, 0.8)) {
                const cv::Point at(around.x + candidate.at.x - x, around.y + candidate.at.y - y);
                if ((cv::Rect(at.x, at.y, width, height) & all).area() == width * height)
                    found.push_back({candidate.correlation, at});
            }
        }
    return found;
}

}  // namespace vision
