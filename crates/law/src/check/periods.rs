//! 03 Periods: they start, can be met, count in the right days, and are lengthened within limits.

use std::collections::BTreeSet;

use super::{Checker, field_of};
use crate::{
    Id,
    citation::mentions,
    expr::{Node, Type},
    period::{Period, Unit},
    procedure::{Deadline, FieldType, From, Within, reachable},
    statute::Resolution,
};

impl Checker<'_> {
    pub(super) fn periods(&mut self) {
        for deadline in self.procedure.deadlines.values() {
            self.right_days(deadline);
            self.can_be_met(deadline);
            self.extension(deadline);
            self.pauses(deadline);
            self.lengths(deadline);
            self.statutory(deadline);
        }
        self.circles();
    }

    /// The days a cited law means by 日, where that law says so itself.
    fn right_days(&mut self, deadline: &Deadline) {
        let Within::Fixed(period) = deadline.within else {
            return;
        };
        if !matches!(period.unit, Unit::Day | Unit::Workday) {
            return;
        }
        let cited = mentions(&deadline.basis.text);
        let mut titles: Vec<&str> = cited.iter().map(|mention| &*mention.citation.title).collect();
        titles.dedup();
        let [title] = titles[..] else { return }; // Several laws: a person must say which.
        let on = self.procedure.effective;
        let Resolution::InForce { statute, .. } = self.statutes.resolve(title, on) else {
            return;
        };
        let Some(word) = &statute.days else { return };
        let workdays = word.counts_workdays(period.count);
        if workdays == (period.unit == Unit::Workday) {
            return;
        }
        let right = Period { unit: if workdays { Unit::Workday } else { Unit::Day }, ..period };
        let message = format!("“{}”应当按{}数，不是{}", deadline.name, right.unit, period.unit);
        let fault = self.error("E0314", &["deadline", &deadline.id, "within"], message);
        self.add(fault.instead(format!("写 \"{right}\"")).why(format!(
            "《{title}》{}：该法的{}日{}",
            word.basis,
            period.count,
            if workdays { "是工作日" } else { "没有规定为工作日，是自然日" }
        )));
    }

    /// Something that meets it can be done once it runs.
    fn can_be_met(&mut self, deadline: &Deadline) {
        let p = self.procedure;
        let name = ["deadline", &deadline.id, "met_by"];
        if deadline.met_by.is_empty() {
            return; // The reader has said so.
        }
        let From::Acts(starts) = &deadline.from else {
            return;
        };
        if let Some(both) = deadline.met_by.iter().find(|act| starts.contains(act))
            && starts.len() == 1
        {
            let message = format!("“{}”从 {both} 起算，又由 {both} 算按期", deadline.name);
            let fault = self.error("E0315", &name, message);
            self.add(fault.instead("met_by 写起算以后要办的行为"));
            return;
        }
        let left: Vec<&Id> = starts
            .iter()
            .filter_map(|act| p.acts.get(act))
            .flat_map(|act| act.leaves_in())
            .collect();
        if left.is_empty() || matches!(deadline.within, Within::Before(_)) {
            return;
        }
        let later = reachable(p.acts.values(), left);
        let possible = |act: &Id| {
            p.acts.get(act).is_some_and(|act| act.from.iter().any(|stage| later.contains(stage)))
        };
        if !deadline.met_by.iter().any(possible) {
            let message = format!("“{}”起算以后，没有一个 met_by 的行为还能办", deadline.name);
            let fault = self.error("E0316", &name, message);
            self.add(fault.instead("改 met_by，或者改这些行为的 from"));
        }
    }

    fn extension(&mut self, deadline: &Deadline) {
        let Some(extend) = &deadline.extend else {
            return;
        };
        let name = ["deadline", &deadline.id, "extend"];
        if matches!(deadline.within, Within::Before(_) | Within::Until(_)) {
            let fault = self.error("E0317", &name, "倒数的期限、写定日期的期限不能延长");
            self.add(fault.instead("删去 extend"));
        }
        let field = extend.by.as_ref().and_then(|by| field_of(&by.node));
        let Some(field) = field.and_then(|id| self.procedure.fields.get(id)) else {
            return;
        };
        match field.max {
            None => {
                let message = format!("“{}”没有上限，延长多少没有限制", field.name);
                let fault = self.error("E0318", &["field", &field.id], message);
                self.add(
                    fault
                        .instead(format!("加 max = {}", extend.at_most.count))
                        .why(format!("期限“{}”至多延长{}", deadline.name, extend.at_most)),
                );
            }
            Some(max) if max > i64::from(extend.at_most.count) => {
                let message =
                    format!("“{}”最多可填 {max}，期限至多延长{}", field.name, extend.at_most);
                let fault = self.advice("E0318", &["field", &field.id, "max"], message);
                self.add(fault.instead(format!("改成 max = {}", extend.at_most.count)));
            }
            Some(_) => {}
        }
        let base = match deadline.within {
            Within::Fixed(period) => period.unit,
            Within::Param(_, unit) => unit,
            _ => return,
        };
        if base != extend.at_most.unit {
            let message = format!("期限按{base}数，延长却按{}数", extend.at_most.unit);
            let fault =
                self.advice("E0319", &["deadline", &deadline.id, "extend", "at_most"], message);
            self.add(
                fault.instead(format!("条文没有另说的，写 \"{}{base}\"", extend.at_most.count)),
            );
        }
    }

    fn pauses(&mut self, deadline: &Deadline) {
        let p = self.procedure;
        for (at, pause) in deadline.pause.iter().enumerate() {
            let at = at.to_string();
            let name = ["deadline", &*deadline.id, "pause", &at];
            if pause.until.is_empty() {
                continue;
            }
            if pause.until.contains(&pause.from) {
                let fault = self.error("E0320", &name, "中止从同一个行为开始又到它为止");
                self.add(fault.instead("until 写恢复计算的行为"));
                continue;
            }
            let Some(from) = p.acts.get(&pause.from) else {
                continue;
            };
            let later = reachable(p.acts.values(), from.leaves_in());
            let possible = |act: &Id| {
                p.acts.get(act).is_some_and(|act| act.from.iter().any(|s| later.contains(s)))
            };
            if !pause.until.iter().any(possible) {
                let message = format!("“{}”以后，没有行为能让期限继续计算", from.name);
                let fault = self.error("E0320", &name, message);
                self.add(
                    fault
                        .instead("改 until，或者改它的 from")
                        .why("中止了不能恢复，期限就永远不届满"),
                );
            }
        }
    }

    fn lengths(&mut self, deadline: &Deadline) {
        let p = self.procedure;
        let name = ["deadline", &*deadline.id, "within"];
        match &deadline.within {
            Within::Param(param, unit) => {
                if p.params.get(param).is_some_and(|param| param.ty != FieldType::Int) {
                    let fault = self.error("E0303", &name, format!("参数 {param} 不是整数"));
                    self.add(fault.instead("在 [param] 里写 type = \"int\""));
                }
                self.hours(deadline, *unit);
            }
            Within::Fixed(period) => {
                self.hours(deadline, period.unit);
                let long = |warn: &&Period| warn.unit == period.unit && warn.count >= period.count;
                if let Some(warn) = deadline.warn.iter().find(long) {
                    let message = format!("提前{warn}提醒，期限一共才{period}");
                    let fault = self.advice("E0310", &["deadline", &deadline.id, "warn"], message);
                    self.add(fault.instead("改短提醒"));
                }
            }
            Within::Before(period) => {
                if !deadline.pause.is_empty() {
                    let fault = self.error(
                        "E0317",
                        &["deadline", &deadline.id, "pause"],
                        "倒数的期限没有中止",
                    );
                    self.add(fault.instead("删去 pause"));
                }
                self.hours(deadline, period.unit);
            }
            Within::Until(_) => {}
        }
    }

    /// Hours run from a moment: that of an act, or one that somebody wrote down.
    fn hours(&mut self, deadline: &Deadline, unit: Unit) {
        let From::Date(date) = &deadline.from else {
            return;
        };
        if unit == Unit::Hour && date.ty != Type::Moment {
            let message = format!("“{}”按小时计，却从一个日期起算", deadline.name);
            let fault = self.error("E0321", &["deadline", &deadline.id, "from"], message);
            self.add(
                fault
                    .instead("写 from = \"行为\"，或者用 type = \"moment\" 的字段")
                    .why("按小时计算期间的，自法律规定或者当事人约定的时间开始计算（《民法典》第二百零一条）"),
            );
        }
    }

    /// A statutory period rests on a statute.
    fn statutory(&mut self, deadline: &Deadline) {
        let listed =
            self.procedure.laws.keys().any(|title| deadline.basis.text.contains(title.as_str()));
        let cites = !deadline.basis.citations.is_empty() || listed;
        if deadline.statutory && !deadline.basis.text.is_empty() && !cites {
            let message = format!("“{}”写的是法定期限，依据里却没有法", deadline.name);
            let fault = self.advice("E0322", &["deadline", &deadline.id, "basis"], message);
            self.add(fault.instead("写明《…》第…条；本级自己定的要求，写 kind = \"internal\""));
        }
    }

    /// A period that starts when another ends may not wait for itself.
    fn circles(&mut self) {
        let p = self.procedure;
        let needs = |deadline: &Deadline| -> BTreeSet<Id> {
            let mut found = BTreeSet::new();
            let mut look = |node: &Node| match node {
                Node::Due(id) | Node::Met(id) => {
                    found.insert(id.clone());
                }
                _ => {}
            };
            if let From::Date(date) = &deadline.from {
                date.node.walk(&mut look);
            }
            if let Within::Until(date) = &deadline.within {
                date.node.walk(&mut look);
            }
            if let Some(condition) = &deadline.only_if {
                condition.node.walk(&mut look);
            }
            found
        };
        for deadline in p.deadlines.values() {
            let mut seen: BTreeSet<Id> = needs(deadline);
            loop {
                let more: BTreeSet<Id> =
                    seen.iter().filter_map(|id| p.deadlines.get(id)).flat_map(needs).collect();
                let before = seen.len();
                seen.extend(more);
                if seen.len() == before {
                    break;
                }
            }
            if seen.contains(&deadline.id) {
                let message = format!("期限“{}”要等自己届满才起算", deadline.name);
                let fault = self.error("E0323", &["deadline", &deadline.id], message);
                self.add(fault.instead("from、within、only_if 里不能绕回自己"));
            }
        }
    }
}
