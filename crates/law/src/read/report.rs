//! [report]: cases in which the report of an organ's year is drafted.
//!
//! Family 20: E2001 the act, E2002 its fields, E2003 what else it demands.

use super::Reader;
use crate::{
    Id,
    procedure::{FieldType, Procedure, ReportCase},
    toml_file::Table,
};

/// What an act of [report] has to be able to do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Open a case with nothing but these fields.
    Open,
    /// Be done in a case with nothing but these fields.
    Write,
    /// Be done in a case; a person may have to fill in more.
    Draft,
}

impl Reader<'_> {
    pub(super) fn report_case(&self, procedure: &Procedure) -> Option<ReportCase> {
        let table = self.root.get("report")?.table()?;
        let open = self.step(
            &table,
            ("open", "open = { act = \"…\", title = \"…\", year_end = \"…\", until = \"…\" }"),
            (Step::Open, procedure),
            [("title", FieldType::Line), ("year_end", FieldType::Date), ("until", FieldType::Date)],
        );
        let write = self.step(
            &table,
            ("write", "write = { act = \"…\", chapter = \"…\", section = \"…\", text = \"…\" }"),
            (Step::Write, procedure),
            [("chapter", FieldType::Line), ("section", FieldType::Line), ("text", FieldType::Text)],
        );
        let draft = self.step(
            &table,
            ("draft", "draft = { act = \"…\", paper = \"…\", figures = \"…\" }"),
            (Step::Draft, procedure),
            [("paper", FieldType::Files), ("figures", FieldType::Files)],
        );
        table.close();
        let (open, [title, year_end, until]) = open?;
        let (write, [chapter, section, text]) = write?;
        let (draft, [paper, figures]) = draft?;
        Some(ReportCase {
            open,
            title,
            year_end,
            until,
            write,
            chapter,
            section,
            text,
            draft,
            paper,
            figures,
        })
    }

    /// An act, and those of its fields that the page fills in.
    fn step<const N: usize>(
        &self,
        table: &Table<'_>,
        (key, example): (&'static str, &str),
        (step, procedure): (Step, &Procedure),
        fields: [(&'static str, FieldType); N],
    ) -> Option<(Id, [Id; N])> {
        let table = table.need(key, example, "“年度报告”页照着办")?.table()?;
        let item = table.need("act", "act = \"行为\"", "办哪个行为")?;
        let id = self.known(&item, "E2001", "行为", procedure.acts.keys())?;
        let act = procedure.acts.get(&id)?;
        if act.opens_case() != (step == Step::Open) {
            let (say, instead) = match step {
                Step::Open => ("不开立案件", "写 from = [\"start\"] 的行为"),
                Step::Write | Step::Draft => ("开立案件", "写在案件里办的行为"),
            };
            let fault = item.error("E2001", format!("“{}”{say}，不能用在这里", act.name));
            item.report(fault.instead(instead));
        }
        let mut found = Vec::new();
        for (name, ty) in fields {
            let of_type = |id: &&Id| procedure.fields.get(*id).is_some_and(|field| field.ty == ty);
            let asked = act.ask.iter().map(|ask| &ask.field).filter(of_type);
            let example = format!("{name} = \"字段\"");
            let field = table.need(name, &example, "填进哪个字段");
            let what = format!("“{}”填的这一类字段", act.name);
            found.extend(field.and_then(|item| self.known(&item, "E2002", &what, asked)));
        }
        let alone = step != Step::Draft && found.len() == N;
        for ask in act.ask.iter().filter(|ask| ask.required && alone) {
            if !found.contains(&ask.field) {
                let message = format!("“{}”必填 {}，“年度报告”页不填", act.name, ask.field);
                item.report(item.error("E2003", message).instead("不必填，或者在这里写上"));
            }
        }
        table.close();
        Some((id, found.try_into().ok()?))
    }
}
