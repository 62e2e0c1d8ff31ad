//! 工作日历: which days are days off, year by year, as the State Council published them.
