//! 04 Links across duties: what one case opens or reports in another must exist there and fit.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::Checker;
use crate::{
    Id,
    diagnostic::nearest,
    expr::{Expr, Node, Type},
    procedure::{Act, Field, FieldType, LINKED, Opens, Procedure, Reports},
    read::Definition,
    value::Value,
};

/// Reads literals that are carried into another case as the fields there keep them: `'refused'`
/// becomes a code, `100` an amount.
pub(super) fn type_carried(all: &mut [Definition]) {
    let mut fields: BTreeMap<Id, IndexMap<Id, Field>> = BTreeMap::new();
    let mut openers: BTreeMap<Id, Vec<Id>> = BTreeMap::new();
    for definition in all.iter() {
        let p = &definition.procedure;
        fields.insert(p.id.clone(), p.fields.clone());
        for opens in p.acts.values().filter_map(|act| act.opens.as_ref()) {
            openers.entry(opens.procedure.clone()).or_default().push(p.id.clone());
        }
    }
    let field = |duty: &Id, field: &Id| fields.get(duty).and_then(|fields| fields.get(field));
    for definition in all.iter_mut() {
        let p = &mut definition.procedure;
        for act in p.acts.values_mut() {
            if let Some(opens) = &mut act.opens {
                for (id, expr) in &mut opens.with {
                    retype(expr, field(&opens.procedure, id));
                }
            }
            if let Some(reports) = &mut act.reports {
                let theirs = openers.get(&p.id).into_iter().flatten();
                for (id, expr) in &mut reports.with {
                    retype(expr, theirs.clone().find_map(|duty| field(duty, id)));
                }
            }
        }
    }
}

fn retype(expr: &mut Expr, field: Option<&Field>) {
    let Some(field) = field else { return };
    let (value, ty) = match (&expr.node, &field.ty) {
        (Node::Literal(Value::Text(text)), FieldType::Choice(list)) => {
            (Value::Codes(vec![text.as_str().into()]), Type::Code(list.clone()))
        }
        (Node::Literal(Value::Int(yuan)), FieldType::Money) => match yuan.checked_mul(100) {
            Some(cents) => (Value::Money(cents), Type::Money),
            None => return,
        },
        _ => return,
    };
    expr.node = Node::Literal(value);
    expr.ty = ty;
}

impl Checker<'_> {
    pub(super) fn links(&mut self) {
        for act in self.procedure.acts.values() {
            if let Some(opens) = &act.opens {
                self.opens(act, opens);
            }
            if let Some(reports) = &act.reports {
                self.reports(act, reports);
            }
        }
    }

    fn opens(&mut self, act: &Act, opens: &Opens) {
        let name = ["act", &*act.id, "opens"];
        let Some(theirs) = self.duties.get(&opens.procedure).and_then(|editions| editions.last())
        else {
            if self.duties.len() == 1 {
                return; // Read alone; the other duty is not at hand.
            }
            let message = format!("没有程序 {}", opens.procedure);
            let fault = self.error("E0441", &["act", &act.id, "opens", "procedure"], message);
            let near = nearest(&opens.procedure, self.duties.keys().map(|id| id.as_str()));
            self.add(match near {
                Some(near) => fault.instead(format!("是不是 {near}？")),
                None => fault.instead("写 law/procedures 里有的程序"),
            });
            return;
        };
        let Some(target) = self.act_there(act, theirs, &opens.act, "opens") else {
            return;
        };
        if !target.opens_case() {
            let message = format!("“{}”的“{}”不是登记，不能开始一件案子", theirs.name, target.name);
            let fault = self.error("E0442", &["act", &act.id, "opens", "act"], message);
            self.add(fault.instead("写 from = [\"start\"] 的行为"));
        }
        self.carried(act, "opens", &opens.with, theirs, target);
        for role in &target.assign {
            if !opens.assign.contains_key(role) {
                let message = format!("“{}”要指定 {role}，这里没有指定", target.name);
                let fault = self.error("E0446", &name, message);
                self.add(
                    fault.instead(format!("加 assign = {{ {role} = \"本案的角色或者人员字段\" }}")),
                );
            }
        }
        for role in opens.assign.keys().filter(|role| !target.assign.contains(role)) {
            let message = format!("“{}”不指定 {role}", target.name);
            let fault = self.error("E0446", &["act", &act.id, "opens", "assign", role], message);
            self.add(fault.instead("删去"));
        }
    }

    fn reports(&mut self, act: &Act, reports: &Reports) {
        if self.duties.len() == 1 {
            return; // Read alone; the other duties are not at hand.
        }
        let opens_us = |duty: &&&Procedure| {
            duty.acts
                .values()
                .filter_map(|act| act.opens.as_ref())
                .any(|opens| opens.procedure == self.procedure.id)
        };
        let openers: Vec<&Procedure> = self
            .duties
            .values()
            .filter_map(|editions| editions.last())
            .filter(opens_us)
            .copied()
            .collect();
        if openers.is_empty() {
            let message = format!("没有程序会移送到“{}”，结果没有地方回流", self.procedure.name);
            let fault = self.advice("E0447", &["act", &act.id, "reports"], message);
            self.add(fault.instead("删去 reports，或者在移送的程序里写 opens"));
        }
        for theirs in openers {
            let Some(target) = self.act_there(act, theirs, &reports.act, "reports") else {
                continue;
            };
            self.carried(act, "reports", &reports.with, theirs, target);
        }
    }

    /// The act in the other duty, if it is there and the machine (or the same person) may do it.
    fn act_there<'t>(
        &mut self,
        act: &Act,
        theirs: &'t Procedure,
        id: &Id,
        key: &str,
    ) -> Option<&'t Act> {
        let name = ["act", &*act.id, key, "act"];
        let Some(target) = theirs.acts.get(id) else {
            let fault = self.error("E0442", &name, format!("“{}”里没有行为 {id}", theirs.name));
            self.add(match nearest(id, theirs.acts.keys().map(|id| &**id)) {
                Some(near) => fault.instead(format!("是不是 {near}？")),
                None => fault.instead(format!("写 {} 里有的行为", theirs.id)),
            });
            return None;
        };
        // A report is the machine's; a case is opened by the machine where its duty says so, else by
        // the same person, who must then hold a role there too.
        let machine = target.by.iter().any(|role| role == LINKED);
        let same_person = key == "opens" && act.by.iter().all(|role| target.by.contains(role));
        if !machine && !same_person {
            let message = format!(
                "办“{}”的人不能办“{}”的“{}”，系统也不能",
                act.name, theirs.name, target.name
            );
            let fault = self.error("E0443", &name, message);
            self.add(fault.instead(format!("在那里的 act.{id}.by 里加 \"linked\"")));
        }
        Some(target)
    }

    /// What is carried over fits the fields there, and nothing that must be filled is missing.
    fn carried(
        &mut self,
        act: &Act,
        key: &str,
        with: &IndexMap<Id, Expr>,
        theirs: &Procedure,
        target: &Act,
    ) {
        for (id, expr) in with {
            let name = ["act", &*act.id, key, "with", id];
            let Some(field) = theirs.fields.get(id).filter(|_| target.asks(id)) else {
                let message = format!("“{}”的“{}”不填 {id}", theirs.name, target.name);
                let asked = target.ask.iter().map(|ask| ask.field.as_str());
                let fault = self.error("E0444", &name, message);
                self.add(match nearest(id, asked) {
                    Some(near) => fault.instead(format!("是不是 {near}？")),
                    None => fault.instead("删去，或者在那里的 ask 里加上"),
                });
                continue;
            };
            if field.fill.is_some() {
                let message = format!("“{}”的“{}”由系统填，不能带过去", theirs.name, field.name);
                let fault = self.error("E2103", &name, message);
                self.add(fault.instead("从 with 里删去"));
                continue;
            }
            self.fits(&name, expr, field, theirs);
        }
        let filled = |id: &Id| theirs.fields.get(id).is_some_and(|field| field.fill.is_some());
        let missing = target.ask.iter().filter(|ask| ask.required && !filled(&ask.field));
        for ask in missing.filter(|ask| !with.contains_key(&ask.field)) {
            let label =
                theirs.fields.get(&ask.field).map(|field| field.name.as_str()).unwrap_or_default();
            let message = format!("“{}”必填“{label}”({})，这里没有带过去", target.name, ask.field);
            let fault = self.error("E0445", &["act", &act.id, key], message);
            self.add(fault.instead(format!("在 with 里加 {} = \"…\"", ask.field)));
        }
    }

    fn fits(&mut self, name: &[&str], expr: &Expr, field: &Field, theirs: &Procedure) {
        let wanted = Type::of(field);
        let codes = |list: &Id, of: &Procedure| of.lists.get(list).cloned().unwrap_or_default();
        match (&expr.ty, &wanted) {
            (given, wanted)
                if given == wanted && !matches!(given, Type::Code(_) | Type::Codes(_)) =>
            {
                return;
            }
            (Type::Date, Type::Moment) | (Type::Moment, Type::Date) => {}
            (Type::Person, Type::People) | (Type::Organ, Type::Organs) => return,
            (Type::Code(ours) | Type::Codes(ours), Type::Code(list) | Type::Codes(list)) => {
                let known = codes(list, theirs);
                let given: Vec<Id> = match &expr.node {
                    Node::Literal(Value::Codes(codes)) => codes.clone(),
                    _ => codes(ours, self.procedure).keys().cloned().collect(),
                };
                let unknown: Vec<&str> = given
                    .iter()
                    .filter(|code| !known.contains_key(*code))
                    .map(|code| &**code)
                    .collect();
                if !unknown.is_empty() {
                    let message =
                        format!("“{}”的选项表 {list} 没有 {}", theirs.name, unknown.join("、"));
                    let fault = self.error("E0444", name, message);
                    let listed: Vec<&str> = known.keys().map(|code| &**code).collect();
                    self.add(fault.instead(format!("那里可以写：{}", listed.join("、"))));
                }
                return;
            }
            _ => {}
        }
        let message = format!(
            "“{}”的“{}”要{}，带过去的是{}",
            theirs.name,
            field.name,
            wanted.name(),
            expr.ty.name()
        );
        let fault = self.error("E0444", name, message);
        self.add(fault.instead(format!("写{}", wanted.name())));
    }
}
