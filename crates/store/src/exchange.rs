//! 数据交换记录: which case another platform's number stands for, and what went there and came back.

use engine::{action::CaseId, actor::PersonId};
use jiff::{Timestamp, civil::Date};

use crate::{
    canonical::hex,
    db::{Row, params},
    error::StoreError,
    keys::random,
    store::{Read, Tx},
};

type Result<T> = std::result::Result<T, StoreError>;

/// Which way a file went. 方向
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// 导入.
    In,
    /// 导出.
    Out,
    /// 对账.
    Checked,
}

/// One file that went or came. 交换记录
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangeRun {
    /// Its id.
    pub id: String,
    /// The exchange.
    pub exchange: String,
    /// Which way.
    pub way: Way,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub person: PersonId,
    /// Name of the file.
    pub file: String,
    /// SM3 of its bytes.
    pub digest: String,
    /// Rows.
    pub lines: u64,
    /// Acts performed, or rows written.
    pub done: u64,
    /// Acts that had been performed before.
    pub again: u64,
    /// Rows refused or differing.
    pub refused: u64,
    /// The file that says what became of it, in the file store; empty where there is none.
    pub result: String,
}

/// A case that came from another platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchanged {
    /// The other side's number.
    pub number: String,
    /// The case.
    pub case: CaseId,
    /// 案号.
    pub case_no: String,
    /// How it is called.
    pub title: String,
    /// Since when.
    pub opened: Date,
}

/// An id for a run.
pub fn new_run_id() -> Result<String> {
    Ok(hex(&random::<12>()?))
}

const WAYS: [(Way, &str); 3] = [(Way::In, "in"), (Way::Out, "out"), (Way::Checked, "checked")];

impl Way {
    fn id(self) -> &'static str {
        WAYS.iter().find(|(way, _)| *way == self).map_or("in", |(_, id)| id) // Every way is listed.
    }
}

impl Tx<'_> {
    /// Notes which case a number of the other side stands for; the first to be noted stays.
    pub fn note_exchanged(
        &self,
        exchange: &str,
        number: &str,
        case: &str,
        run: &str,
    ) -> Result<()> {
        self.db.insert(
            "exchange_item (county, exchange, number, case_id, run)",
            &[params![self.county, exchange, number, case, run].to_vec()],
        )
    }

    /// Notes that a file went or came.
    pub fn note_run(&self, run: &ExchangeRun) -> Result<()> {
        self.db.insert(
            "exchange_run (county, run, exchange, way, at, person, file, digest, lines, done, again,
             refused, result)",
            &[params![
                self.county,
                &run.id,
                &run.exchange,
                run.way.id(),
                run.at,
                &run.person,
                &run.file,
                &run.digest,
                number(run.lines),
                number(run.done),
                number(run.again),
                number(run.refused),
                &run.result
            ]
            .to_vec()],
        )
    }
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

impl Read<'_> {
    /// The case that a number of the other side stands for, and the business date of its last
    /// entry.
    pub fn exchanged(&self, exchange: &str, number: &str) -> Result<Option<(CaseId, Date)>> {
        self.db.first(
            "select i.case_id, c.last_on
             from exchange_item i join case_now c on c.county = i.county and c.case_id = i.case_id
             where i.county = $1 and i.exchange = $2 and i.number = $3",
            params![self.county, exchange, number],
            |row| Ok((row.text(0)?, row.date(1)?)),
        )
    }

    /// The other side's number of a case, where it came from there.
    pub fn exchange_number(&self, exchange: &str, case: &str) -> Result<Option<String>> {
        self.db.first(
            "select number from exchange_item
             where county = $1 and case_id = $3 and exchange = $2 order by number",
            params![self.county, exchange, case],
            |row| row.text(0),
        )
    }

    /// The cases that came from there and are not void, in the order of their numbers.
    pub fn all_exchanged(&self, exchange: &str, after: &str, limit: u32) -> Result<Vec<Exchanged>> {
        self.db.query(
            "select i.number, i.case_id, c.number, c.title, c.opened
             from exchange_item i join case_now c on c.county = i.county and c.case_id = i.case_id
             where i.county = $1 and i.exchange = $2 and i.number > $3 and c.void = 0
             order by i.number limit $4",
            params![self.county, exchange, after, limit],
            |row| {
                Ok(Exchanged {
                    number: row.text(0)?,
                    case: row.text(1)?,
                    case_no: row.maybe(2)?.unwrap_or_default(),
                    title: row.text(3)?,
                    opened: row.date(4)?,
                })
            },
        )
    }

    /// The files of an exchange, the latest first.
    pub fn exchange_runs(&self, exchange: &str, limit: u32) -> Result<Vec<ExchangeRun>> {
        self.db.query(
            "select run, exchange, way, at, person, file, digest, lines, done, again, refused, result
             from exchange_run where county = $1 and exchange = $2 order by at desc, run limit $3",
            params![self.county, exchange, limit],
            run,
        )
    }

    /// One file that went or came.
    pub fn exchange_run(&self, id: &str) -> Result<Option<ExchangeRun>> {
        self.db.first(
            "select run, exchange, way, at, person, file, digest, lines, done, again, refused, result
             from exchange_run where county = $1 and run = $2",
            params![self.county, id],
            run,
        )
    }
}

fn run(row: &Row) -> Result<ExchangeRun> {
    let count = |column| Ok::<_, StoreError>(row.int(column)?.unsigned_abs());
    let way = row.text(2)?;
    let way = WAYS.iter().find(|(_, id)| *id == way).map(|(way, _)| *way);
    Ok(ExchangeRun {
        id: row.text(0)?,
        exchange: row.text(1)?,
        way: way.ok_or_else(|| StoreError::Database("way of an exchange".into()))?,
        at: row.instant(3)?,
        person: row.text(4)?,
        file: row.text(5)?,
        digest: row.text(6)?,
        lines: count(7)?,
        done: count(8)?,
        again: count(9)?,
        refused: count(10)?,
        result: row.text(11)?,
    })
}
