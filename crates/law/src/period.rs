//! 期间: how long, in which days, and until when.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use crate::citation::Basis;

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

/// A due date and how it came about. 届满日
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// 名义届满日: not moved off a day off.
    pub nominal: Date,
    /// 法定届满日: moved.
    pub legal: Date,
    /// For periods in hours: the moment.
    pub moment: Option<DateTime>,
    /// Counted beyond the last published calendar year (暂定).
    pub provisional: bool,
    /// The steps, in order, as sentences.
    pub derivation: Vec<String>,
}
