//! Every scenario under `law/`, played through the engine.

use std::{collections::BTreeMap, sync::Arc};

use engine::scenario::{Run, conditions, never_refused, run};
use law::{calendar::Calendar, read, source, source::SourceFile};

#[test]
fn every_scenario_of_the_law_comes_out_as_written() {
    let files = source::embedded();
    let (calendar, faults) = Calendar::parse(&files);
    assert!(faults.is_empty(), "{faults:?}");
    let mut failed = String::new();
    let mut folders: BTreeMap<&str, Vec<SourceFile>> = BTreeMap::new();
    for file in &files {
        if let Some((folder, _)) =
            file.path.strip_prefix("procedures/").and_then(|path| path.split_once('/'))
        {
            folders.entry(folder).or_default().push(file.clone());
        }
    }
    for definition in folders.values().flat_map(|files| read::folder(files)) {
        for fault in &definition.faults {
            println!("{fault:?}");
        }
        let procedure = Arc::new(definition.procedure);
        let runs: Vec<Run> = procedure
            .scenarios
            .iter()
            .map(|scenario| {
                let run = run(&procedure, scenario, &calendar);
                for failure in &run.failures {
                    let name = &scenario.name;
                    failed += &format!("{} 第{}行 {name}：{failure}\n", procedure.id, failure.line);
                }
                run
            })
            .collect();
        let unseen = never_refused(&procedure, &runs);
        println!(
            "{}: {} scenarios, {} of {} conditions never seen to refuse",
            procedure.id,
            runs.len(),
            unseen.len(),
            conditions(&procedure)
        );
        for (act, code) in unseen {
            println!("  {act} {code}");
        }
    }
    assert!(failed.is_empty(), "\n{failed}");
}
