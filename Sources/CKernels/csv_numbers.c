// Plain numbers of at most 32 characters, without a branch per digit.
//
// The digits of a field are brought to the right end of 16 or 32 bytes, the decimal mark taken out, and neighbours
// joined pairwise: 16 digits, 8 pairs, 4 quadruples, 2 numbers of eight digits. The value is that whole number m
// divided by a power of ten 10^f. With m <= 2^53 and f <= 22 both are exact, so the quotient is the double nearest
// to what is written; else m is multiplied with 128 bits of the power.
//
// Sources: W. D. Clinger (1990), How to read floating point numbers accurately, PLDI; D. Lemire (2021), Number
// parsing at a gigabyte per second, Software: Practice and Experience 51(8).

#include "csv.h"

#include <float.h>
#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define INLINE static inline __attribute__((always_inline))

enum { SHORT = 16, LONG = 32 };

// Whole numbers from here on are left to others: an upper half of 922, or twenty digits, may not fit 63 bits.
static const uint64_t whole_limit = 9220000000000000000;

static const double power_of_ten[SHORT] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                           1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

// The leading 128 bits of 10^-f in two halves, rounded up for f <= 27 and down from there.
static const uint64_t inverse_high[LONG] = {
    0x8000000000000000, 0xCCCCCCCCCCCCCCCC, 0xA3D70A3D70A3D70A, 0x83126E978D4FDF3B,
    0xD1B71758E219652B, 0xA7C5AC471B478423, 0x8637BD05AF6C69B5, 0xD6BF94D5E57A42BC,
    0xABCC77118461CEFC, 0x89705F4136B4A597, 0xDBE6FECEBDEDD5BE, 0xAFEBFF0BCB24AAFE,
    0x8CBCCC096F5088CB, 0xE12E13424BB40E13, 0xB424DC35095CD80F, 0x901D7CF73AB0ACD9,
    0xE69594BEC44DE15B, 0xB877AA3236A4B449, 0x9392EE8E921D5D07, 0xEC1E4A7DB69561A5,
    0xBCE5086492111AEA, 0x971DA05074DA7BEE, 0xF1C90080BAF72CB1, 0xC16D9A0095928A27,
    0x9ABE14CD44753B52, 0xF79687AED3EEC551, 0xC612062576589DDA, 0x9E74D1B791E07E48,
    0xFD87B5F28300CA0D, 0xCAD2F7F5359A3B3E, 0xA2425FF75E14FC31, 0x81CEB32C4B43FCF4};
static const uint64_t inverse_low[LONG] = {
    0x0000000000000000, 0xCCCCCCCCCCCCCCCD, 0x3D70A3D70A3D70A4, 0x645A1CAC083126EA,
    0xD3C36113404EA4A9, 0x0FCF80DC33721D54, 0xA63F9A49C2C1B110, 0x3D32907604691B4D,
    0xFDC20D2B36BA7C3E, 0x31680A88F8953031, 0xB573440E5A884D1C, 0xF78F69A51539D749,
    0xF93F87B7442E45D4, 0x2865A5F206B06FBA, 0x538484C19EF38C95, 0x0F9D37014BF60A11,
    0x4C2EBE687989A9B4, 0x09BEFEB9FAD487C3, 0x3AFF322E62439FD0, 0x2B31E9E3D06C32E6,
    0x88F4BB1CA6BCF585, 0xD3F6FC16EBCA5E04, 0x5324C68B12DD6339, 0x75B7053C0F178294,
    0xC4926A9672793543, 0x3A83DDBD83F52205, 0x95364AFE032A819E, 0x775EA264CF55347E,
    0x8BCA9D6E188853FC, 0x096EE45813A04330, 0xA1258379A94D028D, 0x80EACF948770CED7};

// A number as written: (negative ? -1 : 1) * whole / 10^places.
typedef struct {
    uint64_t whole;
    unsigned places;
    int negative;
} decimal;

// ---- What becomes of a number; false if another way is needed

// The double nearest to whole / 10^places, for 0 < whole < 2^63 and places < 32, by one or two multiplications.
INLINE double scaled(uint64_t whole, unsigned places)
{
    const int zeros = __builtin_clzll(whole);
    whole <<= zeros;
    unsigned __int128 product = (unsigned __int128)whole * inverse_high[places];
    if (((uint64_t)(product >> 64) & 0x1FF) == 0x1FF)
        product += (uint64_t)(((unsigned __int128)whole * inverse_low[places]) >> 64);
    const uint64_t high = (uint64_t)(product >> 64), low = (uint64_t)product;
    const int upper = (int)(high >> 63), shift = upper + 9;
    uint64_t significand = high >> shift;
    // floor(log2 10^-places), biased.
    uint64_t exponent = (uint64_t)((217706 * -(int)places >> 16) + 63 + upper - zeros + 1023);
    // Exactly half way: to even.
    if (low <= 1 && places <= 4 && (significand & 3) == 1 && significand << shift == high) significand &= ~1ull;
    significand = (significand + (significand & 1)) >> 1;
    // Rounded up to the next power of two, the significand carries into the exponent.
    const uint64_t bits = (exponent << 52) + significand - (1ull << 52);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// The double nearest to the number, the shorter way for short ones. Long ones all go the longer way: which of them
// are small enough for the shorter one comes in no order, and a wrong guess of the processor costs more.
INLINE int double_of(decimal number, int isLong, double *value)
{
    double quotient = 0;
    if (!isLong && number.whole <= 1ull << 53)
        quotient = (double)(int64_t)number.whole / power_of_ten[number.places];
    else if (number.whole != 0)
        quotient = scaled(number.whole, number.places);
    // Without a branch: signs come in no order either.
    uint64_t bits;
    memcpy(&bits, &quotient, sizeof bits);
    bits |= (uint64_t)number.negative << 63;
    memcpy(value, &bits, sizeof bits);
    return 1;
}

INLINE int float_of(decimal number, int isLong, float *value)
{
    double wide;
    (void)double_of(number, isLong, &wide);
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

INLINE int integer_of(decimal number, int isLong, int64_t *value)
{
    (void)isLong;
    // Minus zero is no whole number.
    if (__builtin_expect(number.places != 0 || (number.negative && number.whole == 0), 0)) return 0;
    *value = number.negative ? -(int64_t)number.whole : (int64_t)number.whole;
    return 1;
}

// ---- Plain

// Reads text[start] ... text[end - 1], 1 to 32 characters; false if it is not a plain number.
INLINE int read_plain(const uint8_t *text, size_t start, size_t end, uint8_t mark, decimal *number)
{
    number->negative = text[start] == '-';
    uint64_t whole = 0;
    unsigned digits = 0, places = 0, marks = 0;
    for (size_t i = start + (size_t)number->negative; i < end; i++) {
        const unsigned digit = (unsigned)text[i] - '0';
        if (digit < 10) {
            if (whole >= whole_limit / 10) return 0;
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
    // Without a branch: numbers below 1 are as frequent as others.
    return (first[0] == '0') & ((uint8_t)(first[1] - '0') < 10);
}

// ---- One text for all versions

#define DEFINE(NAME, SUFFIX, TARGET, VALUE, CONVERT, MISSING, MARK)                                            \
    /* Reads one field; false if another way is needed. */                                                     \
    TARGET INLINE int NAME##_one_##SUFFIX(const obligor_csv_fields *fields, size_t i, VALUE *values)           \
    {                                                                                                          \
        const uint8_t *text = fields->text;                                                                    \
        const uint32_t *ends = fields->ends + i * fields->stride;                                              \
        uint32_t start = ends[-1] + 1, end = ends[0];                                                          \
        if (fields->last && end > start && text[end - 1] == '\r') end--;                                       \
        if (start == end) {                                                                                    \
            values[i] = MISSING;                                                                               \
            return 1;                                                                                          \
        }                                                                                                      \
        if (__builtin_expect(text[start] == '"', 0) && end - start > 2) {                                      \
            start++;                                                                                           \
            end--;                                                                                             \
        }                                                                                                      \
        decimal number;                                                                                        \
        return end - start <= LONG && !is_padded(text, start) &&                                             \
               read_##SUFFIX(text, start, end, MARK, &number) &&                                               \
               CONVERT(number, end - start > SHORT, &values[i]);                                               \
    }                                                                                                          \
    TARGET static size_t NAME##_##SUFFIX(obligor_csv_fields fields, VALUE *values, uint32_t *left)             \
    {                                                                                                          \
        size_t others = 0;                                                                                     \
        for (size_t i = 0; i < fields.count; i++)                                                              \
            if (!NAME##_one_##SUFFIX(&fields, i, values)) left[others++] = (uint32_t)i;                        \
        return others;                                                                                         \
    }

#define DEFINE_ALL(SUFFIX, TARGET)                                                                             \
    DEFINE(doubles, SUFFIX, TARGET, double, double_of, (double)NAN, fields->decimal)                            \
    DEFINE(floats, SUFFIX, TARGET, float, float_of, NAN, fields->decimal)                                       \
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

// At most 16 characters.
AVX2 INLINE int read_short(const uint8_t *text, size_t start, size_t end, uint8_t mark, decimal *number)
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

// Thirty-two bytes from entry 32 - n on: n bytes of all ones behind 32 - n zeros.
static const uint8_t far_behind[64] = {
    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF};

// At most 32 characters: the same in two halves.
AVX2 INLINE int read_long(const uint8_t *text, size_t start, size_t end, uint8_t mark, decimal *number)
{
    const unsigned length = (unsigned)(end - start);
    const __m256i field = _mm256_loadu_si256((const __m256i *)(text + end - 32));
    const __m256i inField = _mm256_loadu_si256((const __m256i *)(far_behind + length));
    const __m256i digits = _mm256_sub_epi8(field, _mm256_set1_epi8('0'));
    const __m256i isDigit = _mm256_and_si256(
        _mm256_cmpeq_epi8(_mm256_min_epu8(digits, _mm256_set1_epi8(9)), digits), inField);
    const __m256i isMark = _mm256_and_si256(_mm256_cmpeq_epi8(field, _mm256_set1_epi8((char)mark)), inField);
    const uint32_t digitBits = (uint32_t)_mm256_movemask_epi8(isDigit);
    const uint32_t markBits = (uint32_t)_mm256_movemask_epi8(isMark);
    const uint32_t negative = text[start] == '-';
    const uint32_t known = digitBits | markBits | negative << (32 - length);
    if (known != (uint32_t)(0xFFFFFFFF00000000 >> length) || (markBits & (markBits - 1)) != 0 ||
        digitBits < 0x80000000)
        return 0;
    const unsigned digitsBehind = markBits ? 31 - _tzcnt_u32(markBits) : 32;
    const __m256i isBehind = _mm256_loadu_si256((const __m256i *)(far_behind + digitsBehind));
    const __m256i kept = _mm256_and_si256(digits, isDigit);
    // Every byte one place to the right, across the middle.
    const __m256i lower = _mm256_permute2x128_si256(kept, kept, 0x08);
    const __m256i aligned = _mm256_blendv_epi8(_mm256_alignr_epi8(kept, lower, 15), kept, isBehind);
    const uint64_t upperHalf = joined(_mm256_castsi256_si128(aligned));
    if (upperHalf >= 922) return 0;
    number->whole = upperHalf * 10000000000000000 + joined(_mm256_extracti128_si256(aligned, 1));
    number->places = digitsBehind & 31;
    number->negative = (int)negative;
    return 1;
}

AVX2 INLINE int read_avx2(const uint8_t *text, size_t start, size_t end, uint8_t mark, decimal *number)
{
    return end - start <= SHORT ? read_short(text, start, end, mark, number)
                                : read_long(text, start, end, mark, number);
}

DEFINE_ALL(avx2, AVX2)

// ---- AVX-512: four fields at a time, one per 128-bit lane

#define AVX512                                                                                                 \
    __attribute__((target("avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx512vbmi,avx512bitalg,avx2,bmi,bmi2," \
                          "popcnt,lzcnt")))

// Four numbers as written.
typedef struct {
    __m256i whole;
    // 16-bit lanes.
    __m128i places;
    __mmask8 negative, empty;
} decimals;

// Bits 0 ... 14 of every lane of a mask, and bit 15.
static const uint64_t below_last = 0x7FFF7FFF7FFF7FFF, last_of_lane = 0x8000800080008000;

// Which of four 16-bit lanes are not zero.
AVX512 INLINE __mmask8 occupied(uint64_t lanes)
{
    const __m128i each = _mm_cvtsi64_si128((long long)lanes);
    return _mm_test_epi16_mask(each, each);
}

// The bytes before the ends of four fields, one field per lane.
AVX512 INLINE __m512i load_four(const uint8_t *text, const uint32_t *ends, size_t before)
{
    __m512i v = _mm512_castsi128_si512(_mm_loadu_si128((const __m128i *)(text + ends[0] - before)));
    v = _mm512_inserti32x4(v, _mm_loadu_si128((const __m128i *)(text + ends[1] - before)), 1);
    v = _mm512_inserti32x4(v, _mm_loadu_si128((const __m128i *)(text + ends[2] - before)), 2);
    return _mm512_inserti32x4(v, _mm_loadu_si128((const __m128i *)(text + ends[3] - before)), 3);
}

// The length of its field in every byte of a lane.
AVX512 INLINE __m512i spread_lengths(__m128i lengths)
{
    const __m512i spread = _mm512_set_epi32(
        0x0C0C0C0C, 0x0C0C0C0C, 0x0C0C0C0C, 0x0C0C0C0C, 0x08080808, 0x08080808, 0x08080808, 0x08080808, 0x04040404,
        0x04040404, 0x04040404, 0x04040404, 0, 0, 0, 0);
    return _mm512_permutexvar_epi8(spread, _mm512_castsi128_si512(lengths));
}

// The digits of a lane as one number, the first the most significant.
AVX512 INLINE __m256i joined_four(__m512i digits)
{
    const __m512i pairs = _mm512_maddubs_epi16(digits, _mm512_set1_epi16(0x010A));
    const __m512i quadruples = _mm512_madd_epi16(pairs, _mm512_set1_epi32(0x00010064));
    const __m512i packed = _mm512_packus_epi32(quadruples, quadruples);
    const __m512i eights = _mm512_madd_epi16(packed, _mm512_set1_epi32(0x00012710));
    const __m512i whole = _mm512_add_epi64(
        _mm512_mul_epu32(eights, _mm512_set1_epi64(100000000)), _mm512_srli_epi64(eights, 32));
    return _mm512_castsi512_si256(_mm512_permutexvar_epi64(_mm512_set_epi64(0, 0, 0, 0, 6, 4, 2, 0), whole));
}

// Reads four fields of at most 16 characters; false if one of them is neither empty nor a plain number.
AVX512 INLINE int read_four(const uint8_t *text, const uint32_t *ends, __m128i lengths, uint8_t mark,
                            decimals *numbers)
{
    const __m512i v = load_four(text, ends, 16);
    // How far every byte is from the end of its field.
    const __m512i length = spread_lengths(lengths);
    const __m512i fromEnd = _mm512_set4_epi32(0x00010203, 0x04050607, 0x08090A0B, 0x0C0D0E0F);
    const __mmask64 field = _mm512_cmplt_epu8_mask(fromEnd, length);

    const __m512i digits = _mm512_sub_epi8(v, _mm512_set1_epi8('0'));
    const __mmask64 isDigit = _mm512_mask_cmplt_epu8_mask(field, digits, _mm512_set1_epi8(10));
    const __mmask64 isZero = _mm512_mask_testn_epi8_mask(field, digits, digits);
    const __mmask64 isMark = _mm512_mask_cmpeq_epi8_mask(field, v, _mm512_set1_epi8((char)mark));
    const __mmask64 isMinus = _mm512_mask_cmpeq_epi8_mask(field, v, _mm512_set1_epi8('-'));

    const uint64_t first = field & ~((field & below_last) << 1);
    const uint64_t firstDigit = (first & ~isMinus) | (first & isMinus & below_last) << 1;
    const uint64_t padded = (isZero & firstDigit & below_last) << 1 & isDigit;
    const __m128i marks = _mm_cvtsi64_si128((long long)isMark);
    const __m128i less = _mm_add_epi16(marks, _mm_set1_epi16(-1));
    const uint64_t trouble = ((isDigit | isMark | isMinus) ^ field) | (isMinus & ~first) |
                             (field & last_of_lane & ~isDigit) | padded;
    if (__builtin_expect(trouble != 0 || !_mm_testz_si128(marks, less), 0)) return 0;

    // Digits before the mark move one place to the right, over it: bits up to the mark, where there is one.
    const __mmask8 hasMark = _mm_test_epi16_mask(marks, marks);
    const __m128i upToMark = _mm_maskz_mov_epi16(hasMark, _mm_xor_si128(marks, less));
    const __m512i kept = _mm512_maskz_mov_epi8(isDigit, digits);
    const __m512i aligned = _mm512_mask_mov_epi8(
        kept, (__mmask64)_mm_cvtsi128_si64(upToMark), _mm512_bslli_epi128(kept, 1));
    numbers->whole = joined_four(aligned);
    numbers->places = _mm_maskz_sub_epi16(hasMark, _mm_set1_epi16(16), _mm_popcnt_epi16(upToMark));
    numbers->negative = occupied(isMinus);
    numbers->empty = (__mmask8)(~occupied(field) & 15);
    return 1;
}

// Two masks of four 16-bit lanes as one of four 32-bit lanes: what comes first in the text in the low halves.
AVX512 INLINE __m128i paired(__mmask64 front, __mmask64 back)
{
    return _mm_unpacklo_epi16(_mm_cvtsi64_si128((long long)front), _mm_cvtsi64_si128((long long)back));
}

// Reads four fields of at most 32 characters, each in two halves; false as above.
AVX512 INLINE int read_four_long(const uint8_t *text, const uint32_t *ends, __m128i lengths, uint8_t mark,
                                 decimals *numbers)
{
    const __m512i front = load_four(text, ends, 32), back = load_four(text, ends, 16);
    const __m512i length = spread_lengths(lengths);
    const __m512i fromEnd = _mm512_set4_epi32(0x00010203, 0x04050607, 0x08090A0B, 0x0C0D0E0F);
    const __mmask64 inFront =
        _mm512_cmplt_epu8_mask(_mm512_add_epi8(fromEnd, _mm512_set1_epi8(16)), length);
    const __mmask64 inBack = _mm512_cmplt_epu8_mask(fromEnd, length);
    const __m512i zero = _mm512_set1_epi8('0'), ten = _mm512_set1_epi8(10);
    const __m512i marks = _mm512_set1_epi8((char)mark), minuses = _mm512_set1_epi8('-');
    const __m512i frontDigits = _mm512_sub_epi8(front, zero), backDigits = _mm512_sub_epi8(back, zero);
    const __mmask64 isFrontDigit = _mm512_mask_cmplt_epu8_mask(inFront, frontDigits, ten);
    const __mmask64 isBackDigit = _mm512_mask_cmplt_epu8_mask(inBack, backDigits, ten);

    const __m128i field = paired(inFront, inBack);
    const __m128i isDigit = paired(isFrontDigit, isBackDigit);
    const __m128i isZero = paired(
        _mm512_mask_testn_epi8_mask(inFront, frontDigits, frontDigits),
        _mm512_mask_testn_epi8_mask(inBack, backDigits, backDigits));
    const __m128i isMark = paired(
        _mm512_mask_cmpeq_epi8_mask(inFront, front, marks), _mm512_mask_cmpeq_epi8_mask(inBack, back, marks));
    const __m128i isMinus = paired(
        _mm512_mask_cmpeq_epi8_mask(inFront, front, minuses), _mm512_mask_cmpeq_epi8_mask(inBack, back, minuses));

    const __m128i first = _mm_andnot_si128(_mm_slli_epi32(field, 1), field);
    const __m128i firstDigit = _mm_or_si128(
        _mm_andnot_si128(isMinus, first), _mm_slli_epi32(_mm_and_si128(first, isMinus), 1));
    const __m128i padded = _mm_and_si128(_mm_slli_epi32(_mm_and_si128(isZero, firstDigit), 1), isDigit);
    const __m128i unknown = _mm_xor_si128(_mm_or_si128(_mm_or_si128(isDigit, isMark), isMinus), field);
    const __m128i last = _mm_andnot_si128(isDigit, _mm_and_si128(field, _mm_set1_epi32((int)0x80000000)));
    const __m128i trouble = _mm_or_si128(
        _mm_or_si128(_mm_or_si128(unknown, _mm_andnot_si128(first, isMinus)), _mm_or_si128(last, padded)),
        _mm_and_si128(isMark, _mm_add_epi32(isMark, _mm_set1_epi32(-1))));
    if (__builtin_expect(!_mm_testz_si128(trouble, trouble), 0)) return 0;

    // Digits before the mark move one place to the right, over it and over the middle.
    const __mmask8 hasMark = _mm_test_epi32_mask(isMark, isMark);
    const __m128i upToMark =
        _mm_maskz_mov_epi32(hasMark, _mm_xor_si128(isMark, _mm_add_epi32(isMark, _mm_set1_epi32(-1))));
    const __mmask64 frontMoves = (__mmask64)_mm_cvtsi128_si64(_mm_cvtepi32_epi16(upToMark));
    const __mmask64 backMoves = (__mmask64)_mm_cvtsi128_si64(_mm_cvtepi32_epi16(_mm_srli_epi32(upToMark, 16)));
    const __m512i keptFront = _mm512_maskz_mov_epi8(isFrontDigit, frontDigits);
    const __m512i keptBack = _mm512_maskz_mov_epi8(isBackDigit, backDigits);
    const __m512i movedBack = _mm512_alignr_epi8(keptBack, keptFront, 15);
    const __m256i upper =
        joined_four(_mm512_mask_mov_epi8(keptFront, frontMoves, _mm512_bslli_epi128(keptFront, 1)));
    const __m256i lower = joined_four(_mm512_mask_mov_epi8(keptBack, backMoves, movedBack));
    // Whole numbers from 922e16 on may not fit.
    if (__builtin_expect(_mm256_cmpgt_epu64_mask(upper, _mm256_set1_epi64x(921)) != 0, 0)) return 0;
    numbers->whole = _mm256_add_epi64(lower, _mm256_mullo_epi64(upper, _mm256_set1_epi64x(10000000000000000)));
    // The text ends at the highest bit.
    numbers->places = _mm_cvtepi32_epi16(_mm_maskz_lzcnt_epi32(hasMark, isMark));
    numbers->negative = _mm_test_epi32_mask(isMinus, isMinus);
    numbers->empty = _mm_testn_epi32_mask(field, field);
    return 1;
}

// What becomes of four numbers; false if one of them needs another way.

AVX512 INLINE int four_quotients(decimals numbers, __m256d *quotients)
{
    if (__builtin_expect(_mm256_cmpgt_epu64_mask(numbers.whole, _mm256_set1_epi64x(1ll << 53)) != 0, 0)) return 0;
    const __m512i places = _mm512_castsi256_si512(_mm256_cvtepu16_epi64(numbers.places));
    const __m512d power = _mm512_permutex2var_pd(
        _mm512_loadu_pd(power_of_ten), places, _mm512_loadu_pd(power_of_ten + 8));
    const __m256d quotient = _mm256_div_pd(_mm256_cvtepu64_pd(numbers.whole), _mm512_castpd512_pd256(power));
    *quotients = _mm256_mask_xor_pd(quotient, numbers.negative, quotient, _mm256_set1_pd(-0.0));
    return 1;
}

// The product of four 64-bit numbers, by halves: the upper 64 bits, and the lower ones.
AVX512 INLINE __m256i four_products(__m256i a, __m256i b, __m256i *low)
{
    const __m256i half = _mm256_set1_epi64x(0xFFFFFFFF);
    const __m256i upperA = _mm256_srli_epi64(a, 32), upperB = _mm256_srli_epi64(b, 32);
    const __m256i lowest = _mm256_mul_epu32(a, b);
    const __m256i first = _mm256_add_epi64(_mm256_mul_epu32(upperA, b), _mm256_srli_epi64(lowest, 32));
    const __m256i second = _mm256_add_epi64(_mm256_mul_epu32(a, upperB), _mm256_and_si256(first, half));
    *low = _mm256_or_si256(_mm256_slli_epi64(second, 32), _mm256_and_si256(lowest, half));
    return _mm256_add_epi64(
        _mm256_add_epi64(_mm256_mul_epu32(upperA, upperB), _mm256_srli_epi64(first, 32)),
        _mm256_srli_epi64(second, 32));
}

// `inverse_high` of four numbers of places.
AVX512 INLINE __m256i four_powers(__m256i places)
{
    const __m512i index = _mm512_castsi256_si512(places);
    const __m512i few = _mm512_permutex2var_epi64(
        _mm512_loadu_si512(inverse_high), index, _mm512_loadu_si512(inverse_high + 8));
    const __m512i many = _mm512_permutex2var_epi64(
        _mm512_loadu_si512(inverse_high + 16), index, _mm512_loadu_si512(inverse_high + 24));
    const __mmask8 areMany = _mm512_test_epi64_mask(index, _mm512_set1_epi64(16));
    return _mm512_castsi512_si256(_mm512_mask_mov_epi64(few, areMany, many));
}

// `scaled` of four numbers, which may be 0; false if one of them needs the second product or may lie half way.
AVX512 INLINE int four_scaled(__m256i wholes, __m256i places, __m256i *bits)
{
    const __mmask8 notZero = _mm256_test_epi64_mask(wholes, wholes);
    const __m256i zeros = _mm256_lzcnt_epi64(wholes);
    __m256i low;
    const __m256i high = four_products(_mm256_sllv_epi64(wholes, zeros), four_powers(places), &low);
    const __m256i undecided = _mm256_set1_epi64x(0x1FF), one = _mm256_set1_epi64x(1);
    const __mmask8 open = _mm256_cmpeq_epi64_mask(_mm256_and_si256(high, undecided), undecided);
    const __mmask8 half = _mm256_cmple_epu64_mask(low, one);
    if (__builtin_expect(((open | half) & notZero) != 0, 0)) return 0;
    const __m256i upper = _mm256_srli_epi64(high, 63);
    const __m256i truncated = _mm256_srlv_epi64(high, _mm256_add_epi64(upper, _mm256_set1_epi64x(9)));
    const __m256i significand =
        _mm256_srli_epi64(_mm256_add_epi64(truncated, _mm256_and_si256(truncated, one)), 1);
    const __m256i power = _mm256_srai_epi64(_mm256_mul_epi32(places, _mm256_set1_epi64x(-217706)), 16);
    // One less than the biased exponent, since the significand's highest bit is added to it.
    const __m256i exponent = _mm256_sub_epi64(
        _mm256_add_epi64(_mm256_add_epi64(power, upper), _mm256_set1_epi64x(63 + 1023 - 1)), zeros);
    *bits = _mm256_maskz_add_epi64(notZero, _mm256_slli_epi64(exponent, 52), significand);
    return 1;
}

// The same for long numbers: all the longer way, see double_of.
AVX512 INLINE int four_long_doubles(decimals numbers, double *values)
{
    __m256i bits;
    if (!four_scaled(numbers.whole, _mm256_cvtepu16_epi64(numbers.places), &bits)) return 0;
    const __m256d value = _mm256_castsi256_pd(bits);
    const __m256d signedValue = _mm256_mask_xor_pd(value, numbers.negative, value, _mm256_set1_pd(-0.0));
    _mm256_storeu_pd(values, _mm256_mask_mov_pd(signedValue, numbers.empty, _mm256_set1_pd((double)NAN)));
    return 1;
}

AVX512 INLINE int four_doubles(decimals numbers, double *values)
{
    __m256d quotients;
    if (!four_quotients(numbers, &quotients)) return 0;
    _mm256_storeu_pd(values, _mm256_mask_mov_pd(quotients, numbers.empty, _mm256_set1_pd((double)NAN)));
    return 1;
}

AVX512 INLINE int four_floats(decimals numbers, float *values)
{
    __m256d wide;
    if (!four_quotients(numbers, &wide)) return 0;
    const __m128 narrow = _mm256_cvtpd_ps(wide);
    // The two cases of `float_of` that rounding twice gets wrong.
    const __m256i dropped = _mm256_and_si256(_mm256_castpd_si256(wide), _mm256_set1_epi64x(0x1FFFFFFF));
    const __mmask8 half = _mm256_cmpeq_epi64_mask(dropped, _mm256_set1_epi64x(0x10000000));
    const __m128 magnitude = _mm_andnot_ps(_mm_set1_ps(-0.0f), narrow);
    const __mmask8 tiny = _mm_cmp_ps_mask(magnitude, _mm_set1_ps(FLT_MIN), _CMP_LT_OQ) &
                          _mm256_test_epi64_mask(numbers.whole, numbers.whole);
    if (__builtin_expect((half | tiny) != 0, 0)) return 0;
    _mm_storeu_ps(values, _mm_mask_mov_ps(narrow, numbers.empty, _mm_set1_ps(NAN)));
    return 1;
}

AVX512 INLINE int four_integers(decimals numbers, int64_t *values)
{
    const __mmask8 zero = _mm256_testn_epi64_mask(numbers.whole, numbers.whole);
    if (__builtin_expect(!_mm_testz_si128(numbers.places, numbers.places) || (zero & numbers.negative) != 0, 0))
        return 0;
    const __m256i value =
        _mm256_mask_sub_epi64(numbers.whole, numbers.negative, _mm256_setzero_si256(), numbers.whole);
    _mm256_storeu_si256(
        (__m256i *)values, _mm256_mask_mov_epi64(value, numbers.empty, _mm256_set1_epi64x(INT64_MIN)));
    return 1;
}

// Long doubles are frequent where doubles are written in full; other long numbers are read one by one.
AVX512 INLINE int long_doubles(const uint8_t *text, const uint32_t *ends, __m128i lengths, uint8_t mark,
                               double *values)
{
    decimals numbers;
    return read_four_long(text, ends, lengths, mark, &numbers) && four_long_doubles(numbers, values);
}

#define NO_LONG(text, ends, lengths, mark, values) 0

#define DEFINE_FOUR(NAME, VALUE, MARK, LONG_ONES)                                                              \
    AVX512 static size_t NAME##_avx512(obligor_csv_fields fields, VALUE *values, uint32_t *left)               \
    {                                                                                                          \
        size_t others = 0, i = 0;                                                                              \
        const uint8_t *text = fields.text;                                                                     \
        for (; i + 4 <= fields.count; i += 4) {                                                                \
            uint32_t ends[4], lengths[4];                                                                      \
            uint32_t longest = 0;                                                                              \
            for (size_t j = 0; j < 4; j++) {                                                                   \
                const uint32_t *place = fields.ends + (i + j) * fields.stride;                                 \
                const uint32_t start = place[-1] + 1;                                                          \
                uint32_t end = place[0];                                                                       \
                /* The byte before a field may be that before the text. */                                     \
                if (fields.last) end -= (end > start) & (text[(ptrdiff_t)end - 1] == '\r');                    \
                const uint32_t quoted = (text[start] == '"') & (end - start > 2);                              \
                ends[j] = end - quoted;                                                                        \
                lengths[j] = end - start - 2 * quoted;                                                         \
                longest = lengths[j] > longest ? lengths[j] : longest;                                         \
            }                                                                                                  \
            /* Not through memory: a wide load right behind narrow stores waits for them. */                    \
            const __m128i all = _mm_set_epi32(                                                                 \
                (int)lengths[3], (int)lengths[2], (int)lengths[1], (int)lengths[0]);                           \
            decimals numbers;                                                                                  \
            if (longest <= SHORT) {                                                                            \
                if (read_four(text, ends, all, MARK, &numbers) && four_##NAME(numbers, values + i))        \
                    continue;                                                                                  \
            } else if (longest <= LONG && LONG_ONES(text, ends, all, MARK, values + i)) {                  \
                continue;                                                                                      \
            }                                                                                                  \
            for (size_t j = i; j < i + 4; j++)                                                                 \
                if (!NAME##_one_avx2(&fields, j, values)) left[others++] = (uint32_t)j;                        \
        }                                                                                                      \
        for (; i < fields.count; i++)                                                                          \
            if (!NAME##_one_avx2(&fields, i, values)) left[others++] = (uint32_t)i;                            \
        return others;                                                                                         \
    }

DEFINE_FOUR(doubles, double, fields.decimal, long_doubles)
DEFINE_FOUR(floats, float, fields.decimal, NO_LONG)
DEFINE_FOUR(integers, int64_t, (uint8_t)'.', NO_LONG)

#endif

// ---- The choice

#if defined(__x86_64__)
#define CHOOSE(NAME)                                                                                           \
    if (level == OBLIGOR_AVX512) return NAME##_avx512(fields, values, left);                               \
    if (level == OBLIGOR_AVX2) return NAME##_avx2(fields, values, left);                                   \
    return NAME##_plain(fields, values, left)
#else
#define CHOOSE(NAME)                                                                                           \
    (void)level;                                                                                               \
    return NAME##_plain(fields, values, left)
#endif

size_t obligor_csv_doubles(obligor_instructions level, obligor_csv_fields fields, double *values, uint32_t *left)
{
    CHOOSE(doubles);
}

size_t obligor_csv_floats(obligor_instructions level, obligor_csv_fields fields, float *values, uint32_t *left)
{
    CHOOSE(floats);
}

size_t obligor_csv_integers(obligor_instructions level, obligor_csv_fields fields, int64_t *values, uint32_t *left)
{
    CHOOSE(integers);
}
