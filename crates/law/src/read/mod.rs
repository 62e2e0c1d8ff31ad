//! TOML into typed procedures.
//!
//! [`folder`] reads the folder of one duty: every edition of `procedure.toml`, the templates under
//! `documents/` and the scenarios. Every fault of every table is collected; nothing has a default
//! where the law could go two ways. A [`Definition`] with errors holds what could be made sense
//! of, so that [`check`](crate::check) can go on looking; only a [sound](Definition::sound) one
//! becomes law.
//!
//! One file per family of tables: `identity` ([procedure], [law], [days]), `words` ([role],
//! [list], [field], [param], [finding], [stage]), `act`, `deadline`, `paper` ([document],
//! [publish], [track]), `figure` ([indicator], [credential], [transition]), `fill` (what the
//! system fills in), `exam`, `report`, `suggest` ([pool], [suggest]), `scenario`.

mod act;
mod deadline;
mod exam;
mod figure;
mod fill;
mod identity;
mod overlay;
mod paper;
mod report;
mod scenario;
mod suggest;
mod words;

use std::collections::BTreeMap;

pub use overlay::overlays;
pub(crate) use words::daily;

use indexmap::IndexMap;
use sm3::{Digest, Sm3};

use crate::{
    Id,
    citation::Basis,
    diagnostic::{Diagnostic, nearest},
    expr::{ActWords, Expr, Place, Vocabulary, Want},
    period::Period,
    procedure::Procedure,
    source::SourceFile,
    toml_file::{Item, Table, TomlFile},
};

/// One edition of a duty as read, with what is wrong with it.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The procedure; where something could not be read, as much of it as there is.
    pub procedure: Procedure,
    /// The file it stands in.
    pub file: SourceFile,
    /// The folder its templates stand in: `documents`, or `documents.<version>`.
    pub papers: String,
    /// The scenarios' file, if there is one.
    pub scenarios: Option<SourceFile>,
    /// What is wrong.
    pub faults: Vec<Diagnostic>,
}

impl Definition {
    /// Whether nothing is wrong with it but matters of advice.
    pub fn sound(&self) -> bool {
        !self.faults.iter().any(Diagnostic::is_error)
    }
}

/// Reads every edition in the folder of one duty, oldest first.
///
/// `procedure.toml` is the newest edition; `procedure.<version>.toml` are older ones, with
/// `documents.<version>/` where their templates differ.
pub fn folder(files: &[SourceFile]) -> Vec<Definition> {
    let mut read: Vec<Definition> = files
        .iter()
        .filter(|file| is_edition(&file.path))
        .map(|file| edition(file, files))
        .collect();
    read.sort_by_key(|definition| definition.procedure.effective);
    if let Some(newest) = read.last_mut() {
        newest.faults.extend(orphans(files, &newest.procedure));
    }
    read
}

/// The newest edition in a folder if nothing is wrong with it, and every fault of every edition.
pub fn procedure(files: &[SourceFile]) -> (Option<Procedure>, Vec<Diagnostic>) {
    let mut editions = folder(files);
    let newest = editions.last().filter(|newest| newest.sound()).map(|n| n.procedure.clone());
    let faults = editions.iter_mut().flat_map(|edition| std::mem::take(&mut edition.faults));
    (newest, faults.collect())
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn is_edition(path: &str) -> bool {
    let name = file_name(path);
    name == "procedure.toml" || (name.starts_with("procedure.") && name.ends_with(".toml"))
}

/// Reads one edition.
fn edition(file: &SourceFile, files: &[SourceFile]) -> Definition {
    let name = file_name(&file.path);
    let version = name.strip_prefix("procedure.").and_then(|rest| rest.strip_suffix(".toml"));
    let templates = templates(files, version);
    let suffix = version.map(|version| format!(".{version}")).unwrap_or_default();
    let story = format!("scenarios{suffix}.toml");
    let scenarios = files.iter().find(|file| file_name(&file.path) == story);

    let toml = TomlFile::parse(&file.path, &file.text);
    let mut procedure = Reader::new(&toml, &templates).procedure();
    procedure.hash = hash(&file.text, &templates).into();
    let mut faults = toml.into_faults();
    if let Some(file) = scenarios {
        let toml = TomlFile::parse(&file.path, &file.text);
        procedure.scenarios = scenario::read(&toml, &procedure);
        faults.extend(toml.into_faults());
    }
    let papers = format!("documents{suffix}");
    let own = files.iter().any(|file| file.path.contains(&format!("{papers}/")));
    let papers = if own { papers } else { "documents".into() };
    Definition { procedure, file: file.clone(), papers, scenarios: scenarios.cloned(), faults }
}

/// Templates by document id: `documents/<id>.md`, or `documents.<version>/<id>.md` for an older
/// edition that has such a folder.
fn templates<'a>(files: &'a [SourceFile], version: Option<&str>) -> BTreeMap<&'a str, &'a str> {
    let under = |folder: &str| -> BTreeMap<&'a str, &'a str> {
        let inside = files.iter().filter_map(|file| {
            let (above, name) = file.path.rsplit_once('/')?;
            let id = name.strip_suffix(".md")?;
            (file_name(above) == folder).then_some((id, file.text.as_str()))
        });
        inside.collect()
    };
    let own = version.map(|version| under(&format!("documents.{version}"))).unwrap_or_default();
    if own.is_empty() { under("documents") } else { own }
}

/// SM3 over the edition's law: its file and its templates, each under its name and length.
/// Scenarios examine the law and are no part of it, so adding one makes no new edition.
fn hash(text: &str, templates: &BTreeMap<&str, &str>) -> String {
    let mut digest = Sm3::new();
    let mut add = |name: &str, text: &str| {
        digest.update(format!("{name}\n{}\n", text.len()));
        digest.update(text);
    };
    add("procedure", text);
    for (id, text) in templates {
        add(id, text);
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Files in the folder that nothing refers to.
fn orphans(files: &[SourceFile], newest: &Procedure) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    for file in files {
        let name = file_name(&file.path);
        let folder = file.path.rsplit_once('/').map_or("", |(above, _)| file_name(above));
        if folder == "documents" {
            let id = name.strip_suffix(".md").unwrap_or(name);
            if !newest.documents.contains_key(id) {
                let fault = Diagnostic::error(
                    "E0605",
                    &file.path,
                    0..0,
                    format!("没有文书 {id} 用这个模板"),
                );
                let known = newest.documents.keys().map(|id| &**id);
                faults.push(match nearest(id, known) {
                    Some(near) => fault.instead(format!("文件名改成 {near}.md？")),
                    None => fault.instead(format!("写一段 [document.{id}]，或者删去这个文件")),
                });
            }
        }
    }
    faults
}

/// Reads one file; keeps the names that its expressions may use.
struct Reader<'a> {
    root: Table<'a>,
    file: &'a TomlFile<'a>,
    templates: &'a BTreeMap<&'a str, &'a str>,
    words: Vocabulary,
}

impl<'a> Reader<'a> {
    fn new(file: &'a TomlFile<'a>, templates: &'a BTreeMap<&'a str, &'a str>) -> Self {
        Self { root: file.root(), file, templates, words: Vocabulary::default() }
    }

    /// Reads every table, names first, so that expressions may look ahead in the file.
    fn procedure(mut self) -> Procedure {
        self.root.need("role", "[role]", "谁能办，都要登记");
        self.root.need("field", "[field]", "要记什么，都要登记");
        self.root.need("stage", "[stage]", "案件到了哪一步，要有名称");
        self.root.need("act", "[act.…]", "能做什么，都要写明；没写的不能做");
        let mut procedure = self.identity();
        procedure.laws = self.laws();
        procedure.days = self.days();
        procedure.roles = self.roles();
        procedure.lists = self.lists();
        self.words.lists = procedure.lists.clone();
        procedure.fields = self.fields();
        self.words.fields = procedure.fields.clone();
        procedure.params = self.params();
        self.words.params =
            procedure.params.iter().map(|(id, p)| (id.clone(), p.ty.clone())).collect();
        procedure.stages = self.stages();
        self.words.stages =
            procedure.stages.iter().map(|(id, s)| (id.clone(), s.name.clone())).collect();
        self.words.acts = self.act_words();
        self.words.deadlines = self.names("deadline");
        self.words.findings = self.names("finding");
        procedure.findings = self.findings();
        self.words.daily = words::daily(&procedure.findings);

        self.fills(&mut procedure);
        procedure.acts = self.acts(&procedure);
        procedure.deadlines = self.deadlines(&procedure);
        procedure.documents = self.documents(&procedure);
        procedure.notices = self.notices(&mut procedure.acts, &procedure.stages, &procedure.roles);
        (procedure.track, procedure.track_documents) = self.track();
        procedure.indicators = self.indicators();
        procedure.credential = self.credential(&procedure);
        procedure.pool = self.pool(&procedure);
        procedure.suggests = self.suggests(&procedure);
        procedure.similar = self.similar(&procedure);
        procedure.exam = self.exam(&procedure);
        procedure.report = self.report_case(&procedure);
        procedure.transitions = self.transitions(&procedure);
        self.title(&procedure);
        self.root.close();
        procedure
    }

    /// Ids and names of the tables under a heading, read quickly and without complaint.
    fn names(&self, heading: &'static str) -> IndexMap<Id, String> {
        self.outlines(heading).map(|(id, table)| (id, name_in(&table))).collect()
    }

    /// What each act is called and asks, read quickly and without complaint.
    fn act_words(&self) -> IndexMap<Id, ActWords> {
        let mut words: IndexMap<Id, ActWords> = IndexMap::new();
        for (id, table) in self.outlines("act") {
            let asks =
                table.get("ask").filter(Item::is_list).map(|ask| ask.list()).unwrap_or_default();
            let asks = asks.iter().filter_map(|ask| ask.as_text().map(str::to_owned)).collect();
            words.insert(id, ActWords { name: name_in(&table), asks });
        }
        for (id, table) in self.outlines("publish") {
            if table.has("after") {
                let name = format!("公开：{}", name_in(&table));
                words.insert(paper::made_act(&id), ActWords { name, asks: Vec::new() });
            }
        }
        words
    }

    fn outlines(&self, heading: &'static str) -> impl Iterator<Item = (Id, Table<'a>)> + use<'a> {
        let table = self.root.get(heading).filter(Item::is_table).and_then(|item| item.table());
        let items: Vec<Item<'a>> = table.iter().flat_map(|table| table.items()).collect();
        items.into_iter().filter(Item::is_table).filter_map(|item| Some((item.id(), item.table()?)))
    }

    /// An expression, its faults shown inside the file.
    fn expr(&self, item: &Item<'_>, place: &Place, want: &Want) -> Option<Expr> {
        let text = item.words()?;
        let (expr, faults) = Expr::read(text, &self.words, place, want);
        for fault in faults {
            let mut shown = Diagnostic::error(
                fault.code,
                self.file.path(),
                item.within(&fault.at),
                fault.message,
            );
            if fault.advice {
                shown.severity = crate::diagnostic::Severity::Warning;
            }
            shown.instead = fault.instead;
            shown.why.extend(fault.why);
            self.file.report(shown);
        }
        expr
    }

    /// A condition.
    fn condition(&self, item: &Item<'_>, place: &Place) -> Option<Expr> {
        self.expr(item, place, &Want::Type(crate::expr::Type::YesNo))
    }

    /// The article a rule rests on; must be written.
    fn basis(&self, table: &Table<'_>) -> Basis {
        let why = "每个行为、期限、认定都要写明凭什么（依法行政，言必有据）";
        let item = table.need("basis", "basis = \"《…法》第…条\"", why);
        item.and_then(|item| item.words()).map(Basis::parse).unwrap_or_default()
    }

    /// The article, where one is written.
    fn basis_if_any(&self, table: &Table<'_>) -> Option<Basis> {
        table.get("basis").and_then(|item| item.words()).map(Basis::parse)
    }

    /// The name shown to people; must be written.
    fn name(&self, table: &Table<'_>) -> String {
        let item = table.need("name", "name = \"名称\"", "页面、文书和目录都用这个名称");
        item.and_then(|item| item.words()).unwrap_or_default().to_owned()
    }

    /// An id that must be one of the known ones.
    fn known<'k>(
        &self,
        item: &Item<'_>,
        code: &'static str,
        what: &str,
        known: impl IntoIterator<Item = &'k Id>,
    ) -> Option<Id> {
        let written = item.words()?;
        self.known_as(item.error(code, format!("没有{what} {written}")), written, what, known)
    }

    /// The key of an entry, which must be one of the known ids.
    fn known_key<'k>(
        &self,
        item: &Item<'_>,
        code: &'static str,
        what: &str,
        known: impl IntoIterator<Item = &'k Id>,
    ) -> Option<Id> {
        let written = item.id();
        let fault = self.file.error(code, &item.key_span, format!("没有{what} {written}"));
        self.known_as(fault, &written, what, known)
    }

    fn known_as<'k>(
        &self,
        fault: Diagnostic,
        written: &str,
        what: &str,
        known: impl IntoIterator<Item = &'k Id>,
    ) -> Option<Id> {
        let known: Vec<&Id> = known.into_iter().collect();
        if let Some(id) = known.iter().find(|id| **id == written) {
            return Some((*id).clone());
        }
        let listed = known.iter().map(|id| id.as_str()).collect::<Vec<_>>().join("、");
        self.file.report(match nearest(written, known.iter().map(|id| id.as_str())) {
            Some(near) => fault.instead(format!("是不是 {near}？")),
            None if listed.is_empty() => fault.instead(format!("先登记{what}")),
            None => fault
                .instead(format!("先登记这个{what}，或者改成已有的"))
                .why(format!("已有：{listed}")),
        });
        None
    }

    /// Ids that must be known, one or several.
    fn all_known<'k>(
        &self,
        item: &Item<'_>,
        code: &'static str,
        what: &str,
        known: impl IntoIterator<Item = &'k Id>,
    ) -> Vec<Id> {
        let known: Vec<&Id> = known.into_iter().collect();
        let items = item.one_or_many();
        items
            .iter()
            .filter_map(|item| self.known(item, code, what, known.iter().copied()))
            .collect()
    }

    /// Acts, one or several.
    fn acts_named(&self, item: &Item<'_>, code: &'static str) -> Vec<Id> {
        self.all_known(item, code, "行为", self.words.acts.keys())
    }

    /// A period such as `15自然日`.
    fn period(&self, item: &Item<'_>) -> Option<Period> {
        let text = item.words()?;
        self.period_in(item, text, 0)
    }

    /// A period that stands in a text, from this byte on.
    fn period_in(&self, item: &Item<'_>, text: &str, from: usize) -> Option<Period> {
        match text.parse::<Period>() {
            Ok(period) => Some(period),
            Err(wrong) => {
                let at = item.within(&(from..from + text.len()));
                let mut fault =
                    self.file.error(wrong.code, &at, wrong.message).instead(wrong.instead);
                fault.why = wrong.why;
                self.file.report(fault);
                None
            }
        }
    }

    /// Whether a new name can be used as an id.
    fn id(&self, item: &Item<'_>, what: &str) -> Id {
        let id = item.id();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let fine = id.starts_with(|c: char| c.is_ascii_lowercase()) && id.chars().all(plain);
        if !fine {
            let fault =
                self.file.error("E0103", &item.key_span, format!("{what}的标识 {id} 不合规矩"));
            self.file.report(
                fault
                    .instead("用小写英文字母开头，只含小写字母、数字和下划线")
                    .why("标识进入账目，永远不改；给人看的名称写在 name 里"),
            );
        } else if ["字段", "行为"].contains(&what) && crate::expr::reserved(&id) {
            let message = format!("{id} 是条件里的专用词，不能做{what}的标识");
            let fault = self.file.error("E0104", &item.key_span, message);
            self.file.report(fault.instead(format!("换一个，如 {id}_x")));
        }
        id
    }
}

fn name_in(table: &Table<'_>) -> String {
    let name = table.get("name").and_then(|item| item.as_text());
    name.unwrap_or(&table.name).to_owned()
}
