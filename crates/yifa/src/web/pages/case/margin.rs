//! What stands beside the facts: periods, parties, papers, attachments, linked cases.

use engine::{builtin, deadline::Light};
use law::{
    procedure::{FieldType, Keep},
    value::{Party, PartyKind, Value},
};

use crate::{
    office::Office,
    web::{
        case_file::CaseFile,
        form::control::size,
        lamp::{Lamp, due_text},
    },
};

pub(super) struct DueView {
    pub(super) lamp: Lamp,
    pub(super) name: String,
    pub(super) date: String,
    pub(super) note: String,
    pub(super) derivation: Vec<String>,
    pub(super) basis: String,
}

pub(super) struct PartyView {
    pub(super) name: String,
    pub(super) roles: Vec<String>,
    pub(super) lines: Vec<(&'static str, String)>,
}

pub(super) struct Paper {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) url: String,
    pub(super) struck: bool,
}

pub(super) struct Linked {
    pub(super) relation: String,
    pub(super) name: String,
    pub(super) url: Option<String>,
}

pub(super) struct FileView {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) url: String,
}

pub(super) fn worst(file: &CaseFile, office: &Office) -> Option<Lamp> {
    let clock = file
        .clocks
        .iter()
        .filter(|clock| {
            matches!(clock.light(file.today), Light::Red | Light::Yellow | Light::Green)
        })
        .min_by_key(|clock| (clock.light(file.today), clock.due.legal))?;
    let mut lamp = Lamp::of(&file.case.procedure, clock, &office.law().calendar, file.today);
    lamp.text = format!("{}　{}", clock.name, lamp.text);
    Some(lamp)
}

pub(super) fn dues(file: &CaseFile, office: &Office) -> Vec<DueView> {
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
pub(super) fn parties(file: &CaseFile) -> Vec<PartyView> {
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
pub(super) fn sealed(file: &CaseFile) -> Vec<String> {
    let fields = file.case.procedure.fields.values();
    fields
        .filter(|field| field.keep == Keep::Sealed && file.case.latest(&field.id).is_some())
        .map(|field| field.name.clone())
        .collect()
}

pub(super) fn papers(file: &CaseFile) -> Vec<Paper> {
    let case = &file.case;
    let mut papers = Vec::new();
    for recorded in case.facts().iter().rev() {
        for issued in &recorded.fact.issued {
            let Some(document) = case.procedure.documents.get(&issued.document) else { continue };
            papers.push(Paper {
                name: document.name.clone(),
                about: format!(
                    "{}　{}",
                    issued.number.as_deref().unwrap_or("无文号"),
                    recorded.fact.on
                ),
                url: format!(
                    "/cases/{}/documents/{}/{}",
                    case.id, recorded.version, issued.document
                ),
                struck: case.struck_by(recorded.version).is_some(),
            });
        }
    }
    papers
}

pub(super) fn linked(file: &CaseFile) -> Vec<Linked> {
    file.linked
        .iter()
        .map(|(relation, row)| match row {
            Some(row) => Linked {
                relation: relation.clone(),
                name: format!("{}　{}", row.number.as_deref().unwrap_or("（未编号）"), row.title),
                url: Some(format!("/cases/{}", row.id)),
            },
            None => Linked {
                relation: relation.clone(),
                name: "（您无权查看的案件）".into(),
                url: None,
            },
        })
        .collect()
}

pub(super) fn files(file: &CaseFile) -> Vec<FileView> {
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
