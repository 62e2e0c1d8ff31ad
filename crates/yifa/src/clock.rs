//! 时钟: the only place that reads the time.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{Timestamp, civil::Date, tz::Offset};

/// Where the office gets the time from. 时钟
#[derive(Debug)]
pub enum Clock {
    /// The machine's.
    Machine,
    /// Moved by hand: seconds since 1970, for years that are played out.
    Played(AtomicI64),
}

impl Clock {
    /// A clock that stands until it is moved.
    pub fn played() -> Self {
        Self::Played(AtomicI64::new(0))
    }

    /// The moment now, in whole seconds.
    #[expect(clippy::disallowed_methods, reason = "the one place that may")]
    pub fn now(&self) -> Timestamp {
        let seconds = match self {
            Self::Machine => Timestamp::now().as_second(),
            Self::Played(seconds) => seconds.load(Ordering::Relaxed),
        };
        Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Today in China.
    pub fn today(&self) -> Date {
        date_of(self.now())
    }

    /// Moves a played clock; the machine's stays as it is.
    pub fn set(&self, at: Timestamp) {
        if let Self::Played(seconds) = self {
            seconds.store(at.as_second(), Ordering::Relaxed);
        }
    }
}

/// The civil date of a moment in China.
pub fn date_of(at: Timestamp) -> Date {
    Offset::constant(8).to_datetime(at).date()
}

/// A moment of a civil day in China.
pub fn at(day: Date, hour: i8, minute: i8) -> Timestamp {
    let moment = day.at(hour, minute, 0, 0);
    Offset::constant(8).to_timestamp(moment).unwrap_or(Timestamp::UNIX_EPOCH)
}
