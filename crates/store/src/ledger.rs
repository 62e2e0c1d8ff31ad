//! 账本: one chain of entries for each case, only added to.

use std::sync::Arc;

use engine::{
    action::CaseId,
    actor::PersonId,
    authorise::{Permit, Sight},
    case::{Case, Heading},
    fact::{BuiltIn, Fact, Recorded},
};
use jiff::{RoundMode, Timestamp, TimestampRound, Unit, civil::Date};
use law::{
    Id, Law,
    calendar::Calendar,
    procedure::Procedure,
    value::{Party, Value},
};

use crate::{
    accounts::Asked,
    canonical::{canonical, sm3_hex},
    db::{Row, params},
    error::{Damage, StoreError},
    keys::{decrypt, encrypt, random},
    privacy,
    receipt::{NOTHING, Receipt, Statement, chained},
    store::{Read, Tx},
    views::{self, Extent},
    wire::Sentence,
};

type Result<T> = std::result::Result<T, StoreError>;

/// Where a case stood when it was read: the next entry must follow this one. 卷末
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Version of the last entry.
    pub version: u32,
    /// Its digest.
    pub digest: String,
}

/// What is to be entered.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// The case.
    pub case: &'a CaseId,
    /// The edition of law it was decided under.
    pub procedure: &'a Arc<Procedure>,
    /// The action it came from.
    pub action: &'a str,
    /// When.
    pub at: Timestamp,
    /// The fact.
    pub fact: Fact,
    /// Texts of the documents it issues, by document; their digests are put into the fact.
    pub texts: Vec<(Id, String)>,
}

/// What was entered.
#[derive(Clone, Debug)]
pub struct Entered {
    /// 回执.
    pub receipt: Receipt,
    /// The case with the new fact.
    pub case: Case,
}

/// A new case id: 26 lowercase letters and digits, ascending with time.
pub fn new_case_id(at: Timestamp) -> Result<CaseId> {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz"; // Crockford's.
    let mut rest = [0; 16];
    rest[6..].copy_from_slice(&random::<10>()?);
    let time = u64::try_from(at.as_millisecond()).unwrap_or(0); // No case is older than 1970.
    rest[..6].copy_from_slice(&time.to_be_bytes()[2..]);
    let mut number = u128::from_be_bytes(rest);
    let mut id = [0; 26];
    for place in id.iter_mut().rev() {
        *place = DIGITS[(number % 32) as usize];
        number /= 32;
    }
    Ok(id.iter().map(|digit| char::from(*digit)).collect())
}

const STATEMENT: &str =
    "select county, case_id, version, at, on_date, actor, act, law, action_id, body, prev, digest
     from entry where county = $1";
const OF_ACTION: &str = "and action_id = $2";
const HEADING: &str =
    "select procedure, law, organ, origin from case_now where county = $1 and case_id = $2";
const PARTICIPANTS: &str =
    "select role, person from participant where county = $1 and case_id = $2 order by role, place";
const ENTRIES: &str = "select version, at, action_id, law, digest, body from entry
     where county = $1 and case_id = $2 order by version";
/// SQLite has one writer and needs no such words.
const HOLD: &str = "select version from case_now where county = $1 and case_id = $2 for update";

impl Read<'_> {
    /// The receipt of an action that was performed before: the same press sent twice.
    pub fn receipt(&self, action: &str) -> Result<Option<Receipt>> {
        let sql = format!("{STATEMENT} {OF_ACTION}");
        self.db.first(&sql, params![self.county, action], receipt)
    }

    /// The receipt of one entry.
    pub fn receipt_of(&self, case: &str, version: u32) -> Result<Option<Receipt>> {
        let sql = format!("{STATEMENT} and case_id = $2 and version = $3");
        self.db.first(&sql, params![self.county, case, version], receipt)
    }

    /// What may be known of a case before it is opened.
    pub fn heading(&self, case: &str) -> Result<Option<Heading>> {
        let found = self.db.first(HEADING, params![self.county, case], |row| {
            Ok(Heading {
                id: case.to_owned(),
                procedure: row.text(0)?.into(),
                law: row.text(1)?,
                organ: row.text(2)?.into(),
                origin: row.text(3)?.into(),
                assigned: Default::default(),
                participants: Default::default(),
            })
        })?;
        let Some(mut heading) = found else {
            return Ok(None);
        };
        self.db.query(PARTICIPANTS, params![self.county, case], |row| {
            let (role, person) = (row.text(0)?, row.text(1)?);
            if !role.is_empty() {
                heading.assigned.entry(role.into()).or_default().push(person.clone());
            }
            heading.participants.insert(person);
            Ok(())
        })?;
        Ok(Some(heading))
    }

    /// The edition of law a case follows.
    pub fn edition<'l>(&self, heading: &Heading, law: &'l Law) -> Result<&'l Arc<Procedure>> {
        let by_hash = law.edition(&heading.procedure, &heading.law);
        if let Some(procedure) = by_hash {
            return Ok(procedure);
        }
        let label = self.db.first(
            "select edition from case_now where county = $1 and case_id = $2",
            params![self.county, &heading.id],
            |row| row.text(0),
        )?;
        edition(law, &heading.procedure, &heading.law, label.as_deref().unwrap_or_default())
            .ok_or_else(|| StoreError::Edition {
                case: heading.id.clone(),
                edition: format!("{}（{}）", heading.procedure, heading.law),
            })
    }

    /// Opens a case for action: only a [`Permit`] does. Nothing is masked.
    pub fn case(&self, permit: &Permit, law: &Law) -> Result<(Case, Head)> {
        let id = permit.case().ok_or_else(|| StoreError::Missing("案件".into()))?;
        self.whole_case(id, law)
    }

    /// A case as somebody may read it: personal answers are masked for whoever does not handle
    /// it, sealed ones for everybody (see [`Tx::open_sealed`]).
    pub fn case_seen(&self, id: &str, law: &Law, sight: Sight) -> Result<Case> {
        let (case, _) = self.whole_case(id, law)?;
        Ok(masked(case, sight, false))
    }

    /// The text of an issued document, names and all: for those who handle the case. `None` for
    /// others, and where none was kept or its key is destroyed.
    pub fn issued_text(
        &self,
        case: &str,
        version: u32,
        document: &str,
        sight: Sight,
    ) -> Result<Option<String>> {
        if sight < Sight::Handling {
            return Ok(None);
        }
        let found = self.db.first(
            "select subject, content from issued
             where county = $1 and case_id = $2 and version = $3 and document = $4",
            params![self.county, case, version, document],
            |row| Ok((row.text(0)?, row.maybe_bytes(1)?)),
        )?;
        let Some((subject, Some(content))) = found else {
            return Ok(None);
        };
        let keys = self.subject_keys(std::slice::from_ref(&subject))?;
        let Some(key) = keys.get(&subject) else {
            return Ok(None);
        };
        let context = document_context(self.county, case, version, document);
        let clear = decrypt(key, &context, &content).and_then(|text| String::from_utf8(text).ok());
        match clear {
            Some(text) => Ok(Some(text)),
            None => Err(Damage::of(case, version, format!("文书 {document} 无法解开"))),
        }
    }

    /// Every fact of a case, opened.
    pub(crate) fn whole_case(&self, id: &str, law: &Law) -> Result<(Case, Head)> {
        let mut rows = self.db.query(ENTRIES, params![self.county, id], raw)?;
        self.added_up(id, law, &mut rows)
    }

    /// A case from its stored entries.
    pub(crate) fn added_up(&self, id: &str, law: &Law, rows: &mut [Raw]) -> Result<(Case, Head)> {
        let Some(last) = rows.last() else {
            return Err(StoreError::Missing("案件".into()));
        };
        let head = Head { version: last.version, digest: last.digest.clone() };
        let hash = last.law.clone();
        let bodies =
            rows.iter_mut().map(|row| (row.version, std::mem::take(&mut row.body))).collect();
        let facts = self.open_facts(id, bodies)?;
        let label = label(&facts);
        let procedure = facts
            .first()
            .and_then(|fact| fact.opening.as_ref())
            .ok_or_else(|| Damage::of(id, 1, "第一笔不是立案"))
            .and_then(|opening| {
                edition(law, &opening.procedure, &hash, &label).ok_or_else(|| StoreError::Edition {
                    case: id.to_owned(),
                    edition: format!("{}@{label}", opening.procedure),
                })
            })?;
        let recorded = rows.iter_mut().zip(facts).map(|(row, fact)| Recorded {
            version: row.version,
            at: row.at,
            action: std::mem::take(&mut row.action),
            law: std::mem::take(&mut row.law),
            fact,
        });
        let case = Case::from_facts(id.to_owned(), procedure.clone(), recorded.collect());
        case.map(|case| (case, head)).ok_or_else(|| Damage::of(id, 1, "第一笔不是立案"))
    }
}

impl Tx<'_> {
    /// Takes a case in hand, if there is one already: until this transaction ends nobody else can
    /// act in it. What the act is decided on (heading, receipt, people, entries) is asked for in
    /// one trip, so that asking for it afterwards costs none. 接手
    pub fn take_up(&self, case: Option<&str>, action: &str, people: &[PersonId]) -> Result<()> {
        let of_action = format!("{STATEMENT} {OF_ACTION}");
        let action = params![self.county, action];
        let asked = Asked::of(self.county, people);
        let mut questions: Vec<Sentence> = Vec::new();
        let of_case = case.map(|case| params![self.county, case].to_vec());
        if let Some(params) = &of_case {
            // The others see what the case is once it is ours.
            let sqls = [HOLD, HEADING, PARTICIPANTS, ENTRIES];
            questions.extend(sqls.map(|sql| Sentence { sql, params }));
        }
        questions.push(Sentence { sql: &of_action, params: action });
        questions.extend(asked.iter().flat_map(Asked::questions));
        self.db.ask_ahead(&questions)
    }

    /// Takes a case in hand for something else than an act.
    pub(crate) fn hold(&self, case: &str) -> Result<()> {
        if self.db.is_postgres() {
            self.db.exec(HOLD, params![self.county, case])?;
        }
        Ok(())
    }

    /// Writes a fact at the end of its case, and every view of it. 入账
    ///
    /// `before` is the case as it was decided on; none opens it. If another action got there
    /// first its version is taken, nothing is written and [`StoreError::Overtaken`] says so: read
    /// again and decide again. Personal answers are encrypted before they are digested.
    pub fn append(
        &self,
        entry: Entry,
        before: Option<(Case, Head)>,
        calendar: &Calendar,
    ) -> Result<Entered> {
        let Entry { case: id, procedure, action, at, mut fact, texts } = entry;
        let at = milliseconds(at);
        let (prev, version) = match &before {
            Some((_, head)) => (head.digest.clone(), head.version + 1),
            None => (NOTHING.to_owned(), 1),
        };
        for issued in &mut fact.issued {
            if let Some((_, text)) = texts.iter().find(|(document, _)| *document == issued.document)
            {
                issued.digest = sm3_hex(text.as_bytes());
            }
        }
        let known = before.as_ref().map_or(Vec::new(), |(case, _)| parties(case));
        let stored = self.seal_answers(id, procedure, &fact, &known, at)?;
        let body = canonical(&stored.body);
        let statement = Statement {
            county: self.county.to_owned(),
            case: id.clone(),
            version,
            at,
            on: fact.on,
            actor: fact.by.first().map_or_else(String::new, |by| by.person.clone()),
            act: fact.act.to_string(),
            law: procedure.hash.to_string(),
            action: action.to_owned(),
            body: sm3_hex(body.as_bytes()),
        };
        let digest = chained(&prev, &statement.content());
        self.insert_entry(&statement, &body, &prev, &digest)?;

        if !texts.is_empty() {
            let main = match stored.main {
                Some(main) => main,
                None => self.main_key(id, &fact, &known, at)?,
            };
            for (document, text) in &texts {
                let context = document_context(self.county, id, version, document);
                let content = encrypt(&main.1, &context, text.as_bytes())?;
                self.db.insert(
                    "issued (county, case_id, version, document, subject, content)",
                    &[params![self.county, id, version, document, &main.0, content].to_vec()],
                )?;
            }
        }

        let law = procedure.hash.to_string();
        let recorded = Recorded { version, at, action: action.to_owned(), law, fact };
        let (case, extent) = match before {
            Some((case, _)) => {
                let extent = Extent::of(&case, &recorded);
                (follow(case, procedure, recorded)?, extent)
            }
            None => {
                let case = Case::from_facts(id.clone(), procedure.clone(), vec![recorded]);
                let case = case.ok_or_else(|| Damage::of(id, 1, "第一笔不是立案"))?;
                (case, Extent::NEW)
            }
        };
        views::project(self, &case, &digest, calendar, extent)?;
        Ok(Entered { receipt: Receipt { entry: statement, prev, digest, proof: None }, case })
    }

    fn insert_entry(&self, entry: &Statement, body: &str, prev: &str, digest: &str) -> Result<()> {
        self.db.insert(
            "entry (county, case_id, version, at, on_date, actor, act, law, action_id, body, prev,
             digest)",
            &[params![
                &entry.county,
                &entry.case,
                entry.version,
                entry.at,
                entry.on,
                &entry.actor,
                &entry.act,
                &entry.law,
                &entry.action,
                body,
                prev,
                digest
            ]
            .to_vec()],
        )
    }

    /// The next number of a series, without gaps: an action that fails gives its number back.
    pub fn next_number(&self, organ: &str, kind: &str, year: i16) -> Result<u64> {
        let taken = self.db.first(
            "insert into series (county, organ, kind, year, last) values ($1, $2, $3, $4, 1)
             on conflict (county, organ, kind, year) do update set last = series.last + 1
             returning last",
            params![self.county, organ, kind, i64::from(year)],
            |row| row.int(0),
        )?;
        let nothing = || StoreError::Database("no number was returned".into());
        Ok(taken.ok_or_else(nothing)?.unsigned_abs())
    }

    /// A case with its sealed answers opened: for somebody who handles it, with a reason, which is
    /// logged in the same transaction.
    pub fn open_sealed(&self, id: &str, law: &Law, access: &crate::Access) -> Result<Case> {
        self.access(access)?;
        let (case, _) = self.whole_case(id, law)?;
        Ok(masked(case, Sight::Handling, true))
    }
}

/// An entry as it is read before its answers are opened.
pub(crate) struct Raw {
    pub(crate) version: u32,
    pub(crate) at: Timestamp,
    pub(crate) action: String,
    pub(crate) law: String,
    pub(crate) digest: String,
    pub(crate) body: String,
}

/// Reads `version, at, action_id, law, digest, body`.
pub(crate) fn raw(row: &Row) -> Result<Raw> {
    Ok(Raw {
        version: row.count(0)?,
        at: row.instant(1)?,
        action: row.text(2)?,
        law: row.text(3)?,
        digest: row.text(4)?,
        body: row.text(5)?,
    })
}

fn receipt(row: &Row) -> Result<Receipt> {
    let entry = Statement {
        county: row.text(0)?,
        case: row.text(1)?,
        version: row.count(2)?,
        at: row.instant(3)?,
        on: row.date(4)?,
        actor: row.text(5)?,
        act: row.text(6)?,
        law: row.text(7)?,
        action: row.text(8)?,
        body: sm3_hex(row.text(9)?.as_bytes()),
    };
    Ok(Receipt { entry, prev: row.text(10)?, digest: row.text(11)?, proof: None })
}

/// The edition with this hash, or, where a file was edited without a new edition, the one with
/// the same label.
fn edition<'l>(
    law: &'l Law,
    procedure: &str,
    hash: &str,
    label: &str,
) -> Option<&'l Arc<Procedure>> {
    law.edition(procedure, hash)
        .or_else(|| law.procedures.get(procedure)?.iter().find(|edition| edition.version == label))
}

/// The label of the edition that the facts lead to.
fn label(facts: &[Fact]) -> String {
    let moved = facts.iter().rev().find_map(|fact| match &fact.built_in {
        Some(BuiltIn::Move { to, .. }) => to.split_once('@').map(|(_, label)| label.to_owned()),
        _ => None,
    });
    let opened = || facts.first().and_then(|fact| fact.opening.as_ref());
    moved.or_else(|| opened().map(|opening| opening.version.clone())).unwrap_or_default()
}

/// The case with one more fact, under the edition it was decided under.
fn follow(mut case: Case, procedure: &Arc<Procedure>, recorded: Recorded) -> Result<Case> {
    if case.procedure.hash == procedure.hash {
        case.apply(recorded);
        return Ok(case);
    }
    let facts = case.facts().iter().cloned().chain([recorded]).collect();
    let id = case.id.clone();
    Case::from_facts(id.clone(), procedure.clone(), facts)
        .ok_or_else(|| Damage::of(&id, 1, "第一笔不是立案"))
}

fn masked(case: Case, sight: Sight, opened: bool) -> Case {
    let procedure = case.procedure.clone();
    let facts = case.facts().iter().cloned().map(|mut recorded| {
        privacy::mask(&procedure, &mut recorded.fact, sight, opened);
        recorded
    });
    let facts = facts.collect();
    // The facts are those of a case, with other answers.
    Case::from_facts(case.id.clone(), procedure, facts).unwrap_or(case)
}

/// Every party named in a case, in the order of the facts in effect.
pub(crate) fn parties(case: &Case) -> Vec<Party> {
    let mut parties: Vec<Party> = Vec::new();
    for recorded in case.in_effect() {
        for value in recorded.fact.answers.values() {
            let Value::Parties(named) = value else {
                continue;
            };
            for party in named {
                if party.name != privacy::ERASED && !parties.contains(party) {
                    parties.push(party.clone());
                }
            }
        }
    }
    parties
}

fn document_context(county: &str, case: &str, version: u32, document: &str) -> String {
    format!("{county}/{case}/{version}/{document}")
}

/// An instant as it will be read again.
pub(crate) fn milliseconds(at: Timestamp) -> Timestamp {
    let round = TimestampRound::new().smallest(Unit::Millisecond).mode(RoundMode::Trunc);
    at.round(round).unwrap_or(at)
}

/// The civil day of an instant in Asia/Shanghai, where every legal day is counted.
pub(crate) fn day_of(at: Timestamp) -> Date {
    jiff::tz::Offset::constant(8).to_datetime(at).date()
}
