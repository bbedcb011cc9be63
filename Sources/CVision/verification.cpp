#include "verification.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

// The constants were chosen on 19 real screens, five fonts and a set of icons, and judged on others: of 875 changed
// letters and 1,857 erased targets, 2 were taken for the original (both remedied by the lint); of about 500 shifted,
// recoded and re-rendered originals, 3 were refused.

namespace vision {

namespace {

constexpr double on_grid_below = 0.10;   // a shift under this is none, in pixels
constexpr double grid_blur = 0.5;        // both sides are blurred a little on the grid,
constexpr double shifted_blur = 0.8;     // and more off it, where each is moved half of the way
constexpr double window = 1.2;           // sigma of the error's window: about one stem of a letter
constexpr double noise_factor = 1.5, noise_stop = 6;  // codec noise is everywhere, a change is in one place
constexpr double chroma_flat = 16, chroma_range = 0.40, chroma_edge = 0.15;
constexpr double shift_most = 0.75;      // further from the peak of correlation is another place
constexpr double offset_most = 20;
constexpr double grossly = 60;           // luma difference after the fit of brightness that is no rendering error
constexpr double gross_share = 0.30;     // more of those, and the candidate is given up

// A Gaussian blur whose centre is moved by (dx, dy).
void shifted_gauss(const cv::Mat &from, cv::Mat &to, double sigma, double dx, double dy) {
    float kernel[2][7];
    const double shift[2] = {dx, dy};
    for (int axis = 0; axis < 2; axis++) {
        float sum = 0;
        for (int n = -3; n <= 3; n++) {
            const double d = n + shift[axis];
            sum += kernel[axis][n + 3] = static_cast<float>(std::exp(-d * d / (2 * sigma * sigma)));
        }
        for (float &k : kernel[axis]) k /= sum;
    }
    cv::sepFilter2D(
        from, to, CV_32F, cv::Mat(1, 7, CV_32F, kernel[0]), cv::Mat(1, 7, CV_32F, kernel[1]), cv::Point(-1, -1), 0,
        cv::BORDER_REPLICATE);
}

double median(std::vector<float> &values) {
    if (values.empty()) return 0;
    auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

cv::Mat luma(const cv::Mat &bgr) {
    cv::Mat out;
    cv::transform(bgr, out, cv::Matx13f(.114f, .587f, .299f));
    return out;
}

struct Fit {
    double dx = 0, dy = 0, gain = 1, offset = 0;
};

// Robust Gauss-Newton for scene(x) = gain * wanted(x - d) + offset on blurred luma.
Fit register_places(const cv::Mat &scene_luma, const cv::Mat &wanted_luma, const cv::Mat &kept) {
    Fit fit;
    cv::Mat scene, wanted, residual(scene_luma.size(), CV_32F);
    shifted_gauss(scene_luma, scene, 1.0, 0, 0);
    // Every second or fourth pixel of a large template says as much.
    const int step = scene.total() > 65536 ? 4 : scene.total() > 16384 ? 2 : 1;
    std::vector<float> magnitudes;
    for (int round = 0; round < 4; round++) {
        shifted_gauss(wanted_luma, wanted, 1.0, fit.dx, fit.dy);
        magnitudes.clear();
        for (int y = 0; y < scene.rows; y += step) {
            const float *s = scene.ptr<float>(y), *t = wanted.ptr<float>(y);
            float *r = residual.ptr<float>(y);
            for (int x = 0; x < scene.cols; x += step) {
                r[x] = s[x] - static_cast<float>(fit.gain) * t[x] - static_cast<float>(fit.offset);
                magnitudes.push_back(std::abs(r[x]));
            }
        }
        const double scale = std::max(4.0, 1.5 * median(magnitudes));
        cv::Matx44d normal = cv::Matx44d::zeros();
        cv::Vec4d right(0, 0, 0, 0);
        double sum = 1e-9, sum_wanted = 0, sum_scene = 0;
        for (int y = 0; y < scene.rows; y += step) {
            const float *s = scene.ptr<float>(y), *t = wanted.ptr<float>(y), *r = residual.ptr<float>(y);
            const float *above = wanted.ptr<float>(std::max(0, y - 1));
            const float *below = wanted.ptr<float>(std::min(scene.rows - 1, y + 1));
            const uint8_t *k = kept.ptr(y);
            for (int x = 0; x < scene.cols; x += step) {
                if (!k[x]) continue;
                const double relative = r[x] / scale;
                // Clipped pixels say nothing about the gain.
                const double weight = (s[x] > 253 || s[x] < 2 ? 0.05 : 1) / (1 + relative * relative);
                const double gx = (t[std::min(scene.cols - 1, x + 1)] - t[std::max(0, x - 1)]) / 2;
                const double gy = (below[x] - above[x]) / 2;
                const double a[4] = {t[x], 1, -fit.gain * gx, -fit.gain * gy};
                for (int i = 0; i < 4; i++) {
                    for (int j = 0; j < 4; j++) normal(i, j) += weight * a[i] * a[j];
                    right[i] += weight * a[i] * s[x];
                }
                sum += weight;
                sum_wanted += weight * t[x];
                sum_scene += weight * s[x];
            }
        }
        // A weak pull to no gain and no shift: else a template whose edges all run one way drifts along them.
        const double pull[4] = {2, 1e-2, 1, 1};
        for (int i = 0; i < 4; i++) normal(i, i) += sum * pull[i];
        right[0] += sum * 2;
        right[2] -= sum * fit.dx;
        right[3] -= sum * fit.dy;
        cv::Vec4d q;
        if (!cv::solve(normal, right, q, cv::DECOMP_CHOLESKY) && !cv::solve(normal, right, q, cv::DECOMP_SVD)) break;
        fit.gain = std::clamp(q[0], gain_least, gain_most);
        fit.offset = (sum_scene - fit.gain * sum_wanted) / sum;
        const double pivot = fit.gain * 128 + fit.offset - 128;
        fit.offset -= pivot - std::clamp(pivot, -offset_most, offset_most);
        fit.dx = std::clamp(fit.dx + std::clamp(q[2], -.6, .6), -1.0, 1.0);
        fit.dy = std::clamp(fit.dy + std::clamp(q[3], -.6, .6), -1.0, 1.0);
    }
    return fit;
}

// Red minus green and blue minus green.
cv::Mat chroma(const cv::Mat &bgr) {
    cv::Mat out;
    cv::transform(bgr, out, cv::Matx23f(0, -1, 1, 1, -1, 0));
    return out;
}

void blur(const cv::Mat &from, cv::Mat &to, double sigma) {
    cv::GaussianBlur(from, to, cv::Size(), sigma, sigma, cv::BORDER_REFLECT);
}

// The standard deviation around each pixel.
cv::Mat activity(const cv::Mat &values, double sigma) {
    cv::Mat mean, square;
    blur(values, mean, sigma);
    blur(values.mul(values), square, sigma);
    cv::Mat variance = cv::max(square - mean.mul(mean), 0), out;
    cv::sqrt(variance, out);
    return out;
}

// The larger of a two-channel image's magnitudes.
cv::Mat largest_magnitude(const cv::Mat &two) {
    cv::Mat parts[2];
    cv::split(two, parts);
    const cv::Mat first = cv::abs(parts[0]), second = cv::abs(parts[1]);
    return cv::max(first, second);
}

// The error of each pixel, in units of what is tolerated.
cv::Mat errors(const cv::Mat &difference, const cv::Mat &expected, bool moved) {
    const cv::Mat dark = luma(difference), bright = luma(expected);
    cv::Mat error;
    blur(dark.mul(dark), error, window);
    cv::sqrt(cv::max(error, 0), error);
    const cv::Mat contrast = local_contrast(bright);

    double extra = 0;
    if (!moved) {
        std::vector<float> textured;
        for (int y = 0; y < error.rows; y++)
            for (int x = 0; x < error.cols; x++)
                if (contrast.at<float>(y, x) > 8) textured.push_back(error.at<float>(y, x));
        const double noise = median(textured);
        if (noise < noise_stop) extra = std::min(noise_most, noise_factor * noise);
    }
    cv::Mat by_luma;
    cv::divide(error, contrast * edge_tolerance + (flat_tolerance + extra), by_luma);

    cv::Mat colour, expected_colour;
    blur(chroma(difference), colour, 1.5);
    blur(chroma(expected), expected_colour, 1.0);
    cv::Mat high, low;
    const cv::Mat block = cv::Mat::ones(5, 5, CV_8U);
    cv::dilate(expected_colour, high, block);
    cv::erode(expected_colour, low, block);
    const cv::Mat tolerated =
        largest_magnitude(high - low) * chroma_range + contrast * chroma_edge + chroma_flat;
    cv::Mat by_chroma;
    cv::divide(largest_magnitude(colour), tolerated, by_chroma);
    return cv::max(by_luma, by_chroma);
}

// Whether so many pixels differ after a fit of brightness that no rendering explains it.
bool has_nothing_in_common(const cv::Mat &scene, const cv::Mat &wanted, const cv::Mat &kept, const Fit &fit) {
    int gross = 0, seen = 0;
    for (int y = 0; y < scene.rows; y += 2) {
        const float *s = scene.ptr<float>(y), *t = wanted.ptr<float>(y);
        for (int x = 0; x < scene.cols; x += 2) {
            if (!kept.at<uint8_t>(y, x)) continue;
            seen++;
            gross += std::abs(s[x] - fit.gain * t[x] - fit.offset) > grossly;
        }
    }
    return gross > gross_share * seen;
}

// The first pixel that differs, or (-1, -1).
cv::Point first_difference(const cv::Mat &scene, const cv::Mat &wanted, const cv::Mat &kept, double *share) {
    cv::Point first(-1, -1);
    size_t different = 0;
    for (int y = 0; y < wanted.rows; y++)
        for (int x = 0; x < wanted.cols; x++)
            if (kept.at<uint8_t>(y, x) && ((scene.at<uint32_t>(y, x) ^ wanted.at<uint32_t>(y, x)) & 0x00ffffffu)) {
                if (first.x < 0) first = {x, y};
                different++;
            }
    *share = static_cast<double>(different) / static_cast<double>(wanted.total());
    return first;
}

}  // namespace

cv::Mat local_contrast(const cv::Mat &values) { return activity(values, window * 2); }

cv::Mat without_excluded(const cv::Mat &grey, const cv::Mat &allowed) {
    if (cv::countNonZero(allowed) == static_cast<int>(allowed.total())) return grey;
    cv::Mat out = grey.clone();
    out.setTo(cv::mean(grey, allowed), allowed == 0);
    return out;
}

Finding verify(const cv::Mat &scene, const cv::Mat &wanted, cv::Point at, const cv::Mat &kept, double hidden, bool exact) {
    Finding finding;
    finding.at = finding.worst_at = at;
    finding.hidden = hidden;
    const cv::Mat there = scene(cv::Rect(at, wanted.size()));
    double share;
    const cv::Point first = first_difference(there, wanted, kept, &share);
    if (first.x < 0) {
        finding.worst = finding.bad = 0;
        return finding;
    }
    if (exact) {
        finding.worst_at = at + first;
        finding.bad = share;
        return finding;
    }

    cv::Mat s, t;
    cv::cvtColor(there, s, cv::COLOR_BGRA2BGR);
    cv::cvtColor(wanted, t, cv::COLOR_BGRA2BGR);
    t.copyTo(s, kept == 0);
    s.convertTo(s, CV_32F);
    t.convertTo(t, CV_32F);
    const cv::Mat scene_luma = luma(s), wanted_luma = luma(t);
    Fit fit = register_places(scene_luma, wanted_luma, kept);
    if (has_nothing_in_common(scene_luma, wanted_luma, kept, fit)) {
        finding.bad = std::max(share, gross_share);
        finding.worst_at = at + first;
        return finding;
    }
    const double shift = std::max(std::abs(fit.dx), std::abs(fit.dy));
    const bool moved = shift >= on_grid_below;
    if (!moved) fit.dx = fit.dy = 0;
    // Both are moved half of the way and equally soft: a sharp stem can't be made from one between two pixels.
    const double sigma = moved ? shifted_blur : grid_blur;
    cv::Mat seen, expected;
    shifted_gauss(s, seen, sigma, -fit.dx / 2, -fit.dy / 2);
    shifted_gauss(t, expected, sigma, fit.dx / 2, fit.dy / 2);
    expected.convertTo(expected, CV_32F, fit.gain);
    expected += cv::Scalar::all(fit.offset);
    cv::min(expected, cv::Scalar::all(255), expected);
    cv::max(expected, cv::Scalar::all(0), expected);
    cv::Mat difference = seen - expected;
    difference.setTo(cv::Scalar::all(0), kept == 0);
    if (moved && difference.rows > 2 && difference.cols > 2)  // the rim has no context
        cv::rectangle(difference, cv::Rect(0, 0, difference.cols, difference.rows), cv::Scalar::all(0), 1);

    cv::Mat error = errors(difference, expected, moved);
    if (shift > shift_most) error += 10;
    cv::Point place;
    cv::minMaxLoc(error, nullptr, &finding.worst, nullptr, &place);
    finding.worst_at = at + place;
    finding.bad = static_cast<double>(cv::countNonZero(error > 1)) / static_cast<double>(error.total());
    return finding;
}

}  // namespace vision
