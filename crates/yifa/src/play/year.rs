//! 一年: the demonstration county's years, and a year with given totals.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use engine::{
    action::Answers,
    actor::{Actor, OrganPath},
};
use jiff::{Span as Length, ToSpan, civil::Date};
use law::{Law, procedure::Procedure};
use store::{Read, StoreError};

use super::{
    cast::Company,
    county::{CertificateLine, County, CountyFault},
    demonstration::{Demonstration, PlanLine},
    dice::Dice,
    founding::found,
    plays::{Play, PlayFault, plays},
    stage::{Direction, Outcome, Performance, StageFault, perform},
    totals::{self, Total, TotalsFault},
};
use crate::{
    clock::Clock,
    office::Office,
    place::{Place, PlaceFault},
    rounds,
};

/// The password of every demonstration account.
pub const PASSWORD: &str = "Yifa-demo-2026";

/// Certificates are issued this long before the first case.
const RUN_UP: i32 = 120;

/// Why a year could not be played.
#[derive(Debug, thiserror::Error)]
pub enum YearFault {
    /// The database or the law.
    #[error(transparent)]
    Place(#[from] PlaceFault),
    /// The ledger.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The county file.
    #[error(transparent)]
    County(#[from] CountyFault),
    /// A scenario.
    #[error(transparent)]
    Play(#[from] PlayFault),
    /// A performance.
    #[error(transparent)]
    Stage(#[from] StageFault),
    /// The totals.
    #[error(transparent)]
    Totals(#[from] TotalsFault),
    /// The plan of the year.
    #[error("{0}")]
    Plan(String),
}

/// Founds the demonstration county and plays it from the first day of last year up to yesterday.
/// `scale` is in percent.
pub fn play_demo(
    place: &Place,
    demonstration: &Demonstration,
    scale: u32,
    progress: impl FnMut(u64, u64),
) -> Result<Outcome, YearFault> {
    let Demonstration { county, plans: lines } = demonstration;
    let today = Clock::Machine.today();
    let first = Date::constant(today.year() - 1, 1, 1);
    let until = today.saturating_sub(1.day());
    let office = opened(place, place.law()?, county, first)?;
    let plays = plays(office.law(), &office.law().calendar)?;
    let mut company = company(&office)?;
    let mut outcome = certify(&office, county, &company, &plays, first)?;
    company = self::company(&office)?;
    let mut dice = Dice::new(20_260_101);
    let mut performances = Vec::new();
    for year in [first.year(), today.year()] {
        let days = Days::of(year, until);
        let this_year = year == today.year();
        for line in lines.iter().filter(|line| this_year || line.last.is_none()) {
            performances.extend(line.performances(county, &plays, days, scale, &mut dice)?);
        }
    }
    let direction = Direction { until, seed: 7 };
    let played = perform(&office, &company, &county.party, performances, &direction, progress)?;
    outcome.add(&played);
    rounds::seal(&office, until)?;
    Ok(outcome)
}

/// What a simulation led to.
#[derive(Debug)]
pub struct Simulated {
    /// The organ whose year was played.
    pub organ: OrganPath,
    /// What was done.
    pub outcome: Outcome,
    /// Played before its first edition was in force, under that edition: names and since when.
    pub later: Vec<(String, Date)>,
}

/// Plays a year in which an organ's figures come out at exactly these totals, and so much of the
/// year before as the stated changes need.
pub fn simulate(
    place: &Place,
    law: Arc<Law>,
    county: County,
    organ: &str,
    year: i16,
    given: &[Total],
    progress: impl FnMut(u64, u64),
) -> Result<Simulated, YearFault> {
    let (law, later) = in_force_since(&law, year - 1);
    let plays = plays(&law, &law.calendar)?;
    let this_year = totals::plan(&law, &plays, given)?;
    let before = totals::plan(&law, &plays, &totals::year_before(&law, &plays, given, &this_year))?;
    let (county, organ) = county.renamed(organ);
    let first = Date::constant(year - 1, 1, 1);
    let office = opened(place, law, &county, first)?;
    let company = company(&office)?;
    let mut outcome = certify(&office, &county, &company, &plays, first)?;
    let company = self::company(&office)?;
    let mut dice = Dice::new(u64::from(year.unsigned_abs()));
    let mut performances = Vec::new();
    let mut played = BTreeSet::new();
    for (of, plan) in [(year - 1, before), (year, this_year)] {
        let days = Days::of(of, Date::constant(of, 12, 31));
        for (play, times) in plays.iter().zip(plan.times) {
            let play = Arc::new(play.clone());
            if times == 0 {
                continue;
            }
            let homes = homes(&company, &play, &organ, days.from);
            if homes.is_empty() {
                return Err(YearFault::Plan(format!("“{}”没有单位能办", play.name())));
            }
            played.insert(play.procedure.id.clone());
            for number in 0..times {
                performances.push(Performance {
                    play: play.clone(),
                    organ: homes[number as usize % homes.len()].clone(),
                    start: days.pick(&play, &mut dice),
                    cast: BTreeMap::new(),
                    with: Answers::new(),
                    yearly: false,
                    late_percent: 0,
                });
            }
        }
    }
    let until = Date::constant(year + 1, 12, 31);
    let direction = Direction { until, seed: u64::from(year.unsigned_abs()) };
    outcome.add(&perform(&office, &company, &county.party, performances, &direction, progress)?);
    rounds::seal(&office, until)?;
    let later = later.into_iter().filter(|edition| played.contains(&edition.id));
    let later = later.map(|edition| (edition.name.clone(), edition.effective)).collect();
    Ok(Simulated { organ, outcome, later })
}

/// The law as if every procedure's oldest edition had been in force by then: a year long past is
/// played under the first edition there is; those that came later.
fn in_force_since(law: &Arc<Law>, year: i16) -> (Arc<Law>, Vec<Arc<Procedure>>) {
    let mut law = (**law).clone();
    let start = Date::constant(year - 1, 1, 1);
    let mut later = Vec::new();
    for editions in law.procedures.values_mut() {
        let Some(first) = editions.first_mut().filter(|first| first.effective > start) else {
            continue;
        };
        later.push(first.clone());
        let mut earlier = (**first).clone();
        earlier.effective = start;
        *first = Arc::new(earlier);
    }
    (Arc::new(law), later)
}

fn opened(place: &Place, law: Arc<Law>, county: &County, first: Date) -> Result<Office, YearFault> {
    let store = place.store()?;
    let posts_from = first.saturating_sub(Length::new().days(RUN_UP * 2));
    found(&store, county, posts_from, PASSWORD, false)?;
    Ok(Office::open(law, store, Clock::played(), county.code().to_owned())?)
}

/// Everybody there is to cast, with the credentials they hold by now.
fn company(office: &Office) -> Result<Company, StoreError> {
    office.store().read(office.county(), |read: &Read| {
        let people = read.people()?;
        let ids: Vec<String> = people.into_iter().map(|person| person.id).collect();
        let actors: Vec<Actor> = read.actors(&ids)?;
        let organs = read.organs()?.into_iter().map(|organ| organ.path).collect();
        Ok(Company { actors, organs })
    })
}

/// Gives people their credentials through the acts of the rosters, before the year begins.
fn certify(
    office: &Office,
    county: &County,
    company: &Company,
    plays: &[Play],
    first: Date,
) -> Result<Outcome, YearFault> {
    let start = first.saturating_sub(Length::new().days(RUN_UP));
    let mut performances = Vec::new();
    for line in &county.certificates {
        let play = named(plays, &line.procedure, line.play.as_deref())?;
        let play = Arc::new(play.clone());
        let Some(holder) = holder_of(&play) else {
            return Err(YearFault::Plan(format!("“{}”不发资格，也不是人选名册", play.name())));
        };
        let homes = homes(company, &play, &county.code().into(), start);
        let posts = company.actor(&line.person).map_or(&[][..], |holder| &holder.posts);
        // Where the holder works, if the roster is kept there or above; else wherever it is kept.
        let near = |home: &&OrganPath| posts.iter().any(|post| home.covers(&post.organ));
        let organ = homes.iter().rev().find(near).or(homes.first()).cloned();
        let with = line.with.iter().filter_map(|(field, value)| {
            Some((field.as_str().into(), CertificateLine::answer(value)?))
        });
        performances.push(Performance {
            organ: organ
                .ok_or_else(|| YearFault::Plan(format!("“{}”没有单位能办", play.name())))?,
            start,
            cast: BTreeMap::from([(holder, line.person.clone())]),
            with: with.collect(),
            yearly: false,
            late_percent: 0,
            play,
        });
    }
    let direction = Direction { until: first, seed: 1 };
    Ok(perform(office, company, &county.party, performances, &direction, |_, _| {})?)
}

/// The name in a story of whoever is given the credential, or listed.
fn holder_of(play: &Play) -> Option<String> {
    let Procedure { credential, pool, .. } = &*play.procedure;
    let credential = credential.as_ref().map(|credential| &credential.holder);
    let holder = credential.or(pool.as_ref().map(|pool| &pool.holder))?;
    play.steps().find_map(|(_, step)| match step.with.get(holder) {
        Some(law::value::Value::People(people)) => people.first().cloned(),
        _ => None,
    })
}

fn named<'a>(
    plays: &'a [Play],
    procedure: &str,
    name: Option<&str>,
) -> Result<&'a Play, YearFault> {
    let fits = |play: &&Play| {
        *play.procedure.id == *procedure && name.is_none_or(|name| play.story().name == name)
    };
    plays.iter().find(fits).ok_or_else(|| {
        YearFault::Plan(format!("没有剧本“{procedure}/{}”", name.unwrap_or("（任一）")))
    })
}

/// The organs at or below one in which a story can be cast.
fn homes(company: &Company, play: &Play, under: &OrganPath, on: Date) -> Vec<OrganPath> {
    let mut dice = Dice::new(0);
    let inside = company.organs.iter().filter(|organ| under.covers(organ));
    inside
        .filter(|organ| company.cast(play, organ, &BTreeMap::new(), on, &mut dice).is_ok())
        .cloned()
        .collect()
}

/// The days of a year on which a play may begin.
#[derive(Clone, Copy, Debug)]
struct Days {
    from: Date,
    to: Date,
    year_end: Date,
}

impl Days {
    fn of(year: i16, until: Date) -> Self {
        let year_end = Date::constant(year, 12, 31);
        Self { from: Date::constant(year, 1, 1), to: until.min(year_end), year_end }
    }

    /// A day early enough for everything the play adds to fall into the year.
    fn pick(self, play: &Play, dice: &mut Dice) -> Date {
        let last = self.year_end.saturating_sub(Length::new().days(play.reach() + 14));
        let days = (last.min(self.to) - self.from).get_days().max(0);
        let offset = dice.below(usize::try_from(days).unwrap_or(0) + 1);
        self.from.saturating_add(Length::new().days(offset as i64))
    }

    /// Any day of it up to the last.
    fn any(self, dice: &mut Dice) -> Date {
        let days = (self.to - self.from).get_days().max(0);
        let offset = dice.below(usize::try_from(days).unwrap_or(0) + 1);
        self.from.saturating_add(Length::new().days(offset as i64))
    }

    /// How many days of a whole year there are, in percent.
    fn share(self) -> u32 {
        let days = i64::from((self.to - self.from).get_days() + 1).max(0);
        u32::try_from(days * 100 / 365).unwrap_or(100).min(100)
    }
}

impl PlanLine {
    fn performances(
        &self,
        county: &County,
        plays: &[Play],
        days: Days,
        scale: u32,
        dice: &mut Dice,
    ) -> Result<Vec<Performance>, YearFault> {
        let ours: Vec<&Play> = plays
            .iter()
            .filter(|play| *play.procedure.id == *self.procedure)
            .filter(|play| self.play.as_ref().is_none_or(|name| play.story().name == *name))
            .collect();
        if ours.is_empty() {
            named(plays, &self.procedure, self.play.as_deref())?;
        }
        let organs: Vec<OrganPath> = county
            .organs
            .iter()
            .filter(|organ| {
                self.organs.contains(&organ.path) || self.kind.as_ref() == Some(&organ.kind)
            })
            .map(|organ| organ.path.as_str().into())
            .collect();
        if organs.is_empty() {
            return Err(YearFault::Plan(format!("演示计划：“{}”没有写单位", self.procedure)));
        }
        let fixed = match &self.day {
            None => None,
            Some(day) => Some(
                format!("{}-{day}", days.from.year())
                    .parse::<Date>()
                    .map_err(|_| YearFault::Plan(format!("演示计划：日期“{day}”应写作 01-15")))?,
            ),
        };
        let days = match self.last {
            Some(last) => Days { from: days.to.saturating_sub(Length::new().days(last)), ..days },
            None => days,
        };
        let mut performances = Vec::new();
        let count = match fixed {
            None if self.last.is_some() => self.count,
            Some(day) if day > days.to => 0,
            Some(_) => self.count,
            None => (self.count * scale * days.share()).div_ceil(10_000),
        };
        for number in 0..count as usize {
            performances.push(Performance {
                play: Arc::new(ours[number % ours.len()].clone()),
                organ: organs[number % organs.len()].clone(),
                start: fixed.unwrap_or_else(|| days.any(dice)),
                cast: BTreeMap::new(),
                with: Answers::new(),
                yearly: fixed.is_some(),
                late_percent: if self.last.is_some() { 12 } else { 3 },
            });
        }
        Ok(performances)
    }
}

impl Outcome {
    fn add(&mut self, more: &Outcome) {
        self.acts += more.acts;
        self.cases += more.cases;
        self.finished += more.finished;
        self.stalled += more.stalled;
    }
}
