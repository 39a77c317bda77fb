//! What holds on every platform.

mod docs;
mod inbound;
mod marks;
mod outbound;
mod vectors;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::*;

use super::CHANNELS;
use crate::shape::{
    Channel, Delivery, FieldKind, Inlet, Item, Kind, Method, Outlet, Refusal, Request, Respond,
    Response, Sample, SampleRequest, Settings, Spec, Verified,
};

/// The time of all samples.
pub(crate) const NOW: &str = "2026-03-01T10:00:00Z";

pub(crate) fn now() -> Timestamp {
    NOW.parse().unwrap()
}

pub(crate) fn channel(name: &str) -> &'static dyn Channel {
    super::channel(name).unwrap()
}

/// Settings that a platform takes, filled in by their kinds.
pub(crate) fn filled(spec: &'static Spec) -> BTreeMap<String, String> {
    let mut given = BTreeMap::new();
    for field in spec.fields {
        let key = field.name == "encoding_aes_key";
        let asked = field.required || spec.any_of.contains(&field.name) || key;
        if !asked || field.default.is_some() {
            continue;
        }
        let value = match field.kind {
            FieldKind::Secret if key => "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR".to_owned(),
            FieldKind::Secret => "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD".to_owned(),
            FieldKind::Text | FieldKind::List => "4711".to_owned(),
            FieldKind::Url => "https://example.com".to_owned(),
            FieldKind::Number(least, _) => least.to_string(),
            FieldKind::Flag => "true".to_owned(),
            FieldKind::Choice(names) => names[0].to_owned(),
        };
        given.insert(field.name.to_owned(), value);
    }
    given
}

/// The settings of a platform or help desk with some of them given.
pub(crate) fn settings(outlet: &dyn Outlet, given: &[(&str, &str)]) -> Settings {
    let mut all = filled(outlet.spec());
    for (name, value) in given {
        all.insert((*name).to_owned(), (*value).to_owned());
    }
    Settings::new(outlet.spec(), &all).unwrap()
}

/// Verifies a request given as a sample.
pub(crate) fn verify(
    inlet: &dyn Inlet,
    settings: &Settings,
    request: &SampleRequest,
) -> Result<Verified, Refusal> {
    let headers: Vec<(&str, &[u8])> =
        (request.headers.iter()).map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let request = Request {
        method: request.method,
        query: &request.query,
        headers: &headers,
        body: &request.body,
    };
    inlet.verify(settings, &request, now())
}

/// What a body says, without the proof.
pub(crate) fn parse(channel: &dyn Channel, settings: &Settings, body: &str) -> Vec<Item> {
    let delivery = Delivery { id: Some("delivery".to_owned()), body: body.as_bytes().to_vec() };
    channel.parse(settings, &delivery, now())
}

/// What an answer of a platform means.
pub(crate) fn read(channel: &dyn Channel, status: u16, body: &str) -> crate::Outcome {
    channel.read(&Response { status, headers: &[], body: body.as_bytes(), now: now() })
}

fn sample(channel: &dyn Channel, settings: &Settings) -> SampleRequest {
    let sample = Sample { text: "Where is my order? 🙂", sender: "77", id: "msg_1", now: now() };
    channel.sample(settings, &sample).unwrap()
}

/// The platforms, and the one to copy.
fn all() -> impl Iterator<Item = &'static dyn Channel> {
    let template: &dyn Channel = &crate::template::Template;
    CHANNELS.iter().copied().chain([template])
}

#[test]
fn names_are_known_and_differ() {
    let names: BTreeSet<_> = CHANNELS.iter().map(|channel| channel.spec().name).collect();
    assert_eq!(names.len(), CHANNELS.len());
    for channel in CHANNELS {
        let spec = channel.spec();
        assert_eq!(super::channel(spec.name).unwrap().spec().name, spec.name);
        let fields: BTreeSet<_> = spec.fields.iter().map(|field| field.name).collect();
        assert_eq!(fields.len(), spec.fields.len(), "{} has a setting twice", spec.name);
        for name in spec.any_of.iter().chain(spec.tenant.iter()) {
            assert!(fields.contains(name), "{} has no setting {name}", spec.name);
        }
        for field in spec.fields {
            assert!(field.help.ends_with('.'), "{}: {}", spec.name, field.help);
            let Some(default) = field.default else { continue };
            let mut given = filled(spec);
            given.insert(field.name.to_owned(), default.to_owned());
            assert!(Settings::new(spec, &given).is_ok(), "{}: {}", spec.name, field.name);
        }
    }
}

#[test]
fn a_sample_is_believed_and_says_its_text() {
    for channel in all() {
        let name = channel.spec().name;
        let settings = settings(channel, &[]);
        let request = sample(channel, &settings);
        let verified = verify(channel, &settings, &request);
        let Ok(Verified::Delivery { delivery, .. }) = verified else {
            panic!("{name}: {verified:?}")
        };
        let items = channel.parse(&settings, &delivery, now());
        let [Ok(event)] = items.as_slice() else { panic!("{name}: {items:?}") };
        let Kind::Text { text, .. } = &event.kind else { panic!("{name}: {event:?}") };
        assert_eq!(text, "Where is my order? 🙂", "{name}");
        assert_eq!(event.sender.key, "77", "{name}");
        assert!(!event.dedupe.is_empty() && !event.address.key.is_empty(), "{name}");
        let again = channel.parse(&settings, &delivery, now());
        assert_eq!(items, again, "{name}: the same bytes say the same");
    }
}

/// `tests/peers.py` has the platforms' own packages check these.
#[test]
fn samples_are_these() {
    let samples: BTreeMap<_, _> = (CHANNELS.iter())
        .map(|channel| {
            let sample = sample(*channel, &settings(*channel, &[]));
            let body = String::from_utf8(sample.body).unwrap();
            let headers: BTreeMap<_, _> = sample.headers.into_iter().collect();
            let query: BTreeMap<_, _> = parameters(&sample.query).into_iter().collect();
            let said = serde_json::json!({"query": query, "headers": headers, "body": body});
            (channel.spec().name, said)
        })
        .collect();
    insta::assert_json_snapshot!("samples", samples);
}

/// Headers that prove something: with any of them changed the request is not believed.
const PROOFS: [&str; 9] = [
    "signature",
    "secret-token",
    "webhook-id",
    "webhook-timestamp",
    "timestamp",
    "x-api-key",
    "x-kakao-key",
    "hmac",
    "x-zevent",
];

#[test]
fn what_is_not_signed_rightly_is_refused() {
    for channel in all() {
        let name = channel.spec().name;
        let settings = settings(channel, &[]);
        let good = sample(channel, &settings);
        let mut tried = 0;
        let mut refused = |what: String, request: SampleRequest| {
            tried += 1;
            let verified = verify(channel, &settings, &request);
            assert!(verified.is_err(), "{name} believes a request with {what}: {verified:?}");
        };
        for (index, (header, value)) in good.headers.iter().enumerate() {
            if !PROOFS.iter().any(|proof| header.contains(proof)) {
                continue;
            }
            let with = |value: Option<String>| {
                let mut request = good.clone();
                match value {
                    Some(value) => request.headers[index].1 = value,
                    None => drop(request.headers.remove(index)),
                }
                request
            };
            refused(format!("no {header}"), with(None));
            refused(format!("an empty {header}"), with(Some(String::new())));
            refused(format!("a cut {header}"), with(Some(value[..value.len() - 2].to_owned())));
            refused(format!("more in {header}"), with(Some(format!("{value}0"))));
            refused(format!("garbage in {header}"), with(Some("§§ !!".to_owned())));
            refused(format!("a prefix before {header}"), with(Some(format!("x={value}"))));
            let mut twice = good.clone();
            twice.headers.push((header.to_uppercase(), value.clone()));
            refused(format!("{header} twice"), twice);
        }
        for (index, (name, value)) in parameters(&good.query).iter().enumerate() {
            if !["key", "msg_signature", "timestamp", "nonce"].contains(&name.as_str()) {
                continue;
            }
            let with = |value: Option<&str>, again: bool| {
                let mut changed = parameters(&good.query);
                match value {
                    Some(value) => value.clone_into(&mut changed[index].1),
                    None => drop(changed.remove(index)),
                }
                if again {
                    changed.push((name.clone(), changed[0].1.clone()));
                }
                let mut query = form_urlencoded::Serializer::new(String::new());
                SampleRequest { query: query.extend_pairs(changed).finish(), ..good.clone() }
            };
            refused(format!("no {name}"), with(None, false));
            refused(format!("an empty {name}"), with(Some(""), false));
            refused(format!("a cut {name}"), with(Some(&value[..value.len() - 1]), false));
            refused(format!("more in {name}"), with(Some(&format!("{value}0")), false));
            refused(format!("{name} twice"), with(Some(value), true));
        }
        // Where nothing but a shared secret is in the request, the body is not covered.
        let signed = |name: &String| name.contains("signature");
        if good.headers.iter().any(|(header, _)| signed(header)) || signed(&good.query) {
            let mut longer = good.clone();
            let proven = verify(channel, &settings, &good).map(said);
            longer.body.push(b' ');
            // WeChat signs a part of the body, and nothing but that part is kept.
            if verify(channel, &settings, &longer).map(said) != proven {
                refused("one byte more".to_owned(), longer);
            }
            let mut empty = good.clone();
            empty.body.clear();
            refused("an empty body".to_owned(), empty);
        }
        let mut foreign = filled(channel.spec());
        for field in channel.spec().fields {
            if field.kind == FieldKind::Secret && foreign.contains_key(field.name) {
                let other = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned();
                foreign.insert(field.name.to_owned(), other);
            }
        }
        let foreign = Settings::new(channel.spec(), &foreign).unwrap();
        let verified = verify(channel, &foreign, &good);
        assert!(verified.is_err(), "{name} believes another shop's signature");
        assert!(tried >= 5, "{name}: only {tried} tried");
    }
}

/// What is kept of a request.
fn said(verified: Verified) -> Option<Vec<u8>> {
    match verified {
        Verified::Delivery { delivery, .. } => Some(delivery.body),
        Verified::Handshake(_) => None,
    }
}

fn parameters(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

#[test]
fn a_signature_in_capitals_and_a_second_secret_are_believed() {
    for channel in all() {
        let name = channel.spec().name;
        let mut given = filled(channel.spec());
        for field in channel.spec().fields {
            if let (FieldKind::Secret, Some(value)) = (field.kind, given.get_mut(field.name)) {
                *value = format!("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw {value}");
            }
        }
        let rotating = Settings::new(channel.spec(), &given).unwrap();
        let settings = settings(channel, &[]);
        let mut request = sample(channel, &settings);
        for (_, value) in &mut request.headers {
            if let Some((prefix, code)) = value.clone().rsplit_once('=')
                && code.len() >= 40
                && code.bytes().all(|byte| byte.is_ascii_hexdigit())
            {
                *value = format!("{prefix}={}", code.to_uppercase());
            }
        }
        let verified = verify(channel, &rotating, &request);
        assert!(verified.is_ok(), "{name}: {verified:?}");
    }
}

#[test]
fn secrets_are_never_shown() {
    for channel in all() {
        let settings = settings(channel, &[]);
        let shown = format!("{settings:?} {:?}", sample(channel, &settings));
        assert!(!shown.contains("C2FVsBQIhrscChlQIMV"), "{}: {shown}", channel.spec().name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn garbage_is_refused_and_read_without_a_panic(
        body in proptest::collection::vec(any::<u8>(), 0..200),
        query in "\\PC{0,40}",
        value in "\\PC{0,40}",
    ) {
        for channel in all() {
            let settings = settings(channel, &[]);
            let mut request = sample(channel, &settings);
            for (_, old) in &mut request.headers {
                old.clone_from(&value);
            }
            request.query.clone_from(&query);
            request.body.clone_from(&body);
            for method in [Method::Get, Method::Post] {
                request.method = method;
                prop_assert!(verify(channel, &settings, &request).is_err());
            }
            let delivery = Delivery { id: None, body: body.clone() };
            channel.parse(&settings, &delivery, now());
            let response = Response { status: 200, headers: &[], body: &body, now: now() };
            channel.read(&response);
        }
    }

    /// Real bodies with one value replaced reach further than bytes do.
    #[test]
    fn a_body_with_anything_in_it_is_read_without_a_panic(
        place in any::<prop::sample::Index>(),
        value in prop_oneof![
            Just("null".to_owned()), Just("{}".to_owned()), Just("[]".to_owned()),
            Just("-1".to_owned()), Just("1e300".to_owned()), Just("18446744073709551615".to_owned()),
            Just("\"\"".to_owned()), Just("[null,{},[]]".to_owned()),
        ],
    ) {
        for channel in all() {
            let settings = settings(channel, &[]);
            let request = sample(channel, &settings);
            let Ok(mut body) = serde_json::from_slice::<serde_json::Value>(&request.body) else {
                continue;
            };
            let value: serde_json::Value = serde_json::from_str(&value).unwrap();
            replace(&mut body, &mut place.index(40), &value);
            let delivery = Delivery { id: None, body: body.to_string().into_bytes() };
            channel.parse(&settings, &delivery, now());
        }
    }
}

/// Puts a value in the place of one leaf; counts `left` down to it. None is left at the end.
fn replace(value: &mut serde_json::Value, left: &mut usize, with: &serde_json::Value) {
    use serde_json::Value;
    match value {
        Value::Array(list) if !list.is_empty() => {
            list.iter_mut().for_each(|value| replace(value, left, with));
        }
        Value::Object(map) if !map.is_empty() => {
            map.iter_mut().for_each(|(_, value)| replace(value, left, with));
        }
        leaf => {
            if *left == 0 {
                leaf.clone_from(with);
            }
            *left = left.wrapping_sub(1);
        }
    }
}

#[test]
fn an_answer_is_due_at_once_or_with_the_reply() {
    for channel in all() {
        let settings = settings(channel, &[]);
        let request = sample(channel, &settings);
        let Ok(Verified::Delivery { respond, .. }) = verify(channel, &settings, &request) else {
            panic!("{}", channel.spec().name)
        };
        let answer = match respond {
            Respond::Now(answer) => answer,
            Respond::Reply { within, otherwise } => {
                assert!(within < channel.spec().deadline, "{}", channel.spec().name);
                otherwise
            }
        };
        assert_eq!(answer.status, 200, "{}", channel.spec().name);
    }
}
