//! `fill` of a field: what the system fills in by itself, and from what.
//!
//! Family 21: E2101 what is filled in does not suit the field, E2102 no such indicator or outline
//! (seen once every file has been read), E2103 something else would fill it too, E2104 an act done
//! for each of what is no act.

use super::Reader;
use crate::{
    Id,
    expr::{Place, Type, Want},
    procedure::{Field, FieldType, FigureFill, FigureOf, Fill, Procedure},
    toml_file::{Item, Table},
};

impl Reader<'_> {
    /// Reads what the system fills in, once acts and findings have names.
    pub(super) fn fills(&self, procedure: &mut Procedure) {
        for (id, table) in self.outlines("field") {
            let Some(field) = procedure.fields.get(&id) else { continue };
            let fill = table.get("fill").and_then(|item| self.fill_of(&item, field));
            if field.ty == FieldType::Figure && !table.has("fill") {
                let message = format!("“{}”是指标数据，没有写从哪里来", field.name);
                let fault = self.file.error("E2101", &table.span, message);
                let fault = fault.instead("加 fill = { figure = \"程序.指标\" }");
                self.file.report(fault.why("数据由系统从台账取，谁也不能自己填"));
            }
            if let Some(field) = procedure.fields.get_mut(&id) {
                field.fill = fill;
            }
        }
    }

    fn fill_of(&self, item: &Item<'_>, field: &Field) -> Option<Fill> {
        let fill = if item.is_table() {
            let table = item.table()?;
            let fill = match table.has("draft") {
                true => self.draft(&table),
                false => self.figure(item, &table),
            };
            table.close();
            fill?
        } else {
            let ty = Type::of(field);
            Fill::Is(self.expr(item, &Place::Fill, &Want::Type(ty))?)
        };
        let suits = match (&fill, &field.ty) {
            (Fill::Figure(_), ty) => *ty == FieldType::Figure,
            (Fill::Draft { .. }, ty) => *ty == FieldType::Files,
            (Fill::Is(_), FieldType::Figure | FieldType::Files | FieldType::Party) => false,
            (Fill::Is(_), _) => true,
        };
        if !suits || field.many {
            let fault = item.error("E2101", format!("“{}”不能这样由系统填", field.name));
            item.report(fault.instead(
                "type = \"figure\" 的写 { figure = … } 或者 { by = … }；type = \"files\" 的写 { draft = … }；别的写表达式",
            ));
            return None;
        }
        Some(fill)
    }

    fn figure(&self, item: &Item<'_>, table: &Table<'_>) -> Option<Fill> {
        let (fixed, chosen) = (table.get("figure"), table.get("by"));
        let of = match (&fixed, &chosen) {
            (Some(key), None) => key.words().map(|key| FigureOf::Fixed(Id::from(key))),
            (None, Some(by)) => {
                self.expr(by, &Place::Fill, &Want::Type(Type::Indicator)).map(FigureOf::Chosen)
            }
            _ => {
                let fault = item.error("E2101", "没有说是哪个指标");
                item.report(fault.instead(
                    "写 figure = \"程序.指标\"，或者 by = \"指标字段\"（type = \"indicator\"），只写一项",
                ));
                None
            }
        };
        let date =
            |key| table.get(key).and_then(|item| self.expr(&item, &Place::Fill, &Want::Date));
        let organ = table
            .get("organ")
            .and_then(|item| self.expr(&item, &Place::Fill, &Want::Type(Type::Organ)));
        let (from, to) = (date("from"), date("to"));
        Some(Fill::Figure(Box::new(FigureFill { of: of?, organ, from, to })))
    }

    fn draft(&self, table: &Table<'_>) -> Option<Fill> {
        let outline = table.get("draft").and_then(|item| item.words().map(Id::from));
        let to = table.need("to", "to = \"年度最后一天的字段\"", "起草哪一年的");
        let to = to.and_then(|item| self.expr(&item, &Place::Fill, &Want::Date));
        Some(Fill::Draft { outline: outline?, to: to? })
    }
}
