use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::json;

use super::support::{Desk, PASSWORD, form, person, ticket};
use crate::console::words::advice::coded;
use crate::http::tests::support::{ADMIN, Service};

#[tokio::test]
async fn nobody_sees_a_page_without_signing_in() {
    let service = Service::start().await;
    for (path, next) in [
        ("/console", "%2Fconsole"),
        ("/console?view=mine", "%2Fconsole%3Fview%3Dmine"),
        ("/console/tickets/x", "%2Fconsole%2Ftickets%2Fx"),
    ] {
        let got = service.get(path, None).await;
        assert_eq!(got.status, 303, "{path}");
        assert_eq!(got.headers[header::LOCATION], format!("/console/sign-in?next={next}"));
    }
    let with_token = service.get("/console", Some(ADMIN)).await;
    assert_eq!(with_token.status, 303, "a token is no session");
    let got = service.send(form("/console/tickets/x/take", "", &[])).await;
    assert_eq!(got.headers[header::LOCATION], "/console/sign-in?next=%2Fconsole");
}

#[tokio::test]
async fn signing_in_leads_back_and_nowhere_else() {
    let service = Service::start().await;
    person(&service, "ana", "agent", &["en"]).await;
    for (next, to) in [
        ("/console/tickets/x?view=mine", "/console/tickets/x?view=mine"),
        ("https://evil.example/", "/console"),
        ("//evil.example", "/console"),
        ("/console/\r\nset-cookie: a=b", "/console"),
        ("/consoles", "/console"),
    ] {
        let fields = [("name", "ana"), ("password", PASSWORD), ("next", next)];
        let got = service.send(form("/console/sign-in", "", &fields)).await;
        assert_eq!(
            (got.status.as_u16(), &got.headers[header::LOCATION]),
            (303, &to.parse().unwrap())
        );
        let cookie = got.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    }
    let mut request = form("/console/sign-in", "", &[("name", "ana"), ("password", PASSWORD)]);
    request.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    assert_eq!(service.send(request).await.status, 403, "another site signs nobody in");
}

#[tokio::test]
async fn wrong_passwords_are_told_and_lock() {
    let service = Service::start().await;
    person(&service, "ana", "agent", &["en"]).await;
    for status in [401, 401, 401, 401, 401, 429] {
        let fields = [("name", "ana"), ("password", "wrong wrong wrong")];
        let got = service.send(form("/console/sign-in", "", &fields)).await;
        assert_eq!(got.status.as_u16(), status, "{got:?}");
        assert!(got.text.contains("role=\"alert\""), "{got:?}");
        assert!(!got.text.contains("wrong wrong"), "a password is never shown");
    }
}

#[tokio::test]
async fn what_is_wrong_is_told_to_people_and_not_to_programs() {
    let service = Service::start().await;
    person(&service, "ana", "agent", &["en"]).await;
    let fields = [("name", "ana"), ("password", "wrong wrong wrong")];
    let got = service.send(form("/console/sign-in", "", &fields)).await;
    assert!(got.text.contains("five wrong passwords") && !got.text.contains('`'), "{got:?}");
    // What is typed to a computer stands as such, without the signs that say so.
    let shown = coded("Run `switchboard check` <now>.").into_string();
    assert_eq!(shown, "Run <code>switchboard check</code> &lt;now&gt;.");
}

#[tokio::test]
async fn addresses_with_nothing_behind_them_show_a_page_in_the_frame() {
    let service = Service::start().await;
    let ana = Desk::of(&service, "ana", "agent").await;
    let ticket = ticket(&service, "c").await;
    for (path, status) in [
        ("/console/", 404),
        ("/console/nowhere", 404),
        ("/console/tickets", 404),
        ("/console/tickets/none", 404),
        ("/console/conversations/none", 404),
        ("/console/practice/none", 404),
        (&format!("/console/tickets/{ticket}/a/b"), 404),
        (&format!("/console/tickets/{ticket}/take"), 405),
        ("/console/lead", 403),
        ("/console/lead/nowhere", 404),
    ] {
        let got = ana.get(path).await;
        assert_eq!(got.status, status, "{path}");
        assert_eq!(got.headers[header::CONTENT_TYPE], "text/html; charset=utf-8", "{path}");
        assert!(got.headers.contains_key(header::CONTENT_SECURITY_POLICY), "{path}");
        for part in
            ["role=\"alert\"", "<nav aria-label=\"Console\"", "<a href=\"/console\">To the queue"]
        {
            assert!(got.text.contains(part), "{path} lacks {part}: {got:?}");
        }
        for part in ["openapi", "/v1/", "GET ", "POST "] {
            assert!(!got.text.contains(part), "{path} has {part}: {got:?}");
        }
        assert_eq!(got.text.matches("<h1").count(), 1, "{path}");
    }
    // Whoever has not signed in is asked to first, or gets the page without the frame;
    // programs get what programs read.
    assert_eq!(service.get("/console/nowhere", None).await.status, 303);
    for (method, path, status) in [
        (Method::GET, "/console/assets/old/console.css", 404),
        (Method::GET, "/console/assets/a/b/c", 404),
        (Method::PUT, "/console/sign-in", 405),
    ] {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let got = service.send(request).await;
        assert_eq!(got.status, status, "{path}");
        assert_eq!(got.headers[header::CONTENT_TYPE], "text/html; charset=utf-8", "{path}");
        assert!(got.text.contains("<a href=\"/console\">To the queue"), "{path}: {got:?}");
    }
    let got = service.get("/v1/nowhere", Some(ADMIN)).await;
    assert_eq!(got.headers[header::CONTENT_TYPE], "application/problem+json; charset=utf-8");
}

#[tokio::test]
async fn every_cell_of_the_queue_says_what_it_is() {
    let service = Service::start().await;
    let ana = Desk::of(&service, "ana", "agent").await;
    ticket(&service, "c").await;
    let page = ana.get("/console").await.text;
    let (_, table) = page.split_once("<table").unwrap();
    let (table, _) = table.split_once("</table>").unwrap();
    let all = |from: &str, to: &str| -> Vec<String> {
        table.split(from).skip(1).map(|rest| rest.split(to).next().unwrap().to_owned()).collect()
    };
    let heads = all("<th scope=\"col\">", "<");
    let cells = all("<td data-head=\"", "\"");
    let named: Vec<&String> = heads.iter().filter(|head| *head != "What").collect();
    assert_eq!(cells.iter().collect::<Vec<_>>(), named, "the row's own head is what is wanted");
    assert!(!table.contains("<td>"), "{table}");
}

#[tokio::test]
async fn every_page_keeps_its_policy() {
    let service = Service::start().await;
    let ana = Desk::of(&service, "ana", "admin").await;
    let ticket = format!("/console/tickets/{}", ticket(&service, "c").await);
    for path in ["/console", "/console/sign-in", &ticket, "/console/tickets/none"] {
        let got = ana.get(path).await;
        let policy = got.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(got.headers[header::CACHE_CONTROL], "no-store", "{path}");
        for inline in
            ["<style", " style=", " onclick", "onload", "javascript:", "http://", "https://"]
        {
            assert!(!got.text.contains(inline), "{path} has {inline:?}");
        }
        assert_eq!(got.text.matches("<script").count(), 1, "{path}");
        assert_eq!(got.text.matches("<h1").count(), 1, "{path}");
    }
}

#[tokio::test]
async fn files_are_kept_by_browsers_for_good() {
    let service = Service::start().await;
    let page = service.get("/console/sign-in", None).await.text;
    let (_, rest) = page.split_once("/console/assets/").unwrap();
    let folder = format!("/console/assets/{}", rest.split('/').next().unwrap());
    let script = service.get(&format!("{folder}/console.js"), None).await;
    assert_eq!(script.status, 200);
    assert!(script.headers[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
    // Every module that a script names is there, and none makes HTML of a string.
    let mut all = script.text.clone();
    for line in script.text.lines().filter(|line| line.starts_with("import")) {
        let name = line.split("'./").nth(1).unwrap().split('\'').next().unwrap();
        let module = service.get(&format!("{folder}/{name}"), None).await;
        assert_eq!(module.status, 200, "{name}");
        all.push_str(&module.text);
    }
    for call in ["innerHTML", "insertAdjacentHTML", "eval(", "document.write", "outerHTML ="] {
        assert!(!all.contains(call), "{call}");
    }
    assert_eq!(service.get("/console/assets/0/console.js", None).await.status, 404);
    assert_eq!(service.get(&format!("{folder}/../mod.rs"), None).await.status, 404);
}

#[tokio::test]
async fn the_queue_shows_what_is_due_next_and_filters_by_its_address() {
    let service = Service::start().await;
    let ana = Desk::of(&service, "ana", "agent").await;
    let red = ticket(&service, "c1").await;
    service.turn("c2", "asdf qwer").await;
    let yellow = service.turn("c2", "asdf qwer").await["ticket"]["id"].as_str().unwrap().to_owned();
    let order = async |path: &str| {
        let page = ana.get(path).await;
        assert_eq!(page.status, 200, "{page:?}");
        let places = [&red, &yellow].map(|id| page.text.find(&format!("data-ticket=\"{id}\"")));
        (places[0].is_some(), places[1].is_some(), places[0] < places[1])
    };
    assert_eq!(order("/console").await, (true, true, true), "what is due first stands first");
    assert_eq!(order("/console?severity=red").await, (true, false, false));
    assert_eq!(order("/console?tier=3&view=open").await, (true, false, false));
    assert_eq!(order("/console?view=mine").await, (false, false, false));
    assert_eq!(order("/console?view=nonsense&tier=x").await, (true, true, true));
    ana.does(&red, "take", &[]).await;
    assert_eq!(order("/console?view=mine").await, (true, false, false));
    assert_eq!(ana.get("/console?cursor=nonsense").await.status, 422);
}

#[tokio::test]
async fn hostile_words_are_text_everywhere() {
    let service = Service::start().await;
    let ana = Desk::of(&service, "ana", "agent").await;
    let hostile = "<img src=x onerror=alert(1)> \u{202e}evil i will sue you";
    let body = json!({
        "conversation_id": "c", "text": hostile, "customer": { "id": "<b>c</b>" },
    });
    let turn = service.post("/v1/messages", Some(ADMIN), &body).await.json();
    let ticket = turn["ticket"]["id"].as_str().unwrap();
    ana.does(ticket, "take", &[]).await;
    for path in ["/console".to_owned(), format!("/console/tickets/{ticket}")] {
        let page = ana.get(&path).await.text;
        assert!(!page.contains("<img") && !page.contains("<b>c"), "{page}");
        assert!(!page.contains('\u{202e}'), "no text turns the page around");
    }
    let page = ana.get(&format!("/console/tickets/{ticket}")).await.text;
    assert!(page.contains("&lt;img src=x onerror=alert(1)&gt;"), "{page}");
    assert!(page.contains("<mark title=\"threatens with the law"), "{page}");
    assert!(page.contains("&lt;b&gt;c&lt;/b&gt;"));
    // A draft that could not be sent is text as well.
    let draft = "</textarea><script>1</script>";
    let fields = [("text", draft), ("promise", "x"), ("within_minutes", "z")];
    let got = ana.does(ticket, "reply", &fields).await;
    assert_eq!(got.status, 422);
    assert!(got.text.contains("&lt;/textarea&gt;&lt;script&gt;"), "{got:?}");
}

#[tokio::test]
async fn a_session_that_has_ended_is_nobodys() {
    let service = Service::start().await;
    let ana = Desk::of(&service, "ana", "agent").await;
    let out = ana.post("/console/sign-out", &[]).await;
    assert_eq!(out.headers[header::LOCATION], "/console/sign-in");
    assert_eq!(ana.get("/console").await.status, 303);
    let request =
        Request::builder().uri("/console").header(header::COOKIE, "switchboard_session=x");
    let got = service.send(request.body(Body::empty()).unwrap()).await;
    assert_eq!(got.status, 303);
}
