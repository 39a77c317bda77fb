//! Mail from end to end: a signed hook in, a mail over SMTP out.

use channels::Sample;

use super::super::platforms::{KEY, World};
use crate::channel::{send_due, work_due};
use crate::mail::tests::server;
use store::{OutboxQuery, OutboxState, Store};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_is_answered_by_a_mail() {
    let (port, told) = server(&[]).await;
    let world = World::with(|_| {
        format!(
            "[inbox.post]\nchannel = \"email\"\nsecret_plain = \"whsec_{KEY}\"\n\
             from = \"Shop <help@shop.example>\"\nfooter = \"Example Ltd|Main Street 1\"\n\
             smtp_host = \"127.0.0.1\"\nsmtp_port = {port}\nsmtp_security = \"none\"\n"
        )
    })
    .await;
    let app = world.app();
    let inbox = app.channels.inbox("post").unwrap();
    let (text, sender) = ("where is my parcel?", "ana@example.com");
    let sample = Sample { text, sender, id: "m1", now: app.clock.now() };
    let request = inbox.channel.sample(&inbox.settings, &sample).unwrap();
    let mut forged = request.clone();
    forged.body.push(b' ');
    assert_eq!(world.post("post", &forged).await.outcome(), "401 signature-refused");
    // The second is what a program does that saw no answer to the first.
    for _ in 0..2 {
        assert_eq!(world.post("post", &request).await.status, 200);
        work_due(app).await.unwrap();
        send_due(app, "post").await.unwrap();
    }
    let id = app.store.addressed("post", sender).await.unwrap().unwrap();
    let query = OutboxQuery { conversation: Some(id), ..OutboxQuery::default() };
    let rows = app.store.outbox(&query).await.unwrap();
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(rows[0].state, OutboxState::Sent, "{rows:?}");
    let told = told.await.unwrap();
    // Lines are cut where they would be too long for SMTP.
    let told = told.replace("=\r\n", "");
    for part in [
        "MAIL FROM:<help@shop.example>",
        "RCPT TO:<ana@example.com>",
        "Subject: Re: Sample",
        "In-Reply-To: <m1@sample.example>",
        "Auto-Submitted: auto-replied",
        "multipart/alternative",
        "where is my parcel?",
        "order number",
        "Example Ltd\r\nMain Street 1",
    ] {
        assert!(told.contains(part), "{part} is not in:\n{told}");
    }
    assert_eq!(told.matches("\r\nDATA\r\n").count(), 1, "{told}");
}
