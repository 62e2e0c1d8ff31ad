//! Any bytes as a text, its citations reviewed and its figures audited.

#![no_main]

use std::sync::LazyLock;

use audit::{Reading, Report};
use law::{
    source,
    statute::{Statute, Statutes},
};
use libfuzzer_sys::fuzz_target;
use paper::reading::{CodePoints, read};

static STATUTES: LazyLock<Statutes> = LazyLock::new(|| Statutes::parse(&source::embedded()).0);
static READING: LazyLock<Reading> = LazyLock::new(|| Reading::parse(&source::embedded()).0);

fuzz_target!(|data: &[u8]| {
    let Ok(read) = read("a.txt", data) else { return };
    let points = CodePoints::of(&read.text);
    for review in STATUTES.review(&read.text, jiff::civil::date(2025, 1, 1)) {
        assert!(read.text.get(review.at.clone()).is_some());
        assert!(points.before(review.at.start) <= points.before(review.at.end));
    }
    let _ = Statute::of_text("a", &read.text);
    let _ = Report::read(&read.text, &READING).audit(&READING);
});
