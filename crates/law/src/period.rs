//! 期间: how long, in which days, and until when.
//!
//! [`due`] computes the last day of a period and writes down how (民法典第二百零一条至第二百零四条):
//! the day it starts from is not counted; months and years end on the corresponding day or the
//! last of the month; a last day on a day off moves to the first working day after it; periods in
//! hours run from the moment and never move. [`due_before`] counts backwards.

use std::{fmt, str::FromStr};

use jiff::{
    Span,
    civil::{Date, DateTime},
};
use serde::{Deserialize, Serialize};

use crate::{
    calendar::{Calendar, Day, days_between, later, weekday_name},
    citation::{Basis, numeral_value},
};

/// A length of time and the days it is counted in. 期间
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// How many.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

/// What a period is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 自然日.
    Day,
    /// 工作日.
    Workday,
    /// 个月.
    Month,
    /// 年.
    Year,
    /// 小时.
    Hour,
}

/// Why a text is no period: what is wrong and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodFault {
    /// `E0312` where the text does not say which days; `E0313` where it is no period at all.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub instead: String,
    /// Why, where the law explains it.
    pub why: Vec<String>,
}

/// How days are counted in one procedure. 期日口径
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayRule {
    /// The day of the start is not counted (民法典第二百零一条); always stated.
    pub first_day: FirstDay,
    /// A last day on a day off moves (民法典第二百零三条), or not; always stated.
    pub last_day_off: LastDayOff,
    /// The article.
    pub basis: Basis,
}

/// Whether the day of the start counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FirstDay {
    /// `next_day`: counting begins the day after.
    NextDay,
    /// `same_day`: the day of the start is day one.
    SameDay,
}

/// What happens when the last day is a day off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastDayOff {
    /// `next_workday`: the day after the days off.
    NextWorkday,
    /// `same_day`: stays.
    Stays,
}

/// A time that is not counted: from the day after `from` up to and including `until`.
///
/// `until` is `None` while the pause still runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    /// Day it stopped.
    pub from: Date,
    /// Day it went on, if it did.
    pub until: Option<Date>,
    /// Why, for the derivation.
    pub reason: String,
}

/// What a period is counted from. 起算
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start<'a> {
    /// The day.
    pub on: Date,
    /// The moment, for periods in hours.
    pub moment: Option<DateTime>,
    /// What happened, for the derivation: `受理`.
    pub event: &'a str,
}

/// A due date and how it came about. 届满日
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// 名义届满日: not moved off a day off.
    pub nominal: Date,
    /// 法定届满日: moved.
    pub legal: Date,
    /// For periods in hours: the moment.
    pub moment: Option<DateTime>,
    /// Rests on a year whose days off are not published yet (暂定).
    pub provisional: bool,
    /// The steps, in order, as sentences.
    pub derivation: Vec<String>,
}

impl Period {
    /// So many of this unit.
    pub const fn new(count: u32, unit: Unit) -> Self {
        Self { count, unit }
    }
}

impl Unit {
    /// As it is written after a number: `自然日`, `工作日`, `个月`, `年`, `小时`.
    pub const fn name(self) -> &'static str {
        match self {
            Unit::Day => "自然日",
            Unit::Workday => "工作日",
            Unit::Month => "个月",
            Unit::Year => "年",
            Unit::Hour => "小时",
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.count, self.unit.name())
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Unit {
    type Err = PeriodFault;

    /// `自然日`, `工作日`, `月`, `年`, `小时`, with or without `个`.
    fn from_str(text: &str) -> Result<Self, PeriodFault> {
        let text = text.trim();
        match text.strip_prefix('个').unwrap_or(text) {
            "自然日" => Ok(Unit::Day),
            "工作日" => Ok(Unit::Workday),
            "月" => Ok(Unit::Month),
            "年" => Ok(Unit::Year),
            "小时" => Ok(Unit::Hour),
            "日" | "天" => Err(PeriodFault::which_days(text, "")),
            _ => Err(PeriodFault::no_period(text)),
        }
    }
}

impl FromStr for Period {
    type Err = PeriodFault;

    /// `15自然日`, `5个工作日`, `1个月`, `2年`, `24小时`; the number may be Chinese.
    fn from_str(text: &str) -> Result<Self, PeriodFault> {
        let text = text.trim();
        let fault = || PeriodFault::no_period(text);
        let digits = text.find(|c: char| !is_number_part(c)).ok_or_else(fault)?;
        let (number, unit) = text.split_at(digits);
        let unit = unit.parse::<Unit>().map_err(|fault| match fault.code {
            "E0312" => PeriodFault::which_days(text, number.trim()),
            _ => PeriodFault::no_period(text),
        })?;
        let number = number.trim();
        let count = number
            .parse()
            .ok()
            .or_else(|| numeral_value(number))
            .ok_or_else(fault)?;
        if !(1..=LONGEST).contains(&count) {
            return Err(fault());
        }
        Ok(Self { count, unit })
    }
}

/// No law counts further than a century of days.
const LONGEST: u32 = 36_525;

fn is_number_part(c: char) -> bool {
    c.is_ascii_digit() || c == ' ' || "零〇一二两三四五六七八九十百千".contains(c)
}

impl PeriodFault {
    fn which_days(text: &str, number: &str) -> Self {
        Self {
            code: "E0312",
            message: format!("“{text}”没有说明“自然日”还是“工作日”"),
            instead: format!("写 \"{number}自然日\" 或 \"{number}工作日\""),
            why: vec![
                "各法所说的“日”不同：条文写明“工作日”的是工作日，一般的“日”是自然日。".to_owned(),
                "行政处罚法第八十五条“指工作日”只管该法的二日、三日、五日、七日，不能类推到别处。"
                    .to_owned(),
            ],
        }
    }

    fn no_period(text: &str) -> Self {
        Self {
            code: "E0313",
            message: format!("“{text}”不是一个期间"),
            instead: "写 \"15自然日\"、\"5工作日\"、\"1个月\"、\"2年\" 或 \"24小时\"".to_owned(),
            why: Vec::new(),
        }
    }
}

impl fmt::Display for PeriodFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}：{}", self.message, self.instead)
    }
}

impl std::error::Error for PeriodFault {}

impl<'a> Start<'a> {
    /// From a day.
    pub fn on(on: Date, event: &'a str) -> Self {
        Self {
            on,
            moment: None,
            event,
        }
    }

    /// From a moment, for periods in hours.
    pub fn at(moment: DateTime, event: &'a str) -> Self {
        Self {
            on: moment.date(),
            moment: Some(moment),
            event,
        }
    }
}

/// The last day of a period. 届满日
///
/// A pause lengthens the period by what it takes away, in the days the period is counted in
/// (months and years: natural days). A pause still open takes away nothing yet, so the date is
/// the earliest possible. Extensions go on from the *nominal* end, never from the moved one:
/// 60 days and 30 more are 90 days. A period that starts anew (补正后重新起算) is simply counted
/// from its later start.
pub fn due(
    start: &Start<'_>,
    period: Period,
    rule: &DayRule,
    pauses: &[Stopped],
    extensions: &[Period],
    calendar: &Calendar,
) -> Due {
    let mut count = Counting::new(start, rule, pauses, calendar);
    count.first(period);
    extensions
        .iter()
        .for_each(|extension| count.extend(*extension));
    count.close()
}

/// The last day on which something may be done a given time *before* a day. 届满前若干日
///
/// The day itself is not counted. A last day on a day off moves earlier, never later, so that
/// the time before stays whole.
pub fn due_before(target: &Start<'_>, period: Period, rule: &DayRule, calendar: &Calendar) -> Due {
    let day = target.on;
    let (nominal, moment) = match period.unit {
        Unit::Day => (later(day, -i64::from(period.count)), None),
        Unit::Workday => (calendar.nth_workday_before(day, period.count), None),
        Unit::Month | Unit::Year => (months_after(day, period, -1), None),
        Unit::Hour => {
            let moment = target.start_moment().saturating_sub(hours(period));
            (moment.date(), Some(moment))
        }
    };
    let mut derivation = vec![format!(
        "{}（{}）{}，自该日向前倒数{period}，最后一日为{}（{}）。",
        chinese_date(day),
        weekday_name(day),
        target.event,
        chinese_date(nominal),
        day_name(nominal, calendar),
    )];
    let moves = rule.last_day_off == LastDayOff::NextWorkday && moment.is_none();
    let legal = if moves {
        calendar.workday_on_or_before(nominal)
    } else {
        nominal
    };
    if legal != nominal {
        derivation.push(format!(
            "该日休息，只能提前不能推后，提前到{}（{}）。",
            chinese_date(legal),
            day_name(legal, calendar),
        ));
    }
    let counted = period.unit == Unit::Workday;
    let provisional = provisional(
        if counted { legal } else { nominal },
        day,
        counted,
        moves,
        calendar,
    );
    derivation.extend(provisional.map(assumed));
    Due {
        nominal,
        legal,
        moment,
        provisional: provisional.is_some(),
        derivation,
    }
}

/// Whether what was posted on this day came in time: time in the mail is not counted, and what
/// was handed to the post before the period ended is not late (民事诉讼法第八十五条第四款).
pub fn posted_in_time(posted: Date, due: &Due) -> bool {
    posted <= due.legal
}

/// The day on which a public notice counts as served: when 30 days have passed from the day it
/// was published (民事诉讼法第九十五条). 公告送达
pub fn served_by_public_notice(published: Date) -> Date {
    later(published, 30)
}

/// A count under way.
struct Counting<'a> {
    start: &'a Start<'a>,
    rule: &'a DayRule,
    /// Closed pauses as first and last day not counted, in order and apart.
    pauses: Vec<Pause<'a>>,
    calendar: &'a Calendar,
    /// Where the count stands.
    end: Date,
    moment: Option<DateTime>,
    /// The unit of everything so far, and how many, while there is only one unit.
    total: Option<Period>,
    /// Whether working days were counted.
    workdays: bool,
    derivation: Vec<String>,
}

struct Pause<'a> {
    first: Date,
    last: Date,
    reasons: Vec<&'a str>,
}

impl<'a> Counting<'a> {
    fn new(
        start: &'a Start<'a>,
        rule: &'a DayRule,
        pauses: &'a [Stopped],
        calendar: &'a Calendar,
    ) -> Self {
        let mut derivation = Vec::new();
        for open in pauses.iter().filter(|pause| pause.until.is_none()) {
            derivation.push(format!(
                "{}起因{}停止计算，恢复计算后届满日相应后移；以下按尚未扣除计算，是最早的届满日。",
                chinese_date(open.from),
                open.reason,
            ));
        }
        let pauses = merged(pauses);
        let (end, moment, total) = (start.on, None, None);
        Self {
            start,
            rule,
            pauses,
            calendar,
            end,
            moment,
            total,
            workdays: false,
            derivation,
        }
    }

    /// Counts the period itself.
    fn first(&mut self, period: Period) {
        let same_day = self.rule.first_day == FirstDay::SameDay && period.unit != Unit::Hour;
        let by_month = matches!(period.unit, Unit::Month | Unit::Year);
        if period.unit == Unit::Hour {
            self.moment = Some(self.start.start_moment());
        }
        if same_day && !by_month {
            self.end = later(self.end, -1);
        }
        let from = match period.unit {
            Unit::Hour => "自该时起",
            _ if same_day => "自当日起",
            _ => "自次日起",
        };
        let after = self.end;
        self.advance(period);
        if same_day && by_month {
            self.end = later(self.end, -1); // The corresponding day is day one of the next month.
        }
        self.total = Some(period);
        let begun = match self.moment {
            Some(_) => chinese_moment(self.start.start_moment()),
            None => format!(
                "{}（{}）",
                chinese_date(self.start.on),
                weekday_name(self.start.on)
            ),
        };
        let text = format!(
            "{begun}{}，{from}计算{period}，届满日为{}。",
            self.start.event,
            self.stands()
        );
        self.derivation.push(text);
        self.tell_workdays(period, after);
        self.deduct(period.unit, after);
    }

    /// Goes on from the nominal end.
    fn extend(&mut self, period: Period) {
        let (after, before) = (self.end, self.total);
        self.advance(period);
        self.total = before
            .filter(|total| total.unit == period.unit)
            .map(|total| Period::new(total.count.saturating_add(period.count), period.unit));
        let total = self
            .total
            .map(|total| format!("，共{total}"))
            .unwrap_or_default();
        let text = format!(
            "延长{period}，自{}接续计算{total}，届满日为{}。",
            chinese_date(after),
            self.stands(),
        );
        self.derivation.push(text);
        self.tell_workdays(period, after);
        self.deduct(period.unit, after);
    }

    fn advance(&mut self, period: Period) {
        match period.unit {
            Unit::Day => self.end = later(self.end, i64::from(period.count)),
            Unit::Workday => {
                self.workdays = true;
                self.end = self.calendar.nth_workday_after(self.end, period.count);
            }
            Unit::Month | Unit::Year => self.end = months_after(self.end, period, 1),
            Unit::Hour => {
                let from = self.moment.unwrap_or_else(|| self.end.at(0, 0, 0, 0));
                let moment = from.saturating_add(hours(period));
                self.moment = Some(moment);
                self.end = moment.date();
            }
        }
    }

    /// Lengthens what was counted after a day by the pauses that fall into it.
    fn deduct(&mut self, unit: Unit, after: Date) {
        for index in 0..self.pauses.len() {
            let pause = &self.pauses[index];
            let first = pause.first.max(later(after, 1));
            if first > pause.last || first > self.end {
                continue;
            }
            let eve = later(first, -1);
            let (days, name) = match unit {
                Unit::Workday => (self.calendar.workdays_between(eve, pause.last), "工作日"),
                _ => (days_between(eve, pause.last), "自然日"),
            };
            let reasons = pause.reasons.join("、");
            let span = format!("{}至{}", chinese_date(first), chinese_date(pause.last));
            // Both are at most as many days as a pause has; a pause has no more than i32 days.
            let count = u32::try_from(days).unwrap_or(0);
            match unit {
                Unit::Workday => self.end = self.calendar.nth_workday_after(self.end, count),
                _ => self.end = later(self.end, days),
            }
            if let Some(moment) = &mut self.moment {
                *moment = moment.saturating_add(Span::new().days(days));
            }
            let text = format!(
                "{span}{reasons}，不计入期限，扣除{days}{name}，届满日为{}。",
                self.stands()
            );
            self.derivation.push(text);
        }
    }

    /// Which make-up days were counted and which festivals were not.
    fn tell_workdays(&mut self, period: Period, after: Date) {
        if period.unit != Unit::Workday {
            return;
        }
        let span = later(after, 1)..=self.end;
        let mut told = Vec::new();
        for festival in self.calendar.festivals() {
            let off = festival.off.start() <= span.end() && festival.off.end() >= span.start();
            if off {
                told.push(format!("{}放假不计入", festival.name));
            }
            for day in festival.work.iter().filter(|day| span.contains(day)) {
                told.push(format!(
                    "{}（{}）调休上班计入",
                    chinese_day(*day),
                    weekday_name(*day)
                ));
            }
        }
        if !told.is_empty() {
            self.derivation.push(format!("其间{}。", told.join("，")));
        }
    }

    /// Moves a last day off a day off and signs the calendar.
    fn close(mut self) -> Due {
        let nominal = self.end;
        let moves = self.rule.last_day_off == LastDayOff::NextWorkday && self.moment.is_none();
        let legal = if moves {
            self.calendar.workday_on_or_after(nominal)
        } else {
            nominal
        };
        if self.moment.is_some() {
            self.derivation
                .push("按小时计算，不因休息日、节假日顺延。".to_owned());
        } else if legal != nominal {
            let basis = match &*self.rule.basis.text {
                "" => String::new(),
                text => format!("（{text}）"),
            };
            self.derivation.push(format!(
                "届满日休息，顺延至休息日结束的次日{}（{}）{basis}。",
                chinese_date(legal),
                day_name(legal, self.calendar),
            ));
        } else if self.calendar.is_day_off(nominal) {
            self.derivation
                .push("届满日休息，按本程序口径不顺延。".to_owned());
        } else {
            self.derivation.push("届满日为工作日，不顺延。".to_owned());
        }
        let start = self.start.on;
        let provisional = provisional(start, legal, self.workdays, moves, self.calendar);
        match provisional {
            Some(year) => self.derivation.push(assumed(year)),
            None if self.calendar.edition().is_empty() => {}
            None => self
                .derivation
                .push(format!("日历：{}。", self.calendar.edition())),
        }
        let provisional = provisional.is_some();
        Due {
            nominal,
            legal,
            moment: self.moment,
            provisional,
            derivation: self.derivation,
        }
    }

    fn stands(&self) -> String {
        match self.moment {
            Some(moment) => chinese_moment(moment),
            None => format!(
                "{}（{}）",
                chinese_date(self.end),
                day_name(self.end, self.calendar)
            ),
        }
    }
}

impl Start<'_> {
    /// The moment; where only the day is known its first, which is the strict reading.
    fn start_moment(&self) -> DateTime {
        self.moment.unwrap_or_else(|| self.on.at(0, 0, 0, 0))
    }
}

/// Closed pauses in order, overlapping ones joined, empty ones dropped.
fn merged(pauses: &[Stopped]) -> Vec<Pause<'_>> {
    let closed = pauses.iter().filter_map(|pause| {
        let (first, last) = (later(pause.from, 1), pause.until?);
        (first <= last).then(|| Pause {
            first,
            last,
            reasons: vec![&*pause.reason],
        })
    });
    let mut closed: Vec<Pause<'_>> = closed.collect();
    closed.sort_by_key(|pause| pause.first);
    let mut apart: Vec<Pause<'_>> = Vec::new();
    for pause in closed {
        match apart.last_mut() {
            Some(last) if pause.first <= last.last => {
                last.last = last.last.max(pause.last);
                last.reasons.extend(
                    pause
                        .reasons
                        .iter()
                        .filter(|one| !last.reasons.contains(*one))
                        .copied()
                        .collect::<Vec<_>>(),
                );
            }
            _ => apart.push(pause),
        }
    }
    apart
}

/// The corresponding day so many months or years later (`sign` 1) or earlier (−1), or the last of
/// that month.
fn months_after(day: Date, period: Period, sign: i64) -> Date {
    let months = match period.unit {
        Unit::Year => i64::from(period.count) * 12,
        _ => i64::from(period.count),
    };
    // More than the world's calendar holds ends at its end.
    day.saturating_add(Span::new().months(sign * months.min(200_000)))
}

fn hours(period: Period) -> Span {
    Span::new().hours(i64::from(period.count.min(100_000_000)))
}

/// The first year that a count rests on and whose days off are not published.
///
/// Natural days rest on the calendar only where the last day is looked at.
fn provisional(
    from: Date,
    to: Date,
    workdays: bool,
    moves: bool,
    calendar: &Calendar,
) -> Option<i16> {
    let years = match (workdays, moves) {
        (true, _) => from.year()..=to.year(),
        (false, true) => to.year()..=to.year(),
        (false, false) => return None,
    };
    years.into_iter().find(|year| !calendar.published(*year))
}

fn assumed(year: i16) -> String {
    format!(
        "{year}年放假安排尚未公布（或未录入），该年暂按周一至周五为工作日推算，公布后重新计算。"
    )
}

/// `星期六，调休上班`.
fn day_name(day: Date, calendar: &Calendar) -> String {
    let weekday = weekday_name(day);
    match calendar.day(day) {
        Day::Workday if calendar.published(day.year()) => format!("{weekday}，工作日"),
        Day::Workday => weekday.to_owned(),
        Day::Weekend => format!("{weekday}，休息日"),
        Day::MakeUp(_) => format!("{weekday}，调休上班"),
        Day::Holiday(festival) => format!("{weekday}，{}放假", festival.name),
    }
}

/// `2025年11月12日`.
pub fn chinese_date(day: Date) -> String {
    format!("{}年{}", day.year(), chinese_day(day))
}

/// `2025年11月12日15时20分`.
pub fn chinese_moment(moment: DateTime) -> String {
    format!(
        "{}{}时{:02}分",
        chinese_date(moment.date()),
        moment.hour(),
        moment.minute()
    )
}

fn chinese_day(day: Date) -> String {
    format!("{}月{}日", day.month(), day.day())
}
