//! 案卷页: what happened, what may be done now and why not, until when.

use askama::{Template, filters::HtmlSafe};
use axum::{
    extract::{Path, Query, State},
    http::header,
    response::{Html, IntoResponse, Response},
};
use engine::{
    authorise::Sight,
    available::{available, available_built_in, turns},
    builtin::{self, Kind},
    deadline::Light,
    fact::{BuiltIn, Recorded},
    show::{self, Names},
};
use law::{
    procedure::{Field, FieldType, Keep, Procedure, START, Target},
    value::{Party, PartyKind, Value},
};
use serde::Deserialize;
use store::AccessKind;

use crate::{
    office::Office,
    web::{
        Desk,
        act_form::{ActForm, Making},
        case_file::CaseFile,
        error::PageError,
        form::{control::size, filled::Filled},
        frame::{Flash, Frame},
        lamp::{Lamp, due_text},
        pages::built_in,
        plain,
        session::{SignedForm, SignedIn},
    },
};

#[derive(Template)]
#[template(path = "case/case.html")]
struct CasePage {
    frame: Frame,
    id: String,
    heading: String,
    procedure: String,
    procedure_id: String,
    version: String,
    organ: String,
    origin: String,
    lamps: Vec<Lamp>,
    stages: Vec<Stage>,
    stale: Option<Vec<(u32, String)>>,
    can: Vec<Can>,
    cannot: Vec<Cannot>,
    nothing: (String, String),
    form: Option<ActForm>,
    built_in: Vec<(&'static str, &'static str)>,
    built_in_form: Option<ActForm>,
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
}

struct Stage {
    name: String,
    class: &'static str,
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

struct DueView {
    lamp: Lamp,
    name: String,
    date: String,
    note: String,
    derivation: Vec<String>,
    basis: String,
}

struct PartyView {
    name: String,
    roles: Vec<String>,
    lines: Vec<(&'static str, String)>,
}

struct Paper {
    name: String,
    about: String,
    url: String,
    struck: bool,
}

struct Linked {
    relation: String,
    name: String,
    url: Option<String>,
}

struct FileView {
    name: String,
    about: String,
    url: String,
}

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

/// Query of a case page.
#[derive(Deserialize)]
pub struct CaseQuery {
    act: Option<String>,
    done: Option<u32>,
    again: Option<u8>,
}

/// `GET /cases/{case}`
pub async fn show(
    State(desk): State<Desk>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(query): Query<CaseQuery>,
) -> Result<Html<String>, PageError> {
    let asked = Asked { act: query.act, done: query.done, repeated: query.again.is_some(), ..Asked::default() };
    page(&desk, me, id, asked).await
}

/// A case page with a form open on it, or none.
pub async fn page(desk: &Desk, me: SignedIn, id: String, asked: Asked) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "案卷").await?;
    desk.ask(move |office| {
        let file = CaseFile::read(office, &me.actor, &id)?;
        note_personal(office, &me, &file)?;
        Ok(Html(view(office, &me, frame, &file, asked)?.render()?))
    })
    .await
}

/// Whoever sees personal information in full leaves a line.
fn note_personal(office: &Office, me: &SignedIn, file: &CaseFile) -> Result<(), PageError> {
    let personal = |field: &Field| field.keep >= Keep::Personal && file.case.latest(&field.id).is_some();
    if file.sight == Sight::Handling && file.case.procedure.fields.values().any(personal) {
        let line = me.access(office, AccessKind::Personal, Some(&file.case.id), file.case.number().unwrap_or_default());
        office.store().write(office.county(), |tx| tx.access(&line).map_err(PageError::from))?;
    }
    Ok(())
}

/// `POST /cases/{case}/unseal`: the page with its sealed answers opened, once.
pub async fn unseal(
    State(desk): State<Desk>,
    Path(id): Path<String>,
    form: SignedForm,
) -> Result<Html<String>, PageError> {
    let SignedForm { me, filled } = form;
    let why = filled.one("why").trim().to_owned();
    if why.is_empty() {
        return Err(PageError::Forbidden("查看封存内容须说明理由。请回到案件页面填写理由。".into()));
    }
    let frame = desk.frame(&me, "案卷").await?;
    let frame = frame.saying(Some(Flash::good("已打开封存内容，本次查看和理由已经记录。")));
    desk.ask(move |office| {
        let file = CaseFile::unseal(office, &me, &id, &why)?;
        Ok(Html(view(office, &me, frame, &file, Asked::default())?.render()?))
    })
    .await
}

fn view(office: &Office, me: &SignedIn, frame: Frame, file: &CaseFile, asked: Asked) -> Result<CasePage, PageError> {
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
    let making = Making { me, procedure, people, organs: &file.organs, names, today };
    let (mut can, mut cannot, mut form) = (Vec::new(), Vec::new(), None);
    for one in &all {
        let id = one.act.id.to_string();
        let open = wanted.as_deref() == Some(&id);
        // What was typed is never lost, even where the act can no longer be done.
        if one.may() || (open && (!asked.grounds.is_empty() || asked.stale.is_some())) {
            if open {
                let url = format!("/cases/{}/acts/{id}", case.id);
                let made = making.form(one.act, url, Some(case.version()), &one.who, &asked.filled)?;
                form = Some(shown(made, &one.act.name, &asked));
            }
            let who: Vec<String> = one.act.by.iter().map(|role| plain::Plain(procedure).role(role)).collect();
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
    let built_in_form = match wanted.as_deref().and_then(Kind::named).filter(|kind| kinds.contains(kind)) {
        Some(kind) => Some(shown(built_in::form(&making, kind, file, &asked.filled)?, kind.name(), &asked)),
        None => None,
    };
    let number = case.number().unwrap_or("（未编号）");
    let title = title(case, procedure, file);
    let frame = Frame { title: number.into(), ..frame }
        .under("台账", "/registers")
        .under(procedure.name.clone(), format!("/registers/{}", procedure.id));
    let frame = match asked.done.and_then(|done| case.facts().iter().find(|fact| fact.version == done)) {
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
        origin: if case.origin() == case.organ() { String::new() } else { names.organ(case.origin().as_str()) },
        lamps: worst(file, office).into_iter().collect(),
        stages: stages(file),
        stale: asked.stale.map(|seen| since(file, seen)),
        nothing: nothing(file, &cannot),
        can,
        cannot,
        form,
        built_in: kinds.into_iter().map(|kind| (kind.id(), kind.name())).collect(),
        built_in_form,
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
                let people: Vec<String> = people.iter().map(|person| names.person(person)).collect();
                (plain::Plain(procedure).role(role), people.join("、"))
            })
            .collect(),
        linked: linked(file),
        files: files(file),
    })
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

/// What names a case: the latest answer of the field its procedure says.
pub fn title(case: &engine::case::Case, procedure: &Procedure, file: &CaseFile) -> String {
    let value = case.latest(&procedure.title);
    let field = procedure.fields.get(&procedure.title);
    match (value, field) {
        (Some(value), Some(field)) => {
            let text = show::answer(procedure, field, value, &*file.names);
            let short: String = text.chars().take(40).collect();
            if short.len() < text.len() { format!("{short}…") } else { text }
        }
        _ => String::new(),
    }
}

fn worst(file: &CaseFile, office: &Office) -> Option<Lamp> {
    let clock = file
        .clocks
        .iter()
        .filter(|clock| matches!(clock.light(file.today), Light::Red | Light::Yellow | Light::Green))
        .min_by_key(|clock| (clock.light(file.today), clock.due.legal))?;
    let mut lamp = Lamp::of(&file.case.procedure, clock, &office.law().calendar, file.today);
    lamp.text = format!("{}　{}", clock.name, lamp.text);
    Some(lamp)
}

/// The stages passed, the present one, and those of the usual way ahead.
fn stages(file: &CaseFile) -> Vec<Stage> {
    let (case, procedure) = (&file.case, &file.case.procedure);
    let mut passed: Vec<&str> = Vec::new();
    for recorded in case.in_effect() {
        if let Some(stage) = &recorded.fact.stage {
            passed.retain(|earlier| *earlier != stage.as_str());
            passed.push(stage);
        }
    }
    let now = case.stage();
    if let Some(at) = passed.iter().position(|stage| *stage == now) {
        passed.truncate(at + 1);
    }
    let mut ahead = Vec::new();
    let mut from = now;
    while let Some(next) = usual(procedure, from, &passed, &ahead) {
        ahead.push(next);
        from = next;
    }
    let name = |stage: &str| procedure.stages.get(stage).map_or("已作废", |stage| stage.name.as_str()).to_owned();
    let ended = case.ended().is_some() || case.is_void();
    let class = |stage: &str| match stage == now {
        true if ended => "end",
        true => "now",
        false => "done",
    };
    if case.is_void() {
        return vec![Stage { name: "已作废".into(), class: "end" }];
    }
    let behind = passed.iter().map(|stage| Stage { name: name(stage), class: class(stage) });
    let ahead = ahead.iter().map(|stage| Stage { name: name(stage), class: "" });
    behind.chain(ahead).collect()
}

/// The first act of the file that leads on from a stage says what usually comes next.
fn usual<'p>(procedure: &'p Procedure, from: &str, passed: &[&str], ahead: &[&str]) -> Option<&'p str> {
    if from == START || procedure.stages.get(from).is_none_or(|stage| stage.end) {
        return None;
    }
    let place = |stage: &str| procedure.stages.get_index_of(stage);
    let later = |stage: &&str| place(stage) > place(from) && !passed.contains(stage) && !ahead.contains(stage);
    let acts = procedure.acts.values().filter(|act| act.from.iter().any(|stage| stage == from));
    acts.flat_map(|act| match &act.to {
        Some(Target::Always(stage)) => vec![stage.as_str()],
        Some(Target::When(branches)) => branches.iter().map(|(_, stage)| stage.as_str()).collect(),
        None => Vec::new(),
    })
    .find(later)
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

/// One fact as the timeline shows it.
pub fn fact(file: &CaseFile, recorded: &Recorded) -> FactView {
    let (case, procedure, names) = (&file.case, &file.case.procedure, &file.names);
    let fact = &recorded.fact;
    let mut lines = Vec::new();
    let plain_line = |name: &str, value: String| Line { name: name.into(), value, files: Vec::new() };
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
        Some(BuiltIn::Recount { calendar }) => lines.push(plain_line("按", format!("{calendar} 年放假安排重算"))),
        Some(BuiltIn::Move { from, to }) => lines.push(plain_line("版本", format!("由 {from} 转入 {to}"))),
        None => {}
    }
    for (role, people) in &fact.assign {
        let people: Vec<String> = people.iter().map(|person| names.person(person)).collect();
        lines.push(plain_line(&format!("指定{}", plain::Plain(procedure).role(role)), people.join("、")));
    }
    if let Some(organ) = &fact.organ {
        lines.push(plain_line("转由", names.organ(organ.as_str())));
    }
    let who: Vec<String> = fact
        .by
        .iter()
        .map(|by| {
            let stands = by.substitute_for.as_ref().map(|absent| format!("，代{}", names.person(absent)));
            let role = plain::Plain(procedure).role(&by.role);
            match &*by.person {
                "machine" => "系统".into(),
                _ => format!("{}（{} · {role}{}）", by.name, names.organ(by.organ.as_str()), stands.unwrap_or_default()),
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
        time: if at.date() == fact.on { format!("{:02}:{:02}", at.hour(), at.minute()) } else { format!("{} 记", at.date()) },
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
    let value = show::answer(&file.case.procedure, field, value, &*file.names);
    Line { name: field.name.clone(), value, files }
}

fn dues(file: &CaseFile, office: &Office) -> Vec<DueView> {
    let procedure = &file.case.procedure;
    let mut dues: Vec<(Light, DueView)> = file
        .clocks
        .iter()
        .map(|clock| {
            let light = clock.light(file.today);
            let mut notes = Vec::new();
            if !clock.statutory {
                notes.push("内部要求".to_owned());
            }
            if clock.due.provisional {
                notes.push("暂定：该年放假安排尚未公布".into());
            }
            if let Some(met) = &clock.met {
                notes.push(format!("{}办“{}”", met.on, builtin::act_name(procedure, &met.act)));
            }
            let view = DueView {
                lamp: Lamp::of(procedure, clock, &office.law().calendar, file.today),
                name: clock.name.clone(),
                date: due_text(clock.due.legal, clock.due.moment),
                note: notes.join("；"),
                derivation: clock.due.derivation.clone(),
                basis: procedure
                    .deadlines
                    .get(&clock.deadline)
                    .map(|deadline| deadline.basis.text.clone())
                    .unwrap_or_default(),
            };
            (light, view)
        })
        .collect();
    dues.sort_by_key(|(light, _)| *light);
    dues.into_iter().map(|(_, view)| view).collect()
}

/// Every party once, with all that the case calls them.
fn parties(file: &CaseFile) -> Vec<PartyView> {
    let fields = file.case.procedure.fields.values().filter(|field| field.ty == FieldType::Party);
    let mut found: Vec<(&Party, Vec<&str>)> = Vec::new();
    for field in fields {
        let Some(Value::Parties(parties)) = file.case.latest(&field.id) else { continue };
        for party in parties {
            match found.iter_mut().find(|(known, _)| *known == party) {
                Some((_, roles)) => roles.push(&field.name),
                None => found.push((party, vec![&field.name])),
            }
        }
    }
    found.into_iter().map(|(party, roles)| party_view(roles, party)).collect()
}

fn party_view(roles: Vec<&str>, party: &Party) -> PartyView {
    let org = party.kind == PartyKind::Org;
    let lines = [
        ("类别", if org { "法人或者其他组织".into() } else { String::new() }),
        (if org { "统一代码" } else { "证件号" }, party.number.clone()),
        ("电话", party.phone.clone()),
        ("住址", party.address.clone()),
    ];
    PartyView {
        name: party.name.clone(),
        roles: roles.into_iter().map(str::to_owned).collect(),
        lines: lines.into_iter().filter(|(_, value)| !value.is_empty()).collect(),
    }
}

/// Names of the sealed fields that hold something.
fn sealed(file: &CaseFile) -> Vec<String> {
    let fields = file.case.procedure.fields.values();
    fields
        .filter(|field| field.keep == Keep::Sealed && file.case.latest(&field.id).is_some())
        .map(|field| field.name.clone())
        .collect()
}

fn papers(file: &CaseFile) -> Vec<Paper> {
    let case = &file.case;
    let mut papers = Vec::new();
    for recorded in case.facts().iter().rev() {
        for issued in &recorded.fact.issued {
            let Some(document) = case.procedure.documents.get(&issued.document) else { continue };
            papers.push(Paper {
                name: document.name.clone(),
                about: format!("{}　{}", issued.number.as_deref().unwrap_or("无文号"), recorded.fact.on),
                url: format!("/cases/{}/documents/{}/{}", case.id, recorded.version, issued.document),
                struck: case.struck_by(recorded.version).is_some(),
            });
        }
    }
    papers
}

fn linked(file: &CaseFile) -> Vec<Linked> {
    file.linked
        .iter()
        .map(|(relation, row)| match row {
            Some(row) => Linked {
                relation: relation.clone(),
                name: format!("{}　{}", row.number.as_deref().unwrap_or("（未编号）"), row.title),
                url: Some(format!("/cases/{}", row.id)),
            },
            None => Linked { relation: relation.clone(), name: "（您无权查看的案件）".into(), url: None },
        })
        .collect()
}

fn files(file: &CaseFile) -> Vec<FileView> {
    let mut files = Vec::new();
    for recorded in file.case.in_effect() {
        for value in recorded.fact.answers.values() {
            let Value::Files(kept) = value else { continue };
            files.extend(kept.iter().map(|kept| FileView {
                name: kept.name.clone(),
                about: format!(
                    "{}　{}　{}",
                    size(kept.size),
                    recorded.fact.on,
                    builtin::act_name(&file.case.procedure, &recorded.fact.act)
                ),
                url: format!("/cases/{}/files/{}", file.case.id, kept.digest),
            }));
        }
    }
    files
}

#[derive(Template)]
#[template(path = "case/print.html")]
struct PrintPage {
    frame: Frame,
    heading: String,
    lines: Vec<(&'static str, String)>,
    parties: Vec<PartyView>,
    facts: Vec<FactView>,
    dues: Vec<DueView>,
    printed: String,
}

/// `GET /cases/{case}/print`: the whole file on paper.
pub async fn print(State(desk): State<Desk>, me: SignedIn, Path(id): Path<String>) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "打印案卷").await?;
    desk.ask(move |office| {
        let file = CaseFile::read(office, &me.actor, &id)?;
        note_personal(office, &me, &file)?;
        let (case, names) = (&file.case, &file.names);
        let number = case.number().unwrap_or("（未编号）").to_owned();
        let title = title(case, &case.procedure, &file);
        let page = PrintPage {
            frame: frame.under(number.clone(), format!("/cases/{id}")),
            heading: format!("{number}　{title}"),
            lines: vec![
                ("程序", format!("{}（{}）", case.procedure.name, case.procedure.version)),
                ("承办机关", names.organ(case.organ().as_str())),
                ("来源机关", names.organ(case.origin().as_str())),
                ("立卷日期", plain::day(case.opened())),
                ("阶段", case.stage_name().to_owned()),
            ],
            parties: parties(&file),
            facts: case.facts().iter().map(|recorded| fact(&file, recorded)).collect(),
            dues: dues(&file, office),
            printed: format!("{}　{}打印", plain::stamp(office.clock().now()), me.actor.name),
        };
        Ok(Html(page.render()?))
    })
    .await
}

#[derive(Template)]
#[template(path = "case/entry.html")]
struct EntryPage {
    frame: Frame,
    id: String,
    version: u32,
    fact: FactView,
    lines: Vec<(&'static str, String)>,
}

/// `GET /cases/{case}/entries/{version}`: one entry and its receipt.
pub async fn entry(
    State(desk): State<Desk>,
    me: SignedIn,
    Path((id, version)): Path<(String, u32)>,
) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "回执").await?;
    desk.ask(move |office| {
        let file = CaseFile::read(office, &me.actor, &id)?;
        let recorded = file.case.facts().iter().find(|fact| fact.version == version).ok_or(PageError::Missing)?;
        let receipt = office.store().read(office.county(), |read| read.receipt_of(&id, version).map_err(PageError::from))?;
        let receipt = receipt.ok_or(PageError::Missing)?;
        let number = file.case.number().unwrap_or("（未编号）").to_owned();
        let page = EntryPage {
            frame: frame.titled(format!("第 {version} 笔")).under(number, format!("/cases/{id}")),
            lines: vec![
                ("案件", receipt.entry.case.clone()),
                ("账目", format!("第 {version} 笔")),
                ("入账时间", plain::stamp(receipt.entry.at)),
                ("办理日期", receipt.entry.on.to_string()),
                ("依据程序", receipt.entry.law.clone()),
                ("前一笔摘要", receipt.prev.clone()),
                ("本笔摘要（SM3）", receipt.digest.clone()),
            ],
            fact: fact(&file, recorded),
            id,
            version,
        };
        Ok(Html(page.render()?))
    })
    .await
}

/// `GET /cases/{case}/entries/{version}/receipt.json`: what the person keeps.
pub async fn receipt(
    State(desk): State<Desk>,
    me: SignedIn,
    Path((id, version)): Path<(String, u32)>,
) -> Result<Response, PageError> {
    let text = desk
        .ask(move |office| {
            CaseFile::read(office, &me.actor, &id)?;
            let receipt = office.store().read(office.county(), |read| {
                let receipt = read.receipt_of(&id, version)?.ok_or(PageError::Missing)?;
                read.prove(receipt).map_err(PageError::from)
            })?;
            serde_json::to_string_pretty(&receipt).map_err(|error| PageError::Broken(error.to_string()))
        })
        .await?;
    let name = format!("attachment; filename=\"receipt-{version}.json\"");
    Ok(([(header::CONTENT_TYPE, "application/json".to_owned()), (header::CONTENT_DISPOSITION, name)], text).into_response())
}

#[derive(Template)]
#[template(path = "case/verify.html")]
struct VerifyPage {
    frame: Frame,
    heading: String,
    damage: Vec<String>,
    entries: u32,
    digest: String,
}

/// `GET /cases/{case}/verify`: is the chain of this case whole?
pub async fn verify(State(desk): State<Desk>, me: SignedIn, Path(id): Path<String>) -> Result<Html<String>, PageError> {
    let frame = desk.frame(&me, "核验本卷").await?;
    desk.ask(move |office| {
        let file = CaseFile::read(office, &me.actor, &id)?;
        let version = file.case.version();
        let (damage, receipt) = office.store().read(office.county(), |read| {
            Ok::<_, PageError>((read.verify_case(&id)?, read.receipt_of(&id, version)?))
        })?;
        let number = file.case.number().unwrap_or("（未编号）").to_owned();
        let page = VerifyPage {
            frame: frame.under(number.clone(), format!("/cases/{id}")),
            heading: number,
            damage: damage.iter().map(|damage| damage.to_string()).collect(),
            entries: version,
            digest: receipt.map(|receipt| receipt.digest).unwrap_or_default(),
        };
        Ok(Html(page.render()?))
    })
    .await
}
