//! Checking what was filled in against the fields. 填写核对

use law::{
    Id,
    procedure::{Act, Field, FieldType, Procedure},
    value::{Party, Value},
};

use crate::{action::Answers, refusal::Ground};

/// Longest text where the field states no limit, in characters.
pub const LONGEST_TEXT: i64 = 5000;
/// Longest single line where the field states no limit, in characters.
pub const LONGEST_LINE: i64 = 200;

/// What is missing from or wrong with the answers to an act.
pub(crate) fn check(procedure: &Procedure, act: &Act, answers: &Answers) -> Vec<Ground> {
    let mut grounds = Vec::new();
    for ask in &act.ask {
        let Some(field) = procedure.fields.get(&ask.field) else {
            continue;
        };
        match answers.get(&ask.field).filter(|value| !value.is_blank()) {
            Some(value) => grounds.extend(fault(procedure, field, value).map(|say| {
                Ground::under(
                    format!("value:{}", field.id),
                    format!("“{}”{say}", field.name),
                    &act.basis,
                )
            })),
            None if ask.required => {
                let say = match field.fill {
                    Some(_) => {
                        format!("系统填不出“{}”：它所依据的内容没有填，或者没有数据", field.name)
                    }
                    None => format!("须填写“{}”", field.name),
                };
                grounds.push(Ground::under(format!("ask:{}", field.id), say, &act.basis));
            }
            None => {}
        }
    }
    let unasked = answers.keys().filter(|field| !act.asks(field));
    grounds.extend(unasked.map(|field| {
        let name = procedure.fields.get(field).map_or(&**field, |field| field.name.as_str());
        Ground::plain(format!("value:{field}"), format!("“{}”不填“{name}”", act.name))
    }));
    grounds
}

/// A value as a field of its kind keeps it: a code that was written as text is a code.
///
/// Expressions carried from another case and answers typed on the command line do not know the
/// field they are meant for.
pub fn fitted(field: &Field, value: Value) -> Value {
    match (&field.ty, value) {
        (FieldType::Choice(_), Value::Text(code)) => Value::Codes(vec![code.into()]),
        (FieldType::Person, Value::Text(person)) => Value::People(vec![person]),
        (FieldType::Organ, Value::Text(path)) => Value::Organs(vec![path]),
        (FieldType::Person, Value::Codes(ids)) => Value::People(texts(ids)),
        (FieldType::Organ, Value::Codes(paths)) => Value::Organs(texts(paths)),
        (FieldType::Money, Value::Int(cents)) => Value::Money(cents),
        (_, value) => value,
    }
}

fn texts(ids: Vec<Id>) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

/// What is wrong with one answer, if anything, as the end of a sentence.
pub fn fault(procedure: &Procedure, field: &Field, value: &Value) -> Option<String> {
    let many = |count: usize| (count > 1 && !field.many).then(|| "只能填一个".to_owned());
    match (&field.ty, value) {
        (FieldType::Line | FieldType::LawItem | FieldType::Indicator, Value::Text(text)) => {
            if text.contains('\n') {
                return Some("只能写一行".into());
            }
            text_fault(text, field, LONGEST_LINE)
        }
        (FieldType::Text, Value::Text(text)) => text_fault(text, field, LONGEST_TEXT),
        (FieldType::Int, Value::Int(number)) => range(*number, field, |n| n.to_string()),
        (FieldType::Money, Value::Money(cents)) => range(*cents, field, crate::show::money),
        (FieldType::YesNo, Value::Yes(_))
        | (FieldType::Date, Value::Date(_))
        | (FieldType::Moment, Value::Moment(_)) => None,
        (FieldType::Choice(list), Value::Codes(codes)) => {
            let known = procedure.lists.get(list);
            let stranger =
                codes.iter().find(|code| known.is_none_or(|list| !list.contains_key(&***code)));
            match stranger {
                Some(code) => Some(format!("没有“{code}”这一项")),
                None => many(codes.len()),
            }
        }
        (FieldType::Party, Value::Parties(parties)) => {
            parties.iter().find_map(party_fault).or_else(|| many(parties.len()))
        }
        (FieldType::Person, Value::People(people)) => many(people.len()),
        (FieldType::Organ, Value::Organs(organs)) => many(organs.len()),
        (FieldType::Files, Value::Files(_)) | (FieldType::Figure, Value::Figure(_)) => None,
        // The key was destroyed or belongs to somebody else: nothing to compare.
        (_, Value::Sealed(_)) => None,
        _ => Some("填写的格式不对".into()),
    }
}

fn text_fault(text: &str, field: &Field, longest: i64) -> Option<String> {
    let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    let longest = field.max.unwrap_or(longest);
    if length > longest {
        return Some(format!("太长：{length}字，最多{longest}字"));
    }
    if field.min.is_some_and(|least| length < least) {
        return Some(format!("太短：至少{}字", field.min.unwrap_or_default()));
    }
    control(text).then(|| "含有不可见的控制字符，请删去后重填".into())
}

fn control(text: &str) -> bool {
    text.chars().any(|c| c.is_control() && c != '\n' && c != '\t' && c != '\r')
}

fn range(number: i64, field: &Field, show: impl Fn(i64) -> String) -> Option<String> {
    if let Some(least) = field.min.filter(|least| number < *least) {
        return Some(format!("不能小于{}", show(least)));
    }
    field.max.filter(|most| number > *most).map(|most| format!("不能大于{}", show(most)))
}

fn party_fault(party: &Party) -> Option<String> {
    let parts = [&party.name, &party.number, &party.phone, &party.address];
    if party.name.trim().is_empty() {
        return Some("须写姓名或者名称".into());
    }
    if parts.iter().any(|part| part.chars().count() > 200) {
        return Some("太长：每一栏最多200字".into());
    }
    parts.iter().any(|part| control(part)).then(|| "含有不可见的控制字符，请删去后重填".into())
}
