//! 工作日历: which days are days off, year by year, as the State Council published them.
//!
//! `law/calendar/<year>.toml` holds one notice a year, with every day off that it arranges and
//! every weekend day it turns into a working day (调休上班). Beyond the last year published a
//! calendar still answers, taking Monday to Friday for working days, but says through
//! [`Calendar::published`] that it is only assuming.

use std::{collections::BTreeMap, ops::RangeInclusive};

use jiff::{
    Span, ToSpan,
    civil::{Date, Weekday, date},
};

use crate::{
    diagnostic::Diagnostic,
    source::SourceFile,
    toml_file::{Item, Table, TomlFile},
};

/// Working days and days off. 工作日历
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    /// What it is called in a derivation; empty while it knows no year.
    edition: String,
    /// Years whose notice has been read, in order.
    years: Vec<i16>,
    /// What the notices arrange, in order of the first day.
    festivals: Vec<Festival>,
    /// 地方放假: what regions add (全国年节及纪念日放假办法第四条), by region.
    regional: BTreeMap<String, Vec<Festival>>,
    /// The counted part of it.
    tally: Tally,
}

/// One festival as a notice arranges it. 节日安排
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Festival {
    /// 节日名称.
    pub name: String,
    /// 文号 of the notice.
    pub notice: String,
    /// 放假.
    pub off: RangeInclusive<Date>,
    /// 调休上班.
    pub work: Vec<Date>,
}

/// What a day is. 某日的性质
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day<'a> {
    /// 工作日.
    Workday,
    /// 调休上班: a weekend day worked for this festival.
    MakeUp(&'a Festival),
    /// 周六、周日.
    Weekend,
    /// 放假.
    Holiday(&'a Festival),
}

/// How many working days there are up to each day that the notices cover.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Tally {
    first: Option<Date>,
    /// `upto[i]`: working days from `first` to `first + i`, both included.
    upto: Vec<u32>,
}

impl Calendar {
    /// A calendar made of these years, festivals and regional additions.
    pub fn new(
        mut years: Vec<i16>,
        mut festivals: Vec<Festival>,
        regional: BTreeMap<String, Vec<Festival>>,
    ) -> Self {
        years.sort_unstable();
        years.dedup();
        festivals.sort_by_key(|festival| *festival.off.start());
        let edition = match (years.first(), years.last()) {
            (Some(first), Some(last)) if first != last => {
                format!("国务院放假安排（{first}—{last}年）")
            }
            (Some(year), _) => format!("国务院放假安排（{year}年）"),
            _ => String::new(),
        };
        let tally = Tally::of(&years, &festivals);
        Self { edition, years, festivals, regional, tally }
    }

    /// Reads the files under `calendar/`; says what is wrong with them.
    pub fn parse(files: &[SourceFile]) -> (Self, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let (mut years, mut festivals, mut regional) = (Vec::new(), Vec::new(), BTreeMap::new());
        for source in files.iter().filter(|source| source.path.starts_with("calendar/")) {
            let file = TomlFile::parse(&source.path, &source.text);
            if let Some(notice) = read_notice(&file) {
                match notice.region {
                    Some(region) => {
                        regional.entry(region).or_insert_with(Vec::new).extend(notice.festivals);
                    }
                    None => {
                        years.push(notice.year);
                        festivals.extend(notice.festivals);
                    }
                }
            }
            diagnostics.extend(file.into_faults());
        }
        (Self::new(years, festivals, regional), diagnostics)
    }

    /// The same calendar with the days off that a region adds; `None` if it knows no such region.
    pub fn in_region(&self, region: &str) -> Option<Self> {
        let added = self.regional.get(region)?;
        let festivals = self.festivals.iter().chain(added).cloned().collect();
        let mut calendar = Self::new(self.years.clone(), festivals, self.regional.clone());
        calendar.edition.push_str(&format!("及{region}放假安排"));
        Some(calendar)
    }

    /// The regions that add days off.
    pub fn regions(&self) -> impl Iterator<Item = &str> {
        self.regional.keys().map(String::as_str)
    }

    /// What the calendar is called in a derivation: `国务院放假安排（2016—2026年）`.
    pub fn edition(&self) -> &str {
        &self.edition
    }

    /// Every festival, in order.
    pub fn festivals(&self) -> &[Festival] {
        &self.festivals
    }

    /// Whether the notice of this year has been read. 该年放假安排已公布
    pub fn published(&self, year: i16) -> bool {
        self.years.binary_search(&year).is_ok()
    }

    /// The last year whose notice has been read.
    pub fn last_published(&self) -> Option<i16> {
        self.years.last().copied()
    }

    /// Whether people work on this day. 工作日, make-up days included.
    pub fn is_working_day(&self, day: Date) -> bool {
        match self.tally.index(day) {
            Some(0) => self.tally.upto[0] == 1,
            Some(index) => self.tally.upto[index] > self.tally.upto[index - 1],
            None => !is_weekend(day),
        }
    }

    /// Whether the day is a 法定休假日 in the sense of 民法典第二百零三条: a weekend day that is
    /// not worked, or a day off by notice.
    pub fn is_day_off(&self, day: Date) -> bool {
        !self.is_working_day(day)
    }

    /// What this day is, with the festival it belongs to.
    pub fn day(&self, day: Date) -> Day<'_> {
        let arranged = self.festivals.iter().rev();
        for festival in arranged {
            if festival.work.contains(&day) {
                return Day::MakeUp(festival);
            }
            if festival.off.contains(&day) {
                return Day::Holiday(festival);
            }
        }
        if is_weekend(day) { Day::Weekend } else { Day::Workday }
    }

    /// Working days after `from` up to and including `to`; negative if `to` is earlier.
    pub fn workdays_between(&self, from: Date, to: Date) -> i64 {
        self.tally.up_to(to) - self.tally.up_to(from)
    }

    /// The `count`-th working day after this day; the day itself if `count` is 0.
    pub fn nth_workday_after(&self, day: Date, count: u32) -> Date {
        let count = i64::from(count);
        let ahead = |days: i64| self.workdays_between(day, later(day, days)) >= count;
        later(day, first_that(window(count), ahead))
    }

    /// The `count`-th working day before this day; the day itself if `count` is 0.
    pub fn nth_workday_before(&self, day: Date, count: u32) -> Date {
        let count = i64::from(count);
        let eve = later(day, -1);
        let behind = |days: i64| self.workdays_between(later(eve, -days), eve) >= count;
        match first_that(window(count), behind) {
            0 => day,
            days => later(day, -days),
        }
    }

    /// This day, or the first working day after it. 顺延
    pub fn workday_on_or_after(&self, day: Date) -> Date {
        if self.is_working_day(day) { day } else { self.nth_workday_after(day, 1) }
    }

    /// This day, or the last working day before it. 提前
    pub fn workday_on_or_before(&self, day: Date) -> Date {
        if self.is_working_day(day) { day } else { self.nth_workday_before(day, 1) }
    }
}

impl Tally {
    fn of(years: &[i16], festivals: &[Festival]) -> Self {
        let (Some(&first_year), Some(&last_year)) = (years.first(), years.last()) else {
            return Self::default();
        };
        let touched = festivals.iter().flat_map(Festival::days);
        let (mut first, mut last) = (date(first_year, 1, 1), date(last_year, 12, 31));
        for day in touched {
            first = first.min(day);
            last = last.max(day);
        }
        let mut works: Vec<bool> = first
            .series(1.day())
            .take_while(|day| *day <= last)
            .map(|day| !is_weekend(day))
            .collect();
        for festival in festivals {
            festival.days_off().for_each(|day| works[offset(first, day)] = false);
            festival.work.iter().for_each(|day| works[offset(first, *day)] = true);
        }
        let mut count = 0;
        let upto = works.into_iter().map(|works| {
            count += u32::from(works);
            count
        });
        Self { first: Some(first), upto: upto.collect() }
    }

    fn index(&self, day: Date) -> Option<usize> {
        let first = self.first?;
        (day >= first).then(|| offset(first, day)).filter(|index| *index < self.upto.len())
    }

    /// Working days from an arbitrary fixed day up to and including this one.
    fn up_to(&self, day: Date) -> i64 {
        let Some(first) = self.first else {
            return weekdays_up_to(day);
        };
        if day < first {
            return weekdays_up_to(day) - weekdays_up_to(later(first, -1));
        }
        let index = offset(first, day);
        let last = self.upto.len() - 1;
        match self.upto.get(index) {
            Some(count) => i64::from(*count),
            None => {
                let end = later(first, last as i64);
                i64::from(self.upto[last]) + weekdays_up_to(day) - weekdays_up_to(end)
            }
        }
    }
}

impl Festival {
    /// Its days off, one by one.
    pub fn days_off(&self) -> impl Iterator<Item = Date> {
        let end = *self.off.end();
        self.off.start().series(1.day()).take_while(move |day| *day <= end)
    }

    fn days(&self) -> impl Iterator<Item = Date> {
        [*self.off.start(), *self.off.end()].into_iter().chain(self.work.iter().copied())
    }
}

/// One file: the notice of a year, or what a region adds.
struct Notice {
    year: i16,
    region: Option<String>,
    festivals: Vec<Festival>,
}

fn read_notice(file: &TomlFile<'_>) -> Option<Notice> {
    let root = file.root();
    let year = root.need("year", "year = 2027", "").and_then(|item| {
        let year = i16::try_from(item.int()?).ok().filter(|year| (1950..=2200).contains(year));
        if year.is_none() {
            item.wrong("四位年份");
        }
        year
    });
    let notice = root.need("notice", "notice = \"通知的文号\"", "放假安排以通知为准");
    let notice = notice.and_then(|item| item.words()).unwrap_or_default();
    let region = root.get("region").and_then(|item| item.words()).map(str::to_owned);
    let written = root.get("festival").map(|item| item.list()).unwrap_or_default();
    let tables = written.iter().filter_map(Item::table);
    let festivals = tables.filter_map(|table| read_festival(table, notice)).collect();
    root.close();
    Some(Notice { year: year?, region, festivals })
}

fn read_festival(table: Table<'_>, notice: &str) -> Option<Festival> {
    let name = table.need("name", "name = \"国庆节\"", "").and_then(|item| item.words());
    let own_notice = table.get("notice").and_then(|item| item.words());
    let off = table.need("off", "off = \"2027-10-01..2027-10-07\"", "");
    let off = off.and_then(|item| read_range(&item));
    let work = table.get("work").map(|item| item.list()).unwrap_or_default();
    let work = work.iter().filter_map(Item::date).collect();
    table.close();
    let notice = own_notice.unwrap_or(notice).to_owned();
    Some(Festival { name: name?.to_owned(), notice, off: off?, work })
}

/// `2026-01-01..2026-01-03`, or one day. No notice gives more than 40 days off in a row.
fn read_range(item: &Item<'_>) -> Option<RangeInclusive<Date>> {
    let text = item.text()?;
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    let ends = from.trim().parse().ok().zip(to.trim().parse().ok());
    let range = ends.filter(|(from, to)| (0..40).contains(&days_between(*from, *to)));
    if range.is_none() {
        let fault = item.error("E0321", format!("“{text}”不是放假的起止日期"));
        item.report(
            fault.instead("写一日 \"2027-01-01\" 或起止日 \"2027-10-01..2027-10-07\"，先早后晚"),
        );
    }
    range.map(|(from, to)| from..=to)
}

/// Days after `from` up to and including `to`; negative if `to` is earlier. 自然日
pub fn days_between(from: Date, to: Date) -> i64 {
    i64::from((to - from).get_days())
}

/// Whether the day is a Saturday or a Sunday.
pub fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// `星期一`.
pub fn weekday_name(day: Date) -> &'static str {
    match day.weekday() {
        Weekday::Monday => "星期一",
        Weekday::Tuesday => "星期二",
        Weekday::Wednesday => "星期三",
        Weekday::Thursday => "星期四",
        Weekday::Friday => "星期五",
        Weekday::Saturday => "星期六",
        Weekday::Sunday => "星期日",
    }
}

/// The day so many days later; never past the ends of the calendar of the world.
pub(crate) fn later(day: Date, days: i64) -> Date {
    day.saturating_add(Span::new().days(days.clamp(-1_000_000, 1_000_000)))
}

fn offset(first: Date, day: Date) -> usize {
    days_between(first, day) as usize
}

/// Mondays to Fridays from Monday 5 January 1970 up to and including this day.
fn weekdays_up_to(day: Date) -> i64 {
    let days = days_between(date(1970, 1, 5), day);
    days.div_euclid(7) * 5 + (days.rem_euclid(7) + 1).min(5)
}

/// No stretch of this many days holds fewer than `count` working days.
fn window(count: i64) -> i64 {
    count * 2 + 60
}

/// The least number from 0 to `most` for which a rising condition holds.
fn first_that(most: i64, holds: impl Fn(i64) -> bool) -> i64 {
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}
