//! 上演: plays go on in the order of their days, every act through the office.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
    sync::Arc,
};

use engine::{
    action::{Action, Answers, CaseId, Target},
    actor::{Actor, OrganPath},
    answers::fitted,
    refusal::Refusal,
};
use jiff::{
    ToSpan,
    civil::{Date, DateTime},
};
use law::{
    Id,
    procedure::{Field, LINKED},
    scenario::Step,
    value::{FileRef, Party, PartyKind, Value},
};

use super::{
    cast::{Cast, Company, Miscast, outside, relative},
    county::Parties,
    dice::Dice,
    plays::Play,
};
use crate::{
    clock,
    office::{Office, Unperformed},
    rounds,
};

/// One play to be put on. 场次
#[derive(Clone, Debug)]
pub struct Performance {
    /// What.
    pub play: Arc<Play>,
    /// The organ it is opened in.
    pub organ: OrganPath,
    /// The day of its first step.
    pub start: Date,
    /// Players already cast.
    pub cast: BTreeMap<String, String>,
    /// Answers that differ from the story's.
    pub with: Answers,
    /// Begins on the same day every year: dates it speaks of move by whole years.
    pub yearly: bool,
    /// How many of a hundred steps come late: a demonstration shows red lights too.
    pub late_percent: usize,
}

/// How to put them on.
#[derive(Clone, Debug)]
pub struct Direction {
    /// Nothing happens after this day; what is not finished stays open.
    pub until: Date,
    /// Seed of everything that is left to chance.
    pub seed: u64,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Acts performed.
    pub acts: u64,
    /// Cases opened.
    pub cases: u64,
    /// Plays that came to their end.
    pub finished: u64,
    /// Plays that came to a stand because of a delay.
    pub stalled: u64,
}

/// Why a performance broke off.
#[derive(Debug, thiserror::Error)]
pub enum StageFault {
    /// Nobody to play a part.
    #[error(transparent)]
    Miscast(#[from] Miscast),
    /// The law says no to a step that the story says is done.
    #[error("“{play}”第{step}步“{act}”（{on}）被拒绝：{refusal}")]
    Refused {
        /// The play.
        play: String,
        /// 1-based step.
        step: usize,
        /// The act.
        act: String,
        /// On this day.
        on: Date,
        /// Why.
        refusal: Refusal,
    },
    /// The machine failed.
    #[error(transparent)]
    Failed(Unperformed),
}

/// A period may have to pass before a step is lawful; longer than this no story waits.
const LONGEST_WAIT: u32 = 400;

/// So many days are tried for a story to begin on.
const LONGEST_SEARCH: u32 = 20;

/// Tellings are chosen among so many, whatever the number a story has: any two stories of one
/// matter that list their tellings in the same order then speak of the same thing.
const TELLINGS: usize = 840;

/// A play under way.
struct Running {
    performance: Performance,
    cast: Cast,
    parties: BTreeMap<String, Party>,
    /// Which of its tellings the story is told in; a case it opens is told in the same.
    telling: usize,
    case: Option<CaseId>,
    /// Position in `steps`.
    next: usize,
    steps: Vec<usize>,
    waited: u32,
    delayed: bool,
    /// The day its next step was planned for, and by how many days it lags behind the story.
    planned: Date,
    lag: i64,
    /// Day in the story = day it really was, for each step so far.
    days: Vec<(Date, Date)>,
    /// Day in the story = day that was named for it: an appointment is kept.
    named: BTreeMap<Date, Date>,
    /// When its last step was done, and the last moment the story wrote down there.
    last: Option<(Option<DateTime>, DateTime)>,
    /// Plays of cases it opened that must finish before the machine reports.
    child: Option<usize>,
    done: bool,
}

/// Puts plays on in the order of their days. `progress` hears how many of how many steps are done.
pub fn perform(
    office: &Office,
    company: &Company,
    parties: &Parties,
    performances: Vec<Performance>,
    direction: &Direction,
    mut progress: impl FnMut(u64, u64),
) -> Result<Outcome, StageFault> {
    let mut stage = Stage {
        office,
        company,
        parties,
        dice: Dice::new(direction.seed),
        running: Vec::new(),
        queue: BinaryHeap::new(),
        outcome: Outcome::default(),
        total: 0,
        passed: 0,
        paper: None,
    };
    for performance in performances {
        stage.enter(performance, None)?;
    }
    let mut today = Date::MIN;
    while let Some(Reverse((day, _, index))) = stage.queue.pop() {
        if day > direction.until {
            continue;
        }
        if day > today && stage.outcome.acts > 0 {
            rounds::seal(office, today).map_err(Unperformed::from).map_err(StageFault::Failed)?;
        }
        today = day;
        stage.step(day, index)?;
        progress(stage.passed, stage.total.max(stage.passed));
    }
    Ok(stage.outcome)
}

struct Stage<'a> {
    office: &'a Office,
    company: &'a Company,
    parties: &'a Parties,
    dice: Dice,
    running: Vec<Running>,
    queue: BinaryHeap<Reverse<(Date, u64, usize)>>,
    outcome: Outcome,
    total: u64,
    passed: u64,
    /// The one file that is attached wherever a story attaches something.
    paper: Option<FileRef>,
}

impl Stage<'_> {
    /// A play enters; one whose case is already open begins after its opening step.
    fn enter(
        &mut self,
        performance: Performance,
        open: Option<CaseId>,
    ) -> Result<usize, StageFault> {
        let cast = self.company.cast(
            &performance.play,
            &performance.organ,
            &performance.cast,
            performance.start,
            &mut self.dice,
        )?;
        let steps: Vec<usize> = performance.play.steps().map(|(number, _)| number).collect();
        let next = usize::from(open.is_some());
        let story = performance.play.story();
        let day = match (open.is_some(), steps.get(1)) {
            (true, Some(second)) => {
                let gap = story.when[*second].on - story.when[steps[0]].on;
                self.workday(performance.start.saturating_add(gap))
            }
            _ => self.workday(performance.start),
        };
        let index = self.running.len();
        self.total += steps.len() as u64;
        self.running.push(Running {
            planned: day,
            lag: 0,
            days: Vec::new(),
            named: BTreeMap::new(),
            last: None,
            performance,
            cast,
            parties: BTreeMap::new(),
            telling: self.dice.below(TELLINGS),
            case: open,
            next,
            steps,
            waited: 0,
            delayed: false,
            child: None,
            done: false,
        });
        self.enqueue(day, index);
        Ok(index)
    }

    fn enqueue(&mut self, day: Date, index: usize) {
        let order = self.dice.throw() % 1000;
        self.queue.push(Reverse((day, order, index)));
    }

    fn workday(&self, day: Date) -> Date {
        office_day(self.office, day)
    }

    fn next_day(&self, day: Date) -> Date {
        self.workday(day.saturating_add(1.day()))
    }

    fn step(&mut self, day: Date, index: usize) -> Result<(), StageFault> {
        let running = &self.running[index];
        let Some(number) = running.steps.get(running.next).copied() else { return Ok(()) };
        let play = running.performance.play.clone();
        let step = &play.story().when[number];
        if is_machines(&play, step) {
            // The machine reports by itself when the child case has come to its end.
            match running.child {
                Some(child) if !self.running[child].done => self.enqueue(self.next_day(day), index),
                _ => self.passed_on(day, index),
            }
            return Ok(());
        }
        if self.late(index) {
            let days = 4 + self.dice.below(40);
            let later = day.saturating_add((days as i64).days());
            self.running[index].delayed = true;
            let later = self.workday(later);
            self.enqueue(later, index);
            return Ok(());
        }
        let now = self.hour(day, index, step);
        self.office.clock().set(clock::at(day, now.hour(), now.minute()));
        let action = self.action(now, index, number, step)?;
        let actor = self.submitter(index, step);
        match self.office.perform(&actor, &action) {
            Ok(done) => {
                self.outcome.acts += 1 + done.followed.len() as u64;
                if self.running[index].case.is_none() {
                    self.outcome.cases += 1;
                    self.running[index].case = Some(done.receipt.entry.case.clone());
                }
                if let Some((child, case)) = play.children.get(&number).zip(done.opened) {
                    self.outcome.cases += 1;
                    self.follow(day, index, child, case)?;
                }
                self.passed_on(day, index);
                Ok(())
            }
            Err(Unperformed::Refused(refusal)) => self.refused(day, index, number, refusal),
            Err(other) => Err(StageFault::Failed(other)),
        }
    }

    /// When on its day a step is done: some office hour, but after what the case has seen that
    /// day, and as long after it as in the story where the story gives the hours.
    fn hour(&mut self, day: Date, index: usize, step: &Step) -> DateTime {
        let hour = i8::try_from(9 + running_hour(&mut self.dice)).unwrap_or(9);
        let minute = i8::try_from(self.dice.below(60)).unwrap_or(0);
        let told = latest_moment(step);
        let mut now = day.at(hour, minute, 0, 0);
        let running = &mut self.running[index];
        if let Some((before, real)) = running.last.filter(|(_, real)| real.date() == day) {
            let gap = match (before, told) {
                (Some(before), Some(told)) if before.date() == told.date() => told - before,
                _ => 5.minutes(),
            };
            now = now.max(real.saturating_add(gap)).min(day.at(23, 59, 0, 0));
        }
        running.last = Some((told, now));
        now
    }

    /// Plays the case that was opened on the way.
    fn follow(
        &mut self,
        day: Date,
        index: usize,
        child: &Play,
        case: CaseId,
    ) -> Result<(), StageFault> {
        let heading = self.office.heading(&case).map_err(StageFault::Failed)?;
        // Whoever was named when the case was opened plays whom the story names at its opening.
        let mut cast = BTreeMap::new();
        if let Some((_, opening)) = child.steps().next() {
            for (role, players) in &opening.assign {
                let people = heading.assigned.get(role).into_iter().flatten().cloned();
                cast.extend(players.iter().cloned().zip(people));
            }
        }
        let performance = Performance {
            play: Arc::new(child.clone()),
            organ: heading.organ,
            start: day,
            cast,
            with: Answers::new(),
            yearly: false,
            late_percent: self.running[index].performance.late_percent,
        };
        let child = self.enter(performance, Some(case))?;
        // The same people quarrel in both cases.
        self.running[child].parties = self.running[index].parties.clone();
        self.running[child].telling = self.running[index].telling;
        // What was given out late may be due too soon for a story told in time.
        self.running[child].delayed = self.running[index].delayed;
        self.running[index].child = Some(child);
        Ok(())
    }

    fn refused(
        &mut self,
        day: Date,
        index: usize,
        number: usize,
        refusal: Refusal,
    ) -> Result<(), StageFault> {
        let running = &mut self.running[index];
        running.waited += 1;
        if refusal.grounds.iter().all(|ground| ground.waits) && running.waited < LONGEST_WAIT {
            let tomorrow = self.next_day(day);
            self.enqueue(tomorrow, index);
            return Ok(());
        }
        if running.case.is_none() && running.waited < LONGEST_SEARCH {
            // A day before a long holiday may leave too few working days: begin on another.
            let tomorrow = self.next_day(day);
            let running = &mut self.running[index];
            running.performance.start = tomorrow;
            running.planned = tomorrow;
            running.named.clear();
            self.enqueue(tomorrow, index);
            return Ok(());
        }
        if running.delayed {
            self.outcome.stalled += 1;
            return Ok(());
        }
        let step = &running.performance.play.story().when[number];
        Err(StageFault::Refused {
            play: running.performance.play.name(),
            step: number + 1,
            act: step.does.to_string(),
            on: day,
            refusal,
        })
    }

    /// Goes on to the next step, as many days later as in the story.
    fn passed_on(&mut self, day: Date, index: usize) {
        self.passed += 1;
        let running = &mut self.running[index];
        let story = running.performance.play.story();
        running.days.push((story.when[running.steps[running.next]].on, day));
        running.next += 1;
        running.waited = 0;
        running.lag += i64::from((day - running.planned).get_days());
        let first = story.when[running.steps[0]].on;
        match running.steps.get(running.next).map(|next| story.when[*next].on - first) {
            Some(offset) => {
                let named = running.named.get(&first.saturating_add(offset)).copied();
                let planned = named.unwrap_or_else(|| running.planned_for(offset, running.lag));
                let next = office_day(self.office, planned.max(day));
                running.planned = next;
                self.enqueue(next, index);
            }
            None => {
                running.done = true;
                self.outcome.finished += 1;
            }
        }
    }

    fn late(&mut self, index: usize) -> bool {
        let running = &self.running[index];
        running.next > 0
            && !running.delayed
            && self.dice.below(100) < running.performance.late_percent
    }

    fn submitter(&self, index: usize, step: &Step) -> Actor {
        let running = &self.running[index];
        let name = step.who.first().map_or("", String::as_str);
        let play = &running.performance.play;
        let player = play.story().given.get(name);
        if player.is_some_and(|player| outside(&play.procedure, player)) {
            return Actor {
                person: "party".into(),
                name: running.parties.get(name).map_or(name, |party| party.name.as_str()).into(),
                posts: Vec::new(),
                held: Vec::new(),
                party_of: running.case.clone(),
                machine: false,
                experience: Vec::new(),
            };
        }
        running
            .cast
            .people
            .get(name)
            .and_then(|person| self.company.actor(person))
            .cloned()
            .unwrap_or_else(Actor::machine)
    }

    fn action(
        &mut self,
        now: DateTime,
        index: usize,
        number: usize,
        step: &Step,
    ) -> Result<Action, StageFault> {
        let day = now.date();
        let mut moved = Moved::new(self.office, &self.running[index], step.on, day);
        moved.latest = latest_moment(step).map(|latest| (latest, now));
        let play = self.running[index].performance.play.clone();
        let mut answers = Answers::new();
        for (field, value) in &step.with {
            let Some(definition) = play.procedure.fields.get(field) else { continue };
            let value = self.answer(index, definition, value, &moved)?;
            answers.insert(field.clone(), value);
        }
        let running = &self.running[index];
        for (field, value) in &running.performance.with {
            if answers.contains_key(field) {
                let Some(definition) = play.procedure.fields.get(field) else { continue };
                answers.insert(field.clone(), fitted(definition, value.clone()));
            }
        }
        let real = |name: &String| running.cast.people.get(name).unwrap_or(name).clone();
        let target = match &running.case {
            Some(case) => Target::Case { case: case.clone(), seen: None },
            None => Target::Open {
                procedure: play.procedure.id.clone(),
                organ: running.performance.organ.clone(),
                parent: None,
            },
        };
        let assign: BTreeMap<Id, Vec<String>> = step
            .assign
            .iter()
            .map(|(role, people)| (role.clone(), people.iter().map(real).collect()))
            .collect();
        let with = step.who.iter().skip(1).map(real).collect();
        let id = format!("{:016x}{:08x}{number:08x}", self.dice.throw(), index);
        Ok(Action {
            id,
            target,
            act: step.does.clone(),
            answers,
            with,
            assign,
            on: day,
            late_entry: None,
        })
    }

    /// A text of the story as it is told here: in this telling's words, else in a sample's.
    fn words(&mut self, index: usize, field: &Field, text: &str) -> String {
        let running = &self.running[index];
        let tellings = &running.performance.play.story().words;
        let told = tellings
            .get(running.telling % tellings.len().max(1))
            .and_then(|telling| telling.get(&field.id));
        match told {
            Some(told) => told.clone(),
            None => self.dice.pick(&field.samples).map_or_else(|| text.to_owned(), Clone::clone),
        }
    }

    /// A day of the story as it is here; a later step that takes place on it will keep to it.
    fn named(&mut self, index: usize, moved: &Moved, story: Date) -> Date {
        let real = moved.date(story);
        if moved.coming.contains_key(&story) {
            self.running[index].named.insert(story, real);
        }
        real
    }

    /// An answer of the story as it is given here: other names, other words, other days.
    fn answer(
        &mut self,
        index: usize,
        field: &Field,
        value: &Value,
        moved: &Moved,
    ) -> Result<Value, StageFault> {
        Ok(match value {
            Value::Text(text) => Value::Text(self.words(index, field, text)),
            Value::Date(date) => Value::Date(self.named(index, moved, *date)),
            Value::Moment(moment) => Value::Moment(match moved.latest {
                // What happened on the day itself happened before it is written down.
                Some((latest, now)) if moment.date() == latest.date() => {
                    now.saturating_sub(latest - *moment)
                }
                _ => self.named(index, moved, moment.date()).to_datetime(moment.time()),
            }),
            Value::Parties(parties) => {
                Value::Parties(parties.iter().map(|party| self.party(index, party)).collect())
            }
            Value::People(people) => {
                let cast = &self.running[index].cast;
                let real = |name: &String| cast.people.get(name).unwrap_or(name).clone();
                Value::People(people.iter().map(real).collect())
            }
            Value::Organs(organs) => {
                let cast = &self.running[index].cast;
                let real = |path: &String| {
                    cast.organs
                        .get(relative(path))
                        .map_or_else(|| path.clone(), ToString::to_string)
                };
                Value::Organs(organs.iter().map(real).collect())
            }
            Value::Files(files) => {
                let mut kept = Vec::new();
                for file in files {
                    kept.push(match super::demonstration::attachment(&file.name) {
                        Some(content) => self
                            .office
                            .keep_file(&file.name, content)
                            .map_err(StageFault::Failed)?,
                        None => FileRef { name: file_name(&file.name), ..self.paper()? },
                    });
                }
                Value::Files(kept)
            }
            other => other.clone(),
        })
    }

    /// The fictitious party that stands for one of the story, the same throughout a case.
    fn party(&mut self, index: usize, party: &Party) -> Party {
        if let Some(known) = self.running[index].parties.get(&party.name) {
            return known.clone();
        }
        let names = match party.kind {
            PartyKind::Person => &self.parties.people,
            PartyKind::Org => &self.parties.orgs,
        };
        let used: Vec<String> =
            self.running[index].parties.values().map(|party| party.name.clone()).collect();
        let free: Vec<&String> = names.iter().filter(|name| !used.contains(name)).collect();
        let name = self.dice.pick(&free).map_or_else(|| party.name.clone(), |name| (*name).clone());
        let pick = |from: &[String], dice: &mut Dice| dice.pick(from).cloned().unwrap_or_default();
        let chosen = Party {
            name,
            kind: party.kind,
            number: party.number.clone(),
            phone: pick(&self.parties.phones, &mut self.dice),
            address: pick(&self.parties.addresses, &mut self.dice),
        };
        self.running[index].parties.insert(party.name.clone(), chosen.clone());
        chosen
    }

    fn paper(&mut self) -> Result<FileRef, StageFault> {
        if let Some(paper) = &self.paper {
            return Ok(paper.clone());
        }
        let text = "演示附件：内容从略。\n".as_bytes();
        let paper = self.office.keep_file("演示附件.txt", text).map_err(StageFault::Failed)?;
        self.paper = Some(paper.clone());
        Ok(paper)
    }
}

impl Running {
    /// The day planned for a step so long after the first one of the story, if all lags so far.
    ///
    /// From the first day on, not from the last step: moving a step off a weekend must not push
    /// all later ones.
    fn planned_for(&self, offset: jiff::Span, lag: i64) -> Date {
        let lag = jiff::Span::new().days(lag);
        self.performance.start.saturating_add(offset).saturating_add(lag)
    }
}

/// How the days of a story lie in this year.
struct Moved {
    /// Story day = real day of the steps still to come, as far as can be seen now.
    coming: BTreeMap<Date, Date>,
    /// The last moment of the story's day that the step writes down, and when it is now.
    latest: Option<(DateTime, DateTime)>,
    /// Story day = real day, in order; the last is the step being done.
    days: Vec<(Date, Date)>,
    yearly: bool,
}

impl Moved {
    fn new(office: &Office, running: &Running, story: Date, real: Date) -> Self {
        let mut days = running.days.clone();
        let steps = &running.performance.play.story().when;
        let first = steps[running.steps[0]].on;
        if days.is_empty() {
            days.push((first, running.performance.start));
        }
        days.push((story, real));
        let lag = running.lag + i64::from((real - running.planned).get_days());
        let later = running.steps.iter().map(|step| steps[*step].on).filter(|on| *on > story);
        let coming = later.map(|on| {
            let planned = running.planned_for(on - first, lag);
            // Later in the story is later here too, however late this step comes.
            let planned = planned.max(real.saturating_add(1.day()));
            (on, running.named.get(&on).copied().unwrap_or(office_day(office, planned)))
        });
        let yearly = running.performance.yearly;
        Self { coming: coming.collect(), latest: None, days, yearly }
    }

    /// A date keeps its distance from the last step before it, and does not pass the next.
    fn date(&self, story: Date) -> Date {
        let last = self.days.len() - 1; // `new` put one there.
        if self.yearly {
            let years = i64::from(self.days[last].1.year() - self.days[last].0.year());
            return story.saturating_add(jiff::Span::new().years(years));
        }
        if let Some(real) = self.coming.get(&story) {
            return *real;
        }
        let before = self.days.iter().rposition(|(on, _)| *on <= story).unwrap_or(0);
        let (on, real) = self.days[before];
        let moved = real.saturating_add(story - on);
        match self.days.get(before + 1) {
            Some((_, next)) if before < last => moved.min(*next),
            _ => moved,
        }
    }
}

/// The last moment of its own day that a step writes down.
fn latest_moment(step: &Step) -> Option<DateTime> {
    let moments = step.with.values().filter_map(|value| match value {
        Value::Moment(moment) if moment.date() == step.on => Some(*moment),
        _ => None,
    });
    moments.max()
}

/// A step only the machine performs: what flows back from a linked case.
fn is_machines(play: &Play, step: &Step) -> bool {
    step.who.is_empty()
        || play
            .procedure
            .acts
            .get(&step.does)
            .is_some_and(|act| act.by.iter().all(|role| role == LINKED))
}

/// The day itself, or the first working day after it.
fn office_day(office: &Office, day: Date) -> Date {
    office.law().calendar.workday_on_or_after(day)
}

fn running_hour(dice: &mut Dice) -> usize {
    dice.below(9)
}

fn file_name(name: &str) -> String {
    if name.contains('.') { name.to_owned() } else { format!("{name}.txt") }
}
