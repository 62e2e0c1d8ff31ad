//! `yifa law`: what is wrong with the definitions, and whether their scenarios pass.

use std::{collections::BTreeSet, io::IsTerminal as _, path::PathBuf, sync::Arc};

use engine::{
    mutate::{mutations, survivors},
    scenario::{Run, conditions, never_refused, run},
};
use law::{
    Law, check,
    diagnostic::{Diagnostic, render_all},
    difference::{self, Difference},
    procedure::Procedure,
    source::{self, SourceFile},
    wall::wall,
};

use super::{Failure, laws, say};

/// 核对程序文件
#[derive(Debug, clap::Subcommand)]
pub enum LawCommand {
    /// 核对全部程序文件，演算考题
    Check(Check),
    /// 一个程序的流程说明（白话）
    Show(Show),
    /// 叠加文件与底本的不同之处和依据
    Diff(Diff),
    /// 把一个文件夹的法规文本整理成法规目录
    Import(laws::Import),
}

/// 核对全部程序文件，演算考题
#[derive(Debug, clap::Args)]
pub struct Check {
    /// 法文件夹；不写就核对随程序带的
    folder: Option<PathBuf>,
    /// 文件夹只写与随程序带的不同之处
    #[arg(long)]
    overlay: bool,
    /// 变异：逐一去掉条件、回避、人数、资格，改动期限，看考题能不能发现
    #[arg(long)]
    mutate: bool,
    /// 只演算这些程序的考题
    #[arg(long, value_name = "标识")]
    only: Vec<String>,
}

/// 一个程序的流程说明
#[derive(Debug, clap::Args)]
pub struct Show {
    /// 程序的标识，如 petition
    procedure: String,
    /// 法文件夹
    #[arg(long)]
    law: Option<PathBuf>,
}

/// 叠加文件与底本的不同之处和依据
#[derive(Debug, clap::Args)]
pub struct Diff {
    /// 叠加文件的文件夹，如 overlays/guizhou
    folder: PathBuf,
}

impl LawCommand {
    pub fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Check(check) => check.run(),
            Self::Show(show) => show.run(),
            Self::Diff(diff) => diff.run(),
            Self::Import(import) => import.run(),
        }
    }
}

fn files(folder: Option<&PathBuf>, overlay: bool) -> Result<Vec<SourceFile>, Failure> {
    let Some(folder) = folder else { return Ok(source::embedded()) };
    let local = source::read_folder(folder).map_err(|error| {
        Failure::said(format!("错误：文件夹{}读不了：{error}", folder.display()))
    })?;
    if local.is_empty() {
        return Err(Failure::said(format!("错误：{}里没有程序文件", folder.display())));
    }
    Ok(if overlay { source::overlay(source::embedded(), local) } else { local })
}

fn unknown(law: &Law, id: &str) -> Failure {
    let known: Vec<&str> = law.procedures.keys().map(|id| id.as_str()).collect();
    Failure::said(format!("错误：没有程序“{id}”，已有：{}", known.join("、")))
}

impl Check {
    fn run(&self) -> Result<(), Failure> {
        let files = files(self.folder.as_ref(), self.overlay)?;
        let (law, mut faults) = Law::parse(&files);
        let mut sums = Sums::default();
        if let Some(id) = self.only.iter().find(|id| !law.procedures.contains_key(id.as_str())) {
            return Err(unknown(&law, id));
        }
        let chosen = |procedure: &&Arc<Procedure>| {
            self.only.is_empty() || self.only.iter().any(|id| *procedure.id == **id)
        };
        for procedure in law.procedures.values().flatten().filter(chosen) {
            faults.extend(sums.examine(procedure, &law, &files));
        }
        if !faults.is_empty() {
            say!("{}", render_all(&faults, &files, std::io::stdout().is_terminal()));
        }
        if self.mutate {
            let all = law.procedures.values().flatten().filter(chosen);
            all.for_each(|procedure| sums.mutate(procedure, &law));
        }
        let errors = faults.iter().filter(|fault| fault.is_error()).count();
        say!("{}", sums.line(&law, errors, faults.len() - errors));
        if errors > 0 || sums.survived > 0 {
            let say = format!("没有通过：{errors}处错误，{}道考题不过", sums.failed);
            return Err(Failure::said(say));
        }
        Ok(())
    }
}

/// The numbers of the summary line.
#[derive(Default)]
struct Sums {
    acts: usize,
    conditions: usize,
    deadlines: usize,
    documents: usize,
    indicators: usize,
    scenarios: usize,
    failed: usize,
    unseen: usize,
    mutations: usize,
    survived: usize,
}

impl Sums {
    /// Runs the scenarios of a procedure: what came out differently, what no scenario has tried.
    fn examine(
        &mut self,
        procedure: &Arc<Procedure>,
        law: &Law,
        files: &[SourceFile],
    ) -> Vec<Diagnostic> {
        let scenarios = &procedure.scenarios;
        let runs: Vec<Run> =
            scenarios.iter().map(|scenario| run(procedure, scenario, &law.calendar)).collect();
        let mut faults = Vec::new();
        for (scenario, run) in scenarios.iter().zip(&runs) {
            let failed: BTreeSet<(usize, &str)> =
                run.failures.iter().map(|f| (f.line, f.message.as_str())).collect();
            self.failed += usize::from(!failed.is_empty());
            faults.extend(failed.into_iter().map(|(line, message)| {
                let message = format!("考题“{}”不过：{message}", scenario.name);
                check::failed(procedure, files, line, message)
            }));
        }
        let unseen = never_refused(procedure, &runs);
        faults.extend(unseen.iter().map(|(act, code)| check::unseen(procedure, files, act, code)));
        self.acts += procedure.acts.len();
        self.conditions += conditions(procedure);
        self.deadlines += procedure.deadlines.len();
        self.documents += procedure.documents.len();
        self.indicators += procedure.indicators.len();
        self.scenarios += runs.len();
        self.unseen += unseen.len();
        faults
    }

    fn mutate(&mut self, procedure: &Arc<Procedure>, law: &Law) {
        let all = mutations(procedure).len();
        let survivors = survivors(procedure, &law.calendar);
        say!("变异：{}改动{all}处，考题没有发现{}处", procedure.name, survivors.len());
        for what in &survivors {
            say!("   没有发现：{what}");
        }
        self.mutations += all;
        self.survived += survivors.len();
    }

    fn line(&self, law: &Law, errors: usize, warnings: usize) -> String {
        let joined = law.joined.len();
        let mut line = format!(
            "程序{}个，行为{}个，条件{}个，期限{}个，文书{}个，指标{}个，考题{}道通过{}道，\
             没有见过拒绝的条件{}个；错误{errors}处，提醒{warnings}处",
            law.procedures.len(),
            self.acts,
            self.conditions,
            self.deadlines,
            self.documents,
            self.indicators + joined,
            self.scenarios,
            self.scenarios - self.failed,
            self.unseen,
        );
        if self.mutations > 0 {
            line += &format!("；变异{}处，漏网{}处", self.mutations, self.survived);
        }
        line
    }
}

impl Show {
    fn run(&self) -> Result<(), Failure> {
        let (law, _) = Law::parse(&files(self.law.as_ref(), true)?);
        let procedure = law.procedures.get(self.procedure.as_str()).and_then(|e| e.last());
        let procedure = procedure.ok_or_else(|| unknown(&law, &self.procedure))?;
        let wall = wall(procedure, &law);
        say!("{}", wall.name);
        for line in &wall.about {
            say!("{}：{}", line.label, line.text);
        }
        let parts = [
            ("行为", &wall.acts),
            ("认定", &wall.findings),
            ("期限", &wall.deadlines),
            ("文书", &wall.documents),
            ("公示", &wall.notices),
            ("指标", &wall.indicators),
        ];
        for (title, entries) in parts.into_iter().filter(|(_, entries)| !entries.is_empty()) {
            say!("\n── {title} ──");
            for entry in entries {
                say!("{}", entry.paragraph());
            }
        }
        Ok(())
    }
}

impl Diff {
    fn run(&self) -> Result<(), Failure> {
        let files = files(Some(&self.folder), true)?;
        let (law, faults) = Law::parse(&files);
        let mut found = 0;
        for local in law.procedures.values().flatten() {
            let Some(base) = difference::base(&law, local) else { continue };
            found += 1;
            say!("{}（{}，底本 {}）", local.name, local.key(), base.key());
            for one in difference::differences(base, local, &law) {
                say!("{}", line(&one));
            }
        }
        let errors: Vec<Diagnostic> = faults.into_iter().filter(Diagnostic::is_error).collect();
        if !errors.is_empty() {
            say!("{}", render_all(&errors, &files, std::io::stdout().is_terminal()));
            return Err(Failure::said(format!("没有通过：{}处错误", errors.len())));
        }
        if found == 0 {
            say!("{}里没有叠加文件", self.folder.display());
        }
        Ok(())
    }
}

/// `  填　参数“合法性审核最短”数值：由省定 → 5。依据：…`
fn line(one: &Difference) -> String {
    let base = if one.base.is_empty() { "（无）" } else { &one.base };
    let basis = if one.basis.is_empty() { "（没有写）" } else { &one.basis };
    format!(
        "  {}　{}“{}”{}：{base} → {}　依据：{basis}",
        one.change.name(),
        one.part,
        one.name,
        one.side,
        one.local
    )
}
