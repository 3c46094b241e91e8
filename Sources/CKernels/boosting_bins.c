#include "boosting.h"
#include "versions.h"

#include <string.h>

// The number of bounds below each value, by halving: the same steps for every value, LANES values side by side, so
// that the loads of one do not wait for those of another.
#define LANES 32

#define BIN(SUFFIX, NUMBER)                                                                                            \
    INLINE void bin_##SUFFIX##_body(const NUMBER *values, size_t count, const NUMBER *bounds, size_t bound_count,      \
                                    uint16_t missing, uint16_t *bins) {                                                \
        for (size_t first = 0; first < count; first += LANES) {                                                        \
            int width = count - first < LANES ? (int)(count - first) : LANES;                                          \
            NUMBER v[LANES] = {0};                                                                                     \
            uint32_t below[LANES] = {0};                                                                               \
            memcpy(v, values + first, (size_t)width * sizeof(NUMBER));                                                 \
            uint32_t length = (uint32_t)bound_count;                                                                   \
            while (length > 0) {                                                                                       \
                uint32_t half = (length + 1) / 2;                                                                      \
                for (int k = 0; k < LANES; k++) below[k] += bounds[below[k] + half - 1] < v[k] ? half : 0;             \
                length -= half;                                                                                        \
            }                                                                                                          \
            for (int k = 0; k < width; k++) bins[first + k] = v[k] != v[k] ? missing : (uint16_t)below[k];             \
        }                                                                                                              \
    }                                                                                                                  \
    VERSIONS(void, bin_##SUFFIX,                                                                                       \
             (const NUMBER *values, size_t count, const NUMBER *bounds, size_t bound_count, uint16_t missing,          \
              uint16_t *bins),                                                                                         \
             (values, count, bounds, bound_count, missing, bins))                                                      \
    void obligor_bin_##SUFFIX(obligor_instructions instructions, const NUMBER *values, size_t count,                   \
                              const NUMBER *bounds, size_t bound_count, uint16_t missing, uint16_t *bins) {            \
        CHOOSE(bin_##SUFFIX, (values, count, bounds, bound_count, missing, bins))                                      \
    }

BIN(f32, float)
BIN(f64, double)
