//! `yifa report read` and `yifa report audit`: reports that others have written.

use std::path::PathBuf;

use audit::{Report, Verdict};
use law::Law;

use super::{Failure, files, say};
use crate::{audit as desk, clock::Clock, figures, place::Place};

/// 读出报告里的全部数据
#[derive(Debug, clap::Args)]
pub struct Read {
    /// 报告：TXT、HTML、DOCX 或者带文字的 PDF，可以几份
    #[arg(value_name = "文件", required = true)]
    files: Vec<PathBuf>,
    /// 每行一个 JSON 对象
    #[arg(long)]
    json: bool,
}

/// 核对报告里的数据和差错
#[derive(Debug, clap::Args)]
pub struct Audit {
    /// 报告：TXT、HTML、DOCX 或者带文字的 PDF；同一单位几年的报告放在一起时互相对照
    #[arg(value_name = "文件", required = true)]
    files: Vec<PathBuf>,
    /// 每行一个 JSON 对象
    #[arg(long)]
    json: bool,
    /// 与这个单位的台账对照
    #[arg(long, value_name = "名称", requires = "year")]
    organ: Option<String>,
    /// 台账的年度
    #[arg(long, value_name = "年", requires = "organ")]
    year: Option<i16>,
    /// 有这种结论时返回错误状态
    #[arg(long, value_name = "结论")]
    fail_on: Option<FailOn>,
    #[command(flatten)]
    place: Place,
}

/// What makes a script stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum FailOn {
    /// 前后矛盾、分类交叉
    Inconsistent,
    /// 任何疑点
    Doubt,
}

impl FailOn {
    /// Whether a verdict makes the script stop.
    fn stops(self, verdict: Verdict) -> bool {
        match self {
            Self::Doubt => verdict.is_doubt(),
            Self::Inconsistent => verdict.contradicts(),
        }
    }

    /// Fails where some of the verdicts make the script stop.
    pub(super) fn look(
        wanted: Option<Self>,
        verdicts: impl IntoIterator<Item = Verdict>,
    ) -> Result<(), Failure> {
        let Some(wanted) = wanted else { return Ok(()) };
        match verdicts.into_iter().filter(|verdict| wanted.stops(*verdict)).count() {
            0 => Ok(()),
            stopping => Err(Failure::said(format!("有{stopping}处疑点"))),
        }
    }
}

/// The files as reports, each with its name.
fn read(files: &[PathBuf], law: &Law) -> Result<Vec<(String, Report)>, Failure> {
    let rules = desk::rules(law);
    let mut reports = Vec::new();
    for file in files {
        let text = files::read(file)?.text;
        reports.push((file.display().to_string(), Report::read(&text, &rules)));
    }
    Ok(reports)
}

impl Read {
    pub fn run(&self) -> Result<(), Failure> {
        for (name, report) in read(&self.files, &Law::embedded())? {
            if !self.json {
                say!("{}", heading(&name, &report));
            }
            for (at, figure) in report.figures.iter().enumerate() {
                if self.json {
                    say!("{}", desk::figure_row(&name, &report, at));
                    continue;
                }
                let written = report.text.written(figure.range.clone());
                let (what, sure) = match &figure.stated {
                    Some(stated) => (stated.name.clone(), format!("{}%", stated.confidence)),
                    None => ("（不能确定是哪项指标）".to_owned(), String::new()),
                };
                say!("{:>6}  {written}　{what}　{sure}　{}", figure.range.start, figure.period);
            }
        }
        Ok(())
    }
}

impl Audit {
    pub fn run(&self) -> Result<(), Failure> {
        let law = self.place.law()?;
        let reports = read(&self.files, &law)?;
        let rules = desk::rules(&law);
        let statutes = law.statutes.widened();
        let mut verdicts = Vec::new();
        for (name, report) in &reports {
            let mut findings = report.audit(&rules);
            findings.extend(audit::citations(report, &statutes, &findings));
            if !self.json {
                say!("{}", heading(name, report));
            }
            for finding in &findings {
                verdicts.push(finding.verdict);
                if self.json {
                    say!("{}", desk::finding_row(name, report, finding));
                } else if finding.verdict.is_doubt() {
                    say!("【{}】{}", finding.verdict.chinese(), desk::quoted(report, finding));
                    say!("　　{}", finding.explanation);
                }
            }
            if !self.json && !findings.iter().any(|finding| finding.verdict.is_doubt()) {
                say!("没有发现疑点。");
            }
            self.against_ledger(name, report, &mut verdicts)?;
        }
        self.against_each_other(&reports, &rules, &mut verdicts);
        FailOn::look(self.fail_on, verdicts)
    }

    fn against_ledger(
        &self,
        name: &str,
        report: &Report,
        verdicts: &mut Vec<Verdict>,
    ) -> Result<(), Failure> {
        let (Some(organ), Some(year)) = (&self.organ, self.year) else { return Ok(()) };
        let office = self.place.office(Clock::Machine)?;
        let Some(organ) = figures::organ_named(&office, organ)? else {
            return Err(Failure::said(format!("错误：没有单位“{organ}”")));
        };
        for beside in desk::beside_ledger(&office, &organ, year, report)? {
            let list = figures::address(&beside.key, organ.path.as_str(), year);
            if !beside.agrees {
                verdicts.push(Verdict::Inconsistent);
            }
            if self.json {
                say!("{}", desk::beside_row(name, report, &beside, &list));
            } else if !beside.agrees {
                say!("【与台账不符】{}　清单：{list}", desk::said(report, &beside));
            }
        }
        Ok(())
    }

    fn against_each_other(
        &self,
        reports: &[(String, Report)],
        rules: &audit::Reading,
        verdicts: &mut Vec<Verdict>,
    ) {
        let names: Vec<String> = reports.iter().map(|(name, _)| name.clone()).collect();
        let all: Vec<&Report> = reports.iter().map(|(_, report)| report).collect();
        for recalled in audit::recalled(&all, rules) {
            verdicts.push(recalled.verdict);
            if self.json {
                say!("{}", desk::recalled_row(&names, &all, &recalled));
            } else if recalled.verdict.is_doubt() {
                say!("【几年对照】{}：{}", names[recalled.now.0], recalled.explanation);
            }
        }
    }
}

fn heading(name: &str, report: &Report) -> String {
    let year = report.setting.year.map_or_else(String::new, |year| format!("　{year}年"));
    format!("{name}：{}{year}，{}个数据", report.setting.organ, report.figures.len())
}
