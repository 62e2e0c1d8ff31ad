//! Measures the reader against labelled reports: `cargo xtask measure reading --seeds FOLDER`.
//!
//! The folder holds the reports (`000_….txt`), their figures (`seeds.jsonl`), the relations between
//! them (`seeds-relations.jsonl`) and what is wrong with them besides (`seeds-anomalies.tsv`).

use std::{collections::BTreeMap, fs, path::Path, process::ExitCode, time::Instant};

use audit::{Finding, Reading, Report};
use serde_json::Value;

fn main() -> ExitCode {
    let folder = std::env::args().skip_while(|word| word != "--seeds").nth(1);
    let Some(folder) = folder.filter(|folder| Path::new(folder).join("seeds.jsonl").exists())
    else {
        println!("nothing measured: say where labelled reports are with --seeds FOLDER");
        return ExitCode::SUCCESS;
    };
    let folder = Path::new(&folder);
    let (reading, faults) = Reading::parse(&law::source::embedded());
    for fault in &faults {
        println!("{}: {}", fault.path, fault.message);
    }
    let documents = documents(folder);
    let start = Instant::now();
    let reports: BTreeMap<&str, Report> = documents
        .iter()
        .map(|(name, text)| (name.as_str(), Report::read(text, &reading)))
        .collect();
    let statutes = law::Law::embedded().statutes.widened();
    let findings: BTreeMap<&str, Vec<Finding>> = reports
        .iter()
        .map(|(name, report)| {
            let mut findings = report.audit(&reading);
            findings.extend(audit::citations(report, &statutes, &findings));
            (*name, findings)
        })
        .collect();
    println!("{} reports read and audited in {:?}", reports.len(), start.elapsed());
    figures(&lines(folder, "seeds.jsonl"), &reports);
    relations(
        &lines(folder, "seeds-relations.jsonl"),
        &lines(folder, "seeds.jsonl"),
        &reports,
        &findings,
    );
    anomalies(&folder.join("seeds-anomalies.tsv"), &reports, &findings);
    ExitCode::SUCCESS
}

/// The reports, by the first three characters of their names.
fn documents(folder: &Path) -> BTreeMap<String, String> {
    let files = fs::read_dir(folder).expect("the folder can be listed");
    let texts = files.filter_map(|file| {
        let path = file.ok()?.path();
        let name = path.file_stem()?.to_str()?.get(..3)?.to_owned();
        let report = path.extension()? == "txt";
        let text = fs::read_to_string(&path).ok()?;
        report.then_some((name, text))
    });
    texts.collect()
}

fn lines(folder: &Path, name: &str) -> Vec<Value> {
    let text = fs::read_to_string(folder.join(name)).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

/// A share in hundredths, for printing.
fn percent(part: usize, whole: usize) -> String {
    if whole == 0 {
        "—".into()
    } else {
        format!("{:.1}% ({part}/{whole})", 100.0 * part as f64 / whole as f64)
    }
}

fn figures(gold: &[Value], reports: &BTreeMap<&str, Report>) {
    let (mut found, mut exact, mut span, mut right, mut unsure) = (0, 0, 0, 0, 0);
    let mut claimed = 0;
    let mut qualified = 0;
    for report in reports.values() {
        claimed += report.figures.len();
    }
    for row in gold {
        let Some(report) = reports.get(text(row, "doc")) else { continue };
        let at = row["num_offset"].as_u64().unwrap_or_default() as usize;
        let figure = report.figures.iter().find(|figure| figure.numeral.start == at);
        let Some(figure) = figure else {
            println!(
                "missed   {} {} … {}",
                text(row, "id"),
                text(row, "text"),
                text(row, "indicator")
            );
            continue;
        };
        found += 1;
        let value = row["value"].as_f64().unwrap_or_default();
        let same_value = (figure.value.rough() - value).abs() < 1e-9;
        let numeral = report.text.written(figure.numeral.clone());
        if same_value && numeral == text(row, "num_text") {
            exact += 1;
        } else {
            println!(
                "value    {} {} read as {numeral} = {}",
                text(row, "id"),
                row["value"],
                figure.value
            );
        }
        let written = report.text.written(figure.range.clone());
        if written == text(row, "text") && figure.unit == text(row, "unit") {
            span += 1;
        } else {
            println!(
                "text     {} {}/{} read as {written}/{}",
                text(row, "id"),
                text(row, "text"),
                text(row, "unit"),
                figure.unit
            );
        }
        if figure.qualifier.name() == text(row, "qualifier") {
            qualified += 1;
        } else {
            println!(
                "quality  {} {} read as {}",
                text(row, "id"),
                text(row, "qualifier"),
                figure.qualifier.name()
            );
        }
        if figure.period != text(row, "period") {
            println!(
                "period   {} {} read as {}",
                text(row, "id"),
                text(row, "period"),
                figure.period
            );
        }
        match &figure.stated {
            Some(stated) if stated.key == text(row, "indicator") => right += 1,
            Some(stated) => println!(
                "key      {} {} {} read as {} ({}, {})",
                text(row, "id"),
                text(row, "text"),
                text(row, "indicator"),
                stated.key,
                stated.confidence,
                stated.words.join(" "),
            ),
            None => {
                unsure += 1;
                println!(
                    "unsure   {} {} {}: {}",
                    text(row, "id"),
                    text(row, "text"),
                    text(row, "indicator"),
                    figure.candidates.join(" ")
                );
            }
        }
    }
    for (name, report) in reports {
        for figure in &report.figures {
            let known = gold.iter().any(|row| {
                text(row, "doc") == *name
                    && row["num_offset"].as_u64() == Some(figure.numeral.start as u64)
            });
            if !known {
                let start = figure.range.start.saturating_sub(12);
                let near = report.text.written(start..figure.range.end + 8);
                println!("extra    {name} {} … {near}", report.text.written(figure.range.clone()));
            }
        }
    }
    println!(
        "figures: precision {}, recall {}",
        percent(exact, claimed),
        percent(exact, gold.len())
    );
    println!(
        "figures found: text and unit {}, qualifier {}",
        percent(span, found),
        percent(qualified, found)
    );
    println!(
        "indicators: right {} of those found, wrong {}, unsure {unsure}",
        percent(right, found),
        found - right - unsure
    );
}

fn relations(
    gold: &[Value],
    figures: &[Value],
    reports: &BTreeMap<&str, Report>,
    findings: &BTreeMap<&str, Vec<Finding>>,
) {
    let doubtful: Vec<&Value> =
        gold.iter().filter(|row| text(row, "verdict") != "consistent").collect();
    let offset = |id: &str| {
        let row = figures.iter().find(|row| text(row, "id") == id)?;
        row["num_offset"].as_u64().map(|at| at as usize)
    };
    let mut used: Vec<(&str, usize)> = Vec::new();
    let (mut seen, mut agreed) = (0, 0);
    for row in gold {
        let id = text(row, "id");
        let name = id.get(..3).unwrap_or_default();
        let (Some(report), Some(found)) = (reports.get(name), findings.get(name)) else { continue };
        let wanted: Vec<usize> = row["figures"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|id| offset(id.as_str()?))
            .collect();
        let same = found.iter().position(|finding| {
            let at: Vec<usize> =
                finding.figures.iter().map(|&i| report.figures[i].numeral.start).collect();
            finding.verdict.name() == text(row, "verdict")
                && wanted.iter().filter(|offset| at.contains(offset)).count() >= wanted.len().min(2)
        });
        let doubt = text(row, "verdict") != "consistent";
        match same {
            Some(at) => {
                used.push((name, at));
                if doubt { seen += 1 } else { agreed += 1 }
            }
            None if doubt => {
                println!("unseen   {id} {} {}", text(row, "verdict"), text(row, "expression"))
            }
            None => {}
        }
    }
    for (name, found) in findings {
        let mut alarms = 0;
        for (at, finding) in found.iter().enumerate() {
            let arithmetic =
                finding.verdict.is_doubt() && finding.verdict != audit::Verdict::Defect;
            if arithmetic && !used.contains(&(*name, at)) {
                alarms += 1;
                println!(
                    "alarm    {name} {} {} {}",
                    finding.kind,
                    finding.verdict.name(),
                    finding.explanation
                );
            }
        }
        let agree = found.iter().filter(|f| f.verdict == audit::Verdict::Consistent).count();
        println!("report {name}: {alarms} false alarms, {agree} relations that agree");
    }
    println!(
        "relations: doubtful ones seen {}, consistent ones confirmed {}",
        percent(seen, doubtful.len()),
        percent(agreed, gold.len() - doubtful.len())
    );
}

fn anomalies(
    file: &Path,
    reports: &BTreeMap<&str, Report>,
    findings: &BTreeMap<&str, Vec<Finding>>,
) {
    let rows = fs::read_to_string(file).unwrap_or_default();
    let (mut seen, mut all) = (0, 0);
    for row in rows.lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let [name, offset, kind, quoted, ..] = cells[..] else { continue };
        let at: usize = offset.parse().unwrap_or_default();
        let end = at + quoted.chars().count();
        all += 1;
        let hit = findings.get(name).into_iter().flatten().find(|finding| {
            let figures = finding.figures.iter().map(|&one| &reports[name].figures[one].range);
            let mut place = finding.place.iter().chain(figures);
            finding.verdict.is_doubt() && place.any(|place| place.start < end && place.end > at)
        });
        match hit {
            Some(finding) => {
                seen += 1;
                println!("seen     {name} {kind}: {}", finding.explanation);
            }
            None => println!("unseen   {name} {kind}: {quoted}"),
        }
    }
    println!("anomalies: seen {}", percent(seen, all));
    for (name, found) in findings {
        for finding in found.iter().filter(|f| f.verdict == audit::Verdict::Defect) {
            println!("defect   {name} {} {}", finding.kind, finding.explanation);
        }
    }
}
