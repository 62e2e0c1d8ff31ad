//! 19 Suggestions: the roster that is asked must list people, and what is compared must fit.

use super::Checker;
use crate::{
    Id,
    diagnostic::nearest,
    procedure::{FieldType, Fit, Ours, Pool, Procedure},
};

impl Checker<'_> {
    pub(super) fn suggests(&mut self) {
        for suggest in self.procedure.suggests.values() {
            if let Some(hold) = &suggest.hold {
                self.issued(hold, &["suggest", &suggest.role, "hold"]);
            }
            let Some(pool) = &suggest.pool else { continue };
            let place = ["suggest", &*suggest.role, "pool"];
            let roster = self.duties.get(pool).and_then(|editions| editions.last()).copied();
            match roster.map(|roster| (roster, roster.pool.as_ref())) {
                Some((roster, Some(pool))) => {
                    for fit in &suggest.fits {
                        self.fit(&suggest.role, fit, roster, pool);
                    }
                }
                Some((roster, None)) => {
                    let message = format!("“{}”没有写推荐名册里的谁", roster.name);
                    let fault = self.error("E1906", &place, message);
                    self.add(fault.instead(format!("在程序 {pool} 里写 [pool]")));
                }
                None if self.duties.len() == 1 => {} // Read alone; the roster is not at hand.
                None => {
                    let fault = self.error("E1906", &place, format!("没有程序 {pool}"));
                    let near = nearest(pool, self.duties.keys().map(|id| id.as_str()));
                    self.add(match near {
                        Some(near) => fault.instead(format!("是不是 {near}？")),
                        None => fault.instead("写 law/procedures 里有的名册程序"),
                    });
                }
            }
        }
    }

    /// What is compared of the roster is there, and of a kind with what is compared of the case.
    fn fit(&mut self, role: &Id, fit: &Fit, roster: &Procedure, pool: &Pool) {
        let place = ["suggest", &**role, "fits"];
        if !pool.fields.contains(&fit.theirs) {
            let message = format!("“{}”的 [pool] 没有可以比对的 {}", roster.name, fit.theirs);
            let fault = self.error("E1907", &place, message);
            let known = pool.fields.iter().map(|id| id.as_str());
            self.add(match nearest(&fit.theirs, known) {
                Some(near) => fault.instead(format!("是不是 {near}？")),
                None => fault.instead(format!("在 [pool] 的 fields 里写上 {}", fit.theirs)),
            });
            return;
        }
        let theirs = roster.fields.get(&fit.theirs).map(|field| &field.ty);
        match (&fit.ours, theirs) {
            (Ours::Place(_), Some(FieldType::Organ)) => {}
            (Ours::Codes(ours, map), Some(FieldType::Choice(_))) => {
                let known = codes(roster, &fit.theirs);
                let named = match map {
                    Some(map) => map.values().flatten().collect(),
                    None => codes(self.procedure, ours),
                };
                for code in named.into_iter().filter(|code| !known.contains(code)) {
                    let message = format!("“{}”的 {} 没有选项 {code}", roster.name, fit.theirs);
                    let fault = self.error("E1908", &place, message);
                    let near = nearest(code, known.iter().map(|id| id.as_str()));
                    self.add(match near {
                        Some(near) => fault.instead(format!("是不是 {near}？")),
                        None => fault.instead("用 codes 写明本案的选项对应名册的哪些选项"),
                    });
                }
            }
            _ => {
                let message = format!("{} 与本案的这一项不是一类，比不了", fit.theirs);
                let fault = self.error("E1907", &place, message);
                self.add(fault.instead("选项字段与选项字段比（ours），机关字段与地点比（place）"));
            }
        }
    }
}

/// The codes of a choice field.
fn codes<'p>(procedure: &'p Procedure, field: &Id) -> Vec<&'p Id> {
    match procedure.fields.get(field).map(|field| &field.ty) {
        Some(FieldType::Choice(list)) => {
            procedure.lists.get(list).into_iter().flat_map(|list| list.keys()).collect()
        }
        _ => Vec::new(),
    }
}
