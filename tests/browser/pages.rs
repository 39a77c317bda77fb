//! What pages may do with the widget, and what it does to them.

use serde_json::json;

use crate::scene::Scene;

const EVENTS: &str = "window.heard = []; for (const name of ['ready', 'open', 'close', 'message', 'unread', 'handoff', 'owner', 'reset', 'identity_expired']) \
    window.addEventListener('switchboard:' + name, (event) => window.heard.push(name)); \
    window.Switchboard = []; Switchboard.push(['on', 'ready', () => { window.ready = true; }], ['open'], ['send', 'hello']);";

#[test]
fn a_page_may_call_before_and_after_it_is_loaded() {
    let scene = Scene::new("en", 1000, 760);
    scene.visit("en", "", EVENTS);
    // What was asked for before it was there is done once it is.
    scene.until("return w.querySelector('.row.bot[data-key^=m]') && window.ready");
    let script = |text: &str| scene.browser.run(text, &[]);
    script("Switchboard.toggle()");
    scene.until("return w.querySelector('.panel').hidden");
    script("Switchboard.send('I will sue you')");
    scene.until("return !w.querySelector('.banner').hidden");
    let heard = script("return window.heard");
    for name in ["ready", "open", "close", "message", "owner", "handoff"] {
        assert!(heard.as_array().unwrap().contains(&json!(name)), "{name} in {heard}");
    }
    script("return Switchboard.setLocale('de-AT').then(() => true)");
    assert_eq!(scene.now("return w.querySelector('.frame').lang"), "de");
    script("Switchboard.reset()");
    scene.until("return w.querySelectorAll('.row').length === 1");
    // A token that nobody signed says nothing, and the message goes all the same.
    script("Switchboard.identify('a.e30.c'); Switchboard.send('hello again')");
    scene.shows("hello again");
    scene.until("return window.heard.includes('identity_expired')");
    scene.until("return !w.querySelector('.waits')");
    assert_eq!(script("return document.cookie"), "");
    assert_eq!(
        script("return Object.keys(window).filter((name) => /switchboard|widget/i.test(name))"),
        json!(["Switchboard"])
    );
}

/// Keeps back the next answer that tells the state of a conversation, until `release()`.
const HOLD: &str = "const real = window.fetch; window.fetch = async (...asked) => { const answer = await real(...asked); \
    if (!window.hold || !/conversations\\/[^/]+$/.test(asked[0])) return answer; \
    window.hold = false; const told = await answer.json(); \
    await new Promise((done) => { window.release = done; }); \
    answer.json = async () => { window.released = true; return told; }; return answer; };";

#[test]
fn an_answer_that_comes_late_does_not_undo_what_came_after_it() {
    let scene = Scene::new("en", 1000, 760);
    scene.visit("en", "", HOLD);
    scene.open();
    scene.ask("hello");
    let script = |text: &str| scene.browser.run(text, &[]);
    script("window.hold = true; document.dispatchEvent(new Event('visibilitychange'))");
    scene.until("return window.release");
    scene.ask("I will sue you");
    scene.until("return !w.querySelector('.banner').hidden");
    script("window.release()");
    scene.until("return window.released");
    assert_eq!(scene.now("return w.querySelector('.frame').dataset.owner"), "queue");
    scene.is_quiet();
}

#[test]
fn the_page_around_it_does_not_move_and_is_not_touched() {
    let scene = Scene::new("en", 1000, 760);
    let watch = "window.shift = 0; new PerformanceObserver((list) => list.getEntries().forEach((e) => { window.shift += e.value; })).observe({ type: 'layout-shift', buffered: true });";
    scene.visit("en", "", watch);
    assert_eq!(scene.browser.run("return window.shift", &[]), 0, "it came without moving anything");
    let place = "return JSON.stringify([...document.querySelectorAll('main, h1, p, button')].map((e) => e.getBoundingClientRect()))";
    let before = scene.browser.run(place, &[]);
    scene.open();
    scene.ask("hello");
    assert_eq!(scene.browser.run(place, &[]), before);
    assert_eq!(scene.browser.run("return document.body.children.length", &[]), 2);
    scene.is_quiet();
}

#[test]
fn the_demo_shop_shows_it() {
    let scene = Scene::new("en", 1100, 820);
    scene.browser.open(&format!("http://{}/demo", scene.service.address));
    scene.open();
    scene.ask("Where is my parcel?");
    scene.look("demo");
    scene.is_quiet();
}

#[test]
fn cards_show_images_of_hosts_that_are_allowed_and_no_other() {
    let scene = Scene::new("en", 1000, 760);
    scene.visit("en", "", "");
    scene.open();
    scene.ask("I will sue you");
    scene.reply(
        "This one?\n\n> ![Blue cup](https://cdn.shop.example/cup.png)\n> **[Blue cup](https://shop.example/cup)**\n> € 12.00\n\n\
         > ![Spy](https://spy.example/pixel.png)\n> **Order #10234**\n> Sent on 3 May",
    );
    scene.until("return w.querySelectorAll('.card').length === 2");
    // The host does not exist: what cannot be loaded is named. The other was never asked for.
    scene.until("return w.querySelectorAll('.card')[0].textContent.startsWith('Blue cup')");
    assert_eq!(
        scene.now("return w.querySelectorAll('.card')[1].querySelectorAll('img').length"),
        0
    );
    let asked = scene.browser.run(
        "return performance.getEntriesByType('resource').map((e) => new URL(e.name).hostname)",
        &[],
    );
    assert!(!asked.to_string().contains("spy.example"), "{asked}");
    scene.look("widget-cards");
}

/// Signs a token in the page as a shop's server does, and says who is there.
const IDENTIFY: &str = "const part = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/[+]/g, '-').replace(/[/]/g, '_').replace(/=+$/, ''); \
    const text = (it) => part(new TextEncoder().encode(JSON.stringify(it))); \
    const signed = text({ alg: 'HS256' }) + '.' + text({ sub: arguments[0], exp: Math.floor(Date.now() / 1000) + 600 }); \
    return crypto.subtle.importKey('raw', new TextEncoder().encode('k'.repeat(32)), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']) \
    .then((key) => crypto.subtle.sign('HMAC', key, new TextEncoder().encode(signed))) \
    .then((signature) => { Switchboard.identify(signed + '.' + part(signature)); return true; })";

#[test]
fn a_signed_customer_goes_on_and_another_begins_anew() {
    let scene = Scene::new("en", 1000, 760);
    scene.visit("en", "", EVENTS);
    scene.until("return w.querySelector('.row.bot[data-key^=m]') && window.ready");
    let identify = |id: &str| scene.browser.run(IDENTIFY, &[id.into()]);
    identify("c-1");
    scene.ask("Where is my parcel?");
    assert_eq!(scene.browser.run("return window.heard.includes('identity_expired')", &[]), false);
    // The same one again, with a new token: the conversation stays.
    identify("c-1");
    assert_eq!(scene.count("Where is my parcel?"), 1);
    identify("c-2");
    scene.until("return w.querySelectorAll('.row').length === 1");
    scene.ask("hello");
    assert_eq!(scene.count("Where is my parcel?"), 0, "another customer sees nothing of it");
    scene.is_quiet();
}

#[test]
fn a_conversation_is_saved_as_text() {
    let scene = Scene::new("en", 1000, 760);
    scene.visit("en", "", "");
    scene.open();
    scene.ask("Where is my parcel?");
    let watch = "const make = URL.createObjectURL; URL.createObjectURL = (blob) => { window.saved = blob.text(); return make(blob); }";
    scene.browser.run(watch, &[]);
    scene.click("[aria-controls=menu]");
    scene.click(".menu button");
    let text = scene.browser.run("return window.saved", &[]);
    let text = text.as_str().unwrap();
    assert!(text.contains("You: Where is my parcel?") && text.contains("Assistant: "), "{text}");
}
