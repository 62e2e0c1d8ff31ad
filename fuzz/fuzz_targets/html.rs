//! Any bytes as a page.

#![no_main]

use libfuzzer_sys::fuzz_target;
use paper::reading::read;

fuzz_target!(|data: &[u8]| {
    let page = [b"<html>", data].concat();
    let _ = read("a.html", &page);
});
