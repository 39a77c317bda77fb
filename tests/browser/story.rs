//! What a shopper lives through, from a question to a person's answer.

use harness::browser::key;
use serde_json::json;

use crate::scene::Scene;

#[test]
fn a_shopper_asks_in_three_languages_and_is_answered_by_a_person_live() {
    let mut scene = Scene::new("en", 1100, 820);
    scene.visit("en", "", "");
    scene.look("widget-closed");
    scene.open();
    scene.shows("automated assistant");
    scene.look("widget-open");
    scene.ask("How long does delivery to Mexico take?");
    scene.shows("Delivery to Mexico takes");
    scene.look("widget-answer");

    // A related question, by its button.
    let related = "[...w.querySelectorAll('.buttons button')].find((b) => b.textContent === 'Delivery cost' && b.getClientRects().length)";
    scene.until(&format!("const button = {related}; if (button) button.click(); return button"));
    scene.shows("Delivery to Mexico costs");
    scene.ask("¿Qué métodos de pago aceptáis?");
    scene.ask("我的包裹到哪里了？");
    let chinese = "const rows = w.querySelectorAll('.row.bot'); return /[\\u4e00-\\u9fff]/.test(rows[rows.length - 1].textContent)";
    scene.until(chinese);
    scene.look("widget-languages");

    // Anger: people take over, and say until when.
    scene.ask("This is outrageous! You are scammers, I want my money back NOW!!!");
    scene.until("return w.querySelector('.banner').textContent.includes('Place in line: 1')");
    scene.until("return /Reply by .*\\d/.test(w.querySelector('.banner').textContent)");
    assert_eq!(scene.now("return w.querySelector('#status').textContent"), "Waiting for a person");
    scene.look("widget-handed-over");

    // A person types, and answers: both are seen without asking.
    let typing = format!("/v1/conversations/{}/typing", conversation(&scene));
    assert_eq!(scene.service.post(&typing, Some(&scene.service.admin), &json!({})).status, 204);
    scene.until("return w.querySelector('.dots')");
    scene.reply("I am **sorry**. I am looking into it now.");
    scene.shows("I am looking into it now.");
    scene.until("return !w.querySelector('.dots')");
    assert_eq!(scene.now("return w.querySelector('.row.agent strong').textContent"), "sorry");
    assert_eq!(scene.now("return w.querySelector('#status').textContent"), "Ana from our team");
    assert_eq!(scene.now("return w.querySelectorAll('.sr-once').length"), 0);
    scene.look("widget-person");

    // A reload loses nothing.
    let before = scene.now("return w.querySelectorAll('.row[data-key^=m]').length");
    scene.browser.open(&scene.shop.origin);
    scene.until("return !w.querySelector('.panel').hidden");
    scene.until(&format!("return w.querySelectorAll('.row[data-key^=m]').length === {before}"));

    // Neither does a restart in the middle: what is typed meanwhile is sent once.
    scene.stop();
    scene.browser.write(&scene.find("textarea"), "Are you still there?");
    scene.click(".send");
    scene.until("return w.querySelector('.waits') && !w.querySelector('.notice').hidden");
    scene.look("widget-service-gone");
    scene.start_again();
    scene.until("return !w.querySelector('.waits')");
    assert_eq!(scene.count("Are you still there?"), 1);
    scene.reply("Yes, I am back.");
    scene.shows("Yes, I am back.");
    let path = format!("/v1/conversations/{}/messages", conversation(&scene));
    let messages = scene.service.get(&path, Some(&scene.service.admin)).ok();
    let all = messages["messages"].as_array().unwrap();
    let asked = all.iter().filter(|message| message["text"] == "Are you still there?").count();
    assert_eq!(asked, 1, "{messages:#}");
}

/// The conversation of the page.
fn conversation(scene: &Scene) -> String {
    let id = scene.browser.until(
        "for (const key in localStorage) if (key.startsWith('switchboard:')) { \
         const kept = JSON.parse(localStorage[key]); if (kept.conversation) return kept.conversation.id }",
        &[],
    );
    id.as_str().unwrap().to_owned()
}

#[test]
fn what_is_typed_without_a_network_is_sent_once() {
    let scene = Scene::new("en", 1000, 760);
    scene.visit("en", "", "");
    scene.open();
    scene.ask("hello");
    scene.browser.offline(true);
    for text in ["How long does delivery to Japan take?", "Do you take PayPal?"] {
        scene.say(text);
    }
    scene.until("return w.querySelectorAll('.waits').length === 2 && w.querySelector('.notice').textContent");
    scene.look("widget-offline");
    scene.browser.offline(false);
    scene.until("return !w.querySelector('.waits')");
    scene.shows("Delivery to Japan takes");
    assert_eq!(scene.count("Do you take PayPal?"), 1);
    scene.until("return w.querySelector('.notice').hidden");
}

/// How many messages say this; what is only read aloud is none.
fn rows(scene: &Scene, text: &str) -> u64 {
    let rows = format!(
        "return [...w.querySelectorAll('.row')].filter((row) => row.textContent.includes({text:?})).length"
    );
    scene.now(&rows).as_u64().unwrap()
}

/// Where streams do not get through, the customer hears of a person all the same.
#[track_caller]
fn hears_by_asking(streams: &str) {
    let scene = Scene::new("en", 1000, 760);
    let routed = format!(
        "window.streams = 0; const plain = window.fetch; window.fetch = (to, how) => {{ \
         if (!String(to).includes('/events')) return plain(to, how); window.streams += 1; {streams} }};"
    );
    scene.visit("en", "", &routed);
    scene.open();
    scene.ask("I will sue you, my lawyer will contact you");
    for text in ["I am looking into it.", "It is settled now."] {
        scene.reply(text);
        scene.shows(text);
        assert_eq!(rows(&scene, text), 1, "told once");
    }
    assert_eq!(scene.now("return w.querySelector('#status').textContent"), "Ana from our team");
    assert!(scene.browser.run("return window.streams > 0", &[]) == true, "it tried a stream");
    // What is sent gets through, and nobody is told of trouble.
    scene.say("That suits me well");
    scene.until("return !w.querySelector('.waits')");
    assert_eq!(rows(&scene, "That suits me well"), 1);
    assert!(scene.now("return w.querySelector('.notice').hidden") == true);
}

#[test]
fn where_streams_are_refused_the_widget_asks() {
    hears_by_asking("return Promise.reject(new TypeError('blocked'));");
}

#[test]
fn where_a_proxy_keeps_streams_back_the_widget_asks() {
    hears_by_asking(
        "return new Promise((_, no) => how.signal.addEventListener('abort', () => no(how.signal.reason)));",
    );
}

#[test]
fn a_closed_widget_counts_what_is_unread_and_a_mark_is_given() {
    let scene = Scene::new("en", 1000, 760);
    scene.visit("en", "", "");
    scene.open();
    scene.ask("I will sue you, my lawyer will contact you");
    scene.click(".head .tool:last-of-type");
    scene.until("return w.querySelector('.panel').hidden");
    scene.reply("First");
    scene.reply("Second");
    scene.until("return w.querySelector('.badge').textContent === '2'");
    let name = scene.now("return w.querySelector('.launcher').getAttribute('aria-label')");
    assert_eq!(name, "Open chat · unread messages: 2");
    scene.look("widget-unread");
    scene.open();
    scene.until("return w.querySelector('.badge').hidden");
    scene.shows("Second");
}

#[test]
fn a_file_is_sent_with_a_message() {
    let scene = Scene::new("en", 1000, 760);
    let folder = tempfile::tempdir().unwrap();
    let photo = folder.path().join("broken cup.png");
    std::fs::write(&photo, b"\x89PNG\r\n\x1a\n and more").unwrap();
    let page = folder.path().join("page.png");
    std::fs::write(&page, "<script>alert(1)</script>").unwrap();
    scene.visit("en", "", "");
    scene.open();
    let input = scene.browser.element(
        "const input = document.querySelector('#switchboard-widget').shadowRoot.querySelector('input'); input.hidden = false; return input",
    );
    scene.browser.write(&input, page.to_str().unwrap());
    scene.until("return w.querySelector('.notice').textContent.includes('picture')");
    scene.browser.write(&input, photo.to_str().unwrap());
    scene.until("return w.querySelector('form .file[aria-busy=false]')");
    scene.now("w.querySelector('input').hidden = true");
    scene.look("widget-file");
    scene.ask("The cup arrived broken");
    scene.until(
        "return w.querySelector('.row.customer .file bdi').textContent === 'broken cup.png'",
    );
    assert_eq!(scene.now("return w.querySelectorAll('form .file').length"), 0);
}

/// A matter that was settled just now, after which the customer is asked for this mark.
fn settled(survey: &str) -> Scene {
    let desk = format!(
        "[follow_up]\nafter = \"1s\"\n[survey]\n{survey} = {{ share = 1, reopen_at_most = 2 }}\n"
    );
    let scene = Scene::of_desk(&desk);
    scene.visit("en", "", "");
    scene.open();
    scene.ask("I will sue you, my lawyer will contact you");
    scene.reply("It is settled.");
    scene.shows("It is settled.");
    let resolve = format!("/v1/tickets/{}/resolve", scene.ticket());
    let ana = json!({ "agent": "ana.k" });
    let _ = scene.service.post(&resolve, Some(&scene.service.admin), &ana).ok();
    scene
}

#[test]
fn after_a_resolved_matter_the_customer_gives_a_mark() {
    let scene = settled("csat");
    scene.until("return w.querySelectorAll('.marks button').length === 5");
    scene.look("widget-mark");
    scene.click(".marks [aria-label^='5 / 5']");
    scene.until("return !w.querySelector('.marks') || w.querySelector('.marks').hidden");
    scene.until("return w.querySelector('.row:last-child').classList.contains('bot')");
    let tickets = scene.service.get("/v1/tickets?state=resolved", Some(&scene.service.admin)).ok();
    assert_eq!(tickets["tickets"][0]["csat"], 5, "{tickets:#}");
}

/// Eleven marks stand in two rows on the narrowest phone, each large enough for a thumb, and
/// the keyboard reaches every one.
#[test]
fn whether_the_shop_is_recommended_is_told_by_keyboard_on_a_phone() {
    let scene = settled("nps");
    scene.browser.resize(320, 640);
    scene.until("return innerWidth === 320");
    scene.until("return w.querySelectorAll('.scale button').length === 11");
    scene.look("widget-scale");
    let shape = scene.now(
        "const boxes = [...w.querySelectorAll('.scale button')].map((b) => b.getBoundingClientRect()); \
         const log = w.querySelector('.log').getBoundingClientRect(); \
         return { rows: new Set(boxes.map((b) => b.top)).size, \
           small: boxes.filter((b) => b.width < 24 || b.height < 24).length, \
           outside: boxes.filter((b) => b.left < log.left || b.right > log.right).length }",
    );
    assert_eq!(shape, json!({ "rows": 2, "small": 0, "outside": 0 }));
    let order = scene
        .now("return [...w.querySelectorAll('.scale button')].map((b) => b.textContent).join(' ')");
    assert_eq!(order, "0 1 2 3 4 5 6 7 8 9 10");
    let named = scene.now(
        "return w.getElementById(w.querySelector('.scale').getAttribute('aria-labelledby')).textContent",
    );
    assert!(named.as_str().is_some_and(|it| it.contains("recommend our shop")), "{named}");
    scene.now("w.querySelector('.scale button').focus()");
    scene.browser.keys(&[key::TAB; 9]);
    let name = scene.now("return w.activeElement.getAttribute('aria-label')");
    assert_eq!(name, "9 / 10");
    scene.browser.keys(&[key::ENTER]);
    scene.shows("Thank you for your answer.");
    let tickets = scene.service.get("/v1/tickets?state=resolved", Some(&scene.service.admin)).ok();
    assert_eq!(tickets["tickets"][0]["nps"], 9, "{tickets:#}");
    scene.is_quiet();
}
