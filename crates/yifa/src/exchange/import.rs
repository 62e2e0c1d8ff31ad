//! 导入: the rows of a foreign file, performed one act after another.
//!
//! Every act goes through [`Office::together`] and so through the law: what it forbids is refused
//! and said with the line it stands on, the rest is entered. Acts are committed many at a time and
//! only a batch of rows is ever held. The id of an act comes from the other side's number, so that
//! the same row, sent again, is the same act.

use std::{collections::BTreeMap, sync::Arc};

use engine::{
    action::{Action, CaseId, Target},
    actor::{Actor, OrganPath},
    refusal::Ground,
    show::Names as _,
};
use law::{
    Id,
    exchange::{Exchange, Import},
    procedure::{FieldType, Procedure},
    value::Value,
};
use store::{ExchangeRun, StoreError, Way, new_run_id};

use super::{
    ExchangeFault,
    file::{Row, Rows},
    plan::{Organs, Planned, action_id, plan},
    quoted, seats,
};
use crate::office::{Office, Together, Unperformed};

/// Rows whose acts share a commit.
const BATCH: usize = 100;
/// Rows that a rehearsal decides on; the form of the others is still read.
pub const REHEARSED: u64 = 1000;
/// Problems that are kept one by one, for the page.
const KEPT: usize = 200;
/// Different grounds that are counted.
const MOST_GROUNDS: usize = 2000;
/// The longest list of problems, in bytes.
const LONGEST_RESULT: usize = 32 << 20;

/// An import about to take place.
pub struct Importing<'a> {
    /// The office.
    pub office: &'a Office,
    /// The exchange.
    pub exchange: &'a Exchange,
    /// Who imports.
    pub person: &'a Actor,
    /// The organ that handles what names none.
    pub organ: OrganPath,
    /// The name of the file.
    pub file: String,
    /// SM3 of the file.
    pub digest: String,
}

/// Whether what is imported stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// 试办: everything is decided, nothing is kept.
    Rehearse,
    /// 办理.
    Keep,
}

/// What became of a file.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Rows read.
    pub lines: u64,
    /// Rows whose acts were decided on; fewer than `lines` in a rehearsal of a long file.
    pub decided: u64,
    /// Cases opened.
    pub opened: u64,
    /// Acts performed.
    pub done: u64,
    /// Acts that had been performed before.
    pub again: u64,
    /// Acts refused, and rows that cannot be read.
    pub refused: u64,
    /// The first problems, one by one.
    pub problems: Vec<Problem>,
    /// Act and ground = how often.
    pub grounds: BTreeMap<(String, String), u64>,
    /// Every problem as a table.
    pub result: String,
    /// The run, where it was kept.
    pub run: String,
}

/// A row that did not become what it stands for.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Its line in the file.
    pub line: u64,
    /// The other side's number.
    pub number: String,
    /// The act; empty where the row could not be read.
    pub act: String,
    /// Why.
    pub grounds: Vec<String>,
}

impl Importing<'_> {
    /// Whether this person may import here: holds one of the posts in the organ or above it.
    pub fn allowed(&self) -> Result<&Import, ExchangeFault> {
        let Some(import) = &self.exchange.import else {
            return Err(ExchangeFault(format!("“{}”不导入", self.exchange.name)));
        };
        let today = self.office.clock().today();
        if may(self.person, &import.by, &self.organ, today) {
            return Ok(import);
        }
        let names = self.office.law();
        let posts: Vec<&str> = import
            .by
            .iter()
            .map(|post| names.organs.roles.get(post).map_or(post.as_str(), String::as_str))
            .collect();
        Err(ExchangeFault(format!(
            "“{}”由{}的{}导入，{}不是",
            self.exchange.name,
            self.office.names().organ(self.organ.as_str()),
            posts.join("、"),
            self.person.name
        )))
    }

    /// Reads a file to its end. `progress` is told after each batch how many rows were read.
    pub fn run(
        &self,
        rows: Rows,
        mode: Mode,
        mut progress: impl FnMut(u64),
    ) -> Result<Outcome, ExchangeFault> {
        let import = self.allowed()?;
        let law = self.office.law();
        let procedure = law.procedures.get(&self.exchange.procedure).and_then(|e| e.last());
        let procedure = procedure
            .ok_or_else(|| ExchangeFault(format!("没有程序“{}”", self.exchange.procedure)))?;
        let seats = seats::seats(self.office, self.exchange)?;
        let organs = self.organs()?;
        let mut reading = Reading {
            importing: self,
            import,
            procedure,
            seats,
            organs,
            outcome: Outcome { run: new_run_id()?, ..Outcome::default() },
        };
        reading.outcome.result.push_str("\u{feff}行号,对方编号,行为,日期,原因\n");
        let mut rows = rows.peekable();
        while rows.peek().is_some() {
            let mut batch = Vec::with_capacity(BATCH);
            // A rehearsal forgets each batch: it is one.
            let size = if mode == Mode::Rehearse { REHEARSED as usize } else { BATCH };
            for row in rows.by_ref().take(size) {
                batch.push(row?);
            }
            reading.outcome.lines += batch.len() as u64;
            match mode {
                Mode::Rehearse if reading.outcome.decided > 0 => reading.read_only(&batch),
                _ => reading.batch(&batch, mode)?,
            }
            progress(reading.outcome.lines);
        }
        let mut outcome = reading.outcome;
        if mode == Mode::Keep {
            self.note(&mut outcome)?;
        }
        Ok(outcome)
    }

    /// Keeps the list of problems and notes the run.
    fn note(&self, outcome: &mut Outcome) -> Result<(), ExchangeFault> {
        let at = self.office.clock().now();
        self.office.store().write(self.office.county(), |tx| {
            let result = match outcome.refused {
                0 => String::new(),
                _ => tx.put_file(outcome.result.as_bytes(), "text/csv", at)?,
            };
            tx.note_run(&ExchangeRun {
                id: outcome.run.clone(),
                exchange: self.exchange.id.to_string(),
                way: Way::In,
                at,
                person: self.person.person.clone(),
                file: self.file.clone(),
                digest: self.digest.clone(),
                lines: outcome.lines,
                done: outcome.done,
                again: outcome.again,
                refused: outcome.refused,
                result,
            })
        })?;
        Ok(())
    }

    /// Organs by every name they go by.
    fn organs(&self) -> Result<Organs, ExchangeFault> {
        let organs = self.office.store().read(self.office.county(), |read| read.organs())?;
        let mut by_name = Organs::new();
        for organ in organs {
            for name in [organ.path.to_string(), organ.short, organ.name] {
                by_name.insert(name, organ.path.to_string());
            }
        }
        Ok(by_name)
    }
}

/// Whether a person holds one of these posts in an organ or above it.
pub fn may(person: &Actor, posts: &[Id], organ: &OrganPath, today: jiff::civil::Date) -> bool {
    let held = person.posts.iter().filter(|post| post.on(today));
    held.into_iter().any(|post| posts.contains(&post.role) && post.organ.covers(organ))
}

/// A file on its way in.
struct Reading<'a> {
    importing: &'a Importing<'a>,
    import: &'a Import,
    procedure: &'a Arc<Procedure>,
    seats: BTreeMap<Id, Arc<Actor>>,
    organs: Organs,
    outcome: Outcome,
}

impl Reading<'_> {
    /// Rows of which only the form is looked at.
    fn read_only(&mut self, batch: &[Row]) {
        for row in batch {
            if let Err(faults) = plan(self.procedure, self.import, row, &self.organs) {
                self.outcome.problem(row, row.get(&self.import.key), None, faults);
            }
        }
    }

    fn batch(&mut self, batch: &[Row], mode: Mode) -> Result<(), ExchangeFault> {
        let office = self.importing.office;
        // Counted apart: what is undone is not counted, what is tried again is counted once.
        let mut whole = std::mem::take(&mut self.outcome);
        let done = office.together(mode == Mode::Keep, |together| {
            self.outcome = Outcome { run: whole.run.clone(), ..Outcome::default() };
            for row in batch {
                self.row(together, row)?;
            }
            Ok(())
        });
        if done.is_ok() {
            whole.add(std::mem::take(&mut self.outcome));
            whole.decided += batch.len() as u64;
        }
        self.outcome = whole;
        Ok(done?)
    }

    fn row(&mut self, together: &Together, row: &Row) -> Result<(), StoreError> {
        let number = row.get(&self.import.key).to_owned();
        let planned = match plan(self.procedure, self.import, row, &self.organs) {
            Ok(planned) => planned,
            Err(faults) => {
                self.outcome.problem(row, &number, None, faults);
                return Ok(());
            }
        };
        let organ = match self.organ(row) {
            Ok(organ) => organ,
            Err(fault) => {
                self.outcome.problem(row, &number, None, vec![fault]);
                return Ok(());
            }
        };
        let exchange = &self.importing.exchange.id;
        let found = together.tx().exchanged(exchange, &number)?;
        let last_on = found.as_ref().map(|(_, last_on)| *last_on);
        let mut case = found.map(|(case, _)| case);
        for planned in planned {
            let opens = self.procedure.acts.get(&planned.act).is_some_and(|act| act.opens_case());
            let target = match (opens, &case) {
                (false, Some(case)) => Target::Case { case: case.clone(), seen: None },
                (false, None) => {
                    let why = vec!["这一编号还没有立案：立案的那一行被拒绝，或者不在文件里".into()];
                    self.outcome.problem(row, &number, Some((self.procedure, &planned)), why);
                    return Ok(());
                }
                (true, _) => Target::Open {
                    procedure: self.procedure.id.clone(),
                    organ: organ.clone(),
                    parent: None,
                },
            };
            let action = self.action(&planned, target, row.line, &number);
            let Some(seat) = self.seats.get(&planned.by) else { continue };
            // An event that was refused in its place is not slipped in behind what came later.
            let overtaken = self.import.event.is_some() && last_on.is_some_and(|l| planned.on < l);
            if overtaken && together.tx().receipt(&action.id)?.is_none() {
                let why = vec![
                    "本案以后的事件已经入账，不能再插到前面；确要补录的，由经办人在案件里补".into(),
                ];
                self.outcome.problem(row, &number, Some((self.procedure, &planned)), why);
                return Ok(());
            }
            match together.perform(seat, &action) {
                Ok(done) => {
                    let id: &CaseId = &done.receipt.entry.case;
                    if done.repeated {
                        self.outcome.again += 1;
                    } else {
                        self.outcome.done += 1;
                    }
                    if opens && case.is_none() {
                        let run = &self.outcome.run;
                        together.tx().note_exchanged(exchange, &number, id, run)?;
                        self.outcome.opened += 1;
                        case = Some(id.clone());
                    }
                }
                Err(Unperformed::Store(error)) if fatal(&error) => return Err(error),
                Err(error) => {
                    let why = match error {
                        Unperformed::Refused(refusal) => refusal.grounds.iter().map(said).collect(),
                        other => vec![other.to_string()],
                    };
                    self.outcome.problem(row, &number, Some((self.procedure, &planned)), why);
                    if self.import.event.is_none() {
                        return Ok(()); // What follows in this row rests on this act.
                    }
                }
            }
        }
        Ok(())
    }

    fn organ(&self, row: &Row) -> Result<OrganPath, String> {
        let Some(column) = &self.import.organ else { return Ok(self.importing.organ.clone()) };
        let name = row.get(column);
        if name.is_empty() {
            return Ok(self.importing.organ.clone());
        }
        match self.organs.get(name).map(|path| OrganPath::from(path.as_str())) {
            Some(organ) if self.importing.organ.covers(&organ) => Ok(organ),
            Some(_) => Err(format!("“{name}”不在导入机关之下")),
            None => Err(format!("本县没有机关“{name}”")),
        }
    }

    fn action(&self, planned: &Planned, target: Target, line: u64, number: &str) -> Action {
        let exchange = self.importing.exchange;
        let seat = |post: &Id| seats::seat_id(exchange, post);
        let assign = planned.assign.iter().map(|(role, post)| (role.clone(), vec![seat(post)]));
        let mut answers = planned.answers.clone();
        for (field, value) in &mut answers {
            // People of the other side are its seats; others are named by their account.
            if let Some(field) = self.procedure.fields.get(field)
                && field.ty == FieldType::Person
                && let Value::People(people) = value
            {
                for person in people.iter_mut() {
                    if self.seats.keys().any(|post| post.as_str() == person) {
                        *person = seat(&Id::from(person.as_str()));
                    }
                }
            }
        }
        Action {
            id: action_id(&exchange.id, number, &planned.mark),
            target,
            act: planned.act.clone(),
            answers,
            with: Vec::new(),
            assign: assign.collect(),
            on: planned.on,
            late_entry: Some(format!(
                "{}：文件“{}”第{line}行，{}导入",
                exchange.name, self.importing.file, self.importing.person.name
            )),
        }
    }
}

/// Whether nothing more can be written, rather than this one act.
fn fatal(error: &StoreError) -> bool {
    !matches!(error, StoreError::Overtaken | StoreError::Missing(_) | StoreError::Edition { .. })
}

/// A ground with its article, as one sentence.
fn said(ground: &Ground) -> String {
    match ground.basis.text.is_empty() {
        true => ground.say.clone(),
        false => format!("{}（{}）", ground.say, ground.basis.text),
    }
}

impl Outcome {
    fn problem(
        &mut self,
        row: &Row,
        number: &str,
        planned: Option<(&Procedure, &Planned)>,
        grounds: Vec<String>,
    ) {
        self.refused += 1;
        let act = planned.map_or(String::new(), |(procedure, planned)| {
            procedure.acts.get(&planned.act).map_or(String::new(), |act| act.name.clone())
        });
        let on = planned.map_or(String::new(), |(_, planned)| planned.on.to_string());
        for ground in &grounds {
            *self.grounds.entry((act.clone(), ground.clone())).or_default() += 1;
        }
        let why = grounds.join("；");
        if self.result.len() < LONGEST_RESULT {
            let cells = [&row.line.to_string(), number, &act, &on, &why].map(quoted);
            self.result.push_str(&cells.join(","));
            self.result.push('\n');
        }
        if self.problems.len() < KEPT {
            let number = number.to_owned();
            self.problems.push(Problem { line: row.line, number, act, grounds });
        }
    }

    fn add(&mut self, batch: Self) {
        self.opened += batch.opened;
        self.done += batch.done;
        self.again += batch.again;
        self.refused += batch.refused;
        self.problems.extend(batch.problems);
        self.problems.truncate(KEPT);
        for (ground, count) in batch.grounds {
            *self.grounds.entry(ground).or_default() += count;
        }
        // So many different grounds are no summary any more.
        while self.grounds.len() > MOST_GROUNDS {
            self.grounds.pop_last();
        }
        if self.result.len() < LONGEST_RESULT {
            self.result.push_str(&batch.result);
        }
    }
}
