//! PostgreSQL: a pool of connections, one transaction for each job.

use std::{
    cell::RefCell,
    collections::HashMap,
    sync::{Condvar, Mutex, PoisonError},
    time::{Duration, Instant},
};

use postgres::{Client, IsolationLevel, NoTls};

use crate::{
    db::{Db, PgTx},
    error::StoreError,
    schema,
    store::{Place, Tx},
};

/// How many connections one process opens at most.
const CONNECTIONS: usize = 16;
/// How long a job waits for a free one.
const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct Pg {
    config: postgres::Config,
    pool: Mutex<Pool>,
    freed: Condvar,
}

struct Pool {
    idle: Vec<Connection>,
    open: usize,
}

struct Connection {
    client: Client,
    prepared: HashMap<String, postgres::Statement>,
}

/// What a transaction is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Read,
    Write,
}

impl Pg {
    pub(crate) fn open(url: &str) -> Result<Self, StoreError> {
        let mut config: postgres::Config =
            url.parse().map_err(|error| StoreError::Unreachable(format!("{error}")))?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(PATIENCE);
        }
        let mut client = config.connect(NoTls)?;
        schema::migrate_pg(&mut client)?;
        let first = Connection { client, prepared: HashMap::new() };
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
        let connection =
            lease.connection.as_mut().expect("a lease holds a connection until dropped");
        let isolation = match mode {
            Mode::Read => IsolationLevel::RepeatableRead,
            Mode::Write => IsolationLevel::ReadCommitted,
        };
        let tx = connection
            .client
            .build_transaction()
            .isolation_level(isolation)
            .read_only(mode == Mode::Read)
            .start()
            .map_err(StoreError::from)?;
        let db = Db::Pg(RefCell::new(PgTx { tx, prepared: &mut connection.prepared }));
        let tx = Tx::new(place, db);
        let value = job(&tx)?; // Dropping the transaction rolls it back, also when the job panics.
        if let Db::Pg(pg) = tx.into_db() {
            pg.into_inner().tx.commit().map_err(StoreError::from)?;
        }
        Ok(value)
    }

    fn lease(&self) -> Result<Lease<'_>, StoreError> {
        let until = Instant::now() + PATIENCE;
        let mut pool = self.pool.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            while let Some(connection) = pool.idle.pop() {
                if !connection.client.is_closed() {
                    return Ok(Lease { pg: self, connection: Some(connection) });
                }
                pool.open -= 1;
            }
            if pool.open < CONNECTIONS {
                pool.open += 1;
                drop(pool);
                let mut lease = Lease { pg: self, connection: None };
                let client = self.config.connect(NoTls)?;
                lease.connection = Some(Connection { client, prepared: HashMap::new() });
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
    connection: Option<Connection>,
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        let mut pool = self.pg.pool.lock().unwrap_or_else(PoisonError::into_inner);
        match self.connection.take() {
            Some(connection) if !connection.client.is_closed() => pool.idle.push(connection),
            _ => pool.open -= 1,
        }
        drop(pool);
        self.pg.freed.notify_one();
    }
}
