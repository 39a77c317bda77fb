//! HTTP as a client speaks it, and bytes as no client would.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;

use crate::{DEADLINE, Service};

/// What came back.
#[derive(Clone, Debug)]
pub struct Got {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub text: String,
}

impl Got {
    /// The body as JSON.
    ///
    /// # Panics
    /// It is none.
    #[must_use]
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The body of a request that went well.
    ///
    /// # Panics
    /// It did not.
    #[must_use]
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        self.json()
    }

    /// The status, and the code of a problem: `409 message-id-reused`.
    #[must_use]
    pub fn outcome(&self) -> String {
        let body: Value = serde_json::from_str(&self.text).unwrap_or_default();
        match body["code"].as_str() {
            Some(code) => format!("{} {code}", self.status),
            None => self.status.to_string(),
        }
    }
}

impl Service {
    fn address(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Sends JSON; an error is that nothing came back.
    ///
    /// # Errors
    /// The connection broke or was refused.
    pub fn try_post(
        &self,
        path: &str,
        token: Option<&str>,
        body: &Value,
    ) -> Result<Got, ureq::Error> {
        let mut request = self.agent.post(self.address(path));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let request = request.header("content-type", "application/json");
        let mut response = request.send(body.to_string())?;
        let status = response.status().as_u16();
        Ok(Got { status, text: response.body_mut().read_to_string()? })
    }

    /// Sends JSON.
    ///
    /// # Panics
    /// Nothing came back.
    #[must_use]
    #[track_caller]
    pub fn post(&self, path: &str, token: Option<&str>, body: &Value) -> Got {
        self.try_post(path, token, body).expect("a response")
    }

    /// Reads an address.
    ///
    /// # Panics
    /// Nothing came back.
    #[must_use]
    #[track_caller]
    pub fn get(&self, path: &str, token: Option<&str>) -> Got {
        let mut request = self.agent.get(self.address(path));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut response = request.call().expect("a response");
        let status = response.status().as_u16();
        Got { status, text: response.body_mut().read_to_string().expect("a body") }
    }

    /// One turn of an API caller, in a conversation that it names.
    ///
    /// # Panics
    /// It was refused.
    #[must_use]
    #[track_caller]
    pub fn turn(&self, conversation: &str, text: &str) -> Value {
        let body = serde_json::json!({ "conversation_id": conversation, "text": text });
        self.post("/v1/messages", Some(&self.admin), &body).ok()
    }
}

/// Sends bytes as they are, and reads what comes back until the other end closes.
///
/// # Panics
/// The connection cannot be made.
#[must_use]
pub fn raw(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(DEADLINE)).expect("a deadline");
    // A service that answers before it has read everything may close meanwhile.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// Posts bytes with headers of the caller's own. None where nothing came back.
#[must_use]
pub fn post(
    address: SocketAddr,
    path: &str,
    headers: &[(String, String)],
    body: &[u8],
) -> Option<u16> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(DEADLINE))
        .build()
        .into();
    let mut request = agent.post(format!("http://{address}{path}"));
    for (name, value) in headers {
        request = request.header(name, value);
    }
    request.send(body).ok().map(|response| response.status().as_u16())
}
