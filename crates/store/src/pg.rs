//! PostgreSQL: a pool of connections, one transaction for each job.

use std::{
    cell::RefCell,
    sync::{Condvar, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::{
    db::Db,
    error::StoreError,
    schema,
    store::{Place, Tx},
    wire::{PgTx, Wire},
};

/// How many connections one process opens at most.
const CONNECTIONS: usize = 16;
/// How long a job waits for a free one.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Pg {
    config: tokio_postgres::Config,
    pool: Mutex<Pool>,
    freed: Condvar,
}

struct Pool {
    idle: Vec<Wire>,
    open: usize,
}

/// What a transaction is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Read,
    Write,
}

impl Pg {
    pub(crate) fn open(url: &str) -> Result<Self, StoreError> {
        let mut config: tokio_postgres::Config =
            url.parse().map_err(|error| StoreError::Unreachable(format!("{error}")))?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        let mut first = Wire::connect(&config)?;
        schema::migrate_pg(&mut first)?;
        Ok(Self {
            config,
            pool: Mutex::new(Pool { idle: vec![first], open: 1 }),
            freed: Condvar::new(),
        })
    }

    /// Runs a job in a transaction and commits it unless the job fails.
    pub(crate) fn transact<T, E: From<StoreError>>(
        &self,
        mode: Mode,
        place: Place,
        job: impl FnOnce(&Tx) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut lease = self.lease()?;
        let wire = lease.wire.as_mut().expect("a lease holds a connection until dropped");
        let begin = match mode {
            Mode::Read => "begin isolation level repeatable read read only",
            Mode::Write => "begin isolation level read committed",
        };
        let tx = Tx::new(place, Db::Pg(RefCell::new(PgTx::new(wire, begin))));
        let value = job(&tx)?; // Dropping the transaction rolls it back, also when the job panics.
        if let Db::Pg(pg) = tx.into_db() {
            pg.into_inner().commit()?;
        }
        Ok(value)
    }

    fn lease(&self) -> Result<Lease<'_>, StoreError> {
        let until = Instant::now() + PATIENCE;
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            while let Some(wire) = pool.idle.pop() {
                if wire.is_usable() {
                    return Ok(Lease { pg: self, wire: Some(wire) });
                }
                pool.open -= 1;
            }
            if pool.open < CONNECTIONS {
                pool.open += 1;
                drop(pool);
                let mut lease = Lease { pg: self, wire: None };
                lease.wire = Some(Wire::connect(&self.config)?);
                return Ok(lease);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(StoreError::Busy);
            }
            pool = self.freed.wait_timeout(pool, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// A connection on loan; it goes back to the pool whatever happens.
struct Lease<'p> {
    pg: &'p Pg,
    wire: Option<Wire>,
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let mut pool = self.pg.pool.lock().unwrap_or_else(PoisonError::into_inner);
        match self.wire.take() {
            Some(wire) if wire.is_usable() => pool.idle.push(wire),
            _ => pool.open -= 1,
        }
        drop(pool);
        self.pg.freed.notify_one();
    }
}
