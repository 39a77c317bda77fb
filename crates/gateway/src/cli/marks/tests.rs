use super::*;

#[test]
fn overlapping_words_are_marked_once() {
    let span = |start, end| Span { start, end };
    let text = "dónde está mi paquete";
    let marks = [span(7, 12), span(0, 6), span(0, 12), span(16, 23)];
    assert_eq!(marked(text, &marks, false), "‹dónde está› mi ‹paquete›");
    assert_eq!(marked(text, &[], false), text);
}

#[test]
fn a_message_cannot_drive_the_terminal() {
    assert_eq!(harmless("a\u{1b}[2Jb\u{9b}c\0\n"), "a␛[2Jb\u{fffd}c␀\n");
}
