//! A county in a file or a folder of files: its organs, its people, their posts. 县情文件
//!
//! The demonstration county is one; `yifa init` reads one for a real county.

use engine::actor::{OrganPath, Post};
use jiff::civil::Date;
use law::{Id, value::Value};
use serde::Deserialize;
use std::{collections::BTreeMap, fs, io, path::Path};

/// Everything a database must know before the first act. 县情
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct County {
    /// Organs, above before below.
    #[serde(default, rename = "organ")]
    pub organs: Vec<OrganLine>,
    /// People. Who is named again gets the further posts.
    #[serde(default, rename = "person")]
    pub people: Vec<PersonLine>,
    /// Credentials that people get, and rosters that list them, through the acts of a roster.
    #[serde(default, rename = "certificate")]
    pub certificates: Vec<CertificateLine>,
    /// Fictitious parties; only a demonstration has them.
    #[serde(default)]
    pub party: Parties,
}

/// One organ.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrganLine {
    /// Path, county first.
    pub path: String,
    /// 全称.
    pub name: String,
    /// 简称, used in document numbers.
    pub short: String,
    /// Kind, from `law/organs`.
    pub kind: String,
}

/// One person.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonLine {
    /// Account id.
    pub id: String,
    /// 姓名; left out where the person stands in an earlier file.
    #[serde(default)]
    pub name: String,
    /// What is typed at sign-in, if the person signs in.
    #[serde(default)]
    pub login: Option<String>,
    /// What the account is shown for in the list of demonstration accounts.
    #[serde(default)]
    pub shows: Option<String>,
    /// `role@path`, optionally `role@path:2024-01-01` or `role@path:2024-01-01..2024-12-31`.
    #[serde(default)]
    pub posts: Vec<String>,
}

/// A credential to be got, or a place in a roster, by playing it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateLine {
    /// Who gets it.
    pub person: String,
    /// The roster.
    pub procedure: String,
    /// Which of its plays; the first where none is named.
    #[serde(default)]
    pub play: Option<String>,
    /// Answers that differ from the story's, by field.
    #[serde(default)]
    pub with: BTreeMap<String, toml::Value>,
}

/// Fictitious parties to choose from.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parties {
    /// 公民.
    #[serde(default)]
    pub people: Vec<String>,
    /// 法人或者其他组织.
    #[serde(default)]
    pub orgs: Vec<String>,
    /// 电话.
    #[serde(default)]
    pub phones: Vec<String>,
    /// 住址.
    #[serde(default)]
    pub addresses: Vec<String>,
}

/// What is wrong with a county file.
#[derive(Debug, thiserror::Error)]
pub enum CountyFault {
    /// Not TOML of this form.
    #[error("县情文件{file}读不懂：{error}")]
    Unreadable {
        /// Which.
        file: String,
        /// Where and why.
        error: toml::de::Error,
    },
    /// Not there, or not text.
    #[error("县情文件{file}读不了：{error}")]
    Missing {
        /// Which.
        file: String,
        /// Why.
        error: io::Error,
    },
    /// A line contradicts another.
    #[error("县情文件：{0}")]
    Line(String),
}

impl County {
    /// Reads a county file, or every file of a folder in order of names.
    pub fn read(path: &Path) -> Result<Self, CountyFault> {
        let missing =
            |path: &Path, error| CountyFault::Missing { file: path.display().to_string(), error };
        let mut paths = vec![path.to_owned()];
        if path.is_dir() {
            let entries = fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>);
            let entries = entries.map_err(|error| missing(path, error))?;
            paths = entries.into_iter().map(|entry| entry.path()).collect();
            paths.retain(|path| path.extension().is_some_and(|end| end == "toml"));
        }
        let files = paths.into_iter().map(|path| {
            let text = fs::read_to_string(&path).map_err(|error| missing(&path, error))?;
            Ok((path.display().to_string(), text))
        });
        Self::parse(files.collect::<Result<_, CountyFault>>()?)
    }

    /// Puts files (name, text) together, in order of names, and checks that their lines fit.
    pub fn parse(mut files: Vec<(String, String)>) -> Result<Self, CountyFault> {
        files.sort();
        let mut county = Self::default();
        for (file, text) in files {
            let more: Self =
                toml::from_str(&text).map_err(|error| CountyFault::Unreadable { file, error })?;
            county.add(more)?;
        }
        county.fits()?;
        Ok(county)
    }

    fn add(&mut self, more: Self) -> Result<(), CountyFault> {
        self.organs.extend(more.organs);
        for person in more.people {
            match self.people.iter_mut().find(|known| known.id == person.id) {
                Some(known) => {
                    known.posts.extend(person.posts);
                    known.login = known.login.take().or(person.login);
                    known.shows = known.shows.take().or(person.shows);
                }
                None if person.name.is_empty() => {
                    return Err(fault(format!("人员 {} 没有写姓名（name）", person.id)));
                }
                None => self.people.push(person),
            }
        }
        self.certificates.extend(more.certificates);
        self.party.people.extend(more.party.people);
        self.party.orgs.extend(more.party.orgs);
        self.party.phones.extend(more.party.phones);
        self.party.addresses.extend(more.party.addresses);
        Ok(())
    }

    fn fits(&self) -> Result<(), CountyFault> {
        let county = self;
        let first = county.organs.first().ok_or_else(|| fault("至少要有一个机关".into()))?;
        let code = &first.path;
        for organ in &county.organs {
            let above = organ.path.rsplit_once('/').map(|(above, _)| above);
            let known = above.is_none_or(|above| county.organs.iter().any(|o| o.path == above));
            if !known || OrganPath::from(organ.path.as_str()).county() != *code {
                return Err(fault(format!("机关“{}”（{}）没有上级", organ.name, organ.path)));
            }
        }
        for person in &county.people {
            for post in &person.posts {
                let (_, organ, ..) = post_parts(post).ok_or_else(|| {
                    fault(format!("{}的岗位“{post}”应写作“岗位@机关”", person.name))
                })?;
                if !county.organs.iter().any(|known| known.path == organ) {
                    return Err(fault(format!("{}的岗位“{post}”：没有机关{organ}", person.name)));
                }
            }
        }
        Ok(())
    }

    /// The county's code.
    pub fn code(&self) -> &str {
        &self.organs[0].path // `parse` saw that there is one.
    }

    /// Gives the first town, or the county itself, another name: for simulations of a report.
    pub fn renamed(mut self, name: &str) -> (Self, OrganPath) {
        let town = name.ends_with(['镇', '乡']) || name.ends_with("街道");
        let organ = match town {
            true => self.organs.iter_mut().find(|organ| organ.name.ends_with("镇人民政府")),
            false => self.organs.first_mut(),
        };
        let path = match organ {
            Some(organ) => {
                organ.name = if town { format!("{name}人民政府") } else { name.to_owned() };
                organ.short = name.trim_end_matches(['镇', '乡', '县', '区']).to_owned();
                organ.path.as_str().into()
            }
            None => self.code().into(),
        };
        (self, path)
    }
}

impl PersonLine {
    /// The person's posts; those without dates begin on `from`.
    pub fn held(&self, from: Date) -> Vec<Post> {
        self.posts
            .iter()
            .filter_map(|post| post_parts(post))
            .map(|(role, organ, begins, to)| Post {
                role: Id::from(role),
                organ: organ.into(),
                from: begins.unwrap_or(from),
                to,
                substitute_for: None,
            })
            .collect()
    }
}

impl CertificateLine {
    /// An answer of the line as a value, where its kind can be told from the writing.
    pub fn answer(value: &toml::Value) -> Option<Value> {
        Some(match value {
            toml::Value::String(text) => Value::Text(text.clone()),
            toml::Value::Integer(number) => Value::Int(*number),
            toml::Value::Boolean(yes) => Value::Yes(*yes),
            toml::Value::Datetime(at) => {
                let day = at.date?;
                let month = i8::try_from(day.month).ok()?;
                let date =
                    Date::new(i16::try_from(day.year).ok()?, month, i8::try_from(day.day).ok()?);
                Value::Date(date.ok()?)
            }
            toml::Value::Array(codes) => {
                let codes = codes.iter().map(|code| code.as_str().map(Id::from));
                Value::Codes(codes.collect::<Option<_>>()?)
            }
            _ => return None,
        })
    }
}

fn post_parts(text: &str) -> Option<(&str, &str, Option<Date>, Option<Date>)> {
    let (role, place) = text.split_once('@')?;
    let (organ, dates) = match place.split_once(':') {
        None => (place, None),
        Some((organ, dates)) => (organ, Some(dates)),
    };
    let (from, to) = match dates {
        None => (None, None),
        Some(dates) => match dates.split_once("..") {
            None => (Some(dates.parse().ok()?), None),
            Some((from, to)) => (Some(from.parse().ok()?), Some(to.parse().ok()?)),
        },
    };
    Some((role, organ, from, to))
}

fn fault(message: String) -> CountyFault {
    CountyFault::Line(message)
}
