//! 数据: measuring an organ's year, for the figures page, the command line and the report.

use std::collections::{BTreeMap, BTreeSet};

use engine::{
    actor::OrganPath,
    figure::{Counted, Figure, Measure, Tally, measures, year},
};
use jiff::civil::Date;
use law::indicator::Span;
use store::StoreError;

use crate::office::Office;

/// Every figure of an organ and the organs below it for a year, with the year before beside it.
///
/// Where a duty has nothing on record up to the end of the year before, that year has no figures
/// of it, rather than zeros: nobody can say of what was not recorded that it did not happen.
pub fn of_year(office: &Office, organ: &OrganPath, of: i16) -> Result<Vec<Figure>, StoreError> {
    office.store().read(office.county(), |read| {
        let measures = measures(office.law());
        let needed: BTreeSet<&Counted> = measures.iter().flat_map(Measure::needs).collect();
        let needed: Vec<Counted> = needed.into_iter().cloned().collect();
        let now = read.tally(&needed, organ, year(of))?;
        let before = read.tally(&needed, organ, year(of - 1))?;
        let mut known = duties(&before);
        let silent = needed.iter().filter(|counted| !known.contains(duty(counted)));
        let silent: Vec<Counted> = silent.cloned().collect();
        let earlier = Span { from: EARLIEST, to: year(of - 2).to };
        let earlier = read.tally(&silent, organ, earlier)?;
        known.extend(duties(&earlier));
        let look = |tallies: &Tallies, counted: &Counted| {
            tallies.get(counted).copied().unwrap_or_default()
        };
        let last_year = |counted: &Counted| look(&before, counted);
        let figures = measures.iter().map(|measure| {
            let known = measure.needs().into_iter().any(|counted| known.contains(duty(counted)));
            let last_year = known.then_some(&last_year as &dyn Fn(&Counted) -> Tally);
            measure.figure(&|counted: &Counted| look(&now, counted), last_year)
        });
        Ok(figures.collect())
    })
}

/// Before anything that an office has on record.
const EARLIEST: Date = Date::constant(1900, 1, 1);

type Tallies = BTreeMap<Counted, Tally>;

/// The duty that a list is kept by.
fn duty(counted: &Counted) -> &str {
    counted.indicator.split('.').next().unwrap_or_default()
}

/// The duties that have anything on record.
fn duties(tallies: &Tallies) -> BTreeSet<&str> {
    let recorded = tallies.iter().filter(|(_, tally)| **tally != Tally::default());
    recorded.map(|(counted, _)| duty(counted)).collect()
}

/// The organ with this name, path or short name; the highest where several match.
pub fn organ_named(office: &Office, name: &str) -> Result<Option<store::Organ>, StoreError> {
    let organs = office.store().read(office.county(), |read| read.organs())?;
    let called = |organ: &store::Organ| {
        let full = organ.name.strip_suffix("人民政府").unwrap_or(&organ.name);
        [organ.path.as_str(), &organ.name, full, &organ.short].contains(&name)
    };
    Ok(organs.into_iter().find(called))
}

/// The address of the list behind a figure.
pub fn address(key: &str, organ: &str, year: i16) -> String {
    format!("/figures/{key}?organ={organ}&year={year}")
}
