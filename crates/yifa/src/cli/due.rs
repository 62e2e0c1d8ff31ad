//! `yifa due`: a period, counted and explained.

use jiff::civil::{Date, DateTime};
use law::{
    Law,
    citation::Basis,
    period::{self, DayRule, FirstDay, LastDayOff, Period, Start, Stopped, Unit},
};

use super::{Failure, say};

/// 算一个期限：届满日和算法
#[derive(Debug, clap::Args)]
pub struct DueCommand {
    /// 起算日（或者按小时计的起算时刻，如 2025-01-28T23:20）
    #[arg(long, value_name = "日期")]
    from: String,
    /// 期间：15自然日、5工作日、1个月、2年、24小时
    #[arg(
        long,
        value_name = "期间",
        conflicts_with = "before",
        required_unless_present = "before"
    )]
    within: Option<String>,
    /// 从起算日往前倒数，如 6个月
    #[arg(long, value_name = "期间")]
    before: Option<String>,
    /// 不计入的时间，起止日期，如 2025-09-15..2025-09-20，可以写几次
    #[arg(long = "pause", value_name = "起..止")]
    pauses: Vec<String>,
    /// 批准延长的期间，如 30自然日，可以写几次
    #[arg(long = "extend", value_name = "期间")]
    extensions: Vec<String>,
    /// 开始的当日也计入（默认次日起算，民法典第二百零一条）
    #[arg(long)]
    first_day_counts: bool,
    /// 届满日遇休息日不顺延（默认顺延，民法典第二百零三条）
    #[arg(long)]
    no_roll: bool,
    /// 地区，加上该地区的节日放假
    #[arg(long, value_name = "地区")]
    region: Option<String>,
}

impl DueCommand {
    pub fn run(&self) -> Result<(), Failure> {
        let law = Law::embedded();
        let calendar = match &self.region {
            None => law.calendar.clone(),
            Some(region) => law.calendar.in_region(region).ok_or_else(|| {
                let known: Vec<&str> = law.calendar.regions().collect();
                let known =
                    if known.is_empty() { "（没有）".into() } else { known.join("、") };
                Failure::said(format!("错误：日历里没有地区“{region}”，已有：{known}"))
            })?,
        };
        let rule = DayRule {
            first_day: if self.first_day_counts { FirstDay::SameDay } else { FirstDay::NextDay },
            last_day_off: if self.no_roll { LastDayOff::Stays } else { LastDayOff::NextWorkday },
            basis: Basis::default(),
        };
        let start = self.start()?;
        let due = match (&self.within, &self.before) {
            (_, Some(before)) => period::due_before(&start, before.parse()?, &rule, &calendar),
            (Some(within), None) => {
                let within: Period = within.parse()?;
                if within.unit == Unit::Hour && !self.from.contains(['T', ' ']) {
                    let say = "错误：按小时计的期间从时刻起算，请写 --from 2025-01-28T23:20";
                    return Err(Failure::said(say));
                }
                let pauses = self.stopped()?;
                let extensions: Vec<Period> =
                    self.extensions.iter().map(|text| text.parse()).collect::<Result<_, _>>()?;
                period::due(&start, within, &rule, &pauses, &extensions, &calendar)
            }
            (None, None) => return Err(Failure::said("错误：请写 --within 或者 --before")),
        };
        match due.moment {
            Some(moment) => say!("届满：{}", engine::show::moment(moment)),
            None => say!("届满日：{}（{}）", due.legal, law::calendar::weekday_name(due.legal)),
        }
        if due.nominal != due.legal {
            say!("名义届满日：{}", due.nominal);
        }
        if due.provisional {
            say!("暂定：涉及的年度放假安排尚未公布，公布后须重算。");
        }
        for line in &due.derivation {
            say!("  {line}");
        }
        Ok(())
    }

    fn start(&self) -> Result<Start<'static>, Failure> {
        if let Ok(date) = self.from.parse::<Date>() {
            return Ok(Start::on(date, "起算"));
        }
        match self.from.replace(' ', "T").parse::<DateTime>() {
            Ok(moment) => Ok(Start::at(moment, "起算")),
            Err(_) => {
                Err(Failure::said(format!("错误：“{}”不是日期，请写成 2025-09-12", self.from)))
            }
        }
    }

    fn stopped(&self) -> Result<Vec<Stopped>, Failure> {
        let mut stops: Vec<Stopped> = Vec::new();
        for text in &self.pauses {
            let fault = || {
                Failure::said(format!("错误：“{text}”不是起止日期，请写成 2025-09-15..2025-09-20"))
            };
            let (from, until) = text.split_once("..").ok_or_else(fault)?;
            let from = from.parse().map_err(|_| fault())?;
            let until =
                if until.is_empty() { None } else { Some(until.parse().map_err(|_| fault())?) };
            if until.is_some_and(|until: Date| until < from) {
                return Err(Failure::said(format!("错误：“{text}”止日早于起日")));
            }
            stops.push(Stopped { from, until, reason: "中止".into() });
        }
        stops.sort_by_key(|stop| stop.from);
        Ok(stops)
    }
}
