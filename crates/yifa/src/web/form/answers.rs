//! From what was typed to answers of the types the law asks for.
//!
//! Only the form of an answer is looked at here (is it a date, a number, one of the choices);
//! whether it may be given is for the law to say.

use engine::action::Answers;
use jiff::civil::{Date, DateTime};
use law::{
    Id,
    procedure::{Act, Field, FieldType, Procedure},
    value::{Party, Value},
};

use super::{
    control::{LONGEST_LINE, LONGEST_TEXT},
    filled::Filled,
};

/// The answers to what an act asks, and on `filled.wrong` what could not be read.
pub fn read(procedure: &Procedure, act: &Act, filled: &mut Filled) -> Answers {
    let mut answers = Answers::new();
    for ask in &act.ask {
        let Some(field) = procedure.fields.get(&ask.field) else { continue };
        if field.fill.is_some() {
            continue; // The system's; what a browser sends for it is not looked at.
        }
        match answer(procedure, field, filled) {
            Ok(Some(value)) => {
                answers.insert(field.id.clone(), value);
            }
            Ok(None) => {}
            Err(wrong) => {
                filled.wrong.insert(field.id.to_string(), wrong);
            }
        }
    }
    answers
}

fn answer(procedure: &Procedure, field: &Field, filled: &Filled) -> Result<Option<Value>, String> {
    let name = format!("f.{}", field.id);
    let typed = filled.one(&name);
    let typed = typed.trim();
    let codes: Vec<String> =
        filled.all(&name).iter().filter(|code| !code.is_empty()).cloned().collect();
    let value = match &field.ty {
        FieldType::Files => {
            filled.files.get(&name).filter(|files| !files.is_empty()).cloned().map(Value::Files)
        }
        FieldType::Party => parties(filled.parties(&name))?,
        _ if codes.is_empty() || (typed.is_empty() && !field.many) => None,
        FieldType::Line | FieldType::LawItem => {
            Some(text(&typed.replace('\n', " "), field.max.unwrap_or(LONGEST_LINE))?)
        }
        FieldType::Text => Some(text(typed, field.max.unwrap_or(LONGEST_TEXT))?),
        FieldType::Int => Some(Value::Int(whole(typed).ok_or("请填写整数，例如 12")?)),
        FieldType::Money => {
            Some(Value::Money(money(typed).ok_or("请填写金额，单位为元，例如 1500 或 1500.50")?))
        }
        FieldType::Date => Some(Value::Date(date(typed).ok_or("请填写日期，例如 2026-03-01")?)),
        FieldType::Moment => {
            Some(Value::Moment(moment(typed).ok_or("请填写日期和时间，例如 2026-03-01 09:30")?))
        }
        FieldType::YesNo => Some(Value::Yes(typed == "yes")),
        FieldType::Choice(list) => {
            if codes.iter().any(|code| procedure.label(list, code).is_none()) {
                return Err("请从所列各项中选择".into());
            }
            Some(Value::Codes(codes.into_iter().map(Id::from).collect()))
        }
        // Chosen from the list it is `name（key）`; the key alone will do.
        FieldType::Indicator => {
            let key = typed.rsplit_once('（').and_then(|(_, key)| key.strip_suffix('）'));
            Some(Value::Text(key.unwrap_or(typed).to_owned()))
        }
        FieldType::Figure => None,
        FieldType::Person => Some(Value::People(codes)),
        FieldType::Organ => Some(Value::Organs(codes)),
    };
    Ok(value)
}

fn text(typed: &str, most: i64) -> Result<Value, String> {
    let length = typed.chars().count() as i64;
    if length > most {
        return Err(format!("至多 {most} 字，现有 {length} 字，请删减或者改为上传附件"));
    }
    Ok(Value::Text(typed.into()))
}

fn parties(parties: Vec<Party>) -> Result<Option<Value>, String> {
    if parties.iter().any(|party| party.name.is_empty()) {
        return Err("请填写每一行的姓名或者名称".into());
    }
    let long = |text: &String, most: usize| text.chars().count() > most;
    if parties.iter().any(|party| {
        long(&party.name, 100)
            || long(&party.number, 30)
            || long(&party.phone, 30)
            || long(&party.address, 200)
    }) {
        return Err("姓名、证件号、电话或者住址太长，请核对".into());
    }
    Ok((!parties.is_empty()).then_some(Value::Parties(parties)))
}

/// Full-width digits and signs as people type them become plain ones.
fn plain(typed: &str) -> String {
    typed
        .chars()
        .filter_map(|char| match char {
            '０'..='９' => char::from_digit(char as u32 - '０' as u32, 10),
            '．' | '。' => Some('.'),
            '－' => Some('-'),
            '：' => Some(':'),
            ',' | '，' | ' ' | '元' => None,
            char => Some(char),
        })
        .collect()
}

fn whole(typed: &str) -> Option<i64> {
    plain(typed).parse().ok()
}

/// Yuan with at most two decimals, in 分.
pub fn money(typed: &str) -> Option<i64> {
    let plain = plain(typed);
    let (yuan, rest) = plain.split_once('.').unwrap_or((&plain, ""));
    if rest.len() > 2 || yuan.is_empty() || !rest.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let cents: i64 = format!("{rest:0<2}").parse().ok()?;
    let yuan: i64 = yuan.parse().ok()?;
    if yuan < 0 {
        return None;
    }
    yuan.checked_mul(100)?.checked_add(cents)
}

/// `2026-03-01`, `2026.3.1`, `2026/3/1`, `2026年3月1日`, `20260301`.
pub fn date(typed: &str) -> Option<Date> {
    let plain: String = plain(typed).replace(['年', '月', '/', '.'], "-").replace('日', "");
    if plain.len() == 8 && plain.bytes().all(|byte| byte.is_ascii_digit()) {
        return Date::new(
            plain[..4].parse().ok()?,
            plain[4..6].parse().ok()?,
            plain[6..].parse().ok()?,
        )
        .ok();
    }
    let mut parts = plain.split('-');
    let date = Date::new(
        parts.next()?.parse().ok()?,
        parts.next()?.parse().ok()?,
        parts.next()?.parse().ok()?,
    )
    .ok()?;
    (parts.next().is_none() && (1900..2200).contains(&date.year())).then_some(date)
}

/// A date, then a time of day.
pub fn moment(typed: &str) -> Option<DateTime> {
    let typed = typed.trim().replace('T', " ");
    let (day, time) = typed.rsplit_once(' ')?;
    let time = plain(time);
    let mut parts = time.split(':');
    let (hour, minute): (i8, i8) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let day = date(day)?;
    DateTime::new(day.year(), day.month(), day.day(), hour, minute, 0, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_read_as_people_write_it() {
        assert_eq!(money("1500"), Some(150_000));
        assert_eq!(money("1,500.5元"), Some(150_050));
        assert_eq!(money("０.05"), Some(5));
        for wrong in ["", "1.234", "-1", "一百", "1.2.3", "99999999999999999999"] {
            assert_eq!(money(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn dates_are_read_as_people_write_them() {
        let day = Date::new(2026, 3, 1).ok();
        for typed in
            ["2026-03-01", "2026.3.1", "2026/3/1", "2026年3月1日", "20260301", "２０２６-3-1"]
        {
            assert_eq!(date(typed), day, "{typed}");
        }
        for wrong in ["", "2026-02-30", "3-1", "明天", "0026-01-01"] {
            assert_eq!(date(wrong), None, "{wrong}");
        }
        assert_eq!(moment("2026-03-01T09:30"), DateTime::new(2026, 3, 1, 9, 30, 0, 0).ok());
        assert_eq!(moment("2026-03-01"), None);
    }
}
