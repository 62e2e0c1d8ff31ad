//! [procedure], [law], [days]: what this duty is, which laws it cites, how its days are counted.

use indexmap::IndexMap;
use jiff::civil::Date;

use super::Reader;
use crate::{
    Id,
    citation::Basis,
    period::{DayRule, FirstDay, LastDayOff},
    procedure::{LawUse, Level, Pattern, Procedure, Similar},
    toml_file::{Item, Table},
};

/// Places a numbering pattern may have.
const PLACES: [&str; 4] = ["org.short", "year", "seq", "case_no"];

impl Reader<'_> {
    /// [procedure]; the other tables are filled in afterwards.
    pub(super) fn identity(&self) -> Procedure {
        let mut procedure = empty(self.file.path());
        let why = "每个程序都要说明自己是什么、哪一版、何时施行";
        let Some(table) =
            self.root.need("procedure", "[procedure]", why).and_then(|item| item.table())
        else {
            return procedure;
        };
        if let Some(id) =
            table.need("id", "id = \"petition\"", "").and_then(|item| self.procedure_id(&item))
        {
            procedure.id = id.into();
        }
        procedure.name = self.name(&table);
        let version = table.need("version", "version = \"2025.1\"", "在办案件一直按登记时的版本办");
        if let Some(version) = version.and_then(|item| item.words()) {
            procedure.version = version.to_owned();
        }
        let effective = table.need("effective", "effective = 2025-07-01", "此日起登记的案件用本版");
        procedure.effective = effective.and_then(|item| item.date()).unwrap_or(Date::ZERO);
        if let Some(level) =
            table.need("level", "level = \"national\"", "").and_then(|item| level(&item))
        {
            procedure.level = level;
        }
        self.calendar(&table);
        let case_no = table.need("case_no", "case_no = \"{org.short}访〔{year}〕{seq}号\"", "");
        if let Some(pattern) = case_no.and_then(|item| self.pattern(&item, false)) {
            procedure.case_no = pattern;
        }
        let group = table.need("group", "group = \"矛盾纠纷化解\"", "目录和报告按这一类编排");
        procedure.group = group.and_then(|item| item.words()).unwrap_or_default().to_owned();
        let title =
            table.need("title", "title = \"request\"", "列表里用这个字段的内容称呼一件案子");
        procedure.title = title.and_then(|item| item.words()).unwrap_or_default().into();
        procedure.roster = table.get("roster").and_then(|item| item.bool()).unwrap_or(false);
        table.close();
        procedure
    }

    fn procedure_id<'a>(&self, item: &Item<'a>) -> Option<&'a str> {
        let id = item.words()?;
        let plain = |c: char| {
            c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-' || c == '.'
        };
        if !id.chars().all(plain) || !id.starts_with(|c: char| c.is_ascii_lowercase()) {
            item.report(
                item.error("E0103", format!("程序的标识 {id} 不合规矩"))
                    .instead("用小写英文字母开头，只含小写字母、数字、- 和 _"),
            );
        }
        Some(id)
    }

    fn calendar(&self, table: &Table<'_>) {
        let why = "工作日按哪一本日历数，没有默认值";
        let item = table.need("calendar", "calendar = \"cn-gov\"", why);
        let Some((item, written)) = item.and_then(|item| item.words().map(|w| (item, w))) else {
            return;
        };
        if written != "cn-gov" {
            let fault = item.error("E0105", format!("没有日历 {written}"));
            item.report(fault.instead("写 \"cn-gov\"（国务院放假安排，含调休上班日）"));
        }
    }

    /// The title field must exist; called when the fields are known.
    pub(super) fn title(&self, procedure: &Procedure) {
        if procedure.title.is_empty() || procedure.fields.contains_key(&procedure.title) {
            return;
        }
        let table = self.root.get("procedure").and_then(|item| item.table());
        if let Some(item) = table.and_then(|table| table.get("title")) {
            self.known(&item, "E0106", "字段", procedure.fields.keys());
        }
    }

    /// [similar]: what is compared before a case is opened.
    pub(super) fn similar(&self, procedure: &Procedure) -> Option<Similar> {
        let table = self.root.get("similar")?.table()?;
        let text = table.need("text", "text = [\"title\", \"facts\"]", "写明比哪些字段的文字");
        let text = text.map(|item| item.list()).unwrap_or_default();
        let known = |item: &Item<'_>| self.known(item, "E0106", "字段", procedure.fields.keys());
        let text: Vec<Id> = text.iter().filter_map(known).collect();
        let place = table.get("place").and_then(|item| known(&item));
        let days = table.get("days").and_then(|item| item.int()).unwrap_or(365);
        table.close();
        Some(Similar { text, place, days: u32::try_from(days).unwrap_or(365) })
    }

    /// A numbering pattern.
    pub(super) fn pattern(&self, item: &Item<'_>, of_document: bool) -> Option<Pattern> {
        let text = item.words()?;
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let inner = &rest[open + 1..];
            let Some(close) = inner.find('}') else {
                item.report(item.error("E0107", "花括号没有成对").instead("如 {seq}"));
                return None;
            };
            let place = &inner[..close];
            if !PLACES.contains(&place) || (place == "case_no" && !of_document) {
                let at = text.len() - rest.len() + open;
                let at = item.within(&(at..at + close + 2));
                let fault =
                    item.file().error("E0107", &at, format!("编号里没有 {{{place}}} 这个位置"));
                item.report(
                    fault.instead("可以写 {org.short}、{year}、{seq}；文书还可以写 {case_no}"),
                );
            }
            rest = &inner[close + 1..];
        }
        if !text.contains("{seq}") && !text.contains("{case_no}") {
            let fault = item.error("E0107", "编号里没有顺序号");
            item.report(fault.instead("加上 {seq}").why("同一机关同一年度的编号不能重复"));
        }
        Some(Pattern(text.to_owned()))
    }

    /// [law].
    pub(super) fn laws(&self) -> IndexMap<String, LawUse> {
        let tables = self.root.tables("law");
        tables
            .into_iter()
            .filter_map(|(item, table)| Some((item.key.to_owned(), self.law(&table)?)))
            .collect()
    }

    fn law(&self, table: &Table<'_>) -> Option<LawUse> {
        let from = table
            .need("from", "from = 2022-05-01", "从哪一天起依据这部法")
            .and_then(|item| item.date());
        let to = table.get("to").and_then(|item| item.date());
        let words = |key| table.get(key).and_then(|item| item.words()).map(str::to_owned);
        let (rank, full) = (words("rank"), words("full"));
        table.clone().close();
        Some(LawUse { from: from?, to, rank, full })
    }

    /// [days].
    pub(super) fn days(&self) -> DayRule {
        let mut rule = DayRule {
            first_day: FirstDay::NextDay,
            last_day_off: LastDayOff::NextWorkday,
            basis: Basis::default(),
        };
        let why = "开始的当日算不算、届满日遇休息日移不移，没有默认值";
        let Some(table) = self.root.need("days", "[days]", why).and_then(|item| item.table())
        else {
            return rule;
        };
        let why = "民法典第二百零一条：开始的当日不计入";
        if let Some(item) = table.need("first_day", "first_day = \"next_day\"", why) {
            match item.text() {
                Some("next_day") | None => {}
                Some("same_day") => rule.first_day = FirstDay::SameDay,
                Some(other) => item.report(
                    item.error("E0301", format!("first_day 不能写 {other}"))
                        .instead("写 \"next_day\"（次日起算）或 \"same_day\"（当日起算）"),
                ),
            }
        }
        let why = "民法典第二百零三条：届满日是法定休假日的，顺延";
        if let Some(item) = table.need("last_day_off", "last_day_off = \"next_workday\"", why) {
            match item.text() {
                Some("next_workday") | None => {}
                Some("same_day") => rule.last_day_off = LastDayOff::Stays,
                Some(other) => item.report(
                    item.error("E0302", format!("last_day_off 不能写 {other}"))
                        .instead("写 \"next_workday\"（顺延）或 \"same_day\"（不移）"),
                ),
            }
        }
        rule.basis = self.basis(&table);
        table.close();
        rule
    }
}

pub(super) fn level(item: &Item<'_>) -> Option<Level> {
    match item.text()? {
        "national" => Some(Level::National),
        "province" => Some(Level::Province),
        "city" => Some(Level::City),
        "county" => Some(Level::County),
        other => {
            let fault = item.error("E0102", format!("没有 {other} 这一级"));
            item.report(
                fault.instead("写 national（国家）、province（省）、city（市）或 county（县）"),
            );
            None
        }
    }
}

/// A procedure with nothing in it yet.
fn empty(path: &str) -> Procedure {
    Procedure {
        id: "".into(),
        name: String::new(),
        version: String::new(),
        hash: "".into(),
        effective: Date::ZERO,
        group: String::new(),
        level: Level::National,
        case_no: Pattern(String::new()),
        title: "".into(),
        roster: false,
        laws: IndexMap::new(),
        days: DayRule {
            first_day: FirstDay::NextDay,
            last_day_off: LastDayOff::NextWorkday,
            basis: Basis::default(),
        },
        roles: IndexMap::new(),
        lists: IndexMap::new(),
        fields: IndexMap::new(),
        params: IndexMap::new(),
        findings: IndexMap::new(),
        stages: IndexMap::new(),
        acts: IndexMap::new(),
        deadlines: IndexMap::new(),
        documents: IndexMap::new(),
        notices: IndexMap::new(),
        track: Vec::new(),
        track_documents: false,
        indicators: IndexMap::new(),
        credential: None,
        pool: None,
        suggests: IndexMap::new(),
        similar: None,
        exam: None,
        report: None,
        transitions: Vec::new(),
        of: None,
        scenarios: Vec::new(),
        path: path.to_owned(),
    }
}
