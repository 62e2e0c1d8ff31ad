//! The law as a whole: everything that was read, and what is in force on a day.

use std::{
    collections::BTreeMap,
    sync::{Arc, LazyLock},
};

use indexmap::IndexMap;
use jiff::civil::Date;

use crate::{
    Id,
    assessment::{self, Assessment},
    calendar::Calendar,
    check,
    diagnostic::Diagnostic,
    exchange::{self, Exchange},
    indicator::{self, Joined, KeyMap, Keys},
    organ::Organs,
    outline::{self, Choice, Outline},
    procedure::Procedure,
    quota::{self, Quota},
    read::{self, Definition},
    source::{self, SourceFile},
    statute::Statutes,
};

/// Everything under `law/`. 法
#[derive(Clone, Debug, Default)]
pub struct Law {
    /// Every edition of every procedure, oldest first.
    pub procedures: IndexMap<Id, Vec<Arc<Procedure>>>,
    /// Working days.
    pub calendar: Calendar,
    /// Which laws exist.
    pub statutes: Statutes,
    /// Indicators that join procedures.
    pub joined: IndexMap<Id, Joined>,
    /// Report outlines.
    pub outlines: Vec<Outline>,
    /// Who must do how much.
    pub quotas: IndexMap<Id, Quota>,
    /// How organs are scored.
    pub assessments: IndexMap<Id, Assessment>,
    /// Kinds of organ and posts.
    pub organs: Organs,
    /// Keys of published lists of figures.
    pub keys: KeyMap,
    /// Exchanges of files with other platforms.
    pub exchanges: IndexMap<Id, Exchange>,
    /// The files it was read from, for whoever wants to see the text.
    pub sources: Arc<[SourceFile]>,
}

impl Law {
    /// Reads a law folder and says everything that is wrong with it.
    ///
    /// An edition with errors is left out; the rest is law all the same, so that one mistake of a
    /// county does not close its office.
    pub fn parse(files: &[SourceFile]) -> (Self, Vec<Diagnostic>) {
        let (calendar, mut faults) = Calendar::parse(files);
        let (statutes, more) = Statutes::parse(files);
        faults.extend(more);
        let (organs, more) = Organs::parse(files);
        faults.extend(more);

        let definitions = folders(files).into_values().flat_map(|folder| read::folder(&folder));
        let mut definitions: Vec<Definition> = definitions.collect();
        let overlays = overlay_folders(files);
        faults.extend(read::overlays(&overlays, &mut definitions, &statutes));
        check::definitions(&mut definitions, &statutes, &organs);

        // Editions with errors count here, so that one error does not bring forth others.
        let mut figures = Keys::of(definitions.iter().map(|definition| &definition.procedure));
        let (joined, keys, more) = indicator::parse(files, &mut figures);
        faults.extend(more);
        let (outlines, more) = outline::parse(files, &figures, &organs);
        faults.extend(more);
        let known = quota::Known { figures: &figures, organs: &organs, statutes: &statutes };
        let (quotas, more) = quota::parse(files, &known);
        faults.extend(more);
        let known = assessment::Known {
            figures: &figures,
            organs: &organs,
            statutes: &statutes,
            quotas: &quotas,
        };
        let (assessments, more) = assessment::parse(files, &known);
        faults.extend(more);
        // The newest edition of each duty is the one that is fed.
        let newest = definitions.iter().map(|definition| &definition.procedure);
        let newest = newest.map(|procedure| (procedure.id.clone(), procedure)).collect();
        let (exchanges, more) = exchange::parse(files, &newest);
        faults.extend(more);
        let named = check::named(&definitions, &figures, &outlines);
        for (definition, more) in definitions.iter_mut().zip(named) {
            definition.faults.extend(more);
        }

        let mut procedures: IndexMap<Id, Vec<Arc<Procedure>>> = IndexMap::new();
        for definition in definitions {
            let sound = definition.sound();
            faults.extend(definition.faults);
            if sound {
                let procedure = Arc::new(definition.procedure);
                let editions = procedures.entry(procedure.id.clone()).or_default();
                editions.push(procedure);
                // A local overlay comes after its base, also where both begin on one day.
                editions.sort_by_key(|edition| edition.effective);
            }
        }
        (
            Self {
                procedures,
                calendar,
                statutes,
                joined,
                outlines,
                quotas,
                assessments,
                organs,
                keys,
                exchanges,
                sources: files.into(),
            },
            faults,
        )
    }

    /// The law that the binary carries, read once.
    pub fn embedded() -> Arc<Self> {
        static EMBEDDED: LazyLock<Arc<Law>> =
            LazyLock::new(|| Arc::new(Law::parse(&source::embedded()).0));
        EMBEDDED.clone()
    }

    /// The edition of a procedure that a case opened on this day follows.
    pub fn in_force(&self, procedure: &str, on: Date) -> Option<&Arc<Procedure>> {
        let editions = self.procedures.get(procedure)?;
        editions.iter().rev().find(|edition| edition.effective <= on)
    }

    /// One edition by the hash that stands in the ledger.
    pub fn edition(&self, procedure: &str, hash: &str) -> Option<&Arc<Procedure>> {
        self.procedures.get(procedure)?.iter().find(|edition| &*edition.hash == hash)
    }

    /// The newest edition of every procedure, in the order of the menu.
    pub fn newest(&self) -> impl Iterator<Item = &Arc<Procedure>> {
        self.procedures.values().filter_map(|editions| editions.last())
    }

    /// The outline for the annual report that a kind of organ makes of a year; the one that begins latest
    /// where several are meant for it.
    pub fn outline(&self, kind: &str, year: i16) -> Option<&Outline> {
        let annual = self.outlines.iter().filter(|one| one.of.is_none());
        let meant = annual.filter(|one| one.choice == Choice::Default && one.fits(kind, year));
        meant.max_by_key(|outline| outline.years.0)
    }
}

/// The files of each duty, by its folder.
fn folders(files: &[SourceFile]) -> BTreeMap<&str, Vec<SourceFile>> {
    let mut folders: BTreeMap<&str, Vec<SourceFile>> = BTreeMap::new();
    for file in files {
        let inside = file.path.strip_prefix("procedures/").and_then(|path| path.split_once('/'));
        if let Some((folder, _)) = inside {
            folders.entry(folder).or_default().push(file.clone());
        }
    }
    folders
}

/// The files of each local overlay: what lies beside or below an `overlay.toml`.
fn overlay_folders(files: &[SourceFile]) -> Vec<Vec<SourceFile>> {
    let roots = files.iter().filter_map(|file| file.path.strip_suffix("overlay.toml"));
    let inside =
        |root: &str| files.iter().filter(|file| file.path.starts_with(root)).cloned().collect();
    roots.map(inside).collect()
}
