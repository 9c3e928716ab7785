//! What calculations in lanes need of a field, whatever form its numbers have.

use crate::field::Words;

/// Limbs of an element in memory; what they mean is the implementation's own.
pub const LIMBS: usize = 5;
/// The most lanes of any implementation.
pub const MOST_LANES: usize = 8;
/// An element in memory.
pub type Limbs = [u64; LIMBS];

/// One element in each lane. ρ is the implementation's Montgomery radix: `times` gives a·b/ρ.
///
/// Results of the functions are *settled*, but for `minus`, whose result may only be stored, loaded, and multiplied.
///
/// # Safety
///
/// Every function may be called only where the processor has the implementation's instructions, and should be inlined into a
/// function that is compiled for them. Pointers are valid for one element at `offset`, in units of eight bytes.
pub trait Element: Copy {
    const LANES: usize;
    /// ρ modulo the prime, in every lane.
    unsafe fn one() -> Self;
    unsafe fn zero() -> Self;
    /// The number whose words are given, in every lane: words below the prime.
    unsafe fn splat(words: &Words) -> Self;
    /// An element in memory, in every lane.
    unsafe fn splat_limbs(limbs: &Limbs) -> Self;
    /// Four words of each of the numbers at the pointers' places, each below the prime. They need not be aligned.
    unsafe fn from_words(at: *const *const u64, offset: usize) -> Self;
    /// Elements that `scatter` or `store` wrote.
    unsafe fn gather(at: *const *const u64, offset: usize) -> Self;
    unsafe fn scatter(self, at: *const *mut u64, offset: usize);
    /// All lanes in one piece of LANES·LIMBS words.
    unsafe fn load(at: *const u64) -> Self;
    unsafe fn store(self, at: *mut u64);
    /// −self in the lanes whose mask is all ones, self where it is 0.
    unsafe fn negated_where(self, masks: *const u64) -> Self;
    unsafe fn minus(self, other: Self) -> Self;
    /// a·b/ρ. One of the two may be a difference.
    unsafe fn times(self, other: Self) -> Self;
    /// a·b/ρ − less.
    unsafe fn times_less(self, other: Self, less: Self) -> Self;
    /// a²·2^256/ρ² − less − more: what a slope squared is among coordinates, which have the radix of the key.
    unsafe fn slope_squared_less(self, less: Self, more: Self) -> Self;
    /// (a0·b0 − a1·b1)/ρ and (a0·b1 + a1·b0)/ρ: a product of numbers with two components.
    unsafe fn complex_times(a: [Self; 2], b: [Self; 2], less: Option<[Self; 2]>) -> [Self; 2];
    /// The square of a slope with two components, as `slope_squared_less`.
    unsafe fn complex_slope_squared_less(a: [Self; 2], less: [Self; 2], more: [Self; 2]) -> [Self; 2];
    /// The sum and the difference of a and b.
    unsafe fn sum_and_difference(self, other: Self) -> (Self, Self);
    /// Halves change places: in each run of 2·HALF lanes, the second half of a and the first half of b. Twice is nothing.
    unsafe fn exchanged<const HALF: usize>(a: Self, b: Self) -> (Self, Self);
    /// The number below the prime that an element in memory stands for.
    fn words(limbs: &Limbs) -> Words;
    /// The element in memory for a number below the prime.
    fn limbs(words: &Words) -> Limbs;
    /// ρ modulo the prime.
    fn radix() -> Words;
    /// ρ²/2^256 modulo the prime, which leads from inverses of the key's radix to those of ρ.
    fn inverse_scale() -> Words;
}
