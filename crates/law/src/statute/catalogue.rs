//! 法规目录: laws by the thousand, one line each.
//!
//! A line is: title, rank, editions (`day:articles`, blanks between, `:` for older ones that are not
//! listed), the day from which it no longer holds (`?` if only that it does not is known), what
//! replaced it, short titles; tabs between. `#` begins a remark; a day in it says up to when the
//! list was complete. Nothing here was checked by hand, so that it never gives more than a doubt
//! where a checked file says otherwise.

use jiff::civil::Date;

use super::{Edition, Rank, Statute, Statutes};
use crate::source;

impl Statutes {
    /// These laws and those of the catalogue that the binary carries.
    pub fn widened(&self) -> Self {
        let mut wider = self.clone();
        wider.add_catalogue(source::catalogue());
        wider
    }

    /// Adds the lines of a catalogue; what is known already stays as it is. How many were added.
    pub fn add_catalogue(&mut self, text: &str) -> usize {
        let mut complete_to = None;
        let mut added = 0;
        for line in text.lines() {
            match line.strip_prefix('#') {
                Some(remark) => complete_to = day_in(remark).or(complete_to),
                None => added += usize::from(self.add_line(line, complete_to)),
            }
        }
        added
    }

    fn add_line(&mut self, line: &str, complete_to: Option<Date>) -> bool {
        let Some(statute) = read_line(line, complete_to) else { return false };
        let Some(place) = self.place(&statute.title) else {
            self.add(statute);
            return true;
        };
        // Of what is known already only the number of articles may still be wanting.
        let wider = statute.editions.last().and_then(|edition| edition.articles);
        let counted = self.list[place].editions.iter().any(|edition| edition.articles.is_some());
        if let Some(last) = self.list[place].editions.last_mut()
            && !counted
            && last.from.zip(complete_to).is_none_or(|(from, complete_to)| from <= complete_to)
        {
            last.articles = wider;
        }
        false
    }

    /// A law as a line of a catalogue.
    pub fn catalogue_line(statute: &Statute) -> String {
        let editions = statute.editions.iter().map(|edition| {
            let from = edition.from.map(|from| from.to_string()).unwrap_or_default();
            let articles = edition.articles.map(|articles| articles.to_string());
            format!("{from}:{}", articles.unwrap_or_default())
        });
        let until = statute.until.map(|until| until.to_string()).unwrap_or_default();
        let fields = [
            statute.title.clone(),
            statute.rank.name().to_owned(),
            editions.collect::<Vec<_>>().join(" "),
            until,
            statute.replaced_by.join(" "),
            statute.short.join(" "),
        ];
        fields.join("\t").trim_end_matches('\t').to_owned()
    }
}

fn read_line(line: &str, complete_to: Option<Date>) -> Option<Statute> {
    let mut fields = line.split('\t').map(str::trim);
    let title = fields.next().filter(|title| !title.is_empty())?;
    let rank = Rank::of(fields.next()?)?;
    let mut words = || fields.next().unwrap_or_default().split(' ').filter(|word| !word.is_empty());
    let editions: Vec<Edition> = words().filter_map(read_edition).collect();
    let until = words().next().and_then(|until| until.parse().ok().or(complete_to));
    let texts = |words: &mut dyn Iterator<Item = &str>| words.map(str::to_owned).collect();
    Some(Statute {
        title: title.to_owned(),
        rank,
        editions,
        until,
        until_checked: false,
        replaced_by: texts(&mut words()),
        short: texts(&mut words()),
        number: String::new(),
        moved: Default::default(),
        days: None,
        note: String::new(),
        complete_to,
    })
}

fn read_edition(word: &str) -> Option<Edition> {
    let (from, articles) = word.split_once(':')?;
    Some(Edition {
        from: from.parse().ok(),
        articles: articles.parse().ok().filter(|articles| *articles > 0),
        ..Edition::default()
    })
}

/// The first day in a remark.
fn day_in(remark: &str) -> Option<Date> {
    remark.char_indices().find_map(|(at, _)| remark.get(at..at + 10)?.parse().ok())
}
