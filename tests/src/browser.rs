//! A real browser, driven by WebDriver (W3C, 2018) over plain HTTP: Chromium without a
//! screen, with a profile of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{DEADLINE, workspace};

/// The key under which WebDriver names elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
/// The key of a button, for [`Browser::keys`].
pub mod key {
    #![allow(missing_docs, clippy::allow_attributes, reason = "names of keys say what they are")]
    pub const TAB: &str = "\u{e004}";
    pub const ENTER: &str = "\u{e007}";
    pub const SHIFT: &str = "\u{e008}";
    pub const ESCAPE: &str = "\u{e00c}";
    pub const SPACE: &str = " ";
}

/// A browser with one window. Ended when dropped.
#[derive(Debug)]
pub struct Browser {
    driver: Child,
    agent: ureq::Agent,
    session: String,
    _profile: TempDir,
}

/// Something on the page.
#[derive(Clone, Debug)]
pub struct Element(String);

impl Browser {
    /// Starts a browser that speaks this language, in a window of this size.
    ///
    /// # Panics
    /// There is no Chromium or no chromedriver: `./test` installs them.
    #[must_use]
    #[track_caller]
    pub fn start(language: &str, width: u32, height: u32) -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver; `./test` installs it (Debian: chromium chromium-driver)");
        let lines = BufReader::new(driver.stdout.take().expect("a pipe")).lines();
        let port = lines.map_while(Result::ok).find_map(|line| {
            line.rsplit_once("successfully on port ")?.1.trim_end_matches('.').parse().ok()
        });
        let port: u16 = port.expect("chromedriver says on which port it listens");
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(DEADLINE))
            .build()
            .into();
        let profile = tempfile::tempdir().expect("a folder");
        let mut browser =
            Self { driver, agent, session: format!("http://127.0.0.1:{port}"), _profile: profile };
        let arguments = [
            "--headless".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-quic".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--no-first-run".to_owned(),
            "--disable-background-networking".to_owned(),
            "--disable-component-update".to_owned(),
            "--disable-sync".to_owned(),
            "--hide-scrollbars".to_owned(),
            format!("--lang={language}"),
            format!("--window-size={width},{height}"),
            format!("--user-data-dir={}", browser._profile.path().display()),
        ];
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": { "args": arguments, "prefs": { "intl.accept_languages": language } },
            "goog:loggingPrefs": { "browser": "ALL" },
        }}});
        let session = browser.call("POST", "/session", Some(&wanted));
        let id = session["sessionId"].as_str().expect("a session").to_owned();
        browser.session = format!("{}/session/{id}", browser.session);
        browser
    }

    #[track_caller]
    fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let address = format!("{}{path}", self.session);
        let sent = match (method, body) {
            ("GET", _) => self.agent.get(address).call(),
            ("DELETE", _) => self.agent.delete(address).call(),
            (_, body) => {
                let body = body.cloned().unwrap_or_else(|| json!({}));
                let request = self.agent.post(address).header("content-type", "application/json");
                request.send(body.to_string())
            }
        };
        let mut response = sent.expect("chromedriver answers");
        let text = response.body_mut().with_config().limit(64 << 20).read_to_string();
        let mut answer: Value = serde_json::from_str(&text.expect("a body")).expect("JSON");
        let value = answer["value"].take();
        assert!(response.status().is_success(), "{method} {path}: {value:#}");
        value
    }

    /// Goes to an address.
    ///
    /// # Panics
    /// It cannot be loaded.
    #[track_caller]
    pub fn open(&self, address: &str) {
        self.call("POST", "/url", Some(&json!({ "url": address })));
    }

    /// Runs a function's body in the page; what it returns, a promise awaited.
    ///
    /// # Panics
    /// It throws.
    #[expect(clippy::must_use_candidate, reason = "it acts on the page")]
    #[track_caller]
    pub fn run(&self, script: &str, arguments: &[Value]) -> Value {
        self.call("POST", "/execute/sync", Some(&json!({ "script": script, "args": arguments })))
    }

    /// Waits until a function's body returns something that is true, and gives it.
    ///
    /// # Panics
    /// It does not within the deadline.
    #[expect(clippy::must_use_candidate, reason = "it acts on the page")]
    #[track_caller]
    pub fn until(&self, script: &str, arguments: &[Value]) -> Value {
        // The page itself looks again with each frame, so that nothing sleeps here.
        let looks = format!(
            "const look = (...a) => (function () {{ {script} }}).apply(null, a); const given = [...arguments]; \
             return new Promise((done) => {{ const until = performance.now() + 20000; const again = () => {{ \
             let found = null; try {{ found = look(...given); }} catch (error) {{ found = null; }} \
             if (found || performance.now() > until) done(found || null); else setTimeout(again, 30); }}; again(); }});"
        );
        let value = self.run(&looks, arguments);
        let empty = value.is_null() || value == Value::Bool(false);
        assert!(!empty, "never true: {script}\n{}", self.log());
        value
    }

    /// The element that a function's body returns, once it is there.
    ///
    /// # Panics
    /// It never is.
    #[must_use]
    #[track_caller]
    pub fn element(&self, script: &str) -> Element {
        let found = self.until(script, &[]);
        Element(found[ELEMENT].as_str().unwrap_or_else(|| panic!("no element: {found}")).to_owned())
    }

    /// Presses an element as a mouse does.
    ///
    /// # Panics
    /// It cannot be pressed: it is hidden, say.
    #[track_caller]
    pub fn click(&self, element: &Element) {
        self.call("POST", &format!("/element/{}/click", element.0), None);
    }

    /// Types into an element; a path into an input of files.
    ///
    /// # Panics
    /// It takes no keys.
    #[track_caller]
    pub fn write(&self, element: &Element, text: &str) {
        let body = json!({ "text": text });
        self.call("POST", &format!("/element/{}/value", element.0), Some(&body));
    }

    /// Presses keys one after the other, wherever the focus is. A [`key::SHIFT`] is held
    /// down for the one after it.
    ///
    /// # Panics
    /// The browser is gone.
    #[track_caller]
    pub fn keys(&self, keys: &[&str]) {
        let press = |kind: &str, value: &str| json!({ "type": kind, "value": value });
        let mut actions = Vec::new();
        let mut shifted = false;
        for key in keys {
            if *key == key::SHIFT {
                actions.push(press("keyDown", key));
                shifted = true;
                continue;
            }
            actions.extend([press("keyDown", key), press("keyUp", key)]);
            if std::mem::take(&mut shifted) {
                actions.push(press("keyUp", key::SHIFT));
            }
        }
        let body = json!({ "actions": [{ "type": "key", "id": "keys", "actions": actions }] });
        self.call("POST", "/actions", Some(&body));
    }

    /// Gives the page the size of a phone's, touch and all, or of a window.
    ///
    /// # Panics
    /// The browser is gone.
    #[track_caller]
    pub fn resize(&self, width: u32, height: u32) {
        let phone = width < 600;
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": if phone { 2 } else { 1 }, "mobile": phone });
        self.devtools("Emulation.setDeviceMetricsOverride", &size);
    }

    /// Says what people prefer: `("prefers-color-scheme", "dark")`.
    ///
    /// # Panics
    /// The browser is gone.
    #[track_caller]
    pub fn prefer(&self, features: &[(&str, &str)]) {
        let features: Vec<_> =
            features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        self.devtools("Emulation.setEmulatedMedia", &json!({ "features": features }));
    }

    /// Takes the network away, or gives it back.
    ///
    /// # Panics
    /// The browser is gone.
    #[track_caller]
    pub fn offline(&self, offline: bool) {
        self.devtools("Network.enable", &json!({}));
        let conditions = json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.devtools("Network.emulateNetworkConditions", &conditions);
    }

    #[track_caller]
    fn devtools(&self, command: &str, parameters: &Value) {
        let body = json!({ "cmd": command, "params": parameters });
        self.call("POST", "/goog/cdp/execute", Some(&body));
    }

    /// Keeps a picture of what is seen as `target/screenshots/<name>.png`.
    ///
    /// # Panics
    /// It cannot be written.
    #[track_caller]
    pub fn screenshot(&self, name: &str) {
        let folder = workspace().join("target/screenshots");
        std::fs::create_dir_all(&folder).expect("a folder");
        let path = folder.join(format!("{name}.png"));
        let picture = self.call("GET", "/screenshot", None);
        let bytes = decode(picture.as_str().unwrap_or_default());
        std::fs::write(&path, bytes).expect("the picture is written");
    }

    /// What axe-core finds on the page, one line a violation; a test wants none.
    ///
    /// # Panics
    /// axe-core is missing: `./test` fetches it.
    #[must_use]
    #[track_caller]
    pub fn axe(&self) -> Vec<String> {
        let path = workspace().join("target/axe/package/axe.min.js");
        let axe = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}; `./test` fetches it", path.display()));
        // Run as a function of WebDriver's, so that the page's own policy stays in force.
        let script = format!(
            "{axe}; return axe.run(document, {{ resultTypes: ['violations'] }}).then((found) => found.violations.map(\
             (v) => `${{v.id}} (${{v.impact}}): ${{v.help}}: ${{v.nodes.map((n) => n.target.join(' ') + ' ' + n.failureSummary).join('; ')}}`))"
        );
        let found = self.run(&script, &[]);
        let lines = found.as_array().expect("a list").iter();
        lines.map(|line| line.as_str().unwrap_or_default().to_owned()).collect()
    }

    /// What the page has logged since the last time: errors of scripts and of policies.
    ///
    /// # Panics
    /// The browser is gone.
    #[must_use]
    #[track_caller]
    pub fn log(&self) -> String {
        let lines = self.call("POST", "/se/log", Some(&json!({ "type": "browser" })));
        let lines = lines.as_array().cloned().unwrap_or_default();
        let line = |line: &Value| {
            format!("{} {}", line["level"].as_str().unwrap_or_default(), line["message"])
        };
        lines.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver ends its browser; then it is ended itself.
        let _ = self.agent.delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// Base64, as WebDriver sends pictures.
fn decode(text: &str) -> Vec<u8> {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |byte: u8| DIGITS.iter().position(|known| *known == byte);
    let digits: Vec<usize> = text.bytes().filter_map(digit).collect();
    let bytes = digits.chunks(4).flat_map(|four| {
        let bits = four.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - four.len()));
        [bits >> 16, bits >> 8, bits].into_iter().take(four.len() - 1)
    });
    bytes.map(|byte| u8::try_from(byte & 0xff).unwrap_or_default()).collect()
}

/// A shop's own server, at an address of its own.
#[derive(Debug)]
pub struct Shop {
    /// `http://127.0.0.1:PORT`.
    pub origin: String,
    listener: std::net::TcpListener,
}

impl Shop {
    /// Takes an address.
    ///
    /// # Panics
    /// No port is free.
    #[must_use]
    pub fn open() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        Self { origin, listener }
    }

    /// Serves one page from now on, whatever is asked for, with this policy.
    ///
    /// # Panics
    /// The listener cannot be shared.
    pub fn serve(&self, page: &str, policy: &str) {
        let listener = self.listener.try_clone().expect("a listener");
        let answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
             connection: close\r\ncontent-security-policy: {policy}\r\n\r\n{page}",
            page.len()
        );
        std::thread::spawn(move || {
            // Ends with the process: a listener that nobody asks costs nothing.
            for stream in listener.incoming().map_while(Result::ok) {
                let answer = answer.clone();
                std::thread::spawn(move || {
                    use std::io::Write;
                    let mut stream = stream;
                    let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
                    while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {
                    }
                    let _ = stream.write_all(answer.as_bytes());
                });
            }
        });
    }
}
