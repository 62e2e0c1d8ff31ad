//! 错字: titles that differ from a known one by a slip of the pen.

use super::{COUNTRY, Rank, Statute, Statutes, simplified};

impl Statutes {
    /// The law whose title was misspelt: one letter left out, added, changed, or two swapped.
    pub(super) fn misspelt(&self, title: &str) -> Option<&Statute> {
        self.country_misspelt(title).or_else(|| {
            let simple: Vec<char> = simplified(title).chars().collect();
            let near = self.index.iter().filter_map(|(name, places)| {
                let slip = slip(&simple, name)?;
                let statute = &self.list[*places.first()?];
                // Two places may have like names, and their rules then differ by a letter.
                let local = statute.rank == Rank::LocalRegulation;
                let certain = !(slip.changed && (local || slip.letters < 6));
                certain.then_some((slip.changed, statute.until.is_some(), statute.rank, statute))
            });
            let best = near.min_by_key(|(changed, gone, rank, _)| (*changed, *gone, *rank));
            best.map(|(.., statute)| statute)
        })
    }

    /// `中华人民共和土地管理法`: the slip is in the name of the country.
    fn country_misspelt(&self, title: &str) -> Option<&Statute> {
        let title: String = title.chars().filter(|c| !c.is_whitespace()).collect();
        if title.starts_with(COUNTRY) || !title.starts_with(['中', '华']) {
            return None;
        }
        let whole: Vec<char> = title.chars().collect();
        let of_country = self.list.iter().filter(|statute| statute.title.starts_with(COUNTRY));
        let mut of_country = of_country.filter(|statute| slip(&whole, &statute.title).is_some());
        of_country.next().or_else(|| {
            (6..=8).find_map(|letters| {
                let at = title.char_indices().nth(letters)?.0;
                let (country, rest) = title.split_at(at);
                slip(&country.chars().collect::<Vec<_>>(), COUNTRY)?;
                self.named(rest).next()
            })
        })
    }

    /// A known title that differs in one place only, but by more than a slip.
    pub(super) fn alike(&self, title: &str) -> Option<&str> {
        let simple: Vec<char> = simplified(title).chars().collect();
        let alike = self.list.iter().zip(&self.titles).filter_map(|(statute, name)| {
            let parts = Parts::of(&simple, name)?;
            let shared = parts.before + parts.after;
            let apart = parts.here.max(parts.there);
            // What only puts words before another is a rule of its own.
            let own = parts.there == 0 && parts.before == 0;
            (shared >= 4 && apart <= 4 && shared > 2 * apart && !own).then_some((apart, statute))
        });
        alike.min_by_key(|(apart, _)| *apart).map(|(_, statute)| &*statute.title)
    }

    /// The one national law whose title ends so: 《土地承包法》 for 《农村土地承包法》.
    pub(super) fn ending(&self, title: &str) -> Option<&Statute> {
        let simple = simplified(title);
        if simple.chars().count() < 5 {
            return None;
        }
        let mut ending = self.list.iter().zip(&self.titles).filter(|(statute, name)| {
            matches!(statute.rank, Rank::Law | Rank::AdministrativeRegulation)
                && statute.until.is_none()
                && name.strip_suffix(&*simple).is_some_and(|before| {
                    !before.ends_with(['》', '〉']) && before.chars().count() <= 4
                })
        });
        ending.next().filter(|_| ending.next().is_none()).map(|(statute, _)| statute)
    }
}

/// How two titles differ.
struct Slip {
    /// A letter stands for another, rather than being left out, added or swapped.
    changed: bool,
    letters: usize,
}

fn slip(written: &[char], name: &str) -> Option<Slip> {
    // The longer half of all names ends here.
    if name.len().abs_diff(written.len() * 3) > 6 {
        return None;
    }
    let parts = Parts::of(written, name)?;
    let letters = parts.before + parts.after + parts.there;
    let here = &written[parts.before..parts.before + parts.here];
    let there: Vec<char> = name.chars().skip(parts.before).take(parts.there).collect();
    match (here, &*there) {
        (&[], &[lost]) => {
            (letters >= 3 && !is_number(lost)).then_some(Slip { changed: false, letters })
        }
        (&[more], &[]) => {
            (letters >= 3 && !is_number(more)).then_some(Slip { changed: false, letters })
        }
        (&[one], &[other]) => {
            let numbers = is_number(one) || is_number(other);
            (letters >= 4 && !numbers).then_some(Slip { changed: true, letters })
        }
        (&[one, two], &[first, second]) => {
            (one == second && two == first).then_some(Slip { changed: false, letters })
        }
        _ => None,
    }
}

/// The letters two titles share at both ends, and how many each has between.
struct Parts {
    before: usize,
    after: usize,
    here: usize,
    there: usize,
}

impl Parts {
    /// Nothing if they share no end.
    fn of(written: &[char], name: &str) -> Option<Self> {
        let before = written.iter().zip(name.chars()).take_while(|(a, b)| **a == *b).count();
        let after =
            written.iter().rev().zip(name.chars().rev()).take_while(|(a, b)| **a == *b).count();
        if before + after == 0 {
            return None;
        }
        let letters = name.chars().count();
        let after = after.min(written.len() - before).min(letters - before);
        Some(Self {
            before,
            after,
            here: written.len() - before - after,
            there: letters - before - after,
        })
    }
}

/// Letters that number a title: another number is another law.
fn is_number(c: char) -> bool {
    c.is_numeric() || "一二三四五六七八九十（）".contains(c)
}
