//! Any bytes as a request of any platform or help desk, proven or not, and as any answer:
//! events, refusals and outcomes, never a panic.
#![no_main]

use std::collections::BTreeMap;

use channels::{
    CHANNELS, Delivery, FieldKind, HELP_DESKS, Inlet, Limit, Method, Outlet, Request, Response,
    Settings, Spec, Unit, split,
};
use libfuzzer_sys::fuzz_target;

fn settings(spec: &'static Spec) -> Option<Settings> {
    let mut given = BTreeMap::new();
    for field in spec.fields {
        let value = match field.kind {
            FieldKind::Secret if field.name == "encoding_aes_key" => {
                "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
            }
            FieldKind::Secret => "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
            FieldKind::Url => "https://example.com",
            FieldKind::Text | FieldKind::List => "4711",
            FieldKind::Number(..) | FieldKind::Flag | FieldKind::Choice(_) => continue,
        };
        if field.default.is_none() {
            given.insert(field.name.to_owned(), value.to_owned());
        }
    }
    Settings::new(spec, &given).ok()
}

fn try_one(inlet: &dyn Inlet, outlet: &dyn Outlet, header: &[u8], body: &[u8]) {
    let Some(settings) = settings(outlet.spec()) else { return };
    let now = jiff::Timestamp::UNIX_EPOCH;
    let names = [
        "x-hub-signature-256",
        "x-line-signature",
        "x-telegram-bot-api-secret-token",
        "x-slack-signature",
        "x-slack-request-timestamp",
        "x-viber-content-signature",
        "x-zevent-signature",
        "x-api-key",
        "x-kakao-key",
        "x-webhook-secret",
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
        "x-chatwoot-signature",
        "x-chatwoot-timestamp",
        "x-zendesk-webhook-signature",
        "x-zendesk-webhook-signature-timestamp",
    ];
    let headers = names.map(|name| (name, header));
    let query = String::from_utf8_lossy(header);
    for method in [Method::Get, Method::Post] {
        let request = Request { method, query: &query, headers: &headers, body };
        let _ = inlet.verify(&settings, &request, now);
    }
    let delivery = Delivery { id: None, body: body.to_vec() };
    for event in inlet.parse(&settings, &delivery, now).into_iter().flatten() {
        assert!(!event.dedupe.is_empty());
    }
    let status = 200 + u16::from(body.first().copied().unwrap_or(0));
    let response = Response { status, headers: &headers, body, now };
    outlet.read(&response);
    let _ = outlet.renewed(&response);
}

fuzz_target!(|input: (u8, u8, &[u8], &[u8])| {
    let (which, max, header, body) = input;
    let which = usize::from(which) % (CHANNELS.len() + HELP_DESKS.len());
    match CHANNELS.get(which) {
        Some(channel) => try_one(*channel, *channel, header, body),
        None => {
            let desk = HELP_DESKS[which - CHANNELS.len()];
            try_one(desk, desk, header, body);
        }
    }
    let limit = Limit { max: usize::from(max).max(4), unit: Unit::Bytes };
    for part in split(&String::from_utf8_lossy(body), limit) {
        assert!(limit.fits(&part));
    }
});
