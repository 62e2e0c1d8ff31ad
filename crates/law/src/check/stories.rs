//! 09 Scenarios and 11 transitions.

use super::Checker;
use crate::{
    Id,
    diagnostic::{Diagnostic, nearest},
    procedure::Procedure,
    source::SourceFile,
    toml_file::TomlFile,
};

impl Checker<'_> {
    pub(super) fn stories(&mut self) {
        self.examined();
        self.opened();
        self.transitions();
    }

    /// No scenarios, no effect.
    fn examined(&mut self) {
        let p = self.procedure;
        if p.scenarios.is_empty() {
            let message = format!("“{}”没有考题", p.name);
            let fault = self.error("E0906", &["procedure"], message);
            self.add(
                fault
                    .instead("在 scenarios.toml 里至少写一道 [[scenario]]")
                    .why("没有考题的程序不能生效"),
            );
        }
        for scenario in p.scenarios.iter().filter(|scenario| scenario.play) {
            let ended = scenario.then.stage.as_ref().and_then(|stage| p.stages.get(stage));
            if !ended.is_some_and(|stage| stage.end || p.roster) {
                let message = format!("“{}”写了 play，却没有走到终点", scenario.name);
                let fault = self.in_scenarios("E0909", scenario.line, message);
                self.add(fault.instead("then = { stage = \"终点\" }，或者删去 play"));
            }
        }
    }

    /// Duties that scenarios expect to be opened exist, and roles of players too.
    fn opened(&mut self) {
        let p = self.procedure;
        for scenario in &p.scenarios {
            for step in &scenario.when {
                let Some(opened) = &step.opens else { continue };
                let named = p.acts.get(&step.does).and_then(|act| act.opens.as_ref());
                if named.is_none_or(|opens| opens.procedure != *opened) {
                    let message = format!("{} 不移送到 {opened}", step.does);
                    let fault = self.in_scenarios("E0902", step.line, message);
                    self.add(fault.instead("删去 opens，或者改成它移送的程序"));
                }
            }
            if self.organs.roles.is_empty() {
                continue;
            }
            for (name, player) in &scenario.given {
                let unknown = player.roles.iter().filter(|role| {
                    !self.organs.roles.contains_key(*role) && !p.roles.contains_key(*role)
                });
                for role in unknown.cloned().collect::<Vec<Id>>() {
                    let message = format!("“{name}”的角色 {role} 没有登记过");
                    let fault = self.in_scenarios("E0910", scenario.line, message);
                    let known = self.organs.roles.keys().chain(p.roles.keys()).map(|id| &**id);
                    self.add(match nearest(&role, known) {
                        Some(near) => fault.instead(format!("是不是 {near}？")),
                        None => fault.instead("写程序里或者 organs 里有的角色"),
                    });
                }
            }
        }
    }

    /// Every old stage is mapped, or keeps its name, or its cases stay.
    fn transitions(&mut self) {
        let p = self.procedure;
        let editions = self.duties.get(&p.id).map(Vec::as_slice).unwrap_or_default();
        for transition in &p.transitions {
            let name = ["transition", &*transition.version];
            let Some(old) = editions.iter().find(|edition| edition.version == transition.version)
            else {
                let versions: Vec<&str> =
                    editions.iter().map(|edition| &*edition.version).collect();
                let fault =
                    self.error("E1103", &name, format!("没有 {} 这一版", transition.version));
                self.add(fault.instead(format!("写已有的旧版：{}", versions.join("、"))));
                continue;
            };
            for stage in transition.map.keys().filter(|stage| !old.stages.contains_key(*stage)) {
                let name = ["transition", &*transition.version, "map", stage];
                let fault =
                    self.error("E1104", &name, format!("{} 版没有阶段 {stage}", old.version));
                self.add(match nearest(stage, old.stages.keys().map(|id| &**id)) {
                    Some(near) => fault.instead(format!("是不是 {near}？")),
                    None => fault.instead("写旧版的阶段"),
                });
            }
            if transition.move_if.is_none() {
                continue; // All stay.
            }
            for stage in old.stages.values() {
                let kept =
                    transition.map.contains_key(&stage.id) || p.stages.contains_key(&stage.id);
                if !kept {
                    let message = format!("旧版的“{}”({}) 在新版没有去处", stage.name, stage.id);
                    let fault = self.error("E1105", &name, message);
                    self.add(fault.instead(format!("在 map 里加 {} = \"新版阶段\"", stage.id)));
                }
            }
        }
    }

    fn in_scenarios(&self, code: &'static str, line: usize, message: String) -> Diagnostic {
        let file = self.definition.scenarios.as_ref().unwrap_or(&self.definition.file);
        at_line(code, Some(file), line, message)
    }
}

/// What came out differently when a scenario was run: for whoever runs them.
pub fn failed(
    p: &Procedure,
    files: &[SourceFile],
    line: usize,
    message: impl Into<String>,
) -> Diagnostic {
    let why = "考题不过的程序不能生效";
    at_line("E0908", scenario_file(p, files), line, message.into())
        .instead("改程序，或者改考题")
        .why(why)
}

/// A condition that no scenario has seen refuse; `ground` is its id, or `not_by`, `team` and so on.
pub fn unseen(p: &Procedure, files: &[SourceFile], act: &Id, ground: &str) -> Diagnostic {
    let act_name = p.acts.get(act).map(|act| act.name.as_str()).unwrap_or_default();
    let condition = p.acts.get(act).and_then(|act| act.require.get(ground));
    let (name, what) = match condition {
        Some(condition) => (vec!["act", act, "require", ground], condition.say.as_str()),
        None => (vec!["act", act, ground], ground),
    };
    let file = files.iter().find(|file| file.path == p.path);
    let place = file.map(|file| TomlFile::parse(&file.path, &file.text).place(&name));
    let message = format!("没有考题见过“{act_name}”因为“{what}”不予办理");
    Diagnostic::warning("E0907", &p.path, place.unwrap_or_default(), message)
        .instead(format!("加一道考题：refused = \"{ground}\""))
        .why("没有考过的条件，写错了也没人知道")
}

/// The file of a duty's scenarios: beside it, with the same edition in its name.
fn scenario_file<'a>(p: &Procedure, files: &'a [SourceFile]) -> Option<&'a SourceFile> {
    let (folder, name) = p.path.rsplit_once('/').unwrap_or(("", &p.path));
    let story = match name.strip_prefix("procedure.") {
        Some(edition) if edition != "toml" => format!("scenarios.{edition}"),
        _ => "scenarios.toml".to_owned(),
    };
    let beside = |file: &&SourceFile| {
        file.path.strip_prefix(folder).map(|rest| rest.trim_start_matches('/')) == Some(&story)
    };
    files.iter().find(beside).or_else(|| files.iter().find(|file| file.path == p.path))
}

fn at_line(
    code: &'static str,
    file: Option<&SourceFile>,
    line: usize,
    message: String,
) -> Diagnostic {
    let Some(file) = file else {
        return Diagnostic::error(code, "", 0..0, message);
    };
    let before = file.text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len);
    let start: usize = before.sum();
    let rest = &file.text[start.min(file.text.len())..];
    let indent = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let length = rest.find('\n').unwrap_or(rest.len());
    let span = start + indent..start + length.max(indent);
    Diagnostic::error(code, &file.path, span, message)
}
