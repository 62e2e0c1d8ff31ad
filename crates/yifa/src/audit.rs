//! 审读: reports that others have written, read from files and set against the ledger.

use std::{
    collections::HashMap,
    ops::Range,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use audit::{Figure, Finding, Reading, Recalled, Report, Verdict, figure::Qualifier};
use engine::figure::Value;
use law::{Law, indicator::Mapped, statute::Statutes};
use paper::reading;
use serde_json::{Map, Value as Json, json};
use store::StoreError;

use crate::{figures, office::Office};

/// Reports of which the reading is remembered.
const MOST_REMEMBERED: usize = 200;

/// The rules by which reports are read, and the reports read so far.
#[derive(Debug, Default)]
pub struct Audits {
    rules: OnceLock<Reading>,
    statutes: OnceLock<Statutes>,
    read: Mutex<HashMap<String, Arc<Result<Audited, String>>>>,
}

/// A report with everything that was found.
#[derive(Debug)]
pub struct Audited {
    /// The report.
    pub report: Report,
    /// What agrees and what does not.
    pub findings: Vec<Finding>,
}

impl Audited {
    /// What somebody ought to look at.
    pub fn doubts(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.verdict.is_doubt())
    }

    /// Where each doubt stands in the text, by its number from 1.
    pub fn stretches(&self) -> Vec<(usize, Range<usize>)> {
        let of = |finding: &Finding| {
            let figures = finding.figures.iter().map(|&one| self.report.figures[one].range.clone());
            figures.chain(finding.place.clone()).collect::<Vec<_>>()
        };
        let numbered = (1..).zip(self.doubts());
        numbered
            .flat_map(|(number, finding)| of(finding).into_iter().map(move |at| (number, at)))
            .collect()
    }
}

impl Audits {
    /// The rules of a law, read once.
    pub fn rules(&self, law: &Law) -> &Reading {
        self.rules.get_or_init(|| rules(law))
    }

    /// A text, read and audited.
    pub fn of_text(&self, law: &Law, text: &str) -> Audited {
        let rules = self.rules(law);
        let report = Report::read(text, rules);
        let mut findings = report.audit(rules);
        let statutes = self.statutes.get_or_init(|| law.statutes.widened());
        findings.extend(audit::citations(&report, statutes, &findings));
        Audited { report, findings }
    }

    /// A kept file, by its digest; `content` is asked for only where nobody has read it before.
    pub fn of_file<E>(
        &self,
        law: &Law,
        (name, digest): (&str, &str),
        content: impl FnOnce() -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Option<Arc<Result<Audited, String>>>, E> {
        if let Some(known) = self.remembered().get(digest) {
            return Ok(Some(Arc::clone(known)));
        }
        let Some(content) = content()? else { return Ok(None) };
        let audited = Arc::new(match reading::read(name, &content) {
            Ok(read) => Ok(self.of_text(law, &read.text)),
            Err(refusal) => Err(refusal.to_string()),
        });
        let mut remembered = self.remembered();
        if remembered.len() >= MOST_REMEMBERED {
            remembered.clear();
        }
        remembered.insert(digest.to_owned(), Arc::clone(&audited));
        Ok(Some(audited))
    }

    fn remembered(&self) -> MutexGuard<'_, HashMap<String, Arc<Result<Audited, String>>>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the law folder says about reading reports. 审读依据
pub fn rules(law: &Law) -> Reading {
    let (reading, faults) = Reading::parse(&law.sources);
    for fault in faults {
        tracing::error!("{}：{}", fault.path, fault.message);
    }
    reading
}

/// The words of a report that a finding is about.
pub fn quoted(report: &Report, finding: &Finding) -> String {
    match &finding.place {
        Some(place) => format!("“{}”", report.text.written(place.clone())),
        None if finding.figures.is_empty() => "全文".to_owned(),
        None => {
            let all = finding.figures.iter().map(|&at| {
                let figure = &report.figures[at];
                report.text.written(figure.range.clone())
            });
            all.collect::<Vec<_>>().join("、")
        }
    }
}

/// A figure as a row of `report read --json`.
pub fn figure_row(file: &str, report: &Report, at: usize) -> Json {
    let figure = &report.figures[at];
    let doc = Path::new(file).file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut row = Map::new();
    let mut put = |key: &str, value: Json| row.insert(key.to_owned(), value);
    put("file", json!(file));
    put("id", json!(format!("{doc}-{:03}", at + 1)));
    put("doc", json!(doc));
    put("sentence", json!(report.sentence(figure)));
    put("text", json!(report.text.written(figure.range.clone())));
    put("offset", json!(figure.range.start));
    put("num_text", json!(report.text.written(figure.numeral.clone())));
    put("num_offset", json!(figure.numeral.start));
    put("value", number(figure));
    put("unit", json!(figure.unit));
    put("qualifier", json!(figure.qualifier.name()));
    put("subject", json!(figure.subject));
    put("indicator", json!(figure.stated.as_ref().map(|stated| &stated.key)));
    put("indicator_zh", json!(figure.stated.as_ref().map(|stated| &stated.name)));
    put("period", json!(figure.period));
    put("org", json!(report.setting.organ));
    if let Some(direction) = figure.direction {
        put("direction", json!(direction.name()));
        put("base_period", json!(figure.base_period));
    }
    if let Some(stated) = &figure.stated {
        put("confidence", json!(f64::from(stated.confidence) / 100.0));
        put("words", json!(stated.words));
    } else {
        put("candidates", json!(figure.candidates));
    }
    Json::Object(row)
}

fn number(figure: &Figure) -> Json {
    match figure.value.as_whole().and_then(|whole| i64::try_from(whole).ok()) {
        Some(whole) => json!(whole),
        None => json!(figure.value.rough()),
    }
}

/// A finding as a row of `report audit --json`.
pub fn finding_row(file: &str, report: &Report, finding: &Finding) -> Json {
    let figures: Vec<&Figure> = finding.figures.iter().map(|&at| &report.figures[at]).collect();
    let key = |figure: &&Figure| figure.stated.as_ref().map(|stated| stated.key.clone());
    let mut row = json!({
        "file": file,
        "type": finding.kind,
        "figures": figures.iter().map(|figure| figure.numeral.start).collect::<Vec<_>>(),
        "indicators": figures.iter().map(key).collect::<Vec<_>>(),
        "expression": finding.expression,
        "computed": finding.computed,
        "stated": finding.stated,
        "verdict": finding.verdict.name(),
        "explanation": finding.explanation,
    });
    if let Some(place) = &finding.place {
        row["offset"] = json!(place.start);
        row["text"] = json!(report.text.written(place.clone()));
    }
    row
}

/// A number of an earlier report recalled by a later one, as a row of `report audit --json`.
pub fn recalled_row(files: &[String], reports: &[&Report], recalled: &Recalled) -> Json {
    let offset = |(report, figure): (usize, usize)| reports[report].figures[figure].numeral.start;
    json!({
        "file": files[recalled.now.0],
        "type": "last_year",
        "figures": [offset(recalled.now)],
        "earlier_file": files[recalled.then.0],
        "earlier_figures": [offset(recalled.then)],
        "indicators": [recalled.key],
        "expression": recalled.expression,
        "computed": null,
        "stated": null,
        "verdict": recalled.verdict.name(),
        "explanation": recalled.explanation,
    })
}

/// A figure of a report beside the ledger's own. 与台账对照
#[derive(Clone, Debug)]
pub struct Beside {
    /// The figure of the report.
    pub figure: usize,
    /// The ledger's key, whose list can be opened.
    pub key: String,
    /// The indicator's name in the ledger.
    pub name: String,
    /// What the ledger has.
    pub ledger: String,
    /// Whether they agree, as far as the report is exact.
    pub agrees: bool,
}

/// Sets every figure whose indicator is kept here against the ledger of an organ and year.
pub fn beside_ledger(
    office: &Office,
    organ: &store::Organ,
    year: i16,
    report: &Report,
) -> Result<Vec<Beside>, StoreError> {
    Ok(beside(office.law(), &figures::of_year(office, &organ.path, year)?, year, report))
}

/// Sets every figure whose indicator is among those kept of a year against them.
pub fn beside(
    law: &Law,
    kept: &[engine::figure::Figure],
    year: i16,
    report: &Report,
) -> Vec<Beside> {
    let mut found = Vec::new();
    for (at, figure) in report.figures.iter().enumerate() {
        let Some(stated) = &figure.stated else { continue };
        let Some(mapped) = law.keys.keys.get(&stated.key) else { continue };
        let Some(own) = kept.iter().find(|own| own.key == *mapped.key()) else { continue };
        if figure.period.get(..4) != Some(&year.to_string()) {
            continue;
        }
        let Some((shown, value)) = held(mapped, own) else { continue };
        found.push(Beside {
            figure: at,
            key: own.key.to_string(),
            name: own.name.clone(),
            ledger: shown,
            agrees: agrees(figure, value),
        });
    }
    found
}

/// What the ledger has for a published key, in words and as a number.
fn held(mapped: &Mapped, own: &engine::figure::Figure) -> Option<(String, f64)> {
    let share = |value: Value| match value {
        Value::Rate { good, among } if among > 0 => Some(100.0 * good as f64 / among as f64),
        _ => None,
    };
    match mapped {
        Mapped::Value(_) => {
            let number = own.value.number().replace(',', "").parse().ok()?;
            Some((own.value.to_string(), number))
        }
        Mapped::Rate(_) => Some((own.value.to_string(), share(own.value)?)),
        Mapped::Change(_) => {
            let before = own.before?;
            let moved = match (own.value, before) {
                (Value::Amount(now, _), Value::Amount(before, _)) if before != 0 => {
                    100.0 * (now - before) as f64 / before as f64
                }
                (now, before) => share(now)? - share(before)?,
            };
            Some((engine::figure::change(own.value, before)?, moved))
        }
        Mapped::Limit(limit) => {
            Some((format!("{}{}", limit.number, limit.unit), limit.number as f64))
        }
    }
}

fn agrees(figure: &Figure, ledger: f64) -> bool {
    let stated = figure.value.rough();
    let step = figure.factor as f64 / 10_f64.powi(i32::from(figure.written.places()));
    match figure.qualifier {
        Qualifier::AtLeast => ledger >= stated,
        Qualifier::AtMost => ledger <= stated,
        Qualifier::Approx => (ledger - stated).abs() <= (stated.abs() * 0.1).max(step),
        Qualifier::Exact
            if figure.written.places() == 0 && figure.factor == 1 && figure.unit != "%" =>
        {
            (ledger - stated).abs() < 1e-9
        }
        _ => (ledger - stated).abs() < step,
    }
}

/// A difference from the ledger as a row of `report audit --json`.
pub fn beside_row(file: &str, report: &Report, beside: &Beside, list: &str) -> Json {
    let figure = &report.figures[beside.figure];
    let verdict = if beside.agrees { Verdict::Consistent } else { Verdict::Inconsistent };
    json!({
        "file": file,
        "type": "ledger",
        "figures": [figure.numeral.start],
        "indicators": [figure.stated.as_ref().map(|stated| stated.key.clone())],
        "expression": format!("{} = {}", report.text.written(figure.range.clone()), beside.ledger),
        "computed": null,
        "stated": number(figure),
        "verdict": verdict.name(),
        "explanation": said(report, beside),
        "list": list,
    })
}

/// A difference from the ledger in words.
pub fn said(report: &Report, beside: &Beside) -> String {
    let written = report.text.written(report.figures[beside.figure].range.clone());
    if beside.agrees {
        format!("{}：报告写{written}，台账为{}，相符。", beside.name, beside.ledger)
    } else {
        format!("{}：报告写{written}，台账为{}，不符，请核对清单。", beside.name, beside.ledger)
    }
}
