//! Forms of the acts that every procedure has: 记事、移交、关联、作废.

use engine::{
    action::Answers,
    builtin::{self, Kind},
    fact::BuiltIn,
};
use law::{Id, procedure::Scope, value::Value};

use crate::web::{
    act_form::{ActForm, Making, text},
    case_file::CaseFile,
    error::PageError,
    form::{
        control::{self, Control, Pick},
        filled::Filled,
    },
};

/// The form of a built-in act.
pub fn form(
    making: &Making,
    kind: Kind,
    file: &CaseFile,
    filled: &Filled,
) -> Result<ActForm, PageError> {
    let case = &file.case;
    let url = format!("/cases/{}/acts/{}", case.id, kind.id());
    let mut form = making.blank(url, Some(case.version()), filled)?;
    form.submit = kind.name().into();
    match kind {
        Kind::Note => {
            form.about = "记入案卷的说明，不改变案件的阶段和期限。".into();
            form.controls.push(words("text", "内容", filled));
        }
        Kind::HandOver => {
            form.about = "由其他人接着办理本案。".into();
            let roles = case
                .procedure
                .roles
                .values()
                .filter(|role| role.scope == Scope::Case && !role.outside);
            let named = roles.map(|role| making.naming(&role.id, false, filled));
            form.assign = named.collect::<Result<_, _>>()?;
            form.controls.push(words("reason", "移交理由", filled));
        }
        Kind::Link => {
            form.about = "与另一件案件建立关联，双方案卷互相可见链接。".into();
            form.controls.push(line("case", "关联案件的案号", "例如 青石访〔2026〕1号", filled));
            form.controls.push(line("relation", "关系", "例如 同一事项、同一当事人", filled));
        }
        Kind::Strike => {
            form.about =
                "记录有误的，作废后重新办理；作废的记录仍然保留，统计和期限随之重算。".into();
            form.controls.push(entries(file, filled));
            form.controls.push(words("reason", "作废理由", filled));
        }
        Kind::Recount | Kind::Move => {}
    }
    Ok(form)
}

/// The answers of a built-in act. The number of a linked case is looked up by the caller.
pub fn answers(kind: Kind, filled: &mut Filled) -> Answers {
    let mut answers = Answers::new();
    let names: &[&str] = match kind {
        Kind::Note => &["text"],
        Kind::HandOver => &["reason"],
        Kind::Link => &["relation"],
        Kind::Strike => {
            match filled.one("f.version").parse() {
                Ok(version) => {
                    answers.insert(Id::from("version"), Value::Int(version));
                }
                Err(_) => {
                    filled.wrong.insert("version".into(), "请选择要作废的记录".into());
                }
            }
            &["reason"]
        }
        Kind::Recount | Kind::Move => &[],
    };
    answers.extend(names.iter().filter_map(|name| text(filled, name)));
    answers
}

fn words(name: &str, label: &str, filled: &Filled) -> Control {
    let value = filled.one(&format!("f.{name}"));
    control(name, label, "", filled, control::Kind::Text { value, max: control::LONGEST_TEXT })
}

fn line(name: &str, label: &str, hint: &str, filled: &Filled) -> Control {
    let value = filled.one(&format!("f.{name}"));
    control(name, label, hint, filled, control::Kind::Line { value, max: control::LONGEST_LINE })
}

fn entries(file: &CaseFile, filled: &Filled) -> Control {
    let chosen = filled.one("f.version");
    let facts = file
        .case
        .in_effect()
        .filter(|recorded| !matches!(recorded.fact.built_in, Some(BuiltIn::Strike { .. })));
    let picks: Vec<Pick> = facts
        .map(|recorded| {
            let name = builtin::act_name(&file.case.procedure, &recorded.fact.act);
            let who = recorded.fact.by.first().map_or("系统", |by| by.name.as_str());
            let code = recorded.version.to_string();
            Pick {
                on: code == chosen,
                label: format!("第 {code} 笔　{}　{name}　{who}", recorded.fact.on),
                code,
            }
        })
        .collect();
    control("version", "作废哪一笔", "", filled, control::Kind::Select(picks))
}

fn control(name: &str, label: &str, hint: &str, filled: &Filled, kind: control::Kind) -> Control {
    Control {
        name: format!("f.{name}"),
        label: label.into(),
        required: true,
        hint: hint.into(),
        wrong: filled.wrong.get(name).cloned().unwrap_or_default(),
        kind,
    }
}
