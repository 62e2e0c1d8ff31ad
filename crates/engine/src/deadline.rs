//! 期限: the clocks of a case — started, paused, extended, met, over.

use jiff::civil::{Date, DateTime};
use law::{
    Id,
    calendar::Calendar,
    expr::Node,
    period::{self, Due, Period, Start, Stopped, Unit},
    procedure::{Deadline, Extend, From, Within},
    value::Value,
};

use crate::{
    case::Case,
    eval::{Clocks, Scope, Val, date_of},
    fact::Recorded,
};

/// How long before the nominal due date a light turns yellow where the law file says nothing.
const DEFAULT_WARNING: Period = Period::new(3, Unit::Day);

/// One period of one case. 期限
#[derive(Clone, Debug, PartialEq)]
pub struct Clock {
    /// Which deadline of the procedure.
    pub deadline: Id,
    /// 名称.
    pub name: String,
    /// 法定, or internal.
    pub statutory: bool,
    /// The role whose period it is; none = the organ's duty.
    pub whose: Option<Id>,
    /// The day it was started on.
    pub started: Date,
    /// The due date with its derivation.
    pub due: Due,
    /// How it was met, if it was.
    pub met: Option<Met>,
    /// A pause is running.
    pub paused: bool,
    /// The case ended, on this day, before the period did: nothing is owed any more.
    pub moot: Option<Date>,
    /// The day from which the light is yellow.
    pub warn_on: Date,
}

/// How a period was met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Met {
    /// By this act …
    pub act: Id,
    /// … on this business date …
    pub on: Date,
    /// … in time, or late.
    pub in_time: bool,
}

/// What a clock shows. 亮灯
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Light {
    /// 已逾期: over and not done.
    Red,
    /// 临近: the warning time has begun.
    Yellow,
    /// 正常.
    Green,
    /// 中止: a pause is running.
    Paused,
    /// 当事人的期间: not a duty of the organ.
    Theirs,
    /// 已按期办.
    Done,
    /// 已办，超期: stays on record.
    DoneLate,
}

impl Clock {
    /// The period is over.
    pub fn ended(&self, today: Date) -> bool {
        self.due.legal < today
    }

    /// Done in time.
    pub fn met_in_time(&self) -> bool {
        self.met.as_ref().is_some_and(|met| met.in_time)
    }

    /// Over and not done, or done late. A case that ended before its period did owes nothing.
    pub fn overdue(&self, today: Date) -> bool {
        match &self.met {
            Some(met) => !met.in_time,
            None => self.moot.is_none() && self.ended(today),
        }
    }

    /// What it shows on a day.
    pub fn light(&self, today: Date) -> Light {
        match &self.met {
            Some(met) if met.in_time => Light::Done,
            Some(_) => Light::DoneLate,
            None if self.whose.is_some() => Light::Theirs,
            None if self.moot.is_some() => Light::Done,
            None if self.paused => Light::Paused,
            None if self.ended(today) => Light::Red,
            None if self.warn_on <= today => Light::Yellow,
            None => Light::Green,
        }
    }
}

/// Every clock of a case that has been started, in the order of the procedure.
///
/// A condition of a clock sees the clocks before it, never itself or a later one.
pub fn clocks(case: &Case, calendar: &Calendar) -> Vec<Clock> {
    let mut clocks: Vec<Clock> = Vec::new();
    if case.is_void() {
        return clocks;
    }
    for deadline in case.procedure.deadlines.values() {
        let clock = Counting { case, deadline, calendar, before: &clocks }.clock();
        clocks.extend(clock);
    }
    clocks
}

/// One deadline being counted.
struct Counting<'a> {
    case: &'a Case,
    deadline: &'a Deadline,
    calendar: &'a Calendar,
    before: &'a [Clock],
}

/// Where a period begins: the day, and the entry after which it can be met.
struct Begun {
    on: Date,
    moment: Option<DateTime>,
    event: String,
    /// Only later entries can meet it.
    version: u32,
}

impl Counting<'_> {
    fn clock(&self) -> Option<Clock> {
        let begun = self.begin()?;
        let deadline = self.deadline;
        let stops = self.stops(&begun);
        let due = self.due(&begun, &stops)?;
        let (met, met_at) = self.met(&begun, &due).unzip();
        // What was owed and done stays done, whatever happens to the case afterwards.
        let owed = self.scope(met_at.unwrap_or(u32::MAX));
        if deadline.only_if.as_ref().is_some_and(|when| !owed.holds(when)) {
            return None;
        }
        let moot = self.case.ended().filter(|ended| met.is_none() && *ended <= due.legal);
        let warn_on = deadline
            .warn
            .iter()
            .chain(deadline.warn.is_empty().then_some(&DEFAULT_WARNING))
            .map(|ahead| self.ahead(due.nominal, *ahead))
            .min()
            .unwrap_or(due.nominal);
        Some(Clock {
            deadline: deadline.id.clone(),
            name: deadline.name.clone(),
            statutory: deadline.statutory,
            whose: deadline.whose.clone(),
            started: begun.on,
            paused: met.is_none() && stops.last().is_some_and(|stop| stop.until.is_none()),
            due,
            met,
            moot,
            warn_on,
        })
    }

    fn begin(&self) -> Option<Begun> {
        match &self.deadline.from {
            From::Acts(acts) => {
                let starts = acts.iter().filter_map(|act| self.case.last(act));
                let last = starts.max_by_key(|recorded| recorded.version)?;
                Some(Begun {
                    on: last.fact.on,
                    moment: Some(moment_of(last)),
                    event: self.act_name(&last.fact.act),
                    version: last.version,
                })
            }
            From::Date(expr) => {
                let value = self.scope(u32::MAX).value(expr);
                let on = date_of(&value)?;
                let moment = match value {
                    Val::Moment(moment) => Some(moment),
                    _ => Some(on.at(0, 0, 0, 0)),
                };
                Some(Begun {
                    on, moment, event: "起算".into(), version: self.written(&expr.node)
                })
            }
        }
    }

    /// The entry that wrote down the date a period starts on.
    fn written(&self, node: &Node) -> u32 {
        let mut version = 0;
        node.walk(&mut |node| {
            let written = match node {
                Node::Answer(act, _) => self.case.last(act),
                Node::Field(field) => self.case.answered(field, u32::MAX),
                _ => None,
            };
            version = version.max(written.map_or(0, |recorded| recorded.version));
        });
        version
    }

    fn due(&self, begun: &Begun, stops: &[Stopped]) -> Option<Due> {
        let rule = &self.case.procedure.days;
        let start = Start { on: begun.on, moment: begun.moment, event: &begun.event };
        let extensions = self.extensions(begun);
        let counted = |length| period::due(&start, length, rule, stops, &extensions, self.calendar);
        match &self.deadline.within {
            Within::Fixed(length) => Some(counted(*length)),
            Within::Param(param, unit) => {
                let param = self.case.procedure.params.get(param)?;
                let (Value::Int(count), decided) = param.current() else {
                    return None;
                };
                let mut due = counted(Period::new(u32::try_from(*count).ok()?, *unit));
                if !decided {
                    due.derivation.push(format!(
                        "“{}”尚未由{}设定，暂按{count}计，依据待确认。",
                        param.name,
                        param.setter()
                    ));
                }
                Some(due)
            }
            Within::Before(length) => {
                Some(period::due_before(&start, *length, rule, self.calendar))
            }
            Within::Until(expr) => {
                let day = self.scope(u32::MAX).date(expr)?;
                let derivation = vec![format!("指定{}前办理。", crate::show::date(day))];
                Some(Due { nominal: day, legal: day, moment: None, provisional: false, derivation })
            }
        }
    }

    /// What the period was lengthened by, no more often and no longer than the law allows.
    fn extensions(&self, begun: &Begun) -> Vec<Period> {
        let Some(extend) = &self.deadline.extend else {
            return Vec::new();
        };
        let granted = self.case.done(&extend.act, u32::MAX).filter(|recorded| {
            recorded.version > begun.version
                && extend
                    .only_if
                    .as_ref()
                    .is_none_or(|when| self.scope(recorded.version).holds(when))
        });
        let mut left = extend.at_most.count;
        granted
            .take(extend.times as usize)
            .map(|recorded| {
                let by = self.granted(extend, recorded).min(left);
                left -= by;
                Period::new(by, extend.at_most.unit)
            })
            .filter(|length| length.count > 0)
            .collect()
    }

    fn granted(&self, extend: &Extend, recorded: &Recorded) -> u32 {
        match &extend.by {
            None => extend.at_most.count,
            Some(by) => match self.scope(recorded.version).value(by) {
                Val::Int(count) => u32::try_from(count).unwrap_or(0),
                _ => 0,
            },
        }
    }

    /// The times that are not counted, oldest first.
    fn stops(&self, begun: &Begun) -> Vec<Stopped> {
        let mut stops = Vec::new();
        for pause in &self.deadline.pause {
            let mut open: Option<Date> = None;
            for recorded in self.case.in_effect().filter(|r| r.version > begun.version) {
                let fact = &recorded.fact;
                match open {
                    None if fact.act == pause.from => open = Some(fact.on),
                    Some(from) if pause.until.contains(&fact.act) => {
                        stops.push(self.stopped(&pause.from, from, Some(fact.on)));
                        open = None;
                    }
                    _ => {}
                }
            }
            stops.extend(open.map(|from| self.stopped(&pause.from, from, None)));
        }
        stops.sort_by_key(|stop| (stop.until.is_none(), stop.from));
        stops
    }

    fn stopped(&self, act: &Id, from: Date, until: Option<Date>) -> Stopped {
        Stopped { from, until, reason: self.act_name(act) }
    }

    /// How it was met, and by which entry.
    fn met(&self, begun: &Begun, due: &Due) -> Option<(Met, u32)> {
        let counts = |recorded: &&Recorded| {
            self.deadline.met_by.contains(&recorded.fact.act) && recorded.version > begun.version
        };
        let first = self.case.in_effect().find(counts)?;
        let in_time = match due.moment {
            Some(limit) => moment_of(first) <= limit,
            None => first.fact.on <= due.legal,
        };
        let met = Met { act: first.fact.act.clone(), on: first.fact.on, in_time };
        Some((met, first.version))
    }

    fn ahead(&self, due: Date, by: Period) -> Date {
        let rule = &self.case.procedure.days;
        period::due_before(&Start::on(due, ""), by, rule, self.calendar).nominal
    }

    fn scope(&self, upto: u32) -> Scope<'_> {
        Scope {
            upto,
            clocks: Clocks::Given(self.before),
            ..Scope::timeless(self.case, self.calendar)
        }
    }

    fn act_name(&self, act: &Id) -> String {
        crate::builtin::act_name(&self.case.procedure, act).to_owned()
    }
}

/// When an act took place: the moment it was recorded, or midnight where it was recorded on
/// another day than it was done.
fn moment_of(recorded: &Recorded) -> DateTime {
    let at = jiff::tz::Offset::constant(8).to_datetime(recorded.at); // Asia/Shanghai
    if at.date() == recorded.fact.on { at } else { recorded.fact.on.at(0, 0, 0, 0) }
}
