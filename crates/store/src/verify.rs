//! 核验与重建: every chain and seal computed again; every view written again.

use jiff::civil::Date;
use law::{Law, calendar::Calendar};
use serde_json::json;

use crate::{
    canonical::{canonical, hex, sm3_hex},
    db::{Param, params},
    error::{Damage, StoreError},
    ledger::{Raw, raw},
    merkle,
    receipt::{NOTHING, chained},
    store::{Engine, Read, Store, Tx},
    views::{self, Extent, VIEWS},
};

type Result<T> = std::result::Result<T, StoreError>;

/// Entries read at a time.
const BATCH: i64 = 2000;

/// How far a long work has come. 进度
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Entries done.
    pub done: u64,
    /// Of so many.
    pub total: u64,
}

impl Store {
    /// Computes every chain and every seal of a county again and reports what does not agree, by
    /// case and entry.
    pub fn verify(&self, county: &str, mut progress: impl FnMut(Progress)) -> Result<Vec<Damage>> {
        let mut damages = self.check_file()?;
        damages.extend(self.read(county, |read| read.verify(&mut progress))?);
        Ok(damages)
    }

    /// Drops every view of a county and writes it again from the ledger, in one transaction: until
    /// it ends readers see the views as they were. Returns the number of cases.
    pub fn rebuild(
        &self,
        county: &str,
        law: &Law,
        calendar: &Calendar,
        mut progress: impl FnMut(Progress),
    ) -> Result<u64> {
        self.write(county, |tx| tx.rebuild(law, calendar, &mut progress))
    }

    /// What SQLite itself finds wrong with its file. PostgreSQL is checked by its own tools.
    fn check_file(&self) -> Result<Vec<Damage>> {
        let Engine::Lite(lite) = &self.engine else {
            return Ok(Vec::new());
        };
        let conn = lite.reader()?;
        let mut statement = conn.prepare("pragma integrity_check(20)")?;
        let mut faults = statement.query([])?;
        let mut damages = Vec::new();
        loop {
            let what = match faults.next() {
                Ok(None) => break,
                Ok(Some(row)) => row.get::<_, String>(0)?,
                Err(error) => error.to_string(),
            };
            if what != "ok" {
                damages.push(Damage {
                    case: String::new(),
                    version: 0,
                    what: format!("数据库文件：{what}"),
                });
            }
            if damages.len() >= 20 {
                break;
            }
        }
        Ok(damages)
    }
}

/// A row of the ledger as it lies there, however damaged.
struct Found {
    case: String,
    version: i64,
    at: String,
    on: String,
    actor: String,
    act: String,
    law: String,
    action: String,
    body: String,
    prev: String,
    digest: String,
}

/// Where the chain of a case stands while it is read.
struct Chain {
    case: String,
    version: i64,
    /// The digest that stands there, and the one that should.
    digest: String,
    computed: String,
}

impl Read<'_> {
    fn verify(&self, progress: &mut dyn FnMut(Progress)) -> Result<Vec<Damage>> {
        let mut damages = Vec::new();
        let total = self.entries()?;
        let mut done = 0;
        let mut chain: Option<Chain> = None;
        let (mut case, mut version) = (String::new(), 0);
        loop {
            let rows = self.db.query(
                "select case_id, version, at, on_date, actor, act, law, action_id, body, prev,
                        digest
                 from entry where county = $1 and (case_id, version) > ($2, $3)
                 order by case_id, version limit $4",
                params![self.county, &case, version, BATCH],
                |row| Ok(found(row.cells()?)),
            )?;
            let Some(last) = rows.last() else { break };
            (case, version) = (last.case.clone(), last.version);
            done += rows.len() as u64;
            for row in rows {
                chain = Some(self.link(chain, row, &mut damages)?);
            }
            progress(Progress { done, total });
        }
        if let Some(chain) = chain {
            self.check_head(&chain, &mut damages)?;
        }
        self.check_heads_without_entries(&mut damages)?;
        self.check_seals(&mut damages)?;
        Ok(damages)
    }

    /// Computes the chain of one case again and reports what does not agree. 核验本卷
    pub fn verify_case(&self, case: &str) -> Result<Vec<Damage>> {
        let rows = self.db.query(
            "select case_id, version, at, on_date, actor, act, law, action_id, body, prev, digest
             from entry where county = $1 and case_id = $2 order by version",
            params![self.county, case],
            |row| Ok(found(row.cells()?)),
        )?;
        let mut damages = Vec::new();
        let mut chain: Option<Chain> = None;
        for row in rows {
            chain = Some(self.link(chain, row, &mut damages)?);
        }
        if let Some(chain) = chain {
            self.check_head(&chain, &mut damages)?;
        }
        Ok(damages)
    }

    /// How many entries the county has.
    pub fn entries(&self) -> Result<u64> {
        let count = self.db.first(
            "select count(*) from entry where county = $1",
            params![self.county],
            |row| row.int(0),
        )?;
        Ok(count.unwrap_or(0).unsigned_abs())
    }

    /// Checks one entry against the one before it.
    fn link(&self, before: Option<Chain>, row: Found, damages: &mut Vec<Damage>) -> Result<Chain> {
        let mut fault = |version: i64, what: &str| {
            damages.push(Damage {
                case: row.case.clone(),
                version: u32::try_from(version).unwrap_or(0),
                what: what.into(),
            });
        };
        let same = before.as_ref().filter(|chain| chain.case == row.case);
        let expected = same.map_or(1, |chain| chain.version + 1);
        if row.version != expected {
            fault(expected, "缺少这一笔");
        }
        // A digest that was itself damaged is reported where it stands, not again behind it.
        let follows = match same {
            Some(chain) => row.prev == chain.digest || row.prev == chain.computed,
            None => row.prev == NOTHING,
        };
        if row.version == expected && !follows {
            fault(row.version, "与前一笔不相连");
        }
        let computed = chained(&row.prev, &self.content(&row));
        if computed != row.digest {
            fault(row.version, "内容与摘要不符");
        }
        if let Some(chain) = before.filter(|chain| chain.case != row.case) {
            self.check_head(&chain, damages)?;
        }
        Ok(Chain { case: row.case, version: row.version, digest: row.digest, computed })
    }

    /// The content of an entry, from its columns as they lie there.
    fn content(&self, row: &Found) -> String {
        let statement = json!({
            "act": row.act,
            "action": row.action,
            "actor": row.actor,
            "at": row.at,
            "body": sm3_hex(row.body.as_bytes()),
            "case": row.case,
            "county": self.county,
            "law": row.law,
            "on": row.on,
            "version": row.version,
        });
        sm3_hex(canonical(&statement).as_bytes())
    }

    /// Entries cut off at the end of a chain are missed by the view.
    fn check_head(&self, chain: &Chain, damages: &mut Vec<Damage>) -> Result<()> {
        let head = self.db.first(
            "select version, digest from case_now where county = $1 and case_id = $2",
            params![self.county, &chain.case],
            |row| Ok((row.int(0)?, row.text(1)?)),
        )?;
        let mut fault = |version: i64, what: &str| {
            damages.push(Damage {
                case: chain.case.clone(),
                version: u32::try_from(version).unwrap_or(0),
                what: what.into(),
            });
        };
        match head {
            None => fault(0, "视图中没有这个案件，请重建视图"),
            Some((version, _)) if version > chain.version => fault(chain.version + 1, "缺少这一笔"),
            Some((version, _)) if version < chain.version => {
                fault(chain.version, "视图中没有这一笔，请重建视图");
            }
            Some((_, digest)) if digest != chain.digest && digest != chain.computed => {
                fault(chain.version, "与视图中的卷末摘要不符");
            }
            Some(_) => {}
        }
        Ok(())
    }

    fn check_heads_without_entries(&self, damages: &mut Vec<Damage>) -> Result<()> {
        let lost = self.db.query(
            "select c.case_id from case_now c where c.county = $1 and not exists (
                 select 1 from entry e where e.county = c.county and e.case_id = c.case_id)",
            params![self.county],
            |row| row.text(0),
        )?;
        damages.extend(lost.into_iter().map(|case| Damage {
            case,
            version: 1,
            what: "缺少这一笔".into(),
        }));
        Ok(())
    }

    /// Every leaf is an entry, every root follows from its leaves, every seal names the one before.
    fn check_seals(&self, damages: &mut Vec<Damage>) -> Result<()> {
        let strays = self.db.query(
            "select l.case_id, l.version, l.day from leaf l
             left join entry e
             on e.county = l.county and e.case_id = l.case_id and e.version = l.version
             where l.county = $1 and (e.digest is null or e.digest <> l.digest)",
            params![self.county],
            |row| {
                let what = format!("与{}日封所封的摘要不符", row.text(2)?);
                Ok(Damage { case: row.text(0)?, version: row.count(1)?, what })
            },
        )?;
        damages.extend(strays);
        let mut prev = NOTHING.to_owned();
        for seal in self.seals()? {
            let leaves = self.leaves(seal.day)?;
            let root = hex(&merkle::root(&leaves));
            let what = if seal.prev != prev {
                "与前一日封不相连"
            } else if seal.root != root || seal.size != leaves.len() as u64 {
                "的根与所封案件不符"
            } else if seal.digest != seal.computed() {
                "与其摘要不符"
            } else {
                prev = seal.digest;
                continue;
            };
            let what = format!("{}的日封{what}", seal.day);
            damages.push(Damage { case: String::new(), version: 0, what });
            prev = seal.digest;
        }
        Ok(())
    }
}

impl Tx<'_> {
    fn rebuild(
        &self,
        law: &Law,
        calendar: &Calendar,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<u64> {
        for view in VIEWS.iter().map(|view| view.table).chain(["experience"]) {
            self.db.exec(&format!("delete from {view} where county = $1"), params![self.county])?;
        }
        let total = self.entries()?;
        let (mut done, mut cases) = (0, 0);
        let mut open: Vec<Raw> = Vec::new();
        let (mut case, mut version) = (String::new(), 0u32);
        loop {
            let rows = self.db.query(
                "select version, at, action_id, law, digest, body, case_id
                 from entry where county = $1 and (case_id, version) > ($2, $3)
                 order by case_id, version limit $4",
                params![self.county, &case, version, BATCH],
                |row| Ok((row.text(6)?, raw(row)?)),
            )?;
            if rows.is_empty() {
                break;
            }
            for (id, row) in rows {
                if id != case && !open.is_empty() {
                    self.rewrite(&case, &mut open, law, calendar)?;
                    cases += 1;
                }
                (case, version) = (id, row.version);
                open.push(row);
                done += 1;
            }
            progress(Progress { done, total });
        }
        if !open.is_empty() {
            self.rewrite(&case, &mut open, law, calendar)?;
            cases += 1;
        }
        Ok(cases)
    }

    fn rewrite(&self, id: &str, rows: &mut Vec<Raw>, law: &Law, calendar: &Calendar) -> Result<()> {
        let (case, head) = self.added_up(id, law, rows)?;
        rows.clear();
        views::project(self, &case, &head.digest, calendar, Extent::NEW)
    }
}

impl Read<'_> {
    /// The cases with a running due date that was counted without the days off of its year, and
    /// falls into a year that is published by now: to be counted again.
    pub fn provisional_before(&self, published: i16) -> Result<Vec<String>> {
        self.db.query(
            "select distinct case_id from due
             where county = $1 and provisional = 1 and state in ('running', 'paused', 'theirs')
             and nominal < $2 order by case_id",
            params![self.county, format!("{:04}-01-01", published.saturating_add(1))],
            |row| row.text(0),
        )
    }

    /// The last day on which something was entered, for figures of an unfinished year.
    pub fn last_entry_on(&self) -> Result<Option<Date>> {
        let found = self.db.first(
            "select max(last_on) from case_now where county = $1",
            params![self.county],
            |row| row.maybe_date(0),
        )?;
        Ok(found.flatten())
    }
}

fn found(cells: Vec<Param<'static>>) -> Found {
    let mut cells = cells.into_iter();
    let mut next = || cells.next().unwrap_or(Param::Null);
    let text = |cell| match cell {
        Param::Text(text) => text.into_owned(),
        Param::Int(number) => number.to_string(),
        _ => String::new(),
    };
    Found {
        case: text(next()),
        version: match next() {
            Param::Int(version) => version,
            _ => 0,
        },
        at: text(next()),
        on: text(next()),
        actor: text(next()),
        act: text(next()),
        law: text(next()),
        action: text(next()),
        body: text(next()),
        prev: text(next()),
        digest: text(next()),
    }
}
