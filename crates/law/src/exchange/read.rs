//! `exchange/*.toml` into exchanges, measured against the procedures they feed. Family 17.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::{
    Column, Exchange, Export, Format, Holds, Import, ImportStep, PartyPart, PartySource, Source,
    Test, Times,
};
use crate::{
    Id,
    citation::Basis,
    diagnostic::{Diagnostic, nearest},
    expr::{Expr, Place, Vocabulary, Want},
    procedure::{Act, Field, FieldType, Keep, Procedure},
    source::SourceFile,
    toml_file::{Item, Table, TomlFile},
};

/// Reads the files under `exchange/`; every procedure they name must be among `procedures`.
///
/// An exchange that does not fit is left out, so that no file is ever half imported.
pub(crate) fn parse(
    files: &[SourceFile],
    procedures: &BTreeMap<Id, &Procedure>,
) -> (IndexMap<Id, Exchange>, Vec<Diagnostic>) {
    let (mut exchanges, mut faults) = (IndexMap::new(), Vec::new());
    for source in files.iter().filter(|source| source.path.starts_with("exchange/")) {
        if !source.path.ends_with(".toml") {
            continue;
        }
        let file = TomlFile::parse(&source.path, &source.text);
        let exchange = read(&file, procedures);
        let found = file.into_faults();
        let sound = !found.iter().any(Diagnostic::is_error);
        faults.extend(found);
        if let Some(exchange) = exchange.filter(|_| sound) {
            exchanges.insert(exchange.id.clone(), exchange);
        }
    }
    (exchanges, faults)
}

fn read(file: &TomlFile<'_>, procedures: &BTreeMap<Id, &Procedure>) -> Option<Exchange> {
    let root = file.root();
    let why = "数据交换要有标识、名称、对方平台、对应的程序和依据";
    let head = root.need("exchange", "[exchange]", why).and_then(|item| item.table())?;
    let words = |key, write: &str| {
        head.need(key, write, "").and_then(|item| item.words()).map(str::to_owned)
    };
    let id = head.need("id", "id = \"…\"", "").and_then(|item| own_id(&item));
    let name = words("name", "name = \"…\"");
    let platform = words("platform", "platform = \"对方平台的名称\"");
    let basis = words("basis", "basis = \"《…》第…条\"");
    let sample = head.get("sample").and_then(|item| item.bool()).unwrap_or(false);
    let procedure = head.need("procedure", "procedure = \"程序的标识\"", "");
    let procedure = procedure.and_then(|item| {
        let written = item.words()?;
        let found = procedures.get(written).copied();
        if found.is_none() {
            let fault = item.error("E1701", format!("没有程序 {written}"));
            item.report(suggest(fault, written, procedures.keys(), "写 procedures/ 里有的程序"));
        }
        found
    });
    head.close();
    let procedure = procedure?;
    let reader = Reader { file, procedure, words: Vocabulary::of(procedure) };
    let import = root.get("import").and_then(|item| item.table());
    let import = import.and_then(|table| reader.import(&root, table));
    let export = root.get("export").and_then(|item| item.table());
    let export = export.and_then(|table| reader.export(table));
    if !root.has("import") && !root.has("export") {
        let fault = file.error("E1702", &head_span(&root), "既不导入也不导出");
        file.report(fault.instead("写一段 [import] 或者 [export]"));
    }
    root.close();
    Some(Exchange {
        id: id?,
        name: name?,
        platform: platform?,
        procedure: procedure.id.clone(),
        sample,
        import,
        export,
        basis: Basis::parse(&basis?),
        path: file.path().to_owned(),
    })
}

fn head_span(root: &Table<'_>) -> std::ops::Range<usize> {
    root.get("exchange").map_or(0..0, |item| item.span)
}

/// The id of an exchange is the name of its file, so that nobody looks for it.
fn own_id(item: &Item<'_>) -> Option<Id> {
    let id = item.words()?;
    let name = item.file().path().rsplit('/').next().unwrap_or_default();
    let name = name.strip_suffix(".toml").unwrap_or(name);
    if id != name {
        let fault = item.error("E1703", format!("标识 {id} 与文件名 {name}.toml 不同"));
        item.report(fault.instead(format!("写 id = \"{name}\"，或者给文件改名")));
        return None;
    }
    Some(id.into())
}

fn suggest<'k>(
    fault: Diagnostic,
    written: &str,
    known: impl IntoIterator<Item = &'k Id>,
    otherwise: &str,
) -> Diagnostic {
    let known: Vec<&str> = known.into_iter().map(Id::as_str).collect();
    match nearest(written, known.iter().copied()) {
        Some(near) => fault.instead(format!("是不是 {near}？")),
        None if known.is_empty() || known.len() > 40 => fault.instead(otherwise),
        None => fault.instead(otherwise).why(format!("已有：{}", known.join("、"))),
    }
}

/// Reads one file against the procedure it feeds.
struct Reader<'a> {
    file: &'a TomlFile<'a>,
    procedure: &'a Procedure,
    words: Vocabulary,
}

impl<'a> Reader<'a> {
    fn import(&self, root: &Table<'a>, table: Table<'a>) -> Option<Import> {
        let format = self.format(&table);
        let text = |key| table.get(key).and_then(|item: Item<'_>| item.words()).map(str::to_owned);
        let why = "对方的编号是再次导入时认得同一件的凭据";
        let key = table.need("key", "key = \"对方编号所在的栏\"", why);
        let key = key.and_then(|item| item.words()).map(str::to_owned);
        let (sheet, event, organ) = (text("sheet"), text("event"), text("organ"));
        let skip = table.get("skip").and_then(|item| item.int()).unwrap_or(0);
        let by = self.posts(&table, "导入");
        table.close();

        let list = root.need("step", "[[step]]", "没有行为，导入什么也不做");
        let items = list.map(|item| item.list()).unwrap_or_default();
        let mut steps = Vec::new();
        for item in &items {
            let Some(table) = item.table() else { continue };
            steps.extend(self.step(item, table));
        }
        let import = Import {
            format: format?,
            sheet,
            skip: usize::try_from(skip).unwrap_or(0),
            key: key?,
            event,
            organ,
            by,
            steps,
        };
        if import.steps.len() == items.len() {
            self.order(&import, &items);
        }
        Some(import)
    }

    /// The first step opens the case and no other does; steps of single events have a number.
    fn order(&self, import: &Import, items: &[Item<'_>]) {
        let opens =
            |step: &ImportStep| self.procedure.acts.get(&step.act).is_some_and(Act::opens_case);
        let Some(first) = import.steps.first() else { return };
        if !opens(first) {
            let openings: Vec<&str> =
                self.procedure.opening_acts().map(|act| act.id.as_str()).collect();
            let message = format!("第一步 {} 不能开始一件案子", first.act);
            let fault = items[0].error("E1707", message);
            items[0].report(fault.instead(format!("第一步写 {}", openings.join(" 或 "))));
        }
        if first.times.is_some() {
            let fault = items[0].error("E1707", "第一步开立案件，只办一次");
            items[0].report(fault.instead("删去 times"));
        }
        // Several kinds of event open a case only if each says so.
        let by_event =
            import.steps.iter().any(|step| step.only_if.iter().any(|t| !t.is.is_empty()));
        let first_narrow = first.only_if.iter().any(|test| !test.is.is_empty());
        if by_event && first_narrow && import.event.is_none() {
            let fault = items[0].error("E1708", "一行是一个事件，但没有写事件的序号在哪一栏");
            items[0].report(
                fault
                    .instead("在 [import] 里写 event = \"序号栏\"")
                    .why("同一案件的事件要靠序号认得，再导入才不会重复"),
            );
        }
    }

    fn format(&self, table: &Table<'a>) -> Option<Format> {
        let names: Vec<&str> = Format::ALL.iter().map(|(_, name)| *name).collect();
        let why = format!("可以写：{}；后面带 .gz 的自动解开", names.join("、"));
        let item = table.need("kind", "kind = \"csv\"", &why)?;
        let written = item.words()?;
        let found = Format::named(written);
        if found.is_none() {
            let fault = item.error("E1704", format!("没有文件种类 {written}"));
            item.report(match nearest(written, names) {
                Some(near) => fault.instead(format!("是不是 {near}？")),
                None => fault.instead("写 csv").why(why),
            });
        }
        found
    }

    /// Posts that may run the exchange: those of the procedure.
    fn posts(&self, table: &Table<'a>, what: &str) -> Vec<Id> {
        let why = format!("写明谁可以{what}；没写的不能做");
        let item = table.need("by", "by = [\"岗位\"]", &why);
        let items = item.map(|item| item.list()).unwrap_or_default();
        items.iter().filter_map(|item| self.role(item)).collect()
    }

    fn role(&self, item: &Item<'_>) -> Option<Id> {
        let written = item.words()?;
        let roles = || self.procedure.roles.values().filter(|role| !role.outside).map(|r| &r.id);
        let found = roles().find(|role| **role == written).cloned();
        if found.is_none() {
            let fault = item.error("E1706", format!("“{}”没有岗位 {written}", self.procedure.name));
            item.report(suggest(fault, written, roles(), "写程序里的岗位"));
        }
        found
    }

    fn step(&self, item: &Item<'_>, table: Table<'a>) -> Option<ImportStep> {
        let act_item = table.need("act", "act = \"行为的标识\"", "");
        let act = act_item.as_ref().and_then(|item| self.act(item));
        let on = table.need("on", "on = \"日期所在的栏\"", "办理日期没有默认值");
        let on = on.and_then(|item| self.source(&item));
        let tests = table.get("if").map(|item| item.one_or_many()).unwrap_or_default();
        let only_if = tests.iter().filter_map(test).collect();
        let times = table.get("times").and_then(|item| times(&item));
        let by = table.need("by", "by = \"岗位\"", "这一步在对方是以什么岗位办的");
        let by = by.and_then(|item| Some((self.role(&item)?, item)));
        let with = table.get("with").and_then(|item| item.table());
        let assign = table.get("assign").and_then(|item| item.table());
        table.close();
        let act = act?;
        if let Some((role, item)) = &by
            && !act.by.contains(role)
        {
            let fault = item.error("E1706", format!("“{}”不由岗位 {role} 办", act.name));
            let may: Vec<&str> = act.by.iter().map(Id::as_str).collect();
            item.report(fault.instead(format!("写 {}", may.join(" 或 "))));
        }
        let with = with.map(|table| self.answers(act, &table)).unwrap_or_default();
        for ask in act.ask.iter().filter(|ask| ask.required && !with.contains_key(&ask.field)) {
            let name = self.procedure.fields.get(&ask.field).map_or("", |f| f.name.as_str());
            let message = format!("“{}”必须填“{name}”（{}），这里没有写", act.name, ask.field);
            let fault = item.error("E1709", message);
            item.report(fault.instead(format!("在 with 里写 {} = \"栏名\"", ask.field)));
        }
        let assign = self.assign(item, act, assign);
        Some(ImportStep { act: act.id.clone(), only_if, on: on?, by: by?.0, with, assign, times })
    }

    fn act(&self, item: &Item<'_>) -> Option<&'a Act> {
        let written = item.words()?;
        let found = self.procedure.acts.get(written);
        if found.is_none() {
            let fault = item.error("E1705", format!("“{}”没有行为 {written}", self.procedure.name));
            item.report(suggest(fault, written, self.procedure.acts.keys(), "写程序里的行为"));
        }
        found
    }

    fn answers(&self, act: &Act, table: &Table<'a>) -> IndexMap<Id, Source> {
        let mut with = IndexMap::new();
        for item in table.items() {
            let Some(field) = self.procedure.fields.get(item.key).filter(|f| act.asks(&f.id))
            else {
                let message = format!("“{}”不填 {}", act.name, item.key);
                let fault = self.file.error("E1709", &item.key_span, message);
                let asked = act.ask.iter().map(|ask| &ask.field);
                item.report(suggest(fault, item.key, asked, "删去这一项"));
                continue;
            };
            let Some(source) = self.source(&item) else { continue };
            self.fits(&item, field, &source);
            with.insert(field.id.clone(), source);
        }
        with
    }

    /// Whether an answer of this field can come from there.
    fn fits(&self, item: &Item<'_>, field: &Field, source: &Source) {
        let wrong = |message: String, instead: &str| {
            item.report(item.error("E1710", message).instead(instead));
        };
        if source.parties.len() > 1 && !field.many {
            wrong(format!("“{}”只填一个当事人", field.name), "只写一组 party");
        }
        let of_party = !source.parties.is_empty();
        if of_party != matches!(field.ty, FieldType::Party)
            && (of_party || !source.columns.is_empty())
        {
            let name = &field.name;
            match of_party {
                true => wrong(format!("“{name}”不是当事人"), "写栏名"),
                false => wrong(
                    format!("“{name}”是当事人"),
                    "写 { party = { name = \"姓名栏\", phone = \"电话栏\" } }",
                ),
            }
            return;
        }
        if field.fill.is_some() {
            wrong(format!("“{}”由系统填，不能从表格里来", field.name), "删去这一项");
        }
        if matches!(field.ty, FieldType::Files) {
            wrong(format!("“{}”是附件，不能从表格里来", field.name), "删去这一项");
        }
        if let FieldType::Choice(list) = &field.ty {
            let codes = self.procedure.lists.get(list);
            let known = |code: &str| codes.is_some_and(|codes| codes.contains_key(code));
            let written = source.codes.values().chain(&source.other).chain(&source.default);
            for code in written.filter(|code| !known(code)) {
                let fault = item.error("E1710", format!("选项表 {list} 里没有 {code}"));
                let all = codes.into_iter().flat_map(IndexMap::keys);
                item.report(suggest(fault, code, all, "写选项表里的代码"));
            }
        }
    }

    fn assign(&self, item: &Item<'_>, act: &Act, table: Option<Table<'a>>) -> IndexMap<Id, Id> {
        let mut assign = IndexMap::new();
        for item in table.iter().flat_map(Table::items) {
            if !act.assign.iter().any(|role| *role == item.key) {
                let message = format!("“{}”不指定 {}", act.name, item.key);
                let fault = self.file.error("E1711", &item.key_span, message);
                item.report(suggest(fault, item.key, &act.assign, "删去这一项"));
                continue;
            }
            if let Some(post) = self.role(&item) {
                assign.insert(item.id(), post);
            }
        }
        for role in act.assign.iter().filter(|role| !assign.contains_key(*role)) {
            let message = format!("“{}”要指定 {role}，这里没有写", act.name);
            let fault = item.error("E1711", message);
            item.report(fault.instead(format!("写 assign = {{ {role} = \"{role}\" }}")));
        }
        assign
    }

    /// A column, several, a table that says more.
    fn source(&self, item: &Item<'_>) -> Option<Source> {
        if item.is_text() {
            let columns = vec![item.words()?.to_owned()];
            return Some(Source { columns, ..Source::default() });
        }
        let table = item.table()?;
        let text = |key| table.get(key).and_then(|item: Item<'_>| item.text()).map(str::to_owned);
        let columns = table.get("column").map(|item| item.one_or_many()).unwrap_or_default();
        let columns: Vec<String> =
            columns.iter().filter_map(|item| item.words()).map(str::to_owned).collect();
        let codes = table.get("codes").and_then(|item| item.table());
        let codes = codes.map(|table| texts(&table)).unwrap_or_default();
        let party = table.get("party").map(|item| item.one_or_many()).unwrap_or_default();
        let parties: Vec<PartySource> =
            party.iter().filter_map(Item::table).map(party_of).collect();
        let date = table.get("date").and_then(|item| date_format(&item));
        let cut = table.get("cut").and_then(|item| item.int());
        let cycle = table.get("cycle").map(|item| item.list()).unwrap_or_default();
        let source = Source {
            columns,
            join: text("join").unwrap_or_else(|| "，".into()),
            codes,
            other: text("other"),
            default: text("default"),
            date,
            plus_days: text("plus_days"),
            plus: table.get("plus").and_then(|item| item.int()).unwrap_or(0),
            cycle: cycle.iter().filter_map(|item| item.words()).map(str::to_owned).collect(),
            cut: cut.and_then(|cut| usize::try_from(cut).ok()),
            parties,
        };
        table.close();
        let from_nowhere = source.columns.is_empty() && source.cycle.is_empty();
        if from_nowhere && source.parties.is_empty() && source.default.is_none() {
            let fault = item.error("E1710", format!("{} 没有说从哪里来", item.name));
            item.report(fault.instead("写 column = \"栏名\" 或者 default = \"固定的内容\""));
            return None;
        }
        Some(source)
    }

    fn export(&self, table: Table<'a>) -> Option<Export> {
        let format = self.format(&table);
        let by = self.posts(&table, "导出");
        let place = Place::Figure(None);
        let yes = Want::Type(crate::expr::Type::YesNo);
        let when = table.get("when").and_then(|item| self.expr(&item, &place, &yes));
        let why = "哪一天决定一件案子归入哪一次导出，没有默认值";
        let dated = table.need("dated", "dated = \"行为.on\"", why);
        let dated = dated.and_then(|item| self.expr(&item, &place, &Want::Date));
        let items =
            table.need("columns", "columns = [{ name = \"案号\", value = \"case_no\" }]", "");
        let items = items.map(|item| item.list()).unwrap_or_default();
        let columns: Vec<Column> = items.iter().filter_map(|item| self.column(item)).collect();
        table.close();
        Some(Export { format: format?, by, when, dated: dated?, columns })
    }

    fn column(&self, item: &Item<'_>) -> Option<Column> {
        let table = item.table()?;
        let name = table.need("name", "name = \"栏名\"", "").and_then(|item| item.words());
        let fixed = table.get("text").and_then(|item| item.text()).map(str::to_owned);
        let key = table.get("key").and_then(|item| item.bool()).unwrap_or(false);
        let value = table.get("value");
        let codes = table.get("codes").and_then(|item| item.table());
        let codes = codes.map(|table| texts(&table)).unwrap_or_default();
        let date = table.get("date").and_then(|item| date_format(&item));
        let part = table.get("part").and_then(|item| part(&item));
        let masked = table.get("mask").and_then(|item| item.bool()).unwrap_or(false);
        table.close();
        let holds = match (fixed, key, &value) {
            (Some(text), false, None) => Holds::Text(text),
            (None, true, None) => Holds::Key,
            (None, false, Some(item)) => {
                let expr = self.expr(item, &Place::Figure(None), &Want::Any)?;
                self.open(item, &expr);
                Holds::Value(expr)
            }
            _ => {
                let fault = item.error("E1712", "一栏写 value、text、key 之中的一项");
                item.report(fault.instead("value = \"案件的内容\"，或者 text = \"固定的内容\""));
                return None;
            }
        };
        let part = part.unwrap_or_default();
        Some(Column { name: name?.to_owned(), holds, codes, date, part, masked })
    }

    /// What is sealed leaves the house only by a person who opens it.
    fn open(&self, item: &Item<'_>, expr: &Expr) {
        let mut sealed = None;
        expr.node.walk(&mut |node| {
            if let crate::expr::Node::Field(field) | crate::expr::Node::Answer(_, field) = node
                && let Some(field) = self.procedure.fields.get(field)
                && field.keep == Keep::Sealed
            {
                sealed = Some(field);
            }
        });
        if let Some(field) = sealed {
            let fault = item.error("E1713", format!("“{}”是封存的内容，不能成批导出", field.name));
            item.report(fault.instead("删去这一栏"));
        }
    }

    fn expr(&self, item: &Item<'_>, place: &Place, want: &Want) -> Option<Expr> {
        let (expr, faults) = Expr::read(item.words()?, &self.words, place, want);
        for fault in faults {
            let span = item.within(&fault.at);
            let mut shown = self.file.error(fault.code, &span, fault.message);
            if fault.advice {
                shown.severity = crate::diagnostic::Severity::Warning;
            }
            shown.instead = fault.instead;
            shown.why.extend(fault.why);
            self.file.report(shown);
        }
        expr
    }
}

/// `{ column, is }`, `{ column, is_not }`, `{ column, filled }`.
fn test(item: &Item<'_>) -> Option<Test> {
    let table = item.table()?;
    let column = table.need("column", "column = \"栏名\"", "").and_then(|item| item.words());
    let list = |key| {
        let items = table.get(key).map(|item: Item<'_>| item.one_or_many()).unwrap_or_default();
        items.iter().filter_map(Item::text).map(str::to_owned).collect::<Vec<String>>()
    };
    let (is, is_not) = (list("is"), list("is_not"));
    let filled = table.get("filled").and_then(|item| item.bool());
    table.close();
    if is.is_empty() && is_not.is_empty() && filled.is_none() {
        let fault = item.error("E1712", "没有说这一栏应当怎样");
        item.report(fault.instead("写 is = \"…\"、is_not = \"…\" 或者 filled = true"));
        return None;
    }
    Some(Test { column: column?.to_owned(), is, is_not, filled })
}

fn times(item: &Item<'_>) -> Option<Times> {
    if item.is_text() {
        return Some(Times { column: item.words()?.to_owned(), minus: 0 });
    }
    let table = item.table()?;
    let column = table.need("column", "column = \"栏名\"", "").and_then(|item| item.words());
    let minus = table.get("minus").and_then(|item| item.int()).unwrap_or(0);
    table.close();
    Some(Times { column: column?.to_owned(), minus: u32::try_from(minus).unwrap_or(0) })
}

fn party_of(table: Table<'_>) -> PartySource {
    let text = |key| table.get(key).and_then(|item: Item<'_>| item.words()).map(str::to_owned);
    let source = PartySource {
        name: text("name"),
        number: text("number"),
        phone: text("phone"),
        address: text("address"),
        unnamed: text("unnamed"),
        org: table.get("org").and_then(|item| item.bool()).unwrap_or(false),
    };
    table.close();
    source
}

fn part(item: &Item<'_>) -> Option<PartyPart> {
    let found = match item.words()? {
        "name" => Some(PartyPart::Name),
        "number" => Some(PartyPart::Number),
        "phone" => Some(PartyPart::Phone),
        "address" => Some(PartyPart::Address),
        _ => None,
    };
    if found.is_none() {
        item.wrong(" name、number、phone 或者 address");
    }
    found
}

/// Letters that stand for a part of a date: `%Y-%m-%d %H:%M`.
fn date_format(item: &Item<'_>) -> Option<String> {
    let written = item.words()?;
    let letters: Vec<char> =
        written.split('%').skip(1).filter_map(|part| part.chars().next()).collect();
    let known = |letter: &char| "YmdHMSeky".contains(*letter);
    if letters.is_empty() || !letters.iter().all(known) {
        let fault = item.error("E1704", format!("“{written}”不是日期的写法"));
        item.report(
            fault
                .instead("写 %Y-%m-%d 或 %Y/%m/%d %H:%M")
                .why("%Y 年，%m 月，%d 日，%H 时，%M 分，%S 秒"),
        );
        return None;
    }
    Some(written.to_owned())
}

fn texts(table: &Table<'_>) -> IndexMap<String, String> {
    let pairs =
        table.items().filter_map(|item| Some((item.key.to_owned(), item.text()?.to_owned())));
    pairs.collect()
}
