//! `timebandits-prover ZKEY WTNS`: a Groth16 proof over BN254 from a proving key and a witness, which may be `-` for standard
//! input. The answer is one JSON object on standard output. What is refused is said in one line on standard error: exit code 1,
//! or 2 for a wrong call.

mod container;
mod coordinate;
mod digits;
mod failure;
mod field;
mod group_sums;
mod groups;
mod lanes;
mod matrices;
mod msm;
mod output;
mod proof;
mod quotient;
mod transform;
mod wtns;
mod zkey;

use failure::Failure;
use memmap2::Mmap;
use std::fs::File;
use std::io::{Read, Write};
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [key, witness] = arguments.as_slice() else {
        eprintln!("usage: timebandits-prover ZKEY WTNS (- is standard input)");
        return ExitCode::from(2);
    };
    match run(key, witness) {
        Ok(answer) => match writeln!(std::io::stdout(), "{answer}") {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        },
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(key_path: &str, witness_path: &str) -> Result<String, Failure> {
    let started = Instant::now();
    let lanes = lanes::Lanes::chosen()?;
    let cannot_read = |path: &str| {
        let path = path.to_owned();
        move |error: std::io::Error| Failure::new(format!("cannot read {path}: {error}"))
    };
    let file = File::open(key_path).map_err(cannot_read(key_path))?;
    // SAFETY: the bytes are only read, as numbers of which every value is allowed, through safe slices. Who cuts the file short
    // meanwhile ends this process with a signal, which whoever started it sees.
    let bytes = unsafe { Mmap::map(&file) }.map_err(cannot_read(key_path))?;
    let key = zkey::Zkey::read(&bytes, key_path)?;
    let witness = if witness_path == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).map_err(cannot_read("standard input"))?;
        wtns::read_witness(&bytes, "the witness")?
    } else {
        wtns::read_witness(&std::fs::read(witness_path).map_err(cannot_read(witness_path))?, witness_path)?
    };
    if witness.len() != key.wires {
        return Err(Failure::new(format!(
            "{key_path} is for {} wires and the witness has {}: use the key and the witness of one circuit",
            key.wires,
            witness.len()
        )));
    }
    let (proof, timing) = proof::prove(&key, &witness, &proof::Blinding::fresh()?, lanes)?;
    let public = &witness[1..=key.public_signals];
    let total = started.elapsed().as_secs_f64();
    Ok(output::answer(&proof, public, &output::Run { timing, total, lanes, peak_memory: peak_memory() }))
}

/// The most memory in bytes that this process has had resident, the part of the key that it looked at included; `None` where
/// the system does not say.
fn peak_memory() -> Option<u64> {
    #[cfg(unix)]
    {
        let mut usage = std::mem::MaybeUninit::<libc::rusage>::uninit();
        // SAFETY: getrusage fills the structure it is given, and it is read only if it says so.
        let usage = unsafe {
            if libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr()) != 0 {
                return None;
            }
            usage.assume_init()
        };
        let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
        u64::try_from(usage.ru_maxrss).ok().map(|size| size * unit)
    }
    #[cfg(not(unix))]
    None
}
