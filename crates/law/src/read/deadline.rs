//! [deadline.x]: from which fact, how long, in which days, met by what.

use indexmap::{IndexMap, IndexSet};

use super::Reader;
use crate::{
    Id,
    expr::{Place, Type, Want},
    period::{Period, Unit},
    procedure::{Deadline, Extend, From, Pause, Procedure, Within},
    toml_file::{Item, Table},
};

impl Reader<'_> {
    pub(super) fn deadlines(&self, procedure: &Procedure) -> IndexMap<Id, Deadline> {
        let mut deadlines = IndexMap::new();
        for (item, table) in self.root.tables("deadline") {
            let deadline = self.deadline(&item, table, procedure);
            deadlines.insert(deadline.id.clone(), deadline);
        }
        deadlines
    }

    pub(super) fn deadline(
        &self,
        item: &Item<'_>,
        table: Table<'_>,
        procedure: &Procedure,
    ) -> Deadline {
        let why = "法定的进统计和报告，内部的不进，没有默认值";
        let kind =
            table.need("kind", "kind = \"statutory\"（法定）或 \"internal\"（内部要求）", why);
        let from = table.need("from", "from = \"行为\"", "从哪件事起算，没有默认值");
        let met_by = table.need("met_by", "met_by = [\"行为\"]", "办了什么才算按期，没有默认值");
        let warn = table.get("warn").map(|item| item.one_or_many()).unwrap_or_default();
        let outside = procedure.roles.keys();
        let deadline = Deadline {
            id: self.id(item, "期限"),
            name: self.name(&table),
            statutory: kind.is_none_or(|item| statutory(&item)),
            from: from.and_then(|item| self.starts(&item)).unwrap_or(From::Acts(Vec::new())),
            within: self.within(&table),
            met_by: met_by.map(|item| self.acts_named(&item, "E0305")).unwrap_or_default(),
            only_if: table.get("only_if").and_then(|item| self.condition(&item, &Place::Period)),
            whose: table.get("whose").and_then(|item| self.known(&item, "E0306", "角色", outside)),
            extend: table.get("extend").and_then(|item| self.extend(&item)),
            pause: self.pauses(&table),
            open: self.open(&table),
            warn: warn.iter().filter_map(|item| self.reminder(item)).collect(),
            basis: self.basis(&table),
        };
        table.close();
        deadline
    }

    fn starts(&self, item: &Item<'_>) -> Option<From> {
        if !item.is_table() {
            return Some(From::Acts(self.acts_named(item, "E0304")));
        }
        let table = item.table()?;
        let date = table.need("date", "date = \"行为.日期字段\"", "");
        let date = date.and_then(|item| self.expr(&item, &Place::Period, &Want::Date));
        table.close();
        date.map(From::Date)
    }

    /// Exactly one of `within` and `before`.
    fn within(&self, table: &Table<'_>) -> Within {
        let unknown = Within::Fixed(Period { count: 1, unit: Unit::Day });
        if let Some(before) = table.get("before") {
            if table.has("within") {
                let fault =
                    self.file.error("E0303", &before.key_span, "within 和 before 只能写一个");
                self.file.report(fault.instead("往后数的写 within，往前数的写 before"));
            }
            table.get("within");
            return self.period(&before).map_or(unknown, Within::Before);
        }
        let why = "多长、按哪种日子数，没有默认值";
        let Some(item) = table.need("within", "within = \"15自然日\"", why) else {
            return unknown;
        };
        if !item.is_table() {
            return self.period(&item).map_or(unknown, Within::Fixed);
        }
        let Some(inner) = item.table() else {
            return unknown;
        };
        let found = match inner.get("until") {
            Some(until) => self.expr(&until, &Place::Period, &Want::Date).map(Within::Until),
            None => self.by_param(&inner),
        };
        inner.close();
        found.unwrap_or(unknown)
    }

    fn by_param(&self, table: &Table<'_>) -> Option<Within> {
        let param = table.need("param", "param = \"参数\"", "或者 until = \"日期\"")?;
        let id = self.known(&param, "E0303", "参数", self.words.params.keys());
        let why = "自然日还是工作日，没有默认值";
        let unit = table.need("unit", "unit = \"自然日\"", why)?;
        let unit = match unit.words()?.parse::<Unit>() {
            Ok(unit) => unit,
            Err(wrong) => {
                let fault = unit.error(wrong.code, "没有说明单位是自然日还是工作日");
                unit.report(fault.instead("写 自然日、工作日、个月、年 或 小时"));
                return None;
            }
        };
        Some(Within::Param(id?, unit))
    }

    pub(super) fn extend(&self, item: &Item<'_>) -> Option<Extend> {
        let table = item.table()?;
        let act = table.need("act", "act = \"批准延期的行为\"", "延期要有人批准");
        let act = act.and_then(|item| self.known(&item, "E0307", "行为", self.words.acts.keys()));
        let only_if = table.get("if").and_then(|item| self.condition(&item, &Place::Period));
        let by = table.get("by");
        let by = by.and_then(|item| self.expr(&item, &Place::Period, &Want::Type(Type::Int)));
        let why = "最多延多久，没有默认值";
        let at_most = table.need("at_most", "at_most = \"30自然日\"", why);
        let at_most = at_most.and_then(|item| self.period(&item));
        let why = "能延几次，没有默认值";
        let times = table.need("times", "times = 1", why).and_then(|item| item.int());
        table.close();
        let times = times.and_then(|times| u32::try_from(times).ok()).unwrap_or(1);
        Some(Extend { act: act?, only_if, by, at_most: at_most?, times })
    }

    fn pauses(&self, table: &Table<'_>) -> Vec<Pause> {
        let items = table.get("pause").map(|item| item.one_or_many()).unwrap_or_default();
        items.iter().filter_map(|item| self.pause(item)).collect()
    }

    pub(super) fn pause(&self, item: &Item<'_>) -> Option<Pause> {
        let table = item.table()?;
        let from = table.need("from", "from = \"行为\"", "从哪件事起不计入");
        let from = from.and_then(|item| self.known(&item, "E0308", "行为", self.words.acts.keys()));
        let until = table.need("until", "until = \"行为\"", "到哪件事为止不计入");
        let until = until.map(|item| self.acts_named(&item, "E0308")).unwrap_or_default();
        let basis = self.basis_if_any(&table);
        table.close();
        Some(Pause { from: from?, until, basis })
    }

    fn open(&self, table: &Table<'_>) -> IndexSet<String> {
        let items = table.get("open").map(|item| item.one_or_many()).unwrap_or_default();
        let mut open = IndexSet::new();
        for item in items {
            match item.words() {
                Some(word @ ("extend" | "pause" | "within")) => {
                    open.insert(word.to_owned());
                }
                Some(other) => {
                    let fault = item.error("E0309", format!("不能开放 {other}"));
                    item.report(fault.instead("写 \"extend\"、\"pause\" 或 \"within\""));
                }
                None => {}
            }
        }
        open
    }

    /// `到期前3自然日`.
    pub(super) fn reminder(&self, item: &Item<'_>) -> Option<Period> {
        let text = item.words()?;
        let prefix = "到期前";
        let Some(period) = text.strip_prefix(prefix) else {
            item.report(item.error("E0310", "提醒要写到期前多久").instead("写 \"到期前3自然日\""));
            return None;
        };
        self.period_in(item, period, prefix.len())
    }
}

fn statutory(item: &Item<'_>) -> bool {
    match item.text() {
        Some("internal") => return false,
        Some("statutory") | None => {}
        Some(other) => {
            let fault = item.error("E0311", format!("kind 不能写 {other}"));
            item.report(fault.instead("写 \"statutory\"（法定）或 \"internal\"（内部要求）"));
        }
    }
    true
}
