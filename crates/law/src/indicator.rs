//! 指标: what is counted, by which date, out of what.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use indexmap::IndexMap;
use jiff::civil::Date;

use crate::{
    Id,
    citation::Basis,
    diagnostic::{Diagnostic, nearest},
    expr::{Expr, Node},
    procedure::{FieldType, Procedure, Within},
    source::SourceFile,
    toml_file::{Item, Table, TomlFile},
    value::Value,
};

/// A figure of one procedure. 指标
#[derive(Clone, Debug)]
pub struct Indicator {
    /// Its id within the procedure; its key everywhere else is `<procedure>.<id>`.
    pub id: Id,
    /// 名称.
    pub name: String,
    /// 件、次、人、人次 … never mixed.
    pub unit: Unit,
    /// What is counted.
    pub count: Count,
    /// Adds up this number instead of counting.
    pub sum: Option<Expr>,
    /// The date that puts a case or act into a period. Mandatory.
    pub dated: Expr,
    /// For stocks (存量): no longer counted from this date on; the figure of a period counts what
    /// stands at its end.
    pub stock_until: Option<Option<Expr>>,
    /// Only these (the denominator of a rate).
    pub among: Option<Expr>,
    /// The numerator of a rate.
    pub good: Option<Expr>,
    /// Codes to split by.
    pub split: Vec<Expr>,
    /// 口径 in words.
    pub note: Option<String>,
    /// The article.
    pub basis: Option<Basis>,
}

/// What one observation stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Count {
    /// A case.
    Cases,
    /// Each occurrence of an act; in its expressions `new.x` is that occurrence's answer.
    Acts(Id),
}

/// Units of count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    /// 件 (宗 is printed where the outline says so).
    Item,
    /// 次.
    Time,
    /// 人.
    Person,
    /// 人次.
    PersonTime,
    /// 批.
    Batch,
    /// 份.
    Copy,
    /// 个.
    Piece,
    /// 名.
    Name,
    /// 户.
    Household,
    /// 条.
    Entry,
    /// 项.
    Matter,
    /// 家.
    House,
    /// 场.
    Session,
    /// 期.
    Issue,
    /// 幅.
    Banner,
    /// 篇.
    Essay,
    /// 座.
    Site,
    /// 分 (of a score).
    Point,
    /// 元, kept in 分.
    Yuan,
}

impl Unit {
    /// Every unit.
    pub const ALL: [Unit; 19] = [
        Unit::Item,
        Unit::Time,
        Unit::Person,
        Unit::PersonTime,
        Unit::Batch,
        Unit::Copy,
        Unit::Piece,
        Unit::Name,
        Unit::Household,
        Unit::Entry,
        Unit::Matter,
        Unit::House,
        Unit::Session,
        Unit::Issue,
        Unit::Banner,
        Unit::Essay,
        Unit::Site,
        Unit::Point,
        Unit::Yuan,
    ];

    /// As printed after a number.
    pub const fn name(self) -> &'static str {
        match self {
            Unit::Item => "件",
            Unit::Time => "次",
            Unit::Person => "人",
            Unit::PersonTime => "人次",
            Unit::Batch => "批",
            Unit::Copy => "份",
            Unit::Piece => "个",
            Unit::Name => "名",
            Unit::Household => "户",
            Unit::Entry => "条",
            Unit::Matter => "项",
            Unit::House => "家",
            Unit::Session => "场",
            Unit::Issue => "期",
            Unit::Banner => "幅",
            Unit::Essay => "篇",
            Unit::Site => "座",
            Unit::Point => "分",
            Unit::Yuan => "元",
        }
    }

    /// The unit of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.name() == name)
    }
}

/// Indicators that join procedures, from `law/indicators/*.toml`.
#[derive(Clone, Debug)]
pub struct Joined {
    /// Its key, such as `mediation.success_rate`.
    pub key: Id,
    /// 名称.
    pub name: String,
    /// How it comes about.
    pub how: How,
    /// 口径 in words.
    pub note: Option<String>,
}

/// How a joined indicator comes about from others.
#[derive(Clone, Debug)]
pub enum How {
    /// Sum of others, all of one unit.
    Sum(Vec<Id>),
    /// One amount less another: 缺编 = 编制 − 实有.
    Less {
        /// From this …
        of: Id,
        /// … this is taken away.
        minus: Id,
    },
    /// One amount spread over another: 平均分 = 总分 ÷ 人数.
    Mean {
        /// What is spread.
        sum: Id,
        /// Over how many.
        count: Id,
    },
    /// One amount as a share of another.
    Rate {
        /// Numerator.
        good: Id,
        /// Denominator.
        among: Id,
    },
    /// One of the codes of a split: `petition.received` where `channel` is `online`.
    Part {
        /// The split indicator.
        of: Id,
        /// The split expression's text.
        split: String,
        /// Codes that count.
        codes: Vec<Id>,
    },
}

/// Keys of foreign lists of figures (such as those of published reports) = our keys.
#[derive(Clone, Debug, Default)]
pub struct KeyMap {
    /// Foreign key = what it is here.
    pub keys: IndexMap<String, Mapped>,
}

/// What a foreign figure is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mapped {
    /// The value of an indicator.
    Value(Id),
    /// The share of a rate, in percent.
    Rate(Id),
    /// The change against the year before: in percent, for a rate in percentage points.
    Change(Id),
    /// A number that the law itself says: a deadline or a parameter.
    Limit(Limit),
}

/// A number of the law. 法定数
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Where it stands: `procedure.deadline` or `procedure.param.x`.
    pub key: Id,
    /// What it is called there.
    pub name: String,
    /// The number.
    pub number: i64,
    /// Its unit, `工作日` or empty.
    pub unit: String,
}

impl Mapped {
    /// The indicator it speaks of, or the place in the law.
    pub fn key(&self) -> &Id {
        match self {
            Self::Value(key) | Self::Rate(key) | Self::Change(key) => key,
            Self::Limit(limit) => &limit.key,
        }
    }
}

/// A period figures are given for: both days included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

/// Reads the files under `indicators/` and adds their keys to those of procedures.
pub(crate) fn parse(
    files: &[SourceFile],
    keys: &mut Keys<'_>,
) -> (IndexMap<Id, Joined>, KeyMap, Vec<Diagnostic>) {
    let sources = files.iter().filter(|source| source.path.starts_with("indicators/"));
    let files: Vec<TomlFile<'_>> =
        sources.map(|source| TomlFile::parse(&source.path, &source.text)).collect();
    files.iter().for_each(|file| keys.announce(file));
    let joined = files.iter().flat_map(|file| read_joined(file, keys));
    let mut joined: IndexMap<Id, Joined> = joined.map(|one| (one.key.clone(), one)).collect();
    let mut map = KeyMap::default();
    files.iter().for_each(|file| map.read(file, keys));
    let mut faults = keys.verify(&mut joined);
    faults.extend(files.into_iter().flat_map(TomlFile::into_faults));
    (joined, map, faults)
}

/// What may be done with a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It can be added.
    Amount,
    /// A share of a whole.
    Rate,
    /// An average.
    Mean,
}

/// The keys of every figure, while files that name them are read.
#[derive(Debug, Default)]
pub(crate) struct Keys<'a> {
    /// Key = what its figure is like.
    kinds: BTreeMap<Id, Kind>,
    /// The newest editions.
    procedures: BTreeMap<Id, &'a Procedure>,
    /// The indicators of procedures, by key.
    own: BTreeMap<Id, (&'a Procedure, &'a Indicator)>,
    /// Where joined indicators stand.
    places: BTreeMap<Id, (String, Range<usize>)>,
}

impl<'a> Keys<'a> {
    /// The keys of procedures.
    pub fn of(procedures: impl Iterator<Item = &'a Procedure>) -> Self {
        let mut keys = Self::default();
        for procedure in procedures {
            keys.procedures.insert(procedure.id.clone(), procedure);
            for indicator in procedure.indicators.values() {
                let key = Id::from(format!("{}.{}", procedure.id, indicator.id));
                let kind = if indicator.good.is_some() { Kind::Rate } else { Kind::Amount };
                keys.kinds.insert(key.clone(), kind);
                keys.own.insert(key, (procedure, indicator));
            }
        }
        keys
    }

    /// Adds the keys of a file of joined indicators, before any of them is read.
    fn announce(&mut self, file: &TomlFile<'_>) {
        for (item, table) in file.root().tables("indicator") {
            let kind = match (table.has("rate"), table.has("mean")) {
                (true, _) => Kind::Rate,
                (_, true) => Kind::Mean,
                _ => Kind::Amount,
            };
            let taken = self.kinds.insert(item.id(), kind).is_some();
            self.places.insert(item.id(), (file.path().to_owned(), item.key_span.clone()));
            if taken {
                let fault =
                    file.error("E0841", &item.key_span, format!("指标 {} 已经有了", item.key));
                item.report(fault.instead("换一个名字，或者合并到一处"));
            }
        }
    }

    /// Whether there is such a duty.
    pub fn has_procedure(&self, id: &str) -> bool {
        self.procedures.contains_key(id)
    }

    /// Whether there is a figure of this key.
    pub fn known(&self, key: &str) -> bool {
        self.kinds.contains_key(key)
    }

    /// The key that was probably meant.
    pub fn near(&self, key: &str) -> Option<&str> {
        nearest(key, self.kinds.keys().map(Id::as_str))
    }

    /// What the figure of this key is like; reports a key that does not exist.
    pub fn need(&self, key: &str, file: &TomlFile<'_>, span: &Range<usize>) -> Option<Kind> {
        let kind = self.kinds.get(key).copied();
        if kind.is_none() {
            let fault = file.error("E0842", span, format!("没有指标 {key}"));
            let meant = nearest(key, self.kinds.keys().map(Id::as_str));
            file.report(match meant {
                Some(meant) => fault.instead(format!("是不是 {meant}？")),
                None => fault.instead("写“程序.指标”，或者 indicators 文件里的指标"),
            });
        }
        kind
    }

    /// What is wrong with joined indicators among themselves: a figure that comes about from
    /// itself, a sum of different units.
    fn verify(&self, joined: &mut IndexMap<Id, Joined>) -> Vec<Diagnostic> {
        let mut faults = Vec::new();
        let circular: Vec<Id> =
            joined.keys().filter(|key| comes_from(key, key, joined)).cloned().collect();
        for key in circular {
            joined.shift_remove(&key);
            faults.push(
                self.fault(&key, "E0849", format!("指标 {key} 绕了一圈又由自己算出"))
                    .instead("改为由程序自己的指标算出"),
            );
        }
        for (key, one) in &*joined {
            let parts: Vec<&Id> = match &one.how {
                How::Sum(parts) => parts.iter().collect(),
                How::Less { of, minus } => vec![of, minus],
                _ => continue,
            };
            let mut units: Vec<&str> = parts
                .into_iter()
                .filter_map(|part| self.unit(part, joined))
                .map(Unit::name)
                .collect();
            units.sort_unstable();
            units.dedup();
            if units.len() > 1 {
                let message = format!("指标 {key} 把{}加减在一起", units.join("、"));
                faults.push(self.fault(key, "E0850", message).instead("只加减同一单位的指标"));
            }
        }
        faults
    }

    fn unit(&self, key: &Id, joined: &IndexMap<Id, Joined>) -> Option<Unit> {
        match joined.get(key).map(|joined| &joined.how) {
            Some(How::Sum(parts)) => self.unit(parts.first()?, joined),
            Some(How::Rate { among, .. }) => self.unit(among, joined),
            Some(How::Less { of, .. }) => self.unit(of, joined),
            Some(How::Mean { sum, .. }) => self.unit(sum, joined),
            Some(How::Part { of, .. }) => self.unit(of, joined),
            None => self.own.get(key).map(|(_, indicator)| indicator.unit),
        }
    }

    fn fault(&self, key: &Id, code: &'static str, message: String) -> Diagnostic {
        let (path, span) = self.places.get(key).cloned().unwrap_or_default();
        Diagnostic::error(code, path, span, message)
    }

    /// The key in this item, which must be a figure and no rate.
    fn amount(&self, item: &Item<'_>) -> Option<Id> {
        let key = item.words()?;
        if self.need(key, item.file(), &item.span)? != Kind::Amount {
            let fault = item.error("E0843", format!("{key} 是比率或者平均数，不能再加减或相除"));
            item.report(fault.instead("写构成它的数量指标"));
            return None;
        }
        Some(key.into())
    }
}

/// Whether the figure `key` needs `target` to be counted.
fn comes_from(target: &Id, key: &Id, joined: &IndexMap<Id, Joined>) -> bool {
    let mut seen = BTreeSet::new();
    let mut open: Vec<&Id> = joined.get(key).map(Joined::parts).unwrap_or_default();
    while let Some(next) = open.pop() {
        if next == target {
            return true;
        }
        if seen.insert(next) {
            open.extend(joined.get(next).map(Joined::parts).unwrap_or_default());
        }
    }
    false
}

impl Joined {
    /// The keys it is made of.
    pub fn parts(&self) -> Vec<&Id> {
        match &self.how {
            How::Sum(parts) => parts.iter().collect(),
            How::Rate { good, among } => vec![good, among],
            How::Less { of, minus } => vec![of, minus],
            How::Mean { sum, count } => vec![sum, count],
            How::Part { of, .. } => vec![of],
        }
    }
}

fn read_joined(file: &TomlFile<'_>, keys: &Keys<'_>) -> Vec<Joined> {
    let read = |(item, table): (Item<'_>, Table<'_>)| {
        let name = table.need("name", "name = \"…\"", "").and_then(|item| item.words());
        let note = table.get("note").and_then(|item| item.words()).map(str::to_owned);
        let ways = ["sum", "rate", "part", "less", "mean"];
        let given: Vec<Item<'_>> = ways.into_iter().filter_map(|way| table.get(way)).collect();
        let how = match given.as_slice() {
            [way] => match way.key {
                "sum" => read_sum(way, keys),
                "rate" => read_two(way, keys, ["good", "among"])
                    .map(|[good, among]| How::Rate { good, among }),
                "less" => {
                    read_two(way, keys, ["of", "minus"]).map(|[of, minus]| How::Less { of, minus })
                }
                "mean" => read_two(way, keys, ["sum", "count"])
                    .map(|[sum, count]| How::Mean { sum, count }),
                _ => read_part(way, keys),
            },
            _ => {
                let fault = item.error("E0844", format!("指标 {} 没有说怎么来", item.key));
                item.report(fault.instead("写 sum、less、rate、mean、part 五项中的一项"));
                None
            }
        };
        table.close();
        Some(Joined { key: item.id(), name: name?.to_owned(), how: how?, note })
    };
    let root = file.root();
    root.get("keys"); // Read by `KeyMap`.
    let joined = root.tables("indicator").into_iter().filter_map(read).collect();
    root.close();
    joined
}

fn read_sum(item: &Item<'_>, keys: &Keys<'_>) -> Option<How> {
    let items = item.list();
    let sum: Option<Vec<Id>> = items.iter().map(|item| keys.amount(item)).collect();
    if items.is_empty() {
        item.wrong("要相加的指标");
        return None;
    }
    sum.map(How::Sum)
}

/// Two amounts under these two words.
fn read_two(item: &Item<'_>, keys: &Keys<'_>, words: [&'static str; 2]) -> Option<[Id; 2]> {
    let table = item.table()?;
    let [one, other] = words.map(|word| {
        let example = format!("{word} = \"程序.指标\"");
        table.need(word, &example, "").and_then(|item| keys.amount(&item))
    });
    table.close();
    Some([one?, other?])
}

fn read_part(item: &Item<'_>, keys: &Keys<'_>) -> Option<How> {
    let table = item.table()?;
    let of = table.need("of", "of = \"petition.received\"", "");
    let split = table.need("split", "split = \"channel\"", "");
    let codes = table.need("codes", "codes = [\"online\"]", "").map(|item| item.list());
    table.close();
    let (of_item, split_item) = (of?, split?);
    let of = keys.amount(&of_item)?;
    let split = split_item.words()?.to_owned();
    let Some((procedure, indicator)) = keys.own.get(&of) else {
        let fault = of_item.error("E0845", format!("{of} 是合成的指标，没有分项"));
        of_item.report(fault.instead("写程序自己的指标"));
        return None;
    };
    let Some(by) = indicator.split.iter().find(|by| *by.text == *split) else {
        let known: Vec<&str> = indicator.split.iter().map(|by| &*by.text).collect();
        let fault = split_item.error("E0845", format!("{of} 不按 {split} 分项"));
        split_item.report(fault.instead(format!("它按这些分项：{}", known.join("、"))));
        return None;
    };
    let list = list_of(by, procedure);
    let read = |item: &Item<'_>| {
        let code = item.words()?;
        if let Some(list) = list.filter(|list| !list.contains_key(code)) {
            let known: Vec<&str> = list.keys().map(Id::as_str).collect();
            let fault = item.error("E0845", format!("{split} 没有 {code} 这一项"));
            item.report(fault.instead(format!("可以写：{}", known.join("、"))));
            return None;
        }
        Some(Id::from(code))
    };
    let codes: Option<Vec<Id>> = codes?.iter().map(read).collect();
    Some(How::Part { of, split, codes: codes? })
}

/// The code list that an expression takes its values from, where that can be seen.
fn list_of<'a>(by: &Expr, procedure: &'a Procedure) -> Option<&'a IndexMap<Id, String>> {
    let field = match &by.node {
        Node::Field(field) | Node::Answer(_, field) | Node::New(field) => field,
        _ => return None,
    };
    match &procedure.fields.get(field)?.ty {
        FieldType::Choice(list) => procedure.lists.get(list),
        _ => None,
    }
}

impl KeyMap {
    /// Adds the `[keys]` of a file under `indicators/`.
    fn read(&mut self, file: &TomlFile<'_>, keys: &Keys<'_>) {
        let Some(table) = file.root().get("keys").and_then(|item| item.table()) else {
            return;
        };
        for item in table.items() {
            if let Some(mapped) = read_mapped(&item, keys) {
                self.keys.insert(item.key.to_owned(), mapped);
            }
        }
    }
}

fn read_mapped(item: &Item<'_>, keys: &Keys<'_>) -> Option<Mapped> {
    if item.is_text() {
        let key = item.words()?;
        return match keys.need(key, item.file(), &item.span)? {
            Kind::Mean => Some(Mapped::Value(key.into())),
            _ => keys.amount(item).map(Mapped::Value),
        };
    }
    let table = item.table()?;
    let ways = ["rate", "change", "limit"];
    let given: Vec<Item<'_>> = ways.into_iter().filter_map(|way| table.get(way)).collect();
    table.close();
    let [way] = given.as_slice() else {
        item.wrong(
            " \"指标\"、{ rate = \"指标\" }、{ change = \"指标\" } 或 { limit = \"程序.期限\" }",
        );
        return None;
    };
    let key = way.words()?;
    if way.key == "limit" {
        let found = keys.limit(key);
        if found.is_none() {
            let fault = way.error("E0846", format!("{key} 不是固定的期限或者整数参数"));
            way.report(fault.instead("写“程序.期限”，或者“程序.param.参数”"));
        }
        return found.map(|(limit, _)| Mapped::Limit(limit));
    }
    let kind = keys.need(key, way.file(), &way.span)?;
    if way.key == "change" {
        return Some(Mapped::Change(key.into()));
    }
    if kind != Kind::Rate {
        let fault = way.error("E0843", format!("{key} 是数量，不是比率"));
        way.report(fault.instead(format!("直接写 \"{key}\"")));
        return None;
    }
    Some(Mapped::Rate(key.into()))
}

impl Keys<'_> {
    /// What a figure of a procedure is split by.
    pub fn splits(&self, key: &str) -> Vec<&str> {
        let own = self.own.get(key).map(|(_, indicator)| indicator.split.iter());
        own.into_iter().flatten().map(|by| &*by.text).collect()
    }

    /// The number at `procedure.deadline` or `procedure.param.x`, and whether it is a sample that
    /// nobody has set yet.
    pub fn limit(&self, key: &str) -> Option<(Limit, bool)> {
        let (procedure, place) = key.split_once('.')?;
        let procedure = self.procedures.get(procedure)?;
        let mut sample = false;
        let (name, number, unit) = match place.strip_prefix("param.") {
            Some(param) => {
                let param = procedure.params.get(param)?;
                sample = param.value.is_none();
                let value = param.value.as_ref().map_or(&param.sample, |(value, _)| value);
                let Value::Int(number) = value else { return None };
                (param.name.clone(), *number, String::new())
            }
            None => {
                let deadline = procedure.deadlines.get(place)?;
                let Within::Fixed(period) = &deadline.within else { return None };
                (deadline.name.clone(), i64::from(period.count), period.unit.name().to_owned())
            }
        };
        Some((Limit { key: key.into(), name, number, unit }, sample))
    }
}
