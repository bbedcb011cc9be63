#include "probing.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <opencv2/imgproc.hpp>
#include <optional>

namespace vision {

namespace {

constexpr size_t places_most = 100000;  // more that pass the probes, and correlation is the cheaper proposer
constexpr double hopeless = 2;         // times the residual of a match: no half pixel makes up for that
constexpr double gain_slack = 0.05;    // beyond the gains of a match, for what clipped pixels make of them
constexpr double worst_sample = 4;     // times what is tolerated of a pixel, before both are made equally soft
constexpr double least_gain = gain_least - gain_slack, most_gain = gain_most + gain_slack;
constexpr size_t ranked_most = 400;
constexpr int ranking_pixels = 4096;
constexpr double nearness = 0.1;
constexpr int neighbourhood = 3;       // pixels within which only the nearest place is decided on
constexpr size_t survivors_most = 30000;
constexpr size_t wanted_most = 40;     // places that anyone looks at
constexpr size_t voters_least = 6;     // fewer say nothing
constexpr int elected_most = 8000;     // places that are looked at more closely
constexpr int agreeing = 16;           // grey levels
constexpr size_t finalists_most = 3;   // times as many as are asked for

// Sixteen pixels of a row.
using Pixels = uint8_t __attribute__((vector_size(16)));
constexpr int wide = 16;

Pixels load(const uint8_t *from) {
    Pixels pixels;
    std::memcpy(&pixels, from, sizeof pixels);
    return pixels;
}

// All ones where the bright pixel is at least so much brighter than the dark one.
Pixels passes(const uint8_t *bright, const uint8_t *dark, Pixels least) {
    const Pixels apart = __builtin_elementwise_sub_sat(load(bright), load(dark));
    return (Pixels)(__builtin_elementwise_max(apart, least) == apart);
}

bool passes(const uint8_t *corner, int bright, int dark, int least) { return corner[bright] - corner[dark] >= least; }

// A probe with its points as distances from the picture's corner in a glance.
struct Distances {
    int bright, dark, least;
};

std::vector<Distances> distances(const Glance &glance, const cvision_wanted &wanted) {
    const int stride = static_cast<int>(glance.soft.step[0]);
    std::vector<Distances> out;
    out.reserve(wanted.probes.size());
    for (const Probe &probe : wanted.probes)
        out.push_back(
            {probe.bright.y * stride + probe.bright.x, probe.dark.y * stride + probe.dark.x, probe.least});
    return out;
}

// Where the picture's corner may be.
cv::Rect corners(const cvision_wanted &wanted, const cv::Rect &within) {
    return {within.x, within.y, within.width - wanted.picture.cols + 1, within.height - wanted.picture.rows + 1};
}

const uint8_t *corner(const Glance &glance, cv::Point at) {
    return glance.soft.ptr(at.y - glance.area.y) + (at.x - glance.area.x);
}

// The sum of the bits of all lanes, 0 when there are none.
uint64_t any(Pixels lanes) {
    uint64_t halves[2];
    std::memcpy(halves, &lanes, sizeof halves);
    return halves[0] | halves[1];
}

// Calls `body` for each of a row's corners at which all probes hold.
template <typename Body>
void for_each_passing(const uint8_t *row, int columns, const std::vector<Distances> &probes, Body body) {
    const Distances first = probes.front();
    const Pixels least = Pixels{} + static_cast<uint8_t>(first.least);
    // Corners `from` on, of which `passed` are left after the first probe.
    const auto ask_the_others = [&](int from, Pixels passed) {
        for (size_t p = 1; p < probes.size() && any(passed); p++)
            passed &= passes(
                row + from + probes[p].bright, row + from + probes[p].dark,
                Pixels{} + static_cast<uint8_t>(probes[p].least));
        uint64_t halves[2];
        std::memcpy(halves, &passed, sizeof halves);
        for (int half = 0; half < 2; half++)
            for (; halves[half]; halves[half] &= ~(uint64_t{0xff} << (__builtin_ctzll(halves[half]) & ~7)))
                body(from + 8 * half + __builtin_ctzll(halves[half]) / 8);
    };
    int x = 0;
    for (; x + wide <= columns; x += wide) {
        const Pixels passed = passes(row + x + first.bright, row + x + first.dark, least);
        if (any(passed)) ask_the_others(x, passed);
    }
    if (x == columns) return;
    if (columns < wide) {
        for (; x < columns; x++)
            if (std::all_of(probes.begin(), probes.end(), [&](const Distances &p) { return passes(row + x, p.bright, p.dark, p.least); }))
                body(x);
        return;
    }
    // The last ones together with some that were asked before: one at a time costs as much as sixteen.
    const int from = columns - wide;
    Pixels fresh{};
    for (int lane = x - from; lane < wide; lane++) fresh[lane] = 0xff;
    const Pixels passed = passes(row + from + first.bright, row + from + first.dark, least) & fresh;
    if (any(passed)) ask_the_others(from, passed);
}

// How far a picture's samples are from a screen's.
class Comparer {
public:
    Comparer(const Glance &glance, const Samples &samples) : samples(samples), seen(samples.at.size()) {
        const int stride = static_cast<int>(glance.soft.step[0]);
        distances.reserve(samples.at.size());
        for (const cv::Point &at : samples.at) distances.push_back(at.y * stride + at.x);
    }

    // The squares of what the best change of gain and offset leaves at a corner, summed over all samples; more than
    // `enough` as soon as that is certain.
    double squares(const uint8_t *corner, double enough) {
        const size_t all = seen.size(), few = samples.few;
        look(corner, 0, few);
        // What is left of some samples is no more than what is left of all.
        const double some = squares(few, 0, samples.few_sum, samples.few_square);
        if (some > enough) return some;
        look(corner, few, all);
        return squares(all, 0, samples.sum[0], samples.square[0]);
    }

    // The squares that are left of what was last looked at, half a pixel off in some direction or not, if it may be a match.
    std::optional<double> squares_of_match() const {
        double best = 1e18;
        size_t best_shift = 0;
        for (size_t shift = 0; shift < Samples::shifts; shift++) {
            const double left = squares(seen.size(), shift, samples.sum[shift], samples.square[shift]);
            if (left >= best) continue;
            best = left;
            best_shift = shift;
        }
        const double most = static_cast<double>(seen.size()) * samples.residual_most * samples.residual_most;
        if (best > most || worst(best_shift) > worst_sample) return std::nullopt;
        return best;
    }

    // The normalised correlation of all samples.
    double correlation(const uint8_t *corner) {
        look(corner, 0, seen.size());
        const Moments m = moments(seen.size(), 0, samples.sum[0], samples.square[0]);
        return m.ss > 0 && m.tt > 0 ? m.st / std::sqrt(m.ss * m.tt) : -1;
    }

    // The share of what was last looked at that is as it is in the picture.
    double agreement() const {
        size_t count = 0;
        const int16_t *values = samples.values[0].data();
        for (size_t i = 0; i < seen.size(); i++) count += std::abs(seen[i] - values[i]) <= agreeing;
        return static_cast<double>(count) / static_cast<double>(seen.size());
    }

private:
    const Samples &samples;
    std::vector<int> distances;
    std::vector<int16_t> seen;
    int64_t sum = 0, square = 0;

    void look(const uint8_t *corner, size_t from, size_t to) {
        if (from == 0) sum = square = 0;
        for (size_t i = from; i < to; i++) {
            const int pixel = corner[distances[i]];
            seen[i] = static_cast<int16_t>(pixel);
            sum += pixel;
            square += pixel * pixel;
        }
    }

    // Sums of squares and products about the means.
    struct Moments {
        double ss, tt, st;
    };

    Moments moments(size_t count, size_t shift, int64_t wanted_sum, int64_t wanted_square) const {
        int product = 0;
        const int16_t *values = samples.values[shift].data();
        for (size_t i = 0; i < count; i++) product += seen[i] * values[i];
        const double n = static_cast<double>(count), s = static_cast<double>(sum), t = static_cast<double>(wanted_sum);
        return {static_cast<double>(square) - s * s / n, static_cast<double>(wanted_square) - t * t / n, product - s * t / n};
    }

    double squares(size_t count, size_t shift, int64_t wanted_sum, int64_t wanted_square) const {
        const Moments m = moments(count, shift, wanted_sum, wanted_square);
        const double gain = std::clamp(m.tt > 0 ? m.st / m.tt : 1, least_gain, most_gain);
        return std::max(0.0, m.ss - 2 * gain * m.st + gain * gain * m.tt);
    }

    // The error of the sample that is furthest off, in units of what is tolerated there.
    double worst(size_t shift) const {
        const Moments m = moments(seen.size(), shift, samples.sum[shift], samples.square[shift]);
        const double n = static_cast<double>(seen.size());
        const auto gain = static_cast<float>(std::clamp(m.tt > 0 ? m.st / m.tt : 1, least_gain, most_gain));
        const float offset = static_cast<float>((static_cast<double>(sum) - gain * static_cast<double>(samples.sum[shift])) / n);
        float worst = 0;
        for (size_t i = 0; i < seen.size(); i++)
            worst = std::max(worst, std::abs(seen[i] - gain * samples.values[shift][i] - offset) / samples.tolerated[i]);
        return worst;
    }
};

// The best that are not beside a better one.
std::vector<Proposal> best_apart(std::vector<Proposal> proposals, int apart, size_t most) {
    std::sort(proposals.begin(), proposals.end(), [](const Proposal &a, const Proposal &b) { return a.residual < b.residual; });
    std::vector<Proposal> out;
    for (const Proposal &next : proposals) {
        if (out.size() >= most) break;
        const bool is_known = std::any_of(out.begin(), out.end(), [&](const Proposal &p) {
            return apart > 0 && std::abs(p.at.x - next.at.x) <= apart && std::abs(p.at.y - next.at.y) <= apart;
        });
        if (!is_known) out.push_back(next);
    }
    return out;
}

}  // namespace

Glance::Glance(const cv::Mat &scene, const cv::Rect &area) : area(area) {
    // With a rim, so that its edges look as they do in the whole screen.
    const cv::Rect context =
        cv::Rect(area.x - 4, area.y - 4, area.width + 8, area.height + 8) & cv::Rect(0, 0, scene.cols, scene.rows);
    cv::Mat around;
    cv::cvtColor(scene(context), around, cv::COLOR_BGRA2GRAY);
    grey = around(area - context.tl());
    soft = softened(around)(area - context.tl());
}

bool possible_places(
    const Glance &glance, const cvision_wanted &wanted, const cv::Rect &within, std::vector<Proposal> &proposals) {
    proposals.clear();
    if (wanted.probes.empty()) return false;
    const cv::Rect all = corners(wanted, within);
    if (all.empty()) return true;
    const std::vector<Distances> probes = distances(glance, wanted);
    Comparer comparer(glance, wanted.samples);
    const double n = static_cast<double>(wanted.samples.at.size());
    const double most = n * wanted.samples.residual_most * wanted.samples.residual_most;
    size_t count = 0;
    for (int y = all.y; y < all.y + all.height && count <= places_most && proposals.size() <= survivors_most; y++) {
        const uint8_t *row = corner(glance, {all.x, y});
        for_each_passing(row, all.width, probes, [&](int x) {
            count++;
            // The place itself tells which of two neighbours is nearer; that it could be a match may need half a pixel.
            const double left = comparer.squares(row + x, hopeless * hopeless * most);
            if (left > hopeless * hopeless * most) return;
            if (comparer.squares_of_match()) proposals.push_back({{all.x + x, y}, std::sqrt(left / n)});
        });
    }
    if (count > places_most || proposals.size() > survivors_most) return false;
    // More samples tell of the few that are left which are worth the whole decision, and which of two neighbours is nearer.
    if (proposals.empty()) return true;
    Comparer closer(glance, wanted.more_samples);
    const double more = static_cast<double>(wanted.more_samples.at.size());
    const double more_most = more * wanted.more_samples.residual_most * wanted.more_samples.residual_most;
    std::vector<Proposal> close;
    for (const Proposal &proposal : proposals) {
        const double left = closer.squares(corner(glance, proposal.at), hopeless * hopeless * more_most);
        if (left > hopeless * hopeless * more_most) continue;
        // Neighbours may be as good half a pixel off; the place itself tells which of them is nearer.
        if (const auto match = closer.squares_of_match())
            close.push_back({proposal.at, std::sqrt((*match + nearness * left) / more)});
    }
    proposals = best_apart(close, neighbourhood, wanted_most);
    return true;
}

std::vector<Proposal> possible_places_under(
    const cv::Rect &pointer, const Glance &glance, const cvision_wanted &wanted, const cv::Rect &within) {
    constexpr int rim = 5;  // pixels beyond the pointer, into which softness carries it
    const cv::Rect hiding(pointer.x - rim, pointer.y - rim, pointer.width + 2 * rim, pointer.height + 2 * rim);
    const cv::Size size = wanted.picture.size();
    const cv::Rect near = corners(wanted, within)
        & cv::Rect(pointer.x - size.width + 1, pointer.y - size.height + 1, pointer.width + size.width - 1, pointer.height + size.height - 1);
    std::vector<Proposal> out;
    std::vector<size_t> open;
    for (int y = near.y; y < near.y + near.height; y++)
        for (int x = near.x; x < near.x + near.width; x++) {
            const cv::Point at(x, y);
            const uint8_t *here = corner(glance, at);
            const auto pixel = [&](cv::Point p) { return here[static_cast<size_t>(p.y) * glance.soft.step[0] + static_cast<size_t>(p.x)]; };
            bool holds = true;
            for (size_t p = 0; p < wanted.probes.size() && holds; p++) {
                const Probe &probe = wanted.probes[p];
                holds = pixel(probe.bright) - pixel(probe.dark) >= probe.least || hiding.contains(at + probe.bright)
                    || hiding.contains(at + probe.dark);
            }
            if (!holds) continue;
            open.clear();
            for (size_t i = 0; i < wanted.samples.at.size(); i++)
                if (!hiding.contains(at + wanted.samples.at[i])) open.push_back(i);
            if (open.size() < 4) continue;
            const double n = static_cast<double>(open.size());
            double least = 1e18;
            for (size_t shift = 0; shift < Samples::shifts; shift++) {
                double s = 0, t = 0, ss = 0, tt = 0, st = 0;
                for (const size_t i : open) {
                    const double seen = pixel(wanted.samples.at[i]), value = wanted.samples.values[shift][i];
                    s += seen;
                    t += value;
                    ss += seen * seen;
                    tt += value * value;
                    st += seen * value;
                }
                ss -= s * s / n;
                tt -= t * t / n;
                st -= s * t / n;
                const double gain = std::clamp(tt > 0 ? st / tt : 1, least_gain, most_gain);
                const double left = std::sqrt(std::max(0.0, ss - 2 * gain * st + gain * gain * tt) / n);
                least = std::min(least, left);
                if (shift == 0 && left > hopeless * hopeless * wanted.samples.residual_most) break;
            }
            // Few samples are open, and so noisy.
            if (least <= hopeless * wanted.samples.residual_most) out.push_back({at, least});
        }
    out = best_apart(out, 0, ranked_most);
    // What is left open may be plain, and then only all of its pixels tell one place from the next.
    const int step = std::max(1, cvRound(std::sqrt(static_cast<double>(size.area()) / ranking_pixels)));
    for (Proposal &proposal : out) {
        const cv::Point corner = proposal.at - glance.area.tl();
        int sum = 0, seen = 0;
        for (int y = 0; y < size.height; y += step) {
            const uint8_t *s = glance.grey.ptr(corner.y + y) + corner.x, *t = wanted.grey.ptr(y), *k = wanted.allowed.ptr(y);
            for (int x = 0; x < size.width; x += step) {
                if (!k[x] || pointer.contains(proposal.at + cv::Point(x, y))) continue;
                sum += std::abs(s[x] - t[x]);
                seen++;
            }
        }
        proposal.residual = static_cast<double>(sum) / std::max(1, seen);
    }
    return best_apart(out, 0, ranked_most);
}

bool nearest_places(
    const Glance &glance, const cvision_wanted &wanted, const cv::Rect &within, size_t most, std::vector<Proposal> &out) {
    out.clear();
    const cv::Rect all = corners(wanted, within);
    if (wanted.voters.size() < voters_least) return false;
    if (all.empty()) return true;
    // At every second place of every second row: softness leaves no more than that to tell.
    const cv::Mat soft = glance.soft;
    cv::Mat columns[2];  // the even ones, and the odd ones
    for (int odd = 0; odd < 2; odd++) {
        columns[odd].create(soft.rows, soft.cols / 2 + 1, CV_8U);
        for (int y = 0; y < soft.rows; y++) {
            const uint8_t *from = soft.ptr(y) + odd;
            uint8_t *into = columns[odd].ptr(y);
            for (int x = 0; 2 * x + odd < soft.cols; x++) into[x] = from[2 * x];
        }
    }
    const cv::Point first = all.tl() - glance.area.tl();
    const auto row = [&](cv::Point point, int y) {
        const int x = first.x + point.x;
        return columns[x % 2].ptr(first.y + 2 * y + point.y) + x / 2;
    };
    const int width = (all.width + 1) / 2, height = (all.height + 1) / 2;
    cv::Mat votes(height, width, CV_8U, cv::Scalar(0));
    std::vector<int> places(wanted.voters.size() + 1, 0);
    for (int y = 0; y < height; y++) {
        uint8_t *into = votes.ptr(y);
        for (const Probe &voter : wanted.voters) {
            const uint8_t *bright = row(voter.bright, y), *dark = row(voter.dark, y);
            const Pixels least = Pixels{} + static_cast<uint8_t>(voter.least);
            int x = 0;
            for (; x + wide <= width; x += wide) {
                const Pixels sum = load(into + x) - passes(bright + x, dark + x, least);
                std::memcpy(into + x, &sum, sizeof sum);
            }
            for (; x < width; x++) into[x] += bright[x] - dark[x] >= voter.least;
        }
        for (int x = 0; x < width; x++) places[into[x]]++;
    }
    size_t enough = wanted.voters.size();
    for (int elected = places[enough]; enough > 1 && elected + places[enough - 1] <= elected_most; enough--)
        elected += places[enough - 1];

    Comparer comparer(glance, wanted.samples), closer(glance, wanted.more_samples);
    const auto likeness = [&](cv::Point at) { return Proposal{at, -comparer.correlation(corner(glance, at))}; };
    std::vector<Proposal> elected;
    for (int y = 0; y < height; y++)
        for (int x = 0; x < width; x++) {
            if (votes.at<uint8_t>(y, x) < enough) continue;
            elected.push_back(likeness({all.x + 2 * x, all.y + 2 * y}));
            // Votes and samples that agree are what a change in one place leaves; correlation is what another brightness does.
            elected.back().residual -= comparer.agreement() + static_cast<double>(votes.at<uint8_t>(y, x)) / static_cast<double>(wanted.voters.size());
        }
    const int apart = std::max(2, std::min(wanted.picture.cols, wanted.picture.rows) / 4);
    elected = best_apart(elected, apart, finalists_most * most);
    for (Proposal &proposal : elected) {
        const cv::Point centre = proposal.at;
        proposal = likeness(centre);
        for (int y = -2; y <= 2; y++)
            for (int x = -2; x <= 2; x++) {
                const cv::Point at = centre + cv::Point(x, y);
                if (!all.contains(at)) continue;
                const Proposal other = likeness(at);
                if (other.residual < proposal.residual) proposal = other;
            }
        proposal.residual = -closer.correlation(corner(glance, proposal.at));
    }
    out = best_apart(elected, apart, most);
    return true;
}

}  // namespace vision
