//! What an uploaded file really is: its first bytes must agree with its name.

/// The media type to serve it under, or a sentence that says what is wrong with it.
pub fn kind(name: &str, bytes: &[u8]) -> Result<&'static str, String> {
    if bytes.is_empty() {
        return Err(format!("附件“{name}”是空的，请重新选择"));
    }
    let extension =
        name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default();
    let zip = bytes.starts_with(b"PK\x03\x04");
    let ole = bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    let (agrees, media) = match &*extension {
        "pdf" => (bytes.starts_with(b"%PDF-"), "application/pdf"),
        "docx" => (
            zip && holds(b"word/"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        "xlsx" => (
            zip && holds(b"xl/"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ),
        "ofd" => (zip && holds(b"OFD.xml"), "application/ofd"),
        "zip" => (zip, "application/zip"),
        "doc" | "wps" => (ole, "application/msword"),
        "xls" | "et" => (ole, "application/vnd.ms-excel"),
        "png" => (bytes.starts_with(b"\x89PNG\r\n\x1a\n"), "image/png"),
        "jpg" | "jpeg" => (bytes.starts_with(&[0xff, 0xd8, 0xff]), "image/jpeg"),
        "webp" => (bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"), "image/webp"),
        "mp3" => (
            bytes.starts_with(b"ID3")
                || (bytes[0] == 0xff && bytes.get(1).is_some_and(|byte| byte & 0xe0 == 0xe0)),
            "audio/mpeg",
        ),
        "mp4" => (bytes.get(4..8) == Some(b"ftyp"), "video/mp4"),
        "txt" | "csv" => (
            !bytes.iter().any(|byte| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')),
            "text/plain",
        ),
        _ => {
            return Err(format!(
                "附件“{name}”的类型不能接收；可以上传 PDF、OFD、DOC(X)、XLS(X)、WPS、ET、TXT、CSV、PNG、JPG、WEBP、ZIP、MP3、MP4"
            ));
        }
    };
    if !agrees {
        return Err(format!("附件“{name}”的内容与扩展名不符，请核对后重新上传"));
    }
    if zip && holds(b"vbaProject.bin") {
        return Err(format!("附件“{name}”带有宏，请另存为不带宏的文件后上传"));
    }
    Ok(media)
}

#[cfg(test)]
mod tests {
    use super::kind;

    #[test]
    fn names_and_bytes_must_agree() {
        assert_eq!(kind("证明.pdf", b"%PDF-1.7 ..."), Ok("application/pdf"));
        assert_eq!(kind("图.PNG", b"\x89PNG\r\n\x1a\n...."), Ok("image/png"));
        assert_eq!(kind("说明.txt", "一段话\n".as_bytes()), Ok("text/plain"));
        for (name, bytes) in [
            ("证明.pdf", &b"MZ\x90\x00"[..]),
            ("证明.exe", b"MZ\x90\x00"),
            ("a.docx", b"PK\x03\x04 xl/workbook.xml"),
            ("b.docx", b"PK\x03\x04 word/document.xml word/vbaProject.bin"),
            ("c.txt", b"a\0b"),
            ("d.png", b""),
            ("page.html", b"<html>"),
            ("无扩展名", b"%PDF-"),
        ] {
            assert!(kind(name, bytes).is_err(), "{name}");
        }
    }
}
