//! `yifa simulate`: a year of acts whose figures come out at given totals.

use std::path::PathBuf;

use engine::figure::{self, Value, year};
use law::indicator::{Limit, Mapped};

use super::{Failure, demo::progress, say, serve};
use crate::{
    clock::Clock,
    figures,
    place::Place,
    play::{
        demonstration::Demonstration,
        totals::{self, Total},
        year::{Simulated, simulate},
    },
};

/// 按给定的数据演一年的工作：每个数都由办过的案件得出
#[derive(Debug, clap::Args)]
pub struct Simulate {
    /// 单位名称，如 常平镇
    #[arg(long, value_name = "名称")]
    organ: String,
    /// 年度
    #[arg(long, value_name = "年")]
    year: i16,
    /// 数据文件：每行“指标<制表符>数值”
    #[arg(long, value_name = "文件.tsv")]
    totals: PathBuf,
    /// 数据库；默认 data/simulate-<单位>-<年>.db
    #[arg(long, value_name = "路径或地址")]
    db: Option<String>,
    /// 本地的法文件夹
    #[arg(long, value_name = "文件夹")]
    law: Option<PathBuf>,
    /// 演示县的文件夹（用它的机关和人员），不写就用随程序带的
    #[arg(long, value_name = "文件夹")]
    files: Option<PathBuf>,
}

impl Simulate {
    pub fn run(&self) -> Result<(), Failure> {
        serve::log();
        let db = self.db.clone();
        let place = Place {
            db: db.unwrap_or_else(|| format!("data/simulate-{}-{}.db", self.organ, self.year)),
            law: self.law.clone(),
            county: None,
        };
        if place.exists() && !place.store()?.counties()?.is_empty() {
            let say = format!("错误：数据库{}里已有内容，请换一个 --db 或者先删掉它", place.db);
            return Err(Failure::said(say));
        }
        let text = std::fs::read_to_string(&self.totals)
            .map_err(|error| format!("数据文件{}读不了：{error}", self.totals.display()))?;
        let law = place.law()?;
        let totals = totals::read(&text, &law)?;
        if totals.known.is_empty() {
            return Err(Failure::said("错误：没有一个指标是现有程序能统计的"));
        }
        for key in &totals.unknown {
            say!("跳过：{key}（还没有程序统计它）");
        }
        let county = Demonstration::read(self.files.as_deref())?.county;
        let bar = progress();
        let simulated =
            simulate(&place, law, county, &self.organ, self.year, &totals.known, |done, total| {
                bar.set_length(total);
                bar.set_position(done);
            })?;
        bar.finish_and_clear();
        for (name, from) in &simulated.later {
            say!("说明：“{name}”的程序文件自{from}起施行，更早的也按这一版演算");
        }
        say!("办理{}次，案件{}件。", simulated.outcome.acts, simulated.outcome.cases);
        self.compare(&place, &totals.known, &simulated)?;
        say!("数据库：{}", place.db);
        Ok(())
    }

    /// Measures the year like any other and sets it beside what was given.
    fn compare(
        &self,
        place: &Place,
        totals: &[Total],
        simulated: &Simulated,
    ) -> Result<(), Failure> {
        let office = place.office(Clock::Machine)?;
        let measured = figures::of_year(&office, &simulated.organ, self.year)?;
        let mut off = 0;
        for total in totals {
            if let Mapped::Limit(limit) = &total.means {
                let same = total.text.parse::<f64>().ok() == Some(limit.number as f64);
                let mark = if same { "相符" } else { "不符" };
                let Limit { name, number, unit, .. } = limit;
                say!("{mark}：{name} 给定{}，程序文件规定{number}{unit}", total.text);
                off += usize::from(!same);
                continue;
            }
            let key = total.means.key();
            let Some(found) = measured.iter().find(|figure| figure.key == *key) else { continue };
            let (given, reached, same) = compared(total, found.value, found.before);
            let mark = if same { "相符" } else { "不符" };
            say!("{mark}：{} 给定{given}，演得{reached}", found.name);
            off += usize::from(!same);
        }
        let span = year(self.year);
        say!("期间：{}至{}", span.from, span.to);
        if off > 0 {
            return Err(Failure::said(format!("错误：有{off}个数没有演出来")));
        }
        Ok(())
    }
}

/// A given number, the one reached, and whether they agree as far as the given one was written.
fn compared(total: &Total, now: Value, before: Option<Value>) -> (String, String, bool) {
    match &total.means {
        Mapped::Value(_) if matches!(now, Value::Mean { .. }) => {
            let reached = now.number().replace(',', "").parse().unwrap_or_default();
            (total.text.clone(), now.to_string(), close(&total.text, reached))
        }
        Mapped::Value(_) | Mapped::Limit(_) => {
            let reached = now.number();
            let same = reached.replace(',', "").parse::<f64>().ok() == total.text.parse().ok();
            (total.text.clone(), now.to_string(), same)
        }
        Mapped::Rate(_) => {
            let reached = match now {
                Value::Rate { good, among } if among > 0 => 100.0 * good as f64 / among as f64,
                _ => 0.0,
            };
            (format!("{}%", total.text), now.to_string(), close(&total.text, reached))
        }
        Mapped::Change(_) => {
            let reached = match (now, before) {
                (Value::Amount(now, _), Some(Value::Amount(before, _))) if before != 0 => {
                    100.0 * (now - before) as f64 / before as f64
                }
                (
                    Value::Rate { good, among },
                    Some(Value::Rate { good: earlier, among: earlier_among }),
                ) if among > 0 && earlier_among > 0 => {
                    let share = |good: i64, among: i64| 100.0 * good as f64 / among as f64;
                    share(good, among) - share(earlier, earlier_among)
                }
                _ => 0.0,
            };
            let words = before.and_then(|before| figure::change(now, before)).unwrap_or_default();
            (format!("{}%", total.text), words, close(&total.text, reached))
        }
    }
}

/// Within one unit of the last place that was written: rounded or cut off.
fn close(text: &str, reached: f64) -> bool {
    let decimals = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let step = (0..decimals).fold(1.0, |step, _| step / 10.0);
    text.parse::<f64>().is_ok_and(|given| (given - reached).abs() < step)
}
