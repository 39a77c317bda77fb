//! Mail out, by SMTP.

#[cfg(test)]
pub(crate) mod tests;

use std::io;
use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use channels::{Mail, Settings};
use jiff::Timestamp;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

/// What the server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// SMTP's reply code: 250, 451, 550.
    pub code: u16,
    /// In the server's words.
    pub text: String,
}

/// Why there is no reply.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// Nothing was sent: it cannot be made a mail, or the settings do not fit together.
    #[error("{0}")]
    Unsendable(String),
    /// Nothing was sent: nobody is there.
    #[error("no connection: {0}")]
    Connect(String),
    /// It is not known whether the server has it. It has the same `Message-ID` again.
    #[error("no answer of the mail server: {0}")]
    Unknown(String),
}

/// Hands a mail to the server that the settings name, within a time altogether.
///
/// # Errors
/// [`MailError`]; a refusal of the server is a [`Reply`].
pub async fn send(
    settings: &Settings,
    mail: &Mail,
    now: Timestamp,
    within: Duration,
) -> Result<Reply, MailError> {
    let message = message(mail, now)?;
    let transport = transport(settings, &message, within)?;
    match tokio::time::timeout(within, transport.send(message)).await {
        Err(_) => Err(MailError::Unknown(format!("not within {} s", within.as_secs()))),
        Ok(Ok(response)) => Ok(Reply {
            code: response.code().into(),
            text: response.first_line().unwrap_or_default().to_owned(),
        }),
        Ok(Err(error)) => match error.status() {
            Some(code) => Ok(Reply { code: code.into(), text: error.to_string() }),
            None if error.is_client() => Err(MailError::Unsendable(error.to_string())),
            None if refused(&error) => Err(MailError::Connect(error.to_string())),
            None => Err(MailError::Unknown(error.to_string())),
        },
    }
}

/// Whether nobody takes connections there.
fn refused(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut causes = std::iter::successors(Some(error), |cause| cause.source());
    causes.any(|cause| {
        let io = cause.downcast_ref::<io::Error>();
        io.is_some_and(|io| io.kind() == io::ErrorKind::ConnectionRefused)
    })
}

fn unsendable(what: &str) -> impl Fn(String) -> MailError + '_ {
    move |why| MailError::Unsendable(format!("{what}: {why}"))
}

fn message(mail: &Mail, now: Timestamp) -> Result<Message, MailError> {
    let mailbox = |what: &str, text: &str| {
        text.parse::<Mailbox>().map_err(|error| unsendable(what)(error.to_string()))
    };
    let mut builder = Message::builder()
        .from(mailbox("the setting from", &mail.from)?)
        .to(mailbox("the customer's address", &mail.to)?)
        .subject(&mail.subject)
        .date(SystemTime::from(now))
        .message_id(Some(mail.message_id.clone()));
    if let Some(answered) = &mail.in_reply_to {
        builder = builder.in_reply_to(answered.clone());
    }
    for (name, value) in &mail.headers {
        let name = HeaderName::new_from_ascii((*name).to_owned())
            .map_err(|error| unsendable("a header")(error.to_string()))?;
        builder = builder.raw_header(HeaderValue::new(name, value.clone()));
    }
    let parts = MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone());
    builder.multipart(parts).map_err(|error| unsendable("the mail")(error.to_string()))
}

fn transport(
    settings: &Settings,
    message: &Message,
    within: Duration,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, MailError> {
    let host = settings.text("smtp_host");
    let port = u16::try_from(settings.number("smtp_port")).unwrap_or(587);
    let tls = || {
        TlsParameters::new(host.to_owned())
            .map_err(|error| unsendable("the setting smtp_host")(error.to_string()))
    };
    let security = match settings.text("smtp_security") {
        "tls" => Tls::Wrapper(tls()?),
        "none" if is_here(host) => Tls::None,
        "none" => {
            let why = "none is for a server on this machine".to_owned();
            return Err(unsendable("the setting smtp_security")(why));
        }
        _ => Tls::Required(tls()?),
    };
    let sender = message.envelope().from().map(|from| from.domain().to_owned());
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
        .port(port)
        .tls(security)
        .timeout(Some(within))
        .hello_name(ClientId::Domain(sender.unwrap_or_else(|| "localhost".to_owned())));
    if let Some(user) = settings.optional("smtp_user") {
        let password = settings.phrase("smtp_password").map(channels::Secret::expose);
        let password = password.unwrap_or_default().to_owned();
        builder = builder.credentials(Credentials::new(user.to_owned(), password));
    }
    Ok(builder.build())
}

fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
