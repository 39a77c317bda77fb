use super::*;

#[test]
fn a_file_is_what_it_holds() {
    for (bytes, expect) in [
        (&b"\xff\xd8\xff\xe0JFIF"[..], Some("image/jpeg")),
        (b"\x89PNG\r\n\x1a\n....", Some("image/png")),
        (b"GIF89a", Some("image/gif")),
        (b"RIFF....WEBPVP8 ", Some("image/webp")),
        (b"RIFF....WAVEfmt ", None),
        (b"%PDF-1.7", Some("application/pdf")),
        (b"....ftypheic", Some("image/heic")),
        (b"....ftypisom", Some("video/mp4")),
        (b"....ftypxxxx", None),
        (b"....ftyp", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>", None),
        (b"<!doctype html><script>alert(1)</script>", None),
        (b"MZ\x90\0", None),
        (b"PK\x03\x04", None),
        (b"", None),
    ] {
        assert_eq!(kind(bytes), expect, "{:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn a_name_is_harmless() {
    for (name, kind, expect) in [
        ("photo.JPG", "image/jpeg", "photo.JPG"),
        ("../../etc/passwd", "image/png", "passwd.png"),
        ("C:\\temp\\a.png", "image/png", "a.png"),
        ("invoice.pdf.exe", "application/pdf", "invoice.pdf.exe.pdf"),
        ("gpj\u{202e}.exe.png", "image/png", "gpj.exe.png"),
        ("a\r\nset-cookie: b.png", "image/png", "aset-cookie b.png"),
        ("..", "image/gif", "file.gif"),
        ("", "image/gif", "file.gif"),
        ("写真 1.png", "image/png", "写真 1.png"),
    ] {
        assert_eq!(harmless(name, kind), expect, "{name:?}");
    }
}

#[test]
fn what_is_kept_is_found_in_its_conversation_alone() {
    let folder = tempfile::tempdir().unwrap();
    let attachments = Attachments::below(folder.path());
    let id = |name: &str| ConversationId::new(name);
    let kept = attachments.keep(&id("../a"), "0a-1", "x.gif", "image/gif", b"GIF89a").unwrap();
    assert_eq!((kept.bytes, kept.sha256.len()), (6, 64));
    assert_eq!(attachments.read(&id("../a"), "0a-1").unwrap(), Some((kept, b"GIF89a".to_vec())));
    for (conversation, file) in [("b", "0a-1"), ("../a", "0a-2"), ("../a", "../0a-1"), ("../a", "")]
    {
        assert_eq!(
            attachments.find(&id(conversation), file).unwrap(),
            None,
            "{conversation} {file}"
        );
    }
    for n in 1..MOST {
        attachments
            .keep(&id("../a"), &format!("{n:x}-2"), "x.gif", "image/gif", b"GIF89a")
            .unwrap();
    }
    let more = attachments.keep(&id("../a"), "ff-3", "x.gif", "image/gif", b"GIF89a");
    assert!(matches!(more, Err(Refused::TooMany)));
}
