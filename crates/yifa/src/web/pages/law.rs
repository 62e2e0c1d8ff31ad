//! 程序与法规: what the law files say, for everybody to read on the wall.

use std::sync::Arc;

use askama::Template;
use axum::{
    extract::{Path, Query, State},
    response::Html,
};
use law::{
    Law,
    difference::{self, Difference},
    procedure::{Field, FieldType, Keep, LawUse, Procedure, Role, Scope},
    source::{self, SourceFile},
    value::Value,
    wall::{self, Wall},
};
use serde::Deserialize;

use crate::web::{
    Desk,
    error::PageError,
    flow::{self, Flow},
    frame::Frame,
    plain,
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
    wall: Wall,
    flow: Flow,
    roles: Vec<(String, &'static str, String)>,
    fields: Vec<(String, &'static str, &'static str)>,
    params: Vec<Param>,
    laws: Vec<String>,
    scenarios: Vec<(String, usize)>,
    /// The edition it is laid over, if it is a local one.
    of: Option<String>,
    version: String,
    editions: Vec<(String, String, bool)>,
}

/// A number that is set locally.
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
    let (procedure, editions) = edition(law, &id, &asked)?;
    let page = WallPage {
        frame: desk.frame(&me, &procedure.name).await?.under("程序与法规", "/law"),
        id,
        edition: format!(
            "{} · {}文本 · {}起立卷的案件适用",
            procedure.version,
            level(procedure.level),
            plain::day(procedure.effective)
        ),
        wall: wall::wall(procedure, law),
        flow: flow::draw(procedure),
        roles: procedure.roles.values().map(|role| role_line(procedure, role)).collect(),
        fields: procedure
            .fields
            .values()
            .map(|field| (field.name.clone(), kind(field), keep(field.keep)))
            .collect(),
        params: procedure.params.values().map(param_line).collect(),
        laws: procedure.laws.iter().map(|(title, used)| law_line(title, used)).collect(),
        scenarios: procedure
            .scenarios
            .iter()
            .map(|scenario| (scenario.name.clone(), scenario.when.len()))
            .collect(),
        of: procedure.of.clone(),
        version: procedure.version.clone(),
        editions: editions
            .iter()
            .map(|edition| {
                let here = Arc::ptr_eq(edition, procedure);
                (edition.version.clone(), plain::day(edition.effective), here)
            })
            .collect(),
    };
    Ok(Html(page.render()?))
}

/// The edition asked for, or the newest; and all there are.
fn edition<'l>(
    law: &'l Law,
    id: &str,
    asked: &Edition,
) -> Result<(&'l Arc<Procedure>, &'l [Arc<Procedure>]), PageError> {
    let editions = law.procedures.get(id).ok_or(PageError::Missing)?;
    let found = match &asked.version {
        Some(version) => editions.iter().find(|edition| edition.version == *version),
        None => editions.last(),
    };
    Ok((found.ok_or(PageError::Missing)?, editions))
}

#[derive(Template)]
#[template(path = "law/source.html")]
struct SourcePage {
    frame: Frame,
    path: String,
    hash: String,
    files: Vec<SourceFile>,
}

/// `GET /law/{procedure}/source`: the files as lawyers wrote them. Those of a local folder are read
/// there.
pub async fn source(
    State(desk): State<Desk>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(asked): Query<Edition>,
) -> Result<Html<String>, PageError> {
    let (procedure, _) = edition(desk.law(), &id, &asked)?;
    let folder = procedure.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let shipped = Law::embedded().edition(&id, &procedure.hash).is_some();
    let mut files = if shipped { source::embedded() } else { Vec::new() };
    files.retain(|file| file.path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')));
    files.sort_by_key(|file| (file.path != procedure.path, file.path.clone()));
    let frame = desk.frame(&me, "程序文件原文").await?;
    let page = SourcePage {
        frame: frame
            .under("程序与法规", "/law")
            .under(procedure.name.clone(), format!("/law/{id}")),
        path: procedure.path.clone(),
        hash: procedure.hash.to_string(),
        files,
    };
    Ok(Html(page.render()?))
}

#[derive(Template)]
#[template(path = "law/differences.html")]
struct DifferencesPage {
    frame: Frame,
    edition: String,
    /// The base and what differs from it; none for an edition that stands by itself.
    of: Option<(String, Vec<Difference>)>,
}

/// `GET /law/{procedure}/differences`: what holds here and not in the base, and on what ground.
pub async fn differences(
    State(desk): State<Desk>,
    me: SignedIn,
    Path(id): Path<String>,
    Query(asked): Query<Edition>,
) -> Result<Html<String>, PageError> {
    let law = desk.law();
    let (procedure, _) = edition(law, &id, &asked)?;
    let base = difference::base(law, procedure);
    let title = format!("{}：与底本的不同", procedure.name);
    let frame = desk.frame(&me, &title).await?;
    let page = DifferencesPage {
        frame: frame
            .under("程序与法规", "/law")
            .under(procedure.name.clone(), format!("/law/{id}")),
        edition: format!("{} · {}文本", procedure.version, level(procedure.level)),
        of: base.map(|base| {
            let name = format!("{} {}", base.name, base.version);
            (name, difference::differences(base, procedure, law))
        }),
    };
    Ok(Html(page.render()?))
}

fn law_line(title: &str, used: &LawUse) -> String {
    let to = used.to.map(|to| format!("至{}", plain::day(to))).unwrap_or_default();
    format!("《{title}》（{}施行{to}）", plain::day(used.from))
}

fn role_line(procedure: &Procedure, role: &Role) -> (String, &'static str, String) {
    let reach = match (role.outside, role.scope) {
        (true, _) => "当事人一方",
        (_, Scope::Case) => "本案指定的人",
        (_, Scope::Org) => "承办机关任此岗的人",
        (_, Scope::Subtree) => "承办机关及其上级任此岗的人",
        (_, Scope::Origin) => "来源机关及其上级任此岗的人",
    };
    let acts = procedure.acts.values().filter(|act| act.by.contains(&role.id));
    let acts: Vec<&str> = acts.map(|act| act.name.as_str()).collect();
    (role.name.clone(), reach, acts.join("、"))
}

fn param_line(param: &law::procedure::Param) -> Param {
    let (value, _) = param.current();
    Param {
        name: param.name.clone(),
        value: match value {
            Value::Int(number) => number.to_string(),
            Value::Money(cents) => engine::show::money(*cents),
            Value::Yes(yes) => if *yes { "是" } else { "否" }.into(),
            other => other.as_text().unwrap_or_default().into(),
        },
        set_by: param.setter().to_owned(),
        basis: param.value.as_ref().map(|(_, basis)| basis.text.clone()).unwrap_or_default(),
    }
}

fn keep(keep: Keep) -> &'static str {
    match keep {
        Keep::Public => "可以公开",
        Keep::Work => "工作信息",
        Keep::Personal => "个人信息",
        Keep::Sealed => "封存，查看须说明理由",
    }
}

fn kind(field: &Field) -> &'static str {
    match field.ty {
        FieldType::Line => "单行文字",
        FieldType::Text => "文字",
        FieldType::Int => "整数",
        FieldType::Money => "金额（元）",
        FieldType::YesNo => "是或者否",
        FieldType::Date => "日期",
        FieldType::Moment => "日期和时间",
        FieldType::Choice(_) if field.many => "选择（可多选）",
        FieldType::Choice(_) => "选择",
        FieldType::Party => "当事人",
        FieldType::Person => "工作人员",
        FieldType::Organ => "机关",
        FieldType::Files => "附件",
        FieldType::LawItem => "条款或者事项",
        FieldType::Indicator => "指标",
        FieldType::Figure => "指标数据（系统填）",
    }
}
