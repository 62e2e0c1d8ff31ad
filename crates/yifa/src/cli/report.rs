//! `yifa figures` and `yifa report`: an organ's year in numbers and as a report.

use std::path::{Path, PathBuf};

use ::audit::Verdict;
use engine::figure::{Figure, Value, change};
use paper::report::Weight;
use serde_json::json;

use super::{Failure, audit, say};
use crate::{
    audit::{quoted, said},
    clock::Clock,
    figures,
    office::Office,
    place::Place,
    report,
};

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

/// 年度报告
#[derive(Debug, clap::Subcommand)]
pub enum Report {
    /// 由账目写出年度报告
    Write(Write),
    /// 读出别人的报告里的全部数据
    Read(audit::Read),
    /// 核对别人的报告：比率、合计、同比、差错
    Audit(audit::Audit),
}

/// 由账目写出年度报告
#[derive(Debug, clap::Args)]
pub struct Write {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    year: OrganYear,
    /// 写到哪里：.docx、.pdf、.html 或者 .xlsx（数据和口径），可以写几次
    #[arg(long, value_name = "文件", required = true)]
    out: Vec<PathBuf>,
    /// 提纲的标识；默认按单位的类别和年度选
    #[arg(long, value_name = "提纲")]
    outline: Option<String>,
    /// 手写的部分：“# 引言”“# 章题”下面是正文，正文里另起一行写节题、点题；代替报告案里写的那几章
    #[arg(long, value_name = "文件.md")]
    written: Option<PathBuf>,
    /// 有这种结论时，写完文件后返回错误状态
    #[arg(long, value_name = "结论")]
    fail_on: Option<audit::FailOn>,
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
                say!("{}", as_json(figure, &organ, self.year.year));
            }
            return Ok(());
        }
        say!("{}　{}年", organ.name, self.year.year);
        for figure in figures.iter().filter(|figure| !nothing(figure)) {
            let changed =
                figure.before.and_then(|before| change(figure.value, before)).unwrap_or_default();
            say!("{:<36} {}　{}　{changed}", figure.key.as_str(), figure.name, figure.value);
        }
        let empty = figures.iter().filter(|figure| nothing(figure)).count();
        say!("（另有{empty}个指标本年和上年都没有数据）");
        Ok(())
    }
}

impl Report {
    pub fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Write(write) => write.run(),
            Self::Read(read) => read.run(),
            Self::Audit(audit) => audit.run(),
        }
    }
}

impl Write {
    fn run(&self) -> Result<(), Failure> {
        for file in &self.out {
            kind(file)?;
        }
        let office = self.place.office(Clock::Machine)?;
        let organ = self.year.organ(&office)?;
        let year = self.year.year;
        let outline = report::outline(&office, &organ, year, self.outline.as_deref())?;
        say!("提纲：{}（{}）", outline.name, outline.id);
        let mut written = report::kept_by_chapters(&office, &organ, year, outline)?;
        if let Some(file) = &self.written {
            let text = std::fs::read_to_string(file)
                .map_err(|error| format!("手写部分{}读不了：{error}", file.display()))?;
            written.extend(report::written(&text));
        }
        let draft = report::draft(&office, &organ, year, outline, &written)?;
        for file in &self.out {
            let bytes = self.bytes(file, &draft, &office)?;
            std::fs::write(file, bytes)
                .map_err(|error| format!("{}写不了：{error}", file.display()))?;
            say!("已写：{}", file.display());
        }
        for check in &draft.report.checks {
            let weight = match check.weight {
                Weight::Missing => "缺项",
                Weight::Doubt => "存疑",
                Weight::Working => "算式",
            };
            say!("{weight}：{}　{}", check.place, check.what);
        }
        let reviewed = draft.review(&office);
        summarise(&reviewed);
        let differing = reviewed.differing.iter().map(|_| Verdict::Inconsistent);
        let found = reviewed.audited.findings.iter().map(|finding| finding.verdict);
        audit::FailOn::look(self.fail_on, found.chain(differing))
    }

    fn bytes(
        &self,
        file: &Path,
        draft: &report::Draft,
        office: &Office,
    ) -> Result<Vec<u8>, Failure> {
        let paper = &draft.report.paper;
        Ok(match kind(file)? {
            Kind::Docx => paper::docx::write(paper),
            Kind::Html => paper::html::standalone(paper).into_bytes(),
            Kind::Pdf => {
                let printed = paper::pdf::write(paper, paper::pdf::Fonts::installed()?);
                if !printed.missing.is_empty() {
                    let missing: String = printed.missing.iter().collect();
                    say!("提醒：本机的字体里没有这些字，PDF 里是空框：{missing}");
                }
                printed.file
            }
            Kind::Xlsx => {
                let today = office.clock().today();
                let about = vec![
                    ("单位".into(), draft.organ.name.clone()),
                    ("年度".into(), format!("{}年", self.year.year)),
                    ("填报日期".into(), engine::show::date(today)),
                ];
                let title = format!("{}{}年法治政府建设数据", draft.organ.name, self.year.year);
                paper::xlsx::figures(&title, about, &draft.figures, today)?
            }
        })
    }
}

/// What the audit of the draft found, beside what was written.
fn summarise(report::Reviewed { audited, differing }: &report::Reviewed) {
    let doubts = audited.doubts().count() + differing.len();
    let figures = audited.report.figures.len();
    eprintln!("审读：{figures}个数据，疑点{doubts}处");
    for finding in audited.doubts() {
        let quoted = quoted(&audited.report, finding);
        eprintln!("【{}】{quoted}　{}", finding.verdict.chinese(), finding.explanation);
    }
    for one in differing {
        eprintln!("【与台账不符】{}", said(&audited.report, one));
    }
}

/// The formats a report can be written in.
#[derive(Clone, Copy)]
enum Kind {
    Docx,
    Pdf,
    Html,
    Xlsx,
}

fn kind(file: &Path) -> Result<Kind, Failure> {
    let ending = file.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    Ok(match ending.to_ascii_lowercase().as_str() {
        "docx" => Kind::Docx,
        "pdf" => Kind::Pdf,
        "html" | "htm" => Kind::Html,
        "xlsx" => Kind::Xlsx,
        _ => {
            let say = "错误：--out 的文件名以 .docx、.pdf、.html 或者 .xlsx 结尾";
            return Err(Failure::said(say));
        }
    })
}

/// Nothing was counted, this year or the last.
fn nothing(figure: &Figure) -> bool {
    figure.value.is_empty() && figure.before.is_none_or(|before| before.is_empty())
}

fn as_json(figure: &Figure, organ: &store::Organ, year: i16) -> serde_json::Value {
    let value = |value: Value| match value {
        Value::Amount(amount, unit) => {
            json!({"value": amount, "unit": unit.name(), "text": value.to_string()})
        }
        Value::Rate { good, among } => json!({
            "good": good, "among": among, "unit": "%", "text": value.to_string(),
        }),
        Value::Mean { sum, count, unit } => json!({
            "sum": sum, "count": count, "unit": unit.name(), "text": value.to_string(),
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
