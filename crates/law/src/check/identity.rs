//! 01 What a duty is: names that only several files, or the whole file, show to be wrong.

use super::Checker;
use crate::{
    Id,
    diagnostic::nearest,
    expr::Node,
    procedure::{FieldType, Keep, Procedure},
};

impl Checker<'_> {
    pub(super) fn identity(&mut self) {
        self.folder_name();
        self.editions();
        self.base_is_current();
        self.roles();
        self.unused();
        self.personal_made_public();
    }

    /// The folder is called as the duty is.
    fn folder_name(&mut self) {
        let path = &self.definition.file.path;
        let folder = path.rsplit('/').nth(1).unwrap_or_default();
        let id = &self.procedure.id;
        if !folder.is_empty() && !id.is_empty() && **id != *folder && self.procedure.of.is_none() {
            let fault = self.error(
                "E0101",
                &["procedure", "id"],
                format!("程序 {id} 放在文件夹 {folder} 里"),
            );
            self.add(fault.instead(format!("写 id = \"{folder}\"，或者把文件夹改名")));
        }
    }

    /// No two editions of one duty are alike.
    fn editions(&mut self) {
        let p = self.procedure;
        let editions = self.duties.get(&p.id).map(Vec::as_slice).unwrap_or_default();
        let same = |other: &&&Procedure| !std::ptr::eq(**other, p);
        let twin = editions.iter().filter(same).find(|other| other.version == p.version);
        if let Some(twin) = twin {
            let message = format!("{} 已经在 {} 里写过", p.key(), twin.path);
            let fault = self.error("E0113", &["procedure", "version"], message);
            self.add(fault.instead("改版本号").why("在办案件按登记时的版本办，两版不能同名"));
        }
        let rival = editions
            .iter()
            .filter(same)
            .find(|other| other.effective == p.effective && other.of.is_none() && p.of.is_none());
        if let Some(rival) = rival.filter(|rival| rival.version != p.version) {
            let message = format!("{} 与 {} 同一天施行", p.key(), rival.key());
            let fault = self.error("E0113", &["procedure", "effective"], message);
            self.add(fault.instead("改施行日期").why("同一天登记的案件只能按一版办"));
        }
        let name = p.path.rsplit('/').next().unwrap_or_default();
        let written = name.strip_prefix("procedure.").and_then(|rest| rest.strip_suffix(".toml"));
        if let Some(written) = written.filter(|written| **written != p.version) {
            let message = format!("文件名写的是 {written} 版，里面写的是 {} 版", p.version);
            let fault = self.error("E0113", &["procedure", "version"], message);
            self.add(fault.instead(format!("文件名改成 procedure.{}.toml", p.version)));
        }
    }

    /// An overlay is checked line by line again when its base has a new edition.
    fn base_is_current(&mut self) {
        let p = self.procedure;
        let Some(of) = &p.of else { return };
        let duty = of.split('@').next().unwrap_or_default();
        let editions = self.duties.get(&Id::from(duty)).map(Vec::as_slice).unwrap_or_default();
        let base = editions.iter().find(|edition| edition.key() == *of);
        let newer = editions.iter().find(|other| {
            other.of.is_none() && base.is_some_and(|base| other.effective > base.effective)
        });
        if let Some(newer) = newer {
            let message = format!("底本已有新版 {}，本文件还叠加在 {of} 上", newer.key());
            let fault = self.advice("E1008", &["overlay", "of"], message);
            self.add(fault.instead(format!("逐条核对以后改成 of = \"{}\"", newer.key())));
        }
    }

    /// Officers' roles are posts that an organ can have.
    fn roles(&mut self) {
        if self.organs.roles.is_empty() {
            return; // A law of one duty, as in tests.
        }
        for role in self.procedure.roles.values().filter(|role| !role.outside) {
            if self.organs.roles.contains_key(&role.id) {
                continue;
            }
            let message = format!("没有岗位 {}（{}）", role.id, role.name);
            let fault = self.error("E0413", &["role", &role.id], message);
            let known = self.organs.roles.keys().map(|id| &**id);
            self.add(match nearest(&role.id, known) {
                Some(near) => fault.instead(format!("是不是 {near}？")),
                None => {
                    fault.instead("在 organs/base.toml 的 [role] 里补上，或者写 outside = true")
                }
            });
        }
    }

    /// What is written down and used nowhere is a slip, or a rule that was forgotten.
    fn unused(&mut self) {
        let p = self.procedure;
        let asked = |field: &Id| p.acts.values().any(|act| act.asks(field));
        for field in p.fields.values().filter(|field| !asked(&field.id)) {
            let message = format!("没有行为填“{}”", field.name);
            let fault = self.advice("E0115", &["field", &field.id], message);
            self.add(fault.instead("在某个行为的 ask 里加上，或者删去这个字段"));
        }
        let of =
            |list: &Id| p.fields.values().any(|field| field.ty == FieldType::Choice(list.clone()));
        for list in p.lists.keys().filter(|list| !of(list)) {
            let fault = self.advice("E0115", &["list", list], format!("没有字段用选项表 {list}"));
            self.add(fault.instead("删去，或者写 type = \"choice\", of = …"));
        }
        for finding in p.findings.values() {
            let used = self.says(|node| *node == Node::Finding(finding.id.clone()))
                || p.documents
                    .values()
                    .any(|doc| doc.template.contains(&format!("finding.{}", finding.id)));
            if !used {
                let message = format!("没有条件用到认定“{}”", finding.name);
                let fault = self.advice("E0115", &["finding", &finding.id], message);
                self.add(fault.instead(format!("在条件里写 finding.{}，或者删去", finding.id)));
            }
        }
        for param in p.params.values() {
            let counted = p.deadlines.values().any(|deadline| {
                matches!(&deadline.within, crate::procedure::Within::Param(id, _) if *id == param.id)
            });
            if !counted && !self.says(|node| *node == Node::Param(param.id.clone())) {
                let message = format!("没有条件、期限用到参数“{}”", param.name);
                let fault = self.advice("E0115", &["param", &param.id], message);
                self.add(fault.instead(format!("在条件里写 param.{}，或者删去", param.id)));
            }
        }
        for role in p.roles.values() {
            if !self.role_used(&role.id) {
                let message = format!("没有行为、期限、文书用到角色“{}”", role.name);
                let fault = self.advice("E0115", &["role", &role.id], message);
                self.add(fault.instead("删去，或者写进某个行为的 by"));
            }
        }
    }

    fn role_used(&self, role: &Id) -> bool {
        let p = self.procedure;
        p.acts.values().any(|act| act.by.contains(role) || act.assign.contains(role))
            || p.deadlines.values().any(|deadline| deadline.whose.as_ref() == Some(role))
            || p.documents.values().any(|document| document.serve_to.as_ref() == Some(role))
    }

    /// A party is a person until it is known not to be one.
    fn personal_made_public(&mut self) {
        for field in self.procedure.fields.values() {
            if field.ty == FieldType::Party && field.keep < Keep::Personal {
                let message = format!("“{}”是当事人，却不按个人信息保管", field.name);
                let fault = self.advice("E0116", &["field", &field.id, "keep"], message);
                self.add(fault.instead("写 keep = \"personal\"").why(
                    "姓名、证件号、电话、住址是个人信息（《个人信息保护法》第四条）；要公开的，在 [publish] 里写 mask",
                ));
            }
        }
    }
}
