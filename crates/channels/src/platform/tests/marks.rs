//! Marks on every platform.

use super::settings;
use crate::platform::CHANNELS;
use crate::shape::{Button, Reply, Window};

/// Eleven marks are pressed where there is room for them; where there is none the scale
/// stands in one line, and the number that is typed is the mark.
#[test]
fn marks_from_0_to_10_are_pressed_or_typed() {
    let marks: Vec<String> = (0..=10).map(|mark| mark.to_string()).collect();
    let button = |mark: &String| Button { title: mark.clone(), payload: format!("nps:{mark}") };
    let buttons: Vec<Button> = marks.iter().map(button).collect();
    for platform in CHANNELS {
        let name = platform.spec().name;
        let reply = Reply { buttons: buttons.clone(), ..Reply::text("How likely?") };
        let inbox = settings(*platform, &[]);
        let pieces = platform.render(&inbox, &reply, Window::Open).unwrap();
        let [piece] = pieces.as_slice() else { panic!("{name}: one message") };
        let typed = matches!(
            name,
            "whatsapp" | "kakao" | "wechat" | "zalo" | "hook" | "sunshine" | "email"
        );
        let line = piece.shown.ends_with("How likely?\n\n0 – 10");
        assert_eq!(line, typed, "{name}: {}", piece.shown);
        assert!(!piece.shown.contains("1. "), "{name}: {}", piece.shown);
        if !piece.numbered.is_empty() {
            for (place, mark) in marks.iter().enumerate() {
                assert_eq!(crate::pick(mark, &piece.numbered), Some(place), "{name}: {mark}");
            }
        }
        assert!(!typed || !piece.numbered.is_empty(), "{name}");
    }
}
