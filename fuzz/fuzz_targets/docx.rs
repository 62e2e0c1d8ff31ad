//! Any bytes as a Word document: as its body, packed; or as the whole file.

#![no_main]

use std::io::{Cursor, Write};

use libfuzzer_sys::fuzz_target;
use paper::reading::read;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

fuzz_target!(|data: &[u8]| {
    if data.starts_with(b"PK") {
        let _ = read("a.docx", data);
        return;
    }
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("word/document.xml", stored).expect("a name");
    zip.write_all(data).expect("memory");
    let file = zip.finish().expect("memory").into_inner();
    let _ = read("a.docx", &file);
});
