//! 程序与法规: what the law files say, for everybody to read on the wall.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::Html,
};
use engine::figure::unit_name;
use law::{
    indicator::Count,
    procedure::{Procedure, Scope},
};
use serde::Deserialize;

use crate::web::{
    Desk,
    error::PageError,
    flow::{self, Flow},
    frame::Frame,
    plain::{self, Plain},
    session::SignedIn,
};

#[derive(Template)]
#[template(path = "law/list.html")]
struct ListPage {
    frame: Frame,
    groups: Vec<(String, Vec<Entry>)>,
}

struct Entry {
    id: String,
    name: String,
    version: String,
    effective: String,
    level: &'static str,
    laws: String,
    counts: String,
}

/// `GET /law`
pub async fn list(State(desk): State<Desk>, me: SignedIn) -> Result<Html<String>, PageError> {
    let mut groups: Vec<(String, Vec<Entry>)> = Vec::new();
    for procedure in desk.law().newest() {
        let entry = entry(procedure);
        match groups.iter_mut().find(|(name, _)| *name == procedure.group) {
            Some((_, entries)) => entries.push(entry),
            None => groups.push((procedure.group.clone(), vec![entry])),
        }
    }
    let frame = desk.frame(&me, "程序与法规").await?;
    Ok(Html(ListPage { frame, groups }.render()?))
}

fn entry(procedure: &Arc<Procedure>) -> Entry {
    let laws: Vec<String> = procedure.laws.keys().map(|law| format!("《{law}》")).collect();
    Entry {
        id: procedure.id.to_string(),
        name: procedure.name.clone(),
        version: procedure.version.clone(),
        effective: plain::day(procedure.effective),
        level: level(procedure.level),
        laws: laws.join("、"),
        counts: format!(
            "{} 项行为、{} 个期限、{} 种文书、{} 项指标、{} 道考题",
            procedure.acts.len(),
            procedure.deadlines.len(),
            procedure.documents.len(),
            procedure.indicators.len(),
            procedure.scenarios.len()
        ),
    }
}

fn level(level: law::procedure::Level) -> &'static str {
    use law::procedure::Level::*;
    match level {
        National => "国家",
        Province => "省",
        City => "市",
        County => "县",
    }
}

#[derive(Template)]
#[template(path = "law/wall.html")]
struct WallPage {
    frame: Frame,
    id: String,
    edition: String,
    days: String,
    days_basis: String,
    laws: Vec<String>,
    flow: Flow,
    roles: Vec<(String, &'static str, String)>,
    acts: Vec<Act>,
    findings: Vec<Finding>,
    deadlines: Vec<Deadline>,
    fields: Vec<Field>,
    documents: Vec<Document>,
    notices: Vec<Notice>,
    indicators: Vec<Indicator>,
    params: Vec<Param>,
    scenarios: Vec<(String, String)>,
    editions: Vec<(String, String, bool)>,
}

struct Act {
    id: String,
    name: String,
    may: bool,
    who: String,
    when: String,
    to: String,
    asks: String,
    names: String,
    limits: Vec<String>,
    conditions: Vec<(String, String)>,
    makes: String,
    linked: String,
    hint: String,
    basis: String,
}

struct Finding {
    name: String,
    all: bool,
    items: Vec<String>,
    basis: String,
}

struct Deadline {
    name: String,
    statutory: bool,
    whose: String,
    rule: String,
    warn: String,
    basis: String,
}

struct Field {
    name: String,
    kind: &'static str,
    keep: &'static str,
}

struct Document {
    name: String,
    made: String,
    says: Vec<String>,
    basis: String,
}

struct Notice {
    name: String,
    by: String,
    shows: String,
    masks: String,
    down: String,
}

struct Indicator {
    name: String,
    unit: &'static str,
    counts: String,
    dated: String,
    rate: String,
    note: String,
    basis: String,
}

struct Param {
    name: String,
    value: String,
    set_by: String,
    basis: String,
}

/// Which edition to show.
#[derive(Deserialize)]
pub struct Edition {
    version: Option<String>,
}

/// `GET /law/{procedure}`: the wall sheet.
pub async fn wall(
    State(desk): State<Desk>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(asked): Query<Edition>,
) -> Result<Html<String>, PageError> {
    let law = desk.law();
    let editions = law.procedures.get(&*id).ok_or(PageError::Missing)?;
    let found = match &asked.version {
        Some(version) => editions.iter().find(|edition| edition.version == *version),
        None => editions.last(),
    };
    let procedure = found.ok_or(PageError::Missing)?;
    let frame = desk.frame(&me, &procedure.name).await?.under("程序与法规", "/law");
    let mut page = wall_page(frame, procedure);
    page.editions = editions
        .iter()
        .map(|edition| (edition.version.clone(), plain::day(edition.effective), Arc::ptr_eq(edition, procedure)))
        .collect();
    Ok(Html(page.render()?))
}

fn wall_page(frame: Frame, procedure: &Procedure) -> WallPage {
    let say = Plain(procedure);
    WallPage {
        frame,
        id: procedure.id.to_string(),
        edition: format!(
            "{} · {}文本 · {}起立卷的案件适用",
            procedure.version,
            level(procedure.level),
            plain::day(procedure.effective)
        ),
        days: plain::day_rule(&procedure.days),
        days_basis: procedure.days.basis.text.clone(),
        laws: procedure.laws.iter().map(|(title, used)| law_line(title, used)).collect(),
        flow: flow::draw(procedure),
        roles: procedure.roles.values().map(|role| role_line(procedure, role)).collect(),
        acts: procedure.acts.values().map(|act| act_line(&say, act)).collect(),
        findings: procedure
            .findings
            .values()
            .map(|finding| Finding {
                name: finding.name.clone(),
                all: finding.all,
                items: finding.items.iter().map(|item| say.cond(item)).collect(),
                basis: finding.basis.text.clone(),
            })
            .collect(),
        deadlines: procedure.deadlines.values().map(|deadline| deadline_line(&say, deadline)).collect(),
        fields: procedure
            .fields
            .values()
            .map(|field| Field { name: field.name.clone(), kind: plain::kind(field), keep: plain::keep(field.keep) })
            .collect(),
        documents: procedure
            .documents
            .values()
            .map(|document| Document {
                name: document.name.clone(),
                made: say.acts(&document.made_by),
                says: document.says.clone(),
                basis: document.basis.as_ref().map(|basis| basis.text.clone()).unwrap_or_default(),
            })
            .collect(),
        notices: procedure.notices.values().map(|notice| notice_line(&say, notice)).collect(),
        indicators: procedure.indicators.values().map(|indicator| indicator_line(&say, indicator)).collect(),
        params: procedure.params.values().map(|param| param_line(&say, param)).collect(),
        scenarios: procedure
            .scenarios
            .iter()
            .map(|scenario| (scenario.name.clone(), format!("{} 步", scenario.when.len())))
            .collect(),
        editions: Vec::new(),
    }
}

fn law_line(title: &str, used: &law::procedure::LawUse) -> String {
    let to = used.to.map(|to| format!("至{}", plain::day(to))).unwrap_or_default();
    format!("《{title}》（{}施行{to}）", plain::day(used.from))
}

fn role_line(procedure: &Procedure, role: &law::procedure::Role) -> (String, &'static str, String) {
    let reach = match (role.outside, role.scope) {
        (true, _) => "当事人一方",
        (_, Scope::Case) => "本案指定的人",
        (_, Scope::Org) => "承办机关任此岗的人",
        (_, Scope::Subtree) => "承办机关及其上级任此岗的人",
        (_, Scope::Origin) => "来源机关及其上级任此岗的人",
    };
    let acts = procedure.acts.values().filter(|act| act.by.contains(&role.id)).map(|act| &act.id);
    (role.name.clone(), reach, Plain(procedure).acts(acts))
}

fn act_line(say: &Plain, act: &law::procedure::Act) -> Act {
    let join = |names: Vec<String>| names.join("、");
    let procedure = say.0;
    let mut limits = Vec::new();
    if let Some(times) = act.times {
        limits.push(format!("一案至多 {times} 次"));
    }
    if !act.not_by.is_empty() {
        limits.push(format!("办过{}的人不得办", say.acts(&act.not_by)));
    }
    if let Some(team) = &act.team {
        let hold = team.hold.as_ref().map(|hold| format!("，均须持有有效的{hold}")).unwrap_or_default();
        limits.push(format!("不少于 {} 人共同办理{hold}", team.at_least));
    }
    limits.extend(act.hold.iter().map(|hold| format!("办理人须持有有效的{hold}")));
    limits.extend(act.hold_if_first.iter().map(|hold| format!("初次办理的人须持有{hold}")));
    if !act.record.is_empty() {
        limits.push(format!("全过程记录：{}", act.record.join("、")));
    }
    let mut linked = Vec::new();
    if let Some(opens) = &act.opens {
        let only = opens.only_if.as_ref().map(|cond| format!("（仅限{}的）", say.cond(cond))).unwrap_or_default();
        linked.push(format!("同时在关联程序中立卷{only}"));
    }
    if act.reports.is_some() {
        linked.push("结果同时回到来源案件".into());
    }
    if let Some(field) = &act.transfer {
        linked.push(format!("案件转由“{}”所填的机关承办", say.field(field)));
    }
    let makes = procedure.documents.values().filter(|document| document.made_by.contains(&act.id));
    Act {
        id: act.id.to_string(),
        name: act.name.clone(),
        may: act.may,
        who: join(act.by.iter().map(|role| say.role(role)).collect()),
        when: join(act.from.iter().map(|stage| say.stage(stage)).collect()),
        to: act.to.as_ref().map(|to| say.target(to)).unwrap_or_default(),
        asks: join(
            act.ask
                .iter()
                .map(|ask| format!("{}{}", say.field(&ask.field), if ask.required { "（必填）" } else { "" }))
                .collect(),
        ),
        names: join(act.assign.iter().map(|role| say.role(role)).collect()),
        limits,
        conditions: act
            .require
            .values()
            .map(|require| {
                let basis = require.basis.as_ref().map(|basis| basis.text.clone()).unwrap_or_default();
                (require.say.clone(), basis)
            })
            .collect(),
        makes: join(makes.map(|document| format!("《{}》", document.name)).collect()),
        linked: linked.join("；"),
        hint: act.hint.clone().unwrap_or_default(),
        basis: act.basis.text.clone(),
    }
}

fn deadline_line(say: &Plain, deadline: &law::procedure::Deadline) -> Deadline {
    Deadline {
        name: deadline.name.clone(),
        statutory: deadline.statutory,
        whose: deadline.whose.as_ref().map(|role| say.role(role)).unwrap_or_default(),
        rule: say.deadline(deadline),
        warn: deadline.warn.iter().map(plain::period).collect::<Vec<_>>().join("、"),
        basis: deadline.basis.text.clone(),
    }
}

fn notice_line(say: &Plain, notice: &law::procedure::Notice) -> Notice {
    Notice {
        name: notice.name.clone(),
        by: say.acts(&notice.by_act),
        shows: notice.show.iter().map(|shown| say.cond(shown)).collect::<Vec<_>>().join("、"),
        masks: notice.mask.keys().map(|field| say.field(field)).collect::<Vec<_>>().join("、"),
        down: say.acts(&notice.take_down),
    }
}

fn indicator_line(say: &Plain, indicator: &law::indicator::Indicator) -> Indicator {
    let what = match &indicator.count {
        Count::Cases => "案件".to_owned(),
        Count::Acts(act) => format!("每次“{}”", say.act(act)),
    };
    let sum = indicator.sum.as_ref().map(|sum| format!("，合计{}", say.cond(sum))).unwrap_or_default();
    let among = indicator.among.as_ref().map(|cond| format!("其中{}的", say.cond(cond))).unwrap_or_default();
    let good = indicator.good.as_ref().map(|cond| format!("分子：{}", say.cond(cond))).unwrap_or_default();
    Indicator {
        name: indicator.name.clone(),
        unit: unit_name(indicator.unit),
        counts: format!("{what}{sum}"),
        dated: say.cond(&indicator.dated),
        rate: [among, good].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("；"),
        note: indicator.note.clone().unwrap_or_default(),
        basis: indicator.basis.as_ref().map(|basis| basis.text.clone()).unwrap_or_default(),
    }
}

fn param_line(say: &Plain, param: &law::procedure::Param) -> Param {
    let (value, _) = param.current();
    Param {
        name: param.name.clone(),
        value: say.value(value),
        set_by: param.set_by.clone(),
        basis: param.value.as_ref().map(|(_, basis)| basis.text.clone()).unwrap_or_default(),
    }
}
