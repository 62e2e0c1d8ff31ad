//! 期间计算: the last day of a period, and how it came about (民法典第二百零一条至第二百零四条).
//!
//! The day a period starts from is not counted; months and years end on the corresponding day or
//! the last of the month; a last day on a day off moves to the first working day after it; hours
//! run from the moment and never move. Every step is written down as a sentence.

use std::{collections::BTreeSet, ops::RangeInclusive};

use jiff::{
    Span,
    civil::{Date, DateTime},
};

use super::{
    DayRule, Due, FirstDay, LastDayOff, Period, Start, Stopped, Unit, chinese_date, chinese_day,
    chinese_moment,
};
use crate::calendar::{Calendar, Day, days_between, later, weekday_name};

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
    extensions.iter().for_each(|extension| count.extend(*extension));
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
            let moment = target.moment().saturating_sub(hours(period));
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
    let legal = if moves { calendar.workday_on_or_before(nominal) } else { nominal };
    if legal != nominal {
        derivation.push(format!(
            "该日休息，只能提前不能推后，提前到{}（{}）。",
            chinese_date(legal),
            day_name(legal, calendar),
        ));
    }
    let years = match period.unit {
        Unit::Workday => Some(legal.year()..=day.year()),
        _ => moves.then(|| legal.year()..=nominal.year()),
    };
    let assumed = years.and_then(|years| first_unpublished(years, calendar));
    derivation.extend(assumed.map(assumption));
    Due { nominal, legal, moment, provisional: assumed.is_some(), derivation }
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
    /// Everything so far as one period, while there is only one unit.
    total: Option<Period>,
    /// Whether working days were counted.
    workdays: bool,
    derivation: Vec<String>,
}

struct Pause<'a> {
    first: Date,
    last: Date,
    reasons: BTreeSet<&'a str>,
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
        Self { start, rule, pauses, calendar, end, moment, total, workdays: false, derivation }
    }

    /// Counts the period itself.
    fn first(&mut self, period: Period) {
        let same_day = self.rule.first_day == FirstDay::SameDay && period.unit != Unit::Hour;
        let by_month = matches!(period.unit, Unit::Month | Unit::Year);
        if period.unit == Unit::Hour {
            self.moment = Some(self.start.moment());
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
            Some(_) => chinese_moment(self.start.moment()),
            None => format!("{}（{}）", chinese_date(self.start.on), weekday_name(self.start.on)),
        };
        let text =
            format!("{begun}{}，{from}计算{period}，届满日为{}。", self.start.event, self.stands());
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
        let total = self.total.map(|total| format!("，共{total}")).unwrap_or_default();
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
            let reasons = Vec::from_iter(pause.reasons.iter().copied()).join("、");
            let span = format!("{}至{}", chinese_date(first), chinese_date(pause.last));
            // Not negative, for `eve` is before `last`; and dates are fewer than u32 holds.
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
                told.push(format!("{}（{}）调休上班计入", chinese_day(*day), weekday_name(*day)));
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
        let legal = if moves { self.calendar.workday_on_or_after(nominal) } else { nominal };
        if self.moment.is_some() {
            self.derivation.push("按小时计算，不因休息日、节假日顺延。".to_owned());
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
            self.derivation.push("届满日休息，按本程序口径不顺延。".to_owned());
        } else {
            self.derivation.push("届满日为工作日，不顺延。".to_owned());
        }
        let years = match self.workdays {
            true => Some(self.start.on.year()..=legal.year()),
            false => moves.then(|| nominal.year()..=legal.year()),
        };
        let assumed = years.and_then(|years| first_unpublished(years, self.calendar));
        match assumed {
            Some(year) => self.derivation.push(assumption(year)),
            None if self.calendar.edition().is_empty() => {}
            None => self.derivation.push(format!("日历：{}。", self.calendar.edition())),
        }
        let (moment, provisional, derivation) = (self.moment, assumed.is_some(), self.derivation);
        Due { nominal, legal, moment, provisional, derivation }
    }

    fn stands(&self) -> String {
        match self.moment {
            Some(moment) => chinese_moment(moment),
            None => format!("{}（{}）", chinese_date(self.end), day_name(self.end, self.calendar)),
        }
    }
}

/// Closed pauses in order, overlapping ones joined, empty ones dropped.
fn merged(pauses: &[Stopped]) -> Vec<Pause<'_>> {
    let closed = pauses.iter().filter_map(|pause| {
        let (first, last) = (later(pause.from, 1), pause.until?);
        (first <= last).then(|| Pause { first, last, reasons: BTreeSet::from([&*pause.reason]) })
    });
    let mut closed: Vec<Pause<'_>> = closed.collect();
    closed.sort_by_key(|pause| pause.first);
    let mut apart: Vec<Pause<'_>> = Vec::new();
    for pause in closed {
        match apart.last_mut() {
            Some(last) if pause.first <= last.last => {
                last.last = last.last.max(pause.last);
                last.reasons.extend(pause.reasons);
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

fn first_unpublished(mut years: RangeInclusive<i16>, calendar: &Calendar) -> Option<i16> {
    years.find(|year| !calendar.published(*year))
}

fn assumption(year: i16) -> String {
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
