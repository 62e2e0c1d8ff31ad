//! One SQL text for two databases: `$1 … $n`, `bigint`, `text`, multi-row `values`, `returning`.
//!
//! Text of a statement is made here and in the rooms of this crate, never from input; whatever
//! comes from outside is a [`Param`].

use std::{borrow::Cow, cell::RefCell};

use bytes::BytesMut;
use jiff::civil::Date;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use crate::{
    error::StoreError,
    wire::{PgTx, Sentence},
};

type Result<T> = std::result::Result<T, StoreError>;

/// A transaction of either database.
pub(crate) enum Db<'c> {
    /// SQLite.
    Lite(&'c rusqlite::Connection),
    /// PostgreSQL.
    Pg(RefCell<PgTx<'c>>),
}

/// A value bound to a place in a statement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Param<'a> {
    Null,
    Int(i64),
    Text(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
}

/// One row of an answer.
pub(crate) enum Row<'r> {
    Lite(&'r rusqlite::Row<'r>),
    Pg(&'r tokio_postgres::Row),
}

/// A whole row as it was read: equal to the [`Param`]s it was written from.
pub(crate) type Cells = Vec<Param<'static>>;

/// Binds values in the order of their places.
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        &[$($crate::db::Param::from($value)),*]
    };
}
pub(crate) use params;

/// How many rows one `insert` carries at most.
const ROWS: usize = 50;
/// How many statements a connection keeps prepared.
pub(crate) const PREPARED: usize = 256;

impl Db<'_> {
    /// Runs a statement and says how many rows it touched.
    pub(crate) fn exec(&self, sql: &str, params: &[Param]) -> Result<u64> {
        match self {
            Db::Lite(conn) => {
                let mut statement = conn.prepare_cached(&lite(sql))?;
                Ok(statement.execute(rusqlite::params_from_iter(params))? as u64)
            }
            Db::Pg(pg) => pg.borrow_mut().count(sql, params),
        }
    }

    /// Runs a statement that needs no answer: on PostgreSQL it travels with the next question or
    /// the commit, and so does its error.
    pub(crate) fn tell(&self, sql: &str, params: &[Param]) -> Result<()> {
        match self {
            Db::Lite(_) => self.exec(sql, params).map(drop),
            Db::Pg(pg) => pg.borrow_mut().tell(sql, params),
        }
    }

    /// Every row of a query, read by `read`.
    pub(crate) fn query<T>(
        &self,
        sql: &str,
        params: &[Param],
        mut read: impl FnMut(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        match self {
            Db::Lite(conn) => {
                let mut statement = conn.prepare_cached(&lite(sql))?;
                let mut rows = statement.query(rusqlite::params_from_iter(params))?;
                let mut found = Vec::new();
                while let Some(row) = rows.next()? {
                    found.push(read(&Row::Lite(row))?);
                }
                Ok(found)
            }
            Db::Pg(pg) => {
                let rows = pg.borrow_mut().ask(sql, params)?;
                rows.iter().map(|row| read(&Row::Pg(row))).collect()
            }
        }
    }

    /// Every row of each of several queries, on PostgreSQL in one trip.
    pub(crate) fn query_all(&self, questions: &[Sentence]) -> Result<Vec<Vec<Cells>>> {
        match self {
            Db::Lite(_) => {
                let asked = questions.iter();
                asked.map(|asked| self.query(asked.sql, asked.params, |row| row.cells())).collect()
            }
            Db::Pg(pg) => {
                let answers = pg.borrow_mut().ask_all(questions)?;
                let read = |rows: &Vec<tokio_postgres::Row>| {
                    rows.iter().map(|row| Row::Pg(row).cells()).collect()
                };
                answers.iter().map(read).collect()
            }
        }
    }

    /// Asks what [`query`](Self::query) is going to be asked before anything is changed, on
    /// PostgreSQL in one trip. It saves time and changes nothing else.
    pub(crate) fn ask_ahead(&self, questions: &[Sentence]) -> Result<()> {
        match self {
            Db::Lite(_) => Ok(()),
            Db::Pg(pg) => pg.borrow_mut().ask_ahead(questions),
        }
    }

    /// Waits until what was told is done, or has failed.
    pub(crate) fn settle(&self) -> Result<()> {
        match self {
            Db::Lite(_) => Ok(()),
            Db::Pg(pg) => pg.borrow_mut().settle(),
        }
    }

    /// Rolls back to a savepoint.
    pub(crate) fn take_back(&self, rollback: &str) -> Result<()> {
        match self {
            Db::Lite(_) => self.exec(rollback, &[]).map(drop),
            Db::Pg(pg) => pg.borrow_mut().take_back(rollback),
        }
    }

    /// The first row of a query, if there is one.
    pub(crate) fn first<T>(
        &self,
        sql: &str,
        params: &[Param],
        read: impl FnMut(&Row) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.query(sql, params, read)?.into_iter().next())
    }

    /// Adds rows to `into`, a table with its columns in brackets: `turn (county, case_id)`.
    pub(crate) fn insert(&self, into: &str, rows: &[Vec<Param>]) -> Result<()> {
        for chunk in rows.chunks(ROWS) {
            let width = chunk[0].len(); // `chunks` makes no empty ones.
            let mut sql = format!("insert into {into} values ");
            for row in 0..chunk.len() {
                sql.push_str(if row == 0 { "(" } else { ",(" });
                sql.push_str(&places(row * width + 1, width));
                sql.push(')');
            }
            let params: Vec<Param> = chunk.iter().flatten().map(Param::borrowed).collect();
            self.tell(&sql, &params)?;
        }
        Ok(())
    }

    /// Whether this is PostgreSQL; asked only where the two have no common words (search, locks).
    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self, Db::Pg(_))
    }
}

/// `$4,$5,$6`: places from number `first` on.
pub(crate) fn places(first: usize, count: usize) -> String {
    let places: Vec<String> = (first..first + count).map(|place| format!("${place}")).collect();
    places.join(",")
}

/// SQLite numbers `$n` by first appearance, `?n` by `n`.
fn lite(sql: &str) -> String {
    sql.replace('$', "?")
}

impl<'r> Row<'r> {
    /// A text.
    pub(crate) fn text(&self, column: usize) -> Result<String> {
        match self {
            Row::Lite(row) => Ok(row.get(column)?),
            Row::Pg(row) => Ok(row.try_get(column)?),
        }
    }

    /// A text or nothing.
    pub(crate) fn maybe(&self, column: usize) -> Result<Option<String>> {
        match self {
            Row::Lite(row) => Ok(row.get(column)?),
            Row::Pg(row) => Ok(row.try_get(column)?),
        }
    }

    /// A whole number.
    pub(crate) fn int(&self, column: usize) -> Result<i64> {
        match self {
            Row::Lite(row) => Ok(row.get(column)?),
            Row::Pg(row) => Ok(row.try_get(column)?),
        }
    }

    /// Bytes or nothing.
    pub(crate) fn maybe_bytes(&self, column: usize) -> Result<Option<Vec<u8>>> {
        match self {
            Row::Lite(row) => Ok(row.get(column)?),
            Row::Pg(row) => Ok(row.try_get(column)?),
        }
    }

    /// Every column, whatever it holds.
    pub(crate) fn cells(&self) -> Result<Cells> {
        match self {
            Row::Lite(row) => {
                let width = row.as_ref().column_count();
                (0..width).map(|column| Ok(cell(row.get_ref(column)?))).collect()
            }
            Row::Pg(row) => {
                let columns = row.columns().iter().enumerate();
                columns
                    .map(|(column, described)| {
                        Ok(if *described.type_() == Type::INT8 {
                            row.try_get::<_, Option<i64>>(column)?.into()
                        } else {
                            row.try_get::<_, Option<String>>(column)?.into()
                        })
                    })
                    .collect()
            }
        }
    }

    /// A version or a count that fits.
    pub(crate) fn count(&self, column: usize) -> Result<u32> {
        let number = self.int(column)?;
        u32::try_from(number).map_err(|_| unreadable(column, &number.to_string()))
    }

    /// Yes or no, kept as 1 or 0.
    pub(crate) fn yes(&self, column: usize) -> Result<bool> {
        Ok(self.int(column)? != 0)
    }

    /// A civil date.
    pub(crate) fn date(&self, column: usize) -> Result<Date> {
        let text = self.text(column)?;
        text.parse().map_err(|_| unreadable(column, &text))
    }

    /// A civil date or nothing.
    pub(crate) fn maybe_date(&self, column: usize) -> Result<Option<Date>> {
        let text = self.maybe(column)?;
        text.map(|text| text.parse().map_err(|_| unreadable(column, &text))).transpose()
    }

    /// An instant.
    pub(crate) fn instant(&self, column: usize) -> Result<jiff::Timestamp> {
        let text = self.text(column)?;
        text.parse().map_err(|_| unreadable(column, &text))
    }
}

/// Views hold no binary columns and no floating-point numbers.
fn cell(value: rusqlite::types::ValueRef) -> Param<'static> {
    use rusqlite::types::ValueRef;
    match value {
        ValueRef::Null | ValueRef::Real(_) => Param::Null,
        ValueRef::Integer(number) => Param::Int(number),
        ValueRef::Text(text) | ValueRef::Blob(text) => {
            Param::from(String::from_utf8_lossy(text).into_owned())
        }
    }
}

fn unreadable(column: usize, text: &str) -> StoreError {
    StoreError::Database(format!("column {column} holds {text:?}"))
}

impl<'a> Param<'a> {
    fn borrowed<'b: 'a>(&'b self) -> Param<'a> {
        match self {
            Param::Null => Param::Null,
            Param::Int(number) => Param::Int(*number),
            Param::Text(text) => Param::Text(Cow::Borrowed(text)),
            Param::Bytes(bytes) => Param::Bytes(Cow::Borrowed(bytes)),
        }
    }

    /// The same, for later.
    pub(crate) fn owned(&self) -> Param<'static> {
        match self {
            Param::Null => Param::Null,
            Param::Int(number) => Param::Int(*number),
            Param::Text(text) => Param::Text(Cow::Owned(text.clone().into_owned())),
            Param::Bytes(bytes) => Param::Bytes(Cow::Owned(bytes.clone().into_owned())),
        }
    }
}

impl<'a> From<&'a str> for Param<'a> {
    fn from(text: &'a str) -> Self {
        Param::Text(Cow::Borrowed(text))
    }
}

impl<'a> From<&'a String> for Param<'a> {
    fn from(text: &'a String) -> Self {
        Param::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Param<'_> {
    fn from(text: String) -> Self {
        Param::Text(Cow::Owned(text))
    }
}

impl<'a> From<&'a law::Id> for Param<'a> {
    fn from(id: &'a law::Id) -> Self {
        Param::Text(Cow::Borrowed(id.as_str()))
    }
}

impl<'a> From<&'a engine::actor::OrganPath> for Param<'a> {
    fn from(path: &'a engine::actor::OrganPath) -> Self {
        Param::Text(Cow::Borrowed(path.as_str()))
    }
}

impl<'a> From<&'a [u8]> for Param<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Param::Bytes(Cow::Borrowed(bytes))
    }
}

impl From<Vec<u8>> for Param<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Param::Bytes(Cow::Owned(bytes))
    }
}

impl From<i64> for Param<'_> {
    fn from(number: i64) -> Self {
        Param::Int(number)
    }
}

impl From<u32> for Param<'_> {
    fn from(number: u32) -> Self {
        Param::Int(number.into())
    }
}

impl From<bool> for Param<'_> {
    fn from(yes: bool) -> Self {
        Param::Int(yes.into())
    }
}

impl From<Date> for Param<'_> {
    fn from(date: Date) -> Self {
        Param::Text(Cow::Owned(date.to_string()))
    }
}

impl From<jiff::Timestamp> for Param<'_> {
    fn from(at: jiff::Timestamp) -> Self {
        Param::Text(Cow::Owned(crate::instant(at)))
    }
}

impl<'a, T: Into<Param<'a>>> From<Option<T>> for Param<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Param::Null, Into::into)
    }
}

impl rusqlite::ToSql for Param<'_> {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, ValueRef};
        Ok(ToSqlOutput::Borrowed(match self {
            Param::Null => ValueRef::Null,
            Param::Int(number) => ValueRef::Integer(*number),
            Param::Text(text) => ValueRef::Text(text.as_bytes()),
            Param::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl ToSql for Param<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Param::Null => Ok(IsNull::Yes),
            Param::Int(number) => number.to_sql_checked(ty, out),
            Param::Text(text) => text.as_ref().to_sql_checked(ty, out),
            Param::Bytes(bytes) => bytes.as_ref().to_sql_checked(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true // Checked by the value inside.
    }

    to_sql_checked!();
}
