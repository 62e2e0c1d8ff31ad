//! 剧本: scenarios that may be played, and what each is known to contribute to the figures.

use std::{collections::BTreeMap, sync::Arc};

use engine::{
    action::{Action, Answers},
    observe::observe,
    scenario,
};
use law::{
    Id, Law,
    calendar::Calendar,
    procedure::{LINKED, Procedure},
    scenario::{Scenario, Step},
};

/// A scenario as a piece of work. 剧本
#[derive(Clone, Debug)]
pub struct Play {
    /// The procedure it is played under.
    pub procedure: Arc<Procedure>,
    /// Which of its scenarios.
    pub scenario: usize,
    /// Plays for the cases it opens on the way, by the step that opens them.
    pub children: BTreeMap<usize, Play>,
    /// What it adds to each list of observations, by indicator and split, children included.
    pub adds: BTreeMap<(Id, String), Added>,
    /// Days from its first step to the last date that puts any of it into a period.
    reach: i32,
}

/// What one play adds to one indicator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Observations.
    pub count: i64,
    /// Of them good.
    pub good: i64,
    /// Their values.
    pub sum: i64,
}

/// Why a scenario marked `play` cannot be played.
#[derive(Debug, thiserror::Error)]
pub enum PlayFault {
    /// It fails as a scenario.
    #[error("“{procedure}”的考题“{scenario}”没有通过，不能演算：{failure}")]
    Fails {
        /// 程序.
        procedure: String,
        /// 考题.
        scenario: String,
        /// The first failure.
        failure: String,
    },
    /// It opens a case that no play finishes the way it expects.
    #[error("“{procedure}”的考题“{scenario}”转入“{opens}”，但没有能接着演的剧本")]
    NoChild {
        /// 程序.
        procedure: String,
        /// 考题.
        scenario: String,
        /// The procedure opened.
        opens: String,
    },
}

impl Play {
    /// The scenario it plays.
    pub fn story(&self) -> &Scenario {
        &self.procedure.scenarios[self.scenario]
    }

    /// The steps that are done; those a scenario expects to be refused are left out.
    pub fn steps(&self) -> impl Iterator<Item = (usize, &Step)> {
        self.story().when.iter().enumerate().filter(|(_, step)| step.refused.is_none())
    }

    /// Days from its first step to the last date that puts any of it into a period.
    pub fn reach(&self) -> i32 {
        self.reach
    }

    /// `mediation/调解成功` — how plans name it.
    pub fn name(&self) -> String {
        format!("{}/{}", self.procedure.id, self.story().name)
    }
}

/// Every way every play of the law can go: a story that opens another case comes once for each
/// story of that procedure that ends as it expects.
pub fn plays(law: &Law, calendar: &Calendar) -> Result<Vec<Play>, PlayFault> {
    let mut plays = Vec::new();
    for procedure in law.newest() {
        for scenario in playable(procedure) {
            plays.extend(ways(law, calendar, procedure, scenario, 0)?);
        }
    }
    Ok(plays)
}

fn playable(procedure: &Procedure) -> impl Iterator<Item = usize> {
    procedure.scenarios.iter().enumerate().filter(|(_, story)| story.play).map(|(index, _)| index)
}

/// A dispute opens a mediation, which opens a confirmation: deeper chains do not occur.
const DEEPEST: usize = 4;

fn ways(
    law: &Law,
    calendar: &Calendar,
    procedure: &Arc<Procedure>,
    scenario: usize,
    depth: usize,
) -> Result<Vec<Play>, PlayFault> {
    let story = &procedure.scenarios[scenario];
    let run = scenario::run(procedure, story, calendar);
    let fails = |failure: &scenario::Failure| PlayFault::Fails {
        procedure: procedure.name.clone(),
        scenario: story.name.clone(),
        failure: failure.to_string(),
    };
    if let Some(failure) = run.failures.first() {
        return Err(fails(failure));
    }
    let mut adds: BTreeMap<(Id, String), Added> = BTreeMap::new();
    let first = story.when.first().map(|step| step.on);
    let mut reach = 0;
    for observation in run.case.iter().flat_map(|case| observe(case, calendar)) {
        // Of a stock, only what still stands at the end of the year counts.
        if observation
            .until
            .is_some_and(|until| first.is_some_and(|first| until.year() <= first.year()))
        {
            continue;
        }
        reach = reach.max(first.map_or(0, |first| (observation.on - first).get_days()));
        let added = adds.entry((observation.indicator, observation.split)).or_default();
        added.count += 1;
        added.good += i64::from(observation.good);
        added.sum += observation.value;
    }
    let alone =
        Play { procedure: procedure.clone(), scenario, children: BTreeMap::new(), adds, reach };
    let mut ways = vec![alone];
    for (number, step) in story.when.iter().enumerate() {
        let Some(act) = procedure.acts.get(&step.does) else { continue };
        let Some(opens) = act.opens.as_ref().filter(|_| step.refused.is_none()) else { continue };
        let Some(opening) = run.opened.get(&number) else { continue };
        let told = told_back(story, number, procedure);
        let children = children(law, calendar, &opens.procedure, opening, told, depth)?;
        if children.is_empty() {
            return Err(PlayFault::NoChild {
                procedure: procedure.name.clone(),
                scenario: story.name.clone(),
                opens: opens.procedure.to_string(),
            });
        }
        ways = ways
            .iter()
            .flat_map(|way| children.iter().map(move |child| with_child(way, number, child)))
            .collect();
    }
    Ok(ways)
}

fn with_child(way: &Play, step: usize, child: &Play) -> Play {
    let mut way = way.clone();
    for (list, more) in &child.adds {
        let added = way.adds.entry(list.clone()).or_default();
        added.count += more.count;
        added.good += more.good;
        added.sum += more.sum;
    }
    let story = way.story();
    let opened = (story.when[step].on - story.when[0].on).get_days();
    way.reach = way.reach.max(opened + child.reach);
    way.children.insert(step, child.clone());
    way
}

/// What the story expects to hear back from the case it opens at this step: the next act that
/// only the machine performs, with its answers.
fn told_back<'a>(
    story: &'a Scenario,
    opened_at: usize,
    procedure: &Procedure,
) -> Option<(&'a Id, Answers)> {
    let next = story.when.iter().skip(opened_at + 1).find(|step| {
        step.refused.is_none()
            && procedure
                .acts
                .get(&step.does)
                .is_some_and(|act| act.by.iter().any(|role| role == LINKED))
    })?;
    Some((
        &next.does,
        next.with.iter().map(|(field, value)| (field.clone(), value.clone())).collect(),
    ))
}

fn children(
    law: &Law,
    calendar: &Calendar,
    procedure: &Id,
    opening: &Action,
    told: Option<(&Id, Answers)>,
    depth: usize,
) -> Result<Vec<Play>, PlayFault> {
    let Some(procedure) = law.procedures.get(procedure).and_then(|editions| editions.last()) else {
        return Ok(Vec::new());
    };
    if depth >= DEEPEST {
        return Ok(Vec::new());
    }
    let (mut found, mut otherwise) = (Vec::new(), Vec::new());
    for scenario in playable(procedure) {
        let story = &procedure.scenarios[scenario];
        let Some(first) = story.when.first().filter(|step| step.does == opening.act) else {
            continue;
        };
        let alike =
            |(field, value)| opening.answers.get(field).is_none_or(|told| same(told, value));
        let begins_so = first.with.iter().all(alike);
        let run = scenario::run(procedure, story, calendar);
        let fits = match &told {
            None => run.reports.is_empty(),
            Some((act, answers)) => run.reports.last().is_some_and(|report| {
                report.act == **act
                    && answers.iter().all(|(field, value)| {
                        report.answers.get(field).is_none_or(|told| same(told, value))
                    })
            }),
        };
        if fits {
            let ways = ways(law, calendar, procedure, scenario, depth + 1)?;
            if begins_so { &mut found } else { &mut otherwise }.extend(ways);
        }
    }
    // A story that begins with what the parent hands over; another only where there is none.
    Ok(if found.is_empty() { otherwise } else { found })
}

/// Codes decide how a story goes on; texts and dates may differ.
fn same(told: &law::value::Value, expected: &law::value::Value) -> bool {
    use law::value::Value::{Codes, Yes};
    match (told, expected) {
        (Codes(told), Codes(expected)) => told == expected,
        (Yes(told), Yes(expected)) => told == expected,
        _ => true,
    }
}
