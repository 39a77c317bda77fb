//! A service, a shop's page with its widget, and a browser that looks at it.

use std::path::PathBuf;

use harness::browser::{Browser, Element, Shop};
use harness::{Options, Service};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::BINARY;

/// A shop's page as strict as can be: scripts by nonce, no style but its own, calls to the
/// service alone.
const POLICY: &str = "default-src 'none'; script-src 'nonce-shop'; style-src 'nonce-shop'; \
    connect-src {SERVICE}; img-src https://cdn.shop.example; base-uri 'none'; form-action 'none'; \
    require-trusted-types-for 'script'";

/// A shop, its customers and its people.
pub(crate) struct Scene {
    pub(crate) service: Service,
    pub(crate) browser: Browser,
    pub(crate) shop: Shop,
    folder: TempDir,
    flags: Vec<String>,
}

impl Scene {
    /// With a browser of this language in a window of this size.
    #[track_caller]
    pub(crate) fn new(language: &str, width: u32, height: u32) -> Self {
        Self::limited(language, width, height, "0")
    }

    /// With so many requests a minute.
    #[track_caller]
    pub(crate) fn limited(language: &str, width: u32, height: u32, limit: &str) -> Self {
        let flags = ["--visitor-requests-per-minute", limit].map(str::to_owned).to_vec();
        Self::made(language, width, height, flags, "")
    }

    /// With a `desk.toml` of the shop's own.
    #[track_caller]
    pub(crate) fn of_desk(desk: &str) -> Self {
        Self::made("en", 1000, 760, Vec::new(), desk)
    }

    fn made(language: &str, width: u32, height: u32, mut flags: Vec<String>, desk: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let shop = Shop::open();
        let settings = format!(
            "[inbox.shop]\nchannel = \"widget\"\norigins = [\"{}\"]\nimages = [\"cdn.shop.example\"]\n\
             colour = \"#0f766e\"\nidentity_secret_plain = \"{}\"\n",
            shop.origin,
            "k".repeat(32)
        );
        std::fs::write(folder.path().join("switchboard.toml"), settings).unwrap();
        if !desk.is_empty() {
            let own = folder.path().join("shop");
            std::fs::create_dir_all(own.join("desk")).unwrap();
            std::fs::write(own.join("desk/desk.toml"), desk).unwrap();
            flags.extend(["--shop".to_owned(), own.to_str().unwrap().to_owned()]);
        }
        let service = start(&folder, None, &flags);
        let browser = Browser::start(language, width, height);
        let scene = Self { service, browser, shop, folder, flags };
        let ana = json!({ "name": "ana.k", "role": "agent", "password": "correct horse", "known_as": "Ana" });
        let _ = scene.service.post("/v1/users", Some(&scene.service.admin), &ana).ok();
        scene
    }

    /// Shows the shop's page in this language, with more attributes for the script and a
    /// script of the page's own before it.
    #[track_caller]
    pub(crate) fn visit(&self, language: &str, attributes: &str, before: &str) {
        let service = format!("http://{}", self.service.address);
        let page = format!(
            "<!doctype html><html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>Shop</title>\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <style nonce=\"shop\">body {{ font-family: serif; margin: 40px }} p {{ all: revert; color: #444 }}</style>\
             <script nonce=\"shop\">{before}</script>\
             <script async nonce=\"shop\" src=\"{service}/widget.js\" data-inbox=\"shop\" {attributes}></script></head>\
             <body><main><h1>Cups and teas</h1><p>From here to everywhere.</p>\
             <p><a href=\"#cups\" id=\"cups\">Cups</a> <button type=\"button\" id=\"buy\">Buy</button></p></main></body></html>"
        );
        self.shop.serve(&page, &POLICY.replace("{SERVICE}", &service));
        self.browser.open(&self.shop.origin);
        self.until("return w.querySelector('.launcher')");
    }

    /// Waits until something is true of the widget, whose shadow root is `w`.
    #[track_caller]
    pub(crate) fn until(&self, script: &str) -> Value {
        self.browser.until(&inside(script), &[])
    }

    /// What is so of the widget now.
    #[track_caller]
    pub(crate) fn now(&self, script: &str) -> Value {
        self.browser.run(&inside(script), &[])
    }

    #[track_caller]
    pub(crate) fn find(&self, selector: &str) -> Element {
        let shown = format!(
            "const e = w.querySelector({selector:?}); return e && e.getClientRects().length ? e : null"
        );
        self.browser.element(&inside(&shown))
    }

    #[track_caller]
    pub(crate) fn click(&self, selector: &str) {
        self.browser.click(&self.find(selector));
    }

    /// Opens the widget.
    #[track_caller]
    pub(crate) fn open(&self) {
        self.click(".launcher");
        self.until("return !w.querySelector('.panel').hidden");
    }

    /// Types and sends as a customer does, and waits for what comes back.
    #[track_caller]
    pub(crate) fn ask(&self, text: &str) {
        let before = self.now("return w.querySelectorAll('.row.bot[data-key^=m]').length");
        self.say(text);
        self.until(&format!(
            "return w.querySelectorAll('.row.bot[data-key^=m]').length > {before}"
        ));
    }

    #[track_caller]
    pub(crate) fn say(&self, text: &str) {
        self.browser.write(&self.find("textarea"), text);
        self.click(".send");
        self.until(&format!("return w.querySelector('.log').textContent.includes({text:?})"));
    }

    /// Waits until the log says this.
    #[track_caller]
    pub(crate) fn shows(&self, text: &str) {
        self.until(&format!("return w.querySelector('.log').textContent.includes({text:?})"));
    }

    /// How often the log says this.
    #[track_caller]
    pub(crate) fn count(&self, text: &str) -> u64 {
        self.now(&format!("return w.querySelector('.log').textContent.split({text:?}).length - 1"))
            .as_u64()
            .unwrap()
    }

    /// The only ticket there is.
    #[track_caller]
    pub(crate) fn ticket(&self) -> String {
        let tickets = self.service.get("/v1/tickets", Some(&self.service.admin)).ok();
        tickets["tickets"][0]["id"].as_str().unwrap().to_owned()
    }

    /// A person answers, by the API.
    #[track_caller]
    pub(crate) fn reply(&self, text: &str) {
        let path = format!("/v1/tickets/{}/reply", self.ticket());
        let body = json!({ "agent": "ana.k", "text": text });
        let _ = self.service.post(&path, Some(&self.service.admin), &body).ok();
    }

    /// Ends the service.
    #[track_caller]
    pub(crate) fn stop(&self) {
        self.service.signal("TERM");
        assert!(self.service.end().success());
    }

    /// Starts it again, at the same address.
    #[track_caller]
    pub(crate) fn start_again(&mut self) {
        self.service = start(&self.folder, Some(self.service.address), &self.flags);
    }

    /// Keeps a picture, and holds that nothing was logged as an error and axe finds nothing.
    #[track_caller]
    pub(crate) fn look(&self, name: &str) {
        // What moves in comes to its place first.
        self.browser.run(
            "const w = document.querySelector('#switchboard-widget').shadowRoot; \
             return Promise.all(w.getAnimations().filter((a) => a.effect.getTiming().iterations === 1).map((a) => a.finished)).then(() => true)",
            &[],
        );
        self.browser.screenshot(name);
        let found = self.browser.axe();
        assert!(found.is_empty(), "axe on {name}: {found:#?}");
    }

    /// Holds that no script failed and no policy was broken.
    #[track_caller]
    pub(crate) fn is_quiet(&self) {
        let log = self.browser.log();
        let loud: Vec<_> = log
            .lines()
            .filter(|line| line.starts_with("SEVERE") && !line.contains("favicon"))
            .collect();
        assert!(loud.is_empty(), "{loud:#?}");
    }
}

fn start(folder: &TempDir, listen: Option<std::net::SocketAddr>, more: &[String]) -> Service {
    let path = |name: &str| -> PathBuf { folder.path().join(name) };
    let mut flags =
        vec!["--config".to_owned(), path("switchboard.toml").to_str().unwrap().to_owned()];
    flags.extend_from_slice(more);
    Service::with(BINARY, Options { flags, data: Some(path("data")), listen })
}

fn inside(script: &str) -> String {
    format!("const w = document.querySelector('#switchboard-widget').shadowRoot; {script}")
}
