//! 期间: how long, in which days, and until when.
//!
//! [`Period`] says which days it means; [`due`] counts them.

mod count;

use std::{fmt, str::FromStr};

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

pub use count::{due, due_before, posted_in_time, served_by_public_notice};

use crate::citation::{Basis, numeral_value};

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
        let count = number.parse().ok().or_else(|| numeral_value(number)).ok_or_else(fault)?;
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
        Self { on, moment: None, event }
    }

    /// From a moment, for periods in hours.
    pub fn at(moment: DateTime, event: &'a str) -> Self {
        Self { on: moment.date(), moment: Some(moment), event }
    }

    /// The moment; where only the day is known its first, which is the strict reading.
    pub(crate) fn moment(&self) -> DateTime {
        self.moment.unwrap_or_else(|| self.on.at(0, 0, 0, 0))
    }
}

/// `2025年11月12日`.
pub fn chinese_date(day: Date) -> String {
    format!("{}年{}", day.year(), chinese_day(day))
}

/// `2025年11月12日15时20分`.
pub fn chinese_moment(moment: DateTime) -> String {
    format!("{}{}时{:02}分", chinese_date(moment.date()), moment.hour(), moment.minute())
}

/// `11月12日`.
pub fn chinese_day(day: Date) -> String {
    format!("{}月{}日", day.month(), day.day())
}
