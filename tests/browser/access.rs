//! Everybody: by keyboard, from right to left, on a phone, in the dark.

use harness::browser::key;

use crate::scene::Scene;

/// The class, id or name of what has the focus, in the widget or on the page.
fn focus(scene: &Scene) -> String {
    let at = scene.now(
        "const at = w.activeElement || document.activeElement; return at.className || at.id || at.localName",
    );
    at.as_str().unwrap().to_owned()
}

#[test]
fn everything_goes_by_keyboard_and_the_focus_comes_back() {
    let scene = Scene::new("en", 1000, 760);
    scene.visit("en", "", "");
    // From the top of the page: its link, its button, the widget.
    scene.browser.keys(&[key::TAB, key::TAB]);
    assert_eq!(focus(&scene), "buy");
    scene.browser.keys(&[key::TAB]);
    assert_eq!(focus(&scene), "launcher");
    scene.browser.keys(&[key::ENTER]);
    scene.until("return w.activeElement && w.activeElement.localName === 'textarea'");
    scene.browser.keys(&["h", "e", "l", "l", "o", key::ENTER]);
    scene.until("return w.querySelectorAll('.row.bot').length > 1");
    assert_eq!(focus(&scene), "textarea", "the focus stays where one writes");
    // What is new is said once, and only what is new.
    scene.until("return w.querySelectorAll('[aria-live=polite] p').length === 1");
    assert_eq!(scene.now("return w.querySelector('.log').getAttribute('aria-live')"), "off");
    // Back through all that can be pressed, to the menu.
    scene.browser.keys(&[key::SHIFT, key::TAB, key::SHIFT, key::TAB]);
    assert_eq!(focus(&scene), "human");
    scene.now("w.querySelector('[aria-controls=menu]').focus()");
    scene.browser.keys(&[key::ENTER]);
    scene.until("return !w.querySelector('.menu').hidden");
    scene.look("widget-menu");
    scene.browser.keys(&[key::ESCAPE]);
    scene.until("return w.querySelector('.menu').hidden && !w.querySelector('.panel').hidden");
    scene.browser.keys(&[key::ESCAPE]);
    scene.until("return w.querySelector('.panel').hidden");
    assert_eq!(focus(&scene), "launcher", "the focus is given back");
    // One who opens it from the page's own button comes back to that.
    scene.browser.run("document.querySelector('#buy').focus(); Switchboard.open()", &[]);
    scene.until("return w.activeElement && w.activeElement.localName === 'textarea'");
    scene.browser.keys(&[key::ESCAPE]);
    assert_eq!(focus(&scene), "buy");
    scene.is_quiet();
}

#[test]
fn arabic_runs_from_right_to_left_on_a_phone_in_the_dark() {
    let scene = Scene::new("ar", 390, 844);
    scene.browser.resize(390, 844);
    scene.visit("ar", "", "");
    let side = scene.now("const r = w.querySelector('.launcher').getBoundingClientRect(); return r.left < innerWidth / 2");
    assert_eq!(side, true, "the end of a line is at the left");
    scene.open();
    // Once it has come to its place, it fills the screen.
    scene.until(
        "const r = w.querySelector('.panel').getBoundingClientRect(); \
         return r.left === 0 && r.top === 0 && r.width === innerWidth && r.height === innerHeight",
    );
    scene.ask("هل لازم أدفع جمارك على الطلب للسعودية؟");
    assert_eq!(
        scene.now("return getComputedStyle(w.querySelector('.row.bot .bubble p')).direction"),
        "rtl"
    );
    scene.look("widget-arabic-phone");
    scene.browser.prefer(&[("prefers-color-scheme", "dark"), ("prefers-reduced-motion", "reduce")]);
    scene.until("return w.querySelector('.frame').dataset.theme === 'dark'");
    scene.look("widget-arabic-dark");
    // On a phone the panel fills the screen and keeps the focus.
    scene.now("w.querySelector('.send').focus()");
    for _ in 0..12 {
        scene.browser.keys(&[key::TAB]);
        let inside = scene
            .now("return !!w.activeElement && w.querySelector('.panel').contains(w.activeElement)");
        assert_eq!(inside, true);
    }
    scene.is_quiet();
}

#[test]
fn no_word_is_cut_in_any_language() {
    let scene = Scene::new("en", 1000, 760);
    scene.visit("en", "", "");
    scene.open();
    for locale in [
        "ar", "de", "en", "es", "fr", "id", "it", "ja", "ko", "nl", "pl", "pt-BR", "pt-PT", "ru",
        "th", "tr", "vi", "zh-Hans", "zh-Hant",
    ] {
        scene
            .browser
            .run("return Switchboard.setLocale(arguments[0]).then(() => true)", &[locale.into()]);
        let shown = scene.now("return w.querySelector('.frame').lang");
        assert_eq!(shown, locale);
        let cut = scene.now(
            "return [...w.querySelectorAll('button, p, h2, .bubble')].filter((e) => e.getClientRects().length && \
             e.scrollWidth > e.clientWidth + 1).map((e) => e.className + ': ' + e.textContent)",
        );
        assert_eq!(cut, serde_json::json!([]), "{locale}");
        let wide =
            scene.now("const p = w.querySelector('.panel'); return p.scrollWidth > p.clientWidth");
        assert_eq!(wide, false, "{locale}");
    }
    scene.browser.run("return Switchboard.setLocale('ja').then(() => true)", &[]);
    scene.ask("荷物はどこですか？");
    scene.look("widget-japanese");
}
