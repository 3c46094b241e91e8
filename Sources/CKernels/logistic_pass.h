// One version of the logistic passes. The includer defines TARGET (instructions), NAME (suffix), WIDTH (doubles in
// a vector, at most LANES) and RIGHT (right-hand columns of a register tile). Included once per version: no guard.

#define INLINE static inline __attribute__((always_inline)) TARGET

typedef double NAME(Vector) __attribute__((vector_size(8 * WIDTH)));
typedef double NAME(Unaligned) __attribute__((vector_size(8 * WIDTH), aligned(8)));
typedef int64_t NAME(Mask) __attribute__((vector_size(8 * WIDTH)));

#define V NAME(Vector)
#define M NAME(Mask)

INLINE V NAME(all)(double value) { return (V){0} + value; }
INLINE V NAME(load)(const double *from) { return *(const NAME(Unaligned) *)from; }
INLINE void NAME(store)(double *to, V value) { *(NAME(Unaligned) *)to = value; }
INLINE V NAME(fma)(V a, V b, V c) { return __builtin_elementwise_fma(a, b, c); }
INLINE V NAME(pick)(M mask, V yes, V no) { return (V)((mask & (M)yes) | (~mask & (M)no)); }

/// exp(-x) for x >= 0, within one unit in the last place; x beyond 708 counts as 708, NaN stays NaN.
///
/// exp(-x) = 2^k exp(t) with |t| <= ln(2) / 2 and ln 2 in two parts; Taylor to t^13 leaves 4e-18.
INLINE V NAME(expOfMinus)(V x) {
    V y = NAME(pick)(x > NAME(all)(708.0), NAME(all)(-708.0), -x);
    // Adding 1.5 * 2^52 rounds to an integer, which the low bits then hold.
    V magic = NAME(all)(0x1.8p52);
    V shifted = NAME(fma)(y, NAME(all)(0x1.71547652b82fep0), magic);
    V k = shifted - magic;
    V t = NAME(fma)(k, NAME(all)(-0x1.62e42fefa39efp-1), y);
    t = NAME(fma)(k, NAME(all)(-0x1.abc9e3b39803fp-56), t);
    static const double inverseFactorials[] = {
        0x1.1eed8eff8d898p-29, 0x1.ae64567f544e4p-26, 0x1.27e4fb7789f5cp-22, 0x1.71de3a556c734p-19,
        0x1.a01a01a01a01ap-16, 0x1.a01a01a01a01ap-13, 0x1.6c16c16c16c17p-10, 0x1.1111111111111p-7,
        0x1.5555555555555p-5,  0x1.5555555555555p-3,  0x1p-1,                0x1p0,
        0x1p0,
    };
    V sum = NAME(all)(0x1.6124613a86d09p-33);
    for (int i = 0; i < 13; i++) sum = NAME(fma)(sum, t, NAME(all)(inverseFactorials[i]));
    return (V)((M)sum + ((M)shifted << 52));
}

/// log(1 + e) for e in [0, 1].
///
/// With s = e / (2 + e) in [0, 1/3] it is 2 artanh(s) = 2 (s + s^3 / 3 + s^5 / 5 ...); up to s^33 leaves 2e-17.
INLINE V NAME(logOnePlus)(V e) {
    V s = e / (NAME(all)(2.0) + e);
    V square = s * s;
    V sum = NAME(all)(1.0 / 33.0);
    for (int odd = 31; odd >= 3; odd -= 2) sum = NAME(fma)(sum, square, NAME(all)(1.0 / odd));
    V cube = s * square;
    V half = NAME(fma)(sum, cube, s);
    return half + half;
}

/// Loss, residual and curvature of WIDTH rows; `extreme` grows by 1 in a lane with |eta| > EXTREME and w > 0.
INLINE void NAME(rowTerms)(V eta, V y, V w, V *loss, V *residual, V *curvature, V *extreme) {
    V one = NAME(all)(1.0);
    V zero = NAME(all)(0.0);
    M positive = eta > zero;
    V size = NAME(pick)(positive, eta, -eta);
    *extreme += NAME(pick)((size > NAME(all)(EXTREME)) & (w > zero), one, zero);
    V e = NAME(expOfMinus)(size);
    V larger = one / (one + e);  // max(p, 1 - p)
    V smaller = e * larger;
    V p = NAME(pick)(positive, larger, smaller);
    V notP = NAME(pick)(positive, smaller, larger);
    // p - y as (1 - y) p - y (1 - p) keeps its digits where p is close to y.
    *residual = w * ((one - y) * p - y * notP);
    *curvature = w * (larger * smaller);
    // log(1 + exp(eta)) - y eta, with 0 for eta beyond the y that agrees with it.
    V linear = NAME(pick)(positive, eta, zero);
    *loss = w * (NAME(fma)(-y, eta, linear) + NAME(logOnePlus)(e));
}

/// eta of a block; with `block` also the packed scaled columns, padded with zeros to whole groups of lanes.
INLINE void NAME(blockLogOdds)(const struct Rows *rows, const double *b, int64_t from, int64_t count,
                               double *restrict eta, double *restrict block) {
    int64_t whole = count - count % WIDTH;
    int64_t padded = (count + LANES - 1) / LANES * LANES;
    for (int64_t i = 0; i < whole; i += WIDTH) {
        V start = NAME(all)(b[0]);
        if (rows->offset) start += NAME(load)(rows->offset + from + i);
        NAME(store)(eta + i, start);
    }
    for (int64_t i = whole; i < count; i++) eta[i] = b[0] + (rows->offset ? rows->offset[from + i] : 0.0);
    for (int64_t i = count; i < padded; i++) eta[i] = 0;
    for (int64_t j = 0; j < rows->columns; j++) {
        const double *column = rows->features + j * rows->stride + from;
        double *packed = block ? block + j * BLOCK : NULL;
        // A column's part of the block is too short for the processor to see a stream: ask for a later one now.
        const double *next = j + 2 < rows->columns ? column + 2 * rows->stride : column;
        V scale = NAME(all)(rows->scale[j]), shift = NAME(all)(rows->shift[j]), slope = NAME(all)(b[j + 1]);
        for (int64_t i = 0; i < whole; i += WIDTH) {
            V z = NAME(fma)(NAME(load)(column + i), scale, shift);
            if (i % LANES == 0) __builtin_prefetch(next + i, 0, 3);
            if (block) NAME(store)(packed + i, z);
            NAME(store)(eta + i, NAME(fma)(slope, z, NAME(load)(eta + i)));
        }
        for (int64_t i = whole; i < count; i++) {
            double z = __builtin_fma(column[i], rows->scale[j], rows->shift[j]);
            if (block) packed[i] = z;
            eta[i] = __builtin_fma(b[j + 1], z, eta[i]);
        }
        if (block) {
            for (int64_t i = count; i < padded; i++) packed[i] = 0;
        }
    }
}

/// Adds one register tile of products: LEFT left-hand columns by `right` columns over `count` rows.
///
/// - left: LEFT packed columns. - columns: `right` packed columns. - sums: right * LEFT groups of lanes.
/// - ahead: A column of the next block to fetch meanwhile, or NULL.
INLINE void NAME(addTile)(const double *restrict left, const double *restrict columns, int right, int64_t count,
                          double *restrict sums, const double *ahead) {
    for (int part = 0; part < LANES; part += WIDTH) {
        V sum[RIGHT][LEFT];
#pragma clang loop unroll(full)
        for (int j = 0; j < right; j++) {
#pragma clang loop unroll(full)
            for (int i = 0; i < LEFT; i++) sum[j][i] = NAME(load)(sums + (j * LEFT + i) * LANES + part);
        }
        for (int64_t row = part; row < count; row += LANES) {
            if (ahead && part == 0) __builtin_prefetch(ahead + row, 0, 2);
            V a[LEFT];
#pragma clang loop unroll(full)
            for (int i = 0; i < LEFT; i++) a[i] = NAME(load)(left + i * BLOCK + row);
#pragma clang loop unroll(full)
            for (int j = 0; j < right; j++) {
                V x = NAME(load)(columns + j * BLOCK + row);
#pragma clang loop unroll(full)
                for (int i = 0; i < LEFT; i++) sum[j][i] = NAME(fma)(a[i], x, sum[j][i]);
            }
        }
#pragma clang loop unroll(full)
        for (int j = 0; j < right; j++) {
#pragma clang loop unroll(full)
            for (int i = 0; i < LEFT; i++) NAME(store)(sums + (j * LEFT + i) * LANES + part, sum[j][i]);
        }
    }
}

/// Adds the products of every pair of columns of a block.
INLINE void NAME(addProducts)(const double *block, const double *curvature, const double *residual, double *left,
                              int64_t columns, int64_t count, double *sums, const double *ahead, int64_t stride) {
    int64_t fetched = 0;
    for (int64_t tile = 0; tile < tileCount(columns); tile++) {
        for (int i = 0; i < LEFT; i++) {
            int64_t j = tile * LEFT + i - 2;
            double *to = left + i * BLOCK;
            if (j < 0) {
                memcpy(to, j == -2 ? curvature : residual, (size_t)count * sizeof(double));
            } else if (j < columns) {
                for (int64_t row = 0; row < count; row += WIDTH) {
                    NAME(store)(to + row, NAME(load)(curvature + row) * NAME(load)(block + j * BLOCK + row));
                }
            } else {
                memset(to, 0, (size_t)count * sizeof(double));
            }
        }
        for (int64_t j = firstPartner(tile); j < columns; j += RIGHT) {
            const double *next = ahead && fetched < columns ? ahead + fetched * stride : NULL;
            const double *right = block + j * BLOCK;
            fetched++;
            switch (columns - j) {
            case 1: NAME(addTile)(left, right, 1, count, sums, next); break;
#if RIGHT > 2
            case 2: NAME(addTile)(left, right, 2, count, sums, next); break;
            case 3: NAME(addTile)(left, right, 3, count, sums, next); break;
#endif
#if RIGHT > 4
            case 4: NAME(addTile)(left, right, 4, count, sums, next); break;
            case 5: NAME(addTile)(left, right, 5, count, sums, next); break;
#endif
            default: NAME(addTile)(left, right, RIGHT, count, sums, next); break;
            }
            sums += (columns - j < RIGHT ? columns - j : RIGHT) * LEFT * LANES;
        }
    }
}

/// Adds the lanes of the products into the packed hessian and the gradient.
INLINE void NAME(collect)(const double *sums, int64_t columns, double *gradient, double *hessian) {
    for (int64_t tile = 0; tile < tileCount(columns); tile++) {
        for (int64_t j = firstPartner(tile); j < columns; j++) {
            for (int i = 0; i < LEFT; i++, sums += LANES) {
                int64_t row = tile * LEFT + i - 2;  // -2 is c, -1 is r
                int64_t column = j + 1;
                if (row == -1) {
                    gradient[column] = laneSum(sums);
                } else if (row <= j) {
                    int64_t place = row < 0 ? 0 : row + 1;
                    hessian[column * (column + 1) / 2 + place] = laneSum(sums);
                }
            }
        }
    }
}

TARGET static void NAME(pass)(const struct Rows *rows, const double *b, obligor_logistic_order order, double *scratch,
                              double *result) {
    int64_t columns = rows->columns;
    double *eta = (double *)(((uintptr_t)scratch + 63) / 64 * 64);
    double *curvature = eta + BLOCK;
    double *residual = curvature + BLOCK;
    double *left = residual + BLOCK;
    double *sums = left + LEFT * BLOCK;
    int64_t sumCount = order == OBLIGOR_LOGISTIC_HESSIAN ? pairCount(columns) : columns;
    double *block = order == OBLIGOR_LOGISTIC_LOSS ? NULL : sums + sumCount * LANES;
    memset(sums, 0, (size_t)(sumCount * LANES) * sizeof(double));
    V loss[LANES / WIDTH], extremes[LANES / WIDTH], residuals[LANES / WIDTH], curvatures[LANES / WIDTH];
    for (int part = 0; part < LANES / WIDTH; part++) {
        loss[part] = extremes[part] = residuals[part] = curvatures[part] = NAME(all)(0.0);
    }

    for (int64_t from = 0; from < rows->rows; from += BLOCK) {
        int64_t count = rows->rows - from < BLOCK ? rows->rows - from : BLOCK;
        int64_t padded = (count + LANES - 1) / LANES * LANES;
        if (block) {
            NAME(blockLogOdds)(rows, b, from, count, eta, block);
        } else {
            NAME(blockLogOdds)(rows, b, from, count, eta, NULL);
        }
        double tailOutcomes[LANES] = {0}, tailWeights[LANES] = {0};
        for (int64_t i = count - count % LANES; i < count; i++) {
            tailOutcomes[i % LANES] = rows->outcomes[from + i];
            tailWeights[i % LANES] = rows->weights[from + i];
        }
        for (int64_t i = 0; i < padded; i += LANES) {
            const double *y = i + LANES <= count ? rows->outcomes + from + i : tailOutcomes;
            const double *w = i + LANES <= count ? rows->weights + from + i : tailWeights;
#pragma clang loop unroll(full)
            for (int part = 0; part < LANES / WIDTH; part++) {
                V l, r, c;
                int64_t at = part * WIDTH;
                NAME(rowTerms)(NAME(load)(eta + i + at), NAME(load)(y + at), NAME(load)(w + at), &l, &r, &c,
                               &extremes[part]);
                loss[part] += l;
                residuals[part] += r;
                curvatures[part] += c;
                NAME(store)(residual + i + at, r);
                NAME(store)(curvature + i + at, c);
            }
        }
        if (order == OBLIGOR_LOGISTIC_HESSIAN) {
            const double *ahead = from + 2 * BLOCK <= rows->rows ? rows->features + from + BLOCK : NULL;
            NAME(addProducts)(block, curvature, residual, left, columns, padded, sums, ahead, rows->stride);
        } else if (order == OBLIGOR_LOGISTIC_GRADIENT) {
            for (int64_t j = 0; j < columns; j++) {
                V sum[LANES / WIDTH];
                for (int part = 0; part < LANES / WIDTH; part++)
                    sum[part] = NAME(load)(sums + j * LANES + part * WIDTH);
                for (int64_t i = 0; i < padded; i += LANES) {
#pragma clang loop unroll(full)
                    for (int part = 0; part < LANES / WIDTH; part++) {
                        int64_t at = i + part * WIDTH;
                        sum[part] =
                            NAME(fma)(NAME(load)(residual + at), NAME(load)(block + j * BLOCK + at), sum[part]);
                    }
                }
                for (int part = 0; part < LANES / WIDTH; part++)
                    NAME(store)(sums + j * LANES + part * WIDTH, sum[part]);
            }
        }
    }

    double lanes[LANES];
    for (int part = 0; part < LANES / WIDTH; part++) NAME(store)(lanes + part * WIDTH, loss[part]);
    result[0] = laneSum(lanes);
    for (int part = 0; part < LANES / WIDTH; part++) NAME(store)(lanes + part * WIDTH, extremes[part]);
    result[1] = laneSum(lanes);
    if (order == OBLIGOR_LOGISTIC_LOSS) return;
    double *gradient = result + 2;
    for (int part = 0; part < LANES / WIDTH; part++) NAME(store)(lanes + part * WIDTH, residuals[part]);
    gradient[0] = laneSum(lanes);
    if (order == OBLIGOR_LOGISTIC_GRADIENT) {
        for (int64_t j = 0; j < columns; j++) gradient[1 + j] = laneSum(sums + j * LANES);
        return;
    }
    double *hessian = gradient + columns + 1;
    for (int part = 0; part < LANES / WIDTH; part++) NAME(store)(lanes + part * WIDTH, curvatures[part]);
    hessian[0] = laneSum(lanes);
    NAME(collect)(sums, columns, gradient, hessian);
}

TARGET static void NAME(logOdds)(const struct Rows *rows, const double *b, double *log_odds) {
    double eta[BLOCK];
    for (int64_t from = 0; from < rows->rows; from += BLOCK) {
        int64_t count = rows->rows - from < BLOCK ? rows->rows - from : BLOCK;
        NAME(blockLogOdds)(rows, b, from, count, eta, NULL);
        memcpy(log_odds + from, eta, (size_t)count * sizeof(double));
    }
}

TARGET static void NAME(summary)(const double *values, int64_t count, double *result) {
    double origin = values[0];
    V low[LANES / WIDTH], high[LANES / WIDTH], sum[LANES / WIDTH], squares[LANES / WIDTH];
    for (int part = 0; part < LANES / WIDTH; part++) {
        low[part] = high[part] = NAME(all)(origin);
        sum[part] = squares[part] = NAME(all)(0.0);
    }
    for (int64_t i = 0; i < count; i += LANES) {
        double tail[LANES];
        const double *from = values + i;
        if (i + LANES > count) {
            for (int lane = 0; lane < LANES; lane++) tail[lane] = i + lane < count ? values[i + lane] : origin;
            from = tail;
        }
#pragma clang loop unroll(full)
        for (int part = 0; part < LANES / WIDTH; part++) {
            V x = NAME(load)(from + part * WIDTH);
            low[part] = NAME(pick)(x < low[part], x, low[part]);
            high[part] = NAME(pick)(x > high[part], x, high[part]);
            V distance = x - NAME(all)(origin);
            sum[part] += distance;
            squares[part] = NAME(fma)(distance, distance, squares[part]);
        }
    }
    double lows[LANES], highs[LANES], sums[LANES], squareSums[LANES];
    for (int part = 0; part < LANES / WIDTH; part++) {
        NAME(store)(lows + part * WIDTH, low[part]);
        NAME(store)(highs + part * WIDTH, high[part]);
        NAME(store)(sums + part * WIDTH, sum[part]);
        NAME(store)(squareSums + part * WIDTH, squares[part]);
    }
    result[0] = lows[0];
    result[1] = highs[0];
    for (int lane = 1; lane < LANES; lane++) {
        if (lows[lane] < result[0]) result[0] = lows[lane];
        if (highs[lane] > result[1]) result[1] = highs[lane];
    }
    result[2] = laneSum(sums);
    result[3] = laneSum(squareSums);
}

#undef INLINE
#undef V
#undef M
