//! [document.x], [publish.x], [track]: what is issued, what the public and the party see.

use indexmap::IndexMap;

use super::Reader;
use crate::{
    Id,
    expr::{Expr, Place, Want},
    procedure::{Act, Document, Mask, Notice, Procedure, Require, Role, Stage, reachable},
    toml_file::{Item, Table},
};

/// The act that approves a notice which appears some time after another act.
pub(super) fn made_act(notice: &Id) -> Id {
    format!("publish_{notice}").into()
}

impl Reader<'_> {
    pub(super) fn documents(&self, procedure: &Procedure) -> IndexMap<Id, Document> {
        let mut documents = IndexMap::new();
        for (item, table) in self.root.tables("document") {
            let document = self.document(&item, table, procedure);
            documents.insert(document.id.clone(), document);
        }
        documents
    }

    pub(super) fn document(
        &self,
        item: &Item<'_>,
        table: Table<'_>,
        procedure: &Procedure,
    ) -> Document {
        let id = self.id(item, "文书");
        let made_by = table.need("made_by", "made_by = \"行为\"", "办了什么出这份文书");
        let uses = table.get("uses").map(|item| item.list()).unwrap_or_default();
        let says = table.get("says").map(|item| item.one_or_many()).unwrap_or_default();
        let template = self.templates.get(&*id).copied();
        if template.is_none() {
            let fault = self.file.error("E0601", &item.key_span, format!("文书 {id} 没有模板"));
            self.file.report(fault.instead(format!("在 documents/{id}.md 里写模板")));
        }
        let document = Document {
            name: self.name(&table),
            made_by: made_by.map(|item| self.acts_named(&item, "E0602")).unwrap_or_default(),
            only_if: table.get("only_if").and_then(|item| self.condition(&item, &Place::Paper)),
            template: template.unwrap_or_default().into(),
            number: table.get("number").and_then(|item| self.pattern(&item, true)),
            uses: self.shown(&uses, &Place::Paper),
            says: says.iter().filter_map(|item| item.words()).map(str::to_owned).collect(),
            serve_to: table
                .get("serve_to")
                .and_then(|item| self.known(&item, "E0603", "角色", procedure.roles.keys())),
            basis: self.basis_if_any(&table),
            id,
        };
        table.close();
        document
    }

    pub(super) fn shown(&self, items: &[Item<'_>], place: &Place) -> Vec<Expr> {
        items.iter().filter_map(|item| self.expr(item, place, &Want::Any)).collect()
    }

    /// Notices, and the approving acts that those with `after` need.
    pub(super) fn notices(
        &self,
        acts: &mut IndexMap<Id, Act>,
        stages: &IndexMap<Id, Stage>,
        roles: &IndexMap<Id, Role>,
    ) -> IndexMap<Id, Notice> {
        let mut notices = IndexMap::new();
        for (item, table) in self.root.tables("publish") {
            let id = item.id();
            let name = self.name(&table);
            let by_act = match (table.get("by_act"), table.get("after")) {
                (Some(by_act), None) => self.acts_named(&by_act, "E0701"),
                (None, Some(after)) => {
                    let made = self.approval(&id, &name, &after, &table, acts, stages, roles);
                    made.into_iter().collect()
                }
                _ => {
                    let fault = self.file.error(
                        "E0701",
                        &item.key_span,
                        format!("公开“{name}”没有写明由什么行为公开"),
                    );
                    self.file.report(fault.instead(
                        "写 by_act = \"行为\"，或者 after = \"行为\"、wait = \"5工作日\"、ok_by = \"角色\"",
                    ));
                    Vec::new()
                }
            };
            let show = table.need("show", "show = [ … ]", "公开哪些内容，没有默认值");
            let show = show.map(|item| item.list()).unwrap_or_default();
            let take_down = table.get("take_down");
            let notice = Notice {
                by_act,
                show: self.shown(&show, &Place::Public),
                mask: self.masks(&table),
                take_down: take_down
                    .map(|item| self.acts_named(&item, "E0701"))
                    .unwrap_or_default(),
                id: id.clone(),
                name,
            };
            table.get("basis");
            table.close();
            notices.insert(id, notice);
        }
        notices
    }

    /// `after`, `wait`, `ok_by`: an act of its own, done by that role once the wait is over.
    #[allow(clippy::too_many_arguments, reason = "the act is made of parts from three tables")]
    fn approval(
        &self,
        notice: &Id,
        name: &str,
        after: &Item<'_>,
        table: &Table<'_>,
        acts: &mut IndexMap<Id, Act>,
        stages: &IndexMap<Id, Stage>,
        roles: &IndexMap<Id, Role>,
    ) -> Option<Id> {
        let id = made_act(notice);
        let first = self.known(after, "E0701", "行为", self.words.acts.keys());
        let why = "办完以后等多久才公开，没有默认值";
        let wait =
            table.need("wait", "wait = \"5工作日\"", why).and_then(|item| self.period(&item));
        let ok_by = table.need("ok_by", "ok_by = \"角色\"", "谁同意公开，没有默认值");
        let ok_by = ok_by.and_then(|item| self.known(&item, "E0401", "角色", roles.keys()));
        let (first, wait, ok_by) = (first?, wait?, ok_by?);
        let done = acts.get(&first)?;
        let pending = format!("after('{first}', '{id}')");
        let waited = format!("today > add({first}.on, '{wait}')");
        let condition = |key: &str, text: &str, say: String| {
            let that = self.made_condition(text, &id)?;
            let key = Id::from(key);
            Some((key.clone(), Require { id: key, that, say, basis: None }))
        };
        let conditions = [
            condition("pending", &pending, format!("“{}”以后没有待公开的内容", done.name)),
            condition("waited", &waited, format!("“{}”以后满{wait}才公开", done.name)),
        ];
        let basis = self.basis_if_any(table).unwrap_or_else(|| done.basis.clone());
        let later = reachable(acts.values(), done.leaves_in());
        let act = Act {
            id: id.clone(),
            name: format!("公开：{name}"),
            by: vec![ok_by],
            from: stages.keys().filter(|stage| later.contains(stage)).cloned().collect(),
            to: None,
            may: false,
            ask: Vec::new(),
            assign: Vec::new(),
            times: None,
            each: None,
            not_by: Vec::new(),
            team: None,
            hold: Vec::new(),
            hold_if_first: None,
            record: Vec::new(),
            require: conditions.into_iter().flatten().collect(),
            transfer: None,
            opens: None,
            reports: None,
            made: true,
            hint: None,
            basis,
        };
        acts.insert(id.clone(), act);
        Some(id)
    }

    fn masks(&self, table: &Table<'_>) -> IndexMap<Id, Mask> {
        let Some(masks) = table.get("mask").and_then(|item| item.table()) else {
            return IndexMap::new();
        };
        let mut found = IndexMap::new();
        for item in masks.items() {
            if !self.words.fields.contains_key(item.key) {
                let fault =
                    self.file.error("E0703", &item.key_span, format!("没有字段 {}", item.key));
                self.file.report(fault.instead("写 [field] 里的字段"));
            }
            match item.text() {
                Some("surname") => {
                    found.insert(item.id(), Mask::Surname);
                }
                Some("hidden") => {
                    found.insert(item.id(), Mask::Hidden);
                }
                Some(other) => {
                    let fault = item.error("E0703", format!("没有“{other}”这种遮盖办法"));
                    item.report(fault.instead(
                        "写 \"surname\"（公民隐去名字，组织照登）或 \"hidden\"（全部隐去）",
                    ));
                }
                None => {}
            }
        }
        found
    }

    /// [track]: what the party sees, and whether the documents served on them are among it.
    pub(super) fn track(&self) -> (Vec<Expr>, bool) {
        let Some(table) = self.root.get("track").and_then(|item| item.table()) else {
            return (Vec::new(), false);
        };
        let show =
            table.need("show", "show = [ … ]", "").map(|item| item.list()).unwrap_or_default();
        table.close();
        let (documents, show): (Vec<Item<'_>>, Vec<Item<'_>>) =
            show.into_iter().partition(|item| item.as_text() == Some("document"));
        (self.shown(&show, &Place::Public), !documents.is_empty())
    }
}
