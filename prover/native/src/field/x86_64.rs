//! Montgomery multiplication for processors with ADX and BMI2: two carry chains side by side.

use std::sync::atomic::{AtomicU8, Ordering};

/// 0 until it is known; then 1 for no, 2 for yes.
static TWO_CARRY_CHAINS: AtomicU8 = AtomicU8::new(0);

/// Whether the processor has both instruction sets.
#[inline(always)]
pub fn has_two_carry_chains() -> bool {
    match TWO_CARRY_CHAINS.load(Ordering::Relaxed) {
        0 => find_out(),
        answer => answer == 2,
    }
}

#[cold]
fn find_out() -> bool {
    let has = is_x86_feature_detected!("adx") && is_x86_feature_detected!("bmi2");
    TWO_CARRY_CHAINS.store(1 + u8::from(has), Ordering::Relaxed);
    has
}

/// Adds `a`·b[`$offset` / 8] to the five words `t0`…`t4`.
macro_rules! add_row {
    ($offset:literal) => {
        concat!(
            "xor {low:e}, {low:e}\n",
            "mov rdx, qword ptr [{b} + ",
            $offset,
            "]\n",
            "mulx {high}, {low}, {a0}\n adox {t0}, {low}\n adcx {t1}, {high}\n",
            "mulx {high}, {low}, {a1}\n adox {t1}, {low}\n adcx {t2}, {high}\n",
            "mulx {high}, {low}, {a2}\n adox {t2}, {low}\n adcx {t3}, {high}\n",
            "mulx {t4}, {low}, {a3}\n adox {t3}, {low}\n",
            "mov {low:e}, 0\n adcx {t4}, {low}\n adox {t4}, {low}\n",
        )
    };
}

/// Adds the multiple of the prime that makes the lowest word zero, and drops that word.
macro_rules! drop_word {
    () => {
        concat!(
            "mov rdx, {inverse}\n imul rdx, {t0}\n xor {low:e}, {low:e}\n",
            "mulx {high}, {low}, qword ptr [rip + {prime}]\n adcx {low}, {t0}\n mov {t0}, {high}\n",
            "mulx {high}, {low}, qword ptr [rip + {prime} + 8]\n adcx {t0}, {t1}\n adox {t0}, {low}\n mov {t1}, {high}\n",
            "mulx {high}, {low}, qword ptr [rip + {prime} + 16]\n adcx {t1}, {t2}\n adox {t1}, {low}\n mov {t2}, {high}\n",
            "mulx {high}, {low}, qword ptr [rip + {prime} + 24]\n adcx {t2}, {t3}\n adox {t2}, {low}\n mov {t3}, {high}\n",
            "mov {low:e}, 0\n adcx {t3}, {low}\n adox {t3}, {t4}\n",
        )
    };
}

/// a·b/R, reduced. The prime's highest word is below 2^62, so five words hold every sum.
macro_rules! multiply {
    ($a:expr, $b:expr, $prime:path, $inverse:path) => {{
        let (a, b): (&[u64; 4], &[u64; 4]) = ($a, $b);
        let (mut r0, mut r1, mut r2, mut r3): (u64, u64, u64, u64);
        // SAFETY: only registers that are named change; memory is read at the four words of `b` and of the prime. Who uses
        // this has seen that the processor has both instruction sets.
        unsafe {
            std::arch::asm!(
                "mov rdx, qword ptr [{b}]",
                "mulx {t1}, {t0}, {a0}",
                "xor {low:e}, {low:e}",
                "mulx {t2}, {low}, {a1}", "adox {t1}, {low}",
                "mulx {t3}, {low}, {a2}", "adox {t2}, {low}",
                "mulx {t4}, {low}, {a3}", "adox {t3}, {low}",
                "mov {low:e}, 0", "adox {t4}, {low}",
                crate::field::x86_64::drop_word!(),
                crate::field::x86_64::add_row!("8"),
                crate::field::x86_64::drop_word!(),
                crate::field::x86_64::add_row!("16"),
                crate::field::x86_64::drop_word!(),
                crate::field::x86_64::add_row!("24"),
                crate::field::x86_64::drop_word!(),
                a0 = in(reg) a[0], a1 = in(reg) a[1], a2 = in(reg) a[2], a3 = in(reg) a[3],
                b = in(reg) b.as_ptr(),
                t0 = out(reg) r0, t1 = out(reg) r1, t2 = out(reg) r2, t3 = out(reg) r3, t4 = out(reg) _,
                low = out(reg) _, high = out(reg) _, out("rdx") _,
                inverse = const $inverse as i64, prime = sym $prime,
                options(pure, readonly, nostack),
            );
            // The result is below twice the prime.
            std::arch::asm!(
                "mov {s0}, {r0}", "mov {s1}, {r1}", "mov {s2}, {r2}", "mov {s3}, {r3}",
                "sub {s0}, qword ptr [rip + {prime}]",
                "sbb {s1}, qword ptr [rip + {prime} + 8]",
                "sbb {s2}, qword ptr [rip + {prime} + 16]",
                "sbb {s3}, qword ptr [rip + {prime} + 24]",
                "cmovnc {r0}, {s0}", "cmovnc {r1}, {s1}", "cmovnc {r2}, {s2}", "cmovnc {r3}, {s3}",
                r0 = inout(reg) r0, r1 = inout(reg) r1, r2 = inout(reg) r2, r3 = inout(reg) r3,
                s0 = out(reg) _, s1 = out(reg) _, s2 = out(reg) _, s3 = out(reg) _,
                prime = sym $prime,
                options(pure, readonly, nostack),
            );
        }
        [r0, r1, r2, r3]
    }};
}

pub(crate) use {add_row, drop_word, multiply};
