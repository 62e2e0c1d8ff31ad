//! 个人信息: personal answers are encrypted before they reach the ledger, under the key of the
//! person they are about. Destroying that key erases the person; every chain stays valid, because
//! the ledger digests the ciphertext.
//!
//! Each party of an answer is sealed under a key of their own. Other personal answers are sealed
//! under the key of the case's first party, or of the case itself where there is none. People are
//! told apart by number, else by name and phone, else by name within one case.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use engine::{
    action::CaseId,
    authorise::Sight,
    case::Case,
    fact::Fact,
    show::{masked_number, surname},
};
use jiff::Timestamp;
use law::{
    Id, Law,
    calendar::Calendar,
    procedure::{Keep, Procedure},
    value::{Party, Sealed, Value},
};
use serde::{Deserialize, Serialize};

use crate::{
    canonical::hex,
    db::{Param, params, places},
    error::{Damage, StoreError},
    keys::{Sm4Key, decrypt, encrypt, random},
    ledger::parties,
    logs::Access,
    store::{Engine, Read, Store, Tx},
    views::{self, Extent},
    wire::Sentence,
};

type Result<T> = std::result::Result<T, StoreError>;

/// What stands in place of an erased name.
pub(crate) const ERASED: &str = "已销毁";

/// A sealed answer as it stands in the ledger: one piece for each person it is about.
#[derive(Serialize, Deserialize)]
struct Pieces {
    sealed: Vec<Sealed>,
}

/// A person as the keys know them. 信息主体
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Their id among the keys.
    pub id: String,
    /// What was recorded of them.
    pub party: Party,
}

/// A subject and its wrapped key, unless that was destroyed.
type Wrapped = (String, Option<Vec<u8>>);

/// The stored form of a fact, and the subjects of its parties.
pub(crate) struct Stored {
    pub(crate) body: serde_json::Value,
    /// Whose key seals what the fact says about nobody in particular.
    pub(crate) main: Option<(String, Sm4Key)>,
}

impl Store {
    /// Destroys the key of a person: nobody will ever read again what was sealed under it. Their
    /// names leave every view, the ledger stays whole. Who did it and why is logged in the same
    /// transaction. Returns the cases they had part in. 销毁
    ///
    /// Backups made before still hold the wrapped key: they are to be replaced.
    pub fn erase(
        &self,
        county: &str,
        subject: &str,
        law: &Law,
        calendar: &Calendar,
        access: &Access,
    ) -> Result<Vec<CaseId>> {
        let cases = self.write(county, |tx| {
            tx.access(access)?;
            tx.erase(subject, law, calendar, access.at)
        })?;
        if let Engine::Lite(lite) = &self.engine {
            lite.checkpoint()?; // The old page must not linger in the write-ahead log.
        }
        Ok(cases)
    }
}

impl Tx<'_> {
    fn erase(
        &self,
        subject: &str,
        law: &Law,
        calendar: &Calendar,
        at: Timestamp,
    ) -> Result<Vec<CaseId>> {
        let cases = self.db.query(
            "select distinct case_id from party where county = $1 and subject = $2
             order by case_id",
            params![self.county, subject],
            |row| row.text(0),
        )?;
        self.destroy_key(subject, at)?;
        for id in &cases {
            self.hold(id)?;
            let (case, head) = self.whole_case(id, law)?;
            views::project(self, &case, &head.digest, calendar, Extent::ALL)?;
        }
        Ok(cases)
    }

    /// Asks who the people of a fact are before it is entered, so that whoever holds a number of a
    /// series need not ask any more.
    pub fn meet(
        &self,
        case: &str,
        procedure: &Procedure,
        fact: &Fact,
        before: Option<&Case>,
    ) -> Result<()> {
        let known = before.map_or(Vec::new(), parties);
        let handles = self.handles(case, procedure, fact, &known);
        let asked = Handles::of(self.county, handles.iter());
        let questions: Vec<Sentence> = asked.iter().map(Handles::question).collect();
        if questions.is_empty() { Ok(()) } else { self.db.ask_ahead(&questions) }
    }

    /// Of everybody under whose key something of a fact is sealed.
    fn handles(
        &self,
        case: &str,
        procedure: &Procedure,
        fact: &Fact,
        known: &[Party],
    ) -> BTreeSet<String> {
        let handles = personal(procedure, fact).flat_map(|(_, value)| match value {
            Value::Parties(parties) => parties.iter().map(|p| self.handle(case, p)).collect(),
            _ => vec![self.main_handle(case, fact, known)],
        });
        handles.collect()
    }

    /// Encrypts the personal answers of a fact. `known` are the parties of the case so far.
    pub(crate) fn seal_answers(
        &self,
        case: &str,
        procedure: &Procedure,
        fact: &Fact,
        known: &[Party],
        at: Timestamp,
    ) -> Result<Stored> {
        let mut body = json(fact)?;
        let main = self.main_handle(case, fact, known);
        let keys = self.keys_of(self.handles(case, procedure, fact, known), at)?;
        for (field, value) in personal(procedure, fact) {
            let context = context(self.county, case, field);
            let pieces = match value {
                Value::Parties(parties) => {
                    let each = parties.iter().map(|party| {
                        let alone = Value::Parties(vec![party.clone()]);
                        piece(&keys[&self.handle(case, party)], &context, &alone)
                    });
                    each.collect::<Result<_>>()?
                }
                other => vec![piece(&keys[&main], &context, other)?],
            };
            body["answers"][&**field] = json(&Pieces { sealed: pieces })?;
        }
        Ok(Stored { body, main: keys.get(&main).cloned() })
    }

    /// The key for what a case says about nobody in particular.
    pub(crate) fn main_key(
        &self,
        case: &str,
        fact: &Fact,
        known: &[Party],
        at: Timestamp,
    ) -> Result<(String, Sm4Key)> {
        let handle = self.main_handle(case, fact, known);
        let mut keys = self.keys_of(BTreeSet::from([handle.clone()]), at)?;
        keys.remove(&handle).ok_or_else(|| StoreError::Database("a key was not made".into()))
    }

    fn main_handle(&self, case: &str, fact: &Fact, known: &[Party]) -> String {
        match first_party(fact).or(known.first()) {
            Some(party) => self.handle(case, party),
            None => self.keys.blind(&["subject", case]),
        }
    }

    /// The subjects with these handles and their keys, made at the first meeting and again after
    /// an erasure.
    fn keys_of(
        &self,
        handles: BTreeSet<String>,
        at: Timestamp,
    ) -> Result<BTreeMap<String, (String, Sm4Key)>> {
        let mut known = self.subjects_by(handles.iter())?;
        let mut keys = BTreeMap::new();
        let mut new: Vec<Vec<Param>> = Vec::new();
        for handle in handles {
            let key = if let Some((subject, Some(wrapped))) = known.remove(&handle) {
                let key = self.keys.unwrap(self.county, &subject, &wrapped)?;
                (subject, key)
            } else {
                let subject = hex(&random::<12>()?);
                let (key, wrapped) = self.keys.fresh(self.county, &subject)?;
                new.push(
                    params![self.county, subject.clone(), handle.clone(), wrapped, at].to_vec(),
                );
                (subject, key)
            };
            self.met.borrow_mut().insert(handle.clone(), key.0.clone());
            keys.insert(handle, key);
        }
        self.db.insert("subject (county, subject, handle, wrapped, made)", &new)?;
        Ok(keys)
    }

    /// Subjects by handle: those met in this transaction are not asked for again.
    pub(crate) fn subject_ids(&self, handles: &[String]) -> Result<BTreeMap<String, String>> {
        let unmet = handles.iter().filter(|handle| !self.met.borrow().contains_key(*handle));
        let found = self.subjects_by(unmet)?.into_iter();
        let mut met = self.met.borrow_mut();
        met.extend(found.map(|(handle, (subject, _))| (handle, subject)));
        let known = handles.iter().filter_map(|handle| met.get_key_value(handle));
        Ok(known.map(|(handle, subject)| (handle.clone(), subject.clone())).collect())
    }

    /// Destroys the key of a person. What was sealed under it can never be read again.
    fn destroy_key(&self, subject: &str, at: Timestamp) -> Result<()> {
        self.met.take();
        let destroyed = self.db.exec(
            "update subject set wrapped = null, handle = null, erased = $3
             where county = $1 and subject = $2 and erased is null",
            params![self.county, subject, at],
        )?;
        if destroyed == 0 {
            return Err(StoreError::Missing("信息主体，或者其密钥已经销毁".into()));
        }
        Ok(())
    }
}

impl Read<'_> {
    /// How a party is told apart from others.
    pub(crate) fn handle(&self, case: &str, party: &Party) -> String {
        let (number, phone, name) = (plain(&party.number), plain(&party.phone), plain(&party.name));
        match (number.is_empty(), phone.is_empty()) {
            (false, _) => self.keys.blind(&["subject", "number", &number]),
            (true, false) => self.keys.blind(&["subject", "phone", &name, &phone]),
            (true, true) => self.keys.blind(&["subject", "case", case, &name]),
        }
    }

    /// The people of a case as the keys know them, for whoever has to erase one.
    pub fn subjects(&self, case: &str, law: &Law) -> Result<Vec<Subject>> {
        let (case, _) = self.whole_case(case, law)?;
        let parties = parties(&case);
        let handles: Vec<String> = parties.iter().map(|p| self.handle(&case.id, p)).collect();
        let ids = self.subjects_by(handles.iter())?;
        let subjects = parties.into_iter().zip(handles).filter_map(|(party, handle)| {
            let (id, _) = ids.get(&handle)?;
            Some(Subject { id: id.clone(), party })
        });
        Ok(subjects.collect())
    }

    /// Subjects and their wrapped keys, by handle.
    pub(crate) fn subjects_by<'h>(
        &'h self,
        handles: impl Iterator<Item = &'h String>,
    ) -> Result<BTreeMap<String, Wrapped>> {
        let mut found = BTreeMap::new();
        for Handles { sql, params } in Handles::of(self.county, handles) {
            let rows = self.db.query(&sql, &params, |row| {
                Ok((row.text(0)?, (row.text(1)?, row.maybe_bytes(2)?)))
            })?;
            found.extend(rows);
        }
        Ok(found)
    }

    /// Opens the sealed answers of stored facts, each `(version, body)` of one case.
    pub(crate) fn open_facts(&self, case: &str, bodies: Vec<(u32, String)>) -> Result<Vec<Fact>> {
        let mut facts: Vec<(u32, serde_json::Value)> = Vec::with_capacity(bodies.len());
        for (version, body) in bodies {
            let fact = serde_json::from_str(&body)
                .map_err(|error| Damage::of(case, version, format!("内容无法读出：{error}")))?;
            facts.push((version, fact));
        }
        let subjects = facts.iter().flat_map(|(_, fact)| sealed_in(fact)).map(|(_, pieces)| pieces);
        let mut ids: Vec<String> =
            subjects.flat_map(|pieces| pieces.sealed).map(|piece| piece.subject).collect();
        ids.sort_unstable();
        ids.dedup();
        let keys = self.subject_keys(&ids)?;
        facts
            .into_iter()
            .map(|(version, mut fact)| {
                for (field, pieces) in sealed_in(&fact) {
                    let context = context(self.county, case, &field);
                    let value = unseal(&keys, &context, pieces)
                        .map_err(|what| Damage::of(case, version, what))?;
                    fact["answers"][&*field] = json(&value)?;
                }
                serde_json::from_value(fact)
                    .map_err(|error| Damage::of(case, version, format!("内容无法读出：{error}")))
            })
            .collect()
    }

    /// The keys that still exist.
    pub(crate) fn subject_keys(&self, ids: &[String]) -> Result<BTreeMap<String, Sm4Key>> {
        let mut keys = BTreeMap::new();
        for some in ids.chunks(100) {
            let mut with: Vec<Param> = params![self.county].to_vec();
            with.extend(some.iter().map(Param::from));
            let sql = format!(
                "select subject, wrapped from subject where county = $1 and subject in ({})",
                places(2, some.len())
            );
            let rows = self.db.query(&sql, &with, |row| Ok((row.text(0)?, row.maybe_bytes(1)?)))?;
            for (subject, wrapped) in rows {
                if let Some(wrapped) = wrapped {
                    let key = self.keys.unwrap(self.county, &subject, &wrapped)?;
                    keys.insert(subject, key);
                }
            }
        }
        Ok(keys)
    }
}

/// What is asked about some handles.
struct Handles<'a> {
    sql: String,
    params: Vec<Param<'a>>,
}

impl<'a> Handles<'a> {
    /// A hundred at a time.
    fn of(county: &'a str, handles: impl Iterator<Item = &'a String>) -> Vec<Self> {
        let handles: Vec<&String> = handles.collect();
        let asked = handles.chunks(100).map(|some| {
            let mut params: Vec<Param> = params![county].to_vec();
            params.extend(some.iter().map(|handle| Param::from(*handle)));
            let sql = format!(
                "select handle, subject, wrapped from subject
                 where county = $1 and handle in ({})",
                places(2, some.len())
            );
            Self { sql, params }
        });
        asked.collect()
    }

    fn question(&self) -> Sentence<'_> {
        Sentence { sql: &self.sql, params: &self.params }
    }
}

/// The answers of a fact that are encrypted at rest.
fn personal<'f>(
    procedure: &Procedure,
    fact: &'f Fact,
) -> impl Iterator<Item = (&'f Id, &'f Value)> {
    fact.answers.iter().filter(move |(field, value)| {
        is_personal(procedure, field) && !matches!(value, Value::Sealed(_))
    })
}

/// Whether a field is encrypted at rest.
pub(crate) fn is_personal(procedure: &Procedure, field: &str) -> bool {
    procedure.fields.get(field).is_some_and(|field| field.keep >= Keep::Personal)
}

/// A fact as somebody may read it: personal answers masked for whoever does not handle the case,
/// sealed ones for everybody, unless `opened` with a reason that was logged.
pub(crate) fn mask(procedure: &Procedure, fact: &mut Fact, sight: Sight, opened: bool) {
    for (field, value) in &mut fact.answers {
        let keep = procedure.fields.get(field).map_or(Keep::Work, |field| field.keep);
        match (keep, sight) {
            (Keep::Sealed, _) if !opened => *value = hidden(),
            (Keep::Personal, Sight::Seeing) => mask_value(value),
            _ => {}
        }
    }
}

/// A name stays recognisable to those who know the matter; nothing else is shown.
fn mask_value(value: &mut Value) {
    match value {
        Value::Parties(parties) => {
            for party in parties.iter_mut().filter(|party| party.name != ERASED) {
                party.name = surname(&party.name, party.kind);
                party.number = masked_number(&party.number);
                party.phone = masked_number(&party.phone);
                if !party.address.is_empty() {
                    party.address = "***".into();
                }
            }
        }
        Value::Text(text) => *text = "***".into(),
        Value::Yes(_) | Value::Codes(_) => {}
        other => *other = hidden(),
    }
}

fn hidden() -> Value {
    Value::Text("***".into())
}

/// Text as it is compared: without white space, full-width letters and digits made plain, `x`
/// written `X`.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '－'))
        .map(|c| match c {
            '！'..='～' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
            other => other,
        })
        .flat_map(char::to_uppercase)
        .collect()
}

/// The first party named in a fact.
fn first_party(fact: &Fact) -> Option<&Party> {
    fact.answers.values().find_map(|value| match value {
        Value::Parties(parties) => parties.first(),
        _ => None,
    })
}

fn piece((subject, key): &(String, Sm4Key), context: &str, value: &Value) -> Result<Sealed> {
    let clear = json(value)?.to_string();
    let data = BASE64.encode(encrypt(key, context, clear.as_bytes())?);
    Ok(Sealed { subject: subject.clone(), data })
}

/// The sealed answers of a stored fact. A single erased answer carried over from another case
/// looks different (`sealed` is no list) and stays as it is.
fn sealed_in(fact: &serde_json::Value) -> Vec<(Id, Pieces)> {
    let Some(answers) = fact.get("answers").and_then(serde_json::Value::as_object) else {
        return Vec::new();
    };
    let sealed = answers.iter().filter(|(_, value)| value["sealed"].is_array());
    sealed
        .filter_map(|(field, value)| {
            Some((Id::from(field.as_str()), Pieces::deserialize(value).ok()?))
        })
        .collect()
}

/// Puts an answer together again from its pieces; those whose key is gone stay sealed.
fn unseal(
    keys: &BTreeMap<String, Sm4Key>,
    context: &str,
    pieces: Pieces,
) -> std::result::Result<Value, String> {
    let mut parties: Vec<Party> = Vec::new();
    let (mut lost, mut open) = (None, false);
    for piece in pieces.sealed {
        let Some(key) = keys.get(&piece.subject) else {
            parties.push(Party { name: ERASED.into(), ..Party::default() });
            lost = Some(piece);
            continue;
        };
        let clear = BASE64.decode(&piece.data).ok().and_then(|data| decrypt(key, context, &data));
        let value = clear.and_then(|clear| serde_json::from_slice(&clear).ok());
        match value {
            Some(Value::Parties(some)) => {
                open = true;
                parties.extend(some);
            }
            Some(value) => return Ok(value),
            None => return Err("密文无法解开".into()),
        }
    }
    match lost {
        Some(piece) if !open => Ok(Value::Sealed(piece)),
        _ => Ok(Value::Parties(parties)),
    }
}

/// What a ciphertext is bound to: it opens nowhere else.
fn context(county: &str, case: &str, field: &str) -> String {
    format!("{county}/{case}/{field}")
}

pub(crate) fn json(value: &impl Serialize) -> Result<serde_json::Value> {
    serde_json::to_value(value).map_err(|error| StoreError::Database(error.to_string()))
}
