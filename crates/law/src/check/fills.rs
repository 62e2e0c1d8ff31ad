//! 21 What the system fills in: nothing else fills it too, and what it names exists.

use super::Checker;
use crate::{
    Id,
    diagnostic::{Diagnostic, nearest},
    indicator::Keys,
    outline::Outline,
    procedure::{FigureOf, Fill},
    read::Definition,
    toml_file::TomlFile,
};

impl Checker<'_> {
    pub(super) fn fills(&mut self) {
        for act in self.procedure.acts.values() {
            if act.each.is_some() && act.opens_case() {
                let message = format!("“{}”开始一件案子，还没有可以逐项办的", act.name);
                let fault = self.error("E2104", &["act", &act.id, "each"], message);
                self.add(fault.instead("删去 each"));
            }
        }
    }
}

/// Indicators and outlines that fields name, once every file has been read.
pub(crate) fn named(
    all: &[Definition],
    keys: &Keys<'_>,
    outlines: &[Outline],
) -> Vec<Vec<Diagnostic>> {
    let faults_of = |definition: &Definition| {
        let mut faults = Vec::new();
        for field in definition.procedure.fields.values() {
            let (known, name, what): (bool, &Id, &str) = match &field.fill {
                Some(Fill::Figure(figure)) => match &figure.of {
                    FigureOf::Fixed(key) => (keys.known(key), key, "指标"),
                    FigureOf::Chosen(_) => continue,
                },
                Some(Fill::Draft { outline, .. }) => {
                    (outlines.iter().any(|one| one.id == *outline), outline, "提纲")
                }
                _ => continue,
            };
            if known {
                continue;
            }
            let file = &definition.file;
            let place =
                TomlFile::parse(&file.path, &file.text).place(&["field", &field.id, "fill"]);
            let fault = Diagnostic::error("E2102", &file.path, place, format!("没有{what} {name}"));
            let near = match what {
                "指标" => keys.near(name).map(str::to_owned),
                _ => nearest(name, outlines.iter().map(|one| one.id.as_str())).map(str::to_owned),
            };
            faults.push(match near {
                Some(near) => fault.instead(format!("是不是 {near}？")),
                None => fault.instead("写 indicators、reports 里或者程序里有的"),
            });
        }
        faults
    };
    all.iter().map(faults_of).collect()
}
