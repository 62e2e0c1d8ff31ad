//! [exam]: an examination that is sat at the desk.
//!
//! Family 18: E1801 the bank, E1802 who sits, E1803 the act that enters the result, E1804 what it
//! enters, E1805 what is drawn.

use indexmap::IndexMap;

use super::Reader;
use crate::{
    Id,
    expr::{Expr, Place, Want},
    procedure::{Act, Exam, ExamMark, FieldType, Keep, LINKED, Procedure, QuestionSort},
    toml_file::{Item, Table},
};

impl Reader<'_> {
    pub(super) fn exam(&self, procedure: &Procedure) -> Option<Exam> {
        let table = self.root.get("exam")?.table()?;
        let bank = table.need("bank", "bank = \"附件字段\"", "试题从哪里来");
        let bank = bank.and_then(|item| self.bank(&item, procedure));
        let people = table.need("people", "people = \"人员字段\"", "谁应当考");
        let people = people.and_then(|item| {
            self.of_type(&item, "E1802", "人员字段", procedure, &FieldType::Person)
        });
        let draw = table.need("draw", "draw = { single = \"10\" }", "每种题抽几道，没有默认值");
        let draw = draw.map(|item| self.drawn(&item)).unwrap_or_default();
        let number = |key: &'static str, write: &str, why: &str| {
            table
                .need(key, write, why)
                .and_then(|item| self.expr(&item, &Place::Exam, &Want::Number))
        };
        let minutes = number("minutes", "minutes = \"60\"", "考多久，没有默认值");
        let tries = number("tries", "tries = \"param.attempts\"", "可以考几次，没有默认值");
        let pass = number("pass", "pass = \"param.pass_mark\"", "多少分及格，没有默认值");
        let result = table.need("result", "result = \"记入成绩的行为\"", "成绩记到哪里");
        let result = result.and_then(|item| self.result(&item, procedure));
        let with = table.need("with", "with = { person = \"字段\", score = \"字段\" }", "记什么");
        let with = match (&result, with) {
            (Some(act), Some(item)) => self.marks(&item, act, procedure),
            _ => IndexMap::new(),
        };
        table.close();
        Some(Exam {
            bank: bank?,
            people: people?,
            draw,
            minutes: minutes?,
            tries: tries?,
            pass: pass?,
            result: result?.id.clone(),
            with,
        })
    }

    fn bank(&self, item: &Item<'_>, procedure: &Procedure) -> Option<Id> {
        let id = self.of_type(item, "E1801", "附件字段", procedure, &FieldType::Files)?;
        let keep = procedure.fields.get(&id).map(|field| field.keep);
        if keep != Some(Keep::Personal) {
            let fault = item.error("E1801", format!("题库 {id} 不是只给经办的人看"));
            let fault = fault.instead(format!("field.{id} 写 keep = \"personal\""));
            item.report(fault.why("题库里有答案，只给组织考试的人看"));
        }
        Some(id)
    }

    /// A field of one type.
    fn of_type(
        &self,
        item: &Item<'_>,
        code: &'static str,
        what: &str,
        procedure: &Procedure,
        ty: &FieldType,
    ) -> Option<Id> {
        let fields = procedure.fields.values().filter(|field| field.ty == *ty);
        self.known(item, code, what, fields.map(|field| &field.id))
    }

    fn drawn(&self, item: &Item<'_>) -> IndexMap<QuestionSort, Expr> {
        let Some(table) = item.table() else { return IndexMap::new() };
        let mut draw = IndexMap::new();
        for (sort, id, _) in QuestionSort::ALL {
            let expr = table.get(id).and_then(|item| self.expr(&item, &Place::Exam, &Want::Number));
            draw.extend(expr.map(|expr| (sort, expr)));
        }
        if draw.is_empty() {
            let fault = item.error("E1805", "一道题也不抽");
            item.report(fault.instead("写 single（单选）、multi（多选）、judge（判断）各抽几道"));
        }
        table.close();
        draw
    }

    /// The act that enters a result; nobody but the machine may do it.
    fn result<'p>(&self, item: &Item<'_>, procedure: &'p Procedure) -> Option<&'p Act> {
        let id = self.known(item, "E1803", "行为", procedure.acts.keys())?;
        let act = procedure.acts.get(&id)?;
        if act.by.iter().any(|role| role != LINKED) || act.opens_case() {
            let fault = item.error("E1803", format!("“{}”不是只由系统办的", act.name));
            let fault =
                fault.instead(format!("act.{id} 写 by = [\"linked\"]，from 写考试进行的阶段"));
            item.report(fault.why("成绩由系统评分记入，谁也不能自己填"));
        }
        Some(act)
    }

    fn marks(&self, item: &Item<'_>, act: &Act, procedure: &Procedure) -> IndexMap<ExamMark, Id> {
        let Some(table) = item.table() else { return IndexMap::new() };
        let mut marks = IndexMap::new();
        for (mark, id) in ExamMark::ALL {
            marks.extend(self.mark(&table, mark, id, act, procedure).map(|field| (mark, field)));
        }
        for ask in act.ask.iter().filter(|ask| ask.required) {
            if !marks.values().any(|field| *field == ask.field) {
                let message = format!("“{}”必填 {}，with 里没有", act.name, ask.field);
                item.report(item.error("E1804", message).instead("在 with 里写上，或者不必填"));
            }
        }
        table.close();
        marks
    }

    fn mark(
        &self,
        table: &Table<'_>,
        mark: ExamMark,
        id: &'static str,
        act: &Act,
        procedure: &Procedure,
    ) -> Option<Id> {
        let ty = if mark == ExamMark::Person { FieldType::Person } else { FieldType::Int };
        let item = match mark {
            ExamMark::Person => table.need(id, "person = \"人员字段\"", "是谁的成绩"),
            ExamMark::Score => table.need(id, "score = \"整数字段\"", "得多少分"),
            _ => table.get(id),
        }?;
        let asked = act.ask.iter().map(|ask| &ask.field);
        let fits = asked.filter(|id| {
            procedure.fields.get(*id).is_some_and(|field| field.ty == ty && field.fill.is_none())
        });
        let what = match mark {
            ExamMark::Person => format!("“{}”填的人员字段", act.name),
            _ => format!("“{}”填的整数字段", act.name),
        };
        self.known(&item, "E1804", &what, fits)
    }
}
