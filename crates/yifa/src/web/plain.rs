//! A procedure in plain Chinese: conditions, periods and the days they are counted in.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz::{TimeZone, offset},
};
use law::{
    Id,
    expr::{Compare, Expr, Node},
    period::{DayRule, FirstDay, LastDayOff, Period, Unit},
    procedure::{Deadline, Field, FieldType, From, Keep, Procedure, Target, Within},
    value::Value,
};

/// `15个自然日`.
pub fn period(period: &Period) -> String {
    format!("{}{}", period.count, unit(period.unit))
}

/// `个自然日`.
pub fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Day => "个自然日",
        Unit::Workday => "个工作日",
        Unit::Month => "个月",
        Unit::Year => "年",
        Unit::Hour => "小时",
    }
}

/// `2026年3月1日`.
pub fn day(date: Date) -> String {
    format!("{}年{}月{}日", date.year(), date.month(), date.day())
}

/// An instant as the clocks of the country show it.
pub fn local(at: Timestamp) -> DateTime {
    TimeZone::fixed(offset(8)).to_datetime(at)
}

/// `2026-03-01 09:40`.
pub fn stamp(at: Timestamp) -> String {
    let at = local(at);
    format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute())
}

/// How days are counted.
pub fn day_rule(rule: &DayRule) -> String {
    let first = match rule.first_day {
        FirstDay::NextDay => "开始的当日不计入，自次日起算",
        FirstDay::SameDay => "开始的当日计入",
    };
    let last = match rule.last_day_off {
        LastDayOff::NextWorkday => "届满日是休息日的，顺延至休息日后的第一个工作日",
        LastDayOff::Stays => "届满日是休息日的，不顺延",
    };
    format!("{first}；{last}。")
}

/// Who may read a field.
pub fn keep(keep: Keep) -> &'static str {
    match keep {
        Keep::Public => "可以公开",
        Keep::Work => "工作信息",
        Keep::Personal => "个人信息",
        Keep::Sealed => "封存，查看须说明理由",
    }
}

/// What kind of thing is written down.
pub fn kind(field: &Field) -> &'static str {
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
    }
}

/// The names of a procedure's things, to speak of them.
pub struct Plain<'a>(pub &'a Procedure);

impl Plain<'_> {
    /// `“受理”`, and `、` between several.
    pub fn acts<'i>(&self, acts: impl IntoIterator<Item = &'i Id>) -> String {
        let names: Vec<String> = acts.into_iter().map(|act| format!("“{}”", self.act(act))).collect();
        names.join("、")
    }

    /// The name of an act.
    pub fn act(&self, act: &str) -> String {
        self.0.acts.get(act).map_or_else(|| act.to_owned(), |act| act.name.clone())
    }

    /// The name of a stage.
    pub fn stage(&self, stage: &str) -> String {
        match stage {
            law::procedure::START => "开始".into(),
            "*" => "办结前任何阶段".into(),
            _ => self.0.stages.get(stage).map_or_else(|| stage.to_owned(), |stage| stage.name.clone()),
        }
    }

    /// The name of a role.
    pub fn role(&self, role: &str) -> String {
        if role == law::procedure::LINKED {
            return "系统（由关联案件带来）".into();
        }
        self.0.roles.get(role).map_or_else(|| role.to_owned(), |role| role.name.clone())
    }

    /// The name of a field.
    pub fn field(&self, field: &str) -> String {
        self.0.fields.get(field).map_or_else(|| field.to_owned(), |field| field.name.clone())
    }

    /// Where an act leads.
    pub fn target(&self, target: &Target) -> String {
        match target {
            Target::Always(stage) => format!("进入“{}”", self.stage(stage)),
            Target::When(branches) => {
                let said: Vec<String> = branches
                    .iter()
                    .map(|(cond, stage)| match cond {
                        Some(cond) => format!("{}的，进入“{}”", self.cond(cond), self.stage(stage)),
                        None => format!("其他情形，进入“{}”", self.stage(stage)),
                    })
                    .collect();
                said.join("；")
            }
        }
    }

    /// A period: from what, how long, met by what.
    pub fn deadline(&self, deadline: &Deadline) -> String {
        let from = match &deadline.from {
            From::Acts(acts) => format!("自{}之日起", self.acts(acts)),
            From::Date(date) => format!("自{}起", self.cond(date)),
        };
        let within = match &deadline.within {
            Within::Fixed(fixed) => format!("{from}{}内", period(fixed)),
            Within::Param(param, of) => match self.0.params.get(param) {
                Some(param) => {
                    let (value, set) = param.current();
                    let note = if set { "" } else { "，待本级确认" };
                    format!("{from}{}{}内（{}{note}）", self.value(value), unit(*of), param.name)
                }
                None => from,
            },
            Within::Before(before) => format!("{}之前{}", from.trim_end_matches('起'), period(before)),
            Within::Until(date) => format!("至{}止", self.cond(date)),
        };
        let met = if deadline.met_by.is_empty() {
            String::new()
        } else {
            format!("，以{}为完成", self.acts(&deadline.met_by))
        };
        let only = deadline.only_if.as_ref().map(|cond| format!("；仅限{}的", self.cond(cond))).unwrap_or_default();
        let extend = deadline.extend.as_ref().map(|extend| {
            format!("；经{}可以延长，至多{}、{}次", self.acts([&extend.act]), period(&extend.at_most), extend.times)
        });
        let pause: String = deadline
            .pause
            .iter()
            .map(|pause| format!("；自{}起至{}止不计入", self.acts([&pause.from]), self.acts(&pause.until)))
            .collect();
        format!("{within}{met}{only}{}{pause}。", extend.unwrap_or_default())
    }

    /// A condition or a date in words.
    pub fn cond(&self, expr: &Expr) -> String {
        self.node(&expr.node)
    }

    fn node(&self, node: &Node) -> String {
        let two = |sign: &str, left: &Node, right: &Node| format!("{}{sign}{}", self.node(left), self.node(right));
        match node {
            Node::Literal(value) => self.value(value),
            Node::List(nodes) => {
                let said: Vec<String> = nodes.iter().map(|node| self.node(node)).collect();
                said.join("、")
            }
            Node::Field(field) | Node::New(field) => self.field(field),
            Node::Answer(act, field) => format!("“{}”所填的{}", self.act(act), self.field(field)),
            Node::Done(act) => format!("已办“{}”", self.act(act)),
            Node::Times(act) => format!("“{}”的次数", self.act(act)),
            Node::On(act) => format!("“{}”之日", self.act(act)),
            Node::By(act) => format!("办“{}”的人", self.act(act)),
            Node::Param(param) => {
                self.0.params.get(param).map_or_else(|| param.to_string(), |param| param.name.clone())
            }
            Node::Finding(finding) => self
                .0
                .findings
                .get(finding)
                .map_or_else(|| finding.to_string(), |finding| format!("属于“{}”", finding.name)),
            Node::Me => "本人".into(),
            Node::Today => "当日".into(),
            Node::Stage => "阶段".into(),
            Node::Opened => "立卷之日".into(),
            Node::Org => "承办机关".into(),
            Node::CaseNo => "案号".into(),
            Node::After(a, b) => format!("最近一次“{}”在“{}”之后", self.act(a), self.act(b)),
            Node::Ended(deadline) => format!("“{}”已届满", self.deadline_name(deadline)),
            Node::Met(deadline) => format!("“{}”按期完成", self.deadline_name(deadline)),
            Node::Overdue(deadline) => format!("“{}”已超期", self.deadline_name(deadline)),
            Node::Running(deadline) => format!("“{}”正在进行", self.deadline_name(deadline)),
            Node::Due(deadline) => format!("“{}”的届满日", self.deadline_name(deadline)),
            Node::WorkdaysSince(act) => format!("“{}”后经过的工作日", self.act(act)),
            Node::DaysSince(act) => format!("“{}”后经过的日数", self.act(act)),
            Node::WorkdaysBetween(from, to) => format!("{}至{}的工作日", self.node(from), self.node(to)),
            Node::DaysBetween(from, to) => format!("{}至{}的日数", self.node(from), self.node(to)),
            Node::Add(from, length) => format!("{}起{}届满之日", self.node(from), period(length)),
            Node::Holds(person, name, on) => {
                format!("{}于{}持有{name}", self.node(person), self.node(on))
            }
            Node::Size(of) => format!("{}的数量", self.node(of)),
            Node::Has(of) => format!("填有{}", self.node(of)),
            Node::IsOrg(of) => format!("{}是法人或者其他组织", self.node(of)),
            Node::Year(of) => format!("{}所在年度", self.node(of)),
            Node::Plus(left, right) => two("加", left, right),
            Node::Minus(left, right) => two("减", left, right),
            Node::Not(of) => format!("并非{}", self.node(of)),
            Node::And(left, right) => two("且", left, right),
            Node::Or(left, right) => two("或者", left, right),
            Node::Compare(how, left, right) => {
                let sign = match how {
                    Compare::Eq => "为",
                    Compare::Ne => "不为",
                    Compare::Lt => "小于",
                    Compare::Le => "不超过",
                    Compare::Gt => "大于",
                    Compare::Ge => "不少于",
                };
                two(sign, left, right)
            }
            Node::In(left, right) => format!("{}为{}之一", self.node(left), self.node(right)),
        }
    }

    fn deadline_name(&self, id: &str) -> String {
        self.0.deadlines.get(id).map_or_else(|| id.to_owned(), |deadline| deadline.name.clone())
    }

    /// An answer in words; codes by their labels in any list of the procedure.
    pub fn value(&self, value: &Value) -> String {
        match value {
            Value::Codes(codes) => {
                let label = |code: &Id| {
                    let found = self.0.lists.values().find_map(|list| list.get(code));
                    found.cloned().unwrap_or_else(|| code.to_string())
                };
                let labels: Vec<String> = codes.iter().map(label).collect();
                labels.join("、")
            }
            other => simple(other),
        }
    }
}

/// An answer that needs no lists to be read.
pub fn simple(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        Value::Money(cents) => yuan(*cents),
        Value::Yes(yes) => if *yes { "是" } else { "否" }.into(),
        Value::Date(date) => day(*date),
        Value::Moment(moment) => {
            format!("{}{:02}时{:02}分", day(moment.date()), moment.hour(), moment.minute())
        }
        Value::Codes(codes) => codes.iter().map(|code| code.to_string()).collect::<Vec<_>>().join("、"),
        Value::Parties(parties) => {
            parties.iter().map(|party| party.name.clone()).collect::<Vec<_>>().join("、")
        }
        Value::People(list) | Value::Organs(list) => list.join("、"),
        Value::Files(files) => files.iter().map(|file| file.name.clone()).collect::<Vec<_>>().join("、"),
        Value::Sealed(_) => "（已依法清除）".into(),
    }
}

/// `1,500.50 元`.
pub fn yuan(cents: i64) -> String {
    let (sign, cents) = if cents < 0 { ("-", -cents) } else { ("", cents) };
    format!("{sign}{}.{:02} 元", thousands(cents / 100), cents % 100)
}

/// `1,142`.
pub fn thousands(number: i64) -> String {
    let digits = number.abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

/// 星期一 … 星期日.
pub fn weekday(date: Date) -> &'static str {
    use jiff::civil::Weekday::*;
    match date.weekday() {
        Monday => "星期一",
        Tuesday => "星期二",
        Wednesday => "星期三",
        Thursday => "星期四",
        Friday => "星期五",
        Saturday => "星期六",
        Sunday => "星期日",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(1142), "1,142");
        assert_eq!(thousands(-1_234_567), "-1,234,567");
        assert_eq!(yuan(150_050), "1,500.50 元");
    }
}
