#ifndef OBLIGOR_INSTRUCTIONS_H
#define OBLIGOR_INSTRUCTIONS_H

// Which instructions a kernel may use.
typedef enum {
    OBLIGOR_PLAIN = 0,
    OBLIGOR_AVX2 = 1, // with FMA
    OBLIGOR_AVX512 = 2,
} obligor_instructions;

// The widest instructions that this processor has and the environment variable OBLIGOR_KERNELS allows (plain, avx2).
obligor_instructions obligor_widest_instructions(void);

#endif
