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
constexpr int band_pixels = 32768, band_rows_least = 48;
constexpr int band_context = 16;         // rows beyond a band that its errors depend on: the widest blur, and the move

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

// The luma of what the screen shows, and of the picture where it is not to be looked at.
cv::Mat luma(const cv::Mat &seen, const cv::Mat &wanted, const cv::Mat &kept) {
    cv::Mat out(seen.size(), CV_32F);
    for (int y = 0; y < seen.rows; y++) {
        const uint8_t *s = seen.ptr(y), *w = wanted.ptr(y), *k = kept.ptr(y);
        float *into = out.ptr<float>(y);
        for (int x = 0; x < seen.cols; x++) {
            const uint8_t *from = (k[x] ? s : w) + 4 * x;
            into[x] = .114f * from[0] + .587f * from[1] + .299f * from[2];
        }
    }
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

void blur(const cv::Mat &from, cv::Mat &to, double sigma, int border = cv::BORDER_REFLECT) {
    cv::GaussianBlur(from, to, cv::Size(), sigma, sigma, border);
}

// The standard deviation around each pixel.
cv::Mat activity(const cv::Mat &values, double sigma) {
    cv::Mat mean, square, out;
    blur(values, mean, sigma);
    blur(values.mul(values), square, sigma);
    cv::scaleAdd(mean.mul(mean), -1, square, square);
    cv::max(square, 0, square);
    cv::sqrt(square, out);
    return out;
}

// What differs between a part of the picture and the screen, after both were brought to a common place.
struct Comparison {
    cv::Mat dark;             // the squared difference of luma
    cv::Mat bright;           // the luma that was expected
    cv::Mat colour;           // the difference of red and of blue from green
    cv::Mat expected_colour;

    Comparison(const cv::Mat &seen, const cv::Mat &expected, const cv::Mat &kept)
        : dark(seen.size(), CV_32F), bright(seen.size(), CV_32F), colour(seen.size(), CV_32FC2),
          expected_colour(seen.size(), CV_32FC2) {
        for (int y = 0; y < seen.rows; y++) {
            const float *s = seen.ptr<float>(y), *e = expected.ptr<float>(y);
            const uint8_t *k = kept.ptr(y);
            float *into_dark = dark.ptr<float>(y), *into_bright = bright.ptr<float>(y);
            float *into_colour = colour.ptr<float>(y), *into_expected = expected_colour.ptr<float>(y);
            for (int x = 0; x < seen.cols; x++) {
                const float weight = k[x];  // 0 or 1
                const float db = weight * (s[3 * x] - e[3 * x]), dg = weight * (s[3 * x + 1] - e[3 * x + 1]),
                            dr = weight * (s[3 * x + 2] - e[3 * x + 2]);
                const float d = .114f * db + .587f * dg + .299f * dr;
                into_dark[x] = d * d;
                into_bright[x] = .114f * e[3 * x] + .587f * e[3 * x + 1] + .299f * e[3 * x + 2];
                into_colour[2 * x] = dr - dg;
                into_colour[2 * x + 1] = db - dg;
                into_expected[2 * x] = e[3 * x + 2] - e[3 * x + 1];
                into_expected[2 * x + 1] = e[3 * x] - e[3 * x + 1];
            }
        }
    }
};

// The larger of a pixel's two magnitudes.
inline float largest(const float *two) { return std::max(std::abs(two[0]), std::abs(two[1])); }

// The error of each pixel in its parts: what differs in luma and in chroma, and what is tolerated.
struct Errors {
    cv::Mat luma, contrast, by_chroma;

    explicit Errors(const cv::Size &size) : luma(size, CV_32F), contrast(size, CV_32F), by_chroma(size, CV_32F) {}

    // Fills in the rows of a comparison from `skip` on.
    void add(const Comparison &comparison, int skip, cv::Range rows) {
        const cv::Range inner(skip, skip + rows.size());
        // Beyond the picture's edge nothing is known to differ.
        cv::Mat error;
        blur(comparison.dark, error, window, cv::BORDER_CONSTANT);
        error = error.rowRange(inner);
        cv::max(error, 0, error);
        cv::Mat into = luma.rowRange(rows);
        cv::sqrt(error, into);
        local_contrast(comparison.bright).rowRange(inner).copyTo(contrast.rowRange(rows));

        cv::Mat colour, expected, high, low;
        blur(comparison.colour, colour, 1.5, cv::BORDER_CONSTANT);
        blur(comparison.expected_colour, expected, 1.0);
        const cv::Mat block = cv::Mat::ones(5, 5, CV_8U);
        cv::dilate(expected, high, block);
        cv::erode(expected, low, block);
        for (int y = 0; y < rows.size(); y++) {
            const float *c = colour.ptr<float>(skip + y), *h = high.ptr<float>(skip + y), *l = low.ptr<float>(skip + y);
            const float *edges = contrast.ptr<float>(rows.start + y);
            float *out = by_chroma.ptr<float>(rows.start + y);
            for (int x = 0; x < luma.cols; x++) {
                const float range[2] = {h[2 * x] - l[2 * x], h[2 * x + 1] - l[2 * x + 1]};
                const float tolerated = largest(range) * static_cast<float>(chroma_range)
                    + edges[x] * static_cast<float>(chroma_edge) + static_cast<float>(chroma_flat);
                out[x] = largest(c + 2 * x) / tolerated;
            }
        }
    }

    // How much the noise of a codec adds to what is tolerated in luma.
    double noise() const {
        std::vector<float> textured;
        for (int y = 0; y < luma.rows; y++)
            for (int x = 0; x < luma.cols; x++)
                if (contrast.at<float>(y, x) > 8) textured.push_back(luma.at<float>(y, x));
        const double noise = median(textured);
        return noise < noise_stop ? std::min(noise_most, noise_factor * noise) : 0;
    }

    // Looks for the worst pixel.
    void judge(bool moved, bool is_elsewhere, Finding &finding) const {
        const auto flat = static_cast<float>(flat_tolerance + (moved ? 0 : noise()));
        const auto edge = static_cast<float>(edge_tolerance);
        float worst = -1;
        cv::Point place;
        size_t bad = 0;
        for (int y = 0; y < luma.rows; y++) {
            const float *l = luma.ptr<float>(y), *c = contrast.ptr<float>(y), *chroma = by_chroma.ptr<float>(y);
            for (int x = 0; x < luma.cols; x++) {
                const float error = std::max(l[x] / (c[x] * edge + flat), chroma[x]) + (is_elsewhere ? 10.f : 0.f);
                bad += error > 1;
                if (error <= worst) continue;
                worst = error;
                place = {x, y};
            }
        }
        finding.worst = worst;
        finding.worst_at = finding.at + place;
        finding.bad = static_cast<double>(bad) / static_cast<double>(luma.total());
    }
};

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

// A mask without its first and last column, its first and last row, or both.
cv::Mat without_rim(const cv::Mat &kept, bool columns, bool rows) {
    cv::Mat inner = kept.clone();
    if (columns) {
        inner.col(0).setTo(0);
        inner.col(inner.cols - 1).setTo(0);
    }
    if (rows) {
        inner.row(0).setTo(0);
        inner.row(inner.rows - 1).setTo(0);
    }
    return inner;
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

    // Between pixels nothing is known of what lies beyond the rim, so it is not looked at there; then it must not be what
    // tells that the picture lies between pixels. Whatever stood there would move the picture, and be overlooked.
    const bool has_rim = kept.rows > 2 && kept.cols > 2;
    const cv::Mat inner = has_rim ? without_rim(kept, true, true) : kept;
    const cv::Mat scene_luma = luma(there, wanted, inner), wanted_luma = luma(wanted, wanted, inner);
    Fit fit = register_places(scene_luma, wanted_luma, inner);
    if (has_nothing_in_common(scene_luma, wanted_luma, inner, fit)) {
        finding.bad = std::max(share, gross_share);
        finding.worst_at = at + first;
        return finding;
    }
    const bool moved_across = std::abs(fit.dx) >= on_grid_below, moved_down = std::abs(fit.dy) >= on_grid_below;
    const bool moved = moved_across || moved_down;
    if (!moved_across) fit.dx = 0;
    if (!moved_down) fit.dy = 0;
    const double shift = std::max(std::abs(fit.dx), std::abs(fit.dy));
    const cv::Mat looked_at = moved && has_rim ? without_rim(kept, moved_across, moved_down) : kept;
    // In bands of rows: a large picture's intermediate results would fill more memory than it is quick to get.
    Errors errors(wanted.size());
    const int rows = std::max(band_rows_least, band_pixels / wanted.cols);
    for (int top = 0; top < wanted.rows; top += rows) {
        const cv::Range band(top, std::min(wanted.rows, top + rows));
        const cv::Range context(std::max(0, band.start - band_context), std::min(wanted.rows, band.end + band_context));
        const cv::Mat k = kept.rowRange(context);
        cv::Mat s, t, seen, expected;
        cv::cvtColor(there.rowRange(context), s, cv::COLOR_BGRA2BGR);
        cv::cvtColor(wanted.rowRange(context), t, cv::COLOR_BGRA2BGR);
        t.copyTo(s, k == 0);
        s.convertTo(s, CV_32F);
        t.convertTo(t, CV_32F);
        // Both are moved half of the way and equally soft: a sharp stem can't be made from one between two pixels.
        const double sigma = moved ? shifted_blur : grid_blur;
        shifted_gauss(s, seen, sigma, -fit.dx / 2, -fit.dy / 2);
        shifted_gauss(t, expected, sigma, fit.dx / 2, fit.dy / 2);
        expected.convertTo(expected, CV_32F, fit.gain, fit.offset);
        cv::min(expected, cv::Scalar::all(255), expected);
        cv::max(expected, cv::Scalar::all(0), expected);
        errors.add(Comparison(seen, expected, looked_at.rowRange(context)), band.start - context.start, band);
    }
    errors.judge(moved, shift > shift_most, finding);
    return finding;
}

}  // namespace vision
