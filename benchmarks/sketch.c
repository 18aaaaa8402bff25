// The kernel of dedup/kernels/fused.py in C, step by step the same: what kernel.py measures ours against.
// Built with gcc -O3 -march=native. Vector code is GCC's portable one, but for three steps that AVX-512 has words for.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#if defined(__AVX512F__) && defined(__AVX512BW__)
#include <immintrin.h>
#endif

typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t i64;
typedef u32 slots16 __attribute__((vector_size(64)));

enum { OTHER, WORD, DIGIT, UNSPACED, MARK, IGNORED, SPACE };  // classes of characters, as in kernels/words.py
enum { PADDING = 128, MOST_MARKS = 30, UNCERTAIN = 255, TILE = 256, DOTTED_CAPITAL_I = 0x130, DOT_ABOVE = 0x307 };

static inline u64 read64(const u8 *p) { u64 v; memcpy(&v, p, 8); return v; }
static inline u32 read32(const u8 *p) { u32 v; memcpy(&v, p, 4); return v; }
static inline i64 least(i64 a, i64 b) { return a < b ? a : b; }
static inline i64 first_bit(u64 mask) { return mask ? __builtin_ctzll(mask) : 64; }

// --- XXH3, 64 and 128 bits: seed 0, the default secret ---

static const u8 SECRET[192] = {
    0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c, 0xde, 0xd4, 0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb,
    0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f, 0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21,
    0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c, 0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb,
    0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3, 0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8,
    0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7, 0xc7, 0x0b, 0x4f, 0x1d, 0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31,
    0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64, 0xea, 0xc5, 0xac, 0x83, 0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb,
    0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e, 0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc,
    0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce, 0x45, 0xcb, 0x3a, 0x8f, 0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e,
};
static const u64 P32_1 = 0x9E3779B1, P32_2 = 0x85EBCA77, P32_3 = 0xC2B2AE3D, P64_1 = 0x9E3779B185EBCA87, P64_2 = 0xC2B2AE3D27D4EB4F;
static const u64 P64_3 = 0x165667B19E3779F9, P64_4 = 0x85EBCA77C2B2AE63, P64_5 = 0x27D4EB2F165667C5;
static const u64 MX_1 = 0x165667919E3779F9, MX_2 = 0x9FB21C651E98DF25, LOW = 0xFFFFFFFF;
static const u64 SHINGLE_BASE = 0x9E3779B97F4A7C15, SHINGLE_MIX = 0xC2B2AE3D27D4EB4F;

static inline u64 secret(int at) { return read64(SECRET + at); }
static inline u64 rotated(u64 x, int by) { return x << by | x >> (64 - by); }
static inline u64 high_product(u64 a, u64 b) { return (u64)((unsigned __int128)a * b >> 64); }
static inline u64 fold_product(u64 a, u64 b) { return (a * b) ^ high_product(a, b); }
static inline u64 avalanche(u64 h) { h ^= h >> 37; h *= MX_1; return h ^ h >> 32; }
static inline u64 avalanche64(u64 h) { h ^= h >> 33; h *= P64_2; h ^= h >> 29; h *= P64_3; return h ^ h >> 32; }
static inline u64 mixed(u64 h) { h ^= h >> 32; h *= SHINGLE_MIX; return h ^ h >> 32; }

static inline u64 hash_to_8(u64 head, i64 n) {
    u64 last = head >> (8 * (n - 1) & 63) & 255, middle = head >> (8 * (n >> 1) & 63) & 255;
    u64 combined = (head & 255) << 16 | middle << 24 | last | (u64)n << 8;
    u64 shorter = avalanche64(combined ^ (read32(SECRET) ^ read32(SECRET + 4)));
    u64 h = (head >> (8 * (n - 4) & 63) & LOW) + (head << 32);
    h ^= secret(8) ^ secret(16);
    h ^= rotated(h, 49) ^ rotated(h, 24);
    h *= MX_2;
    h ^= (h >> 35) + n;
    h *= MX_2;
    return n < 4 ? shorter : h ^ h >> 28;
}

static inline u64 hash_9_to_16(const u8 *p, i64 n) {
    u64 low = read64(p) ^ secret(24) ^ secret(32), high = read64(p + n - 8) ^ secret(40) ^ secret(48);
    return avalanche(n + __builtin_bswap64(low) + high + fold_product(low, high));
}

static inline u64 mix16(const u8 *p, int at) { return fold_product(read64(p) ^ secret(at), read64(p + 8) ^ secret(at + 8)); }

static void accumulate_long(u64 acc[8], const u8 *p, i64 n) {
    const u64 initial[8] = {P32_3, P64_1, P64_2, P64_3, P64_4, P32_2, P64_5, P32_1};
    memcpy(acc, initial, 64);
    i64 stripes = (n - 1) / 64;
    for (i64 s = 0; s <= stripes; s++) {
        const u8 *from = s < stripes ? p + 64 * s : p + n - 64;
        int at = s < stripes ? 8 * (s % 16) : 121;
        u64 sum[8];
        for (int i = 0; i < 8; i++) {
            u64 key = read64(from + 8 * i) ^ secret(at + 8 * i);
            sum[i] = acc[i] + read64(from + 8 * (i ^ 1)) + (key & LOW) * (key >> 32);
        }
        memcpy(acc, sum, 64);
        if (s < stripes && s % 16 == 15)
            for (int i = 0; i < 8; i++) acc[i] = (acc[i] ^ acc[i] >> 47 ^ secret(128 + 8 * i)) * P32_1;
    }
}

static u64 merged(const u64 acc[8], u64 sum, int at) {
    for (int i = 0; i < 4; i++) sum += fold_product(acc[2 * i] ^ secret(at + 16 * i), acc[2 * i + 1] ^ secret(at + 8 + 16 * i));
    return avalanche(sum);
}

static u64 hash_over_16(const u8 *p, i64 n) {
    u64 acc = n * P64_1;
    if (n > 240) {
        u64 sums[8];
        accumulate_long(sums, p, n);
        return merged(sums, acc, 11);
    }
    if (n <= 128) {
        for (int i = (n - 1) / 32; i >= 0; i--) acc += mix16(p + 16 * i, 32 * i) + mix16(p + n - 16 * (i + 1), 32 * i + 16);
        return avalanche(acc);
    }
    for (int i = 0; i < 8; i++) acc += mix16(p + 16 * i, 16 * i);
    acc = avalanche(acc);
    for (int i = 8; i < n / 16; i++) acc += mix16(p + 16 * i, 16 * (i - 8) + 3);
    return avalanche(acc + mix16(p + n - 16, 119));
}

static void mix32(u64 half[2], const u8 *one, const u8 *other, int at) {  // half: high, low
    half[1] = (half[1] + mix16(one, at)) ^ (read64(other) + read64(other + 8));
    half[0] = (half[0] + mix16(other, at + 16)) ^ (read64(one) + read64(one + 8));
}

static void digest(const u8 *p, i64 n, u64 out[2]) {
    if (n > 240) {
        u64 acc[8];
        accumulate_long(acc, p, n);
        out[0] = merged(acc, ~(n * P64_2), 117), out[1] = merged(acc, n * P64_1, 11);
    } else if (n > 16) {
        u64 half[2] = {0, n * P64_1};
        if (n <= 128) {
            for (int i = (n - 1) / 32; i >= 0; i--) mix32(half, p + 16 * i, p + n - 16 * (i + 1), 32 * i);
        } else {
            for (int i = 0; i < 4; i++) mix32(half, p + 32 * i, p + 32 * i + 16, 32 * i);
            half[0] = avalanche(half[0]), half[1] = avalanche(half[1]);
            for (int i = 4; i < n / 32; i++) mix32(half, p + 32 * i, p + 32 * i + 16, 32 * (i - 4) + 3);
            mix32(half, p + n - 16, p + n - 32, 103);
        }
        out[0] = 0 - avalanche(half[1] * P64_1 + half[0] * P64_4 + n * P64_2), out[1] = avalanche(half[0] + half[1]);
    } else if (n > 8) {
        u64 last = read64(p + n - 8), keyed = read64(p) ^ last ^ secret(32) ^ secret(40);
        u64 low = keyed * P64_1 + ((u64)(n - 1) << 54), high = high_product(keyed, P64_1);
        last ^= secret(48) ^ secret(56);
        high += last + (last & LOW) * (P32_2 - 1);
        low ^= __builtin_bswap64(high);
        out[0] = avalanche(high_product(low, P64_2) + high * P64_2), out[1] = avalanche(low * P64_2);
    } else if (n > 3) {
        u64 keyed = (read32(p) + ((u64)read32(p + n - 4) << 32)) ^ secret(16) ^ secret(24), factor = P64_1 + (n << 2);
        u64 low = keyed * factor, high = high_product(keyed, factor) + (low << 1);
        low ^= high >> 3;
        low ^= low >> 35;
        low *= MX_2;
        out[0] = avalanche(high), out[1] = low ^ low >> 28;
    } else if (n > 0) {
        u32 low = (u32)p[0] << 16 | (u32)p[n >> 1] << 24 | p[n - 1] | (u32)n << 8, turned = __builtin_bswap32(low);
        out[0] = avalanche64((turned << 13 | turned >> 19) ^ (u64)(read32(SECRET + 8) ^ read32(SECRET + 12)));
        out[1] = avalanche64(low ^ (u64)(read32(SECRET) ^ read32(SECRET + 4)));
    } else {
        out[0] = avalanche64(secret(80) ^ secret(88)), out[1] = avalanche64(secret(64) ^ secret(72));
    }
}

static void hash_words(const u8 *text, const u32 *edges, i64 n, u64 *words) {
    u64 heads[TILE];
    i64 lengths[TILE], longer[TILE + 1];
    for (i64 first = 0; first < n; first += TILE) {
        i64 size = least(TILE, n - first), n_longer = 0;
        for (i64 i = 0; i < size; i++) {
            u32 begin = edges[2 * (first + i)], end = edges[2 * (first + i) + 1];
            heads[i] = read64(text + begin);
            lengths[i] = end - begin;
            longer[n_longer] = i;
            n_longer += end - begin > 8;
        }
        for (i64 i = 0; i < size; i++) words[first + i] = hash_to_8(heads[i], lengths[i]);
        for (i64 k = 0; k < n_longer; k++) {
            i64 at = first + longer[k], length = lengths[longer[k]];
            const u8 *p = text + edges[2 * at];
            words[at] = length > 16 ? hash_over_16(p, length) : hash_9_to_16(p, length);
        }
    }
}

// --- UTF-8 to normalised text and the edges of its words ---

#if defined(__AVX512F__) && defined(__AVX512BW__)
static inline u64 within(__m512i x, u8 first, u8 last) {
    return _mm512_cmple_epu8_mask(_mm512_sub_epi8(x, _mm512_set1_epi8(first)), _mm512_set1_epi8(last - first));
}
static inline u64 foreign_block(const u8 *p) { return _mm512_movepi8_mask(_mm512_loadu_si512(p)); }
static inline void fold_block(const u8 *p, u8 *out, u64 *words, u64 *spaces, u64 *foreign) {
    __m512i x = _mm512_loadu_si512(p);
    __m512i lower = _mm512_mask_add_epi8(x, within(x, 'A', 'Z'), x, _mm512_set1_epi8(0x20));
    *spaces = within(x, 0x09, 0x0D) | within(x, 0x1C, 0x20);
    *foreign = _mm512_movepi8_mask(x);
    *words = within(lower, 'a', 'z') | within(lower, '0', '9') | _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('_'));
    lower = _mm512_mask_mov_epi8(lower, *spaces, _mm512_set1_epi8(' '));
    lower = _mm512_mask_mov_epi8(lower, _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('`')), _mm512_set1_epi8('\''));
    _mm512_storeu_si512(out, lower);
}
static inline slots16 vector_min(slots16 a, slots16 b) { return (slots16)_mm512_min_epu32((__m512i)a, (__m512i)b); }
#else
static inline u64 foreign_block(const u8 *p) {
    u64 mask = 0;
    for (int i = 0; i < 64; i++) mask |= (u64)(p[i] >> 7) << i;
    return mask;
}
static inline void fold_block(const u8 *p, u8 *out, u64 *words, u64 *spaces, u64 *foreign) {
    u64 w = 0, s = 0, f = 0;
    for (int i = 0; i < 64; i++) {
        u8 x = p[i], lower = x | (u8)(((u8)(x - 'A') < 26) << 5);
        u64 space = (u8)(x - 9) < 5 || (u8)(x - 28) < 5;
        out[i] = space ? ' ' : x == '`' ? '\'' : lower;
        w |= (u64)((u8)(lower - 'a') < 26 || (u8)(x - '0') < 10 || x == '_') << i, s |= space << i, f |= (u64)(x >> 7) << i;
    }
    *words = w, *spaces = s, *foreign = f;
}
static inline slots16 vector_min(slots16 a, slots16 b) { return a < b ? a : b; }
#endif

static inline u32 decode(const u8 *p, int *width) {
    if (p[0] < 0x80) return *width = 1, p[0];
    if (p[0] < 0xE0) return *width = 2, (p[0] & 0x1Fu) << 6 | (p[1] & 0x3F);
    if (p[0] < 0xF0) return *width = 3, (p[0] & 0x0Fu) << 12 | (p[1] & 0x3Fu) << 6 | (p[2] & 0x3F);
    return *width = 4, (p[0] & 7u) << 18 | (p[1] & 0x3Fu) << 12 | (p[2] & 0x3Fu) << 6 | (p[3] & 0x3F);
}

static inline i64 encode(u8 *out, i64 at, u32 point) {
    if (point < 0x80) return out[at] = point, at + 1;
    if (point < 0x800) return out[at] = 0xC0 | point >> 6, out[at + 1] = 0x80 | (point & 0x3F), at + 2;
    if (point < 0x10000) {
        out[at] = 0xE0 | point >> 12, out[at + 1] = 0x80 | (point >> 6 & 0x3F), out[at + 2] = 0x80 | (point & 0x3F);
        return at + 3;
    }
    out[at] = 0xF0 | point >> 18, out[at + 1] = 0x80 | (point >> 12 & 0x3F);
    out[at + 2] = 0x80 | (point >> 6 & 0x3F), out[at + 3] = 0x80 | (point & 0x3F);
    return at + 4;
}

i64 survey_texts(const u8 *data, const i64 *offsets, i64 n, const u8 *classes, const u8 *orders, i64 *n_chars) {
    i64 n_certain = 0;
    for (i64 i = 0; i < n; i++) {
        i64 at = offsets[i], end = offsets[i + 1];
        int certain = 1;
        n_chars[i] = end - at;
        while (at < end) {
            at += first_bit(foreign_block(data + at));
            for (int last = 0, marks = 0, width; at < end && data[at] >= 0x80; at += width) {
                u32 point = decode(data + at, &width);
                if (point < 0x300 || (point >= 0x2010 && point <= 0x201F)) { /* told without the tables */
                    last = marks = 0, n_chars[i] -= width - 1;
                    continue;
                }
                int order = orders[point];
                marks = classes[point] == MARK ? marks + 1 : 0;
                certain &= order != UNCERTAIN && (order == 0 || last <= order) && marks <= MOST_MARKS;
                last = order, n_chars[i] -= width - 1;
            }
        }
        n_certain += certain;
    }
    return n_certain;
}

static i64 scan_foreign(const u8 *data, i64 at, i64 end, const u8 *classes, const int32_t *folds, u8 *out, i64 *to, u32 *edges, i64 *filled) {
    i64 n_out = *to, n_edges = *filled;
    int unspaced = 0, width;
    while (at < end && (data[at] >= 0x80 || (at + 1 < end && data[at + 1] >= 0x80))) {
        u32 point = decode(data + at, &width);
        at += width;
        int kind = classes[point];
        if (kind == IGNORED) continue;
        if ((n_edges & 1) && kind != MARK && (unspaced || (kind != WORD && kind != DIGIT))) edges[n_edges++] = n_out;
        if (kind == SPACE) {
            if (n_out > 0 && out[n_out - 1] != ' ') out[n_out++] = ' ';
            continue;
        }
        if (!(n_edges & 1) && kind >= WORD && kind <= MARK) edges[n_edges++] = n_out, unspaced = kind == UNSPACED;
        n_out = encode(out, n_out, folds[point]);
        if (point == DOTTED_CAPITAL_I) n_out = encode(out, n_out, DOT_ABOVE);
    }
    if ((n_edges & 1) && unspaced) edges[n_edges++] = n_out;
    *to = n_out, *filled = n_edges;
    return at;
}

static i64 scan(const u8 *data, i64 at, i64 end, const u8 *classes, const int32_t *folds, u8 *out, u32 *edges, i64 *n_words) {
    i64 n_out = 0, n_edges = 0;
    u64 blank = 1, inside = 0;
    while (at < end) {
        u64 words, spaces, foreign;
        fold_block(data + at, out + n_out, &words, &spaces, &foreign);
        u64 doubled = spaces & (spaces << 1 | blank);
        i64 size = least(first_bit(foreign | doubled), end - at);
        if (size > 0) {
            int rest = 64 - size;
            u64 mask = (words ^ (words << 1 | inside)) & ~0ull >> rest;
            i64 filled = n_edges + __builtin_popcountll(mask);
            for (; n_edges < filled; n_edges += 8)
                for (int k = 0; k < 8; k++, mask &= mask - 1) edges[n_edges + k] = n_out + first_bit(mask);
            n_edges = filled;
            blank = spaces << rest >> 63, inside = words << rest >> 63;
            at += size, n_out += size;
        }
        if (size == 64 || at >= end) continue;
        if (doubled >> size & 1) {
            at += first_bit(~(spaces >> size));
        } else {
            at = scan_foreign(data, at, end, classes, folds, out, &n_out, edges, &n_edges);
            blank = n_out == 0 || out[n_out - 1] == ' ', inside = n_edges & 1;
        }
    }
    if (n_edges & 1) edges[n_edges++] = n_out;
    *n_words = n_edges >> 1;
    return n_out - (n_out > 0 && out[n_out - 1] == ' ');
}

// --- shingles, signatures, band keys ---

static i64 fill_shingles(const u64 *words, i64 n, i64 size, u64 *found) {
    u64 power = 1, rolled = 0;
    for (i64 i = 0; i < size; i++) power *= SHINGLE_BASE, rolled = rolled * SHINGLE_BASE + words[i];
    for (i64 i = size; i < n; i++) {
        found[i - size] = mixed(rolled);
        rolled = rolled * SHINGLE_BASE + (words[i] - words[i - size] * power);
    }
    found[n - size] = mixed(rolled);
    return n - size + 1;
}

#define FILL(N)                                                                           \
    static void fill_##N(const u32 *h, i64 n, const u32 *a, const u32 *b, u32 *slots) {   \
        slots16 factor[N], summand[N], kept[N];                                           \
        memcpy(factor, a, 64 * N), memcpy(summand, b, 64 * N), memset(kept, 0xFF, 64 * N); \
        for (i64 i = 0; i < n; i++)                                                       \
            for (int k = 0; k < N; k++) kept[k] = vector_min(kept[k], h[i] * factor[k] + summand[k]); \
        memcpy(slots, kept, 64 * N);                                                      \
    }
FILL(1)
FILL(4)

static void signature(const u64 *found, i64 n, const u32 *a, const u32 *b, u32 *premixed, u32 *slots, i64 n_slots) {
    for (i64 i = 0; i < n; i++) {
        u32 h = found[i] >> 32;
        h ^= h >> 16, h *= 0x85EBCA6B, h ^= h >> 13, h *= 0xC2B2AE35;
        premixed[i] = h ^ h >> 16;
    }
    i64 first = 0;
    for (; first + 64 <= n_slots; first += 64) fill_4(premixed, n, a + first, b + first, slots + first);
    for (; first < n_slots; first += 16) fill_1(premixed, n, a + first, b + first, slots + first);
}

// Stages: 0 only scans, 1 digests and hashes words too, 2 makes shingles and signatures too, 3 all.
void keys(const u8 *data, const i64 *offsets, i64 n, const u8 *classes, const int32_t *folds, const u8 *orders, const u32 *a, const u32 *b, i64 n_slots,
          i64 size, i64 bands, i64 rows, i64 n_probes, i64 stage, i64 *n_chars, i64 *n_words, u64 *digests, u64 *surface, u32 *probes) {
    i64 longest = 0;
    for (i64 i = 0; i < n; i++) longest = offsets[i + 1] - offsets[i] > longest ? offsets[i + 1] - offsets[i] : longest;
    u8 *out = malloc(2 * longest + PADDING);
    u32 *edges = malloc(4 * (longest + PADDING)), *premixed = malloc(4 * (longest / 2 + 1)), *slots = malloc(4 * n_slots);
    u64 *words = malloc(8 * (longest / 2 + 1)), *found = malloc(8 * (longest / 2 + 1));
    for (i64 i = 0; i < n; i++) {
        if (stage == 3) survey_texts(data, offsets + i, 1, classes, orders, n_chars + i); /* while the text is in the cache */
        i64 n_out = scan(data, offsets[i], offsets[i + 1], classes, folds, out, edges, n_words + i);
        if (stage < 1) continue;
        digest(out, n_out, digests + 2 * i);
        if (n_words[i] < size) continue;
        hash_words(out, edges, n_words[i], words);
        if (stage < 2) continue;
        i64 m = fill_shingles(words, n_words[i], size, found);
        signature(found, m, a, b, premixed, slots, n_slots);
        if (stage < 3) continue;
        for (i64 band = 0; band < bands; band++) {
            u64 h = band;
            for (i64 k = band * rows; k < (band + 1) * rows; k++) h = h * SHINGLE_BASE + slots[k];
            surface[band * n + i] = mixed(h);
        }
        for (i64 k = 0; k < n_probes; k++) probes[k * n + i] = slots[bands * rows + k];
    }
    free(out), free(edges), free(premixed), free(slots), free(words), free(found);
}
