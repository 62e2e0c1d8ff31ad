//! [act.x]: who may do what, from which stage to which, with what and under which conditions.

use indexmap::IndexMap;

use super::Reader;
use crate::{
    Id,
    expr::{Expr, Place, Type, Want},
    procedure::{
        Act, Ask, Each, FieldType, LINKED, Opens, Procedure, Reports, Require, START, Target, Team,
    },
    toml_file::{Item, Table},
};

impl Reader<'_> {
    pub(super) fn acts(&self, procedure: &Procedure) -> IndexMap<Id, Act> {
        let mut acts = IndexMap::new();
        for (item, table) in self.root.tables("act") {
            let act = self.act(&item, table, procedure);
            acts.insert(act.id.clone(), act);
        }
        acts
    }

    pub(super) fn act(&self, item: &Item<'_>, table: Table<'_>, procedure: &Procedure) -> Act {
        let id = self.id(item, "行为");
        let place = Place::Act(id.clone());
        let name = self.name(&table);
        let ask = table.get("ask").map(|item| self.ask_list(&item)).unwrap_or_default();
        let by = table.need("by", "by = [\"角色\"]", "谁能办，没有默认值");
        let by = by.map(|item| self.roles_named(&item, procedure)).unwrap_or_default();
        let from = table.need(
            "from",
            "from = [\"阶段\"]",
            "哪一步能办；登记写 [\"start\"]，各步都能办写 [\"*\"]",
        );
        let from = from.map(|item| self.from(&item, procedure)).unwrap_or_default();
        let act = Act {
            to: table.get("to").and_then(|item| self.target(&item, &place)),
            may: table.get("may").and_then(|item| item.bool()).unwrap_or(false),
            assign: self.assigned(&table, procedure),
            times: table.get("times").and_then(|item| self.count(&item)),
            each: table.get("each").and_then(|item| self.each(&item, &id, &place)),
            not_by: table
                .get("not_by")
                .map(|item| self.acts_named(&item, "E0407"))
                .unwrap_or_default(),
            team: table.get("team").and_then(|item| self.team(&item)),
            hold: texts(&table, "hold"),
            hold_if_first: table
                .get("hold_if_first")
                .and_then(|item| item.words())
                .map(str::to_owned),
            record: texts(&table, "record"),
            require: self.requires(&table, &place),
            transfer: table.get("transfer").and_then(|item| self.organ_asked(&item, &ask)),
            opens: table.get("opens").and_then(|item| self.opens(&item, &place, procedure)),
            reports: table.get("reports").and_then(|item| self.reports(&item, &place)),
            made: false,
            hint: table.get("hint").and_then(|item| item.words()).map(str::to_owned),
            basis: self.basis(&table),
            id,
            name,
            by,
            from,
            ask,
        };
        table.close();
        act
    }

    /// Roles of this duty, or the machine.
    fn roles_named(&self, item: &Item<'_>, procedure: &Procedure) -> Vec<Id> {
        let linked = Id::from(LINKED);
        let known: Vec<&Id> = procedure.roles.keys().chain([&linked]).collect();
        self.all_known(item, "E0401", "角色", known)
    }

    /// Stages an act may be done in; `*` is every stage that is not an end.
    fn from(&self, item: &Item<'_>, procedure: &Procedure) -> Vec<Id> {
        let start = Id::from(START);
        let mut stages = Vec::new();
        for one in item.one_or_many() {
            if one.as_text() == Some("*") {
                let open = procedure.stages.values().filter(|stage| !stage.end);
                stages.extend(open.map(|stage| stage.id.clone()));
                continue;
            }
            let known: Vec<&Id> = procedure.stages.keys().chain([&start]).collect();
            stages.extend(self.known(&one, "E0403", "阶段", known));
        }
        stages
    }

    /// `to = "stage"`, or a list of which the first that holds counts.
    fn target(&self, item: &Item<'_>, place: &Place) -> Option<Target> {
        if !item.is_list() {
            return self.known(item, "E0403", "阶段", self.words.stages.keys()).map(Target::Always);
        }
        let branches = item.list();
        let mut ways = Vec::new();
        for (at, branch) in branches.iter().enumerate() {
            let Some(table) = branch.table() else {
                continue;
            };
            let condition = table.get("if").map(|item| (self.condition(&item, place), item));
            let stage = table.need("stage", "stage = \"阶段\"", "");
            let stage =
                stage.and_then(|item| self.known(&item, "E0403", "阶段", self.words.stages.keys()));
            let last = at + 1 == branches.len();
            if last && let Some((_, item)) = &condition {
                let fault = self.file.error("E0404", &item.key_span, "最后一个去向不能再有条件");
                item.report(
                    fault
                        .instead("再写一项没有 if 的去向：{ stage = \"…\" }")
                        .why("都不成立时，案件没有去处"),
                );
            }
            if !last && condition.is_none() {
                let fault = self.file.error("E0404", &branch.span, "没有条件的去向只能放在最后");
                branch.report(fault.instead("加 if = \"…\"，或者移到最后"));
            }
            table.close();
            let condition = condition.and_then(|(condition, _)| condition);
            ways.extend(stage.map(|stage| (condition, stage)));
        }
        Some(Target::When(ways))
    }

    /// `["verdict!", "reason"]`.
    pub(super) fn ask_list(&self, item: &Item<'_>) -> Vec<Ask> {
        let mut asks: Vec<Ask> = Vec::new();
        for one in item.list() {
            let Some(written) = one.words() else { continue };
            let name = written.trim_end_matches('!');
            let Some(field) = self.words.fields.get(name) else {
                let fault = one.error("E0405", format!("没有字段 {name}"));
                let known = self.words.fields.keys().map(|id| &**id);
                one.report(match crate::diagnostic::nearest(name, known) {
                    Some(near) => fault.instead(format!("是不是 {near}？")),
                    None => fault.instead(format!("在 [field] 里登记 {name}")),
                });
                continue;
            };
            if asks.iter().any(|ask| ask.field == field.id) {
                one.report(one.error("E0405", format!("{name} 写了两次")).instead("删去一个"));
                continue;
            }
            asks.push(Ask { field: field.id.clone(), required: written.ends_with('!') });
        }
        asks
    }

    fn assigned(&self, table: &Table<'_>, procedure: &Procedure) -> Vec<Id> {
        let Some(item) = table.get("assign") else {
            return Vec::new();
        };
        let roles = self.all_known(&item, "E0401", "角色", procedure.roles.keys());
        for role in &roles {
            if procedure.roles[role].scope != crate::procedure::Scope::Case {
                let fault = item.error(
                    "E0408",
                    format!("“{}”不是按案件指定的角色", procedure.roles[role].name),
                );
                item.report(
                    fault.instead("在 [role] 里把它的 scope 改成 \"case\"，或者不写 assign"),
                );
            }
        }
        roles
    }

    /// `each = "target"`, or `{ of = "target", if = "…" }`.
    fn each(&self, item: &Item<'_>, act: &Id, place: &Place) -> Option<Each> {
        let named = |item: &Item<'_>| {
            let acts = self.words.acts.keys().filter(|id| *id != act);
            self.known(item, "E2104", "行为", acts)
        };
        if !item.is_table() {
            return Some(Each { of: named(item)?, only_if: None });
        }
        let table = item.table()?;
        let of =
            table.need("of", "of = \"行为\"", "对哪个行为逐项办理").and_then(|item| named(&item));
        let only_if = table.get("if").and_then(|item| self.condition(&item, place));
        table.close();
        Some(Each { of: of?, only_if })
    }

    fn count(&self, item: &Item<'_>) -> Option<u32> {
        let count = item.int()?;
        let fitting = u32::try_from(count).ok().filter(|count| *count > 0);
        if fitting.is_none() {
            item.report(
                item.error("E0409", format!("次数、人数不能是 {count}"))
                    .instead("写 1 或者更大的数"),
            );
        }
        fitting
    }

    pub(super) fn team(&self, item: &Item<'_>) -> Option<Team> {
        let table = item.table()?;
        let at_least =
            table.need("at_least", "at_least = 2", "").and_then(|item| self.count(&item));
        let hold = table.get("hold").and_then(|item| item.words()).map(str::to_owned);
        table.close();
        Some(Team { at_least: at_least?, hold })
    }

    pub(super) fn requires(&self, table: &Table<'_>, place: &Place) -> IndexMap<Id, Require> {
        let mut requires = IndexMap::new();
        for (item, table) in table.tables("require") {
            let id = item.id();
            let own = [
                "by",
                "from",
                "not_by",
                "team",
                "hold",
                "hold_if_first",
                "times",
                "each",
                "assign",
            ];
            if own.contains(&&*id) {
                let fault = self.file.error("E0410", &item.key_span, format!("条件不能叫 {id}"));
                item.report(
                    fault.instead("换一个标识").why("考题里 refused = \"…\" 用这个词指别的理由"),
                );
            }
            let that = table
                .need("that", "that = \"条件\"", "")
                .and_then(|item| self.condition(&item, place));
            let why = "被挡住的人要看到为什么不能办";
            let say =
                table.need("say", "say = \"为什么不能办\"", why).and_then(|item| item.words());
            let basis = self.basis_if_any(&table);
            table.close();
            let (Some(that), Some(say)) = (that, say) else {
                continue;
            };
            requires.insert(id.clone(), Require { id, that, say: say.to_owned(), basis });
        }
        requires
    }

    /// The organ field that the case moves to.
    fn organ_asked(&self, item: &Item<'_>, ask: &[Ask]) -> Option<Id> {
        let field = self.known(item, "E0405", "字段", self.words.fields.keys())?;
        let fits = self.words.fields[&field].ty == FieldType::Organ;
        if !fits || !ask.iter().any(|ask| ask.field == field) {
            let fault = item.error("E0411", format!("{field} 不是本行为填的机关字段"));
            item.report(
                fault.instead(format!("在 ask 里写 \"{field}!\"，字段的 type 写 \"organ\"")),
            );
        }
        Some(field)
    }

    fn opens(&self, item: &Item<'_>, place: &Place, procedure: &Procedure) -> Option<Opens> {
        let table = item.table()?;
        let word =
            |key, write| table.need(key, write, "").and_then(|item| item.words()).map(Id::from);
        let (to, act) = (word("procedure", "procedure = \"程序\""), word("act", "act = \"行为\""));
        let with = self.carried(&table, place);
        let mut assign = IndexMap::new();
        if let Some(named) = table.get("assign").and_then(|item| item.table()) {
            for role in named.items() {
                let people =
                    self.words.fields.values().filter(|field| field.ty == FieldType::Person);
                let known = procedure.roles.keys().chain(people.map(|field| &field.id));
                if let Some(from) = self.known(&role, "E0412", "角色或者人员字段", known) {
                    assign.insert(role.id(), from);
                }
            }
        }
        let organs = self.words.fields.values().filter(|field| field.ty == FieldType::Organ);
        let organ = table.get("organ");
        let organ = organ
            .and_then(|item| self.known(&item, "E0412", "机关字段", organs.map(|field| &field.id)));
        let only_if = table.get("if").and_then(|item| self.condition(&item, place));
        table.close();
        Some(Opens { procedure: to?, act: act?, with, assign, organ, only_if })
    }

    fn reports(&self, item: &Item<'_>, place: &Place) -> Option<Reports> {
        let table = item.table()?;
        let act = table.need("act", "act = \"上一案的行为\"", "").and_then(|item| item.words());
        let with = self.carried(&table, place);
        let only_if = table.get("if").and_then(|item| self.condition(&item, place));
        table.close();
        Some(Reports { act: act?.into(), with, only_if })
    }

    /// `with = { their_field = "expression over this case" }`.
    fn carried(&self, table: &Table<'_>, place: &Place) -> IndexMap<Id, Expr> {
        let Some(with) = table.get("with").and_then(|item| item.table()) else {
            return IndexMap::new();
        };
        let read = |item: Item<'_>| Some((item.id(), self.expr(&item, place, &Want::Any)?));
        with.items().filter_map(read).collect()
    }

    /// A condition made by the machine, for acts that the reader adds.
    pub(super) fn made_condition(&self, text: &str, act: &Id) -> Option<Expr> {
        let place = Place::Act(act.clone());
        Expr::read(text, &self.words, &place, &Want::Type(Type::YesNo)).0
    }
}

fn texts(table: &Table<'_>, key: &'static str) -> Vec<String> {
    let items = table.get(key).map(|item| item.one_or_many()).unwrap_or_default();
    items.iter().filter_map(|item| item.words()).map(str::to_owned).collect()
}
