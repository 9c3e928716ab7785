//! Sets of instructions, and how code is compiled for one.

/// Code over vectors. `run` must be inlined: into a function that is compiled for the instructions.
pub trait Job {
    type Output;
    /// # Safety
    /// Only where the processor has the instructions of the vectors that the job uses.
    unsafe fn run(self) -> Self::Output;
}

pub trait Instructions: Copy + Send + Sync + 'static {
    /// Runs a job that is compiled for these instructions.
    ///
    /// # Safety
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
