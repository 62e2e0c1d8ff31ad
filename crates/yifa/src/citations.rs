//! 引用核对: what the drafts of a case cite, found once for each draft and day.
//!
//! A draft that was kept never changes, so neither does what is to be said of it on a day.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use jiff::civil::Date;
use law::{
    Law,
    statute::{Review, Statutes, Wording},
};
use paper::reading;

/// Drafts of which the findings are remembered.
const MOST_REMEMBERED: usize = 500;

/// The laws that drafts are held against, and the findings so far.
#[derive(Debug, Default)]
pub struct Citations {
    statutes: OnceLock<Statutes>,
    found: Mutex<HashMap<(String, Date), Arc<Reviewed>>>,
}

/// What was found in a draft, or why it was not read.
pub type Reviewed = Result<Vec<Found>, String>;

/// A citation of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// As written.
    pub text: String,
    /// 结论.
    pub verdict: &'static str,
    /// Why, and what to do; empty where there is nothing to say.
    pub explanation: String,
    /// Somebody must look.
    pub fault: bool,
}

impl Citations {
    /// The citations of a text of this day.
    pub fn of_text(&self, law: &Law, text: &str, on: Date) -> Vec<Found> {
        let statutes = self.statutes.get_or_init(|| law.statutes.widened());
        let reviews = statutes.review(text, on);
        let shown = reviews
            .iter()
            .filter(|review| review.wording == Wording::Titled || review.verdict.is_fault());
        shown.map(|review| found(text, review)).collect()
    }

    /// The citations of a kept file, by its digest; `content` is asked for only where nobody has
    /// read it before.
    pub fn of_file<E>(
        &self,
        law: &Law,
        (name, digest): (&str, &str),
        on: Date,
        content: impl FnOnce() -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Arc<Reviewed>, E> {
        let key = (digest.to_owned(), on);
        if let Some(known) = self.remembered().get(&key) {
            return Ok(Arc::clone(known));
        }
        let Some(content) = content()? else { return Ok(Arc::new(Ok(Vec::new()))) };
        let reviewed = Arc::new(match reading::read(name, &content) {
            Ok(read) => Ok(self.of_text(law, &read.text, on)),
            Err(refusal) => Err(refusal.to_string()),
        });
        let mut remembered = self.remembered();
        if remembered.len() >= MOST_REMEMBERED {
            remembered.clear();
        }
        remembered.insert(key, Arc::clone(&reviewed));
        Ok(reviewed)
    }

    fn remembered(&self) -> std::sync::MutexGuard<'_, HashMap<(String, Date), Arc<Reviewed>>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn found(text: &str, review: &Review) -> Found {
    Found {
        text: text[review.at.clone()].to_owned(),
        verdict: review.verdict.name(),
        explanation: review.explanation.clone(),
        fault: review.verdict.is_fault(),
    }
}
