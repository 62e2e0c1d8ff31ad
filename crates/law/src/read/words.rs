//! [role], [list], [field], [param], [finding], [stage]: the words of a duty.

use indexmap::{IndexMap, IndexSet};

use super::Reader;
use crate::{
    Id,
    expr::{Node, Place},
    procedure::{Field, FieldType, Finding, Keep, LINKED, Param, Role, START, Scope, Stage},
    toml_file::{Item, Table},
    value::{Value, yuan},
};

const TYPES: [&str; 15] = [
    "line",
    "text",
    "int",
    "money",
    "yes_no",
    "date",
    "moment",
    "choice",
    "party",
    "person",
    "organ",
    "files",
    "law_item",
    "indicator",
    "figure",
];

impl Reader<'_> {
    /// [role].
    pub(super) fn roles(&self) -> IndexMap<Id, Role> {
        let mut roles = IndexMap::new();
        for (item, table) in self.root.tables("role") {
            let id = self.id(&item, "角色");
            if id == LINKED {
                let fault = self.file.error("E0401", &item.key_span, "linked 是系统自己，不用登记");
                self.file.report(fault.instead("删去这一行"));
            }
            let name = self.name(&table);
            let why = "在本案被指定才算、在本机关任职就算，还是上级机关的也算，没有默认值";
            let scope = table.need("scope", "scope = \"org\"", why).and_then(|item| scope(&item));
            let outside = table.get("outside").and_then(|item| item.bool()).unwrap_or(false);
            table.close();
            let scope = scope.unwrap_or(Scope::Case);
            roles.insert(id.clone(), Role { id, name, scope, outside });
        }
        roles
    }

    /// [list.x].
    pub(super) fn lists(&self) -> IndexMap<Id, IndexMap<Id, String>> {
        let mut lists = IndexMap::new();
        for (item, table) in self.root.tables("list") {
            let id = item.id();
            let mut codes: IndexMap<Id, String> = IndexMap::new();
            for code in table.items() {
                let plain =
                    |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
                if !code.key.chars().all(plain) {
                    let fault = self.file.error(
                        "E0103",
                        &code.key_span,
                        format!("选项代码 {} 不合规矩", code.key),
                    );
                    self.file
                        .report(fault.instead("只用小写英文字母、数字和下划线；给人看的写在右边"));
                }
                let Some(label) = code.words() else { continue };
                if let Some((other, _)) = codes.iter().find(|(_, known)| *known == label) {
                    let fault = code.error("E0108", format!("“{label}”与 {other} 的名称相同"));
                    code.report(fault.instead("换一个名称，否则分不清选的是哪一项"));
                }
                codes.insert(code.id(), label.to_owned());
            }
            if codes.is_empty() {
                let fault = self.file.error("E0108", &item.key_span, format!("选项表 {id} 是空的"));
                self.file.report(fault.instead("至少写一项：代码 = \"名称\""));
            }
            lists.insert(id, codes);
        }
        lists
    }

    /// [field].
    pub(super) fn fields(&self) -> IndexMap<Id, Field> {
        let mut fields = IndexMap::new();
        for (item, table) in self.root.tables("field") {
            let field = self.field(&item, table);
            fields.insert(field.id.clone(), field);
        }
        fields
    }

    /// One field.
    pub(super) fn field(&self, item: &Item<'_>, table: Table<'_>) -> Field {
        let id = self.id(item, "字段");
        if ["done", "times", "on", "by"].contains(&&*id) {
            let fault = self.file.error(
                "E0104",
                &item.key_span,
                format!("{id} 是条件里的专用词，不能做字段的标识"),
            );
            self.file.report(fault.instead("换一个，如 on_day"));
        }
        let name = self.name(&table);
        let of = table.get("of");
        let ty = table
            .need("type", "type = \"text\"", "")
            .and_then(|item| self.field_type(&item, of.as_ref()));
        let ty = ty.unwrap_or(FieldType::Text);
        let flag = |key| table.get(key).and_then(|item| item.bool()).unwrap_or(false);
        let many = flag("many");
        self.many_fits(&table, &ty, many);
        let (min, max) = (self.bound(&table, "min", &ty), self.bound(&table, "max", &ty));
        if let (Some(least), Some(most)) = (min, max)
            && least > most
        {
            let fault = self.file.error("E0110", &table.span, format!("“{name}”的 min 比 max 大"));
            self.file.report(fault.instead("对调，或者改正其中一个"));
        }
        let why = "能不能公开、要不要加密，没有默认值";
        let keep = table.need("keep", "keep = \"work\"", why).and_then(|item| keep(&item));
        let hint = table.get("hint").and_then(|item| item.words()).map(str::to_owned);
        let samples = table.get("samples").map(|item| item.list()).unwrap_or_default();
        let samples = samples.iter().filter_map(|item| item.words()).map(str::to_owned).collect();
        table.get("fill"); // Read by `fills`, once acts are known.
        table.close();
        let keep = keep.unwrap_or(Keep::Work);
        Field { id, name, ty, many, min, max, keep, hint, samples, fill: None }
    }

    fn field_type(&self, item: &Item<'_>, of: Option<&Item<'_>>) -> Option<FieldType> {
        let written = item.text()?;
        if written != "choice"
            && let Some(of) = of
        {
            of.report(
                of.error("E0109", "只有 type = \"choice\" 才写 of").instead("删去 of，或者改 type"),
            );
        }
        Some(match written {
            "line" => FieldType::Line,
            "text" => FieldType::Text,
            "int" => FieldType::Int,
            "money" => FieldType::Money,
            "yes_no" => FieldType::YesNo,
            "date" => FieldType::Date,
            "moment" => FieldType::Moment,
            "party" => FieldType::Party,
            "person" => FieldType::Person,
            "organ" => FieldType::Organ,
            "files" => FieldType::Files,
            "law_item" => FieldType::LawItem,
            "indicator" => FieldType::Indicator,
            "figure" => FieldType::Figure,
            "choice" => match of {
                Some(of) => {
                    FieldType::Choice(self.known(of, "E0109", "选项表", self.words.lists.keys())?)
                }
                None => {
                    let fault = item.error("E0109", "选项字段没有写用哪一张选项表");
                    item.report(fault.instead("加 of = \"选项表\"，并写 [list.选项表]"));
                    return None;
                }
            },
            other => {
                let fault = item.error("E0109", format!("没有 {other} 这种字段"));
                item.report(
                    match crate::diagnostic::nearest(other, TYPES) {
                        Some(near) => fault.instead(format!("是不是 {near}？")),
                        None => fault.instead("从下面选一种"),
                    }
                    .why(format!("可以写：{}", TYPES.join("、"))),
                );
                return None;
            }
        })
    }

    fn many_fits(&self, table: &Table<'_>, ty: &FieldType, many: bool) {
        let fits = matches!(
            ty,
            FieldType::Choice(_)
                | FieldType::Party
                | FieldType::Person
                | FieldType::Organ
                | FieldType::Files
        );
        if many
            && !fits
            && let Some(item) = table.get("many")
        {
            let fault = self.file.error("E0109", &item.key_span, "这种字段不能填多个");
            item.report(fault.instead("删去 many；多行文字用 type = \"text\""));
        }
    }

    /// A bound: whole yuan become 分.
    pub(super) fn bound(
        &self,
        table: &Table<'_>,
        key: &'static str,
        ty: &FieldType,
    ) -> Option<i64> {
        let item = table.get(key)?;
        match ty {
            FieldType::Money => self.money(&item),
            FieldType::Int | FieldType::Line | FieldType::Text => item.int(),
            _ => {
                let fault = item.error("E0110", format!("这种字段没有 {key}"));
                item.report(fault.instead("删去；只有 int、money 和文字字段有大小、长短"));
                None
            }
        }
    }

    /// An amount in yuan, as a number or as text such as `"12.50"`.
    pub(super) fn money(&self, item: &Item<'_>) -> Option<i64> {
        let amount = match (item.as_int(), item.as_decimal(), item.as_text()) {
            (Some(whole), _, _) => whole.checked_mul(100),
            (_, Some(digits), _) | (_, _, Some(digits)) => yuan(digits),
            _ => None,
        };
        if amount.is_none() {
            item.wrong("金额（元，最多两位小数）");
        }
        amount
    }

    /// [param].
    pub(super) fn params(&self) -> IndexMap<Id, Param> {
        let mut params = IndexMap::new();
        for (item, table) in self.root.tables("param") {
            let id = self.id(&item, "参数");
            let name = self.name(&table);
            let ty =
                table.need("type", "type = \"int\"", "").and_then(|item| match item.text()? {
                    "int" => Some(FieldType::Int),
                    "money" => Some(FieldType::Money),
                    "yes_no" => Some(FieldType::YesNo),
                    other => {
                        let fault = item.error("E0109", format!("参数不能是 {other}"));
                        item.report(fault.instead("写 int、money 或 yes_no"));
                        None
                    }
                });
            let why = "谁来定这个数，要写明";
            let set_by =
                table.need("set_by", "set_by = \"province\"", why).and_then(|item| item.words());
            let why = "考题和演示用的数；正式数由叠加文件填";
            let sample = table.need("sample", "sample = …", why);
            let ty = ty.unwrap_or(FieldType::Int);
            let sample =
                sample.and_then(|item| self.param_value(&item, &ty)).unwrap_or(Value::Int(0));
            table.close();
            let set_by = set_by.unwrap_or_default().to_owned();
            params.insert(id.clone(), Param { id, name, ty, set_by, value: None, sample });
        }
        params
    }

    /// A parameter's value.
    pub(super) fn param_value(&self, item: &Item<'_>, ty: &FieldType) -> Option<Value> {
        match ty {
            FieldType::Money => self.money(item).map(Value::Money),
            FieldType::YesNo => item.bool().map(Value::Yes),
            _ => item.int().map(Value::Int),
        }
    }

    /// [finding.x].
    pub(super) fn findings(&self) -> IndexMap<Id, Finding> {
        let mut findings = IndexMap::new();
        for (item, table) in self.root.tables("finding") {
            let finding = self.finding(&item, table);
            findings.insert(finding.id.clone(), finding);
        }
        findings
    }

    /// One finding.
    pub(super) fn finding(&self, item: &Item<'_>, table: Table<'_>) -> Finding {
        let id = self.id(item, "认定");
        let name = self.name(&table);
        let (any, all) = (table.get("any"), table.get("all"));
        let items = match (&any, &all) {
            (Some(list), None) | (None, Some(list)) => list.list(),
            (Some(_), Some(second)) => {
                let fault = self.file.error("E0512", &second.key_span, "any 和 all 只能写一个");
                self.file.report(fault.instead("拆成两个认定，一个里写 finding.另一个"));
                Vec::new()
            }
            (None, None) => {
                let fault =
                    self.file.error("E0512", &table.span, format!("认定“{name}”没有写条件"));
                self.file.report(
                    fault.instead("写 any = [ … ]（有一项就算）或 all = [ … ]（各项都要）"),
                );
                Vec::new()
            }
        };
        let basis = self.basis(&table);
        table.close();
        let items = items.iter().filter_map(|item| self.condition(item, &Place::Finding)).collect();
        Finding { id, name, items, all: all.is_some(), basis }
    }

    /// [stage].
    pub(super) fn stages(&self) -> IndexMap<Id, Stage> {
        let Some(table) = self.root.get("stage").and_then(|item| item.table()) else {
            return IndexMap::new();
        };
        let mut stages = IndexMap::new();
        for item in table.items() {
            let id = self.id(&item, "阶段");
            if id == START {
                let fault = self.file.error("E0406", &item.key_span, "start 是登记以前，不用登记");
                self.file.report(fault.instead("换一个标识"));
            }
            let (name, end) = if item.is_table() {
                let Some(table) = item.table() else { continue };
                let name = self.name(&table);
                let end = table.get("end").and_then(|item| item.bool()).unwrap_or(false);
                table.close();
                (name, end)
            } else {
                (item.words().unwrap_or_default().to_owned(), false)
            };
            stages.insert(id.clone(), Stage { id, name, end });
        }
        stages
    }
}

fn scope(item: &Item<'_>) -> Option<Scope> {
    match item.text()? {
        "case" => Some(Scope::Case),
        "org" => Some(Scope::Org),
        "subtree" => Some(Scope::Subtree),
        "origin" => Some(Scope::Origin),
        other => {
            let fault = item.error("E0402", format!("scope 不能写 {other}"));
            item.report(fault.instead("写 case（本案指定的）、org（办理机关的）、subtree（办理机关和上级机关的）或 origin（登记机关和上级机关的）"));
            None
        }
    }
}

pub(super) fn keep(item: &Item<'_>) -> Option<Keep> {
    match item.text()? {
        "public" => Some(Keep::Public),
        "work" => Some(Keep::Work),
        "personal" => Some(Keep::Personal),
        "sealed" => Some(Keep::Sealed),
        other => {
            let fault = item.error("E0111", format!("keep 不能写 {other}"));
            item.report(fault.instead(
                "写 public（可公开）、work（工作信息）、personal（个人信息）或 sealed（封存）",
            ));
            None
        }
    }
}

/// Findings that depend on the day they are asked on, directly or through another.
pub(crate) fn daily(findings: &IndexMap<Id, Finding>) -> IndexSet<Id> {
    let mut daily: IndexSet<Id> = IndexSet::new();
    loop {
        let before = daily.len();
        for finding in findings.values() {
            let mut found = false;
            for item in &finding.items {
                item.node.walk(&mut |node| {
                    found |= match node {
                        Node::Today
                        | Node::Ended(_)
                        | Node::Overdue(_)
                        | Node::Running(_)
                        | Node::DaysSince(_)
                        | Node::WorkdaysSince(_) => true,
                        Node::Finding(other) => daily.contains(other),
                        _ => false,
                    };
                });
            }
            if found {
                daily.insert(finding.id.clone());
            }
        }
        if daily.len() == before {
            return daily;
        }
    }
}
