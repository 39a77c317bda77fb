//! The console as people work with it: by keyboard alone, two at once, looked at by axe.

use harness::browser::{Browser, key};
use harness::{Options, Service};
use serde_json::json;

use crate::BINARY;

const PASSWORD: &str = "correct horse battery";

/// A service with a customer who waits, and a browser at its console.
struct Desk {
    service: Service,
    browser: Browser,
}

impl Desk {
    #[track_caller]
    fn new(role: &str) -> Self {
        let service = Service::with(BINARY, Options::default());
        let (all, first) = (["care", "lead"].as_slice(), ["care"].as_slice());
        for (name, role, teams) in
            [("ana", role, all), ("ben", "agent", all), ("cleo", "agent", first)]
        {
            let person = json!({
                "name": name, "role": role, "password": PASSWORD, "teams": teams,
                "languages": ["en"],
            });
            let _ = service.post("/v1/users", Some(&service.admin), &person).ok();
        }
        for (conversation, text) in [
            (
                "m1",
                "¡¡Mi paquete se ha perdido y nadie contesta!! Sois unos sinvergüenzas. Pedido 10234",
            ),
            ("m2", "<img src=x onerror=alert(1)> \u{202e}evil. I want to talk to a person now!"),
            ("m3", "أريد التحدث مع شخص من فضلك، الطلب 55231 لم يصل"),
        ] {
            let turn = service.turn(conversation, text);
            assert!(turn["ticket"].is_object(), "{turn}");
        }
        let browser = Browser::start("en", 1440, 900);
        Self { service, browser }
    }

    #[track_caller]
    fn open(&self, path: &str) {
        self.browser.open(&format!("http://{}{path}", self.service.address));
    }

    /// Types into whatever has the focus.
    #[track_caller]
    fn types(&self, text: &str) {
        let keys: Vec<String> = text.chars().map(String::from).collect();
        self.browser.keys(&keys.iter().map(String::as_str).collect::<Vec<_>>());
    }

    /// Signs in by keyboard: the name has the focus.
    #[track_caller]
    fn sign_in(&self, name: &str) {
        self.open("/console");
        self.browser.until("return document.activeElement.id === 'name'", &[]);
        self.types(name);
        self.browser.keys(&[key::TAB]);
        self.types(PASSWORD);
        self.browser.keys(&[key::ENTER]);
        self.browser.until("return document.querySelector('table.tickets')", &[]);
    }

    /// Keeps a picture, and holds that axe finds nothing.
    #[track_caller]
    fn look(&self, name: &str) {
        self.browser.screenshot(name);
        let found = self.browser.axe();
        assert!(found.is_empty(), "axe on {name}: {found:#?}");
    }

    /// Holds that no script failed and no policy was broken.
    #[track_caller]
    fn is_quiet(&self) {
        let log = self.browser.log();
        let loud: Vec<_> = log.lines().filter(|line| line.starts_with("SEVERE")).collect();
        assert!(loud.is_empty(), "{loud:#?}");
    }

    /// What was said last in a conversation.
    #[track_caller]
    fn said(&self, conversation: &str) -> String {
        let path = format!("/v1/conversations/{conversation}/messages");
        let all = self.service.get(&path, Some(&self.service.admin)).ok();
        let last = all["messages"].as_array().unwrap().last().unwrap().clone();
        last["text"].as_str().unwrap().to_owned()
    }
}

#[test]
fn an_agent_claims_and_answers_by_keyboard_alone() {
    let desk = Desk::new("agent");
    desk.sign_in("ana");
    desk.look("console-queue");
    // The second ticket of the list: a parcel that is lost stands first.
    desk.browser.keys(&["j"]);
    desk.browser.until("return document.activeElement.closest('tr').classList.contains('at')", &[]);
    desk.browser.keys(&[key::ENTER]);
    desk.browser.until("return document.querySelector('#reply')", &[]);
    desk.look("console-ticket");
    desk.browser.keys(&["c"]);
    desk.browser
        .until("return document.querySelector('.owner').textContent.includes('You have it')", &[]);
    desk.browser.until("return document.activeElement.id === 'reply'", &[]);
    // A canned answer by its shortcut, in the customer's language.
    desk.types("/tracking.lo");
    desk.browser.until("return document.querySelector('#canned [aria-selected=true]')", &[]);
    desk.look("console-canned");
    desk.browser.keys(&[key::ENTER]);
    let text = desk.browser.until("return document.querySelector('#reply').value", &[]);
    let text = text.as_str().unwrap().to_owned();
    assert!(!text.contains('/'), "the shortcut is gone: {text}");
    desk.browser.keys(&[key::TAB, key::ENTER]);
    desk.browser.until("return document.querySelector('.message.agent')", &[]);
    assert_eq!(desk.said("m1"), text.replace("\r\n", "\n"));
    assert_eq!(desk.browser.run("return document.querySelector('#reply').value", &[]), "");
    // Keys are shown, and the list is left again.
    desk.browser.run("document.activeElement.blur()", &[]);
    desk.browser.keys(&["?"]);
    desk.browser.until("return document.querySelector('#keys').open", &[]);
    desk.look("console-keys");
    desk.browser.keys(&[key::ESCAPE]);
    desk.browser.until("return !document.querySelector('#keys').open", &[]);
    desk.browser.keys(&["x"]);
    desk.browser.until("return document.activeElement.name === 'cause'", &[]);
    desk.browser.keys(&[key::TAB, key::TAB, key::TAB, key::ENTER]);
    desk.browser
        .until("return document.querySelector('.owner').textContent.includes('Resolved')", &[]);
    desk.is_quiet();
}

#[test]
fn a_ticket_above_ones_tier_is_claimed_by_naming_it() {
    let desk = Desk::new("agent");
    let turn = desk.service.turn("m4", "I will sue you.");
    assert_eq!(turn["ticket"]["tier"], 3, "{turn}");
    desk.sign_in("cleo");
    desk.open(&format!("/console/tickets/{}", turn["ticket"]["id"].as_str().unwrap()));
    desk.browser.until("return document.querySelector('#reply')", &[]);
    desk.browser.keys(&["c"]);
    desk.browser.until("return document.querySelector('.action.above').open", &[]);
    desk.browser.until("return document.activeElement.textContent === 'Claim: tier 3'", &[]);
    desk.look("console-tier-above");
    desk.browser.keys(&[key::ENTER]);
    desk.browser
        .until("return document.querySelector('.owner').textContent.includes('You have it')", &[]);
    // What is sent stands as the customer sees it, and nothing is said to be due.
    desk.browser.until("return document.activeElement.id === 'reply'", &[]);
    desk.types("**Good news**: see [your order](https://shop.example/o/1).");
    desk.browser.keys(&[key::TAB, key::ENTER]);
    desk.browser.until("return document.querySelector('.message.agent strong + a[rel]') || document.querySelector('.message.agent .rich a')", &[]);
    desk.browser.until("return document.querySelector('.head .due.none').textContent.includes('the customer is awaited')", &[]);
    desk.look("console-answered");
    desk.is_quiet();
}

#[test]
fn what_others_do_is_seen_at_once_and_nothing_is_sent_over_it() {
    let desk = Desk::new("agent");
    desk.sign_in("ana");
    let tickets = desk.service.get("/v1/tickets", Some(&desk.service.admin)).ok();
    let ticket =
        tickets["tickets"].as_array().unwrap().iter().find(|t| t["conversation_id"] == "m2");
    let ticket = ticket.unwrap()["id"].as_str().unwrap().to_owned();
    desk.open(&format!("/console/tickets/{ticket}"));
    // What a customer writes is text, and turns nothing around.
    desk.browser.until("return document.querySelector('.message.customer .words').textContent.includes('<img src=x')", &[]);
    desk.browser.until("return document.querySelector('.odd')", &[]);
    assert_eq!(desk.browser.run("return document.querySelectorAll('main img').length", &[]), 0);
    desk.browser.keys(&["r"]);
    desk.browser.until("return document.activeElement.id === 'reply'", &[]);
    desk.types("Hello from Ana.");
    let take = json!({ "agent": "ben" });
    let path = format!("/v1/tickets/{ticket}/take");
    let _ = desk.service.post(&path, Some(&desk.service.admin), &take).ok();
    desk.browser.until("return document.querySelector('.owner').textContent.includes('ben')", &[]);
    desk.browser.keys(&[key::TAB, key::ENTER]);
    desk.browser.until("return document.querySelector('.problem')", &[]);
    desk.browser
        .until("return document.querySelector('.changed').textContent.includes('ben')", &[]);
    desk.look("console-conflict");
    assert_eq!(
        desk.browser.run("return document.querySelector('#reply').value", &[]),
        "Hello from Ana."
    );
    assert!(!desk.said("m2").contains("Ana"), "nothing was sent");
    // Having taken it over, what was written is there still, and is sent.
    desk.browser.run("document.activeElement.blur()", &[]);
    desk.browser.keys(&["c"]);
    desk.browser
        .until("return document.querySelector('.owner').textContent.includes('You have it')", &[]);
    desk.browser.until("return document.querySelector('#reply').value === 'Hello from Ana.'", &[]);
    desk.browser.until("return document.activeElement.id === 'reply'", &[]);
    desk.browser.keys(&[key::TAB, key::ENTER]);
    desk.browser.until("return document.querySelector('.message.agent')", &[]);
    assert_eq!(desk.said("m2"), "Hello from Ana.");
}

#[test]
fn every_page_passes_axe_in_light_and_dark_and_on_a_phone() {
    let desk = Desk::new("admin");
    desk.look_at_sign_in();
    desk.sign_in("ana");
    for (scheme, width, height) in [("light", 1440, 900), ("dark", 1440, 900), ("light", 390, 844)]
    {
        desk.browser.prefer(&[("prefers-color-scheme", scheme)]);
        desk.browser.resize(width, height);
        for (name, path) in [
            ("queue", "/console"),
            ("search", "/console/search?q=paquete"),
            ("figures", "/console/lead"),
            ("questions", "/console/lead/questions"),
            ("answers", "/console/lead/answers"),
            ("variants", "/console/lead/variants"),
            ("words", "/console/lead/words"),
            ("people", "/console/lead/people"),
            ("users", "/console/admin"),
            ("tokens", "/console/admin/tokens"),
            ("trail", "/console/admin/trail"),
            ("packs", "/console/admin/packs"),
            ("channels", "/console/admin/channels"),
            ("practice", "/console/practice"),
        ] {
            desk.open(path);
            desk.browser.until("return document.querySelector('h1')", &[]);
            desk.look(&format!("console-{name}-{scheme}-{width}"));
        }
        desk.browser.open(&format!("http://{}/console", desk.service.address));
        desk.browser.run("document.querySelector('table.tickets a').click()", &[]);
        desk.browser.until("return document.querySelector('#transcript')", &[]);
        desk.look(&format!("console-ticket-{scheme}-{width}"));
    }
    desk.is_quiet();
    // Where the table has no head, each cell has it before what it says.
    desk.browser.resize(500, 900);
    desk.open("/console");
    let heads = "return [...document.querySelectorAll('tbody tr:first-child td')].map((td) => \
        getComputedStyle(td, '::before').content)";
    let heads = desk.browser.until(heads, &[]);
    assert_eq!(heads[0], "\"Due\"", "{heads}");
    assert!(heads.as_array().unwrap().iter().all(|head| head != "none"), "{heads}");
    desk.look("console-queue-light-500");
    desk.browser.prefer(&[("prefers-color-scheme", "dark")]);
    desk.look("console-queue-dark-500");
    desk.open("/console/nowhere");
    desk.browser.until("return document.querySelector('main [role=alert]')", &[]);
    desk.look("console-nowhere");
}

impl Desk {
    #[track_caller]
    fn look_at_sign_in(&self) {
        self.open("/console/sign-in");
        self.browser.until("return document.querySelector('#password')", &[]);
        self.look("console-sign-in");
        let scrolls = "const e = document.scrollingElement; return e.scrollHeight > e.clientHeight";
        assert_eq!(self.browser.run(scrolls, &[]), false, "nothing is below what is seen");
    }
}
