//! The track of stages on top of a case page.

use law::procedure::{Procedure, START, Target};

use crate::web::case_file::CaseFile;

/// A stage of the track.
pub(super) struct Stage {
    pub(super) name: String,
    pub(super) class: &'static str,
}

/// The stages passed, the present one, and those of the usual way ahead.
pub(super) fn stages(file: &CaseFile) -> Vec<Stage> {
    let (case, procedure) = (&file.case, &file.case.procedure);
    let mut passed: Vec<&str> = Vec::new();
    for recorded in case.in_effect() {
        if let Some(stage) = &recorded.fact.stage {
            passed.retain(|earlier| *earlier != stage.as_str());
            passed.push(stage);
        }
    }
    let now = case.stage();
    if let Some(at) = passed.iter().position(|stage| *stage == now) {
        passed.truncate(at + 1);
    }
    let mut ahead = Vec::new();
    let mut from = now;
    while let Some(next) = usual(procedure, from, &passed, &ahead) {
        ahead.push(next);
        from = next;
    }
    let name = |stage: &str| {
        procedure.stages.get(stage).map_or("已作废", |stage| stage.name.as_str()).to_owned()
    };
    let ended = case.ended().is_some() || case.is_void();
    let class = |stage: &str| match stage == now {
        true if ended => "end",
        true => "now",
        false => "done",
    };
    if case.is_void() {
        return vec![Stage { name: "已作废".into(), class: "end" }];
    }
    let behind = passed.iter().map(|stage| Stage { name: name(stage), class: class(stage) });
    let ahead = ahead.iter().map(|stage| Stage { name: name(stage), class: "" });
    behind.chain(ahead).collect()
}

/// The first act of the file that leads on from a stage says what usually comes next.
fn usual<'p>(
    procedure: &'p Procedure,
    from: &str,
    passed: &[&str],
    ahead: &[&str],
) -> Option<&'p str> {
    if from == START || procedure.stages.get(from).is_none_or(|stage| stage.end) {
        return None;
    }
    let place = |stage: &str| procedure.stages.get_index_of(stage);
    let later = |stage: &&str| {
        place(stage) > place(from) && !passed.contains(stage) && !ahead.contains(stage)
    };
    let acts = procedure.acts.values().filter(|act| act.from.iter().any(|stage| stage == from));
    acts.flat_map(|act| match &act.to {
        Some(Target::Always(stage)) => vec![stage.as_str()],
        Some(Target::When(branches)) => branches.iter().map(|(_, stage)| stage.as_str()).collect(),
        None => Vec::new(),
    })
    .find(later)
}
