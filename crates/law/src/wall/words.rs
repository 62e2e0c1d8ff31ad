//! Expressions in plain Chinese.

use crate::{
    Id,
    expr::{Compare, Node},
    procedure::{FieldType, Procedure},
    value::{Value, yuan_text},
};

/// An expression as a person would say it: `最后一次“拟处理意见”在“审核”之后`.
pub fn explain(p: &Procedure, node: &Node) -> String {
    match node {
        Node::Literal(value) => literal(value),
        Node::List(items) => {
            items.iter().map(|item| explain(p, item)).collect::<Vec<_>>().join("、")
        }
        Node::Field(field) | Node::New(field) => truth(p, field, field_name(p, field)),
        Node::Answer(act, field) => {
            truth(p, field, format!("{}填的{}", act_name(p, act), field_name(p, field)))
        }
        Node::Done(act) => format!("已办{}", act_name(p, act)),
        Node::Times(act) => format!("{}的次数", act_name(p, act)),
        Node::On(act) => format!("{}之日", act_name(p, act)),
        Node::By(act) => format!("{}的办理人", act_name(p, act)),
        Node::Param(param) => {
            p.params.get(param).map_or(param.to_string(), |param| param.name.clone())
        }
        Node::Finding(finding) => {
            p.findings.get(finding).map_or(finding.to_string(), |finding| finding.name.clone())
        }
        Node::Me => "办理人".into(),
        Node::Today => "当日".into(),
        Node::Stage => "所在阶段".into(),
        Node::Opened => "登记之日".into(),
        Node::Org => "办理机关".into(),
        Node::CaseNo => "案号".into(),
        Node::After(a, b) if a == b => format!("已办{}", act_name(p, a)),
        Node::After(a, b) => format!("{}已办，且在最后一次{}之后", act_name(p, a), act_name(p, b)),
        Node::Ended(deadline) => format!("{}已经届满", deadline_name(p, deadline)),
        Node::Met(deadline) => format!("{}已经按期办理", deadline_name(p, deadline)),
        Node::Overdue(deadline) => format!("{}已经超期", deadline_name(p, deadline)),
        Node::Running(deadline) => format!("{}正在计算", deadline_name(p, deadline)),
        Node::Due(deadline) => format!("{}届满日", deadline_name(p, deadline)),
        Node::WorkdaysSince(act) => format!("{}以来的工作日数", act_name(p, act)),
        Node::DaysSince(act) => format!("{}以来的天数", act_name(p, act)),
        Node::WorkdaysBetween(x, y) => format!("从{}到{}的工作日数", explain(p, x), explain(p, y)),
        Node::DaysBetween(x, y) => format!("从{}到{}的天数", explain(p, x), explain(p, y)),
        Node::Add(date, period) => format!("{}起{period}届满之日", explain(p, date)),
        Node::Holds(person, credential, date) => {
            format!("{}在{}持有效的{credential}", explain(p, person), explain(p, date))
        }
        Node::Size(inner) => format!("{}的个数", named(p, inner)),
        Node::Has(inner) => format!("填了{}", named(p, inner)),
        Node::IsOrg(inner) => format!("{}是法人或者其他组织", named(p, inner)),
        Node::Year(date) => format!("{}的年份", explain(p, date)),
        Node::Total(field) => format!("各次{}之和", field_name(p, field)),
        Node::Reached(goal) => format!(
            "{}达到目标（{}{}）",
            named(p, &goal.of),
            named(p, &goal.bound),
            named(p, &goal.want)
        ),
        Node::Points(full, goal) => format!(
            "按{}与目标（{}{}）之比计分，满分{}",
            named(p, &goal.of),
            named(p, &goal.bound),
            named(p, &goal.want),
            named(p, full)
        ),
        Node::Plus(x, y) => format!("{}加{}", explain(p, x), explain(p, y)),
        Node::Minus(x, y) => format!("{}减{}", explain(p, x), explain(p, y)),
        Node::Not(inner) => denied(p, inner),
        Node::And(x, y) => format!("{}，并且{}", joined(p, x, true), joined(p, y, true)),
        Node::Or(x, y) => format!("{}，或者{}", joined(p, x, false), joined(p, y, false)),
        Node::Compare(compare, x, y) => compared(p, *compare, x, y),
        Node::In(x, y) => match &**y {
            Node::List(items) => format!("{}是{}", named(p, x), choices(p, x, items)),
            field if is_code(x) => {
                format!("{}里有{}", named(p, field), choices(p, field, std::slice::from_ref(x)))
            }
            field => format!("{}在{}之中", named(p, x), named(p, field)),
        },
    }
}

/// The other connective inside gets brackets, so that nobody has to know which binds tighter.
fn joined(p: &Procedure, node: &Node, and: bool) -> String {
    match (node, and) {
        (Node::Or(..), true) | (Node::And(..), false) => format!("（{}）", explain(p, node)),
        _ => explain(p, node),
    }
}

fn is_code(node: &Node) -> bool {
    matches!(node, Node::Literal(Value::Codes(_)))
}

fn denied(p: &Procedure, node: &Node) -> String {
    match node {
        Node::Done(act) => format!("没有办{}", act_name(p, act)),
        Node::Ended(deadline) => format!("{}没有届满", deadline_name(p, deadline)),
        Node::Met(deadline) => format!("{}没有按期办理", deadline_name(p, deadline)),
        Node::Overdue(deadline) => format!("{}没有超期", deadline_name(p, deadline)),
        Node::Running(deadline) => format!("{}没有在计算", deadline_name(p, deadline)),
        Node::Has(inner) => format!("没有填{}", named(p, inner)),
        Node::IsOrg(inner) => format!("{}是公民", named(p, inner)),
        Node::Field(field) | Node::New(field) => format!("{}：否", quoted(&field_name(p, field))),
        Node::Answer(act, field) => format!("{}填的{}：否", act_name(p, act), field_name(p, field)),
        Node::Finding(finding) => {
            let name = p.findings.get(finding).map_or(finding.as_str(), |finding| &finding.name);
            format!("不是“{name}”")
        }
        Node::Not(inner) => explain(p, inner),
        Node::Compare(compare, x, y) => compared(p, opposite(*compare), x, y),
        Node::In(x, y) => match &**y {
            Node::List(items) => format!("{}不是{}", named(p, x), choices(p, x, items)),
            field if is_code(x) => {
                format!("{}里没有{}", named(p, field), choices(p, field, std::slice::from_ref(x)))
            }
            field => format!("{}不在{}之中", named(p, x), named(p, field)),
        },
        other => format!("不是（{}）", explain(p, other)),
    }
}

/// What holds where a comparison does not; in words `不晚于` also covers what has no date.
fn opposite(compare: Compare) -> Compare {
    match compare {
        Compare::Eq => Compare::Ne,
        Compare::Ne => Compare::Eq,
        Compare::Lt => Compare::Ge,
        Compare::Le => Compare::Gt,
        Compare::Gt => Compare::Le,
        Compare::Ge => Compare::Lt,
    }
}

fn compared(p: &Procedure, compare: Compare, x: &Node, y: &Node) -> String {
    let date = is_date(p, x) || is_date(p, y);
    let code = |literal: &Node, other: &Node| match literal {
        Node::Literal(Value::Codes(_)) => Some(choices(p, other, std::slice::from_ref(literal))),
        _ => None,
    };
    if let Some(label) = code(y, x) {
        let is = if compare == Compare::Ne { "不是" } else { "是" };
        return format!("{}{is}{label}", named(p, x));
    }
    let word = match (compare, date) {
        (Compare::Eq, _) => "等于",
        (Compare::Ne, _) => "不等于",
        (Compare::Lt, true) => "早于",
        (Compare::Le, true) => "不晚于",
        (Compare::Gt, true) => "晚于",
        (Compare::Ge, true) => "不早于",
        (Compare::Lt, false) => "少于",
        (Compare::Le, false) => "不超过",
        (Compare::Gt, false) => "超过",
        (Compare::Ge, false) => "不少于",
    };
    format!("{}{word}{}", named(p, x), named(p, y))
}

/// Labels of codes, of the list that the other side is chosen from: `“罚款”或者“警告”`.
fn choices(p: &Procedure, of: &Node, codes: &[Node]) -> String {
    let list = match of {
        Node::Field(field) | Node::Answer(_, field) | Node::New(field) => {
            match &p.fields.get(field).map(|f| &f.ty) {
                Some(FieldType::Choice(list)) => p.lists.get(list),
                _ => None,
            }
        }
        _ => None,
    };
    let label = |code: &Id| {
        let known = list.and_then(|list| list.get(code));
        let stage = p.stages.get(code).map(|stage| &stage.name);
        let found = if *of == Node::Stage { stage } else { known };
        quoted(found.map_or(code.as_str(), String::as_str))
    };
    let words = codes.iter().map(|code| match code {
        Node::Literal(Value::Codes(codes)) => {
            codes.iter().map(label).collect::<Vec<_>>().join("、")
        }
        other => explain(p, other),
    });
    words.collect::<Vec<_>>().join("或者")
}

/// A thing, not a truth: `“公开举行”` even where the field is 是/否.
fn named(p: &Procedure, node: &Node) -> String {
    match node {
        Node::Field(field) | Node::New(field) => field_name(p, field),
        Node::Answer(act, field) => format!("{}填的{}", act_name(p, act), field_name(p, field)),
        other => explain(p, other),
    }
}

/// A 是/否 answer that stands as a condition reads as such.
fn truth(p: &Procedure, field: &Id, text: String) -> String {
    match p.fields.get(field).map(|field| &field.ty) {
        Some(FieldType::YesNo) => format!("{text}：是"),
        _ => text,
    }
}

fn is_date(p: &Procedure, node: &Node) -> bool {
    match node {
        Node::On(_) | Node::Due(_) | Node::Today | Node::Opened | Node::Add(..) => true,
        Node::Literal(Value::Date(_) | Value::Moment(_)) => true,
        Node::Field(field) | Node::Answer(_, field) | Node::New(field) => {
            matches!(
                p.fields.get(field).map(|field| &field.ty),
                Some(FieldType::Date | FieldType::Moment)
            )
        }
        _ => false,
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        Value::Int(number) => number.to_string(),
        Value::Money(cents) => format!("{}元", yuan_text(*cents)),
        Value::Yes(true) => "是".into(),
        Value::Yes(false) => "否".into(),
        Value::Date(date) => crate::period::chinese_date(*date),
        Value::Moment(moment) => crate::period::chinese_moment(*moment),
        Value::Codes(codes) => codes.iter().map(|code| quoted(code)).collect::<Vec<_>>().join("、"),
        Value::Organs(organs) => organs.join("、"),
        _ => String::new(), // No literal is of another kind.
    }
}

fn quoted(text: &str) -> String {
    format!("“{text}”")
}

fn field_name(p: &Procedure, field: &Id) -> String {
    p.fields.get(field).map_or_else(|| field.to_string(), |field| field.name.clone())
}

pub(super) fn act_name(p: &Procedure, act: &Id) -> String {
    quoted(p.acts.get(act).map_or(act.as_str(), |act| &act.name))
}

fn deadline_name(p: &Procedure, deadline: &Id) -> String {
    let name = p.deadlines.get(deadline).map_or(deadline.as_str(), |deadline| &deadline.name);
    format!("“{name}”期限")
}
