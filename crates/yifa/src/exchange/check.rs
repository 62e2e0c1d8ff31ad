//! 对账: what stands in the other side's file and not here, here and not there, or differs.

use std::collections::BTreeSet;

use engine::{authorise::Sight, show};
use law::{exchange::Exchange, procedure::FieldType, value::Value};
use sm3::{Digest, Sm3};
use store::{ExchangeRun, Exchanged, StoreError, Way, new_run_id};

use super::{
    ExchangeFault,
    file::{Row, Rows},
    import::Importing,
    plan::{Organs, action_id, plan},
    quoted,
};

/// Differences kept one by one.
const KEPT: usize = 500;

/// What a comparison found.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    /// Rows of the file.
    pub lines: u64,
    /// Acts that agree.
    pub same: u64,
    /// In the file, not here.
    pub only_there: u64,
    /// Here, not in the file.
    pub only_here: u64,
    /// In both, and not the same.
    pub differing: u64,
    /// The first of them, one by one.
    pub differences: Vec<Difference>,
    /// All of them as a table.
    pub result: String,
    /// The run it was noted as.
    pub run: String,
}

/// One thing that does not agree.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Line in the file; none for what is only here.
    pub line: Option<u64>,
    /// The other side's number.
    pub number: String,
    /// What kind: 文件有本系统没有 …
    pub kind: &'static str,
    /// What differs.
    pub what: String,
    /// There.
    pub theirs: String,
    /// Here.
    pub ours: String,
}

impl Importing<'_> {
    /// Compares a file with what came from it. Nothing is changed but the record of the check.
    pub fn compare(
        &self,
        rows: Rows,
        mut progress: impl FnMut(u64),
    ) -> Result<Compared, ExchangeFault> {
        let import = self.allowed()?;
        let office = self.office;
        let procedure = office.law().procedures.get(&self.exchange.procedure);
        let procedure = procedure
            .and_then(|editions| editions.last())
            .ok_or_else(|| ExchangeFault(format!("没有程序“{}”", self.exchange.procedure)))?;
        let organs = self.organs_known()?;
        let mut found = Compared {
            run: new_run_id()?,
            result: "\u{feff}行号,对方编号,情形,项目,对方,本系统\n".into(),
            ..Compared::default()
        };
        let mut there: BTreeSet<u64> = BTreeSet::new();
        let mut days: Option<(jiff::civil::Date, jiff::civil::Date)> = None;
        for row in rows {
            let row = row?;
            found.lines += 1;
            let number = row.get(&import.key).to_owned();
            there.insert(short(&number));
            match plan(procedure, import, &row, &organs) {
                Err(faults) => {
                    found.add(Some(&row), &number, UNREADABLE, "", &faults.join("；"), "")
                }
                Ok(planned) => {
                    for step in &planned {
                        let opens = procedure.acts.get(&step.act).is_some_and(|a| a.opens_case());
                        if opens {
                            let (from, to) = days.unwrap_or((step.on, step.on));
                            days = Some((from.min(step.on), to.max(step.on)));
                        }
                    }
                    self.row(&row, &number, &planned, procedure, &mut found)?;
                }
            }
            if found.lines.is_multiple_of(500) {
                progress(found.lines);
            }
        }
        self.only_here(&there, days, &mut found)?;
        progress(found.lines);
        self.noted(&found)?;
        Ok(found)
    }

    fn row(
        &self,
        row: &Row,
        number: &str,
        planned: &[super::plan::Planned],
        procedure: &law::procedure::Procedure,
        found: &mut Compared,
    ) -> Result<(), ExchangeFault> {
        let office = self.office;
        let names = office.names();
        let exchange: &Exchange = self.exchange;
        let case = office.store().read(office.county(), |read| {
            let Some((case, _)) = read.exchanged(&exchange.id, number)? else { return Ok(None) };
            Ok::<_, StoreError>(Some(read.case_seen(&case, office.law(), Sight::Handling)?))
        })?;
        let Some(case) = case else {
            let what = planned.first().and_then(|step| procedure.acts.get(&step.act));
            let what = what.map_or("", |act| act.name.as_str());
            found.add(Some(row), number, ONLY_THERE, what, "", "");
            return Ok(());
        };
        for step in planned {
            let id = action_id(&exchange.id, number, &step.mark);
            let name = procedure.acts.get(&step.act).map_or("", |act| act.name.as_str());
            let Some(entry) = case.facts().iter().find(|entry| entry.action == id) else {
                found.add(Some(row), number, ONLY_THERE, name, &step.on.to_string(), "没有办理");
                continue;
            };
            if case.struck_by(entry.version).is_some() {
                found.add(Some(row), number, DIFFERS, name, &step.on.to_string(), "已作废");
                continue;
            }
            let before = found.differing;
            if entry.fact.on != step.on {
                let what = format!("{name}日期");
                let (theirs, ours) = (step.on.to_string(), entry.fact.on.to_string());
                found.add(Some(row), number, DIFFERS, &what, &theirs, &ours);
            }
            for (id, theirs) in &step.answers {
                let Some(field) = procedure.fields.get(id) else { continue };
                let ours = entry.fact.answers.get(id);
                if field.ty == FieldType::Person || ours == Some(theirs) {
                    continue;
                }
                if matches!(ours, Some(Value::Sealed(_))) {
                    continue; // The person was erased: nothing to compare.
                }
                let words = |value: &Value| show::answer(procedure, field, value, &*names);
                let ours = ours.map(words).unwrap_or_default();
                let what = format!("{name}·{}", field.name);
                found.add(Some(row), number, DIFFERS, &what, &words(theirs), &ours);
            }
            found.same += u64::from(found.differing == before);
        }
        Ok(())
    }

    /// What came from there once, within the days of the file, and does not stand in it.
    fn only_here(
        &self,
        there: &BTreeSet<u64>,
        days: Option<(jiff::civil::Date, jiff::civil::Date)>,
        found: &mut Compared,
    ) -> Result<(), ExchangeFault> {
        let Some((from, to)) = days else { return Ok(()) };
        let mut after = String::new();
        loop {
            let page: Vec<Exchanged> = self.office.store().read(self.office.county(), |read| {
                read.all_exchanged(&self.exchange.id, &after, 1000)
            })?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.number.clone();
            for case in &page {
                if (from..=to).contains(&case.opened) && !there.contains(&short(&case.number)) {
                    found.add(None, &case.number, ONLY_HERE, &case.title, "", &case.case_no);
                }
            }
        }
    }

    fn noted(&self, found: &Compared) -> Result<(), ExchangeFault> {
        let office = self.office;
        let at = office.clock().now();
        let off = found.only_there + found.only_here + found.differing;
        office.store().write(office.county(), |tx| {
            let result = match off {
                0 => String::new(),
                _ => tx.put_file(found.result.as_bytes(), "text/csv", at)?,
            };
            tx.note_run(&ExchangeRun {
                id: found.run.clone(),
                exchange: self.exchange.id.to_string(),
                way: Way::Checked,
                at,
                person: self.person.person.clone(),
                file: self.file.clone(),
                digest: self.digest.clone(),
                lines: found.lines,
                done: found.same,
                again: 0,
                refused: off,
                result,
            })
        })?;
        Ok(())
    }

    fn organs_known(&self) -> Result<Organs, ExchangeFault> {
        let organs = self.office.store().read(self.office.county(), |read| read.organs())?;
        let named = organs.into_iter().flat_map(|organ| {
            let path = organ.path.to_string();
            [(organ.name, path.clone()), (organ.short, path.clone()), (path.clone(), path)]
        });
        Ok(named.collect())
    }
}

const ONLY_THERE: &str = "文件有，本系统没有";
const ONLY_HERE: &str = "本系统有，文件没有";
const DIFFERS: &str = "两边不一致";
const UNREADABLE: &str = "读不懂";

impl Compared {
    fn add(
        &mut self,
        row: Option<&Row>,
        number: &str,
        kind: &'static str,
        what: &str,
        theirs: &str,
        ours: &str,
    ) {
        match kind {
            ONLY_THERE => self.only_there += 1,
            ONLY_HERE => self.only_here += 1,
            _ => self.differing += 1,
        }
        let line = row.map(|row| row.line);
        let shown = line.map(|line| line.to_string()).unwrap_or_default();
        if self.result.len() < 32 << 20 {
            let cells = [&shown, number, kind, what, theirs, ours].map(quoted);
            self.result.push_str(&cells.join(","));
            self.result.push('\n');
        }
        if self.differences.len() < KEPT {
            self.differences.push(Difference {
                line,
                number: number.into(),
                kind,
                what: what.into(),
                theirs: theirs.into(),
                ours: ours.into(),
            });
        }
    }
}

/// Eight bytes stand for a number of any length: a file of a million rows fits in memory.
fn short(number: &str) -> u64 {
    let digest = Sm3::digest(number);
    digest.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}
