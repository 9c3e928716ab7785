//! A witness: the value of every wire.

use crate::container::{read_u32, Container};
use crate::failure::Failure;
use crate::field::{read_words, scalar, Words};

/// The values, each below the field's order.
pub fn read_witness(bytes: &[u8], name: &str) -> Result<Vec<Words>, Failure> {
    let file = Container::open(bytes, "wtns", name)?;
    let header = file.section(1, 40)?;
    if read_u32(header, 0) != 32 || read_words(header, 4) != scalar::PRIME {
        return Err(Failure::new(format!("{name} is not over BN254's field: calculate the witness again")));
    }
    let data = file.exact(2, read_u32(header, 36) as usize, 32)?;
    let values: Vec<Words> = (0..data.len() / 32).map(|i| read_words(data, 32 * i)).collect();
    if let Some(wire) = values.iter().position(|value| !scalar::is_reduced(value)) {
        return Err(Failure::new(format!(
            "the value of wire {wire} is not below the field's order: calculate the witness again"
        )));
    }
    Ok(values)
}
