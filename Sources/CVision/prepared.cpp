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
constexpr int samples_most = 64, more_samples_most = 576;
constexpr int sparse_step = 12;   // pixels between samples: more is wider than a line of text is high
constexpr int voters_most = 32;
constexpr int voter_cell_least = 5;  // pixels
constexpr double voter_share = 0.5;  // of its contrast makes a vote
constexpr int voter_least = 12;      // grey levels of contrast
constexpr size_t few_of = 4;       // every fourth sample says early that a place is hopeless
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
    cv::Mat values, rimmed;
    soft.convertTo(values, CV_32F);
    cv::copyMakeBorder(values, rimmed, 1, 1, 1, 1, cv::BORDER_REPLICATE);
    const auto neighbour = [&](int dx, int dy) { return rimmed(cv::Rect(1 - dx, 1 - dy, soft.cols, soft.rows)); };
    std::vector<cv::Mat> out{values};
    for (int dy = -1; dy <= 1; dy++)
        for (int dx = -1; dx <= 1; dx++) {
            if (dx == 0 && dy == 0) continue;
            cv::Mat moved, beside;
            cv::addWeighted(values, 0.5, neighbour(dx, dy), 0.5, 0, moved);
            if (dx != 0 && dy != 0) {
                cv::addWeighted(neighbour(dx, 0), 0.5, neighbour(0, dy), 0.5, 0, beside);
                cv::addWeighted(moved, 0.5, beside, 0.5, 0, moved);
            }
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

// A pair of the brightest and the darkest point in each cell of a grid: what a place has in common with the picture.
static void prepare_voters(cvision_wanted &wanted, const cv::Rect &inside, const cv::Mat &seen, const cv::Mat &soft) {
    const double side = std::sqrt(static_cast<double>(inside.area()) / voters_most);
    const int columns = std::max(1, std::min(cvRound(inside.width / side), inside.width / voter_cell_least));
    const int rows = std::max(1, std::min(voters_most / columns, inside.height / voter_cell_least));
    for (int row = 0; row < rows; row++)
        for (int column = 0; column < columns; column++) {
            const cv::Point from(inside.x + inside.width * column / columns, inside.y + inside.height * row / rows);
            const cv::Point to(inside.x + inside.width * (column + 1) / columns, inside.y + inside.height * (row + 1) / rows);
            const cv::Rect cell(from, to);
            if (!cv::countNonZero(seen(cell))) continue;
            double low, high;
            cv::Point dark, bright;
            cv::minMaxLoc(soft(cell), &low, &high, &dark, &bright, seen(cell));
            if (high - low < voter_least || wanted.voters.size() >= voters_most) continue;
            wanted.voters.push_back({cell.tl() + bright, cell.tl() + dark, cvRound((high - low) * voter_share)});
        }
}

// One sample in each cell of a grid. In large cells it is where the picture is steepest: flat pixels don't tell a place
// from the next one.
static Samples spread_samples(
    int most, const cv::Rect &inside, const cv::Mat &seen, const std::vector<cv::Mat> &shifts, const cv::Mat &tolerance) {
    Samples samples;
    cv::Mat across, down;
    cv::Sobel(shifts.front(), across, CV_32F, 1, 0);
    cv::Sobel(shifts.front(), down, CV_32F, 0, 1);
    const cv::Mat steepness = cv::abs(across) + cv::abs(down);
    const int step = std::max(1, cvRound(std::sqrt(static_cast<double>(inside.area()) / most)));
    std::vector<cv::Point> places;
    for (int y = inside.y; y < inside.y + inside.height; y += step)
        for (int x = inside.x; x < inside.x + inside.width; x += step) {
            const cv::Rect cell = cv::Rect(x, y, step, step) & inside;
            if (!cv::countNonZero(seen(cell))) continue;
            cv::Point steepest;
            if (step > sparse_step || !seen.at<uint8_t>(cell.tl()))
                cv::minMaxLoc(steepness(cell), nullptr, nullptr, nullptr, &steepest, seen(cell));
            places.push_back(cell.tl() + steepest);
        }
    for (size_t first = 0; first < few_of; first++)
        for (size_t i = first; i < places.size(); i += few_of) samples.at.push_back(places[i]);
    samples.few = (places.size() + few_of - 1) / few_of;
    double tolerated = 0;
    for (const cv::Point &at : samples.at) {
        samples.tolerated.push_back(tolerance.at<float>(at));
        tolerated += std::pow(tolerance.at<float>(at), 2);
    }
    for (size_t shift = 0; shift < Samples::shifts; shift++)
        for (size_t i = 0; i < samples.at.size(); i++) {
            const int value = cvRound(shifts[shift].at<float>(samples.at[i]));
            samples.values[shift].push_back(static_cast<int16_t>(value));
            samples.sum[shift] += value;
            samples.square[shift] += value * value;
            if (shift > 0 || i >= samples.few) continue;
            samples.few_sum += value;
            samples.few_square += value * value;
        }
    samples.residual_most =
        residual_share * std::sqrt(tolerated / static_cast<double>(std::max<size_t>(1, samples.at.size())));
    return samples;
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

    prepare_voters(wanted, inside, seen, soft);
    wanted.samples = spread_samples(samples_most, inside, seen, shifts, tolerance);
    wanted.more_samples = spread_samples(more_samples_most, inside, seen, shifts, tolerance);
}

void prepare(cvision_wanted &wanted, const cv::Mat &picture, const cv::Mat &allowed) {
    wanted.picture = picture.clone();
    wanted.allowed = allowed;
    cv::cvtColor(wanted.picture, wanted.grey, cv::COLOR_BGRA2GRAY);
    prepare_probes(wanted);
    wanted.grey = without_excluded(wanted.grey, wanted.allowed);
}

}  // namespace vision

using namespace vision;

extern "C" cvision_status cvision_wanted_create(
    cvision_picture picture, const cvision_rect *excluded, size_t excluded_count, cvision_wanted **wanted) {
    if (!is_usable(picture) || !wanted) return CVISION_BAD_ARGUMENT;
    return guarded([&]() -> cvision_status {
        const cv::Mat pixels = view(picture);
        cv::Mat allowed(pixels.size(), CV_8U, cv::Scalar(1));
        for (size_t i = 0; i < excluded_count; i++)
            allowed(rect(excluded[i]) & cv::Rect(0, 0, picture.width, picture.height)).setTo(0);
        if (!cv::countNonZero(allowed)) return CVISION_BAD_ARGUMENT;
        auto out = std::make_unique<cvision_wanted>();
        prepare(*out, pixels, allowed);
        out->has_excluded = excluded_count > 0;
        *wanted = out.release();
        return CVISION_OK;
    });
}

extern "C" void cvision_wanted_destroy(cvision_wanted *wanted) { delete wanted; }
