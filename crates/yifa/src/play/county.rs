//! A county in one file: its organs, its people, their posts. 县情文件
//!
//! The demonstration county is one; `yifa init` reads one for a real county.

use engine::actor::{OrganPath, Post};
use jiff::civil::Date;
use law::{Id, value::Value};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Everything a database must know before the first act. 县情
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct County {
    /// Organs, above before below.
    #[serde(rename = "organ")]
    pub organs: Vec<OrganLine>,
    /// People.
    #[serde(rename = "person")]
    pub people: Vec<PersonLine>,
    /// Credentials that people get, through the acts of a roster.
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
    /// 姓名.
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

/// A credential to be got by playing a roster.
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
    #[error("县情文件读不懂：{0}")]
    Unreadable(#[from] toml::de::Error),
    /// A line contradicts another.
    #[error("县情文件：{0}")]
    Line(String),
}

impl County {
    /// Reads a county file and checks that its lines fit together.
    pub fn parse(text: &str) -> Result<Self, CountyFault> {
        let county: Self = toml::from_str(text)?;
        let first = county.organs.first().ok_or_else(|| fault("至少要有一个机关".into()))?;
        let code = first.path.clone();
        for organ in &county.organs {
            let above = organ.path.rsplit_once('/').map(|(above, _)| above);
            let known = above.is_none_or(|above| county.organs.iter().any(|o| o.path == above));
            if !known || OrganPath::from(organ.path.as_str()).county() != code {
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
        Ok(county)
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
