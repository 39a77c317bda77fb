use serde_json::json;

use super::support::{Desk, PASSWORD, form, person};
use crate::files;
use crate::http::tests::platforms::World;
use crate::http::tests::support::{ADMIN, Service};

const PAGES: [&str; 5] = [
    "/console/admin",
    "/console/admin/tokens",
    "/console/admin/trail",
    "/console/admin/packs",
    "/console/admin/channels",
];

#[tokio::test]
async fn admins_see_their_pages_and_others_do_not() {
    let service = Service::start().await;
    let ana = Desk::of(&service, "ana", "agent").await;
    let mia = Desk::of(&service, "mia", "lead").await;
    let eva = Desk::of(&service, "eva", "admin").await;
    for path in PAGES {
        for desk in [&ana, &mia] {
            assert_eq!(desk.get(path).await.status, 403, "{path}");
        }
        let got = eva.get(path).await;
        assert_eq!(got.status, 200, "{path} {}", got.text);
    }
    for path in [
        "/console/admin",
        "/console/admin/people/eva",
        "/console/admin/tokens",
        "/console/admin/tokens/admin/revoke",
        "/console/admin/packs/reload",
        "/console/admin/outbox/1/replay",
    ] {
        let fields = [("name", "bob"), ("role", "admin"), ("password", PASSWORD)];
        assert_eq!(mia.post(path, &fields).await.status, 403, "{path}");
        assert_eq!(eva.post_bare(path, &fields).await.status, 403, "{path} without a token");
    }
    let users = service.get("/v1/users", Some(ADMIN)).await.json();
    assert_eq!(users.as_array().unwrap().len(), 3);
    assert!(!mia.get("/console").await.text.contains("/console/admin"));
}

#[tokio::test]
async fn people_are_made_changed_and_shut_out() {
    let service = Service::start().await;
    let eva = Desk::of(&service, "eva", "admin").await;
    let fields = [
        ("name", "bob <b>"),
        ("role", "agent"),
        ("password", PASSWORD),
        ("team.care", "yes"),
        ("languages", "de, en"),
        ("skills", "vip"),
        ("capacity", "3"),
    ];
    assert_eq!(eva.post("/console/admin", &fields).await.status, 303);
    let bob = async || {
        let users = service.get("/v1/users", Some(ADMIN)).await.json();
        users.as_array().unwrap().iter().find(|user| user["name"] == "bob <b>").cloned().unwrap()
    };
    let made = bob().await;
    assert_eq!(made["teams"], json!(["care"]));
    assert_eq!((&made["languages"], &made["capacity"]), (&json!(["de", "en"]), &json!(3)));
    assert!(eva.get("/console/admin").await.text.contains("bob &lt;b&gt;"));
    assert_eq!(eva.post("/console/admin", &fields).await.status, 409, "the name is taken");
    let path = "/console/admin/people/bob%20%3Cb%3E";
    let got = eva.post(path, &[("role", "lead"), ("password", "tiny-1"), ("enabled", "yes")]).await;
    assert_eq!(got.status, 422);
    assert!(!got.text.contains("tiny-1"));
    assert_eq!(eva.post(path, &[("role", "lead"), ("enabled", "yes")]).await.status, 303);
    assert_eq!((&bob().await["role"], &bob().await["teams"]), (&json!("lead"), &json!([])));
    assert_eq!(eva.post(path, &[("role", "lead")]).await.status, 303);
    assert_eq!(bob().await["enabled"], false);
    let fields = [("name", "bob <b>"), ("password", PASSWORD)];
    assert_eq!(service.send(form("/console/sign-in", "", &fields)).await.status, 401);
    assert_eq!(eva.post("/console/admin/people/eva", &[("role", "admin")]).await.status, 422);
    let trail = eva.get("/console/admin/trail").await.text;
    assert!(trail.contains("user.add") && trail.contains("user:eva"), "{trail}");
}

#[tokio::test]
async fn a_tokens_secret_is_shown_once() {
    let service = Service::start().await;
    let eva = Desk::of(&service, "eva", "admin").await;
    let fields = [("name", "widget"), ("scope.messages", "yes")];
    let got = eva.post("/console/admin/tokens", &fields).await;
    assert_eq!(got.status, 200);
    let (_, rest) = got.text.split_once("<code>swb_api_").unwrap();
    let secret = format!("swb_api_{}", rest.split('<').next().unwrap());
    assert!(!eva.get("/console/admin/tokens").await.text.contains(&secret));
    let said = json!({ "conversation_id": "c", "text": "hello" });
    let works = async || service.post("/v1/messages", Some(&secret), &said).await.outcome();
    assert_eq!(works().await, "200");
    assert_eq!(eva.post("/console/admin/tokens/widget/revoke", &[]).await.status, 303);
    assert_eq!(works().await, "401 token-invalid");
    assert_eq!(eva.post("/console/admin/tokens", &[("name", "x")]).await.status, 422);
}

#[tokio::test]
async fn packs_are_tried_reloaded_and_rolled_back() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("faq/en/more.md");
    files::write_new(&file, b"preamble only\n").unwrap();
    let service = Service::with(&[("shop", &folder.path().to_string_lossy())]).await;
    let eva = Desk::of(&service, "eva", "admin").await;
    let does = async |verb: &str| eva.post(&format!("/console/admin/packs/{verb}"), &[]).await;
    assert_eq!(does("roll-back").await.status, 404, "there is nothing before the start");
    let first = service.app.knowledge();
    assert_eq!(does("reload").await.status, 303);
    let second = service.app.knowledge();

    files::replace(&file, b"another preamble\n").unwrap();
    let tried = does("check").await;
    assert_eq!(tried.status, 200);
    assert!(tried.text.contains("\n-preamble only\n+another preamble\n"), "{}", tried.text);
    files::replace(&file, b"## tracking.status\n\n{no.such.fact}\n").unwrap();
    for verb in ["check", "reload"] {
        let broken = does(verb).await;
        assert_eq!(broken.status, 422, "{verb}");
        assert!(broken.text.contains("more.md:3:"), "{}", broken.text);
    }
    assert!(std::sync::Arc::ptr_eq(&second, &service.app.knowledge()), "what was in force stays");
    assert_eq!(does("roll-back").await.status, 303);
    assert!(std::sync::Arc::ptr_eq(&first, &service.app.knowledge()));
    assert_eq!(does("nonsense").await.status, 404);
    let trail = eva.get("/console/admin/trail").await.text;
    assert!(trail.contains("packs.reload") && trail.contains("packs.roll-back"), "{trail}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_letter_is_sent_again() {
    let world = World::start().await;
    let service = &world.service;
    let gone = json!({"ok": false, "error_code": 403, "description": "bot was blocked"});
    world.stub.answers(&[(403, "", gone)]);
    assert_eq!(world.says("telegram", "hello", "1").await.len(), 1);
    let eva = Desk::of(service, "eva", "admin").await;
    let page = eva.get("/console/admin/channels").await.text;
    let (_, again) = page.split_once("action=\"/console/admin/outbox/").unwrap();
    let again = format!("/console/admin/outbox/{}", again.split('"').next().unwrap());
    service.app.channels.was_woken("telegram");
    for missing in ["/console/admin/outbox/4711/replay", "/console/admin/outbox/x/replay"] {
        assert_eq!(eva.post(missing, &[]).await.status, 404, "{missing}");
    }
    assert!(!service.app.channels.was_woken("telegram"));
    assert_eq!(eva.post(&again, &[]).await.status, 303);
    assert!(service.app.channels.was_woken("telegram"), "it would wait for the next tick");
    assert_eq!(world.run("telegram").await.len(), 1);
    assert_eq!(eva.post(&again, &[]).await.status, 404, "it is not dead any more");
    let trail = service.get("/v1/audit", Some(ADMIN)).await.json();
    let replays: Vec<_> = (trail.as_array().unwrap().iter())
        .filter(|line| line["action"] == "outbox.replay")
        .map(|line| (&line["actor"], &line["detail"]))
        .collect();
    assert_eq!(
        replays,
        [(&json!("user:eva"), &json!("telegram"))],
        "what did not happen is not told"
    );
}

#[tokio::test]
async fn a_person_who_is_changed_elsewhere_loses_their_pages() {
    let service = Service::start().await;
    person(&service, "ben", "lead", &["en"]).await;
    let ben = Desk::sign_in(&service, "ben").await;
    let eva = Desk::of(&service, "eva", "admin").await;
    assert_eq!(ben.get("/console/lead").await.status, 200);
    let fields = [("role", "agent"), ("enabled", "yes")];
    assert_eq!(eva.post("/console/admin/people/ben", &fields).await.status, 303);
    assert_eq!(ben.get("/console/lead").await.status, 403, "at once");
}
