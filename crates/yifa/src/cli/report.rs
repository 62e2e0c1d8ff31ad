//! `yifa figures` and `yifa report`: an organ's year in numbers and as a report.

use engine::figure::{Figure, Value, change};
use serde_json::json;

use super::Failure;
use crate::{clock::Clock, figures, office::Office, place::Place};

/// 一个单位一年的全部数据
#[derive(Debug, clap::Args)]
pub struct Figures {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    year: OrganYear,
    /// 每行一个 JSON 对象
    #[arg(long)]
    json: bool,
}

/// Whose year.
#[derive(Debug, clap::Args)]
pub struct OrganYear {
    /// 单位名称、简称或者路径
    #[arg(long, value_name = "名称")]
    organ: String,
    /// 年度
    #[arg(long, value_name = "年")]
    year: i16,
}

impl OrganYear {
    /// The organ, or an error that names some there are.
    fn organ(&self, office: &Office) -> Result<store::Organ, Failure> {
        match figures::organ_named(office, &self.organ)? {
            Some(organ) => Ok(organ),
            None => {
                let organs = office.store().read(office.county(), |read| read.organs())?;
                let some: Vec<&str> = organs.iter().take(8).map(|o| o.name.as_str()).collect();
                let some = some.join("、");
                Err(Failure::said(format!("错误：没有单位“{}”。有：{some} ……", self.organ)))
            }
        }
    }
}

impl Figures {
    pub fn run(&self) -> Result<(), Failure> {
        let office = self.place.office(Clock::Machine)?;
        let organ = self.year.organ(&office)?;
        let figures = figures::of_year(&office, &organ.path, self.year.year)?;
        if self.json {
            for figure in &figures {
                println!("{}", as_json(figure, &organ, self.year.year));
            }
            return Ok(());
        }
        println!("{}　{}年", organ.name, self.year.year);
        for figure in figures.iter().filter(|figure| !nothing(figure)) {
            let changed =
                figure.before.and_then(|before| change(figure.value, before)).unwrap_or_default();
            println!("{:<36} {}　{}　{changed}", figure.key.as_str(), figure.name, figure.value);
        }
        let empty = figures.iter().filter(|figure| nothing(figure)).count();
        println!("（另有{empty}个指标本年和上年都没有数据）");
        Ok(())
    }
}

/// Nothing was counted, this year or the last.
fn nothing(figure: &Figure) -> bool {
    figure.value.is_empty() && figure.before.is_none_or(|before| before.is_empty())
}

fn as_json(figure: &Figure, organ: &store::Organ, year: i16) -> serde_json::Value {
    let value = |value: Value| match value {
        Value::Amount(amount, unit) => {
            json!({"value": amount, "unit": engine::figure::unit_name(unit), "text": value.to_string()})
        }
        Value::Rate { good, among } => json!({
            "good": good, "among": among, "unit": "%", "text": value.to_string(),
        }),
    };
    json!({
        "key": figure.key,
        "name": figure.name,
        "organ": organ.path,
        "organ_name": organ.name,
        "year": year,
        "now": value(figure.value),
        "before": figure.before.map(value),
        "note": figure.note,
        "basis": figure.basis,
    })
}
