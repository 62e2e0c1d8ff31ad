//! 变异: what happens when one word of a definition is taken away. A scenario must notice.

use std::sync::Arc;

use law::{
    Id,
    calendar::Calendar,
    period::{Period, Unit},
    procedure::{Procedure, Within},
    scenario::Scenario,
};

use crate::scenario::run;

/// One word taken away or changed. 变异
#[derive(Clone, Debug)]
pub struct Mutation {
    /// What was done, in words: `accept 去掉条件 in_time`.
    pub what: String,
    /// The definition with the change.
    pub procedure: Arc<Procedure>,
}

/// Every mutation of a procedure: each condition, `not_by`, `team`, `hold`, `times`, `each` removed; each
/// period counted in the other kind of days, and one shorter and one longer.
pub fn mutations(procedure: &Procedure) -> Vec<Mutation> {
    let mut mutations = Vec::new();
    let mut mutate = |what: String, change: &dyn Fn(&mut Procedure)| {
        let mut changed = procedure.clone();
        change(&mut changed);
        mutations.push(Mutation { what, procedure: Arc::new(changed) });
    };
    for (id, act) in procedure.acts.iter().filter(|(_, act)| !act.made) {
        for require in act.require.keys() {
            mutate(format!("{id} 去掉条件 {require}"), &|changed| {
                act_of(changed, id).require.shift_remove(require);
            });
        }
        for barred in &act.not_by {
            mutate(format!("{id} 的 not_by 去掉 {barred}"), &|changed| {
                act_of(changed, id).not_by.retain(|act| act != barred);
            });
        }
        for credential in &act.hold {
            mutate(format!("{id} 的 hold 去掉 {credential}"), &|changed| {
                act_of(changed, id).hold.retain(|name| name != credential);
            });
        }
        if act.team.is_some() {
            mutate(format!("{id} 去掉 team"), &|changed| act_of(changed, id).team = None);
        }
        if act.team.as_ref().is_some_and(|team| team.hold.is_some()) {
            mutate(format!("{id} 的 team 不查资格"), &|changed| {
                if let Some(team) = &mut act_of(changed, id).team {
                    team.hold = None;
                }
            });
        }
        if act.hold_if_first.is_some() {
            mutate(format!("{id} 去掉 hold_if_first"), &|changed| {
                act_of(changed, id).hold_if_first = None;
            });
        }
        if let Some(each) = &act.each {
            mutate(format!("{id} 去掉 each"), &|changed| act_of(changed, id).each = None);
            if each.only_if.is_some() {
                mutate(format!("{id} 的 each 去掉条件"), &|changed| {
                    if let Some(each) = &mut act_of(changed, id).each {
                        each.only_if = None;
                    }
                });
            }
        }
        if act.times.is_some() {
            mutate(format!("{id} 去掉 times"), &|changed| act_of(changed, id).times = None);
        }
    }
    for (id, deadline) in &procedure.deadlines {
        let other_days = |unit| match unit {
            Unit::Day => Some(Unit::Workday),
            Unit::Workday => Some(Unit::Day),
            _ => None,
        };
        match deadline.within {
            Within::Fixed(length) => {
                if let Some(unit) = other_days(length.unit) {
                    let swapped = Period::new(length.count, unit);
                    mutate(format!("期限 {id} {length} 改为{swapped}"), &|changed| {
                        changed.deadlines[id].within = Within::Fixed(swapped);
                    });
                }
                for count in [length.count.saturating_sub(1), length.count + 1] {
                    let shifted = Period::new(count, length.unit);
                    mutate(format!("期限 {id} {length} 改为{shifted}"), &|changed| {
                        changed.deadlines[id].within = Within::Fixed(shifted);
                    });
                }
            }
            Within::Param(ref param, unit) => {
                if let Some(swapped) = other_days(unit) {
                    mutate(format!("期限 {id} 的单位改为{swapped}"), &|changed| {
                        changed.deadlines[id].within = Within::Param(param.clone(), swapped);
                    });
                }
            }
            Within::Before(_) | Within::Until(_) => {}
        }
    }
    mutations
}

/// The mutations that no scenario notices. 漏网的变异
///
/// Only scenarios that pass on the definition as it is can notice anything.
pub fn survivors(procedure: &Arc<Procedure>, calendar: &Calendar) -> Vec<String> {
    let passes = |procedure: &Arc<Procedure>, scenario: &Scenario| {
        run(procedure, scenario, calendar).failures.is_empty()
    };
    let sound: Vec<&Scenario> =
        procedure.scenarios.iter().filter(|scenario| passes(procedure, scenario)).collect();
    mutations(procedure)
        .into_iter()
        .filter(|mutation| sound.iter().all(|scenario| passes(&mutation.procedure, scenario)))
        .map(|mutation| mutation.what)
        .collect()
}

fn act_of<'a>(procedure: &'a mut Procedure, id: &Id) -> &'a mut law::procedure::Act {
    &mut procedure.acts[id]
}
