//! Vectors as the processors have them: what all can do, and those of doubles whose bits are also read as integers.

/// 64 bits in each lane.
///
/// # Safety
///
/// Functions may be called only where the processor has the instructions. Pointers are valid for the words that are named.
pub trait Vector: Copy {
    const LANES: usize;
    unsafe fn load(at: *const u64) -> Self;
    unsafe fn store(self, at: *mut u64);
    /// Words 0 to 3 at `offset` from each lane's pointer.
    unsafe fn gather_four(at: *const *const u64, offset: usize) -> [Self; 4];
    /// The word at `offset` from each lane's pointer.
    unsafe fn gather_one(at: *const *const u64, offset: usize) -> Self;
    unsafe fn scatter_four(values: [Self; 4], at: *const *mut u64, offset: usize);
    unsafe fn scatter_one(self, at: *const *mut u64, offset: usize);
    /// In each run of 2·HALF lanes, the second half of a and the first half of b change places; HALF is 1 or 2, or 4 too where
    /// there are eight lanes.
    unsafe fn exchanged<const HALF: usize>(a: Self, b: Self) -> (Self, Self);
}

/// One double in each lane.
///
/// # Safety
///
/// Functions may be called only where the processor has the instructions. Pointers are valid for the words that are named.
pub trait Doubles: Vector {
    unsafe fn splat(value: f64) -> Self;
    unsafe fn splat_bits(bits: u64) -> Self;
    /// self·b + c, rounded once.
    unsafe fn multiply_add(self, b: Self, c: Self) -> Self;
    unsafe fn add(self, b: Self) -> Self;
    unsafe fn subtract(self, b: Self) -> Self;
    unsafe fn add_integers(self, b: Self) -> Self;
    unsafe fn subtract_integers(self, b: Self) -> Self;
    /// Zeros come in from above.
    unsafe fn shift_right<const BITS: i32>(self) -> Self;
    unsafe fn shift_left<const BITS: i32>(self) -> Self;
    unsafe fn and(self, b: Self) -> Self;
    unsafe fn or(self, b: Self) -> Self;
    unsafe fn xor(self, b: Self) -> Self;
    /// All ones where self > b.
    unsafe fn above(self, b: Self) -> Self;
}

#[cfg(target_arch = "x86_64")]
pub mod avx2 {
    use super::{Doubles, Vector};
    use std::arch::x86_64::*;

    /// Four lanes, for processors with AVX2 and fused multiply-adds.
    #[derive(Clone, Copy)]
    pub struct Four(__m256d);

    #[inline(always)]
    unsafe fn integers(value: Four) -> __m256i {
        _mm256_castpd_si256(value.0)
    }

    #[inline(always)]
    unsafe fn doubles(value: __m256i) -> Four {
        Four(_mm256_castsi256_pd(value))
    }

    /// Rows become columns.
    #[inline(always)]
    unsafe fn transposed(rows: [__m256d; 4]) -> [__m256d; 4] {
        let low = [_mm256_unpacklo_pd(rows[0], rows[1]), _mm256_unpacklo_pd(rows[2], rows[3])];
        let high = [_mm256_unpackhi_pd(rows[0], rows[1]), _mm256_unpackhi_pd(rows[2], rows[3])];
        [
            _mm256_permute2f128_pd::<0x20>(low[0], low[1]),
            _mm256_permute2f128_pd::<0x20>(high[0], high[1]),
            _mm256_permute2f128_pd::<0x31>(low[0], low[1]),
            _mm256_permute2f128_pd::<0x31>(high[0], high[1]),
        ]
    }

    impl Doubles for Four {
        #[inline(always)]
        unsafe fn splat(value: f64) -> Self {
            Four(_mm256_set1_pd(value))
        }
        #[inline(always)]
        unsafe fn splat_bits(bits: u64) -> Self {
            doubles(_mm256_set1_epi64x(bits as i64))
        }
        #[inline(always)]
        unsafe fn multiply_add(self, b: Self, c: Self) -> Self {
            Four(_mm256_fmadd_pd(self.0, b.0, c.0))
        }
        #[inline(always)]
        unsafe fn add(self, b: Self) -> Self {
            Four(_mm256_add_pd(self.0, b.0))
        }
        #[inline(always)]
        unsafe fn subtract(self, b: Self) -> Self {
            Four(_mm256_sub_pd(self.0, b.0))
        }
        #[inline(always)]
        unsafe fn add_integers(self, b: Self) -> Self {
            doubles(_mm256_add_epi64(integers(self), integers(b)))
        }
        #[inline(always)]
        unsafe fn subtract_integers(self, b: Self) -> Self {
            doubles(_mm256_sub_epi64(integers(self), integers(b)))
        }
        #[inline(always)]
        unsafe fn shift_right<const BITS: i32>(self) -> Self {
            doubles(_mm256_srli_epi64::<BITS>(integers(self)))
        }
        #[inline(always)]
        unsafe fn shift_left<const BITS: i32>(self) -> Self {
            doubles(_mm256_slli_epi64::<BITS>(integers(self)))
        }
        #[inline(always)]
        unsafe fn and(self, b: Self) -> Self {
            Four(_mm256_and_pd(self.0, b.0))
        }
        #[inline(always)]
        unsafe fn or(self, b: Self) -> Self {
            Four(_mm256_or_pd(self.0, b.0))
        }
        #[inline(always)]
        unsafe fn xor(self, b: Self) -> Self {
            Four(_mm256_xor_pd(self.0, b.0))
        }
        #[inline(always)]
        unsafe fn above(self, b: Self) -> Self {
            Four(_mm256_cmp_pd::<_CMP_GT_OQ>(self.0, b.0))
        }
    }

    impl Vector for Four {
        const LANES: usize = 4;
        #[inline(always)]
        unsafe fn load(at: *const u64) -> Self {
            Four(_mm256_loadu_pd(at.cast()))
        }
        #[inline(always)]
        unsafe fn store(self, at: *mut u64) {
            _mm256_storeu_pd(at.cast(), self.0);
        }
        #[inline(always)]
        unsafe fn gather_four(at: *const *const u64, offset: usize) -> [Self; 4] {
            let row = |lane: usize| _mm256_loadu_pd((*at.add(lane)).add(offset).cast());
            transposed([row(0), row(1), row(2), row(3)]).map(Four)
        }
        #[inline(always)]
        unsafe fn gather_one(at: *const *const u64, offset: usize) -> Self {
            let word = |lane: usize| (*at.add(lane)).add(offset).cast::<f64>();
            let low = _mm_loadh_pd(_mm_load_sd(word(0)), word(1));
            let high = _mm_loadh_pd(_mm_load_sd(word(2)), word(3));
            Four(_mm256_set_m128d(high, low))
        }
        #[inline(always)]
        unsafe fn scatter_four(values: [Self; 4], at: *const *mut u64, offset: usize) {
            for (lane, row) in transposed(values.map(|value| value.0)).into_iter().enumerate() {
                _mm256_storeu_pd((*at.add(lane)).add(offset).cast(), row);
            }
        }
        #[inline(always)]
        unsafe fn scatter_one(self, at: *const *mut u64, offset: usize) {
            let (low, high) = (_mm256_castpd256_pd128(self.0), _mm256_extractf128_pd::<1>(self.0));
            let word = |lane: usize| (*at.add(lane)).add(offset).cast::<f64>();
            _mm_storel_pd(word(0), low);
            _mm_storeh_pd(word(1), low);
            _mm_storel_pd(word(2), high);
            _mm_storeh_pd(word(3), high);
        }
        #[inline(always)]
        unsafe fn exchanged<const HALF: usize>(a: Self, b: Self) -> (Self, Self) {
            if HALF == 1 {
                (Four(_mm256_unpacklo_pd(a.0, b.0)), Four(_mm256_unpackhi_pd(a.0, b.0)))
            } else {
                (Four(_mm256_permute2f128_pd::<0x20>(a.0, b.0)), Four(_mm256_permute2f128_pd::<0x31>(a.0, b.0)))
            }
        }
    }
}
