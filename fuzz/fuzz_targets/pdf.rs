//! Any bytes as a PDF: as the content of its page, or as the whole file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use paper::reading::read;

const FRAME: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
    2 0 obj<</Type/Pages/Kids[3 0 R]>>endobj\n\
    3 0 obj<</Type/Page/Contents 4 0 R/Resources<</Font<</F 5 0 R>>/XObject<</X 4 0 R>>>>>>endobj\n\
    5 0 obj<</Subtype/Type0/Encoding/GBK-EUC-H/ToUnicode 4 0 R/DescendantFonts[6 0 R]>>endobj\n\
    6 0 obj<</W[1[500 600]7 9 800]>>endobj trailer<</Root 1 0 R>>\n4 0 obj<<>>stream\n";

fuzz_target!(|data: &[u8]| {
    if data.starts_with(b"%PDF-") {
        let _ = read("a.pdf", data);
        return;
    }
    let file = [FRAME, data, b"\nendstream endobj"].concat();
    let _ = read("a.pdf", &file);
});
