//! What the program prints: one JSON object in snarkjs's shape, with numbers as decimal strings.

use crate::field::Words;
use crate::lanes::Lanes;
use crate::proof::{Proof, Timing};
use ark_ff::BigInt;
use std::fmt::Display;

fn quoted(value: impl Display) -> String {
    format!("\"{value}\"")
}

fn list(items: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", items.into_iter().collect::<Vec<_>>().join(","))
}

/// How the proof was made.
pub struct Run {
    pub timing: Timing,
    /// Seconds.
    pub total: f64,
    pub lanes: Lanes,
    /// Bytes, where the system says it.
    pub peak_memory: Option<u64>,
}

pub fn answer(proof: &Proof, public: &[Words], run: &Run) -> String {
    let one = || quoted(1);
    let pi_a = list([quoted(proof.a.x), quoted(proof.a.y), one()]);
    let pi_b = list([
        list([quoted(proof.b.x.c0), quoted(proof.b.x.c1)]),
        list([quoted(proof.b.y.c0), quoted(proof.b.y.c1)]),
        list([one(), quoted(0)]),
    ]);
    let pi_c = list([quoted(proof.c.x), quoted(proof.c.y), one()]);
    let signals = list(public.iter().map(|value| quoted(BigInt(*value))));
    let memory = run.peak_memory.map_or("null".to_owned(), |bytes| bytes.div_ceil(1 << 20).to_string());
    let Run { timing: Timing { quotient, sums }, total, lanes, .. } = run;
    let lanes = quoted(lanes.name());
    format!(
        r#"{{"proof":{{"pi_a":{pi_a},"pi_b":{pi_b},"pi_c":{pi_c},"protocol":"groth16","curve":"bn128"}},"publicSignals":{signals},"seconds":{{"quotient":{quotient:.3},"sums":{sums:.3},"total":{total:.3}}},"peakMemoryMiB":{memory},"lanes":{lanes}}}"#
    )
}
