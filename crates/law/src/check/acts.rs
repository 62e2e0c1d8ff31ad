//! 04 Acts: every stage is reached and left, every act can be done by somebody.

use std::collections::BTreeSet;

use super::Checker;
use crate::{
    Id,
    expr::Node,
    procedure::{Act, BUILT_IN, LINKED, START, Scope, reachable},
};

impl Checker<'_> {
    pub(super) fn acts(&mut self) {
        let p = self.procedure;
        if p.acts.is_empty() || p.stages.is_empty() {
            return; // The reader has said so.
        }
        for act in p.acts.values().filter(|act| BUILT_IN.contains(&act.id.as_str())) {
            let message = format!("{} 是每个程序自带的行为，不能另写", act.id);
            let fault = self.error("E0423", &["act", &act.id], message);
            self.add(fault.instead("换一个标识"));
        }
        let opening: Vec<&Act> = p.opening_acts().collect();
        if opening.is_empty() {
            let fault = self.error("E0419", &["act"], "没有一个行为能开始一件案子");
            self.add(fault.instead("给登记的行为写 from = [\"start\"]"));
            return;
        }
        for act in opening {
            if act.to.is_none() {
                let message = format!("“{}”开始一件案子，却没有写到哪一步", act.name);
                let fault = self.error("E0419", &["act", &act.id], message);
                self.add(fault.instead("加 to = \"阶段\""));
            }
        }
        let start = Id::from(START);
        let reached = reachable(p.acts.values(), [&start]);
        self.unreached(&reached);
        self.dead_ends(&reached);
        for act in p.acts.values().filter(|act| !act.made) {
            self.doers(act);
            self.credentials(act);
        }
        self.circular_findings();
    }

    fn unreached(&mut self, reached: &BTreeSet<&Id>) {
        let p = self.procedure;
        for stage in p.stages.values().filter(|stage| !reached.contains(&stage.id)) {
            let message = format!("没有行为能到“{}”这一步", stage.name);
            let fault = self.error("E0416", &["stage", &stage.id], message);
            self.add(fault.instead("在某个行为的 to 里写它，或者删去"));
        }
        for act in p.acts.values().filter(|act| !act.from.is_empty()) {
            if !act.from.iter().any(|stage| reached.contains(stage)) {
                let message = format!("“{}”永远办不了：案件到不了它的 from", act.name);
                let fault = self.error("E0415", &["act", &act.id, "from"], message);
                self.add(fault.instead("改 from，或者让某个行为到那一步"));
            }
        }
    }

    /// From every stage that is no end, a way leads to an end.
    fn dead_ends(&mut self, reached: &BTreeSet<&Id>) {
        let p = self.procedure;
        if !p.stages.values().any(|stage| stage.end) {
            if !p.roster {
                let fault = self.error("E0418", &["stage"], "没有一个阶段是终点");
                self.add(
                    fault
                        .instead(
                            "给办完的阶段写 { name = \"…\", end = true }；名册、库写 roster = true",
                        )
                        .why("没有终点，案件永远是待办"),
                );
            }
            return;
        }
        for stage in p.stages.values().filter(|stage| !stage.end && reached.contains(&stage.id)) {
            let later = reachable(p.acts.values(), [&stage.id]);
            if later.len() == 1 {
                let message = format!("案件到了“{}”就走不出去", stage.name);
                let fault = self.error("E0417", &["stage", &stage.id], message);
                self.add(
                    fault.instead("写一个 from 是它、to 是别处的行为；它就是终点的，写 end = true"),
                );
            } else if !later.iter().any(|id| p.stages.get(*id).is_some_and(|stage| stage.end)) {
                let message = format!("案件到了“{}”以后，到不了任何终点", stage.name);
                let fault = self.error("E0417", &["stage", &stage.id], message);
                self.add(fault.instead("补上通向终点的行为"));
            }
        }
    }

    /// Somebody can come to hold a role that the act asks for.
    fn doers(&mut self, act: &Act) {
        let p = self.procedure;
        let can_exist = |role: &Id| {
            if role == LINKED {
                return true;
            }
            let Some(role) = p.roles.get(role) else {
                return true;
            };
            role.scope != Scope::Case || role.outside || self.assigned_somewhere(&role.id)
        };
        let name = ["act", &*act.id, "by"];
        if !act.by.is_empty() && !act.by.iter().any(can_exist) {
            let roles: Vec<&str> =
                act.by.iter().filter_map(|id| p.roles.get(id)).map(|role| &*role.name).collect();
            let message =
                format!("“{}”只能由本案指定的{}办，却没有行为指定", act.name, roles.join("、"));
            let fault = self.error("E0420", &name, message);
            self.add(fault.instead(format!("在登记等行为里写 assign = \"{}\"", act.by[0])));
        }
        let outsiders =
            act.by.iter().all(|role| p.roles.get(role).is_some_and(|role| role.outside));
        if outsiders && !act.by.is_empty() && (act.team.is_some() || !act.hold.is_empty()) {
            let message = format!("“{}”只由外人办，却要求人数或者证件", act.name);
            let fault = self.error("E0420", &name, message);
            self.add(fault.instead("在 by 里加上工作人员的角色，或者删去 team、hold"));
        }
        if act.not_by.contains(&act.id) {
            let fault = self.error("E0407", &["act", &act.id, "not_by"], "not_by 里写了自己");
            self.add(fault.instead("只办一次的，写 times = 1"));
        }
        // A single person assigned for the whole case who must not be who did another act of theirs.
        for other in act.not_by.iter().filter_map(|id| p.acts.get(id)) {
            let alone = |act: &Act| match &*act.by {
                [role] => p
                    .roles
                    .get(role)
                    .filter(|role| role.scope == Scope::Case)
                    .map(|role| role.id.clone()),
                _ => None,
            };
            if alone(act).is_some() && alone(act) == alone(other) && act.team.is_none() {
                let message = format!(
                    "“{}”和“{}”都只由本案指定的同一种人办，又要求不是同一人",
                    act.name, other.name
                );
                let fault = self.advice("E0421", &["act", &act.id, "not_by"], message);
                self.add(fault.instead("指定两人以上，或者换一个角色"));
            }
        }
    }

    fn assigned_somewhere(&self, role: &Id) -> bool {
        let own = self.procedure.acts.values().any(|act| act.assign.contains(role));
        let from_elsewhere =
            self.duties.values().flatten().flat_map(|duty| duty.acts.values()).any(|act| {
                act.opens.as_ref().is_some_and(|opens| {
                    opens.procedure == self.procedure.id && opens.assign.contains_key(role)
                })
            });
        own || from_elsewhere
    }

    /// A credential that is asked for is issued by some duty.
    fn credentials(&mut self, act: &Act) {
        let asked = [
            ("hold", act.hold.iter().collect::<Vec<_>>()),
            ("hold_if_first", act.hold_if_first.iter().collect()),
            ("team", act.team.iter().filter_map(|team| team.hold.as_ref()).collect()),
        ];
        for (key, names) in asked {
            for name in names {
                self.issued(name, &["act", &act.id, key]);
            }
        }
    }

    /// A credential that some duty issues.
    pub(super) fn issued(&mut self, name: &str, place: &[&str]) {
        let issued: BTreeSet<&str> = self
            .duties
            .values()
            .flatten()
            .filter_map(|duty| duty.credential.as_ref())
            .map(|credential| credential.name.as_str())
            .collect();
        if issued.is_empty() || issued.contains(name) {
            return; // None at all: a law of one duty, as in tests.
        }
        let fault = self.error("E0422", place, format!("没有程序发“{name}”，谁也没有这个证"));
        let near = crate::diagnostic::nearest(name, issued.iter().copied());
        self.add(match near {
            Some(near) => fault.instead(format!("是不是“{near}”？")),
            None => fault.instead("写一个发证的名册程序（[credential]），或者改证件名称"),
        });
    }

    /// A finding that rests on itself has no answer.
    fn circular_findings(&mut self) {
        let p = self.procedure;
        let rests_on = |id: &Id| -> BTreeSet<Id> {
            let mut found = BTreeSet::new();
            for item in p.findings.get(id).into_iter().flat_map(|finding| &finding.items) {
                item.node.walk(&mut |node| {
                    if let Node::Finding(other) = node {
                        found.insert(other.clone());
                    }
                });
            }
            found
        };
        for finding in p.findings.values() {
            let mut seen = rests_on(&finding.id);
            loop {
                let before = seen.len();
                let more: BTreeSet<Id> = seen.iter().flat_map(rests_on).collect();
                seen.extend(more);
                if seen.len() == before {
                    break;
                }
            }
            if seen.contains(&finding.id) {
                let message = format!("认定“{}”绕回了自己", finding.name);
                let fault = self.error("E0513", &["finding", &finding.id], message);
                self.add(fault.instead("把互相引用的一项改成直接的条件"));
            }
        }
    }
}
