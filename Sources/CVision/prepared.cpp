#include "prepared.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

// Why a probe hardly ever rules out a match. A match keeps the error E of every pixel within what is tolerated there (see
// verification.cpp), E being the root of the squared difference's mean under a Gauss of sigma 1.2. The mean of the
// difference itself is no more than that. So the softened screen is within that tolerance of the softened picture after
// a change of gain and offset, and the difference of two points leaves the offset out:
//     screen(bright) - screen(dark) >= gain * (picture(bright) - picture(dark)) - tolerance of both
// with the least gain that is accepted. A match is at most half a pixel off the place next to it, which is met by the
// least bright and the least dark values within half a pixel. Both points being off by all that is tolerated, in
// opposite directions, is not allowed for: errors are independent, so their squares add up.

namespace vision {

namespace {

constexpr double softness = 1.4;
constexpr int rim = 4;            // nearer to the edge, the verification lacks the context that the screen has
constexpr double slack = 3;
constexpr int least_useful = 12;  // grey levels: below, a probe rules out too little
constexpr int columns_most = 10, rows_most = 4;  // probes are spread over so many cells
constexpr int cell_least = 6;     // pixels
constexpr int samples_most = 64;
constexpr int sparse_step = 12;   // pixels between samples: more is wider than a line of text is high
constexpr double residual_share = 0.4;  // of all that is tolerated at each pixel; matches were seen to leave at most 0.22

// What a match may differ by at each pixel of the softened picture.
cv::Mat tolerances(const cv::Mat &grey) {
    cv::Mat values, contrast, around;
    grey.convertTo(values, CV_32F);
    contrast = local_contrast(values);
    cv::dilate(contrast, around, cv::Mat::ones(3, 3, CV_8U));
    return around * (edge_tolerance * gain_most) + (flat_tolerance + noise_most + slack);
}

// The picture itself, and half a pixel off in each direction.
std::vector<cv::Mat> half_pixel_shifts(const cv::Mat &soft) {
    cv::Mat values;
    soft.convertTo(values, CV_32F);
    std::vector<cv::Mat> out{values};
    for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++) {
            if (dx == 0 && dy == 0) continue;
            cv::Mat moved;
            const cv::Matx23d half(1, 0, dx / 2.0, 0, 1, dy / 2.0);
            cv::warpAffine(values, moved, half, values.size(), cv::INTER_LINEAR, cv::BORDER_REPLICATE);
            out.push_back(moved);
        }
    return out;
}

}  // namespace

cv::Mat softened(const cv::Mat &grey) {
    cv::Mat out;
    cv::GaussianBlur(grey, out, cv::Size(9, 9), softness, softness, cv::BORDER_REPLICATE);
    return out;
}

static void prepare_probes(cvision_wanted &wanted) {
    const cv::Mat &grey = wanted.grey;
    std::vector<Probe> &found = wanted.probes;
    const cv::Rect inside(rim, rim, grey.cols - 2 * rim, grey.rows - 2 * rim);
    if (inside.width < 4 || inside.height < 4) return;
    cv::Mat seen;
    const cv::Mat soft = softened(grey), tolerance = tolerances(grey);
    const std::vector<cv::Mat> shifts = half_pixel_shifts(soft);
    cv::Mat low = shifts.front().clone(), high = low.clone();
    for (const cv::Mat &shift : shifts) {
        low = cv::min(low, shift);
        high = cv::max(high, shift);
    }
    // The screen's softened pixels take in what lies around them, which must not be an excluded part.
    cv::erode(wanted.allowed, seen, cv::Mat::ones(2 * rim + 1, 2 * rim + 1, CV_8U));
    const auto probe = [&](const cv::Rect &cell) {
        if (cv::countNonZero(seen(cell)) == 0) return;
        cv::Point p, q;
        cv::minMaxLoc(low(cell), nullptr, nullptr, nullptr, &p, seen(cell));
        cv::minMaxLoc(high(cell), nullptr, nullptr, &q, nullptr, seen(cell));
        p += cell.tl();
        q += cell.tl();
        const double apart = low.at<float>(p) - high.at<float>(q);
        const double tolerated = std::hypot(tolerance.at<float>(p), tolerance.at<float>(q));
        const int level = cvFloor(gain_least * apart - tolerated);
        if (level >= least_useful) found.push_back({p, q, std::min(level, 255)});
    };
    // Small cells tell letters apart, large ones have the contrast that a plain picture lacks in small ones.
    for (int columns_now = columns_most, rows_now = rows_most; columns_now > 0; columns_now /= 2, rows_now = std::max(1, rows_now / 2)) {
        const int columns = std::clamp(inside.width / cell_least, 1, columns_now);
        const int rows = std::clamp(inside.height / cell_least, 1, rows_now);
        for (int row = 0; row < rows; row++)
            for (int column = 0; column < columns; column++) {
                const int x0 = inside.x + inside.width * column / columns, x1 = inside.x + inside.width * (column + 1) / columns;
                const int y0 = inside.y + inside.height * row / rows, y1 = inside.y + inside.height * (row + 1) / rows;
                probe({x0, y0, x1 - x0, y1 - y0});
            }
    }
    std::sort(found.begin(), found.end(), [](const Probe &a, const Probe &b) { return a.least > b.least; });

    const int step = std::max(1, cvRound(std::sqrt(static_cast<double>(inside.area()) / samples_most)));
    wanted.samples_are_sparse = step > sparse_step;
    double square = 0;
    for (int y = inside.y; y < inside.y + inside.height; y += step)
        for (int x = inside.x; x < inside.x + inside.width; x += step) {
            if (!seen.at<uint8_t>(y, x)) continue;
            Sample sample{{x, y}, {}};
            for (size_t shift = 0; shift < Sample::shifts; shift++) sample.values[shift] = cvRound(shifts[shift].at<float>(y, x));
            wanted.samples.push_back(sample);
            square += std::pow(tolerance.at<float>(y, x), 2);
        }
    wanted.residual_most = residual_share * std::sqrt(square / static_cast<double>(std::max<size_t>(1, wanted.samples.size())));
}

}  // namespace vision

using namespace vision;

extern "C" cvision_status cvision_wanted_create(
    cvision_picture picture, const cvision_rect *excluded, size_t excluded_count, cvision_wanted **wanted) {
    if (!is_usable(picture) || !wanted) return CVISION_BAD_ARGUMENT;
    return guarded([&]() -> cvision_status {
        auto out = std::make_unique<cvision_wanted>();
        out->picture = view(picture).clone();
        out->allowed = cv::Mat(out->picture.size(), CV_8U, cv::Scalar(1));
        for (size_t i = 0; i < excluded_count; i++)
            out->allowed(rect(excluded[i]) & cv::Rect(0, 0, picture.width, picture.height)).setTo(0);
        if (!cv::countNonZero(out->allowed)) return CVISION_BAD_ARGUMENT;
        out->has_excluded = excluded_count > 0;
        cv::cvtColor(out->picture, out->grey, cv::COLOR_BGRA2GRAY);
        prepare_probes(*out);
        out->grey = without_excluded(out->grey, out->allowed);
        *wanted = out.release();
        return CVISION_OK;
    });
}

extern "C" void cvision_wanted_destroy(cvision_wanted *wanted) { delete wanted; }
