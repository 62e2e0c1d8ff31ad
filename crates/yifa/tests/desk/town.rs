//! A county in a temporary folder, with people but without cases.

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use jiff::civil::Date;
use yifa::{
    clock::Clock,
    office::Office,
    place::Place,
    play::{county::County, founding::found},
};

/// The password of everybody in the town.
pub const PASSWORD: &str = "Shifan-2026-dui";

/// A folder of one test, removed at its end.
pub struct Town {
    folder: PathBuf,
}

impl Town {
    /// Founds the demonstration county.
    pub fn found() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("yifa-desk-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let town = Self { folder };
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/county");
        let county = County::read(&folder).unwrap();
        let store = town.place().store().unwrap();
        found(&store, &county, Date::constant(2024, 1, 1), PASSWORD, false).unwrap();
        town
    }

    /// Where it lies.
    pub fn place(&self) -> Place {
        Place { db: self.folder.join("yifa.db").display().to_string(), law: None, county: None }
    }

    /// Its office.
    pub fn office(&self) -> Office {
        self.place().office(Clock::Machine).unwrap()
    }
}

impl Drop for Town {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
