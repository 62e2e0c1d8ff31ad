//! 数据: measuring an organ's year, for the figures page, the command line and the report.

use std::collections::BTreeMap;

use engine::{
    actor::OrganPath,
    figure::{Counted, Figure, Measure, Tally, measures, year},
};
use law::indicator::Span;
use store::{Read, StoreError};

use crate::office::Office;

/// Every figure of an organ and the organs below it for a year, with the year before beside it.
pub fn of_year(office: &Office, organ: &OrganPath, of: i16) -> Result<Vec<Figure>, StoreError> {
    office.store().read(office.county(), |read| {
        let measures = measures(office.law());
        let now = tallies(read, &measures, organ, year(of))?;
        let before = tallies(read, &measures, organ, year(of - 1))?;
        let look = |tallies: &BTreeMap<Counted, Tally>, counted: &Counted| {
            tallies.get(counted).copied().unwrap_or_default()
        };
        // Where nothing at all was recorded there is no year before, rather than one of zeros.
        let recorded = before.values().any(|tally| *tally != Tally::default());
        let last_year = |counted: &Counted| look(&before, counted);
        let last_year = recorded.then_some(&last_year as &dyn Fn(&Counted) -> Tally);
        let figures = measures
            .iter()
            .map(|measure| measure.figure(&|counted: &Counted| look(&now, counted), last_year));
        Ok(figures.collect())
    })
}

fn tallies(
    read: &Read,
    measures: &[Measure],
    organ: &OrganPath,
    span: Span,
) -> Result<BTreeMap<Counted, Tally>, StoreError> {
    let mut lists: Vec<Counted> = measures.iter().flat_map(Measure::needs).cloned().collect();
    lists.sort();
    lists.dedup();
    read.tally(&lists, organ, span)
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
