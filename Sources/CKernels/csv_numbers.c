// Plain numbers of at most sixteen characters, without a branch per digit.
//
// The digits of a field are brought to the right end of sixteen bytes, the decimal mark taken out, and neighbours
// joined pairwise: 16 digits, 8 pairs, 4 quadruples, 2 numbers of eight digits. The value is that whole number m
// divided by a power of ten 10^f. With m <= 2^53 and f <= 22 both are exact, so the quotient is the double nearest
// to what is written.
//
// Source of the division: W. D. Clinger (1990), How to read floating point numbers accurately, PLDI.

#include "csv.h"

#include <float.h>
#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))

enum { WIDEST = 16 };

static const double power_of_ten[WIDEST] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                            1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

// A number as written: (negative ? -1 : 1) * whole / 10^places.
typedef struct {
    uint64_t whole;
    unsigned places;
    int negative;
} decimal;

// ---- What becomes of a number; false if another way is needed

INLINE int double_of(decimal number, double *value)
{
    if (__builtin_expect(number.whole > 1ull << 53, 0)) return 0;
    const double quotient = (double)(int64_t)number.whole / power_of_ten[number.places];
    *value = number.negative ? -quotient : quotient;
    return 1;
}

INLINE int float_of(decimal number, float *value)
{
    double wide;
    if (!double_of(number, &wide)) return 0;
    uint64_t bits;
    memcpy(&bits, &wide, sizeof bits);
    // A double half way between two floats may itself have been rounded there: rounding twice would be wrong.
    if (__builtin_expect((bits & 0x1FFFFFFF) == 0x10000000, 0)) return 0;
    const float narrow = (float)wide;
    // Subnormal floats keep fewer bits, so half way looks different.
    if (__builtin_expect(fabsf(narrow) < FLT_MIN && number.whole != 0, 0)) return 0;
    *value = narrow;
    return 1;
}

INLINE int integer_of(decimal number, int64_t *value)
{
    // Minus zero is no whole number.
    if (__builtin_expect(number.places != 0 || (number.negative && number.whole == 0), 0)) return 0;
    *value = number.negative ? -(int64_t)number.whole : (int64_t)number.whole;
    return 1;
}

// ---- Plain

// Reads text[start] ... text[end - 1], 1 to 16 characters; false if it is not a plain number.
INLINE int read_plain(const uint8_t *text, size_t start, size_t end, uint8_t mark, decimal *number)
{
    number->negative = text[start] == '-';
    uint64_t whole = 0;
    unsigned digits = 0, places = 0, marks = 0;
    for (size_t i = start + (size_t)number->negative; i < end; i++) {
        const unsigned digit = (unsigned)text[i] - '0';
        if (digit < 10) {
            whole = whole * 10 + digit;
            digits++;
            places += marks;
        } else if (text[i] == mark && marks == 0) {
            marks = 1;
        } else {
            return 0;
        }
    }
    number->whole = whole;
    number->places = places;
    return digits > 0 && (marks == 0 || places > 0);
}

// Whether the digits begin with a zero that says nothing; the byte behind a field is never a digit.
INLINE int is_padded(const uint8_t *text, size_t start)
{
    const uint8_t *first = text + start + (text[start] == '-');
    return first[0] == '0' && (uint8_t)(first[1] - '0') < 10;
}

// ---- One text for all versions

#define DEFINE(NAME, SUFFIX, TARGET, VALUE, CONVERT, MISSING, MARK)                                            \
    TARGET static size_t NAME##_##SUFFIX(obligor_csv_fields fields, VALUE *values, uint32_t *left)             \
    {                                                                                                          \
        size_t others = 0;                                                                                     \
        const uint8_t *text = fields.text;                                                                     \
        for (size_t i = 0; i < fields.count; i++) {                                                            \
            const uint32_t *ends = fields.ends + i * fields.stride;                                            \
            uint32_t start = ends[-1] + 1, end = ends[0];                                                      \
            if (fields.last && end > start && text[end - 1] == '\r') end--;                                    \
            if (start == end) {                                                                                \
                values[i] = MISSING;                                                                           \
                continue;                                                                                      \
            }                                                                                                  \
            if (__builtin_expect(text[start] == '"', 0) && end - start > 2) {                                  \
                start++;                                                                                       \
                end--;                                                                                         \
            }                                                                                                  \
            decimal number;                                                                                    \
            if (end - start > WIDEST || is_padded(text, start) ||                                              \
                !read_##SUFFIX(text, start, end, MARK, &number) || !CONVERT(number, &values[i]))               \
                left[others++] = (uint32_t)i;                                                                  \
        }                                                                                                      \
        return others;                                                                                         \
    }

#define DEFINE_ALL(SUFFIX, TARGET)                                                                             \
    DEFINE(doubles, SUFFIX, TARGET, double, double_of, (double)NAN, fields.decimal)                            \
    DEFINE(floats, SUFFIX, TARGET, float, float_of, NAN, fields.decimal)                                       \
    DEFINE(integers, SUFFIX, TARGET, int64_t, integer_of, INT64_MIN, (uint8_t)'.')

DEFINE_ALL(plain, )

#if defined(__x86_64__)

// ---- AVX2

#define AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt")))

// Sixteen bytes from entry 16 - n on: n bytes of all ones behind 16 - n zeros.
static const uint8_t behind[32] = {0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
                                   0,    0,    0,    0,    0,    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                   0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

// The number of sixteen digits, the first the most significant.
AVX2 INLINE uint64_t joined(__m128i digits)
{
    const __m128i pairs = _mm_maddubs_epi16(digits, _mm_set1_epi16(0x010A));
    const __m128i quadruples = _mm_madd_epi16(pairs, _mm_set1_epi32(0x00010064));
    const __m128i packed = _mm_packus_epi32(quadruples, quadruples);
    const __m128i eights = _mm_madd_epi16(packed, _mm_set1_epi32(0x00012710));
    const uint64_t both = (uint64_t)_mm_cvtsi128_si64(eights);
    return (both & 0xFFFFFFFF) * 100000000 + (both >> 32);
}

AVX2 INLINE int read_avx2(const uint8_t *text, size_t start, size_t end, uint8_t mark, decimal *number)
{
    const unsigned length = (unsigned)(end - start);
    const __m128i field = _mm_loadu_si128((const __m128i *)(text + end - 16));
    const __m128i inField = _mm_loadu_si128((const __m128i *)(behind + length));
    const __m128i digits = _mm_sub_epi8(field, _mm_set1_epi8('0'));
    const __m128i isDigit =
        _mm_and_si128(_mm_cmpeq_epi8(_mm_min_epu8(digits, _mm_set1_epi8(9)), digits), inField);
    const __m128i isMark = _mm_and_si128(_mm_cmpeq_epi8(field, _mm_set1_epi8((char)mark)), inField);
    const unsigned digitBits = (unsigned)_mm_movemask_epi8(isDigit);
    const unsigned markBits = (unsigned)_mm_movemask_epi8(isMark);
    const unsigned negative = text[start] == '-';
    const unsigned known = digitBits | markBits | negative << (16 - length);
    // At most one mark, and digits behind it if there is one, and nothing unknown.
    if (__builtin_expect(
            known != (0xFFFF0000u >> length & 0xFFFF) || (markBits & (markBits - 1)) != 0 || digitBits < 0x8000, 0))
        return 0;
    // Digits before the mark move one place to the right, over it. Without a mark all sixteen stand behind it.
    const unsigned digitsBehind = (15 - _tzcnt_u32(markBits | 0x80000000)) & 31;
    const __m128i isBehind = _mm_loadu_si128((const __m128i *)(behind + digitsBehind));
    const __m128i kept = _mm_and_si128(digits, isDigit);
    number->whole = joined(_mm_blendv_epi8(_mm_slli_si128(kept, 1), kept, isBehind));
    number->places = digitsBehind & 15;
    number->negative = (int)negative;
    return 1;
}

DEFINE_ALL(avx2, AVX2)

#endif

// ---- The choice

#if defined(__x86_64__)
#define CHOOSE(NAME)                                                                                           \
    if (level != OBLIGOR_CSV_PLAIN) return NAME##_avx2(fields, values, left);                                  \
    return NAME##_plain(fields, values, left)
#else
#define CHOOSE(NAME)                                                                                           \
    (void)level;                                                                                               \
    return NAME##_plain(fields, values, left)
#endif

size_t obligor_csv_doubles(obligor_csv_level level, obligor_csv_fields fields, double *values, uint32_t *left)
{
    CHOOSE(doubles);
}

size_t obligor_csv_floats(obligor_csv_level level, obligor_csv_fields fields, float *values, uint32_t *left)
{
    CHOOSE(floats);
}

size_t obligor_csv_integers(obligor_csv_level level, obligor_csv_fields fields, int64_t *values, uint32_t *left)
{
    CHOOSE(integers);
}
