//! Vectors of integers of 64 bits with products of 52, as the processors have them.

use super::vector::Vector;

/// One integer in each lane.
///
/// # Safety
///
/// Functions may be called only where the processor has the instructions. Pointers are valid for the words
/// that are named.
pub trait Integers: Vector {
    unsafe fn splat(value: u64) -> Self;
    /// self + the low 52 bits of a·b, where a and b are read modulo 2^52.
    unsafe fn add_low(self, a: Self, b: Self) -> Self;
    /// self + the high 52 bits of a·b, where a and b are read modulo 2^52.
    unsafe fn add_high(self, a: Self, b: Self) -> Self;
    unsafe fn add(self, b: Self) -> Self;
    unsafe fn subtract(self, b: Self) -> Self;
    /// Zeros come in from above.
    unsafe fn shift_right<const BITS: u32>(self) -> Self;
    /// Copies of the sign come in from above.
    unsafe fn shift_right_signed<const BITS: u32>(self) -> Self;
    unsafe fn shift_left<const BITS: u32>(self) -> Self;
    unsafe fn and(self, b: Self) -> Self;
    unsafe fn or(self, b: Self) -> Self;
    /// The table's entries at the lowest three bits.
    unsafe fn looked_up(self, table: &[u64; 8]) -> Self;
}

#[cfg(all(target_arch = "x86_64", avx512))]
pub mod ifma {
    use super::{Integers, Vector};
    use std::arch::x86_64::*;

    /// Eight lanes, for processors with AVX-512 IFMA.
    #[derive(Clone, Copy)]
    pub struct Eight(__m512i);

    /// Four words of the first pointer, then four of the second.
    #[inline(always)]
    unsafe fn two_rows(first: *const u64, second: *const u64) -> __m512i {
        let low = _mm512_castsi256_si512(_mm256_loadu_si256(first.cast()));
        _mm512_inserti64x4::<1>(low, _mm256_loadu_si256(second.cast()))
    }

    #[inline(always)]
    unsafe fn write_rows(rows: __m512i, first: *mut u64, second: *mut u64) {
        _mm256_storeu_si256(first.cast(), _mm512_castsi512_si256(rows));
        _mm256_storeu_si256(second.cast(), _mm512_extracti64x4_epi64::<1>(rows));
    }

    impl Integers for Eight {
        #[inline(always)]
        unsafe fn splat(value: u64) -> Self {
            Eight(_mm512_set1_epi64(value as i64))
        }
        #[inline(always)]
        unsafe fn add_low(self, a: Self, b: Self) -> Self {
            Eight(_mm512_madd52lo_epu64(self.0, a.0, b.0))
        }
        #[inline(always)]
        unsafe fn add_high(self, a: Self, b: Self) -> Self {
            Eight(_mm512_madd52hi_epu64(self.0, a.0, b.0))
        }
        #[inline(always)]
        unsafe fn add(self, b: Self) -> Self {
            Eight(_mm512_add_epi64(self.0, b.0))
        }
        #[inline(always)]
        unsafe fn subtract(self, b: Self) -> Self {
            Eight(_mm512_sub_epi64(self.0, b.0))
        }
        #[inline(always)]
        unsafe fn shift_right<const BITS: u32>(self) -> Self {
            Eight(_mm512_srli_epi64::<BITS>(self.0))
        }
        #[inline(always)]
        unsafe fn shift_right_signed<const BITS: u32>(self) -> Self {
            Eight(_mm512_srai_epi64::<BITS>(self.0))
        }
        #[inline(always)]
        unsafe fn shift_left<const BITS: u32>(self) -> Self {
            Eight(_mm512_slli_epi64::<BITS>(self.0))
        }
        #[inline(always)]
        unsafe fn and(self, b: Self) -> Self {
            Eight(_mm512_and_si512(self.0, b.0))
        }
        #[inline(always)]
        unsafe fn or(self, b: Self) -> Self {
            Eight(_mm512_or_si512(self.0, b.0))
        }
        #[inline(always)]
        unsafe fn looked_up(self, table: &[u64; 8]) -> Self {
            Eight(_mm512_permutexvar_epi64(self.0, _mm512_loadu_si512(table.as_ptr().cast())))
        }
    }

    impl Vector for Eight {
        const LANES: usize = 8;
        #[inline(always)]
        unsafe fn load(at: *const u64) -> Self {
            Eight(_mm512_loadu_si512(at.cast()))
        }
        #[inline(always)]
        unsafe fn store(self, at: *mut u64) {
            _mm512_storeu_si512(at.cast(), self.0);
        }
        #[inline(always)]
        unsafe fn gather_four(at: *const *const u64, offset: usize) -> [Self; 4] {
            let rows =
                |first: usize, second: usize| two_rows((*at.add(first)).add(offset), (*at.add(second)).add(offset));
            let (a, b, c, d) = (rows(0, 2), rows(1, 3), rows(4, 6), rows(5, 7));
            let (low, high) = (_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
            let (later_low, later_high) = (_mm512_unpacklo_epi64(c, d), _mm512_unpackhi_epi64(c, d));
            [
                Eight(_mm512_shuffle_i64x2::<0b10_00_10_00>(low, later_low)),
                Eight(_mm512_shuffle_i64x2::<0b10_00_10_00>(high, later_high)),
                Eight(_mm512_shuffle_i64x2::<0b11_01_11_01>(low, later_low)),
                Eight(_mm512_shuffle_i64x2::<0b11_01_11_01>(high, later_high)),
            ]
        }
        #[inline(always)]
        unsafe fn gather_one(at: *const *const u64, offset: usize) -> Self {
            let word = |lane: usize| (*at.add(lane)).add(offset).cast::<f64>();
            let two = |lane: usize| _mm_loadh_pd(_mm_load_sd(word(lane)), word(lane + 1));
            let (low, high) = (_mm256_set_m128d(two(2), two(0)), _mm256_set_m128d(two(6), two(4)));
            Eight(_mm512_castpd_si512(_mm512_insertf64x4::<1>(_mm512_castpd256_pd512(low), high)))
        }
        #[inline(always)]
        unsafe fn scatter_four(values: [Self; 4], at: *const *mut u64, offset: usize) {
            let place = |lane: usize| (*at.add(lane)).add(offset);
            let [a, b, c, d] = values.map(|value| value.0);
            let (even, odd) = (_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
            let (later_even, later_odd) = (_mm512_unpacklo_epi64(c, d), _mm512_unpackhi_epi64(c, d));
            // Pairs of lanes (0, 2, 4, 6) and (1, 3, 5, 7), words 0 and 1, then words 2 and 3.
            for (first, words, more) in [(0, even, later_even), (1, odd, later_odd)] {
                let low = _mm512_permutex2var_epi64(words, _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11), more);
                let high = _mm512_permutex2var_epi64(words, _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15), more);
                write_rows(low, place(first), place(first + 2));
                write_rows(high, place(first + 4), place(first + 6));
            }
        }
        #[inline(always)]
        unsafe fn scatter_one(self, at: *const *mut u64, offset: usize) {
            let word = |lane: usize| (*at.add(lane)).add(offset).cast::<f64>();
            let all = _mm512_castsi512_pd(self.0);
            let (low, high) = (_mm512_castpd512_pd256(all), _mm512_extractf64x4_pd::<1>(all));
            let pairs = [
                _mm256_castpd256_pd128(low),
                _mm256_extractf128_pd::<1>(low),
                _mm256_castpd256_pd128(high),
                _mm256_extractf128_pd::<1>(high),
            ];
            for (i, pair) in pairs.into_iter().enumerate() {
                _mm_storel_pd(word(2 * i), pair);
                _mm_storeh_pd(word(2 * i + 1), pair);
            }
        }
        #[inline(always)]
        unsafe fn exchanged<const HALF: usize>(a: Self, b: Self) -> (Self, Self) {
            let (a, b) = (a.0, b.0);
            let (first, second) = match HALF {
                1 => (_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b)),
                2 => (
                    _mm512_permutex2var_epi64(a, _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13), b),
                    _mm512_permutex2var_epi64(a, _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15), b),
                ),
                _ => (_mm512_shuffle_i64x2::<0x44>(a, b), _mm512_shuffle_i64x2::<0xee>(a, b)),
            };
            (Eight(first), Eight(second))
        }
    }
}
