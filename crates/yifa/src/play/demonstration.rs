//! 演示县: the fictitious county and the plan of its year, embedded or from a folder.

use std::path::Path;

use include_dir::{Dir, include_dir};
use law::source::{self, SourceFile};
use serde::Deserialize;

use super::{county::County, year::YearFault};

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../demo");

/// A county with a plan of what is done there in a year. 演示县
#[derive(Clone, Debug)]
pub struct Demonstration {
    /// Its organs and people, from `county/*.toml`.
    pub county: County,
    /// What is done in a year, from `year/*.toml`.
    pub plans: Vec<PlanLine>,
}

/// How much of what is done in a year. 演示计划
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct YearPlan {
    #[serde(default, rename = "plan")]
    plans: Vec<PlanLine>,
}

/// One line of the plan.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanLine {
    /// Its procedure.
    pub procedure: String,
    /// Which of its plays; all of them in turn where none is named.
    #[serde(default)]
    pub play: Option<String>,
    /// Opened in these organs …
    #[serde(default)]
    pub organs: Vec<String>,
    /// … or in every organ of this kind.
    #[serde(default)]
    pub kind: Option<String>,
    /// So many in a calendar year, over all organs.
    pub count: u32,
    /// Opened on this day of every year (`01-15`), where not spread over the year.
    #[serde(default)]
    pub day: Option<String>,
    /// Opened within so many days before today, and only there: work that is still open.
    #[serde(default)]
    pub last: Option<i32>,
}

/// What stands in a file that stories attach by this name, where what it says matters.
pub fn attachment(name: &str) -> Option<&'static [u8]> {
    EMBEDDED.get_file(Path::new("attachments").join(name)).map(|file| file.contents())
}

impl Demonstration {
    /// The one the binary carries.
    pub fn embedded() -> Result<Self, YearFault> {
        Self::of(source::text_files(&EMBEDDED))
    }

    /// The one in a folder with `county/` and `year/`, or the embedded one.
    pub fn read(folder: Option<&Path>) -> Result<Self, YearFault> {
        let Some(folder) = folder else { return Self::embedded() };
        let files = source::read_folder(folder).map_err(|error| {
            YearFault::Plan(format!("演示文件夹{}读不了：{error}", folder.display()))
        })?;
        Self::of(files)
    }

    fn of(files: Vec<SourceFile>) -> Result<Self, YearFault> {
        let (mut county, mut plans) = (Vec::new(), Vec::new());
        for file in files {
            if file.path.starts_with("county/") {
                county.push((file.path, file.text));
            } else if file.path.starts_with("year/") {
                let more: YearPlan = toml::from_str(&file.text)
                    .map_err(|error| YearFault::Plan(format!("演示计划{}：{error}", file.path)))?;
                plans.extend(more.plans);
            }
        }
        Ok(Self { county: County::parse(county)?, plans })
    }
}
