use store::ChannelFigures;

use super::tell;
use crate::wire::ChannelBody;

#[test]
fn an_endpoint_that_is_gone_is_shown_as_gone() {
    let text = |figures: ChannelFigures| {
        let mut out = Vec::new();
        tell(&mut out, &ChannelBody::of(figures, Some("webhook"), None)).unwrap();
        String::from_utf8(out).unwrap()
    };
    let gone_at = Some("2026-03-01T10:00:00Z".parse().unwrap());
    let gone = ChannelFigures { name: "erp".to_owned(), gone_at, ..ChannelFigures::default() };
    let told = text(gone.clone());
    assert!(told.contains("gone         told nothing since 2026-03-01T10:00:00Z"), "{told}");
    let back = text(ChannelFigures { gone_at: None, ..gone });
    assert!(!back.contains("gone"), "{back}");
}
