//! 经过: the facts of a case, one under the other.

use askama::{Template, filters::HtmlSafe};
use engine::{
    builtin,
    fact::{BuiltIn, Recorded},
    show::{self, Names},
};
use law::{
    procedure::Field,
    value::{FigureRef, Value},
};

use crate::{
    fills,
    web::{case_file::CaseFile, form::control::size, plain},
};

/// One fact of the timeline.
#[derive(Template)]
#[template(path = "case/fact.html")]
pub struct FactView {
    case: String,
    version: u32,
    date: String,
    time: String,
    name: String,
    who: String,
    struck: Option<u32>,
    late: String,
    lines: Vec<Line>,
    papers: Vec<(String, String)>,
    basis: String,
}

impl HtmlSafe for FactView {}

struct Line {
    name: String,
    value: String,
    files: Vec<(String, String)>,
    figure: Option<FigureView>,
}

/// A recorded figure: the list behind it, and what it would be today.
pub struct FigureView {
    /// The list.
    pub url: String,
    /// Of what, of whom, in which days.
    pub about: String,
    /// What it would be today, where that is something else.
    pub now: Option<String>,
}

impl FigureView {
    /// How a recorded figure is shown.
    pub fn of(file: &CaseFile, figure: &FigureRef) -> Self {
        Self {
            url: fills::address(figure),
            about: about(file, figure),
            now: file.otherwise.get(figure).map(ToString::to_string),
        }
    }
}

/// Of what a figure is, of whom, in which days.
pub fn about(file: &CaseFile, figure: &FigureRef) -> String {
    format!(
        "{}，{}，{}至{}",
        figure.name,
        file.names.organ(&figure.organ),
        plain::day(figure.from),
        plain::day(figure.to)
    )
}

/// One fact as the timeline shows it.
pub fn fact(file: &CaseFile, recorded: &Recorded) -> FactView {
    let (case, procedure, names) = (&file.case, &file.case.procedure, &file.names);
    let fact = &recorded.fact;
    let mut lines = Vec::new();
    let plain_line = |name: &str, value: String| Line {
        name: name.into(),
        value,
        files: Vec::new(),
        figure: None,
    };
    for (id, value) in &fact.answers {
        let Some(field) = procedure.fields.get(id) else { continue };
        lines.push((procedure.fields.get_index_of(id), answer_line(file, field, value)));
    }
    lines.sort_by_key(|(place, _)| *place);
    let mut lines: Vec<Line> = lines.into_iter().map(|(_, line)| line).collect();
    match &fact.built_in {
        Some(BuiltIn::Note { text }) => lines.push(plain_line("内容", text.clone())),
        Some(BuiltIn::Strike { version, reason }) => {
            lines.push(plain_line("作废", format!("第 {version} 笔")));
            lines.push(plain_line("理由", reason.clone()));
        }
        Some(BuiltIn::HandOver { reason }) => lines.push(plain_line("理由", reason.clone())),
        Some(BuiltIn::Link { relation, .. }) => lines.push(plain_line("关系", relation.clone())),
        Some(BuiltIn::Recount { calendar }) => {
            lines.push(plain_line("按", format!("{calendar} 年放假安排重算")))
        }
        Some(BuiltIn::Move { from, to }) => {
            lines.push(plain_line("版本", format!("由 {from} 转入 {to}")))
        }
        None => {}
    }
    for (role, people) in &fact.assign {
        let people: Vec<String> = people.iter().map(|person| names.person(person)).collect();
        lines.push(plain_line(&format!("指定{}", plain::role(procedure, role)), people.join("、")));
    }
    if let Some(organ) = &fact.organ {
        lines.push(plain_line("转由", names.organ(organ.as_str())));
    }
    let who: Vec<String> = fact
        .by
        .iter()
        .map(|by| {
            let stands =
                by.substitute_for.as_ref().map(|absent| format!("，代{}", names.person(absent)));
            let role = plain::role(procedure, &by.role);
            match &*by.person {
                "machine" => "系统".into(),
                _ => format!(
                    "{}（{} · {role}{}）",
                    by.name,
                    names.organ(by.organ.as_str()),
                    stands.unwrap_or_default()
                ),
            }
        })
        .collect();
    let at = plain::local(recorded.at);
    let papers = fact.issued.iter().filter_map(|issued| {
        let document = procedure.documents.get(&issued.document)?;
        let number = issued.number.as_deref().unwrap_or_default();
        let url = format!("/cases/{}/documents/{}/{}", case.id, recorded.version, issued.document);
        Some((format!("《{}》{number}", document.name), url))
    });
    FactView {
        case: case.id.clone(),
        version: recorded.version,
        date: fact.on.to_string(),
        time: if at.date() == fact.on {
            format!("{:02}:{:02}", at.hour(), at.minute())
        } else {
            format!("{} 记", at.date())
        },
        name: builtin::act_name(procedure, &fact.act).into(),
        who: who.join("、"),
        struck: case.struck_by(recorded.version),
        late: fact.late_entry.clone().unwrap_or_default(),
        lines,
        papers: papers.collect(),
        basis: procedure.acts.get(&fact.act).map(|act| act.basis.text.clone()).unwrap_or_default(),
    }
}

fn answer_line(file: &CaseFile, field: &Field, value: &Value) -> Line {
    let files = match value {
        Value::Files(files) => files
            .iter()
            .map(|kept| {
                let url = format!("/cases/{}/files/{}", file.case.id, kept.digest);
                (format!("{}（{}）", kept.name, size(kept.size)), url)
            })
            .collect(),
        _ => Vec::new(),
    };
    let recorded = match value {
        Value::Figure(figure) => Some(figure),
        _ => None,
    };
    let value = show::answer(&file.case.procedure, field, value, &*file.names);
    let figure = recorded.map(|figure| FigureView::of(file, figure));
    Line { name: field.name.clone(), value, files, figure }
}
