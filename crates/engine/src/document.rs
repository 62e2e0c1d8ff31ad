//! 文书和公示的内容: what a template, a notice or a tracking page may say of a case.

use std::collections::BTreeMap;

use law::{
    Id,
    calendar::Calendar,
    expr::{Expr, Node},
    procedure::{Document, Keep, Mask, Notice, Procedure, Scope as RoleScope},
    value::{Party, Value},
};
use serde_json::{Map, Value as Json, json};

use crate::{
    actor::OrganPath,
    case::Case,
    deadline::clocks,
    eval::Scope,
    fact::{Fact, Recorded},
    show::{self, Names},
};

/// What a document template can name: every field and act of the case in words, as they stand
/// after `recorded`, the act that issues it.
///
/// `{{ people }}` latest answer · `{{ draft.opinion }}`, `{{ accept.on }}`, `{{ accept.by }}` of
/// the last such act, `{{ accept.times }}` how many · `{{ due('handle') }}`, blank where it does
/// not run · `{{ finding.must_review }}` · `{{ param.supply_days }}` · `{{ has.opinion }}` · `{{ code.fine }}` raw codes for
/// conditions · `{{ org }}`, `{{ number }}`, `{{ case_no }}`, `{{ date }}`, `{{ actor }}`.
pub fn context(
    case: &Case,
    recorded: &Recorded,
    number: Option<&str>,
    calendar: &Calendar,
    names: &impl Names,
) -> Json {
    let procedure = &*case.procedure;
    let mut root = Map::new();
    let (mut has, mut codes) = (Map::new(), Map::new());
    for field in procedure.fields.values() {
        let value = case.latest(&field.id);
        let words = value.map(|value| show::answer(procedure, field, value, names));
        has.insert(field.id.to_string(), json!(words.as_ref().is_some_and(|w| !w.is_empty())));
        codes.insert(field.id.to_string(), raw(value));
        root.insert(field.id.to_string(), json!(words.unwrap_or_default()));
    }
    for act in procedure.acts.values() {
        let last = case.last(&act.id);
        let mut said = Map::new();
        for ask in &act.ask {
            let Some(field) = procedure.fields.get(&ask.field) else {
                continue;
            };
            let answer = last.and_then(|last| last.fact.answers.get(&field.id));
            let words = answer.map(|value| show::answer(procedure, field, value, names));
            said.insert(field.id.to_string(), json!(words.unwrap_or_default()));
        }
        let by = last.map(|last| {
            last.fact.by.iter().map(|by| by.name.as_str()).collect::<Vec<_>>().join("、")
        });
        said.insert(
            "on".into(),
            json!(last.map(|last| show::date(last.fact.on)).unwrap_or_default()),
        );
        said.insert("by".into(), json!(by.unwrap_or_default()));
        said.insert("done".into(), json!(last.is_some()));
        said.insert("times".into(), json!(case.done(&act.id, u32::MAX).count()));
        // A field of the same name as an act keeps its own words; the act's parts stand under it
        // only where no field hides them.
        root.entry(act.id.to_string()).or_insert(Json::Object(said));
    }
    let mut due: Map<String, Json> =
        procedure.deadlines.keys().map(|deadline| (deadline.to_string(), json!(""))).collect();
    due.extend(clocks(case, calendar).into_iter().map(|clock| {
        let day = json!(show::date(clock.due.legal));
        (clock.deadline.to_string(), day)
    }));
    root.insert("due".into(), Json::Object(due));
    let scope = Scope::timeless(case, calendar).on(recorded.fact.on);
    let findings: Map<String, Json> = procedure
        .findings
        .keys()
        .map(|finding| (finding.to_string(), json!(scope.finding(finding))))
        .collect();
    root.insert("finding".into(), Json::Object(findings));
    let params: Map<String, Json> = procedure
        .params
        .values()
        .map(|param| {
            let words = match param.current().0 {
                Value::Int(number) => number.to_string(),
                Value::Money(cents) => show::money(*cents),
                Value::Yes(yes) => if *yes { "是" } else { "否" }.into(),
                _ => String::new(),
            };
            (param.id.to_string(), json!(words))
        })
        .collect();
    root.insert("param".into(), Json::Object(params));
    root.insert("has".into(), Json::Object(has));
    root.insert("code".into(), Json::Object(codes));
    let issuer = issuer(procedure, case.organ(), &recorded.fact);
    root.insert("org".into(), json!(names.organ(issuer.as_str())));
    root.insert("number".into(), json!(number.unwrap_or_default()));
    root.insert("case_no".into(), json!(case.number().unwrap_or_default()));
    root.insert("date".into(), json!(show::date(recorded.fact.on)));
    let actors: Vec<&str> = recorded.fact.by.iter().map(|by| by.name.as_str()).collect();
    root.insert("actor".into(), json!(actors.join("、")));
    Json::Object(root)
}

/// The organ that a document is issued by, and whose series its number comes from. 发文机关
///
/// The organ that handles the case; but whoever hands the case on to another organ, or acts on it
/// from above or from where it began, signs for the own organ.
pub fn issuer<'a>(procedure: &Procedure, handling: &'a OrganPath, fact: &'a Fact) -> &'a OrganPath {
    let Some(by) = fact.by.first() else {
        return handling;
    };
    let role = procedure.roles.get(&by.role).filter(|role| !role.outside);
    let elsewhere =
        role.is_some_and(|role| matches!(role.scope, RoleScope::Subtree | RoleScope::Origin));
    match elsewhere || fact.organ.is_some() {
        true => &by.organ,
        false => handling,
    }
}

fn raw(value: Option<&Value>) -> Json {
    match value {
        Some(Value::Codes(codes)) if codes.len() == 1 => json!(codes[0]),
        Some(Value::Codes(codes)) => json!(codes),
        Some(Value::Yes(yes)) => json!(yes),
        Some(Value::Int(number)) => json!(number),
        Some(Value::Money(cents)) => json!(cents),
        Some(Value::Figure(figure)) => json!(crate::figure::came(figure).number()),
        Some(_) => json!(true),
        None => Json::Null,
    }
}

/// Whether a document says anything personal or sealed: then only those who handle the case may
/// read it.
pub fn names_people(procedure: &Procedure, document: &Document) -> bool {
    document.uses.iter().any(|expr| {
        let (Node::Field(field) | Node::New(field) | Node::Answer(_, field)) = &expr.node else {
            return false;
        };
        procedure
            .fields
            .get(field)
            .is_none_or(|field| matches!(field.keep, Keep::Personal | Keep::Sealed))
    })
}

/// One line of a notice or a tracking page.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Line {
    /// What it is.
    pub label: String,
    /// What it says.
    pub text: String,
}

/// What a notice says in public: allow-listed fields, masked where the law says so, nothing else.
///
/// A masked field stands where `show` names it, else at the end; its plain words never do.
pub fn notice(case: &Case, notice: &Notice, calendar: &Calendar, names: &impl Names) -> Vec<Line> {
    let scope = Scope::timeless(case, calendar);
    let line = |expr: &Expr| match masked_field(&expr.node, notice) {
        Some(field) => masked(case, notice, field, names),
        None => Some(Line {
            label: label(&case.procedure, &expr.node),
            text: show::value(&case.procedure, expr, &scope.value(expr), names),
        }),
    };
    let shown = notice.show.iter().filter_map(line);
    let rest = notice.mask.keys().filter(|field| {
        let mut placed = notice.show.iter();
        !placed.any(|expr| masked_field(&expr.node, notice) == Some(*field))
    });
    let rest = rest.filter_map(|field| masked(case, notice, field, names));
    shown.chain(rest).filter(|line| !line.text.is_empty()).collect()
}

/// The masked field an expression would print, if it would.
fn masked_field<'a>(node: &'a Node, notice: &Notice) -> Option<&'a Id> {
    let (Node::Field(field) | Node::New(field) | Node::Answer(_, field)) = node else {
        return None;
    };
    notice.mask.contains_key(field).then_some(field)
}

fn masked(case: &Case, notice: &Notice, field: &Id, names: &impl Names) -> Option<Line> {
    let definition = case.procedure.fields.get(field)?;
    let text = match (notice.mask.get(field)?, case.latest(field)?) {
        (Mask::Surname, Value::Parties(parties)) => surnames(parties),
        (Mask::Surname, value) => {
            let name = show::answer(&case.procedure, definition, value, names);
            show::surname(&name, law::value::PartyKind::Person)
        }
        (Mask::Hidden, _) => "（不公开）".into(),
    };
    Some(Line { label: definition.name.clone(), text })
}

/// What the party sees with number and code.
pub fn tracking(case: &Case, calendar: &Calendar, names: &impl Names) -> Vec<Line> {
    let scope = Scope::timeless(case, calendar);
    let lines = case.procedure.track.iter().map(|expr| Line {
        label: label(&case.procedure, &expr.node),
        text: match &expr.node {
            Node::Stage => case.stage_name().to_owned(),
            _ => show::value(&case.procedure, expr, &scope.value(expr), names),
        },
    });
    lines.filter(|line| !line.text.is_empty()).collect()
}

/// Parties as the public may see them.
pub fn surnames(parties: &[Party]) -> String {
    let names: Vec<String> =
        parties.iter().map(|party| show::surname(&party.name, party.kind)).collect();
    names.join("、")
}

/// How a case is called in lists: the latest answer to its title field. Personal answers are
/// shown as the public would see them.
pub fn title(case: &Case, names: &impl Names) -> String {
    let procedure = &case.procedure;
    let Some(field) = procedure.fields.get(&procedure.title) else {
        return String::new();
    };
    match (field.keep, case.latest(&field.id)) {
        (_, None) => String::new(),
        (Keep::Personal, Some(Value::Parties(parties))) => surnames(parties),
        (Keep::Personal | Keep::Sealed, Some(_)) => "（不公开）".into(),
        (_, Some(value)) => {
            let words = show::answer(procedure, field, value, names);
            let line = words.lines().next().unwrap_or_default();
            if line.chars().count() > 60 {
                line.chars().take(59).chain(['…']).collect()
            } else {
                line.to_owned()
            }
        }
    }
}

/// What an expression is called in a list of lines.
pub fn label(procedure: &Procedure, node: &Node) -> String {
    let field = |id: &Id| procedure.fields.get(id).map(|field| field.name.clone());
    let act = |id: &Id| procedure.acts.get(id).map(|act| act.name.clone()).unwrap_or_default();
    match node {
        Node::Field(id) | Node::New(id) | Node::Answer(_, id) => field(id).unwrap_or_default(),
        Node::On(id) => format!("{}日期", act(id)),
        Node::By(id) => format!("{}人", act(id)),
        Node::Done(id) => act(id),
        Node::Times(id) => format!("{}次数", act(id)),
        Node::Due(id) => {
            let name = procedure.deadlines.get(id).map(|deadline| deadline.name.as_str());
            format!("{}期限届满日", name.unwrap_or_default())
        }
        Node::Finding(id) => {
            procedure.findings.get(id).map(|finding| finding.name.clone()).unwrap_or_default()
        }
        Node::Stage => "办理阶段".into(),
        Node::CaseNo => "案号".into(),
        Node::Opened => "立案日期".into(),
        Node::Org => "承办单位".into(),
        _ => String::new(),
    }
}

/// A credential that a case of a roster entitles a person to. 资格
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entitled {
    /// Who holds it.
    pub person: String,
    /// What it is, and for how long.
    pub held: crate::actor::Held,
}

/// The credential a roster case stands for today, if it is in a valid stage.
pub fn entitled(case: &Case, calendar: &Calendar) -> Option<Entitled> {
    let credential = case.procedure.credential.as_ref()?;
    if !credential.valid.iter().any(|stage| **stage == *case.stage()) {
        return None;
    }
    let scope = Scope::timeless(case, calendar);
    let Some(Value::People(people)) = case.latest(&credential.holder) else {
        return None;
    };
    let number = credential.number.as_ref().and_then(|field| case.latest(field));
    Some(Entitled {
        person: people.first()?.clone(),
        held: crate::actor::Held {
            name: credential.name.clone(),
            number: number.and_then(Value::as_text).unwrap_or_default().to_owned(),
            from: scope.date(&credential.from)?,
            until: credential.until.as_ref().and_then(|until| scope.date(until)),
        },
    })
}

/// Text of a case that may be searched by whoever may see it: public and work answers, never
/// personal ones.
pub fn searchable(case: &Case, names: &impl Names) -> String {
    let mut parts: BTreeMap<&str, String> = BTreeMap::new();
    for field in case.procedure.fields.values().filter(|field| field.keep <= Keep::Work) {
        if let Some(value) = case.latest(&field.id) {
            parts.insert(&field.id, show::answer(&case.procedure, field, value, names));
        }
    }
    let mut text = case.number().unwrap_or_default().to_owned();
    for part in parts.values() {
        text.push('\n');
        text.push_str(part);
    }
    text
}
