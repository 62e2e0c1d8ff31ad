//! 日封: at the end of a day, one root over every case that moved, chained to the day before.

use jiff::{Span, Timestamp, civil::Date};

use crate::{
    canonical::hex,
    db::{Param, Row, params},
    error::{Damage, StoreError},
    merkle,
    receipt::{NOTHING, Proof, Receipt, Seal, seal_leaf},
    store::{Read, Tx},
};

type Result<T> = std::result::Result<T, StoreError>;

/// Transactions may commit a little after the instant they carry; heads are looked for so much
/// before the last seal. Those it covered already are left out by version.
const SLACK_HOURS: i64 = 24;

impl Tx<'_> {
    /// Seals the cases that moved since the last seal. Sealing a day again returns its seal; a day
    /// before the last seal cannot be sealed any more, what it left out stands under a later one.
    pub fn seal(&self, day: Date, at: Timestamp) -> Result<Seal> {
        let last = self.last_seal()?;
        let (prev, since) = match &last {
            Some((seal, _)) if seal.day == day => return Ok(seal.clone()),
            Some((seal, _)) if seal.day > day => {
                return Err(StoreError::Immutable(format!("{}之后已有日封", day)));
            }
            Some((seal, at)) => {
                (seal.digest.clone(), at.saturating_sub(slack()).unwrap_or(Timestamp::MIN))
            }
            None => (NOTHING.to_owned(), Timestamp::MIN),
        };
        let since = since.max(Timestamp::UNIX_EPOCH);
        let heads = self.db.query(
            "select c.case_id, c.version, c.digest from case_now c
             where c.county = $1 and c.last_at >= $2 and not exists (
                 select 1 from leaf l where l.county = c.county and l.case_id = c.case_id
                 and l.version = c.version)
             order by c.case_id",
            params![self.county, since],
            |row| Ok((row.text(0)?, row.count(1)?, row.text(2)?)),
        )?;
        let leaves: Vec<merkle::Hash> = heads
            .iter()
            .map(|(case, version, digest)| seal_leaf(self.county, case, *version, digest))
            .collect();
        let mut seal = Seal {
            county: self.county.to_owned(),
            day,
            size: leaves.len() as u64,
            root: hex(&merkle::root(&leaves)),
            prev,
            digest: String::new(),
        };
        seal.digest = seal.computed();
        let rows: Vec<Vec<Param>> = heads
            .iter()
            .enumerate()
            .map(|(place, (case, version, digest))| {
                params![self.county, case, *version, day, place as i64, digest].to_vec()
            })
            .collect();
        self.db.insert("leaf (county, case_id, version, day, place, digest)", &rows)?;
        self.db.insert(
            "seal (county, day, at, size, root, prev, digest)",
            &[params![
                self.county,
                day,
                at,
                seal.size as i64,
                &seal.root,
                &seal.prev,
                &seal.digest
            ]
            .to_vec()],
        )?;
        Ok(seal)
    }
}

impl Read<'_> {
    /// Every seal, the first one first: what is published and deposited elsewhere.
    pub fn seals(&self) -> Result<Vec<Seal>> {
        let sql = format!("{SEAL} where county = $1 order by day");
        self.db.query(&sql, params![self.county], |row| seal(self.county, row))
    }

    /// The seal of a day.
    pub fn seal_of(&self, day: Date) -> Result<Option<Seal>> {
        let sql = format!("{SEAL} where county = $1 and day = $2");
        self.db.first(&sql, params![self.county, day], |row| seal(self.county, row))
    }

    fn last_seal(&self) -> Result<Option<(Seal, Timestamp)>> {
        let sql = format!("{SEAL} where county = $1 order by day desc limit 1");
        self.db
            .first(&sql, params![self.county], |row| Ok((seal(self.county, row)?, row.instant(5)?)))
    }

    /// Adds the proof to a receipt, if a seal covers its entry by now.
    pub fn prove(&self, receipt: Receipt) -> Result<Receipt> {
        let case = receipt.entry.case.clone();
        let covering = self.db.first(
            "select day, place, version from leaf
             where county = $1 and case_id = $2 and version >= $3 order by version limit 1",
            params![self.county, &case, receipt.entry.version],
            |row| Ok((row.date(0)?, row.int(1)?, row.count(2)?)),
        )?;
        let Some((day, place, version)) = covering else {
            return Ok(receipt);
        };
        let mut later = Vec::new();
        for next in receipt.entry.version + 1..=version {
            let entry = self.receipt_of(&case, next)?;
            let entry = entry.ok_or_else(|| Damage::of(&case, next, "缺少这一笔"))?;
            later.push(entry.entry.content());
        }
        let seal = self.seal_of(day)?;
        let seal = seal.ok_or_else(|| Damage::of("", 0, format!("缺少{day}的日封")))?;
        let leaves = self.leaves(day)?;
        let index = place as usize;
        if index >= leaves.len() {
            return Err(Damage::of("", 0, format!("{day}的日封缺少叶子")));
        }
        let path = merkle::path(&leaves, index).iter().map(|step| hex(step)).collect();
        let proof = Some(Proof { later, index: place.unsigned_abs(), path, seal });
        Ok(Receipt { proof, ..receipt })
    }

    /// The leaves of a day's tree.
    pub(crate) fn leaves(&self, day: Date) -> Result<Vec<merkle::Hash>> {
        self.db.query(
            "select case_id, version, digest from leaf where county = $1 and day = $2
             order by place",
            params![self.county, day],
            |row| Ok(seal_leaf(self.county, &row.text(0)?, row.count(1)?, &row.text(2)?)),
        )
    }
}

const SEAL: &str = "select day, size, root, prev, digest, at from seal";

fn seal(county: &str, row: &Row) -> Result<Seal> {
    Ok(Seal {
        county: county.to_owned(),
        day: row.date(0)?,
        size: row.int(1)?.unsigned_abs(),
        root: row.text(2)?,
        prev: row.text(3)?,
        digest: row.text(4)?,
    })
}

fn slack() -> Span {
    Span::new().hours(SLACK_HOURS)
}
