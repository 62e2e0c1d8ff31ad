//! 上墙: a duty in plain Chinese, as it is printed and posted, and the stages as a diagram.
//!
//! Everything here is made from the [`Procedure`] alone, so that what hangs on the wall is what
//! the machine does. Data only: pages decide how it looks.

mod flow;
mod words;

use crate::{
    Id, Law,
    citation::Basis,
    expr::Expr,
    indicator::{Count, Indicator},
    period::{DayRule, FirstDay, LastDayOff, Period},
    procedure::{
        Act, Deadline, Document, Finding, From, LINKED, Notice, Procedure, START, Scope, Target,
        Within,
    },
};

pub use flow::{Flow, Station, Way, flow};
pub use words::explain;

/// A duty in plain Chinese. 上墙表
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wall {
    /// 名称.
    pub name: String,
    /// Edition, day it takes effect, how days are counted.
    pub about: Vec<Line>,
    /// What may be done, in the order of the file.
    pub acts: Vec<Entry>,
    /// Named legal tests.
    pub findings: Vec<Entry>,
    /// Periods.
    pub deadlines: Vec<Entry>,
    /// Paper.
    pub documents: Vec<Entry>,
    /// What the public sees.
    pub notices: Vec<Entry>,
    /// Figures.
    pub indicators: Vec<Entry>,
}

/// One act, period, document and so on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id, for anchors.
    pub id: Id,
    /// 名称.
    pub name: String,
    /// What it says.
    pub lines: Vec<Line>,
}

/// A label and a sentence: `条件` and `有待审的处理意见`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is about.
    pub label: &'static str,
    /// The sentence, without a full stop.
    pub text: String,
    /// Shown to whoever is refused, of conditions.
    pub refusal: Option<String>,
}

impl Line {
    fn new(label: &'static str, text: impl Into<String>) -> Self {
        Self { label, text: text.into(), refusal: None }
    }
}

impl Entry {
    /// All of it as one paragraph: `审核。由：审核人。何时：办理中。填：结论（必填）。…`
    pub fn paragraph(&self) -> String {
        let mut text = format!("{}。", self.name);
        for line in &self.lines {
            text.push_str(&format!("{}：{}。", line.label, line.text));
        }
        text
    }
}

/// The duty in plain Chinese; `law` knows what the duties it opens cases in are called.
pub fn wall(p: &Procedure, law: &Law) -> Wall {
    Wall {
        name: p.name.clone(),
        about: about(p),
        acts: p.acts.values().map(|act| self::act(p, act, law)).collect(),
        findings: p.findings.values().map(|finding| self::finding(p, finding)).collect(),
        deadlines: p.deadlines.values().map(|deadline| self::deadline(p, deadline)).collect(),
        documents: p.documents.values().map(|document| self::document(p, document)).collect(),
        notices: p.notices.values().map(|notice| self::notice(p, notice)).collect(),
        indicators: p.indicators.values().map(|indicator| self::indicator(p, indicator)).collect(),
    }
}

fn about(p: &Procedure) -> Vec<Line> {
    let mut lines = vec![
        Line::new(
            "版本",
            format!("{}，{}起登记的案件适用", p.version, crate::period::chinese_date(p.effective)),
        ),
        Line::new("期日", days(&p.days)),
        Line::new("依据", p.days.basis.text.clone()),
    ];
    let unset = p.params.values().filter(|param| param.value.is_none());
    let unset: Vec<String> =
        unset.map(|param| format!("{}（由{}定）", param.name, param.setter())).collect();
    if !unset.is_empty() {
        lines.push(Line::new("待定的数", unset.join("；")));
    }
    lines
}

fn days(rule: &DayRule) -> String {
    let first = match rule.first_day {
        FirstDay::NextDay => "开始的当日不计入，从次日起算",
        FirstDay::SameDay => "从当日起算",
    };
    let last = match rule.last_day_off {
        LastDayOff::NextWorkday => "届满日是休息日的，顺延到休息日后的第一个工作日",
        LastDayOff::Stays => "届满日是休息日的，不顺延",
    };
    format!("{first}；{last}")
}

fn act(p: &Procedure, act: &Act, law: &Law) -> Entry {
    let mut lines = vec![Line::new("由", doers(p, act)), Line::new("何时", stages(p, act))];
    if act.may {
        lines.push(Line::new("性质", "可以办，不是必须办"));
    }
    if let Some(team) = &act.team {
        let hold = team.hold.as_ref().map(|hold| format!("，各持有效的{hold}")).unwrap_or_default();
        lines.push(Line::new("人数", format!("不少于{}人{hold}", team.at_least)));
    }
    if !act.hold.is_empty() {
        lines.push(Line::new("资格", format!("持有效的{}", act.hold.join("、"))));
    }
    if let Some(hold) = &act.hold_if_first {
        lines.push(Line::new("资格", format!("初次办这一项的，须有{hold}")));
    }
    if !act.ask.is_empty() {
        lines.push(Line::new("填", asked(p, act)));
    }
    if !act.assign.is_empty() {
        lines.push(Line::new("指定", role_names(p, &act.assign)));
    }
    if !act.record.is_empty() {
        lines.push(Line::new("记录", format!("全过程记录：{}", act.record.join("、"))));
    }
    for require in act.require.values() {
        let line = Line::new("条件", explain(p, &require.that.node));
        lines.push(Line { refusal: Some(require.say.clone()), ..line });
    }
    if !act.not_by.is_empty() {
        lines.push(Line::new("回避", format!("办过{}的人不能办", act_names(p, &act.not_by))));
    }
    if let Some(times) = act.times {
        lines.push(Line::new("次数", format!("一案至多{times}次")));
    }
    if let Some(text) = leads_to(p, act) {
        lines.push(Line::new("办后", text));
    }
    if let Some(field) = act.transfer.as_ref().and_then(|field| p.fields.get(field)) {
        lines.push(Line::new("移送", format!("案件移到“{}”填的机关", field.name)));
    }
    if let Some(opens) = &act.opens {
        let when = opens.only_if.as_ref().map(|when| format!("{}的，", explain(p, &when.node)));
        let editions = law.procedures.get(&opens.procedure);
        let name = editions.and_then(|editions| editions.last()).map(|theirs| theirs.name.as_str());
        let name = name.unwrap_or(&opens.procedure);
        lines
            .push(Line::new("另开", format!("{}在“{name}”里开一件案子", when.unwrap_or_default())));
    }
    if act.reports.is_some() {
        lines.push(Line::new("回流", "结果告知移送来的案件"));
    }
    lines.extend(act.hint.clone().map(|hint| Line::new("提示", hint)));
    lines.push(Line::new("依据", act.basis.text.clone()));
    Entry { id: act.id.clone(), name: act.name.clone(), lines }
}

fn doers(p: &Procedure, act: &Act) -> String {
    let name = |id: &Id| {
        if *id == LINKED {
            return "系统（由相关联的案件带来）".to_owned();
        }
        let Some(role) = p.roles.get(id) else {
            return id.to_string();
        };
        match role.scope {
            _ if role.outside => format!("{}本人", role.name),
            Scope::Case => format!("本案指定的{}", role.name),
            Scope::Org => format!("办理机关的{}", role.name),
            Scope::Subtree => format!("办理机关或者上级机关的{}", role.name),
            Scope::Origin => format!("登记机关或者上级机关的{}", role.name),
        }
    };
    act.by.iter().map(name).collect::<Vec<_>>().join("，或者")
}

fn stages(p: &Procedure, act: &Act) -> String {
    if act.opens_case() {
        return "开始一件案子".into();
    }
    let open = p.stages.values().filter(|stage| !stage.end).count();
    let all_open = act.from.len() == open
        && act.from.iter().all(|id| p.stages.get(id).is_some_and(|stage| !stage.end));
    if all_open && open > 1 {
        return "办结以前都可以".into();
    }
    act.from.iter().map(|id| stage_name(p, id)).collect::<Vec<_>>().join("、")
}

fn stage_name(p: &Procedure, id: &Id) -> String {
    if *id == START {
        return "登记".into();
    }
    p.stages.get(id).map_or_else(|| id.to_string(), |stage| stage.name.clone())
}

fn asked(p: &Procedure, act: &Act) -> String {
    let name = |ask: &crate::procedure::Ask| {
        let field = p.fields.get(&ask.field).map_or(ask.field.as_str(), |field| &field.name);
        format!("{field}{}", if ask.required { "（必填）" } else { "" })
    };
    act.ask.iter().map(name).collect::<Vec<_>>().join("、")
}

fn leads_to(p: &Procedure, act: &Act) -> Option<String> {
    Some(match act.to.as_ref()? {
        Target::Always(stage) => format!("进入“{}”", stage_name(p, stage)),
        Target::When(ways) => {
            let way = |(when, stage): &(Option<Expr>, Id)| match when {
                Some(when) => {
                    format!("{}的，进入“{}”", explain(p, &when.node), stage_name(p, stage))
                }
                None => format!("其他的，进入“{}”", stage_name(p, stage)),
            };
            ways.iter().map(way).collect::<Vec<_>>().join("；")
        }
    })
}

fn role_names(p: &Procedure, roles: &[Id]) -> String {
    let name = |id: &Id| p.roles.get(id).map_or_else(|| id.to_string(), |role| role.name.clone());
    roles.iter().map(name).collect::<Vec<_>>().join("、")
}

/// `“起草”“受理”`.
fn act_names(p: &Procedure, acts: &[Id]) -> String {
    acts.iter().map(|id| words::act_name(p, id)).collect()
}

fn finding(p: &Procedure, finding: &Finding) -> Entry {
    let how = if finding.all { "下列各项都具备" } else { "有下列情形之一" };
    let mut lines = vec![Line::new("认定", how)];
    for (at, item) in finding.items.iter().enumerate() {
        let number = crate::citation::numeral(u32::try_from(at + 1).unwrap_or(u32::MAX));
        lines.push(Line::new("情形", format!("（{number}）{}", explain(p, &item.node))));
    }
    lines.push(Line::new("依据", finding.basis.text.clone()));
    Entry { id: finding.id.clone(), name: finding.name.clone(), lines }
}

fn deadline(p: &Procedure, deadline: &Deadline) -> Entry {
    let mut lines = vec![Line::new("期间", length(p, deadline))];
    if let Some(when) = &deadline.only_if {
        lines.push(Line::new("适用", format!("{}的", explain(p, &when.node))));
    }
    if !deadline.met_by.is_empty() {
        lines.push(Line::new("按期", format!("期内办了{}算按期", act_names(p, &deadline.met_by))));
    }
    if let Some(extend) = &deadline.extend {
        let when = extend
            .only_if
            .as_ref()
            .map(|when| format!("{}的，", explain(p, &when.node)))
            .unwrap_or_default();
        let most = if extend.by.is_some() { "至多延长" } else { "延长" };
        lines.push(Line::new(
            "延长",
            format!(
                "由{}办理，{when}{most}{}，至多{}次",
                words::act_name(p, &extend.act),
                period(extend.at_most),
                extend.times
            ),
        ));
    }
    for pause in &deadline.pause {
        let basis =
            pause.basis.as_ref().map(|basis| format!("（{}）", basis.text)).unwrap_or_default();
        lines.push(Line::new(
            "不计入",
            format!(
                "从{}到{}之间的时间{basis}",
                words::act_name(p, &pause.from),
                act_names(p, &pause.until)
            ),
        ));
    }
    let whose = deadline.whose.as_ref().and_then(|role| p.roles.get(role));
    lines.push(match (whose, deadline.statutory) {
        (Some(role), _) => Line::new("谁的期间", format!("{}的期间，过期不算机关超期", role.name)),
        (None, true) => Line::new("性质", "法定期限"),
        (None, false) => Line::new("性质", "内部要求，不进法定期限的统计"),
    });
    if !deadline.warn.is_empty() {
        let warn: Vec<String> = deadline.warn.iter().map(|warn| period(*warn)).collect();
        lines.push(Line::new("提醒", format!("到期前{}提醒", warn.join("、"))));
    }
    lines.push(Line::new("依据", deadline.basis.text.clone()));
    Entry { id: deadline.id.clone(), name: deadline.name.clone(), lines }
}

/// `自“受理”次日起60个自然日，届满日休息则顺延`.
fn length(p: &Procedure, deadline: &Deadline) -> String {
    let start = match &deadline.from {
        From::Acts(acts) if acts.len() == 1 => act_names(p, acts),
        From::Acts(acts) => format!("{}（以最后一次为准）", act_names(p, acts)),
        From::Date(date) => explain(p, &date.node),
    };
    let (next, rolls) = match (p.days.first_day, p.days.last_day_off) {
        (FirstDay::NextDay, LastDayOff::NextWorkday) => ("次日", "，届满日休息则顺延"),
        (FirstDay::NextDay, LastDayOff::Stays) => ("次日", ""),
        (FirstDay::SameDay, LastDayOff::NextWorkday) => ("当日", "，届满日休息则顺延"),
        (FirstDay::SameDay, LastDayOff::Stays) => ("当日", ""),
    };
    let counted = |text: String, unit: crate::period::Unit| match unit {
        crate::period::Unit::Hour => format!("自{start}之时起{text}，遇休息日不顺延"),
        crate::period::Unit::Workday => format!("自{start}{next}起{text}"),
        _ => format!("自{start}{next}起{text}{rolls}"),
    };
    match &deadline.within {
        Within::Fixed(length) => counted(period(*length), length.unit),
        Within::Param(param, unit) => {
            let name = p.params.get(param).map_or(param.as_str(), |param| &param.name);
            let text = match p.params.get(param).map(|param| param.current()) {
                Some((crate::value::Value::Int(count), true)) => {
                    let count = u32::try_from(*count).unwrap_or_default();
                    period(Period { count, unit: *unit })
                }
                _ => format!("若干{}（“{name}”待定）", unit.name()),
            };
            counted(text, *unit)
        }
        Within::Before(length) => format!("{start}前{}以前", period(*length)),
        Within::Until(date) => format!("到{}为止", explain(p, &date.node)),
    }
}

/// `60个自然日`, `5个工作日`, `1个月`, `2年`.
fn period(period: Period) -> String {
    use crate::period::Unit;
    match period.unit {
        Unit::Day | Unit::Workday => format!("{}个{}", period.count, period.unit.name()),
        unit => format!("{}{}", period.count, unit.name()),
    }
}

fn document(p: &Procedure, document: &Document) -> Entry {
    let when = document
        .only_if
        .as_ref()
        .map(|when| format!("，{}的", explain(p, &when.node)))
        .unwrap_or_default();
    let mut lines =
        vec![Line::new("出文", format!("办{}时{when}", act_names(p, &document.made_by)))];
    if let Some(number) = &document.number {
        lines.push(Line::new("文号", number.0.clone()));
    }
    if let Some(role) = document.serve_to.as_ref().and_then(|role| p.roles.get(role)) {
        lines.push(Line::new("送达", role.name.clone()));
    }
    if !document.says.is_empty() {
        let says: Vec<String> =
            document.says.iter().map(|sentence| format!("“{sentence}”")).collect();
        lines.push(Line::new("必须写明", says.join("、")));
    }
    lines.extend(basis(&document.basis));
    Entry { id: document.id.clone(), name: document.name.clone(), lines }
}

fn notice(p: &Procedure, notice: &Notice) -> Entry {
    let shown: Vec<String> = notice.show.iter().map(|expr| explain(p, &expr.node)).collect();
    let mut lines = vec![
        Line::new("公开", format!("办{}时", act_names(p, &notice.by_act))),
        Line::new("内容", shown.join("、")),
    ];
    for (field, mask) in &notice.mask {
        let name = p.fields.get(field).map_or(field.as_str(), |field| &field.name);
        let how = match mask {
            crate::procedure::Mask::Surname => "公民隐去名字，组织照登",
            crate::procedure::Mask::Hidden => "全部隐去",
        };
        lines.push(Line::new("遮盖", format!("{name}：{how}")));
    }
    if !notice.take_down.is_empty() {
        lines.push(Line::new("撤下", format!("办{}时", act_names(p, &notice.take_down))));
    }
    Entry { id: notice.id.clone(), name: notice.name.clone(), lines }
}

fn indicator(p: &Procedure, indicator: &Indicator) -> Entry {
    let counted = match (&indicator.count, &indicator.sum) {
        (_, Some(sum)) => format!("合计{}", explain(p, &sum.node)),
        (Count::Cases, None) => "数案件".into(),
        (Count::Acts(act), None) => format!("数{}的次数", words::act_name(p, act)),
    };
    let mut lines = vec![
        Line::new("统计", format!("{counted}，单位：{}", indicator.unit.name())),
        Line::new("归期", format!("按{}归入统计期", explain(p, &indicator.dated.node))),
    ];
    if let Some(until) = &indicator.stock_until {
        let until = until
            .as_ref()
            .map(|until| format!("，到{}为止", explain(p, &until.node)))
            .unwrap_or_default();
        lines.push(Line::new("存量", format!("数期末还在的{until}")));
    }
    if let Some(among) = &indicator.among {
        let label = if indicator.good.is_some() { "分母" } else { "范围" };
        lines.push(Line::new(label, format!("{}的", explain(p, &among.node))));
    }
    if let Some(good) = &indicator.good {
        lines.push(Line::new("分子", format!("其中{}的", explain(p, &good.node))));
    }
    if !indicator.split.is_empty() {
        let split: Vec<String> =
            indicator.split.iter().map(|expr| explain(p, &expr.node)).collect();
        lines.push(Line::new("分列", format!("机关、{}", split.join("、"))));
    }
    lines.extend(indicator.note.clone().map(|note| Line::new("口径", note)));
    lines.extend(basis(&indicator.basis));
    Entry { id: indicator.id.clone(), name: indicator.name.clone(), lines }
}

fn basis(basis: &Option<Basis>) -> Option<Line> {
    basis.as_ref().map(|basis| Line::new("依据", basis.text.clone()))
}
