//! Values in words, as documents, lists and notices print them.

use jiff::civil::{Date, DateTime};
use law::{
    Id,
    expr::{Expr, Node, Type},
    procedure::{Field, FieldType, Procedure},
    value::{PartyKind, Value},
};

use crate::eval::Val;

/// `2025年7月1日`.
pub fn date(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// `2025年7月1日9时05分`.
pub fn moment(moment: DateTime) -> String {
    format!("{}{}时{:02}分", date(moment.date()), moment.hour(), moment.minute())
}

/// An amount in 分 as `1,500.00元`.
pub fn money(cents: i64) -> String {
    let yuan = (cents / 100).unsigned_abs().to_string();
    let mut grouped = String::new();
    for (index, digit) in yuan.chars().enumerate() {
        if index > 0 && (yuan.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{grouped}.{:02}元", (cents % 100).unsigned_abs())
}

/// Hundredths of a point as points: `10`, `9.5`, `-0.25`.
pub fn points(hundredths: i64) -> String {
    let sign = if hundredths < 0 { "-" } else { "" };
    let all = hundredths.unsigned_abs();
    let text = format!("{sign}{}.{:02}", all / 100, all % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The words for people and organs, whose names stand outside the case.
pub trait Names {
    /// The name of a person, or the id where it is not known.
    fn person(&self, id: &str) -> String;
    /// The name of an organ, or the path where it is not known.
    fn organ(&self, path: &str) -> String;
    /// The name of an indicator, or the key where it is not known.
    fn indicator(&self, key: &str) -> String;
}

/// Nobody is known: ids and paths are printed as they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoNames;

impl Names for NoNames {
    fn person(&self, id: &str) -> String {
        id.to_owned()
    }
    fn organ(&self, path: &str) -> String {
        path.to_owned()
    }
    fn indicator(&self, key: &str) -> String {
        key.to_owned()
    }
}

/// One answer in words.
pub fn answer(procedure: &Procedure, field: &Field, value: &Value, names: &impl Names) -> String {
    if matches!(value, Value::Sealed(_)) {
        return "（密钥已销毁，内容不可恢复）".into();
    }
    if let (FieldType::Indicator, Value::Text(key)) = (&field.ty, value) {
        return names.indicator(key);
    }
    let list = match &field.ty {
        FieldType::Choice(list) => Some(list),
        _ => None,
    };
    shown(procedure, list, &Val::from(value), names)
}

/// The value of an expression in words; empty for null.
pub fn value(procedure: &Procedure, expr: &Expr, value: &Val, names: &impl Names) -> String {
    if let (Type::Indicator, Val::Text(key)) = (&expr.ty, value) {
        return names.indicator(key);
    }
    shown(procedure, list_of(procedure, &expr.node), value, names)
}

fn shown(procedure: &Procedure, list: Option<&Id>, value: &Val, names: &impl Names) -> String {
    match value {
        Val::Null => String::new(),
        Val::Bool(yes) => if *yes { "是" } else { "否" }.into(),
        Val::Int(number) => number.to_string(),
        Val::Money(cents) => money(*cents),
        Val::Text(text) => text.clone(),
        Val::Date(day) => date(*day),
        Val::Moment(at) => moment(*at),
        Val::Codes(codes) => {
            let label = |code: &Id| {
                let label = list.and_then(|list| procedure.label(list, code));
                let stage = || procedure.stages.get(code).map(|stage| stage.name.as_str());
                label.or_else(stage).unwrap_or(code).to_owned()
            };
            codes.iter().map(label).collect::<Vec<_>>().join("、")
        }
        Val::Parties(parties) => {
            parties.iter().map(|party| party.name.as_str()).collect::<Vec<_>>().join("、")
        }
        Val::People(people) => {
            people.iter().map(|id| names.person(id)).collect::<Vec<_>>().join("、")
        }
        Val::Organs(organs) => {
            organs.iter().map(|path| names.organ(path)).collect::<Vec<_>>().join("、")
        }
        Val::Files(files) => {
            files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join("、")
        }
        Val::Figure(figure) => crate::figure::came(figure).to_string(),
    }
}

/// The list whose codes an expression yields.
fn list_of<'a>(procedure: &'a Procedure, node: &Node) -> Option<&'a Id> {
    let field = match node {
        Node::Field(field) | Node::New(field) | Node::Answer(_, field) => field,
        _ => return None,
    };
    match &procedure.fields.get(field)?.ty {
        FieldType::Choice(list) => Some(list),
        _ => None,
    }
}

/// A name as the public may see it: a citizen's given name hidden, an organisation in full.
pub fn surname(name: &str, kind: PartyKind) -> String {
    match kind {
        PartyKind::Org => name.to_owned(),
        PartyKind::Person => {
            name.chars().next().map_or_else(String::new, |first| format!("{first}某"))
        }
    }
}

/// A phone or identity number with its middle hidden.
pub fn masked_number(number: &str) -> String {
    let digits: Vec<char> = number.chars().collect();
    match digits.len() {
        0 => String::new(),
        1..=6 => "****".into(),
        length => {
            let (head, tail) = (&digits[..3], &digits[length - 4..]);
            head.iter().chain(&['*'; 4]).chain(tail).collect()
        }
    }
}
