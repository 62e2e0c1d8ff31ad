//! 几年对照: what last year's report said of last year, and what this year's says of it.
