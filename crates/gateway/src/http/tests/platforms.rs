//! A service that is connected to every platform, and the one platform they all send to.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use channels::{Channel, Sample, SampleRequest, Spec};
use serde_json::Value;
use store::Store;

use super::stub::{Sent, Stub};
use super::support::{ADMIN, Got, Service};
use crate::app::App;
use crate::channel::{send_due, work_due};

/// A service with one inbox of every platform, and the platform they all send to.
pub(crate) struct World {
    pub(crate) service: Service,
    pub(crate) stub: Stub,
}

/// Of 24 bytes in base64, which every platform takes for a secret.
pub(super) const KEY: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// The settings of an inbox that has everything its platform needs.
fn inbox(channel: &dyn Channel, url: &str) -> String {
    let spec = channel.spec();
    settings(&format!("inbox.{}", spec.name), spec, url)
}

/// The same of a help desk.
pub(super) fn outlet(spec: &Spec, url: &str) -> String {
    settings(&format!("outlet.{}-desk", spec.name), spec, url)
}

pub(super) fn settings(section: &str, spec: &Spec, url: &str) -> String {
    let key = if section.starts_with("outlet") { "kind" } else { "channel" };
    let mut text = format!("[{section}]\n{key} = \"{}\"\n", spec.name);
    for field in spec.fields {
        let line = match (field.kind, field.name) {
            (channels::FieldKind::Secret, "encoding_aes_key") => {
                format!("encoding_aes_key_plain = \"{KEY}{}\"", &KEY[..11])
            }
            (channels::FieldKind::Secret, name) => format!("{name}_plain = \"{KEY}\""),
            (channels::FieldKind::Url, name) => format!("{name} = \"{url}\""),
            (_, name) if field.required => format!("{name} = \"4711\""),
            _ => continue,
        };
        text.push_str(&line);
        text.push('\n');
    }
    text
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(|url| outlet(channels::help_desk("slack").unwrap().spec(), url)).await
    }

    /// The same with something else beside the inboxes, for a platform at this address.
    pub(crate) async fn with(more: impl Fn(&str) -> String) -> Self {
        let stub = Stub::start().await;
        let inboxes = channels::CHANNELS.iter().map(|channel| inbox(*channel, &stub.url));
        let webhook = format!(
            "[outlet.erp]\nkind = \"webhook\"\nurl = \"{}/erp\"\n\
             secret_plain = \"whsec_{KEY}\"\n\
             events = [\"conversation.handoff\", \"ticket.*\", \"message.undelivered\"]\n",
            stub.url
        );
        let inboxes: String = inboxes.collect();
        let file = ["outbound_allow_private = true\n", &inboxes, &more(&stub.url), &webhook];
        Self { service: Service::of_file(&file.concat()).await, stub }
    }

    pub(crate) fn app(&self) -> &Arc<App> {
        &self.service.app
    }

    pub(crate) fn sample(&self, inbox: &str, text: &str, id: &str) -> SampleRequest {
        let inbox = self.service.app.channels.inbox(inbox).unwrap();
        let now = self.service.app.clock.now();
        let sample = Sample { text, sender: "4915550001", id, now };
        inbox.channel.sample(&inbox.settings, &sample).expect("everything is set")
    }

    pub(crate) async fn post(&self, inbox: &str, sample: &SampleRequest) -> Got {
        let mut uri = format!("/v1/inboxes/{inbox}/webhook");
        if !sample.query.is_empty() {
            uri = format!("{uri}?{}", sample.query);
        }
        let mut request = Request::builder().method(sample.method.as_str()).uri(uri);
        for (name, value) in &sample.headers {
            request = request.header(name, value);
        }
        self.service.send(request.body(Body::from(sample.body.clone())).unwrap()).await
    }

    /// Does everything that is due. Says what the platform was sent.
    pub(crate) async fn run(&self, inbox: &str) -> Vec<Sent> {
        work_due(&self.service.app).await.unwrap();
        send_due(&self.service.app, inbox).await.unwrap();
        self.stub.take()
    }

    pub(crate) async fn says(&self, inbox: &str, text: &str, id: &str) -> Vec<Sent> {
        let got = self.post(inbox, &self.sample(inbox, text, id)).await;
        assert_eq!(got.status, 200, "{inbox}: {got:?}");
        self.run(inbox).await
    }

    pub(crate) async fn conversation(&self, inbox: &str) -> Value {
        let id = self.service.app.store.addressed(inbox, &self.key(inbox)).await.unwrap().unwrap();
        let path = format!("/v1/conversations/{id}");
        let mut state = self.service.get(&path, Some(ADMIN)).await.json();
        let path = format!("/v1/conversations/{id}/messages");
        state["said"] = self.service.get(&path, Some(ADMIN)).await.json()["messages"].clone();
        state
    }

    /// How the platform calls the customer of the samples.
    pub(crate) fn key(&self, inbox: &str) -> String {
        let inbox = self.service.app.channels.inbox(inbox).unwrap();
        let sample = self.sample(&inbox.name, "hello", "key");
        let headers: Vec<(&str, &[u8])> =
            sample.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
        let request = channels::Request {
            method: sample.method,
            query: &sample.query,
            headers: &headers,
            body: &sample.body,
        };
        let now = self.service.app.clock.now();
        let verified = inbox.channel.verify(&inbox.settings, &request, now).unwrap();
        let channels::Verified::Delivery { delivery, .. } = verified else { panic!("{inbox:?}") };
        let items = inbox.channel.parse(&inbox.settings, &delivery, now);
        items[0].as_ref().unwrap().address.key.clone()
    }
}

/// Platforms that are sent to by HTTP: mail leaves otherwise.
pub(super) fn platforms() -> impl Iterator<Item = &'static &'static dyn Channel> {
    channels::CHANNELS.iter().filter(|channel| channel.spec().name != "email")
}

/// Everything that is written in a request, whatever the platform calls it.
pub(super) fn words(sent: &[Sent]) -> String {
    sent.iter().map(|sent| sent.body.to_string()).collect()
}

/// HMAC-SHA256 by its definition, so that what is tested does not test itself.
pub(super) fn hmac(key: &[u8], message: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    let mut block = [0_u8; 64];
    block[..key.len()].copy_from_slice(key);
    let inner =
        Sha256::new().chain_update(block.map(|b| b ^ 0x36)).chain_update(message).finalize();
    let outer = Sha256::new().chain_update(block.map(|b| b ^ 0x5c)).chain_update(inner).finalize();
    outer.iter().map(|byte| format!("{byte:02x}")).collect()
}
