//! [indicator.x], [credential], [transition]: what is counted, what a case entitles to, what
//! becomes of running cases.

use indexmap::IndexMap;

use super::Reader;
use crate::{
    Id,
    expr::{Place, Want},
    indicator::{Count, Indicator, Unit},
    procedure::{Credential, FieldType, Procedure, Transition},
    toml_file::{Item, Table},
};

impl Reader<'_> {
    pub(super) fn indicators(&self) -> IndexMap<Id, Indicator> {
        let tables = self.root.tables("indicator").into_iter();
        let found = tables.filter_map(|(item, table)| self.indicator(&item, table));
        found.map(|indicator| (indicator.id.clone(), indicator)).collect()
    }

    pub(super) fn indicator(&self, item: &Item<'_>, table: Table<'_>) -> Option<Indicator> {
        let id = self.id(item, "指标");
        let name = self.name(&table);
        let why = "件、次、人、人次不能混，没有默认值";
        let unit = table.need("unit", "unit = \"件\"", why).and_then(|item| unit(&item));
        let why = "数案件还是数行为，没有默认值";
        let count =
            table.need("count", "count = \"case\"", why).and_then(|item| self.counted(&item));
        let place = match &count {
            Some(Count::Acts(act)) => Place::Figure(Some(act.clone())),
            _ => Place::Figure(None),
        };
        let why = "哪一天决定归入哪个统计期，没有默认值";
        let dated = table.need("dated", "dated = \"行为.on\"", why);
        let dated = dated.and_then(|item| self.expr(&item, &place, &Want::Date));
        let sum = table.get("sum").and_then(|item| self.expr(&item, &place, &Want::Number));
        let stock = table.get("stock").and_then(|item| item.bool()).unwrap_or(false);
        let until = table.get("until");
        if let Some(item) = until.as_ref().filter(|_| !stock) {
            let fault = self.file.error("E0802", &item.key_span, "until 只用于存量指标");
            item.report(fault.instead("加 stock = true，或者删去 until"));
        }
        let until = until.and_then(|item| self.expr(&item, &place, &Want::Date));
        let condition =
            |key| table.get(key).and_then(|item: Item<'_>| self.condition(&item, &place));
        let (among, good) = (condition("among"), condition("good"));
        let split = table.get("split").map(|item| item.one_or_many()).unwrap_or_default();
        // The organ always splits; writing it is allowed and changes nothing.
        let split = split.iter().filter(|item| item.as_text() != Some("org"));
        let split = split.filter_map(|item| self.expr(item, &place, &Want::Codes)).collect();
        let note = table.get("note").and_then(|item| item.words()).map(str::to_owned);
        let basis = self.basis_if_any(&table);
        table.close();
        Some(Indicator {
            id,
            name,
            unit: unit?,
            count: count?,
            sum,
            dated: dated?,
            stock_until: stock.then_some(until),
            among,
            good,
            split,
            note,
            basis,
        })
    }

    /// `case` or `act:<id>`.
    fn counted(&self, item: &Item<'_>) -> Option<Count> {
        let written = item.words()?;
        if written == "case" {
            return Some(Count::Cases);
        }
        let Some(act) = written.strip_prefix("act:") else {
            let fault = item.error("E0803", format!("count 不能写 {written}"));
            item.report(fault.instead("写 \"case\"（数案件）或 \"act:行为\"（数行为的次数）"));
            return None;
        };
        if let Some((id, _)) = self.words.acts.get_key_value(act) {
            return Some(Count::Acts(id.clone()));
        }
        let fault = item.error("E0803", format!("没有行为 {act}"));
        let near = crate::diagnostic::nearest(act, self.words.acts.keys().map(|id| &**id));
        item.report(match near {
            Some(near) => fault.instead(format!("是不是 act:{near}？")),
            None => fault.instead("写已有的行为"),
        });
        None
    }

    pub(super) fn credential(&self, procedure: &Procedure) -> Option<Credential> {
        let table = self.root.get("credential")?.table()?;
        let name = self.name(&table);
        let people = procedure.fields.values().filter(|field| field.ty == FieldType::Person);
        let holder = table.need("holder", "holder = \"人员字段\"", "证是谁的");
        let holder =
            holder.and_then(|item| self.known(&item, "E0112", "人员字段", people.map(|f| &f.id)));
        let number = table.get("number");
        let number =
            number.and_then(|item| self.known(&item, "E0112", "字段", procedure.fields.keys()));
        let date = |item: Item<'_>| self.expr(&item, &Place::Credential, &Want::Date);
        let from = table.need("from", "from = \"发证日期\"", "从哪天起有效").and_then(date);
        let until = table.get("until").and_then(date);
        let valid = table.need("valid", "valid = [\"阶段\"]", "在哪些阶段有效");
        let valid =
            valid.map(|item| self.all_known(&item, "E0112", "阶段", procedure.stages.keys()));
        let basis = self.basis(&table);
        table.close();
        let valid = valid.unwrap_or_default();
        Some(Credential { name, holder: holder?, number, from: from?, until, valid, basis })
    }

    pub(super) fn transitions(&self, procedure: &Procedure) -> Vec<Transition> {
        let tables = self.root.tables("transition");
        tables.into_iter().map(|(item, table)| self.transition(&item, &table, procedure)).collect()
    }

    fn transition(&self, item: &Item<'_>, table: &Table<'_>, procedure: &Procedure) -> Transition {
        let why = "在办的旧案留在旧版还是转入新版，没有默认值";
        if let Some(item) = table.need("default", "default = \"stay\"", why)
            && item.text().is_some_and(|text| text != "stay")
        {
            let fault = item.error("E1101", "default 只能写 stay");
            item.report(fault.instead("写 \"stay\"；要转入的用 move_if 写明条件"));
        }
        let mut map = IndexMap::new();
        if let Some(stages) = table.get("map").and_then(|item| item.table()) {
            for stage in stages.items() {
                if let Some(to) = self.known(&stage, "E1102", "阶段", procedure.stages.keys()) {
                    map.insert(stage.id(), to);
                }
            }
        }
        // Conditions speak of the stages of the old edition.
        let mut old = self.words.clone();
        for stage in map.keys() {
            old.stages.entry(stage.clone()).or_default();
        }
        let reader = Reader {
            root: self.root.clone(),
            file: self.file,
            templates: self.templates,
            words: old,
        };
        let move_if =
            table.get("move_if").and_then(|item| reader.condition(&item, &Place::Transition));
        let basis = self.basis(table);
        table.clone().close();
        Transition { version: item.key.to_owned(), move_if, map, basis }
    }
}

fn unit(item: &Item<'_>) -> Option<Unit> {
    let written = item.words()?;
    let unit = Unit::named(written);
    if unit.is_none() {
        let fault = item.error("E0801", format!("没有“{written}”这个单位"));
        let all: Vec<&str> = Unit::ALL.iter().map(|unit| unit.name()).collect();
        item.report(fault.instead(format!("写 {}", all.join("、"))));
    }
    unit
}
