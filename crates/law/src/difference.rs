//! 异同：what a local overlay makes different from the edition it is laid over.
//!
//! Both are read and understood before they are compared, so that another spelling of the same
//! rule is no difference, and a number filled in somewhere shows wherever it counts.

use indexmap::IndexMap;

use crate::{
    Id, Law,
    citation::Basis,
    period::Period,
    procedure::{Act, Deadline, Document, Field, Keep, Notice, Param, Procedure, Within},
    value::{Value, yuan_text},
    wall::{self, Entry, explain},
};

/// One thing that is different here. 异同
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What kind of thing it concerns: `参数`, `行为`, `期限` …
    pub part: &'static str,
    /// Its name.
    pub name: String,
    /// Which side of it: `数值`, `填写`, `条件` …
    pub side: &'static str,
    /// What the base says; empty where it says nothing.
    pub base: String,
    /// What holds here.
    pub local: String,
    /// On what ground.
    pub basis: String,
    /// How it departs from the base.
    pub change: Change,
}

/// How an overlay departs from its base. 变更种类
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// 填: the base left it open.
    Filled,
    /// 加严: more is asked, less is allowed.
    Tightened,
    /// 放宽: only what the base opened.
    Loosened,
    /// 新增: the base has no such thing, or names no such basis.
    Added,
    /// 措辞: other words, the same rule.
    Reworded,
}

impl Change {
    /// In Chinese.
    pub fn name(self) -> &'static str {
        match self {
            Self::Filled => "填",
            Self::Tightened => "加严",
            Self::Loosened => "放宽",
            Self::Added => "新增",
            Self::Reworded => "措辞",
        }
    }
}

/// The edition that a local one is laid over; none for an edition that stands by itself.
pub fn base<'l>(law: &'l Law, local: &Procedure) -> Option<&'l Procedure> {
    let of = local.of.as_ref()?;
    let mut all = law.procedures.values().flatten();
    all.find(|edition| edition.key() == *of).map(|edition| &**edition)
}

/// Everything that is different, in the order of the definition language.
pub fn differences(base: &Procedure, local: &Procedure, law: &Law) -> Vec<Difference> {
    let mut found = Found { base, local, all: Vec::new() };
    found.params();
    found.fields();
    let here = wall::wall(local, law);
    found.acts(&here.acts);
    found.added("认定", &base.findings, &here.findings);
    found.deadlines(&here.deadlines);
    found.documents(&here.documents);
    found.notices(&here.notices);
    found.added("指标", &base.indicators, &here.indicators);
    found.all
}

struct Found<'p> {
    base: &'p Procedure,
    local: &'p Procedure,
    all: Vec<Difference>,
}

/// The thing that is being compared.
struct Subject<'t> {
    part: &'static str,
    name: &'t str,
    basis: String,
}

impl Found<'_> {
    fn push(
        &mut self,
        subject: &Subject<'_>,
        side: &'static str,
        change: Change,
        base: impl Into<String>,
        local: impl Into<String>,
    ) {
        self.all.push(Difference {
            part: subject.part,
            name: subject.name.to_owned(),
            side,
            base: base.into(),
            local: local.into(),
            basis: subject.basis.clone(),
            change,
        });
    }

    fn params(&mut self) {
        for (id, param) in &self.local.params {
            let Some((value, basis)) = &param.value else { continue };
            let before = self.base.params.get(id);
            if before.and_then(|param| param.value.as_ref()).is_some_and(|(old, _)| old == value) {
                continue;
            }
            let subject = Subject { part: "参数", name: &param.name, basis: basis.text.clone() };
            self.push(&subject, "数值", Change::Filled, open(before), number(value));
        }
    }

    fn fields(&mut self) {
        for (id, field) in &self.local.fields {
            let mut subject =
                Subject { part: "填写内容", name: &field.name, basis: String::new() };
            let Some(before) = self.base.fields.get(id) else {
                subject.basis = self.asked_because(id);
                self.push(&subject, "全部", Change::Added, "", field_words(self.local, field));
                continue;
            };
            let bounds = [("下限", before.min, field.min), ("上限", before.max, field.max)];
            for (side, old, new) in bounds.into_iter().filter(|(_, old, new)| old != new) {
                let text = |bound: Option<i64>| bound.map(|n| n.to_string()).unwrap_or_default();
                self.push(&subject, side, Change::Tightened, text(old), text(new));
            }
            if before.keep != field.keep {
                let (old, new) = (keep(before.keep), keep(field.keep));
                self.push(&subject, "保密", Change::Tightened, old, new);
            }
            self.hint(&subject, &before.hint, &field.hint);
        }
    }

    /// A new field rests on what the act that asks for it rests on.
    fn asked_because(&self, field: &Id) -> String {
        let act = self.local.acts.values().find(|act| act.asks(field));
        let Some(act) = act else { return String::new() };
        let before = self.base.acts.get(&act.id).map(|act| &act.basis);
        own_basis(before, &act.basis)
    }

    fn hint(&mut self, subject: &Subject<'_>, old: &Option<String>, new: &Option<String>) {
        if old != new {
            let text = |hint: &Option<String>| hint.clone().unwrap_or_default();
            self.push(subject, "提示", Change::Reworded, text(old), text(new));
        }
    }

    /// The basis that the overlay names beside the base's.
    fn ground(&mut self, subject: &Subject<'_>, old: &str, new: &str) {
        if old != new {
            let local = format!("另据{}", subject.basis);
            self.push(subject, "依据", Change::Added, old, local);
        }
    }

    fn acts(&mut self, wall: &[Entry]) {
        self.added("行为", &self.base.acts, wall);
        for (id, act) in &self.local.acts {
            if let Some(before) = self.base.acts.get(id) {
                self.act(before, act);
            }
        }
    }

    fn act(&mut self, before: &Act, act: &Act) {
        let basis = own_basis(Some(&before.basis), &act.basis);
        let subject = Subject { part: "行为", name: &act.name, basis };
        let tighter = Change::Tightened;
        for ask in &act.ask {
            let old = before.ask.iter().find(|old| old.field == ask.field);
            if old.is_some_and(|old| old.required == ask.required) {
                continue;
            }
            let name = self.local.fields.get(&ask.field).map_or(&*ask.field, |field| &field.name);
            let must = if ask.required { "（必填）" } else { "" };
            let was = if old.is_some() { "可以不填" } else { "" };
            self.push(&subject, "填写", tighter, was, format!("{name}{must}"));
        }
        for (id, require) in &act.require {
            if !before.require.contains_key(id) {
                let own = require.basis.as_ref().map_or(&subject.basis, |basis| &basis.text);
                let subject = Subject { basis: own.clone(), ..subject };
                let that = explain(self.local, &require.that.node);
                let text = format!("{that}；否则：{}", require.say);
                self.push(&subject, "条件", tighter, "", text);
            }
        }
        let names = |ids: &[Id]| {
            let name = |id: &Id| self.local.acts.get(id).map_or(id.to_string(), |a| a.name.clone());
            ids.iter().map(name).collect::<Vec<_>>().join("、")
        };
        let times = |times: Option<u32>| times.map(|n| format!("{n}次")).unwrap_or_default();
        let sides = [
            ("回避", names(&before.not_by), names(&act.not_by)),
            ("证件", before.hold.join("、"), act.hold.join("、")),
            ("记录", before.record.join("、"), act.record.join("、")),
            ("次数", times(before.times), times(act.times)),
            ("人数", team(before), team(act)),
        ];
        for (side, old, new) in sides.into_iter().filter(|(_, old, new)| old != new) {
            self.push(&subject, side, tighter, old, new);
        }
        self.hint(&subject, &before.hint, &act.hint);
        self.ground(&subject, &before.basis.text, &act.basis.text);
    }

    fn deadlines(&mut self, wall: &[Entry]) {
        self.added("期限", &self.base.deadlines, wall);
        for (id, deadline) in &self.local.deadlines {
            if let Some(before) = self.base.deadlines.get(id) {
                self.deadline(before, deadline);
            }
        }
    }

    fn deadline(&mut self, before: &Deadline, deadline: &Deadline) {
        let basis = own_basis(Some(&before.basis), &deadline.basis);
        let subject = Subject { part: "期限", name: &deadline.name, basis };
        if let (Within::Fixed(old), Within::Fixed(new)) = (&before.within, &deadline.within)
            && old != new
        {
            let shorter = old.unit == new.unit && new.count < old.count;
            let change = if shorter { Change::Tightened } else { Change::Loosened };
            self.push(&subject, "期间", change, old.to_string(), new.to_string());
        }
        let name = |id: &Id| self.local.acts.get(id).map_or(id.to_string(), |act| act.name.clone());
        let pauses = |deadline: &Deadline| {
            let one = |pause: &crate::procedure::Pause| {
                let until: Vec<String> = pause.until.iter().map(name).collect();
                format!("从{}到{}", name(&pause.from), until.join("、"))
            };
            deadline.pause.iter().map(one).collect::<Vec<_>>().join("；")
        };
        let extends = |deadline: &Deadline| {
            let Some(extend) = &deadline.extend else { return String::new() };
            let (act, most, times) = (name(&extend.act), extend.at_most, extend.times);
            format!("{act}，至多{most}，至多{times}次")
        };
        let loosened = [
            ("不计入", pauses(before), pauses(deadline)),
            ("延长", extends(before), extends(deadline)),
        ];
        for (side, old, new) in loosened.into_iter().filter(|(_, old, new)| old != new) {
            self.push(&subject, side, Change::Loosened, old, new);
        }
        if before.warn != deadline.warn {
            let (old, new) = (warnings(&before.warn), warnings(&deadline.warn));
            self.push(&subject, "提醒", Change::Tightened, old, new);
        }
        self.ground(&subject, &before.basis.text, &deadline.basis.text);
    }

    fn documents(&mut self, wall: &[Entry]) {
        self.added("文书", &self.base.documents, wall);
        for (id, document) in &self.local.documents {
            let Some(before) = self.base.documents.get(id) else { continue };
            let basis = document.basis.as_ref().map(|basis| basis.text.clone());
            let basis = basis.unwrap_or_default();
            let subject = Subject { part: "文书", name: &document.name, basis };
            let says = |document: &Document| document.says.join("；");
            let uses = |document: &Document| {
                let used = document.uses.iter().map(|expr| explain(self.local, &expr.node));
                used.collect::<Vec<_>>().join("、")
            };
            let sides = [
                ("必须写明", says(before), says(document)),
                ("内容", uses(before), uses(document)),
            ];
            for (side, old, new) in sides.into_iter().filter(|(_, old, new)| old != new) {
                self.push(&subject, side, Change::Tightened, old, new);
            }
            if before.template != document.template {
                self.push(&subject, "式样", Change::Reworded, "底本的式样", "本地的式样");
            }
        }
    }

    fn notices(&mut self, wall: &[Entry]) {
        self.added("公示", &self.base.notices, wall);
        for (id, notice) in &self.local.notices {
            let Some(before) = self.base.notices.get(id) else { continue };
            let subject = Subject { part: "公示", name: &notice.name, basis: String::new() };
            let shown = |notice: &Notice| {
                let shown = notice.show.iter().map(|expr| explain(self.local, &expr.node));
                shown.collect::<Vec<_>>().join("、")
            };
            let (old, new) = (shown(before), shown(notice));
            if old != new {
                self.push(&subject, "内容", Change::Tightened, old, new);
            }
        }
    }

    /// What the base has not, as the wall sheet says it.
    fn added<T>(&mut self, part: &'static str, base: &IndexMap<Id, T>, wall: &[Entry]) {
        for entry in wall.iter().filter(|entry| !base.contains_key(&entry.id)) {
            let line = |label: &str| entry.lines.iter().find(|line| line.label == label);
            let basis = line("依据").map(|line| line.text.clone()).unwrap_or_default();
            let said = entry.lines.iter().filter(|line| line.label != "依据");
            let said = said.map(|line| format!("{}：{}", line.label, line.text));
            let text = said.collect::<Vec<_>>().join("。");
            self.push(&Subject { part, name: &entry.name, basis }, "全部", Change::Added, "", text);
        }
    }
}

/// The overlay's own part of a basis: the reader puts it after the base's.
fn own_basis(before: Option<&Basis>, basis: &Basis) -> String {
    let own = before.and_then(|before| basis.text.strip_prefix(&before.text));
    own.and_then(|own| own.strip_prefix('；')).unwrap_or(&basis.text).to_owned()
}

/// What the base says of a number it leaves to others.
fn open(param: Option<&Param>) -> String {
    match param {
        Some(param) => format!("由{}定（演示用{}）", param.setter(), number(&param.sample)),
        None => String::new(),
    }
}

/// A number as it stands in the file.
fn number(value: &Value) -> String {
    match value {
        Value::Int(count) => count.to_string(),
        Value::Money(cents) => format!("{}元", yuan_text(*cents)),
        Value::Yes(yes) => if *yes { "是" } else { "否" }.into(),
        other => other.as_text().unwrap_or_default().into(),
    }
}

fn team(act: &Act) -> String {
    let Some(team) = &act.team else { return String::new() };
    let hold = team.hold.as_ref().map(|hold| format!("，都持{hold}")).unwrap_or_default();
    format!("至少{}人{hold}", team.at_least)
}

fn warnings(warn: &[Period]) -> String {
    let warn: Vec<String> = warn.iter().map(|period| format!("到期前{period}")).collect();
    warn.join("、")
}

fn field_words(p: &Procedure, field: &Field) -> String {
    let crate::procedure::FieldType::Choice(list) = &field.ty else {
        return keep(field.keep).into();
    };
    let labels = p.lists.get(list).map(|list| list.values().cloned().collect::<Vec<_>>());
    format!("选择：{}；{}", labels.unwrap_or_default().join("、"), keep(field.keep))
}

fn keep(keep: Keep) -> &'static str {
    match keep {
        Keep::Public => "可以公开",
        Keep::Work => "工作信息",
        Keep::Personal => "个人信息",
        Keep::Sealed => "封存",
    }
}
