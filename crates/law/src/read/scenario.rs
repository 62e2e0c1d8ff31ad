//! scenarios.toml: stories, their answers typed by the fields they fill.

use indexmap::IndexMap;
use sm3::{Digest, Sm3};

use crate::{
    Id,
    diagnostic::nearest,
    indicator::Unit,
    procedure::{Act, BUILT_IN, Field, FieldType, Procedure},
    scenario::{Expected, HeldText, Outcome, Player, Scenario, Step},
    toml_file::{Item, Table, TomlFile},
    value::{Came, FileRef, Party, PartyKind, Value, yuan},
};

/// The machine, as scenarios name it.
const MACHINE: &str = "系统";
pub(super) fn read(file: &TomlFile<'_>, procedure: &Procedure) -> Vec<Scenario> {
    let root = file.root();
    let reader = Stories { file, procedure };
    let stories = root.get("scenario").map(|item| item.list()).unwrap_or_default();
    let found = stories.iter().filter_map(|item| reader.scenario(item)).collect();
    root.close();
    found
}

struct Stories<'a> {
    file: &'a TomlFile<'a>,
    procedure: &'a Procedure,
}

impl Stories<'_> {
    fn scenario(&self, item: &Item<'_>) -> Option<Scenario> {
        let table = item.table()?;
        let line = self.file.line(&table.span);
        let name = table.need("name", "name = \"考什么\"", "").and_then(|item| item.words());
        let play = table.get("play").and_then(|item| item.bool()).unwrap_or(false);
        let words = table.get("words").map(|item| item.list()).unwrap_or_default();
        let words = words.iter().map(|item| self.telling(item)).collect();
        let given = table
            .need("given", "given = { \"甲\" = \"角色\" }", "谁在场")
            .and_then(|item| item.table());
        let given = given.map(|table| self.players(&table)).unwrap_or_default();
        let steps = table.need("when", "when = [ … ]", "发生了什么").map(|item| item.list());
        let steps = steps.unwrap_or_default();
        let when: Vec<Step> = steps.iter().filter_map(|item| self.step(item, &given)).collect();
        for pair in when.windows(2) {
            if pair[1].on < pair[0].on {
                let at = steps.iter().find(|item| self.file.line(&item.span) == pair[1].line);
                let at = at.map_or(table.span.clone(), |item| item.span.clone());
                let message = format!("{} 比上一步 {} 早", pair[1].on, pair[0].on);
                self.file.report(self.file.error("E0901", &at, message).instead("按日期先后写"));
            }
        }
        let then = table.need("then", "then = { stage = \"…\" }", "最后应当怎样");
        let then =
            then.and_then(|item| item.table()).map(|table| self.outcome(table)).unwrap_or_default();
        table.close();
        Some(Scenario { name: name?.to_owned(), play, words, given, when, then, line })
    }

    /// One telling of the story: texts by field.
    fn telling(&self, item: &Item<'_>) -> IndexMap<Id, String> {
        let mut words = IndexMap::new();
        for item in item.table().iter().flat_map(Table::items) {
            let field = self.procedure.fields.get(item.key);
            if !field.is_some_and(|field| {
                matches!(field.ty, FieldType::Line | FieldType::Text | FieldType::LawItem)
            }) {
                let message = format!("{} 不是写文字的字段，不能换一种说法", item.key);
                let fault = self.file.error("E0911", &item.span, message);
                self.file.report(fault.instead("只写 line、text、law_item 类型的字段"));
            }
            if let Some(text) = item.text() {
                words.insert(item.key.into(), text.to_owned());
            }
        }
        words
    }

    fn players(&self, table: &Table<'_>) -> IndexMap<String, Player> {
        let mut players = IndexMap::new();
        for item in table.items() {
            players.insert(item.key.to_owned(), self.player(&item));
        }
        players
    }

    fn player(&self, item: &Item<'_>) -> Player {
        if !item.is_table() {
            return Player { roles: roles(item), ..Player::default() };
        }
        let Some(table) = item.table() else {
            return Player::default();
        };
        let hold = table.get("hold").map(|item| item.one_or_many()).unwrap_or_default();
        let player = Player {
            roles: table.get("role").map(|item| roles(&item)).unwrap_or_default(),
            hold: hold.iter().filter_map(held).collect(),
            experienced: table.get("experienced").and_then(|item| item.bool()).unwrap_or(false),
            organ: table.get("organ").and_then(|item| item.text()).unwrap_or_default().to_owned(),
        };
        table.close();
        player
    }

    fn step(&self, item: &Item<'_>, given: &IndexMap<String, Player>) -> Option<Step> {
        let table = item.table()?;
        let on = table.need("on", "on = 2025-07-01", "").and_then(|item| item.date());
        let who = table.need("who", "who = \"甲\"", "").map(|item| people(&item, given));
        let does = table.need("does", "does = \"行为\"", "");
        let does = does.and_then(|item| self.act(&item));
        let act = does.as_ref().and_then(|act| self.procedure.acts.get(act));
        let built_in = does.as_ref().is_some_and(|act| BUILT_IN.contains(&&**act));
        let step = Step {
            on: on?,
            who: who?,
            with: self.answers(&table, act, built_in, given),
            figures: self.figures(&table, act),
            fills: self.filled(&table, act, given),
            assign: self.assigned(&table, act, given),
            due: self.dues(&table),
            stopped: self.listed(&table, "stopped", "期限", |p| p.deadlines.keys().collect()),
            issues: self.listed(&table, "issues", "文书", |p| p.documents.keys().collect()),
            opens: table.get("opens").and_then(|item| item.words()).map(Id::from),
            refused: table.get("refused").and_then(|item| self.ground(&item, act)),
            line: self.file.line(&item.span),
            does: does?,
        };
        table.close();
        Some(step)
    }

    fn act(&self, item: &Item<'_>) -> Option<Id> {
        let built_in: Vec<Id> = BUILT_IN.into_iter().map(Id::from).collect();
        self.known(item, "行为", self.procedure.acts.keys().chain(&built_in))
    }

    fn answers(
        &self,
        table: &Table<'_>,
        act: Option<&Act>,
        built_in: bool,
        given: &IndexMap<String, Player>,
    ) -> IndexMap<Id, Value> {
        let Some(with) = table.get("with").and_then(|item| item.table()) else {
            return IndexMap::new();
        };
        let mut answers = IndexMap::new();
        for item in with.items() {
            let value = if built_in {
                plain(&item)
            } else if let Some(field) = self.procedure.fields.get(item.key) {
                if field.fill.is_some() {
                    let fault = item.error("E0902", format!("{} 由系统填", item.key));
                    item.report(
                        fault.instead("当天的数据写 figures = { … }，应当填成什么写 fills = { … }"),
                    );
                    continue;
                }
                if act.is_some_and(|act| !act.asks(item.key)) {
                    let act = act.map(|act| act.name.as_str()).unwrap_or_default();
                    let fault = self.file.error(
                        "E0902",
                        &item.key_span,
                        format!("“{act}”不填 {}", item.key),
                    );
                    item.report(fault.instead("删去，或者在这个行为的 ask 里加上"));
                    continue;
                }
                self.value(&item, field, given)
            } else {
                let fault =
                    self.file.error("E0902", &item.key_span, format!("没有字段 {}", item.key));
                let known = self.procedure.fields.keys().map(|id| &**id);
                item.report(match nearest(item.key, known) {
                    Some(near) => fault.instead(format!("是不是 {near}？")),
                    None => fault.instead("写 [field] 里的字段"),
                });
                continue;
            };
            answers.extend(value.map(|value| (item.id(), value)));
        }
        answers
    }

    /// `figures = { actual = 3 }`, `{ rate = "156/162" }`: what is counted on the day.
    fn figures(&self, table: &Table<'_>, act: Option<&Act>) -> IndexMap<Id, Came> {
        let Some(given) = table.get("figures").and_then(|item| item.table()) else {
            return IndexMap::new();
        };
        let taken = |field: &&Field| field.ty == FieldType::Figure;
        let mut figures = IndexMap::new();
        for item in given.items() {
            let fields = || self.asked(act).filter(taken).map(|field| &field.id);
            if !fields().any(|id| *id == *item.key) {
                self.unknown(&item, "指标数据字段", fields());
                continue;
            }
            let came = match item.as_int() {
                Some(count) => Some(Came::Amount(count)),
                None => item.text().and_then(|text| {
                    let (good, among) = text.split_once('/')?;
                    Some(Came::Rate { good: good.parse().ok()?, among: among.parse().ok()? })
                }),
            };
            match came {
                Some(came) => drop(figures.insert(item.id(), came)),
                None => item.wrong("个数（如 3）或者比率（如 \"156/162\"）"),
            }
        }
        figures
    }

    /// `fills = { points = 38 }`: what the system must have filled in.
    fn filled(
        &self,
        table: &Table<'_>,
        act: Option<&Act>,
        given: &IndexMap<String, Player>,
    ) -> IndexMap<Id, Value> {
        let Some(wanted) = table.get("fills").and_then(|item| item.table()) else {
            return IndexMap::new();
        };
        let mut fills = IndexMap::new();
        for item in wanted.items() {
            let computed = |field: &&Field| field.fill.is_some() && field.ty != FieldType::Figure;
            let fields = || self.asked(act).filter(computed);
            let Some(field) = fields().find(|field| *field.id == *item.key) else {
                self.unknown(&item, "系统填的字段", fields().map(|field| &field.id));
                continue;
            };
            let value = self.value(&item, field, given);
            fills.extend(value.map(|value| (item.id(), value)));
        }
        fills
    }

    /// The fields an act asks.
    fn asked<'s>(&'s self, act: Option<&'s Act>) -> impl Iterator<Item = &'s Field> {
        let asks = act.into_iter().flat_map(|act| &act.ask);
        asks.filter_map(|ask| self.procedure.fields.get(&ask.field))
    }

    /// An answer as the field keeps it. Bounds are not examined: a scenario may show a refusal.
    fn value(
        &self,
        item: &Item<'_>,
        field: &Field,
        given: &IndexMap<String, Player>,
    ) -> Option<Value> {
        Some(match &field.ty {
            FieldType::Figure => return None, // Given under `figures`.
            FieldType::Line | FieldType::Text | FieldType::LawItem | FieldType::Indicator => {
                Value::Text(item.text()?.to_owned())
            }
            FieldType::Int => Value::Int(item.int()?),
            FieldType::Money => Value::Money(amount(item)?),
            FieldType::YesNo => Value::Yes(item.bool()?),
            FieldType::Date => Value::Date(item.date()?),
            FieldType::Moment => match item.as_moment() {
                Some(moment) => Value::Moment(moment),
                None => {
                    item.wrong("日期时间（如 2025-07-01T09:30:00，不加引号）");
                    return None;
                }
            },
            FieldType::Choice(list) => {
                let codes = self.procedure.lists.get(list)?;
                let items = item.one_or_many();
                let known = items.iter().map(|item| self.known(item, "选项", codes.keys()));
                Value::Codes(known.collect::<Option<_>>()?)
            }
            FieldType::Party => {
                let items = item.one_or_many();
                Value::Parties(items.iter().map(party).collect::<Option<_>>()?)
            }
            FieldType::Person => Value::People(people(item, given)),
            FieldType::Organ => Value::Organs(texts(item)),
            FieldType::Files => {
                Value::Files(texts(item).iter().map(|name| attachment(name)).collect())
            }
        })
    }

    /// `assign = "李"`, `["甲", "乙"]` or `{ role = ["甲"] }`.
    fn assigned(
        &self,
        table: &Table<'_>,
        act: Option<&Act>,
        given: &IndexMap<String, Player>,
    ) -> IndexMap<Id, Vec<String>> {
        let Some(item) = table.get("assign") else {
            return IndexMap::new();
        };
        if item.is_table() {
            let Some(table) = item.table() else {
                return IndexMap::new();
            };
            return table.items().map(|item| (item.id(), people(&item, given))).collect();
        }
        match act.map(|act| act.assign.as_slice()) {
            Some([role]) => IndexMap::from([(role.clone(), people(&item, given))]),
            None => IndexMap::new(),
            Some(roles) => {
                let fault = item.error("E0903", format!("这个行为指定 {} 种角色", roles.len()));
                item.report(fault.instead("写 assign = { 角色 = [\"甲\"] }"));
                IndexMap::new()
            }
        }
    }

    fn dues(&self, table: &Table<'_>) -> IndexMap<Id, Option<jiff::civil::Date>> {
        let Some(due) = table.get("due").and_then(|item| item.table()) else {
            return IndexMap::new();
        };
        let mut dues = IndexMap::new();
        for item in due.items() {
            if !self.procedure.deadlines.contains_key(item.key) {
                self.unknown(&item, "期限", self.procedure.deadlines.keys());
            }
            let date =
                if item.as_text() == Some("none") { Some(None) } else { item.date().map(Some) };
            dues.extend(date.map(|date| (item.id(), date)));
        }
        dues
    }

    fn ground(&self, item: &Item<'_>, act: Option<&Act>) -> Option<String> {
        let written = item.words()?;
        let own =
            ["by", "from", "not_by", "team", "hold", "hold_if_first", "times", "each", "assign"];
        let field = written.split_once(':').filter(|(kind, _)| matches!(*kind, "ask" | "value"));
        let known = match (field, act) {
            (Some((_, field)), _) => self.procedure.fields.contains_key(field),
            (None, Some(act)) => own.contains(&written) || act.require.contains_key(written),
            (None, None) => true,
        };
        if !known {
            let fault = item.error("E0904", format!("没有 {written} 这个不予办理的理由"));
            let conditions = act.into_iter().flat_map(|act| act.require.keys()).map(|id| &**id);
            let words: Vec<&str> = conditions.chain(own).collect();
            item.report(
                match nearest(written, words.iter().copied()) {
                    Some(near) => fault.instead(format!("是不是 {near}？")),
                    None => fault.instead("写条件的标识，或者 ask:字段、value:字段"),
                }
                .why(format!("可以写：{}", words.join("、"))),
            );
        }
        Some(written.to_owned())
    }

    fn outcome(&self, table: Table<'_>) -> Outcome {
        let stage = table
            .get("stage")
            .and_then(|item| self.known(&item, "阶段", self.procedure.stages.keys()));
        let mut finding = IndexMap::new();
        if let Some(findings) = table.get("finding").and_then(|item| item.table()) {
            for item in findings.items() {
                if !self.procedure.findings.contains_key(item.key) {
                    self.unknown(&item, "认定", self.procedure.findings.keys());
                }
                finding.extend(item.bool().map(|holds| (item.id(), holds)));
            }
        }
        let mut indicator = IndexMap::new();
        if let Some(figures) = table.get("indicator").and_then(|item| item.table()) {
            for item in figures.items() {
                if !self.procedure.indicators.contains_key(item.key) {
                    self.unknown(&item, "指标", self.procedure.indicators.keys());
                }
                indicator.extend(self.expected(&item).map(|figure| (item.id(), figure)));
            }
        }
        let outcome = Outcome {
            stage,
            met: self.listed(&table, "met", "期限", |p| p.deadlines.keys().collect()),
            missed: self.listed(&table, "missed", "期限", |p| p.deadlines.keys().collect()),
            finding,
            indicator,
            published: self.listed(&table, "published", "公开", |p| p.notices.keys().collect()),
        };
        table.close();
        outcome
    }

    /// `1`, `"1/2"`, or for sums of money an amount in yuan.
    fn expected(&self, item: &Item<'_>) -> Option<Expected> {
        let rate = item.as_text().and_then(|text| text.split_once('/'));
        if let Some((good, all)) = rate
            && let (Ok(good), Ok(all)) = (good.trim().parse(), all.trim().parse())
        {
            return Some(Expected::Rate(good, all));
        }
        let indicator = self.procedure.indicators.get(item.key)?;
        let money = indicator.sum.is_some() && indicator.unit == Unit::Yuan;
        if money { amount(item) } else { item.int() }.map(Expected::Count)
    }

    fn listed(
        &self,
        table: &Table<'_>,
        key: &'static str,
        what: &str,
        known: impl Fn(&Procedure) -> Vec<&Id>,
    ) -> Vec<Id> {
        let items = table.get(key).map(|item| item.one_or_many()).unwrap_or_default();
        items.iter().filter_map(|item| self.known(item, what, known(self.procedure))).collect()
    }

    fn known<'k>(
        &self,
        item: &Item<'_>,
        what: &str,
        known: impl IntoIterator<Item = &'k Id>,
    ) -> Option<Id> {
        let written = item.words()?;
        let known: Vec<&Id> = known.into_iter().collect();
        if let Some(id) = known.iter().find(|id| **id == written) {
            return Some((*id).clone());
        }
        let fault = item.error("E0902", format!("没有{what} {written}"));
        item.report(match nearest(written, known.iter().map(|id| id.as_str())) {
            Some(near) => fault.instead(format!("是不是 {near}？")),
            None => fault.instead(format!("写程序里有的{what}")),
        });
        None
    }

    fn unknown<'k>(&self, item: &Item<'_>, what: &str, known: impl IntoIterator<Item = &'k Id>) {
        let fault = self.file.error("E0902", &item.key_span, format!("没有{what} {}", item.key));
        self.file.report(match nearest(item.key, known.into_iter().map(|id| &**id)) {
            Some(near) => fault.instead(format!("是不是 {near}？")),
            None => fault.instead(format!("写程序里有的{what}")),
        });
    }
}

/// Roles are the same everywhere; a player may hold one that this duty has no use for.
fn roles(item: &Item<'_>) -> Vec<Id> {
    texts(item).into_iter().map(Id::from).collect()
}

/// Names of the scenario's people; the machine is nobody.
fn people(item: &Item<'_>, given: &IndexMap<String, Player>) -> Vec<String> {
    let mut names = Vec::new();
    for item in item.one_or_many() {
        let Some(name) = item.words() else { continue };
        if name == MACHINE {
            continue;
        }
        if !given.contains_key(name) {
            let fault = item.error("E0905", format!("given 里没有“{name}”"));
            item.report(fault.instead(format!("在 given 里写 \"{name}\" = \"角色\"")));
        }
        names.push(name.to_owned());
    }
    names
}

/// `行政执法证` or `行政执法证:2024-01-01..2026-12-31`.
fn held(item: &Item<'_>) -> Option<HeldText> {
    let text = item.words()?;
    let Some((name, span)) = text.split_once(':') else {
        return Some(HeldText { name: text.to_owned(), from: None, until: None });
    };
    let (from, until) = span.split_once("..").unwrap_or((span, ""));
    let date = |text: &str| match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some),
    };
    match (date(from), date(until)) {
        (Ok(from), Ok(until)) => Some(HeldText { name: name.to_owned(), from, until }),
        _ => {
            let fault = item.error("E0905", "证件的有效期写得不对");
            item.report(fault.instead(format!("写 \"{name}:2024-01-01..2026-12-31\"")));
            None
        }
    }
}

/// `"张三"` or `{ name, kind = "org", number, phone, address }`.
fn party(item: &Item<'_>) -> Option<Party> {
    if !item.is_table() {
        return Some(Party { name: item.words()?.to_owned(), ..Party::default() });
    }
    let table = item.table()?;
    let word = |key| table.get(key).and_then(|item| item.text()).unwrap_or_default().to_owned();
    let kind = match table.get("kind").and_then(|item| Some((item.text()?, item))) {
        None | Some(("person", _)) => PartyKind::Person,
        Some(("org", _)) => PartyKind::Org,
        Some((other, item)) => {
            item.report(
                item.error("E0902", format!("没有 {other} 这类当事人")).instead("写 person 或 org"),
            );
            PartyKind::Person
        }
    };
    let name = table.need("name", "name = \"姓名\"", "").and_then(|item| item.words());
    let party = Party {
        name: name.unwrap_or_default().to_owned(),
        kind,
        number: word("number"),
        phone: word("phone"),
        address: word("address"),
    };
    table.close();
    Some(party)
}

fn amount(item: &Item<'_>) -> Option<i64> {
    let found = match (item.as_int(), item.as_decimal(), item.as_text()) {
        (Some(whole), _, _) => whole.checked_mul(100),
        (_, Some(digits), _) | (_, _, Some(digits)) => yuan(digits),
        _ => None,
    };
    if found.is_none() {
        item.wrong("金额（元，最多两位小数）");
    }
    found
}

/// The answers of built-in acts: numbers and texts.
fn plain(item: &Item<'_>) -> Option<Value> {
    match (item.as_int(), item.as_date()) {
        (Some(number), _) => Some(Value::Int(number)),
        (_, Some(date)) => Some(Value::Date(date)),
        _ => item.text().map(|text| Value::Text(text.to_owned())),
    }
}

fn texts(item: &Item<'_>) -> Vec<String> {
    item.one_or_many().iter().filter_map(|item| item.words()).map(str::to_owned).collect()
}

/// A scenario's attachment: its name is its content.
fn attachment(name: &str) -> FileRef {
    let digest = Sm3::digest(name).iter().map(|byte| format!("{byte:02x}")).collect();
    FileRef { name: name.to_owned(), digest, size: name.len() as u64 }
}
