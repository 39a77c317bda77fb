//! What people type to see what breaks, on either side.

use serde_json::json;

use crate::scene::Scene;

const ATTACKS: [&str; 6] = [
    "<img src=x onerror=\"window.hacked=1\">",
    "<script>window.hacked=1</script>",
    "[press](javascript:window.hacked=1) and <a href='javascript:window.hacked=1'>here</a>",
    "![x](https://evil.example/x.png) ![y](javascript:window.hacked=1) ![z](data:image/svg+xml,<svg onload=window.hacked=1>)",
    "**bold <svg onload=window.hacked=1>** `<iframe srcdoc='<script>window.hacked=1</script>'>`",
    "> <style>*{display:none}</style>\n> [data](data:text/html,<script>window.hacked=1</script>)",
];

#[test]
fn what_is_hostile_shows_as_text() {
    let scene = Scene::new("en", 1000, 760);
    scene.visit("en", "", "");
    scene.open();
    scene.ask("I will sue you");
    for attack in ATTACKS {
        scene.browser.run("Switchboard.send(arguments[0])", &[attack.into()]);
        scene.shows(attack);
        scene.reply(attack);
    }
    scene.reply("end\u{202e} of all \u{2066}things [here](https://shop.example/a) **yes**");
    scene.until("return w.querySelectorAll('.row.agent').length === 7");
    let made = scene.now("return [...w.querySelectorAll('.log img, .log script, .log svg:not(.i), .log iframe, .log style')].length");
    assert_eq!(made, 0);
    let links = scene
        .now("return [...w.querySelectorAll('.log a')].map((a) => a.protocol + a.rel + a.target)");
    let good = "https:noopener noreferrer nofollow_blank";
    assert_eq!(
        links,
        json!([good, good]),
        "the image of a strange host is a link, and what is one"
    );
    scene.shows("<img src=x onerror=");
    assert_eq!(
        scene.now(
            "return /[\\u202a-\\u202e\\u2066-\\u2069]/.test(w.querySelector('.log').textContent)"
        ),
        false
    );
    assert_eq!(scene.browser.run("return window.hacked === undefined", &[]), true);
    scene.look("widget-hostile");
    scene.is_quiet();
}

#[test]
fn what_is_too_much_is_refused_and_kept() {
    let scene = Scene::new("en", 1000, 760);
    scene.visit("en", "", "");
    scene.open();
    scene.now("const text = w.querySelector('textarea'); text.value = 'x'.repeat(100000); w.querySelector('form').requestSubmit()");
    scene.until("return w.querySelector('.notice').textContent.includes('4,000')");
    assert_eq!(
        scene.now("return w.querySelector('textarea').value.length"),
        100_000,
        "nothing is thrown away"
    );
    assert_eq!(scene.now("return w.querySelectorAll('.row.customer').length"), 0);
    // As long as it may be, in signs of many parts.
    let family = "👨‍👩‍👧‍👦".repeat(4_000);
    scene.browser.run(
        "const w = document.querySelector('#switchboard-widget').shadowRoot; w.querySelector('textarea').value = arguments[0]; w.querySelector('form').requestSubmit()",
        &[family.into()],
    );
    scene.until("return w.querySelector('.row.customer[data-key^=m]')");
}

#[test]
fn a_thousand_messages_at_once_slow_nobody_else_down() {
    let scene = Scene::limited("en", 1000, 760, "60");
    scene.visit("en", "", "");
    scene.open();
    scene.now("for (let n = 0; n < 1000; n += 1) { w.querySelector('textarea').value = 'flood ' + n; w.querySelector('form').requestSubmit(); }");
    scene.until("return w.querySelector('.notice').textContent.includes('a lot at once')");
    let waiting = scene.now("return w.querySelectorAll('.waits').length").as_u64().unwrap();
    assert!(waiting <= 30, "{waiting} wait");
    // Whoever has a token of their own is served meanwhile.
    assert_eq!(scene.service.turn("other", "Where is my parcel?")["decision"]["action"], "answer");
    let text = scene.now("return w.querySelector('textarea').value");
    assert_eq!(text, "flood 999", "what does not fit stays where it was typed");
}
