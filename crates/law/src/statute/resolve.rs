//! 引用核对: what a cited title is on a day.

use std::cmp::Reverse;

use jiff::civil::Date;

use super::{COUNTRY, Edition, Statute, Statutes, simplified};
use crate::diagnostic::nearest;

/// What a cited title is on a day. 引用核对
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolution<'a> {
    /// 现行有效.
    InForce {
        /// The law.
        statute: &'a Statute,
        /// The edition of that day, where it is known.
        edition: Option<&'a Edition>,
    },
    /// 已经失效.
    Repealed {
        /// The law.
        statute: &'a Statute,
        /// From this day on.
        since: Date,
        /// Titles in force on the day asked for that took its place.
        replaced_by: Vec<&'a str>,
        /// Whether the day was checked.
        checked: bool,
    },
    /// 尚未施行.
    NotYet {
        /// The law.
        statute: &'a Statute,
        /// From this day on.
        from: Date,
        /// Whether the day was checked.
        checked: bool,
    },
    /// 未收录.
    Unknown {
        /// The title that was perhaps meant.
        nearest: Option<&'a str>,
    },
}

impl Statutes {
    /// What a title is on a day.
    ///
    /// Titles may be full or short, with or without 中华人民共和国, or a document number. An
    /// edition in brackets, such as （2017修正）, asks for that edition.
    pub fn resolve(&self, title: &str, on: Date) -> Resolution<'_> {
        let known = self.find(title, on);
        known.unwrap_or_else(|| Resolution::Unknown { nearest: self.perhaps(title) })
    }

    /// The same without looking for what may have been meant, which takes the whole list.
    pub(super) fn find(&self, title: &str, on: Date) -> Option<Resolution<'_>> {
        let as_written = self.named(title).map(|statute| self.standing(statute, on));
        if let Some(best) = as_written.max_by_key(|standing| preference(standing, on)) {
            return Some(best);
        }
        let (bare, edition) = split_edition(title)?;
        let statute = self.named(bare).next()?;
        Some(self.standing_of_edition(statute, edition, on))
    }

    /// The full title that was perhaps meant. 中华人民共和国 itself may be misspelt.
    ///
    /// A title that only puts words before another, such as 某省优化营商环境条例, is no slip but a
    /// rule of its own.
    fn perhaps(&self, title: &str) -> Option<&str> {
        let simple = simplified(title);
        let country = if simple.starts_with("中华") { COUNTRY } else { "" };
        let length = simple.chars().count();
        let names = self.list.iter().zip(&self.titles).filter_map(|(statute, name)| {
            let letters = country.chars().count() + name.chars().count();
            let near = letters.abs_diff(length) <= 3;
            near.then(|| (letters, format!("{country}{name}"), &*statute.title))
        });
        let mut near: Vec<(usize, String, &str)> =
            names.filter(|(_, name, _)| !simple.ends_with(name)).collect();
        // Of names equally near the longer first: letters are left out more often than added.
        near.sort_by_key(|(letters, ..)| Reverse(*letters));
        let meant = nearest(&simple, near.iter().map(|(_, name, _)| name.as_str()))?;
        near.iter().find(|(_, name, _)| name == meant).map(|(.., title)| *title)
    }

    fn standing<'a>(&'a self, statute: &'a Statute, on: Date) -> Resolution<'a> {
        if let Some(since) = statute.until.filter(|until| *until <= on) {
            let replaced_by = self.in_place_of(&statute.replaced_by, on, 0);
            let checked = statute.until_checked;
            return Resolution::Repealed { statute, since, replaced_by, checked };
        }
        let edition = statute.edition_on(on);
        let first =
            statute.editions.first().and_then(|first| Some((first.from?, first.from_checked)));
        match first.filter(|(from, _)| edition.is_none() && on < *from) {
            Some((from, checked)) => Resolution::NotYet { statute, from, checked },
            None => Resolution::InForce { statute, edition },
        }
    }

    fn standing_of_edition<'a>(
        &'a self,
        statute: &'a Statute,
        edition: &str,
        on: Date,
    ) -> Resolution<'a> {
        let year = &edition[..4]; // `split_edition` gives four digits first.
        let place = statute.editions.iter().position(|one| one.name.starts_with(year));
        let next = match place {
            Some(place) => statute.editions.get(place + 1),
            None => statute.editions.last().filter(|last| {
                let from = last.from.map(|from| from.year().to_string());
                from.is_some_and(|from| year < &*from) && !last.name.starts_with(year)
            }),
        };
        match next.and_then(|next| next.from.zip(Some(next.from_checked))) {
            Some((since, checked)) if since <= on => {
                let replaced_by = vec![&*statute.title];
                Resolution::Repealed { statute, since, replaced_by, checked }
            }
            _ => self.standing(statute, on),
        }
    }

    /// The laws in force on a day that took the place of others, through any number of changes.
    fn in_place_of<'a>(&'a self, titles: &'a [String], on: Date, depth: u8) -> Vec<&'a str> {
        let mut found = Vec::new();
        for title in titles {
            let next = self.get(title).filter(|statute| statute.until.is_some_and(|at| at <= on));
            match next.filter(|statute| !statute.replaced_by.is_empty() && depth < 8) {
                Some(statute) => {
                    found.extend(self.in_place_of(&statute.replaced_by, on, depth + 1))
                }
                None => found.push(title.as_str()),
            }
        }
        found
    }
}

/// `行政处罚法（2017年修正）` into the title and `2017年修正`.
fn split_edition(title: &str) -> Option<(&str, &str)> {
    let title = title.trim();
    let inner = title.strip_suffix(['）', ')'])?;
    let open = inner.rfind(['（', '('])?;
    let edition = inner[open..].trim_start_matches(['（', '(']);
    let dated = edition.len() >= 4 && edition.as_bytes()[..4].iter().all(u8::is_ascii_digit);
    dated.then_some((&title[..open], edition))
}

/// Of two laws of one name, the one that is meant: in force, else last repealed, else next to come.
fn preference(standing: &Resolution<'_>, on: Date) -> (u8, i32) {
    match standing {
        Resolution::InForce { .. } => (3, 0),
        Resolution::Repealed { since, .. } => (2, -(on - *since).get_days()),
        Resolution::NotYet { from, .. } => (1, (on - *from).get_days()),
        Resolution::Unknown { .. } => (0, 0),
    }
}
