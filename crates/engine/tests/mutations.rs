//! Taking one word away from a shipped definition must make a scenario fail.

use std::{collections::BTreeMap, sync::Arc};

use engine::mutate::{mutations, survivors};
use law::{calendar::Calendar, read, source, source::SourceFile};

#[test]
fn no_word_of_the_law_can_go_missing_unnoticed() {
    let files = source::embedded();
    let (calendar, _) = Calendar::parse(&files);
    let mut folders: BTreeMap<&str, Vec<SourceFile>> = BTreeMap::new();
    for file in &files {
        if let Some((folder, _)) =
            file.path.strip_prefix("procedures/").and_then(|path| path.split_once('/'))
        {
            folders.entry(folder).or_default().push(file.clone());
        }
    }
    let mut all = Vec::new();
    for definition in folders.values().flat_map(|files| read::folder(files)) {
        let procedure = Arc::new(definition.procedure);
        let survivors = survivors(&procedure, &calendar);
        println!(
            "{}: {} of {} survive",
            procedure.id,
            survivors.len(),
            mutations(&procedure).len()
        );
        all.extend(survivors.into_iter().map(|what| format!("{} {what}", procedure.id)));
    }
    assert!(all.is_empty(), "\n{}", all.join("\n"));
}
