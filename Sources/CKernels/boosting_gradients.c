#include "boosting.h"
#include "versions.h"

#include <math.h>
#include <string.h>

// e^x for x in [-708, 0]: x = k ln 2 + r, a Taylor polynomial of degree 10 in |r| <= ln 2 / 2 (remainder below 3e-13, a
// hundred-thousandth of what is left in single precision), scaled by 2^k through the exponent bits.
INLINE double exp_of_negative(double x) {
    const double shift = 0x1.8p52;
    double k = x * 0x1.71547652b82fep0 + shift;
    uint64_t bits;
    memcpy(&bits, &k, 8);
    k -= shift;
    double r = x - k * 0x1.62e42fefa3800p-1;
    r = r - k * 0x1.ef35793c76730p-45;
    double p = 1.0 / 3628800.0;
    p = p * r + 1.0 / 362880.0;
    p = p * r + 1.0 / 40320.0;
    p = p * r + 1.0 / 5040.0;
    p = p * r + 1.0 / 720.0;
    p = p * r + 1.0 / 120.0;
    p = p * r + 1.0 / 24.0;
    p = p * r + 1.0 / 6.0;
    p = p * r + 0.5;
    p = p * r + 1.0;
    p = p * r + 1.0;
    bits = (bits + 1023) << 52;
    double scale;
    memcpy(&scale, &bits, 8);
    return p * scale;
}

INLINE void gradient_of_row(double s, float outcome, double w, float *gradient, float *hessian) {
    double a = s < 0 ? s : -s;
    double e = exp_of_negative(a < -700 ? -700 : a);
    double inverse = 1 / (1 + e);
    // On the side of the smaller probability nothing cancels.
    double p = s < 0 ? e * inverse : inverse;
    *gradient = (float)(w * (p - outcome));
    *hessian = (float)(w * (e * inverse * inverse));
}

// Two loops, since a masked load of weights that are not there costs a fault in every vector.
INLINE void gradients_body(const double *restrict scores, const float *restrict outcomes, const float *restrict weights,
                           size_t count, float *restrict gradients, float *restrict hessians) {
    if (weights == NULL)
        for (size_t i = 0; i < count; i++) gradient_of_row(scores[i], outcomes[i], 1, gradients + i, hessians + i);
    else
        for (size_t i = 0; i < count; i++)
            gradient_of_row(scores[i], outcomes[i], weights[i], gradients + i, hessians + i);
}

VERSIONS(void, gradients,
         (const double *scores, const float *outcomes, const float *weights, size_t count, float *gradients,
          float *hessians),
         (scores, outcomes, weights, count, gradients, hessians))

void obligor_binary_gradients(obligor_instructions instructions, const double *scores, const float *outcomes,
                              const float *weights, size_t count, float *gradients, float *hessians) {
    CHOOSE(gradients, (scores, outcomes, weights, count, gradients, hessians))
}

// Rows whose largest score and sum of exponentials are kept between the passes over classes.
#define SOFTMAX_ROWS 256

INLINE double exp_below(double score, double largest) {
    double x = score - largest;
    return exp_of_negative(x < -700 ? -700 : x);
}

INLINE void softmax_body(const double *restrict scores, size_t stride, size_t classes, const float *restrict outcomes,
                         const float *restrict weights, size_t first_row, size_t count, float *const *gradients,
                         float *const *hessians) {
    // Friedman (2001): the diagonal hessian understates the step of K - 1 free scores by K / (K - 1).
    const double factor = (double)classes / (double)(classes - 1);
    double largest[SOFTMAX_ROWS], inverse[SOFTMAX_ROWS], weight[SOFTMAX_ROWS];
    for (size_t done = 0; done < count; done += SOFTMAX_ROWS) {
        const size_t rows = count - done < SOFTMAX_ROWS ? count - done : SOFTMAX_ROWS;
        const size_t row = first_row + done;
        const double *first = scores + row;
        for (size_t i = 0; i < rows; i++) largest[i] = first[i];
        for (size_t k = 1; k < classes; k++) {
            const double *own = first + k * stride;
            for (size_t i = 0; i < rows; i++) largest[i] = own[i] > largest[i] ? own[i] : largest[i];
        }
        for (size_t i = 0; i < rows; i++) inverse[i] = 0;
        for (size_t k = 0; k < classes; k++) {
            const double *own = first + k * stride;
            for (size_t i = 0; i < rows; i++) inverse[i] += exp_below(own[i], largest[i]);
        }
        for (size_t i = 0; i < rows; i++) inverse[i] = 1 / inverse[i];
        if (weights == NULL)
            for (size_t i = 0; i < rows; i++) weight[i] = 1;
        else
            for (size_t i = 0; i < rows; i++) weight[i] = weights[row + i];
        for (size_t k = 0; k < classes; k++) {
            const double *own = first + k * stride;
            float *restrict gradient = gradients[k] + row;
            float *restrict hessian = hessians[k] + row;
            const float *outcome = outcomes + row;
            const float label = (float)k;
            for (size_t i = 0; i < rows; i++) {
                double p = exp_below(own[i], largest[i]) * inverse[i];
                double y = outcome[i] == label ? 1.0 : 0.0;
                gradient[i] = (float)(weight[i] * (p - y));
                hessian[i] = (float)(weight[i] * (factor * p * (1 - p)));
            }
        }
    }
}

VERSIONS(void, softmax,
         (const double *scores, size_t stride, size_t classes, const float *outcomes, const float *weights,
          size_t first_row, size_t count, float *const *gradients, float *const *hessians),
         (scores, stride, classes, outcomes, weights, first_row, count, gradients, hessians))

void obligor_softmax_gradients(obligor_instructions instructions, const double *scores, size_t stride, size_t classes,
                               const float *outcomes, const float *weights, size_t first_row, size_t count,
                               float *const *gradients, float *const *hessians) {
    CHOOSE(softmax, (scores, stride, classes, outcomes, weights, first_row, count, gradients, hessians))
}

// Sums in eight lanes that are joined in order, so that every width of instructions adds the same numbers.
#define EXTENT_LANES 8

INLINE obligor_gradient_extent extent_body(const float *gradients, const float *hessians, size_t count) {
    float most_g[EXTENT_LANES] = {0}, most_h[EXTENT_LANES] = {0};
    double sum_g[EXTENT_LANES] = {0}, sum_h[EXTENT_LANES] = {0}, squares[EXTENT_LANES] = {0};
    for (size_t first = 0; first < count; first += EXTENT_LANES) {
        float g[EXTENT_LANES] = {0}, h[EXTENT_LANES] = {0};
        const size_t width = count - first < EXTENT_LANES ? count - first : EXTENT_LANES;
        if (width == EXTENT_LANES) {
            memcpy(g, gradients + first, sizeof g);
            memcpy(h, hessians + first, sizeof h);
        } else {
            memcpy(g, gradients + first, width * sizeof(float));
            memcpy(h, hessians + first, width * sizeof(float));
        }
        for (int k = 0; k < EXTENT_LANES; k++) {
            const float size = fabsf(g[k]);
            most_g[k] = size > most_g[k] ? size : most_g[k];
            most_h[k] = h[k] > most_h[k] ? h[k] : most_h[k];
            sum_g[k] += (double)size;
            sum_h[k] += (double)h[k];
            squares[k] += (double)size * (double)size;
        }
    }
    obligor_gradient_extent extent = {0};
    for (int k = 0; k < EXTENT_LANES; k++) {
        extent.largest_gradient = most_g[k] > extent.largest_gradient ? most_g[k] : extent.largest_gradient;
        extent.largest_hessian = most_h[k] > extent.largest_hessian ? most_h[k] : extent.largest_hessian;
        extent.gradients += sum_g[k];
        extent.hessians += sum_h[k];
        extent.squares += squares[k];
    }
    return extent;
}

VERSIONS(obligor_gradient_extent, extent, (const float *gradients, const float *hessians, size_t count),
         (gradients, hessians, count))

obligor_gradient_extent obligor_extent_of_gradients(obligor_instructions instructions, const float *gradients,
                                                    const float *hessians, size_t count) {
    CHOOSE(extent, (gradients, hessians, count))
}

INLINE uint32_t scramble(uint32_t x) {
    x ^= x >> 16;
    x *= 0x7feb352dU;
    x ^= x >> 15;
    x *= 0x846ca68bU;
    x ^= x >> 16;
    return x;
}

INLINE void pack_body(const float *gradients, const float *hessians, size_t first_row, size_t count,
                      float gradient_scale, float hessian_scale, uint32_t key, int32_t *packed) {
    for (size_t i = 0; i < count; i++) {
        uint32_t noise = scramble((uint32_t)(first_row + i) * 0x9e3779b9U + key);
        // 16 bits of noise for each; their middle keeps the rounding unbiased to 2^-17.
        float u = ((float)(noise & 0xffff) + 0.5f) * 0x1p-16f;
        float v = ((float)(noise >> 16) + 0.5f) * 0x1p-16f;
        int32_t g = (int32_t)floorf(gradients[i] * gradient_scale + u);
        int32_t h = (int32_t)floorf(hessians[i] * hessian_scale + v);
        packed[i] = (int32_t)((uint32_t)g << 16) | h;
    }
}

VERSIONS(void, pack,
         (const float *gradients, const float *hessians, size_t first_row, size_t count, float gradient_scale,
          float hessian_scale, uint32_t key, int32_t *packed),
         (gradients, hessians, first_row, count, gradient_scale, hessian_scale, key, packed))

void obligor_pack_gradients(obligor_instructions instructions, const float *gradients, const float *hessians,
                            size_t first_row, size_t count, float gradient_scale, float hessian_scale, uint32_t key,
                            int32_t *packed) {
    CHOOSE(pack, (gradients, hessians, first_row, count, gradient_scale, hessian_scale, key, packed))
}
