//! The case page put together: what may be done now and why not, beside what happened.

use askama::Template;
use engine::{
    authorise::Sight,
    available::{available, available_built_in, turns},
    builtin::{self, Kind},
    document,
    fact::Recorded,
    show::Names,
};

use super::{
    audited::audited,
    cited::cited,
    goals::{Goals, given, goals},
    margin::{
        DueView, FileView, Linked, Paper, PartyView, dues, files, linked, papers, parties, sealed,
        worst,
    },
    stages::{Stage, stages},
    timeline::{FactView, fact},
    word::Reviewed,
};
use crate::{
    office::Office,
    report::year_of,
    web::{
        act_form::{ActForm, Making},
        case_file::CaseFile,
        error::PageError,
        form::filled::Filled,
        frame::{Flash, Frame},
        lamp::Lamp,
        pages::{built_in, report},
        plain,
        session::SignedIn,
    },
};

#[derive(Template)]
#[template(path = "case/case.html")]
pub(super) struct CasePage {
    frame: Frame,
    id: String,
    heading: String,
    procedure: String,
    procedure_id: String,
    version: String,
    organ: String,
    origin: String,
    exam: bool,
    /// Where the report of this case is drafted.
    report: String,
    lamps: Vec<Lamp>,
    stages: Vec<Stage>,
    stale: Option<Vec<(u32, String)>>,
    can: Vec<Can>,
    cannot: Vec<Cannot>,
    nothing: (String, String),
    form: Option<ActForm>,
    built_in: Vec<(&'static str, &'static str)>,
    built_in_form: Option<ActForm>,
    goals: Option<Goals>,
    facts: Vec<FactView>,
    dues: Vec<DueView>,
    parties: Vec<PartyView>,
    masked: bool,
    tracking: String,
    sealed: Vec<String>,
    papers: Vec<Paper>,
    people: Vec<(String, String)>,
    linked: Vec<Linked>,
    files: Vec<FileView>,
    reviewed: Vec<Reviewed>,
}

struct Can {
    id: String,
    name: String,
    about: String,
    expected: bool,
    open: bool,
}

struct Cannot {
    name: String,
    basis: String,
    grounds: Vec<String>,
    who: String,
}

/// What is to be shown on the page beside the case itself.
#[derive(Default)]
pub struct Asked {
    /// The act whose form is open.
    pub act: Option<String>,
    /// What was typed into it.
    pub filled: Filled,
    /// Why it was refused.
    pub grounds: Vec<engine::refusal::Ground>,
    /// Others acted since the page with so many entries was shown.
    pub stale: Option<u32>,
    /// The entry that has just been made.
    pub done: Option<u32>,
    /// The same press had been sent before.
    pub repeated: bool,
}

/// Puts the page together.
pub(super) fn view(
    office: &Office,
    me: &SignedIn,
    frame: Frame,
    file: &CaseFile,
    asked: Asked,
) -> Result<CasePage, PageError> {
    let CaseFile { case, people, names, today, .. } = file;
    let (procedure, today) = (&*case.procedure, *today);
    let calendar = &office.law().calendar;
    let open_turns = turns(case, calendar, today);
    let all = available(case, &me.actor, people, calendar, today);
    let expected = |act: &str| open_turns.iter().any(|turn| turn.act == *act);
    let wanted = asked.act.clone().or_else(|| {
        let mut mine = all.iter().filter(|one| one.may() && expected(&one.act.id));
        let first = mine.next()?;
        mine.next().is_none().then(|| first.act.id.to_string())
    });
    let making = Making {
        me,
        office,
        procedure,
        organ: case.organ(),
        case: Some(case),
        people,
        organs: &file.organs,
        names,
        today,
    };
    let (mut can, mut cannot, mut form) = (Vec::new(), Vec::new(), None);
    for one in &all {
        let id = one.act.id.to_string();
        let open = wanted.as_deref() == Some(&id);
        // What was typed is never lost, even where the act can no longer be done.
        if one.may() || (open && (!asked.grounds.is_empty() || asked.stale.is_some())) {
            if open {
                let url = format!("/cases/{}/acts/{id}", case.id);
                let made =
                    making.form(one.act, url, Some(case.version()), &one.who, &asked.filled)?;
                let made = ActForm { given: given(office, file, one.act, &asked.filled)?, ..made };
                form = Some(shown(made, &one.act.name, &asked));
            }
            let who: Vec<String> =
                one.act.by.iter().map(|role| plain::role(procedure, role)).collect();
            let about = format!("{}办 · {}", who.join("、"), one.act.basis.text);
            can.push(Can { expected: expected(&id), id, name: one.act.name.clone(), about, open });
        } else {
            let who: Vec<String> = one.who.iter().map(|person| names.person(person)).collect();
            cannot.push(Cannot {
                name: one.act.name.clone(),
                basis: one.act.basis.text.clone(),
                grounds: one.grounds.iter().map(|ground| ground.to_string()).collect(),
                who: who.join("、"),
            });
        }
    }
    can.sort_by_key(|one: &Can| !one.expected);
    let kinds = available_built_in(case, &me.actor, today);
    let built_in_form =
        match wanted.as_deref().and_then(Kind::named).filter(|kind| kinds.contains(kind)) {
            Some(kind) => Some(shown(
                built_in::form(&making, kind, file, &asked.filled)?,
                kind.name(),
                &asked,
            )),
            None => None,
        };
    let number = case.number().unwrap_or("（未编号）");
    let title = document::title(case, &**names);
    let frame = Frame { title: number.into(), ..frame }
        .under("台账", "/registers")
        .under(procedure.name.clone(), format!("/registers/{}", procedure.id));
    let frame =
        match asked.done.and_then(|done| case.facts().iter().find(|fact| fact.version == done)) {
            Some(fact) => frame.saying(Some(done_flash(file, fact, asked.repeated))),
            None => frame,
        };
    let masked = file.sight != Sight::Handling;
    Ok(CasePage {
        frame,
        id: case.id.clone(),
        heading: format!("{number}　{title}"),
        procedure: procedure.name.clone(),
        procedure_id: procedure.id.to_string(),
        version: procedure.version.clone(),
        organ: names.organ(case.organ().as_str()),
        origin: if case.origin() == case.organ() {
            String::new()
        } else {
            names.organ(case.origin().as_str())
        },
        exam: procedure.exam.is_some() && !masked,
        report: match year_of(case) {
            Some(year) if !masked => report::address(case.organ().as_str(), year),
            _ => String::new(),
        },
        lamps: worst(file, office).into_iter().collect(),
        stages: stages(file),
        stale: asked.stale.map(|seen| since(file, seen)),
        nothing: nothing(file, &cannot),
        can,
        cannot,
        form,
        built_in: kinds.into_iter().map(|kind| (kind.id(), kind.name())).collect(),
        built_in_form,
        goals: goals(office, file)?,
        facts: case.facts().iter().rev().map(|recorded| fact(file, recorded)).collect(),
        dues: dues(file, office),
        parties: parties(file),
        masked,
        tracking: file.tracking.clone().unwrap_or_default(),
        sealed: if masked { Vec::new() } else { sealed(file) },
        papers: papers(file),
        people: case
            .assignments()
            .iter()
            .map(|(role, people)| {
                let people: Vec<String> =
                    people.iter().map(|person| names.person(person)).collect();
                (plain::role(procedure, role), people.join("、"))
            })
            .collect(),
        linked: linked(file),
        files: files(file),
        reviewed: reviewed(file, office)?,
    })
}

/// What is doubtful in the drafts of a case, by sort.
fn reviewed(file: &CaseFile, office: &Office) -> Result<Vec<Reviewed>, PageError> {
    let mut all = vec![
        Reviewed { name: "数据审读", id: "audited", drafts: audited(file, office)? },
        Reviewed { name: "引用核对", id: "cited", drafts: cited(file, office)? },
    ];
    all.retain(|one| !one.drafts.is_empty());
    Ok(all)
}

fn shown(form: ActForm, name: &str, asked: &Asked) -> ActForm {
    if !asked.grounds.is_empty() {
        form.refused(name, &asked.grounds)
    } else if !asked.filled.wrong.is_empty() {
        form.unreadable(&asked.filled)
    } else {
        form
    }
}

fn done_flash(file: &CaseFile, recorded: &Recorded, repeated: bool) -> Flash {
    let name = builtin::act_name(&file.case.procedure, &recorded.fact.act);
    let version = recorded.version;
    let text = if repeated {
        format!("“{name}”此前已经办理（第 {version} 笔），没有重复记录。")
    } else {
        format!("“{name}”已办理，记为第 {version} 笔。")
    };
    let url = format!("/cases/{}/entries/{version}", file.case.id);
    Flash { kind: "good", text, link: Some(("查看回执".into(), url)) }
}

fn since(file: &CaseFile, seen: u32) -> Vec<(u32, String)> {
    let newer = file.case.facts().iter().filter(|recorded| recorded.version > seen);
    newer
        .map(|recorded| {
            let name = builtin::act_name(&file.case.procedure, &recorded.fact.act);
            let who = recorded.fact.by.first().map_or("系统", |by| by.name.as_str());
            (recorded.version, format!("{}　{who}　{name}", plain::stamp(recorded.at)))
        })
        .collect()
}

fn nothing(file: &CaseFile, cannot: &[Cannot]) -> (String, String) {
    let (head, more) = if file.case.is_void() {
        ("本案已作废", "立卷的记录已经作废，不再办理。")
    } else if file.case.ended().is_some() {
        ("本案已办结", "没有还要办理的事项；案卷随时可以查看、打印和核验。")
    } else if cannot.is_empty() {
        ("现在没有可以办的事项", "当前阶段由系统或者关联案件推进。")
    } else {
        ("现在没有您可以办的事项", "下面逐项列出了原因和可以办的人。")
    };
    (head.into(), more.into())
}
