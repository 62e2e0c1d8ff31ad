//! 亮灯: a light as a dot and words, never a colour alone.

use askama::{Template, filters::HtmlSafe};
use engine::deadline::{Clock, Light};
use jiff::civil::{Date, DateTime};
use law::{
    calendar::{Calendar, days_between},
    period::Unit,
    procedure::{Procedure, Within},
};
use store::Pressing;

/// A light with its words.
#[derive(Template, Clone)]
#[template(path = "parts/lamp.html")]
pub struct Lamp {
    /// Class of the stylesheet.
    pub class: &'static str,
    /// Words.
    pub text: String,
}

impl HtmlSafe for Lamp {}

impl Lamp {
    /// What a clock of a case shows today.
    pub fn of(procedure: &Procedure, clock: &Clock, calendar: &Calendar, today: Date) -> Self {
        let workdays = matches!(
            procedure.deadlines.get(&clock.deadline).map(|deadline| &deadline.within),
            Some(Within::Fixed(period)) if period.unit == Unit::Workday
        ) || matches!(
            procedure.deadlines.get(&clock.deadline).map(|deadline| &deadline.within),
            Some(Within::Param(_, Unit::Workday))
        );
        let left = left(clock.due.legal, workdays.then_some(calendar), today);
        match clock.light(today) {
            Light::Red => Self { class: "red", text: left },
            Light::Yellow => Self { class: "yellow", text: left },
            Light::Green => Self { class: "green", text: left },
            Light::Paused => Self { class: "paused", text: "中止计算".into() },
            Light::Theirs if clock.ended(today) => {
                Self { class: "theirs", text: "当事人期间已满".into() }
            }
            Light::Theirs => Self { class: "theirs", text: format!("当事人期间，{left}") },
            Light::Done if clock.met.is_none() => {
                Self { class: "done", text: "已办结，不再计算".into() }
            }
            Light::Done => Self { class: "done", text: "按期".into() },
            Light::DoneLate => Self { class: "done-late", text: "已办，超期".into() },
        }
    }

    /// For a list, where only the dates are at hand.
    pub fn pressing(pressing: &Pressing, today: Date) -> Self {
        let class = match pressing.light(today) {
            Light::Red => "red",
            Light::Yellow => "yellow",
            _ => "green",
        };
        Self { class, text: left(pressing.legal, None, today) }
    }
}

/// `剩 2 个工作日`, `今天到期`, `超期 2 天`.
fn left(due: Date, workdays: Option<&Calendar>, today: Date) -> String {
    match (days_between(today, due), workdays) {
        (0, _) => "今天到期".into(),
        (over @ ..0, _) => format!("超期 {} 天", -over),
        (_, Some(calendar)) => format!("剩 {} 个工作日", calendar.workdays_between(today, due)),
        (days, None) => format!("剩 {days} 天"),
    }
}

/// `2026-03-01`, with the hour where the period counts hours.
pub fn due_text(legal: Date, moment: Option<DateTime>) -> String {
    match moment {
        Some(moment) => format!("{legal} {:02}:{:02}", moment.hour(), moment.minute()),
        None => legal.to_string(),
    }
}
