//! 考试: who is sitting an examination, until when, and what they have answered so far.

use engine::{action::CaseId, actor::PersonId};
use jiff::Timestamp;

use crate::{
    db::{Row, params},
    error::StoreError,
    store::{Read, Tx},
};

type Result<T> = std::result::Result<T, StoreError>;

/// One sitting of one person. 一次考试
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sitting {
    /// The case.
    pub case: CaseId,
    /// Who sits.
    pub person: PersonId,
    /// Which sitting of this person in this case, from 1.
    pub serial: u32,
    /// Since when.
    pub started: Timestamp,
    /// Answers after this moment do not count.
    pub ends: Timestamp,
    /// Digests of the files of the question bank it is drawn from.
    pub bank: Vec<String>,
    /// What has been answered, in the words of whoever keeps it here.
    pub answers: String,
    /// The entry of its result, once there is one.
    pub entered: Option<u32>,
}

const COLUMNS: &str = "case_id, person, serial, started, ends, bank, answers, entered";

impl Tx<'_> {
    /// Begins a sitting; one that has begun stays as it is.
    pub fn begin_sitting(&self, sitting: &Sitting) -> Result<()> {
        let sql = format!(
            "insert into sitting (county, {COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, 0)
             on conflict do nothing"
        );
        let bank = sitting.bank.join(",");
        let with = params![
            self.county,
            &sitting.case,
            &sitting.person,
            i64::from(sitting.serial),
            sitting.started,
            sitting.ends,
            &bank,
            &sitting.answers
        ];
        self.db.exec(&sql, with).map(|_| ())
    }

    /// Keeps what has been answered; `false` where the result has been entered already.
    pub fn save_sitting(
        &self,
        case: &str,
        person: &str,
        serial: u32,
        answers: &str,
    ) -> Result<bool> {
        let changed = self.db.exec(
            "update sitting set answers = $5
             where county = $1 and case_id = $2 and person = $3 and serial = $4 and entered = 0",
            params![self.county, case, person, i64::from(serial), answers],
        )?;
        Ok(changed > 0)
    }

    /// Notes the entry of its result.
    pub fn end_sitting(&self, case: &str, person: &str, serial: u32, entry: u32) -> Result<()> {
        self.db.exec(
            "update sitting set entered = $5
             where county = $1 and case_id = $2 and person = $3 and serial = $4",
            params![self.county, case, person, i64::from(serial), i64::from(entry)],
        )?;
        Ok(())
    }
}

impl Read<'_> {
    /// The sittings of one person in a case, the first first.
    pub fn sittings(&self, case: &str, person: &str) -> Result<Vec<Sitting>> {
        let sql = format!(
            "select {COLUMNS} from sitting
             where county = $1 and case_id = $2 and person = $3 order by serial"
        );
        self.db.query(&sql, params![self.county, case, person], sitting)
    }

    /// Sittings that ended before a moment and have no result yet.
    pub fn sittings_over(&self, before: Timestamp) -> Result<Vec<Sitting>> {
        let sql = format!(
            "select {COLUMNS} from sitting
             where county = $1 and entered = 0 and ends < $2 order by ends, case_id, person"
        );
        self.db.query(&sql, params![self.county, before], sitting)
    }
}

fn sitting(row: &Row) -> Result<Sitting> {
    let small = |column| Ok::<_, StoreError>(u32::try_from(row.int(column)?).unwrap_or(0));
    Ok(Sitting {
        case: row.text(0)?,
        person: row.text(1)?,
        serial: small(2)?,
        started: row.instant(3)?,
        ends: row.instant(4)?,
        bank: row.text(5)?.split(',').map(str::to_owned).collect(),
        answers: row.text(6)?,
        entered: Some(small(7)?).filter(|entry| *entry > 0),
    })
}
