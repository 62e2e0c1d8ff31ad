//! 法规库: which laws exist, from when to when, what replaced them, how many articles they have.
