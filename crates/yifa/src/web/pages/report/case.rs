//! 报告案: the case in which a report is drafted, reviewed and signed, as the page of the report
//! opens it, writes in it and attaches the draft to it.

use std::{collections::BTreeMap, sync::Arc};

use axum::http::StatusCode;
use engine::{
    action::{Action, Target},
    available::available,
    refusal::Ground,
};
use jiff::civil::Date;
use law::procedure::{Act, Procedure, ReportCase};
use sm3::{Digest, Sm3};

use super::{Drafting, Upload, control, workbook};
use crate::{
    office::{Office, Unperformed},
    report::{Text, kept, spot},
    web::{
        act_form::{action, keep_uploads},
        error::PageError,
        form::filled::Filled,
        pages::{act, case::Asked},
        plain,
        session::SignedIn,
    },
};

/// The case of the report, as the page shows it.
pub(super) struct CaseBox {
    /// Number and address, once it is opened.
    pub(super) there: Option<(String, String)>,
    pub(super) stage: String,
    /// How many entries it has.
    pub(super) seen: u32,
    /// What the press that opens it is called.
    pub(super) open: Step,
    pub(super) write: Step,
    pub(super) draft: Step,
    /// Titles of what is written for places that the outline does not have.
    pub(super) strangers: Vec<String>,
}

/// Something that can be done in it, or why not.
#[derive(Default)]
pub(super) struct Step {
    pub(super) name: String,
    pub(super) may: bool,
    pub(super) grounds: Vec<String>,
    pub(super) who: String,
}

/// What came of a press.
pub(super) enum Came {
    /// So many entries were made.
    Done(usize),
    /// Not everything: the page is shown again with all that was typed.
    Wrong(StatusCode, Wrong),
}

/// Why something was not done.
#[derive(Default)]
pub(super) struct Wrong {
    pub(super) title: String,
    pub(super) grounds: Vec<String>,
    /// The draft contradicts itself, and nobody has said that it may be opened as it is.
    pub(super) look: bool,
    /// What is wrong with a text, by its control.
    pub(super) places: BTreeMap<String, String>,
    /// What somebody else has written there in the meantime, by its control.
    pub(super) others: BTreeMap<String, String>,
}

impl Wrong {
    fn said(title: &str, grounds: &[Ground]) -> Self {
        let grounds = grounds.iter().map(ToString::to_string).collect();
        Self { title: title.into(), grounds, ..Self::default() }
    }
}

/// The procedure by which reports are drafted on a day.
fn in_force(office: &Office, today: Date) -> Option<(Arc<Procedure>, ReportCase)> {
    let law = office.law();
    let all = law.procedures.keys().filter_map(|id| law.in_force(id, today));
    all.into_iter().find_map(|procedure| Some((Arc::clone(procedure), procedure.report.clone()?)))
}

/// The case of a report and what may be done in it; nothing where no duty drafts reports.
pub(super) fn shown(
    office: &Office,
    me: &SignedIn,
    drafting: &Drafting,
) -> Result<Option<CaseBox>, PageError> {
    let strangers = drafting.strangers();
    let Some(file) = &drafting.file else {
        let Some((procedure, report)) = in_force(office, office.clock().today()) else {
            return Ok(None);
        };
        let Some(act) = procedure.acts.get(&report.open) else { return Ok(None) };
        let action = opening(office, &procedure, (act, &report), drafting, &Filled::default());
        let grounds = match office.rehearse(&me.actor, &action) {
            Ok(()) => Vec::new(),
            Err(Unperformed::Refused(refusal)) => refusal.grounds,
            Err(Unperformed::Store(error)) => return Err(error.into()),
            Err(error) => vec![Ground::plain("open", error.to_string())],
        };
        let open = Step {
            name: act.name.clone(),
            may: grounds.is_empty(),
            grounds: grounds.iter().map(ToString::to_string).collect(),
            who: String::new(),
        };
        let (write, draft) = Default::default();
        let (there, stage, seen) = (None, String::new(), 0);
        return Ok(Some(CaseBox { there, stage, seen, open, write, draft, strangers }));
    };
    let case = &file.case;
    let Some(report) = &case.procedure.report else { return Ok(None) };
    let all = available(case, &me.actor, &file.people, &office.law().calendar, file.today);
    let step = |id: &law::Id| {
        let name = case.procedure.acts.get(id).map_or_else(String::new, |act| act.name.clone());
        let Some(one) = all.iter().find(|one| one.act.id == *id) else {
            let grounds = vec![format!("案件在“{}”，现在不能办", case.stage_name())];
            return Step { name, grounds, ..Step::default() };
        };
        let names: Vec<String> = one
            .who
            .iter()
            .map(|person| engine::show::Names::person(&*file.names, person))
            .collect();
        Step {
            name,
            may: one.may(),
            grounds: one.grounds.iter().map(ToString::to_string).collect(),
            who: names.join("、"),
        }
    };
    let number = case.number().unwrap_or("（未编号）").to_owned();
    Ok(Some(CaseBox {
        there: Some((number, format!("/cases/{}", case.id))),
        stage: case.stage_name().to_owned(),
        seen: case.version(),
        open: Step::default(),
        write: step(&report.write),
        draft: step(&report.draft),
        strangers,
    }))
}

/// The action that opens the case of a report.
fn opening(
    office: &Office,
    procedure: &Procedure,
    (act, report): (&Act, &ReportCase),
    drafting: &Drafting,
    filled: &Filled,
) -> Action {
    let today = office.clock().today();
    let last = format!("{}-12-31", drafting.chosen.year);
    let name = |field| format!("f.{field}");
    let mut form = Filled::of("id", filled.one("id"))
        .with(&name(&report.title), drafting.draft.report.paper.title.replace('\n', ""))
        .with(&name(&report.year_end), last.clone())
        .with(&name(&report.until), last);
    let organ = drafting.chosen.organ.path.clone();
    let target = Target::Open { procedure: procedure.id.clone(), organ, parent: None };
    action(procedure, act, target, &mut form, today)
}

/// Opens the case. A draft that contradicts itself is opened only by somebody who has been told.
pub(super) fn open(
    office: &Office,
    me: &SignedIn,
    drafting: &Drafting,
    filled: &Filled,
) -> Result<Came, PageError> {
    if drafting.file.is_some() {
        return Ok(Came::Done(0)); // Somebody else was faster, or the same press came twice.
    }
    let contradictions = drafting.draft.review(office).contradictions();
    if contradictions > 0 && filled.one("looked") != contradictions.to_string() {
        let title = format!("审读发现底稿有{contradictions}处矛盾，还没有立案");
        let say = "请先逐处看“疑点”并核对；仍要立案再改的，勾选后再按一次。写的文字都在下面。";
        let wrong = Wrong { title, grounds: vec![say.into()], look: true, ..Wrong::default() };
        return Ok(Came::Wrong(StatusCode::UNPROCESSABLE_ENTITY, wrong));
    }
    let (procedure, report) = in_force(office, office.clock().today()).ok_or(PageError::Missing)?;
    let act = procedure.acts.get(&report.open).ok_or(PageError::Missing)?;
    let action = opening(office, &procedure, (act, &report), drafting, filled);
    Ok(match act::send(office, me, action, &Filled::default())? {
        act::Came::Done(_) => Came::Done(1),
        other => failed(other, "没有立案，写的文字都在下面"),
    })
}

/// Keeps what was changed since the page was shown, each place as one entry. Where somebody else
/// has changed the same place in the meantime, nothing is kept before both have been seen.
pub(super) fn write(
    office: &Office,
    me: &SignedIn,
    drafting: &Drafting,
    filled: &Filled,
) -> Result<Came, PageError> {
    let changed = |before: &BTreeMap<_, Text>, place| {
        let text = |kept: &BTreeMap<_, Text>| {
            kept.get(&spot(place)).map(|kept| kept.text.clone()).unwrap_or_default()
        };
        drafting.typed.get(&spot(place)).is_some_and(|typed| *typed != text(before))
    };
    let Some(file) = &drafting.file else {
        let nothing = drafting.typed.values().all(String::is_empty);
        let say = "还没有报告案，先立案再保存";
        let wrong = Wrong { title: say.into(), ..Wrong::default() };
        let refused = Came::Wrong(StatusCode::UNPROCESSABLE_ENTITY, wrong);
        return Ok(if nothing { Came::Done(0) } else { refused });
    };
    let (case, procedure) = (&file.case, &file.case.procedure);
    let report = procedure.report.as_ref().ok_or(PageError::Missing)?;
    let act = procedure.acts.get(&report.write).ok_or(PageError::Missing)?;
    let seen = filled.one("seen").parse().unwrap_or(case.version());
    let (then, now) = (kept(case, seen), &drafting.kept);
    let mine = drafting.places.iter().filter(|place| changed(&then, place) && changed(now, place));
    let mine: Vec<_> = mine.collect();
    let mut wrong = Wrong::default();
    for place in &mine {
        let newer = now.get(&spot(place)).filter(|kept| kept.version > seen);
        if let Some(other) = newer {
            let said = format!("{}　{}写的：{}", other.by, plain::stamp(other.at), other.text);
            wrong.others.insert(control(place), said);
        }
    }
    if !wrong.others.is_empty() {
        wrong.title = "有的章节刚被他人改过，这次没有保存".into();
        wrong.grounds.push("您写的还在下面，旁边是他人写的。合并后再按一次保存。".into());
        return Ok(Came::Wrong(StatusCode::CONFLICT, wrong));
    }
    let (mut version, mut saved) = (case.version(), 0);
    for place in mine {
        let (chapter, section) = spot(place);
        let name = |field| format!("f.{field}");
        let text = drafting.text(&spot(place));
        let mut form = Filled::of("id", action_id(&filled.one("id"), &chapter, &section))
            .with(&name(&report.chapter), chapter)
            .with(&name(&report.section), section)
            .with(&name(&report.text), text);
        let target = Target::Case { case: case.id.clone(), seen: Some(version) };
        let action = action(procedure, act, target, &mut form, file.today);
        match act::send(office, me, action, &form)? {
            act::Came::Done(done) => {
                version = done.receipt.entry.version;
                saved += 1;
            }
            act::Came::Again => {
                let said = form.wrong.values().cloned().collect::<Vec<_>>().join("；");
                wrong.places.insert(control(place), said);
            }
            other => return Ok(failed(other, "没有全部保存，写的文字都在下面")),
        }
    }
    if wrong.places.is_empty() {
        return Ok(Came::Done(saved));
    }
    wrong.title = "有的章节没有保存，请改正标出的地方".into();
    Ok(Came::Wrong(StatusCode::UNPROCESSABLE_ENTITY, wrong))
}

fn failed(came: act::Came, title: &str) -> Came {
    match came {
        act::Came::Refused(grounds) => {
            Came::Wrong(StatusCode::UNPROCESSABLE_ENTITY, Wrong::said(title, &grounds))
        }
        act::Came::Failed(ground) => {
            Came::Wrong(StatusCode::SERVICE_UNAVAILABLE, Wrong::said(title, &[ground]))
        }
        act::Came::Overtaken => {
            let ground = Ground::plain("overtaken", "案件刚被他人办理，请再按一次");
            Came::Wrong(StatusCode::CONFLICT, Wrong::said(title, &[ground]))
        }
        act::Came::Again | act::Came::Done(_) => Came::Done(0),
    }
}

/// The same press on the same place is the same action.
fn action_id(press: &str, chapter: &str, section: &str) -> String {
    let digest = Sm3::digest(format!("report\n{press}\n{chapter}\n{section}"));
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// The case and, open on its page, the form of the act that attaches the draft, the draft in it.
pub(super) fn attachable(
    office: &Office,
    drafting: &Drafting,
) -> Result<(String, Asked), PageError> {
    let file = drafting.file.as_ref().ok_or(PageError::Missing)?;
    let report = file.case.procedure.report.as_ref().ok_or(PageError::Missing)?;
    let paper = &drafting.draft.report.paper;
    let (name, figures) = workbook(office, &drafting.draft)?;
    let upload = |field, name, bytes: Vec<u8>| Upload {
        control: format!("f.{field}"),
        name,
        bytes: bytes.into(),
    };
    let mut filled = Filled::default();
    let title = format!("{}.docx", paper.title.replace('\n', ""));
    filled.uploads.push(upload(&report.paper, title, paper::docx::write(paper)));
    filled.uploads.push(upload(&report.figures, name, figures));
    keep_uploads(office, &mut filled)?;
    let act = Some(report.draft.to_string());
    Ok((file.case.id.clone(), Asked { act, filled, ..Asked::default() }))
}
