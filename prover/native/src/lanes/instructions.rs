//! Sets of instructions, and how code is compiled for one.

/// Code over vectors. `run` must be inlined: into a function that is compiled for the instructions.
pub trait Job {
    type Output;
    /// # Safety
    ///
    /// Only where the processor has the instructions of the vectors that the job uses.
    unsafe fn run(self) -> Self::Output;
}

pub trait Instructions: Copy + Send + Sync + 'static {
    /// Runs a job that is compiled for these instructions.
    ///
    /// # Safety
    ///
    /// Only if `available` says so.
    unsafe fn with<J: Job>(job: J) -> J::Output;
    /// Whether this processor has them.
    fn available() -> bool;
}

#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
pub struct Avx2;

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
unsafe fn with_avx2<J: Job>(job: J) -> J::Output {
    job.run()
}

#[cfg(target_arch = "x86_64")]
impl Instructions for Avx2 {
    unsafe fn with<J: Job>(job: J) -> J::Output {
        with_avx2(job)
    }
    fn available() -> bool {
        is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")
    }
}

#[cfg(all(target_arch = "x86_64", avx512))]
#[derive(Clone, Copy)]
pub struct Ifma;

#[cfg(all(target_arch = "x86_64", avx512))]
#[target_feature(enable = "avx512f,avx512ifma,avx512dq,avx512vl")]
unsafe fn with_ifma<J: Job>(job: J) -> J::Output {
    job.run()
}

#[cfg(all(target_arch = "x86_64", avx512))]
impl Instructions for Ifma {
    unsafe fn with<J: Job>(job: J) -> J::Output {
        with_ifma(job)
    }
    fn available() -> bool {
        // Every processor with AVX-512 IFMA has the others.
        is_x86_feature_detected!("avx512f")
            && is_x86_feature_detected!("avx512ifma")
            && is_x86_feature_detected!("avx512dq")
            && is_x86_feature_detected!("avx512vl")
    }
}
