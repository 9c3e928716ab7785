//! The container that `.zkey` and `.wtns` share: four letters, u32 version, u32 number of sections, then sections of u32 id,
//! u64 length, data. Everything is little-endian.

use crate::failure::Failure;
use std::collections::BTreeMap;

pub struct Container<'a> {
    name: &'a str,
    sections: BTreeMap<u32, &'a [u8]>,
}

impl<'a> Container<'a> {
    /// Finds the sections, each of which is there once, with nothing behind the last. `name` is for messages.
    pub fn open(bytes: &'a [u8], magic: &str, name: &'a str) -> Result<Self, Failure> {
        if bytes.len() < 12 || &bytes[..4] != magic.as_bytes() {
            return Err(Failure::new(format!("{name} is not a .{magic} file: make it again")));
        }
        let cut_short = || Failure::new(format!("{name} ends too early: make it again"));
        let mut sections = BTreeMap::new();
        let mut rest = &bytes[12..];
        for _ in 0..read_u32(bytes, 8) {
            if rest.len() < 12 {
                return Err(cut_short());
            }
            let length = u64::from(read_u32(rest, 4)) | u64::from(read_u32(rest, 8)) << 32;
            let length = usize::try_from(length).map_err(|_| cut_short())?;
            let id = read_u32(rest, 0);
            rest = &rest[12..];
            if rest.len() < length {
                return Err(cut_short());
            }
            if sections.insert(id, &rest[..length]).is_some() {
                return Err(Failure::new(format!(
                    "{name} has section {id} twice: get the file again, or make it again"
                )));
            }
            rest = &rest[length..];
        }
        if !rest.is_empty() {
            let behind = rest.len();
            return Err(Failure::new(format!("{name} has {behind} bytes behind its last section: make it again")));
        }
        Ok(Container { name, sections })
    }

    /// The data of a section of which the size is not known beforehand, but at least `least` bytes.
    pub fn section(&self, id: u32, least: usize) -> Result<&'a [u8], Failure> {
        let data = self.sections.get(&id).copied();
        let data = data.ok_or_else(|| Failure::new(format!("{} has no section {id}: make it again", self.name)))?;
        if data.len() < least {
            return Err(self.wrong_size(id));
        }
        Ok(data)
    }

    /// The data of a section of exactly `count` items.
    pub fn exact(&self, id: u32, count: usize, item: usize) -> Result<&'a [u8], Failure> {
        let data = self.section(id, 0)?;
        if count.checked_mul(item) != Some(data.len()) {
            return Err(self.wrong_size(id));
        }
        Ok(data)
    }

    pub fn wrong_size(&self, id: u32) -> Failure {
        Failure::new(format!("section {id} of {} has not the size that its header says: make it again", self.name))
    }
}

pub fn read_u32(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}
