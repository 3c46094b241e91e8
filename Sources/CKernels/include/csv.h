#ifndef OBLIGOR_CSV_H
#define OBLIGOR_CSV_H

#include "instructions.h"

#include <stddef.h>
#include <stdint.h>

// Finding the fields of CSV text, and reading the plain ones among its numbers, categories, days and flags.
//
// All versions give the same results; a text must be preceded and followed by 64 readable bytes each, whose
// contents do not matter.

// The widest instructions that these kernels can use on this processor and the environment allows.
obligor_instructions obligor_csv_instructions(void);

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
obligor_csv_facts obligor_csv_count(obligor_instructions level, const uint8_t *text, size_t length);

// Writes the positions of all delimiters and line feeds outside quotes, in order, and returns how many.
//
// The text must begin at the start of a record. `positions` needs room for length + 64 entries.
size_t obligor_csv_index(obligor_instructions level, const uint8_t *text, size_t length, uint8_t delimiter,
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
size_t obligor_csv_doubles(obligor_instructions level, obligor_csv_fields fields, double *values, uint32_t *left);
size_t obligor_csv_floats(obligor_instructions level, obligor_csv_fields fields, float *values, uint32_t *left);
size_t obligor_csv_integers(obligor_instructions level, obligor_csv_fields fields, int64_t *values, uint32_t *left);

// A word and the code that stands for it.
enum { OBLIGOR_CSV_WORD = 32 };
typedef struct {
    // At most 32 bytes, zeros behind them.
    uint8_t text[OBLIGOR_CSV_WORD];
    // How many; another 256 if the word stands in quotes; OBLIGOR_CSV_FREE where there is no word.
    uint32_t length;
    uint32_t code;
} obligor_csv_word;
#define OBLIGOR_CSV_FREE UINT32_MAX

// A table of words has mask + 1 places, a power of two, of which at least one must be free.

// Makes all places free.
void obligor_csv_clear_words(obligor_csv_word *places, size_t mask);

// Adds a word of at most OBLIGOR_CSV_WORD bytes; returns 0 if it is in the table already, with whatever code.
int obligor_csv_add_word(const uint8_t *text, size_t length, int quoted, uint32_t code, obligor_csv_word *places,
                         size_t mask);

// Adds the words of another table.
void obligor_csv_move_words(const obligor_csv_word *old, size_t old_mask, obligor_csv_word *places, size_t mask);

// Writes the codes of the fields of a column whose words, without their quotation marks, are in a table. The indices
// of all others are written to `left`, which needs room for `count`; their codes are undefined. Returns how many.
size_t obligor_csv_words(obligor_csv_fields fields, const obligor_csv_word *places, size_t mask, uint32_t *codes,
                         uint32_t *left);

// Reads the days of a column.
//
// Reads fields that are empty (as the smallest number) and days `YYYY-MM-DD` of the Gregorian calendar, quoted or
// not, as days since 1970-01-01; all others are left, as above.
size_t obligor_csv_days(obligor_csv_fields fields, int32_t *days, uint32_t *left);

// Reads the flags of a column.
//
// Reads fields that are empty (as the largest number) and the words true and false in any case, quoted or not, as 1
// and 0; where `all` is not 0 also yes, t, y and 1, and no, f, n and 0; all others are left, as above.
size_t obligor_csv_flags(obligor_csv_fields fields, int all, uint8_t *flags, uint32_t *left);

#endif
