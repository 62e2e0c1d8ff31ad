//! 材料: files by what they contain. Small ones lie in the database, large ones in a folder beside
//! it.

use std::{
    fs,
    io::{ErrorKind, Write},
    path::PathBuf,
};

use jiff::Timestamp;

use crate::{
    canonical::{hex, sm3_hex},
    db::params,
    error::{Damage, StoreError},
    keys::random,
    store::{Read, Tx},
};

type Result<T> = std::result::Result<T, StoreError>;

/// Up to this size a file lies in the database.
const SMALL: usize = 1 << 20;

/// A file as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Material {
    /// Media type, as checked when it came in.
    pub kind: String,
    /// Its bytes.
    pub content: Vec<u8>,
}

impl Tx<'_> {
    /// Keeps a file and returns the digest it is found by; the same bytes are kept once.
    pub fn put_file(&self, content: &[u8], kind: &str, at: Timestamp) -> Result<String> {
        let digest = sm3_hex(content);
        let known = self.db.first(
            "select digest from file where county = $1 and digest = $2",
            params![self.county, &digest],
            |row| row.text(0),
        )?;
        if known.is_some() {
            return Ok(digest);
        }
        let inside = (content.len() <= SMALL).then_some(content);
        if inside.is_none() {
            self.write_beside(&digest, content)?;
        }
        // Somebody may keep the same bytes at the same moment.
        self.db.tell(
            "insert into file (county, digest, size, kind, at, content)
             values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
            params![self.county, &digest, content.len() as i64, kind, at, inside],
        )?;
        Ok(digest)
    }

    /// Writes a large file under another name first, so that its own name never shows half of it.
    fn write_beside(&self, digest: &str, content: &[u8]) -> Result<()> {
        let path = self.beside(digest);
        let folder = path.parent().unwrap_or(self.files);
        fs::create_dir_all(folder)?;
        let unfinished = folder.join(format!("{}.part", hex(&random::<8>()?)));
        let written = fs::File::create(&unfinished).and_then(|mut file| {
            file.write_all(content)?;
            file.sync_all()?;
            fs::rename(&unfinished, &path)?;
            fs::File::open(folder)?.sync_all()
        });
        written.map_err(|error| {
            let _ = fs::remove_file(&unfinished);
            if error.kind() == ErrorKind::StorageFull { StoreError::Full } else { error.into() }
        })
    }
}

impl Read<'_> {
    /// A file by its digest; what was changed since it was kept is damage, not a file.
    pub fn file(&self, digest: &str) -> Result<Option<Material>> {
        let found = self.db.first(
            "select kind, content from file where county = $1 and digest = $2",
            params![self.county, digest],
            |row| Ok((row.text(0)?, row.maybe_bytes(1)?)),
        )?;
        let Some((kind, inside)) = found else {
            return Ok(None);
        };
        let content = match inside {
            Some(content) => content,
            None => fs::read(self.beside(digest))?,
        };
        if sm3_hex(&content) != digest {
            return Err(Damage::of("", 0, format!("材料 {digest} 与摘要不符")));
        }
        Ok(Some(Material { kind, content }))
    }

    /// Where a large file lies.
    pub(crate) fn beside(&self, digest: &str) -> PathBuf {
        // The digest came from us, or leads to no row: it never reaches the file system unchecked.
        let (head, rest) = digest.split_at_checked(2).unwrap_or(("00", digest));
        self.files.join(self.county).join(head).join(rest)
    }
}
