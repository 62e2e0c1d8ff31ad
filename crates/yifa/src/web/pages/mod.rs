//! One file for each kind of page: what it shows, and how it comes about.

//TMP pub mod access;
//TMP pub mod act;
pub mod built_in;
//TMP pub mod case;
//TMP pub mod figures;
//TMP pub mod files;
//TMP pub mod home;
pub mod law;
//TMP pub mod ledger;
//TMP pub mod open;
//TMP pub mod people;
//TMP pub mod public;
//TMP pub mod register;
//TMP pub mod report;
//TMP pub mod search;
pub mod sign_in;
