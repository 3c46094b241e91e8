#ifndef OBLIGOR_CSV_H
#define OBLIGOR_CSV_H

#include <stddef.h>
#include <stdint.h>

// Finding the fields of CSV text, and reading the plain ones among its numbers.
//
// All versions give the same results; a text must be followed by 64 readable bytes and, for numbers, preceded
// by 64, whose contents do not matter.

// Which instructions a kernel may use.
typedef enum {
    OBLIGOR_CSV_PLAIN = 0,
    OBLIGOR_CSV_AVX2 = 1,
    OBLIGOR_CSV_AVX512 = 2,
} obligor_csv_level;

// The widest instructions that this processor has.
obligor_csv_level obligor_csv_widest(void);

// What a stretch of text may hold that needs a closer look.
enum {
    // A zero byte.
    OBLIGOR_CSV_ZERO = 1,
    // A byte beyond ASCII.
    OBLIGOR_CSV_WIDE = 2,
    // A quotation mark where RFC 4180 allows none.
    OBLIGOR_CSV_MISPLACED_QUOTE = 4,
    // A carriage return outside quotes that no line feed follows.
    OBLIGOR_CSV_STRAY_RETURN = 8,
};

typedef struct {
    // Quotation marks.
    size_t quotes;
    // Line feeds, inside quotes or not.
    size_t line_feeds;
    // Line feeds before which the number of quotation marks is even.
    size_t breaks;
    // Where the text behind the last of these starts; 0 if there is none.
    size_t behind_last_break;
    // Any of the above.
    unsigned findings;
} obligor_csv_facts;

// Counts what a text holds; looks neither at delimiters nor at the findings.
obligor_csv_facts obligor_csv_count(obligor_csv_level level, const uint8_t *text, size_t length);

// Writes the positions of all delimiters and line feeds outside quotes, in order, and returns how many.
//
// The text must begin at the start of a record. `positions` needs room for length + 64 entries.
size_t obligor_csv_index(obligor_csv_level level, const uint8_t *text, size_t length, uint8_t delimiter,
                         uint32_t *positions, obligor_csv_facts *facts);

// The fields of one column in consecutive records: field i lies between ends[i * stride - 1] and
// ends[i * stride], neither included.
typedef struct {
    const uint8_t *text;
    const uint32_t *ends;
    size_t stride;
    size_t count;
    // Whether the column is the last, so that a carriage return may belong to the line break.
    int last;
    // The decimal mark.
    uint8_t decimal;
} obligor_csv_fields;

// Reads the numbers of a column.
//
// Reads fields that are empty (as NaN, or the smallest integer), and numbers of at most 32 characters, quoted or
// not, whose digits make a whole number below 9.22e18 and that have no exponent, no plus sign and no zero in front
// that says nothing, and do not end in the decimal mark. Doubles are those nearest to what is written; so are
// floats, unless they are subnormal or the double is half way between two of them. The indices of all others are
// written to `left`, which needs room for `count`; their values are undefined. Returns how many.
size_t obligor_csv_doubles(obligor_csv_level level, obligor_csv_fields fields, double *values, uint32_t *left);
size_t obligor_csv_floats(obligor_csv_level level, obligor_csv_fields fields, float *values, uint32_t *left);
size_t obligor_csv_integers(obligor_csv_level level, obligor_csv_fields fields, int64_t *values, uint32_t *left);

#endif
