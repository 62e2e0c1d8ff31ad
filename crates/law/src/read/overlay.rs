//! 叠加: what a province, city or county adds to a duty that others wrote.
//!
//! An overlay names its base by edition (`of = "penalty@2025.1"`) and says only what differs. It
//! may *fill* parameters, *tighten* (more to fill in, more conditions, shorter periods, more people)
//! and *open* exactly what the base opened, on a basis of sufficient rank. New names begin with
//! `x_`, so that they never collide with a later base. Nothing is deleted, nothing replaced.

use indexmap::IndexMap;
use sm3::{Digest, Sm3};

use super::{Definition, Reader, file_name, scenario, templates};
use crate::{
    Id,
    citation::{Basis, mentions},
    diagnostic::{Diagnostic, nearest},
    expr::{ActWords, Place},
    period::Period,
    procedure::{Act, Ask, Deadline, Document, Field, Procedure, Team, Within},
    scenario::Scenario,
    source::SourceFile,
    statute::{Resolution, Statutes},
    toml_file::{Item, Table, TomlFile},
};

/// Reads the folders of overlays on top of what was read so far. An overlay may rest on another.
pub fn overlays(
    folders: &[Vec<SourceFile>],
    read: &mut Vec<Definition>,
    statutes: &Statutes,
) -> Vec<Diagnostic> {
    let mut pending: Vec<&Vec<SourceFile>> = folders.iter().collect();
    loop {
        let before = pending.len();
        pending.retain(|files| {
            let Some((file, of)) = base_named(files) else {
                return true;
            };
            let Some(base) = read.iter().find(|base| base.procedure.key() == of) else {
                return true;
            };
            let base = base.clone();
            read.push(overlay(file, files, &base, statutes));
            false
        });
        if pending.len() == before {
            break;
        }
    }
    pending.into_iter().filter_map(|files| homeless(files, read)).collect()
}

fn overlay_file(files: &[SourceFile]) -> Option<&SourceFile> {
    files.iter().find(|file| file_name(&file.path) == "overlay.toml")
}

/// The overlay's file and the edition it says it rests on.
fn base_named(files: &[SourceFile]) -> Option<(&SourceFile, String)> {
    let file = overlay_file(files)?;
    let toml = TomlFile::parse(&file.path, &file.text);
    let table = toml.root().get("overlay").filter(Item::is_table)?.table()?;
    let of = table.get("of")?.as_text()?.to_owned();
    Some((file, of))
}

/// What is wrong with an overlay whose base is not there.
fn homeless(files: &[SourceFile], read: &[Definition]) -> Option<Diagnostic> {
    let file = overlay_file(files)?;
    let toml = TomlFile::parse(&file.path, &file.text);
    let place = toml.place(&["overlay", "of"]);
    let of = base_named(files).map(|(_, of)| of).unwrap_or_default();
    let keys: Vec<String> = read.iter().map(|base| base.procedure.key()).collect();
    let fault = Diagnostic::error("E1001", &file.path, place, format!("没有底本“{of}”"));
    let duty = of.split('@').next().unwrap_or_default();
    let other = keys.iter().find(|key| key.split('@').next() == Some(duty));
    Some(
        match other.map(String::as_str).or_else(|| nearest(&of, keys.iter().map(String::as_str))) {
            Some(near) => fault.instead(format!("现有 {near}；底本升级了，逐条核对以后改 of")),
            None => fault.instead("写 of = \"程序@版本\""),
        },
    )
}

fn overlay(
    file: &SourceFile,
    files: &[SourceFile],
    base: &Definition,
    statutes: &Statutes,
) -> Definition {
    let templates = templates(files, None);
    let toml = TomlFile::parse(&file.path, &file.text);
    let mut procedure = Reader::new(&toml, &templates).overlay(&base.procedure, statutes);
    let mut digest = Sm3::new();
    digest.update(&*base.procedure.hash);
    digest.update(super::hash(&file.text, &templates));
    procedure.hash =
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect::<String>().into();
    let mut faults = toml.into_faults();
    let scenarios = files.iter().find(|file| file_name(&file.path) == "scenarios.toml");
    if let Some(file) = scenarios {
        let toml = TomlFile::parse(&file.path, &file.text);
        let mut own = scenario::read(&toml, &procedure);
        own.extend(kept(&base.procedure, &own));
        procedure.scenarios = own;
        faults.extend(toml.into_faults());
    }
    let scenarios = scenarios.cloned().or_else(|| base.scenarios.clone());
    let papers = "documents".to_owned();
    Definition { procedure, file: file.clone(), papers, scenarios, faults }
}

/// The scenarios of the base that the overlay does not replace under the same name. They must hold
/// here too; their failures are reported at the top of the overlay's own scenarios.
fn kept(base: &Procedure, own: &[Scenario]) -> Vec<Scenario> {
    let replaced = |name: &str| own.iter().any(|story| story.name == name);
    let kept = base.scenarios.iter().filter(|story| !replaced(&story.name)).cloned();
    let moved = |mut story: Scenario| {
        story.line = 1;
        story.when.iter_mut().for_each(|step| step.line = 1);
        story
    };
    kept.map(moved).collect()
}

impl Reader<'_> {
    fn overlay(mut self, base: &Procedure, statutes: &Statutes) -> Procedure {
        let mut p = base.clone();
        p.path = self.file.path().to_owned();
        p.of = Some(base.key());
        p.transitions = Vec::new();
        self.overlay_identity(&mut p, base);
        self.more_laws(&mut p);
        self.fill(&mut p);

        let roles = self.roles();
        self.insert(&mut p.roles, roles, "role", false);
        let lists = self.lists();
        self.insert(&mut p.lists, lists, "list", true);
        self.words.lists = p.lists.clone();
        let fields = self.fields();
        self.insert(&mut p.fields, fields, "field", true);
        self.patch_fields(&mut p);
        self.words.fields = p.fields.clone();
        self.words.params =
            p.params.iter().map(|(id, param)| (id.clone(), param.ty.clone())).collect();
        let stages = self.stages();
        self.insert(&mut p.stages, stages, "stage", true);
        self.words.stages =
            p.stages.iter().map(|(id, stage)| (id.clone(), stage.name.clone())).collect();
        self.overlay_words(&p);

        let findings = self.findings();
        self.insert(&mut p.findings, findings, "finding", true);
        self.words.daily = super::words::daily(&p.findings);
        self.fills(&mut p);
        let acts = self.acts(&p);
        self.insert(&mut p.acts, acts, "act", true);
        let deadlines = self.deadlines(&p);
        self.insert(&mut p.deadlines, deadlines, "deadline", true);
        let documents = self.documents(&p);
        self.insert(&mut p.documents, documents, "document", true);
        let notices = self.notices(&mut p.acts, &p.stages, &p.roles);
        self.insert(&mut p.notices, notices, "publish", true);
        let indicators = self.indicators();
        self.insert(&mut p.indicators, indicators, "indicator", true);
        self.patches(&mut p, statutes);
        self.own_templates(&mut p);
        self.root.close();
        p
    }

    fn overlay_identity(&self, p: &mut Procedure, base: &Procedure) {
        let Some(table) = self.root.need("overlay", "[overlay]", "").and_then(|item| item.table())
        else {
            return;
        };
        table.get("of");
        let text = |key, write, why| table.need(key, write, why).and_then(|item| item.words());
        if let Some(id) = text("id", "id = \"penalty.market\"", "与底本相同的，就在本地代替底本")
        {
            p.id = id.into();
        }
        if let Some(version) =
            text("version", "version = \"2025.1\"", "在办案件一直按登记时的版本办")
        {
            p.version = version.to_owned();
        }
        let effective = table.need("effective", "effective = 2025-07-01", "此日起登记的案件用本版");
        if let Some((item, date)) = effective.and_then(|item| item.date().map(|date| (item, date)))
        {
            p.effective = date;
            if date < base.effective {
                let message = format!("叠加文件 {date} 施行，底本 {} 才施行", base.effective);
                item.report(
                    item.error("E1003", message).instead(format!("写 {} 或者更晚", base.effective)),
                );
            }
        }
        if let Some(item) = table.need("level", "level = \"county\"", "")
            && let Some(level) = super::identity::level(&item)
        {
            p.level = level;
            if level < base.level || level == crate::procedure::Level::National {
                let fault = item.error("E1003", "叠加文件的级别不能高于底本，也不能是国家");
                item.report(fault.instead("写 province、city 或 county"));
            }
        }
        let org = table.get("org").and_then(|item| item.words());
        let name = table.get("name").and_then(|item| item.words());
        match (name, org) {
            (Some(name), _) => p.name = name.to_owned(),
            (None, Some(org)) if p.id != base.id => p.name = format!("{}（{org}）", base.name),
            _ => {}
        }
        if p.key() == base.key() {
            let fault = self.file.error("E1003", &table.span, "叠加文件和底本的标识、版本一样");
            self.file.report(fault.instead(format!("改版本，如 version = \"{}+1\"", base.version)));
        }
        table.close();
    }

    fn more_laws(&self, p: &mut Procedure) {
        for (title, law) in self.laws() {
            if p.laws.contains_key(&title) {
                let place = self.file.place(&["law", &title]);
                let fault = self.file.error("E1006", &place, format!("底本已经登记了“{title}”"));
                self.file.report(fault.instead("删去这一行，直接引用"));
            } else {
                p.laws.insert(title, law);
            }
        }
    }

    /// [param]: `{ value, basis }` for numbers that the base leaves open.
    fn fill(&self, p: &mut Procedure) {
        for (item, table) in self.root.tables("param") {
            let Some(param) = p.params.get_mut(item.key) else {
                let fault =
                    self.file.error("E1004", &item.key_span, format!("底本没有参数 {}", item.key));
                let near = nearest(item.key, p.params.keys().map(|id| &**id));
                self.file.report(match near {
                    Some(near) => fault.instead(format!("是不是 {near}？")),
                    None => fault.instead("删去；叠加文件只填底本留空的数"),
                });
                continue;
            };
            if let Some((_, basis)) = &param.value {
                let fault =
                    self.file.error("E1006", &item.key_span, format!("“{}”已经填过", param.name));
                self.file.report(fault.instead("删去").why(format!("依据：{}", basis.text)));
            }
            let why = "填什么数，由谁定的，要写明";
            let value = table.need("value", "value = …", why);
            let value = value.and_then(|item| self.param_value(&item, &param.ty));
            let basis = self.basis(&table);
            table.close();
            param.value = value.map(|value| (value, basis));
        }
    }

    /// Adds what is new; a name of the base, or one without `x_`, is a fault.
    fn insert<T>(
        &self,
        into: &mut IndexMap<Id, T>,
        new: IndexMap<Id, T>,
        heading: &str,
        own: bool,
    ) {
        for (id, value) in new {
            let place = self.file.place(&[heading, &id]);
            if into.contains_key(&id) {
                if id.starts_with("publish_") {
                    continue;
                }
                let fault = self.file.error("E1006", &place, format!("底本已经有 {heading}.{id}"));
                self.file.report(
                    fault
                        .instead(format!("要加严的，写 [patch.{heading}.{id}]"))
                        .why("叠加文件不能整段替换底本，否则底本改了也看不出来"),
                );
                continue;
            }
            if own && !id.starts_with("x_") {
                let fault =
                    self.file.error("E1002", &place, format!("本地新增的 {id} 没有以 x_ 开头"));
                self.file.report(
                    fault
                        .instead(format!("改成 x_{id}"))
                        .why("底本以后新增的名字不会以 x_ 开头，永不相撞"),
                );
            }
            into.insert(id, value);
        }
    }

    /// The words of the base and the new ones, patched questions included.
    fn overlay_words(&mut self, base: &Procedure) {
        let mut acts: IndexMap<Id, ActWords> = IndexMap::new();
        for act in base.acts.values() {
            let written =
                |ask: &Ask| format!("{}{}", ask.field, if ask.required { "!" } else { "" });
            let asks = act.ask.iter().map(written).collect();
            acts.insert(act.id.clone(), ActWords { name: act.name.clone(), asks });
        }
        acts.extend(self.act_words());
        for (item, table) in self.patch_tables("act") {
            let added = table
                .get("add_ask")
                .filter(Item::is_list)
                .map(|ask| ask.list())
                .unwrap_or_default();
            if let Some(words) = acts.get_mut(item.key) {
                words.asks.extend(added.iter().filter_map(|ask| ask.as_text().map(str::to_owned)));
            }
        }
        self.words.acts = acts;
        let names =
            base.deadlines.values().map(|deadline| (deadline.id.clone(), deadline.name.clone()));
        self.words.deadlines = names.chain(self.names("deadline")).collect();
        let names =
            base.findings.values().map(|finding| (finding.id.clone(), finding.name.clone()));
        self.words.findings = names.chain(self.names("finding")).collect();
    }

    fn patch_tables(&self, kind: &'static str) -> Vec<(Item<'_>, Table<'_>)> {
        let patch = self.root.get("patch").filter(Item::is_table).and_then(|item| item.table());
        patch.map(|patch| patch.tables(kind)).unwrap_or_default()
    }

    fn patches(&self, p: &mut Procedure, statutes: &Statutes) {
        let Some(patch) = self.root.get("patch").and_then(|item| item.table()) else {
            return;
        };
        for (item, table) in patch.tables("act") {
            let mut act = match p.acts.get(item.key) {
                Some(act) => act.clone(),
                None => {
                    self.not_in_base(&item, "行为", p.acts.keys());
                    continue;
                }
            };
            self.patch_act(&mut act, table);
            p.acts.insert(item.id(), act);
        }
        for (item, table) in patch.tables("deadline") {
            let mut deadline = match p.deadlines.get(item.key) {
                Some(deadline) => deadline.clone(),
                None => {
                    self.not_in_base(&item, "期限", p.deadlines.keys());
                    continue;
                }
            };
            self.patch_deadline(&mut deadline, table, p, statutes);
            p.deadlines.insert(item.id(), deadline);
        }
        for (item, table) in patch.tables("document") {
            match p.documents.get_mut(item.key) {
                Some(document) => self.patch_document(document, table),
                None => self.not_in_base(&item, "文书", p.documents.keys()),
            }
        }
        for (item, table) in patch.tables("publish") {
            match p.notices.get_mut(item.key) {
                Some(notice) => {
                    let more = table.get("add_show").map(|item| item.list()).unwrap_or_default();
                    notice.show.extend(self.shown(&more, &Place::Public));
                    table.close();
                }
                None => self.not_in_base(&item, "公开", p.notices.keys()),
            }
        }
        patch.get("field");
        patch.close();
    }

    fn not_in_base<'k>(&self, item: &Item<'_>, what: &str, known: impl Iterator<Item = &'k Id>) {
        let fault =
            self.file.error("E1004", &item.key_span, format!("底本没有{what} {}", item.key));
        self.file.report(match nearest(item.key, known.map(|id| &**id)) {
            Some(near) => fault.instead(format!("是不是 {near}？")),
            None => fault.instead("新增的写在 [patch] 外面，名字以 x_ 开头"),
        });
    }

    /// More to fill in, more conditions, more people, fewer times.
    fn patch_act(&self, act: &mut Act, table: Table<'_>) {
        if let Some(item) = table.get("add_ask") {
            for ask in self.ask_list(&item) {
                match act.ask.iter_mut().find(|known| known.field == ask.field) {
                    Some(known) => known.required |= ask.required,
                    None => act.ask.push(ask),
                }
            }
        }
        let place = Place::Act(act.id.clone());
        for (id, require) in self.requires(&table, &place) {
            if act.require.contains_key(&id) {
                let name: Vec<&str> = table.name.split('.').chain(["require", &id]).collect();
                let fault = self.file.error(
                    "E1006",
                    &self.file.place(&name),
                    format!("底本已经有条件 {id}"),
                );
                self.file.report(
                    fault.instead(format!("换一个标识，如 x_{id}")).why("底本的条件不能改，只能加"),
                );
                continue;
            }
            act.require.insert(id, require);
        }
        if let Some(item) = table.get("add_not_by") {
            for other in self.acts_named(&item, "E0407") {
                if !act.not_by.contains(&other) {
                    act.not_by.push(other);
                }
            }
        }
        let more =
            |key| table.get(key).map(|item: Item<'_>| item.one_or_many()).unwrap_or_default();
        act.hold.extend(more("add_hold").iter().filter_map(|item| item.words()).map(str::to_owned));
        act.record
            .extend(more("add_record").iter().filter_map(|item| item.words()).map(str::to_owned));
        if let Some(item) = table.get("times")
            && let Some(times) = item.int().and_then(|times| u32::try_from(times).ok())
        {
            match act.times {
                Some(base) if times > base => {
                    self.looser(&item, &format!("次数只能减少，底本是 {base} 次"))
                }
                _ => act.times = Some(times),
            }
        }
        if let Some(item) = table.get("team") {
            self.patch_team(act, &item);
        }
        if let Some(hint) = table.get("hint").and_then(|item| item.words()) {
            act.hint = Some(hint.to_owned());
        }
        if let Some(basis) = self.basis_if_any(&table) {
            act.basis = joined(&act.basis, &basis);
        }
        table.close();
    }

    fn patch_team(&self, act: &mut Act, item: &Item<'_>) {
        let Some(team) = self.team(item) else { return };
        let base = act.team.clone().unwrap_or(Team { at_least: 1, hold: None });
        if team.at_least < base.at_least {
            self.looser(item, &format!("人数只能增加，底本是 {} 人", base.at_least));
            return;
        }
        if base.hold.is_some() && team.hold.is_some() && team.hold != base.hold {
            self.looser(item, "底本要求的证件不能换");
            return;
        }
        act.team = Some(Team { at_least: team.at_least, hold: team.hold.or(base.hold) });
    }

    /// A shorter period, more reminders; pause, extension or another length only where the base
    /// opened it, on a basis of sufficient rank.
    fn patch_deadline(
        &self,
        deadline: &mut Deadline,
        table: Table<'_>,
        p: &Procedure,
        statutes: &Statutes,
    ) {
        let basis = self.basis_if_any(&table);
        let loosen = |key: &'static str, item: &Item<'_>| -> bool {
            if !deadline.open.contains(key) {
                let word = match key {
                    "pause" => "中止",
                    "extend" => "延长",
                    _ => "放长",
                };
                let message = format!("底本没有开放“{}”的{word}（{key}），不能放宽", deadline.name);
                let fault = item.error("E1005", message);
                item.report(fault.instead("删去").why("叠加文件只能放宽底本写了 open 的项"));
                return false;
            }
            match &basis {
                Some(basis) if ranks(basis, p, statutes) => true,
                _ => {
                    let fault =
                        item.error("E1007", format!("放宽“{}”，依据要是规章以上", deadline.name));
                    let write =
                        "写 basis = \"《…》第…条\"；是地方性法规、规章的，在 [law] 里写 rank";
                    item.report(fault.instead(write).why(
                        "底本开放这一项，是因为法律写了“法律、法规、规章另有规定的，从其规定”",
                    ));
                    false
                }
            }
        };
        if let Some(item) = table.get("within")
            && let Some(period) = self.period(&item)
        {
            match deadline.within {
                Within::Fixed(base) if shorter(period, base) => {
                    deadline.within = Within::Fixed(period)
                }
                Within::Fixed(_) if loosen("within", &item) => {
                    deadline.within = Within::Fixed(period)
                }
                Within::Fixed(base) if !deadline.open.contains("within") => {
                    self.looser(&item, &format!("期限只能缩短，底本是{base}"));
                }
                Within::Fixed(_) => {}
                _ => self.looser(&item, "底本的期限不是写定的，不能在这里改"),
            }
        }
        if let Some(item) = table.get("pause")
            && loosen("pause", &item)
        {
            deadline.pause.extend(item.one_or_many().iter().filter_map(|item| self.pause(item)));
        }
        if let Some(item) = table.get("extend")
            && loosen("extend", &item)
            && let Some(extend) = self.extend(&item)
        {
            deadline.extend = Some(extend);
        }
        let warn = table.get("warn").map(|item| item.one_or_many()).unwrap_or_default();
        deadline.warn.extend(warn.iter().filter_map(|item| self.reminder(item)));
        if let Some(basis) = basis {
            deadline.basis = joined(&deadline.basis, &basis);
        }
        table.close();
    }

    fn patch_document(&self, document: &mut Document, table: Table<'_>) {
        let uses = table.get("add_uses").map(|item| item.list()).unwrap_or_default();
        document.uses.extend(self.shown(&uses, &Place::Paper));
        let says = table.get("add_says").map(|item| item.one_or_many()).unwrap_or_default();
        document.says.extend(says.iter().filter_map(|item| item.words()).map(str::to_owned));
        table.close();
    }

    /// Narrower bounds and stricter secrecy; read before anything speaks of the fields.
    fn patch_fields(&self, p: &mut Procedure) {
        for (item, table) in self.patch_tables("field") {
            let Some(field) = p.fields.get_mut(item.key) else {
                self.not_in_base(&item, "字段", p.fields.keys());
                continue;
            };
            self.patch_field(field, table);
        }
    }

    fn patch_field(&self, field: &mut Field, table: Table<'_>) {
        if let Some(max) = self.bound(&table, "max", &field.ty) {
            match field.max {
                Some(base) if max > base => self.looser_in(&table, "max", "上限只能降低"),
                _ => field.max = Some(max),
            }
        }
        if let Some(min) = self.bound(&table, "min", &field.ty) {
            match field.min {
                Some(base) if min < base => self.looser_in(&table, "min", "下限只能提高"),
                _ => field.min = Some(min),
            }
        }
        if let Some(keep) = table.get("keep").and_then(|item| super::words::keep(&item)) {
            if keep < field.keep {
                self.looser_in(&table, "keep", "保密类别只能更严");
            } else {
                field.keep = keep;
            }
        }
        if let Some(hint) = table.get("hint").and_then(|item| item.words()) {
            field.hint = Some(hint.to_owned());
        }
        let samples = table.get("samples").map(|item| item.list()).unwrap_or_default();
        field.samples.extend(samples.iter().filter_map(|item| item.words()).map(str::to_owned));
        table.close();
    }

    fn looser_in(&self, table: &Table<'_>, key: &'static str, message: &str) {
        if let Some(item) = table.get(key) {
            self.looser(&item, message);
        }
    }

    fn looser(&self, item: &Item<'_>, message: &str) {
        let fault = item.error("E1005", message);
        item.report(
            fault.instead("改得更严，或者删去").why("叠加文件只能加严；放宽的要底本写了 open"),
        );
    }

    /// Templates in the overlay's folder replace those of the base; the sentences the law requires
    /// are checked all the same.
    fn own_templates(&self, p: &mut Procedure) {
        for (id, text) in self.templates {
            if let Some(document) = p.documents.get_mut(*id) {
                document.template = (*text).into();
            }
        }
    }
}

fn shorter(period: Period, base: Period) -> bool {
    period.unit == base.unit && period.count <= base.count
}

/// Both bases, the overlay's last.
fn joined(base: &Basis, own: &Basis) -> Basis {
    match base.text == own.text || base.text.is_empty() {
        true => own.clone(),
        false => Basis::parse(&format!("{}；{}", base.text, own.text)),
    }
}

/// Whether a basis cites a rule that may depart from a statute which leaves room for it: 规章 or
/// higher.
fn ranks(basis: &Basis, p: &Procedure, statutes: &Statutes) -> bool {
    const ENOUGH: [&str; 5] = ["法律", "行政法规", "地方性法规", "规章", "司法解释"];
    mentions(&basis.text).iter().any(|mention| {
        let title = mention.citation.title.as_str();
        let written = p.laws.get(title).and_then(|law| law.rank.as_deref());
        match (written, statutes.resolve(title, p.effective)) {
            (Some(rank), _) => ENOUGH.iter().any(|enough| rank.contains(enough)),
            (None, Resolution::InForce { statute, .. }) => statute.rank.is_rule_or_higher(),
            _ => false,
        }
    })
}
