//! 在线考试: a person named in a case sits an examination; the machine marks it and enters the
//! result through [`Office::perform`].
//!
//! The paper is not kept: it is drawn again from the bank by a seed made of case, person and
//! sitting. What is kept on the way are the answers; the time is the office's own.

pub mod bank;

use std::{collections::BTreeMap, fmt};

use engine::{
    action::{Action, Target},
    actor::Actor,
    authorise::{Sight, sight},
    case::Case,
    draw::order,
    eval::{Scope, Val},
    refusal::Ground,
};
use jiff::{SignedDuration, Timestamp};
use law::{
    expr::Expr,
    procedure::{Exam, ExamMark, QuestionSort},
    value::{FileRef, Value},
};
use sm3::{Digest, Sm3};
use store::{Sitting, StoreError};

use crate::{
    clock,
    office::{Office, Unperformed},
};
use bank::{Bank, Question};

/// Answers may arrive so much after the end: the way from the browser takes time.
const GRACE_SECONDS: i64 = 60;
/// The result is tried again so often where somebody else acted in the case at the same moment.
const TRIES: usize = 5;

/// Why an examination did not go on.
#[derive(Debug)]
pub enum ExamFault {
    /// Not there, or not for this person.
    Unknown,
    /// In words for the examinee.
    Says(String),
    /// The machine failed.
    Failed(Unperformed),
}

impl From<StoreError> for ExamFault {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<Unperformed> for ExamFault {
    fn from(error: Unperformed) -> Self {
        match error {
            Unperformed::Unknown => Self::Unknown,
            Unperformed::Refused(refusal) => {
                let grounds: Vec<String> = refusal.grounds.iter().map(Ground::to_string).collect();
                Self::Says(grounds.join("；"))
            }
            other => Self::Failed(other),
        }
    }
}

impl fmt::Display for ExamFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("没有找到这场考试"),
            Self::Says(why) => f.write_str(why),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

/// Letters chosen, by the number of the question on the paper, from 1.
pub type Chosen = BTreeMap<usize, String>;

/// A case that is an examination. 一场考试
pub struct Examination<'o> {
    office: &'o Office,
    exam: Exam,
    /// The case, read by the machine.
    pub case: Case,
}

/// A result on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The entry.
    pub version: u32,
    /// 0 to 100.
    pub score: i64,
    /// Answered rightly.
    pub right: i64,
    /// Asked.
    pub asked: i64,
}

impl<'o> Examination<'o> {
    /// Reads a case; unknown where it is no examination.
    pub fn open(office: &'o Office, id: &str) -> Result<Self, ExamFault> {
        let case = office.store().read(office.county(), |read| {
            let heading = read.heading(id)?;
            match heading {
                Some(_) => read.case_seen(id, office.law(), Sight::Handling).map(Some),
                None => Ok::<_, StoreError>(None),
            }
        })?;
        let case = case.filter(|case| !case.is_void()).ok_or(ExamFault::Unknown)?;
        let exam = case.procedure.exam.clone().ok_or(ExamFault::Unknown)?;
        Ok(Self { office, exam, case })
    }

    /// Who is to sit.
    pub fn people(&self) -> &[String] {
        match self.case.latest(&self.exam.people) {
            Some(Value::People(people)) => people,
            _ => &[],
        }
    }

    /// Whether somebody is to sit.
    pub fn names(&self, person: &str) -> bool {
        self.people().iter().any(|named| named == person)
    }

    /// Whether somebody handles the case, and so may read the bank.
    pub fn handles(&self, actor: &Actor) -> bool {
        let today = self.office.clock().today();
        sight(&self.case.procedure, actor, &self.case.heading(), today) == Some(Sight::Handling)
    }

    /// How often one person may sit.
    pub fn tries(&self) -> i64 {
        self.number(&self.exam.tries)
    }

    /// How many minutes a sitting lasts.
    pub fn minutes(&self) -> i64 {
        self.number(&self.exam.minutes).max(1)
    }

    /// From which score on it is passed.
    pub fn pass(&self) -> i64 {
        self.number(&self.exam.pass)
    }

    /// How many of each sort are drawn.
    pub fn drawn(&self) -> Vec<(QuestionSort, usize)> {
        let draw = self.exam.draw.iter();
        let many = |expr: &Expr| usize::try_from(self.number(expr)).unwrap_or(0);
        draw.map(|(sort, expr)| (*sort, many(expr))).filter(|(_, many)| *many > 0).collect()
    }

    fn number(&self, expr: &Expr) -> i64 {
        match Scope::timeless(&self.case, &self.office.law().calendar).value(expr) {
            Val::Int(number) | Val::Money(number) => number,
            _ => 0,
        }
    }

    /// The results of a person that stand.
    pub fn outcomes(&self, person: &str) -> Vec<Outcome> {
        let int = |answers: &engine::action::Answers, mark: ExamMark| match self
            .exam
            .with
            .get(&mark)
            .and_then(|field| answers.get(field))
        {
            Some(Value::Int(number)) => *number,
            _ => 0,
        };
        let results = self.case.done(&self.exam.result, u32::MAX);
        let mine = results.filter(|recorded| self.of(&recorded.fact.answers, person));
        mine.map(|recorded| Outcome {
            version: recorded.version,
            score: int(&recorded.fact.answers, ExamMark::Score),
            right: int(&recorded.fact.answers, ExamMark::Right),
            asked: int(&recorded.fact.answers, ExamMark::Asked),
        })
        .collect()
    }

    fn of(&self, answers: &engine::action::Answers, person: &str) -> bool {
        let field = self.exam.with.get(&ExamMark::Person);
        match field.and_then(|field| answers.get(field)) {
            Some(Value::People(people)) => people.iter().any(|one| one == person),
            _ => false,
        }
    }

    /// The question bank as it is attached now.
    pub fn bank(&self) -> Result<(Vec<String>, Bank), ExamFault> {
        let files: &[FileRef] = match self.case.latest(&self.exam.bank) {
            Some(Value::Files(files)) => files,
            _ => &[],
        };
        let digests: Vec<String> = files.iter().map(|file| file.digest.clone()).collect();
        Ok((digests.clone(), self.read(&digests)?))
    }

    fn read(&self, digests: &[String]) -> Result<Bank, ExamFault> {
        let mut bank = Bank::default();
        for digest in digests {
            let office = self.office;
            let file = office.store().read(office.county(), |read| read.file(digest))?;
            match file {
                Some(file) => bank.add(&self.file_name(digest), file.content),
                None => bank.faults.push("题库文件找不到了".into()),
            }
        }
        Ok(bank)
    }

    fn file_name(&self, digest: &str) -> String {
        let files = self.case.facts().iter().flat_map(|recorded| {
            recorded.fact.answers.values().filter_map(|value| match value {
                Value::Files(files) => files.iter().find(|file| file.digest == digest),
                _ => None,
            })
        });
        files.map(|file| file.name.clone()).next().unwrap_or_default()
    }

    /// What a sorry bank lacks for the paper.
    pub fn lacking(&self, bank: &Bank) -> Vec<String> {
        let short = |(sort, many): &(QuestionSort, usize)| {
            let found = bank.count(*sort);
            (found < *many)
                .then(|| format!("{}题要抽{many}道，题库里读得懂的只有{found}道", sort.name()))
        };
        self.drawn().iter().filter_map(short).collect()
    }

    /// The paper of a sitting: the same whenever it is drawn.
    pub fn paper(&self, sitting: &Sitting) -> Result<Vec<Question>, ExamFault> {
        let bank = self.read(&sitting.bank)?;
        let seed = format!(
            "{}\n{}\n{}\n{}",
            sitting.case,
            sitting.person,
            sitting.serial,
            sitting.bank.join(",")
        );
        let mut paper = Vec::new();
        for (sort, many) in self.drawn() {
            let all: Vec<&Question> =
                bank.questions.iter().filter(|question| question.sort == sort).collect();
            let drawn = order(&seed, all.iter().map(|question| question.text.as_str()));
            paper.extend(drawn.into_iter().take(many).map(|at| all[at].clone()));
        }
        Ok(paper)
    }

    /// The sittings of a person.
    pub fn sittings(&self, person: &str) -> Result<Vec<Sitting>, ExamFault> {
        let (office, case) = (self.office, &self.case.id);
        Ok(office.store().read(office.county(), |read| read.sittings(case, person))?)
    }

    /// Why a person may not begin a sitting now; nothing where they may.
    pub fn refusal(&self, actor: &Actor) -> Result<Option<String>, ExamFault> {
        if self.handles(actor) {
            return Ok(Some("您经办这场考试，能看题库，不能应考".into()));
        }
        let trial = self.action(&actor.person, 0, 0, 1, "rehearsal");
        match self.office.rehearse(&Actor::machine(), &trial).map_err(ExamFault::from) {
            Ok(()) => {}
            Err(ExamFault::Says(why)) => return Ok(Some(why)),
            Err(other) => return Err(other),
        }
        if i64::try_from(self.outcomes(&actor.person).len()).unwrap_or(i64::MAX) >= self.tries() {
            return Ok(Some("考试次数已经用完".into()));
        }
        let (_, bank) = self.bank()?;
        let lacking = self.lacking(&bank);
        Ok((!lacking.is_empty()).then(|| format!("{}，请联系组织考试的人", lacking.join("；"))))
    }

    /// Begins a sitting, or goes on with the one under way.
    pub fn begin(&self, actor: &Actor) -> Result<(), ExamFault> {
        if !self.names(&actor.person) {
            return Err(ExamFault::Unknown);
        }
        let sittings = self.sittings(&actor.person)?;
        if sittings.iter().any(|sitting| sitting.entered.is_none()) {
            return Ok(());
        }
        if let Some(why) = self.refusal(actor)? {
            return Err(ExamFault::Says(why));
        }
        let office = self.office;
        let started = office.clock().now();
        let lasts = SignedDuration::from_mins(self.minutes().min(24 * 60));
        let ends = started.checked_add(lasts).unwrap_or(started);
        let sitting = Sitting {
            case: self.case.id.clone(),
            person: actor.person.clone(),
            serial: sittings.iter().map(|sitting| sitting.serial).max().unwrap_or(0) + 1,
            started,
            ends,
            bank: self.bank()?.0,
            answers: "{}".into(),
            entered: None,
        };
        Ok(office.store().write(office.county(), |tx| tx.begin_sitting(&sitting))?)
    }

    /// Keeps answers; what comes after the end is not kept.
    pub fn save(&self, sitting: &Sitting, chosen: &Chosen) -> Result<bool, ExamFault> {
        let office = self.office;
        if sitting.entered.is_some() || self.over(sitting) {
            return Ok(false);
        }
        let text = serde_json::to_string(chosen)
            .map_err(|error| ExamFault::Says(format!("答案存不了：{error}")))?;
        let saved: Result<bool, StoreError> = office.store().write(office.county(), |tx| {
            tx.save_sitting(&sitting.case, &sitting.person, sitting.serial, &text)
        });
        Ok(saved?)
    }

    /// Whether answers no longer count.
    pub fn over(&self, sitting: &Sitting) -> bool {
        let now = self.office.clock().now();
        now.duration_since(sitting.ends) > SignedDuration::from_secs(GRACE_SECONDS)
    }

    /// Marks a sitting and enters its result; done twice it is entered once.
    pub fn finish(&self, sitting: &Sitting) -> Result<(), ExamFault> {
        if sitting.entered.is_some() {
            return Ok(());
        }
        let office = self.office;
        let kept = self.sittings(&sitting.person)?;
        let kept = kept.into_iter().find(|one| one.serial == sitting.serial);
        let sitting = kept.ok_or(ExamFault::Unknown)?;
        let paper = self.paper(&sitting)?;
        let chosen = chosen(&sitting);
        let right = paper.iter().zip(1..).filter(|(one, at)| is_right(one, &chosen, *at)).count();
        let id = action_id(&sitting);
        let mut action = self.action(&sitting.person, right, paper.len(), 0, &id);
        // Whoever sits over midnight has sat on the day on which they began.
        action.on = clock::date_of(sitting.started);
        if action.on < office.clock().today() {
            let why = if office.clock().now() > sitting.ends {
                "时间到了没有交卷，按保存的答案评分"
            } else {
                "考试跨过午夜，成绩算开考那天的"
            };
            action.late_entry = Some(why.into());
        }
        let mut tried = 0;
        let done = loop {
            match office.perform(&Actor::machine(), &action) {
                Err(Unperformed::Store(StoreError::Overtaken | StoreError::Busy))
                    if tried < TRIES =>
                {
                    tried += 1;
                }
                other => break other?,
            }
        };
        let entry = done.receipt.entry.version;
        Ok(office.store().write(office.county(), |tx| {
            tx.end_sitting(&sitting.case, &sitting.person, sitting.serial, entry)
        })?)
    }

    /// What the machine enters. `asked` is at least this, for rehearsals.
    fn action(&self, person: &str, right: usize, asked: usize, least: usize, id: &str) -> Action {
        let asked = asked.max(least);
        let int = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let score = if asked == 0 { 0 } else { (int(right) * 200 + int(asked)) / (2 * int(asked)) };
        let before: Vec<i64> = self.outcomes(person).iter().map(|one| one.score).collect();
        let best_before = before.iter().copied().max().unwrap_or(0);
        let marks = self.exam.with.iter().map(|(mark, field)| {
            let value = match mark {
                ExamMark::Person => Value::People(vec![person.to_owned()]),
                ExamMark::Score => Value::Int(score),
                ExamMark::Right => Value::Int(int(right)),
                ExamMark::Asked => Value::Int(int(asked)),
                ExamMark::Attempt => Value::Int(int(before.len()) + 1),
                ExamMark::Before => Value::Int(best_before),
                ExamMark::Best => Value::Int(best_before.max(score)),
            };
            (field.clone(), value)
        });
        Action {
            id: id.to_owned(),
            target: Target::Case { case: self.case.id.clone(), seen: None },
            act: self.exam.result.clone(),
            answers: marks.collect(),
            with: Vec::new(),
            assign: BTreeMap::new(),
            on: self.office.clock().today(),
            late_entry: None,
        }
    }
}

/// The id of the entry of a result: the same for a sitting, so that it is entered once.
fn action_id(sitting: &Sitting) -> String {
    let Sitting { case, person, serial, .. } = sitting;
    let digest = Sm3::digest(format!("exam\n{case}\n{person}\n{serial}"));
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// What has been answered in a sitting.
pub fn chosen(sitting: &Sitting) -> Chosen {
    serde_json::from_str(&sitting.answers).unwrap_or_default()
}

/// Whether question number `at` has been answered rightly.
pub fn is_right(question: &Question, chosen: &Chosen, at: usize) -> bool {
    chosen.get(&at).is_some_and(|letters| *letters == question.answer)
}

/// Enters the results of sittings whose time is over and that nobody handed in.
pub fn settle(office: &Office, now: Timestamp) -> Result<u64, StoreError> {
    let grace = SignedDuration::from_secs(GRACE_SECONDS);
    let before = now.checked_sub(grace).unwrap_or(now);
    let over = office.store().read(office.county(), |read| read.sittings_over(before))?;
    let mut settled = 0;
    for sitting in over {
        let done = Examination::open(office, &sitting.case).and_then(|exam| exam.finish(&sitting));
        match done {
            Ok(()) => settled += 1,
            // What the law no longer takes, such as a result in a closed case, is for people.
            Err(ExamFault::Says(why)) => {
                tracing::warn!(case = sitting.case, why, "the result of a sitting was refused");
            }
            Err(error) => tracing::error!(%error, case = sitting.case, "a sitting was not entered"),
        }
    }
    Ok(settled)
}
