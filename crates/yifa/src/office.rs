//! 办公室: law, store and clock together, and the only way facts come to be.

use std::{
    cell::Cell,
    collections::{BTreeMap, HashMap},
    sync::{Arc, RwLock},
    time::Duration,
};

use engine::{
    action::{Action, Answers, Target},
    actor::{Actor, OrganPath, PersonId},
    answers::fitted,
    authorise::{Hands, authorise},
    case::{Case, Heading},
    decide::{Decision, decide},
    document,
    fact::Recorded,
    refusal::{Ground, Refusal},
    show::Names,
};
use jiff::{Timestamp, civil::Date};
use law::{
    Id, Law,
    procedure::{LINKED, Pattern, Procedure},
    value::{FileRef, Value},
};
use store::{Entry, Head, Store, StoreError, Tx, new_case_id, receipt::Receipt};

use crate::{
    audit::Audits,
    citations::Citations,
    clock::Clock,
    fills::{known_indicators, look_up},
};

/// 办公室. Web, command line, imports, demonstrations and the nightly round all act through it.
pub struct Office {
    law: Arc<Law>,
    store: Store,
    clock: Clock,
    county: String,
    names: RwLock<Arc<NameBook>>,
    indicators: Arc<BTreeMap<Id, String>>,
    citations: Citations,
    audits: Audits,
}

/// What an action led to.
#[derive(Clone, Debug)]
pub struct Done {
    /// 回执.
    pub receipt: Receipt,
    /// The case it opened in another procedure.
    pub opened: Option<String>,
    /// Other cases it acted in: those opened, and those reported to.
    pub followed: Vec<String>,
    /// The same press, sent twice: nothing new was written.
    pub repeated: bool,
}

/// Why an action was not performed. 未办成
#[derive(Debug, thiserror::Error)]
pub enum Unperformed {
    /// The law says no. Shown as written, with its articles.
    #[error(transparent)]
    Refused(Refusal),
    /// There is no such case, or it may not be known that there is.
    #[error("没有找到这个案件")]
    Unknown,
    /// A document could not be drawn up. The definition is at fault, not the person.
    #[error("文书“{document}”无法生成：{fault}")]
    Paper {
        /// 文书.
        document: String,
        /// Why.
        fault: String,
    },
    /// The machine failed, or somebody else was faster: nothing was written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Refusal> for Unperformed {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// The names of people and organs, as they are now.
#[derive(Clone, Debug, Default)]
pub struct NameBook {
    organs: HashMap<String, (String, String)>,
    people: HashMap<String, String>,
    indicators: Arc<BTreeMap<Id, String>>,
}

/// Chains of linked cases longer than this are a fault of the law, not of the person.
const LONGEST_CHAIN: usize = 4;
/// How long an act waits before it is tried again where it met another, in milliseconds.
const PAUSES: [u64; 4] = [2, 8, 32, 128];

impl Office {
    /// Opens the office of one county.
    pub fn open(
        law: Arc<Law>,
        store: Store,
        clock: Clock,
        county: String,
    ) -> Result<Self, StoreError> {
        let (names, citations, audits) = Default::default();
        let measures = engine::figure::measures(&law).into_iter();
        let indicators = Arc::new(measures.map(|one| (one.key, one.name)).collect());
        let office = Self { law, store, clock, county, names, indicators, citations, audits };
        office.reload_names()?;
        Ok(office)
    }

    /// What drafts cite.
    pub fn citations(&self) -> &Citations {
        &self.citations
    }

    /// What was found in reports.
    pub fn audits(&self) -> &Audits {
        &self.audits
    }

    /// 办理: the only way an action becomes facts. When this returns, they are on disk.
    pub fn perform(&self, actor: &Actor, action: &Action) -> Result<Done, Unperformed> {
        let began = Cell::new(false);
        let attempt = || {
            began.set(false);
            self.store.write(&self.county, |tx| {
                Performing { office: self, tx, depth: 0, began: &began }.perform(actor, action)
            })
        };
        let mut done = attempt();
        for pause in PAUSES {
            // Two met: at the same press, at a person nobody knew yet, or each at the other's case.
            // One of them is through by now, and everything is read and decided anew.
            if !began.get() || !matches!(done, Err(Unperformed::Store(StoreError::Overtaken))) {
                break;
            }
            std::thread::sleep(Duration::from_millis(pause));
            done = attempt();
        }
        if let Err(Unperformed::Refused(refusal)) = &done {
            self.note_attempt(actor, action, refusal);
        }
        done
    }

    /// What came of an action would be refused or done? Decides without writing anything: forms
    /// show every ground before they are sent.
    pub fn rehearse(&self, actor: &Actor, action: &Action) -> Result<(), Unperformed> {
        let mut refused = None;
        let rehearsed: Result<(), Unperformed> = self.store.read(&self.county, |read| {
            let heading = match &action.target {
                Target::Case { case, .. } => {
                    read.heading(case)?.map(Some).ok_or(Unperformed::Unknown)?
                }
                Target::Open { .. } => None,
            };
            let procedure = match (&heading, &action.target) {
                (Some(heading), _) => read.edition(heading, &self.law)?,
                (None, Target::Open { procedure, .. }) => self.in_force(procedure, action.on)?,
                (None, Target::Case { .. }) => return Err(Unperformed::Unknown),
            };
            let team = team(actor, read.actors(&action.with)?);
            let named = read.actors(&named_in(action))?;
            let hands = Hands { team: &team, named: &named };
            let permit = authorise(procedure, heading.as_ref(), hands, action)?;
            let case = match permit.case() {
                Some(_) => Some(read.case(&permit, &self.law)?.0),
                None => None,
            };
            known_indicators(&self.law, procedure, &action.answers)?;
            let wanted = permit.wants(case.as_ref(), &self.law.calendar);
            let found = look_up(self, read, wanted)?;
            let today = self.clock.today();
            let decided = decide(&permit, case.as_ref(), &self.law.calendar, today, &found.given);
            refused = decided.err();
            Ok(())
        });
        rehearsed?;
        refused.map_or(Ok(()), |refusal| Err(refusal.into()))
    }

    /// Performs many actions that share a commit: each is done or refused alone. Where `keep` is
    /// false everything is decided as it would be and nothing stays.
    ///
    /// What is refused is nearly always refused before anything of it was written, so that nothing
    /// has to be taken back alone. Where it was not, the whole is undone and `job` is called once
    /// more, each action now in a part of its own.
    pub fn together<T>(
        &self,
        keep: bool,
        mut job: impl FnMut(&Together) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut attempt = |parts: bool| {
            self.store.write(&self.county, |tx| {
                let (began, spoiled) = (Cell::new(false), Cell::new(false));
                let performing = Performing { office: self, tx, depth: 0, began: &began };
                let value = job(&Together { performing, keep, parts, spoiled: &spoiled });
                if spoiled.get() {
                    return Err(Undone::Spoiled);
                }
                if keep { Ok(value?) } else { Err(Undone::Rehearsed(value?)) }
            })
        };
        let done = match attempt(false) {
            Err(Undone::Spoiled) => attempt(true),
            done => done,
        };
        match done {
            Ok(value) | Err(Undone::Rehearsed(value)) => Ok(value),
            Err(Undone::Failed(error)) => Err(error),
            Err(Undone::Spoiled) => Err(StoreError::Busy), // Never with parts.
        }
    }

    /// Everything the law says.
    pub fn law(&self) -> &Arc<Law> {
        &self.law
    }

    /// Ledger, views, accounts.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The time.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The county's code.
    pub fn county(&self) -> &str {
        &self.county
    }

    /// The names of people and organs.
    pub fn names(&self) -> Arc<NameBook> {
        self.names.read().unwrap_or_else(|broken| broken.into_inner()).clone()
    }

    /// Reads the names anew; whoever changes people or organs calls this.
    pub fn reload_names(&self) -> Result<(), StoreError> {
        let book = self.store.read(&self.county, |read| {
            let organs = read.organs()?.into_iter();
            let people = read.people()?.into_iter();
            Ok::<_, StoreError>(NameBook {
                organs: organs.map(|o| (o.path.to_string(), (o.name, o.short))).collect(),
                people: people.map(|person| (person.id, person.name)).collect(),
                indicators: self.indicators.clone(),
            })
        })?;
        *self.names.write().unwrap_or_else(|broken| broken.into_inner()) = Arc::new(book);
        Ok(())
    }

    /// Keeps a file and says how an answer refers to it.
    pub fn keep_file(&self, name: &str, content: &[u8]) -> Result<FileRef, Unperformed> {
        let at = self.clock.now();
        let kind = if name.ends_with(".txt") { "text/plain" } else { "application/octet-stream" };
        let digest = self.store.write(&self.county, |tx| tx.put_file(content, kind, at))?;
        Ok(FileRef { name: name.to_owned(), digest, size: content.len() as u64 })
    }

    /// What may be known of a case before it is opened.
    pub fn heading(&self, case: &str) -> Result<Heading, Unperformed> {
        let heading = self.store.read(&self.county, |read| read.heading(case))?;
        heading.ok_or(Unperformed::Unknown)
    }

    fn in_force(&self, procedure: &Id, on: Date) -> Result<&Arc<Procedure>, Refusal> {
        self.law.in_force(procedure, on).ok_or_else(|| {
            let say = match self.law.procedures.get(procedure).and_then(|editions| editions.first())
            {
                Some(first) => format!(
                    "“{}”自{}起施行，不能用于更早的事项",
                    first.name,
                    engine::show::date(first.effective)
                ),
                None => format!("没有“{procedure}”这一程序"),
            };
            Refusal { grounds: vec![Ground::plain("procedure", say)] }
        })
    }

    fn note_attempt(&self, actor: &Actor, action: &Action, refusal: &Refusal) {
        let at = self.clock.now();
        let noted: Result<(), StoreError> =
            self.store.write(&self.county, |tx| tx.attempt(at, &actor.person, action, refusal));
        if let Err(error) = noted {
            tracing::error!(%error, "a refused act could not be noted");
        }
    }
}

/// Actions that share a commit.
pub struct Together<'a, 's> {
    performing: Performing<'a, 's>,
    keep: bool,
    /// Each action in a part of its own.
    parts: bool,
    /// Something was written by an action that failed, and no part takes it back.
    spoiled: &'a Cell<bool>,
}

impl<'s> Together<'_, 's> {
    /// 办理, in the common transaction: what is refused leaves nothing but its note.
    pub fn perform(&self, actor: &Actor, action: &Action) -> Result<Done, Unperformed> {
        let Performing { office, tx, began, .. } = self.performing;
        began.set(false);
        let done = match self.parts {
            true => tx.part(|_| self.performing.perform(actor, action)),
            false => self.performing.perform(actor, action),
        };
        let broken = began.get() || matches!(done, Err(Unperformed::Store(_)));
        if done.is_err() && broken && !self.parts {
            self.spoiled.set(true);
        }
        if let Err(Unperformed::Refused(refusal)) = &done
            && self.keep
        {
            tx.attempt(office.clock.now(), &actor.person, action, refusal)?;
        }
        done
    }

    /// The common transaction, for what is noted beside the ledger.
    pub fn tx(&self) -> &Tx<'s> {
        self.performing.tx
    }
}

/// Why a common transaction was not committed.
enum Undone<T> {
    /// It was only a rehearsal.
    Rehearsed(T),
    /// An action failed after it had written.
    Spoiled,
    /// The machine failed.
    Failed(StoreError),
}

impl<T> From<StoreError> for Undone<T> {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

/// One action on its way through the rooms, inside one transaction.
#[derive(Clone, Copy)]
struct Performing<'a, 's> {
    office: &'a Office,
    tx: &'a Tx<'s>,
    depth: usize,
    /// Something of the action has been written.
    began: &'a Cell<bool>,
}

impl Performing<'_, '_> {
    fn perform(&self, actor: &Actor, action: &Action) -> Result<Done, Unperformed> {
        let (office, tx) = (self.office, self.tx);
        let (case, named) = (in_case(action), named_in(action));
        let mut people = [action.with.as_slice(), &named].concat();
        people.sort_unstable();
        people.dedup();
        tx.take_up(case, &action.id, &people)?;
        let heading = match case {
            Some(case) => Some(tx.heading(case)?.ok_or(Unperformed::Unknown)?),
            None => None,
        };
        let procedure = match (&heading, &action.target) {
            (Some(heading), _) => tx.edition(heading, &office.law)?,
            (None, Target::Open { procedure, .. }) => office.in_force(procedure, action.on)?,
            (None, Target::Case { .. }) => return Err(Unperformed::Unknown),
        };
        let people = tx.actors(&people)?;
        let among = |ids: &[PersonId]| -> Vec<Actor> {
            people.iter().filter(|known| ids.contains(&known.person)).cloned().collect()
        };
        let (team, named) = (team(actor, among(&action.with)), among(&named));
        let hands = Hands { team: &team, named: &named };
        let permit = authorise(procedure, heading.as_ref(), hands, action)?;
        if let Some(receipt) = tx.receipt(&action.id)? {
            let (opened, followed) = (None, Vec::new());
            return Ok(Done { receipt, opened, followed, repeated: true }); // The same press, sent twice.
        }
        let before = match permit.case() {
            Some(_) => Some(fresh(tx.case(&permit, &office.law)?, action)?),
            None => None,
        };
        let case = before.as_ref().map(|(case, _)| case);
        known_indicators(&office.law, procedure, &action.answers)?;
        let calendar = &office.law.calendar;
        let found = look_up(office, tx, permit.wants(case, calendar))?;
        let decision = decide(&permit, case, calendar, office.clock.today(), &found.given)?;
        let at = office.clock.now();
        let id = match permit.case() {
            Some(case) => case.to_owned(),
            None => new_case_id(at)?,
        };
        self.began.set(true);
        for draft in &found.drafts {
            tx.put_file(draft, paper::docx::MEDIA_TYPE, at)?;
        }
        tx.meet(&id, procedure, &decision.fact, case)?;
        let entry = self.entry(&id, procedure, action, case, &decision, at)?;
        let entered = tx.append(entry, before, &office.law.calendar)?;
        let (opened, followed) = self.follow_up(actor, &id, decision)?;
        Ok(Done { receipt: entered.receipt, opened, followed, repeated: false })
    }

    /// The fact with its numbers taken and its documents drawn up.
    fn entry<'e>(
        &self,
        id: &'e String,
        procedure: &'e Arc<Procedure>,
        action: &'e Action,
        case: Option<&Case>,
        decision: &Decision,
        at: Timestamp,
    ) -> Result<Entry<'e>, Unperformed> {
        let mut fact = decision.fact.clone();
        let organ = match (&fact.opening, case) {
            (Some(opening), _) => opening.organ.clone(),
            (None, Some(case)) => fact.organ.clone().unwrap_or_else(|| case.organ().clone()),
            (None, None) => return Err(Unperformed::Unknown),
        };
        let year = fact.on.year();
        let mut case_no = case.and_then(Case::number).unwrap_or_default().to_owned();
        if let Some(opening) = &mut fact.opening {
            case_no = self.number(&procedure.case_no, &organ, &procedure.id, year, "")?;
            opening.number = Some(case_no.clone());
        }
        let issuer = document::issuer(procedure, &organ, &fact).clone();
        for issued in &mut fact.issued {
            let document = procedure.documents.get(&issued.document);
            if let Some(pattern) = document.and_then(|document| document.number.as_ref()) {
                let kind = format!("{}/{}", procedure.id, issued.document);
                issued.number = Some(self.number(pattern, &issuer, &kind, year, &case_no)?);
            }
        }
        let recorded = Recorded {
            version: case.map_or(1, |case| case.version() + 1),
            at,
            action: action.id.clone(),
            law: procedure.hash.to_string(),
            fact,
        };
        let texts = self.texts(id, procedure, case, &recorded)?;
        Ok(Entry { case: id, procedure, action: &action.id, at, fact: recorded.fact, texts })
    }

    /// The next number of a series, as its pattern writes it.
    fn number(
        &self,
        pattern: &Pattern,
        organ: &OrganPath,
        kind: &str,
        year: i16,
        case_no: &str,
    ) -> Result<String, Unperformed> {
        let mut text = pattern.0.replace("{case_no}", case_no);
        if text.contains("{seq}") {
            let seq = self.tx.next_number(organ.as_str(), kind, year)?;
            text = text.replace("{seq}", &seq.to_string());
        }
        let short = self.office.names().organ_short(organ.as_str());
        Ok(text.replace("{org.short}", &short).replace("{year}", &year.to_string()))
    }

    /// The texts of the documents an act issues; refused where a sentence the law requires is
    /// missing from one.
    fn texts(
        &self,
        id: &str,
        procedure: &Arc<Procedure>,
        case: Option<&Case>,
        recorded: &Recorded,
    ) -> Result<Vec<(Id, String)>, Unperformed> {
        if recorded.fact.issued.is_empty() {
            return Ok(Vec::new());
        }
        let after = match case {
            Some(case) => {
                let mut case = case.clone();
                case.apply(recorded.clone());
                Some(case)
            }
            None => Case::from_facts(id.to_owned(), procedure.clone(), vec![recorded.clone()]),
        };
        let after = after.ok_or(Unperformed::Unknown)?;
        let names = self.office.names();
        let calendar = &self.office.law.calendar;
        let mut texts = Vec::new();
        for issued in &recorded.fact.issued {
            let Some(form) = procedure.documents.get(&issued.document) else { continue };
            let number = issued.number.as_deref();
            let context = document::context(&after, recorded, number, calendar, &*names);
            let text = paper::template::render(&form.template, context).map_err(|fault| {
                Unperformed::Paper { document: form.name.clone(), fault: fault.to_string() }
            })?;
            let missing = paper::template::missing_sentences(&text, &form.says);
            if let Some(sentence) = missing.first() {
                let say = format!("“{}”缺少必须写明的内容：{sentence}", form.name);
                let basis = form.basis.clone().unwrap_or_default();
                let ground = Ground::under(format!("says:{}", form.id), say, &basis);
                return Err(Refusal { grounds: vec![ground] }.into());
            }
            texts.push((form.id.clone(), text));
        }
        Ok(texts)
    }

    /// Opens the linked case, and reports to the case this one came from.
    fn follow_up(
        &self,
        actor: &Actor,
        id: &str,
        decision: Decision,
    ) -> Result<(Option<String>, Vec<String>), Unperformed> {
        let deeper = Performing { depth: self.depth + 1, ..*self };
        if deeper.depth > LONGEST_CHAIN {
            let say = "关联的案件互相转来转去，请检查程序文件";
            return Err(Refusal { grounds: vec![Ground::plain("chain", say)] }.into());
        }
        let mut followed = Vec::new();
        let mut opened = None;
        if let Some(mut action) = decision.opens {
            if let Target::Open { procedure, parent, .. } = &mut action.target {
                parent.get_or_insert_with(|| id.to_owned());
                fit(self.office.in_force(procedure, action.on)?, &mut action.answers);
            }
            let by = self.opener(actor, &action);
            let done = deeper.perform(&by, &action)?;
            opened = Some(done.receipt.entry.case.clone());
            followed.push(done.receipt.entry.case);
            followed.extend(done.followed);
        }
        if let Some(mut action) = decision.reports {
            if let Target::Case { case, .. } = &action.target {
                let heading = self.tx.heading(case)?.ok_or(Unperformed::Unknown)?;
                fit(self.tx.edition(&heading, &self.office.law)?, &mut action.answers);
            }
            let done = deeper.perform(&Actor::machine(), &action)?;
            followed.push(done.receipt.entry.case);
            followed.extend(done.followed);
        }
        Ok((opened, followed))
    }

    /// Who opens a linked case: the machine where its procedure says so, else the same person.
    fn opener(&self, actor: &Actor, action: &Action) -> Actor {
        let linked = match &action.target {
            Target::Open { procedure, .. } => self
                .office
                .law
                .in_force(procedure, action.on)
                .and_then(|procedure| procedure.acts.get(&action.act))
                .is_some_and(|act| act.by.iter().any(|role| role == LINKED)),
            Target::Case { .. } => false,
        };
        if linked { Actor::machine() } else { actor.clone() }
    }
}

/// A decision rests on what the person saw: a case that has moved on since is refused.
fn fresh((case, head): (Case, Head), action: &Action) -> Result<(Case, Head), StoreError> {
    match &action.target {
        Target::Case { seen: Some(seen), .. } if *seen != head.version => {
            Err(StoreError::Overtaken)
        }
        _ => Ok((case, head)),
    }
}

/// Answers carried from another case, as the fields of this procedure keep them.
fn fit(procedure: &Procedure, answers: &mut Answers) {
    for (field, value) in answers {
        if let Some(field) = procedure.fields.get(field) {
            *value = fitted(field, value.clone());
        }
    }
}

fn in_case(action: &Action) -> Option<&str> {
    match &action.target {
        Target::Case { case, .. } => Some(case),
        Target::Open { .. } => None,
    }
}

fn team(actor: &Actor, others: Vec<Actor>) -> Vec<Actor> {
    let mut team = vec![actor.clone()];
    team.extend(others.into_iter().filter(|other| other.person != actor.person));
    team
}

/// Everybody an action names beside those who act.
fn named_in(action: &Action) -> Vec<PersonId> {
    let assigned = action.assign.values().flatten();
    let answered = action.answers.values().flat_map(|value| match value {
        Value::People(people) => people.as_slice(),
        _ => &[],
    });
    let mut named: Vec<PersonId> = assigned.chain(answered).cloned().collect();
    named.sort_unstable();
    named.dedup();
    named
}

impl NameBook {
    /// Every indicator: key and name.
    pub fn indicators(&self) -> &BTreeMap<Id, String> {
        &self.indicators
    }

    /// The short name of an organ, for numbers; its path where it is not known.
    pub fn organ_short(&self, path: &str) -> String {
        self.organs.get(path).map_or_else(|| path.to_owned(), |(_, short)| short.clone())
    }
}

impl Names for NameBook {
    fn person(&self, id: &str) -> String {
        self.people.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }

    fn organ(&self, path: &str) -> String {
        self.organs.get(path).map_or_else(|| path.to_owned(), |(name, _)| name.clone())
    }

    fn indicator(&self, key: &str) -> String {
        self.indicators.get(key).cloned().unwrap_or_else(|| key.to_owned())
    }
}
