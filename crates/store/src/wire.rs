//! A connection to PostgreSQL, and a transaction on it that makes few trips.
//!
//! Every question costs a trip to the server and back, and a lock once taken is held through all
//! the trips that follow. So whatever needs no answer waits for the next question or for the
//! commit and travels with it; and what is going to be asked one by one can be asked ahead, in one
//! trip. The server works a trip's sentences off in order: the first that fails is the one
//! reported, and nothing behind it has any effect.

use std::{
    collections::HashMap,
    future::{Future, poll_fn},
    pin::Pin,
    task::Poll,
};

use tokio::runtime::Runtime;
use tokio_postgres::{Client, NoTls, Row, Statement, types::ToSql};

use crate::{
    db::{PREPARED, Param},
    error::StoreError,
};

type Result<T> = std::result::Result<T, StoreError>;

/// How many sentences wait at most.
const WAITING: usize = 256;
/// What a lock is worth waiting for: a client that hangs in a transaction stops nobody for good.
const MANNERS: &str = "set lock_timeout = '10s'";

/// A connection and the statements it has prepared.
pub(crate) struct Wire {
    runtime: Runtime,
    client: Client,
    prepared: HashMap<String, Statement>,
    /// A transaction could not be ended on it.
    torn: bool,
}

/// A statement with its values.
pub(crate) struct Sentence<'s> {
    pub(crate) sql: &'s str,
    pub(crate) params: &'s [Param<'s>],
}

/// What the server answered to one.
#[derive(Default)]
struct Answer {
    rows: Vec<Row>,
    touched: u64,
}

impl Wire {
    pub(crate) fn connect(config: &tokio_postgres::Config) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (client, connection) = runtime.block_on(config.connect(NoTls))?;
        // It runs whenever somebody waits for an answer. How it ends, the client tells.
        drop(runtime.spawn(connection));
        let mut wire = Self { runtime, client, prepared: HashMap::new(), torn: false };
        wire.batch(MANNERS)?;
        Ok(wire)
    }

    pub(crate) fn is_usable(&self) -> bool {
        !self.torn && !self.client.is_closed()
    }

    /// Runs statements without values, separated by semicolons.
    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        Ok(self.runtime.block_on(self.client.batch_execute(sql))?)
    }

    /// The number in the first column of the first row.
    pub(crate) fn number(&mut self, sql: &str) -> Result<i64> {
        let row = self.runtime.block_on(self.client.query_one(sql, &[]))?;
        Ok(row.try_get(0)?)
    }

    /// Says everything in one trip, and what is new to the server in one before it. `counted`
    /// asks for the number of rows touched instead of the rows.
    fn say(&mut self, sentences: &[Sentence], counted: bool) -> Result<Vec<Answer>> {
        let Self { runtime, client, prepared, .. } = self;
        if prepared.len() + sentences.len() > PREPARED {
            prepared.clear();
        }
        let mut new: Vec<&str> = sentences.iter().map(|sentence| sentence.sql).collect();
        new.sort_unstable();
        new.dedup();
        new.retain(|sql| !prepared.contains_key(*sql));
        runtime.block_on(async {
            let made = in_order(new.iter().map(|sql| client.prepare(sql))).await;
            for (sql, statement) in new.iter().zip(made) {
                prepared.insert((*sql).to_owned(), statement?);
            }
            let said = sentences
                .iter()
                .map(|sentence| say_one(client, &prepared[sentence.sql], sentence.params, counted));
            in_order(said).await.into_iter().collect()
        })
    }
}

async fn say_one(
    client: &Client,
    statement: &Statement,
    params: &[Param<'_>],
    counted: bool,
) -> Result<Answer> {
    let params: Vec<&(dyn ToSql + Sync)> =
        params.iter().map(|param| param as &(dyn ToSql + Sync)).collect();
    Ok(if counted {
        Answer { touched: client.execute(statement, &params).await?, ..Answer::default() }
    } else {
        Answer { rows: client.query(statement, &params).await?, ..Answer::default() }
    })
}

/// Starts every one before it waits for the first: what they send leaves together and in order.
async fn in_order<F: Future>(all: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<Pin<Box<F>>> = all.map(Box::pin).collect();
    let mut done: Vec<F::Output> = Vec::with_capacity(running.len());
    let mut early: Vec<Option<F::Output>> = running.iter().map(|_| None).collect();
    let mut started = false;
    poll_fn(|context| {
        for place in done.len()..running.len() {
            let polled = match early[place].take() {
                Some(output) => Poll::Ready(output),
                None => running[place].as_mut().poll(context),
            };
            match polled {
                Poll::Ready(output) if place == done.len() => done.push(output),
                Poll::Ready(output) => early[place] = Some(output),
                // Answers come in the order of the questions.
                Poll::Pending if started => break,
                Poll::Pending => {}
            }
        }
        started = true;
        if done.len() == running.len() { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    done
}

/// A transaction. Dropping it takes everything back.
pub(crate) struct PgTx<'w> {
    wire: &'w mut Wire,
    begin: &'static str,
    state: State,
    /// What needs no answer and has not been said yet.
    waiting: Vec<(String, Vec<Param<'static>>)>,
    /// What was asked ahead, and its answers.
    ahead: HashMap<String, Vec<Foreseen>>,
}

/// The values of a question, and its answer.
type Foreseen = (Vec<Param<'static>>, Vec<Row>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Not even its beginning was said.
    Unsaid,
    Open,
    /// The server does nothing any more but take back.
    Failed,
    Over,
}

impl<'w> PgTx<'w> {
    pub(crate) fn new(wire: &'w mut Wire, begin: &'static str) -> Self {
        Self { wire, begin, state: State::Unsaid, waiting: Vec::new(), ahead: HashMap::new() }
    }

    /// Says what waits and then these; the answers are those to these.
    fn say(&mut self, last: &[Sentence], counted: bool) -> Result<Vec<Answer>> {
        let waiting = std::mem::take(&mut self.waiting);
        let mut all: Vec<Sentence> = Vec::with_capacity(1 + waiting.len() + last.len());
        if self.state == State::Unsaid {
            all.push(Sentence { sql: self.begin, params: &[] });
            self.state = State::Open;
        }
        all.extend(waiting.iter().map(|(sql, params)| Sentence { sql, params }));
        all.extend(last.iter().map(|Sentence { sql, params }| Sentence { sql, params }));
        let before = all.len() - last.len();
        match self.wire.say(&all, counted) {
            Ok(mut answers) => Ok(answers.split_off(before)),
            Err(error) => {
                self.state = State::Failed;
                Err(error)
            }
        }
    }

    /// Leaves a statement to the next trip. Its error comes with that trip.
    pub(crate) fn tell(&mut self, sql: &str, params: &[Param]) -> Result<()> {
        self.ahead.clear();
        self.waiting.push((sql.to_owned(), params.iter().map(Param::owned).collect()));
        if self.waiting.len() < WAITING { Ok(()) } else { self.settle() }
    }

    /// Says what waits, now.
    pub(crate) fn settle(&mut self) -> Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        self.say(&[], true).map(drop)
    }

    /// How many rows a statement touched.
    pub(crate) fn count(&mut self, sql: &str, params: &[Param]) -> Result<u64> {
        self.ahead.clear();
        let answers = self.say(&[Sentence { sql, params }], true)?;
        Ok(answers.first().map_or(0, |answer| answer.touched))
    }

    /// The rows of a question.
    pub(crate) fn ask(&mut self, sql: &str, params: &[Param]) -> Result<Vec<Row>> {
        if let Some(foreseen) = self.ahead.get_mut(sql)
            && let Some(place) = foreseen.iter().position(|(known, _)| known == params)
        {
            return Ok(foreseen.swap_remove(place).1);
        }
        let answers = self.say(&[Sentence { sql, params }], false)?;
        Ok(answers.into_iter().next().unwrap_or_default().rows)
    }

    /// The rows of several questions, asked in one trip.
    pub(crate) fn ask_all(&mut self, questions: &[Sentence]) -> Result<Vec<Vec<Row>>> {
        let answers = self.say(questions, false)?;
        Ok(answers.into_iter().map(|answer| answer.rows).collect())
    }

    /// Asks what will be asked, in one trip. The answers are good until something is changed.
    pub(crate) fn ask_ahead(&mut self, questions: &[Sentence]) -> Result<()> {
        let answers = self.ask_all(questions)?;
        self.ahead.clear();
        for (Sentence { sql, params }, rows) in questions.iter().zip(answers) {
            let params = params.iter().map(Param::owned).collect();
            self.ahead.entry((*sql).to_owned()).or_default().push((params, rows));
        }
        Ok(())
    }

    /// Takes back what was said, and what was not, since a savepoint; the transaction goes on.
    pub(crate) fn take_back(&mut self, rollback: &str) -> Result<()> {
        self.waiting.clear();
        self.ahead.clear();
        self.say(&[Sentence { sql: rollback, params: &[] }], true)?;
        self.state = State::Open;
        Ok(())
    }

    /// Says what waits, and commits in the same trip.
    pub(crate) fn commit(mut self) -> Result<()> {
        match self.state {
            State::Unsaid if self.waiting.is_empty() => Ok(()),
            // Somebody looked away from an error: nothing of it may be acknowledged.
            State::Failed => Err(StoreError::Database("没有提交：其中一句已经出错".into())),
            _ => {
                self.say(&[Sentence { sql: "commit", params: &[] }], true)?;
                self.state = State::Over;
                Ok(())
            }
        }
    }
}

impl Drop for PgTx<'_> {
    fn drop(&mut self) {
        if matches!(self.state, State::Open | State::Failed) && self.wire.batch("rollback").is_err()
        {
            self.wire.torn = true;
        }
    }
}
