//! Against a server that speaks SMTP over a real socket.

use std::collections::BTreeMap;
use std::time::Duration;

use channels::{Mail, Settings};
use jiff::Timestamp;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::{MailError, send};

fn mail() -> Mail {
    Mail {
        from: "Läden & Co <help@shop.example>".to_owned(),
        to: "ana@example.com".to_owned(),
        subject: "Re: ¿Dónde está?".to_owned(),
        text: "Hello Ana,\n.\nIt is on its way.".to_owned(),
        html: "<p>Hello Ana,</p>".to_owned(),
        message_id: "<key@shop.example>".to_owned(),
        in_reply_to: Some("<1@example.com>".to_owned()),
        headers: vec![
            ("References", "<0@example.com> <1@example.com>".to_owned()),
            ("Auto-Submitted", "auto-replied".to_owned()),
        ],
    }
}

fn settings(port: u16, more: &[(&str, &str)]) -> Settings {
    let port = port.to_string();
    let mut given: BTreeMap<String, String> = [
        ("secret", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"),
        ("from", "help@shop.example"),
        ("footer", "Example Ltd"),
        ("smtp_host", "127.0.0.1"),
        ("smtp_security", "none"),
        ("smtp_port", &port),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    for (name, value) in more {
        given.insert((*name).to_owned(), (*value).to_owned());
    }
    Settings::new(channels::channel("email").unwrap().spec(), &given).unwrap()
}

/// A server for one connection; comes to what it was told. `None` hangs up at that command.
pub(crate) async fn server(answers: &'static [(&str, Option<&str>)]) -> (u16, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let told = tokio::spawn(async move {
        let (socket, _) = listener.accept().await.unwrap();
        let mut socket = BufReader::new(socket);
        socket.write_all(b"220 stub\r\n").await.unwrap();
        let mut told = String::new();
        let mut data = false;
        let mut line = String::new();
        while socket.read_line(&mut line).await.unwrap_or(0) > 0 {
            told.push_str(&line);
            let command =
                if data { line.trim_end() } else { line.split(' ').next().unwrap().trim() };
            if !data || command == "." {
                let special = answers.iter().find(|(name, _)| *name == command);
                let answer = match (special, command) {
                    (Some((_, Some(answer))), _) => (*answer).to_owned(),
                    (Some((_, None)), _) => break,
                    (None, "EHLO") => "250-stub\r\n250 AUTH PLAIN".to_owned(),
                    (None, "DATA") => "354 go on".to_owned(),
                    (None, "QUIT") => "221 bye".to_owned(),
                    (None, _) => "250 ok".to_owned(),
                };
                data = answer.starts_with("354");
                socket.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
            }
            line.clear();
        }
        told
    });
    (port, told)
}

const WITHIN: Duration = Duration::from_secs(20);

async fn sent(settings: &Settings) -> Result<u16, MailError> {
    let now: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
    send(settings, &mail(), now, WITHIN).await.map(|reply| reply.code)
}

#[tokio::test]
async fn a_mail_arrives_whole() {
    let (port, told) = server(&[("AUTH", Some("235 yes"))]).await;
    let inbox = settings(port, &[("smtp_user", "u"), ("smtp_password", "two words")]);
    assert_eq!(sent(&inbox).await.unwrap(), 250);
    let told = told.await.unwrap();
    for part in [
        "EHLO shop.example",
        "AUTH PLAIN AHUAdHdvIHdvcmRz",
        "RCPT TO:<ana@example.com>",
        "Message-ID: <key@shop.example>",
        "In-Reply-To: <1@example.com>",
        "References: <0@example.com> <1@example.com>",
        "Auto-Submitted: auto-replied",
        "Date: Sun, 01 Mar 2026 10:00:00 +0000",
        "multipart/alternative",
        "It is on its way.",
        "<p>Hello Ana,</p>",
    ] {
        assert!(told.contains(part), "{part} is not in:\n{told}");
    }
    assert!(told.is_ascii(), "{told}");
}

#[tokio::test]
async fn what_the_server_says_is_its_code() {
    for (answers, code) in [
        (&[("RCPT", Some("550 no such user"))] as &'static [_], 550),
        (&[("MAIL", Some("451 greylisted"))], 451),
        (&[(".", Some("452 disk full"))], 452),
    ] {
        let (port, _told) = server(answers).await;
        assert_eq!(sent(&settings(port, &[])).await.unwrap(), code);
    }
}

#[tokio::test]
async fn a_server_that_hangs_up_leaves_it_open() {
    let (port, _told) = server(&[(".", None)]).await;
    assert!(matches!(sent(&settings(port, &[])).await, Err(MailError::Unknown(_))));
    // Nobody listens there any more.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    assert!(matches!(sent(&settings(port, &[])).await, Err(MailError::Connect(_))));
}

#[tokio::test]
async fn without_encryption_mail_goes_to_this_machine_alone() {
    let inbox = settings(25, &[("smtp_host", "mail.example.com")]);
    assert!(matches!(sent(&inbox).await, Err(MailError::Unsendable(_))));
}
