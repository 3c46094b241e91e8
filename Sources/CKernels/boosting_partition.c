#include "boosting.h"
#include "versions.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

// Deals the rows from place `first` on, `l` of those before having gone left.
#define PARTITION_PLAIN(SUFFIX, BIN)                                                                                   \
    INLINE size_t partition_rest_##SUFFIX(const BIN *column, const uint8_t *goes_left, const uint32_t *rows,           \
                                          size_t first, size_t count, uint32_t *left, size_t l, uint32_t *right) {     \
        for (size_t k = first; k < count; k++) {                                                                       \
            uint32_t row = rows[k];                                                                                    \
            size_t go = goes_left[column[row]];                                                                        \
            left[l] = row;                                                                                             \
            right[k - l] = row;                                                                                        \
            l += go;                                                                                                   \
        }                                                                                                              \
        return l;                                                                                                      \
    }

PARTITION_PLAIN(u8, uint8_t)
PARTITION_PLAIN(u16, uint16_t)

#if defined(__x86_64__)
// Sixteen at a time: either side is compressed in a register and written whole, which ends where the rows read so far
// end.
#define PARTITION_AVX512(SUFFIX, BIN)                                                                                  \
    AVX512 static size_t partition_avx512_##SUFFIX(const BIN *column, const uint8_t *goes_left, const uint32_t *rows,  \
                                                   size_t count, uint32_t *left, uint32_t *right) {                    \
        size_t l = 0, k = 0;                                                                                           \
        for (; k + 16 <= count; k += 16) {                                                                             \
            const __m512i sixteen = _mm512_loadu_si512(rows + k);                                                      \
            uint32_t go = 0;                                                                                           \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < 16; i++) go |=                                      \
                (uint32_t)goes_left[column[rows[k + (size_t)i]]] << i;                                                 \
            _mm512_storeu_si512(left + l, _mm512_maskz_compress_epi32((__mmask16)go, sixteen));                        \
            _mm512_storeu_si512(right + (k - l), _mm512_maskz_compress_epi32((__mmask16)~go, sixteen));                \
            l += (size_t)__builtin_popcount(go);                                                                       \
        }                                                                                                              \
        return partition_rest_##SUFFIX(column, goes_left, rows, k, count, left, l, right);                             \
    }

PARTITION_AVX512(u8, uint8_t)
PARTITION_AVX512(u16, uint16_t)
#define PARTITION_WIDE(SUFFIX)                                                                                         \
    if (instructions == OBLIGOR_AVX512) return partition_avx512_##SUFFIX(column, goes_left, rows, count, left, right);
#else
#define PARTITION_WIDE(SUFFIX) (void)instructions;
#endif

size_t obligor_partition_u8(obligor_instructions instructions, const uint8_t *column, const uint8_t *goes_left,
                            const uint32_t *rows, size_t count, uint32_t *left, uint32_t *right) {
    PARTITION_WIDE(u8)
    return partition_rest_u8(column, goes_left, rows, 0, count, left, 0, right);
}

size_t obligor_partition_u16(obligor_instructions instructions, const uint16_t *column, const uint8_t *goes_left,
                             const uint32_t *rows, size_t count, uint32_t *left, uint32_t *right) {
    PARTITION_WIDE(u16)
    return partition_rest_u16(column, goes_left, rows, 0, count, left, 0, right);
}
