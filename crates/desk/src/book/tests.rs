use intent::Severity;

use super::*;
use crate::survey::{Rating, Survey};
use crate::testing;

const PLAYBOOK: &str = r#"id = "x"
intents = ["tracking.lost"]
collect = ["order_number"]
evidence = []
options = ["resend", "refund"]
[[stage]]
id = "a"
do = "look"
next = ["b"]
[[stage]]
id = "b"
do = "end"
[[ladder]]
offer = "voucher"
percent = 10
tier = 1
severity = "yellow"
"#;

fn compile(desk: &str, playbook: &str) -> Result<Book, Vec<BookError>> {
    let source =
        |path, text: &'static str| Source { path, name: path, bytes: text.as_bytes(), own: false };
    let own = [
        Source {
            path: "desk.toml",
            name: "shop/desk/desk.toml",
            bytes: desk.as_bytes(),
            own: true,
        },
        Source {
            path: "playbooks/x.toml",
            name: "shop/desk/x.toml",
            bytes: playbook.as_bytes(),
            own: true,
        },
    ];
    let bundled = source("desk.toml", include_str!("../../../../desk/desk.toml"));
    Book::compile(&[bundled, own[0], own[1]], &|id| id != "no.such")
}

/// Replaces the first words by the second and looks for `code line:column`.
#[track_caller]
fn refused(from: &str, to: &str, expected: &str) {
    assert!(PLAYBOOK.contains(from), "{from}");
    let errors = compile("", &PLAYBOOK.replacen(from, to, 1)).expect_err(to);
    let told: Vec<String> =
        errors.iter().map(|e| format!("{} {}:{}", e.code, e.line, e.column)).collect();
    assert_eq!(told, [expected], "{to}: {errors:?}");
    assert!(errors[0].path == "shop/desk/x.toml" && !errors[0].help.is_empty());
}

#[test]
fn a_playbook_is_refused_by_place() {
    compile("", PLAYBOOK).expect("good");
    refused("tracking.lost", "no.such", "unknown-intent 2:12");
    refused("order_number", "shoe_size", "unknown-need 3:12");
    refused(
        r#"["order_number"]"#,
        r#"["order_number", "photo", "country"]"#,
        "too-many-questions 3:37",
    );
    refused(r#"["resend", "refund"]"#, r#"["refund"]"#, "too-few-options 5:11");
    refused(r#"["resend", "refund"]"#, r#"["refund", "voucher"]"#, "option-on-ladder 5:11");
    refused(r#"next = ["b"]"#, r#"next = ["b", "c"]"#, "unknown-stage 9:14");
    refused(r#"do = "end""#, "do = \"end\"\nnext = [\"a\"]", "endless-playbook 7:6");
    refused(r#"next = ["b"]"#, r#"next = ["a"]"#, "endless-playbook 7:6");
    refused(r#"next = ["b"]"#, "next = []", "unreached-stage 11:6");
    refused("percent = 10", "percent = 11", "above-bound 15:11");
    refused("tier = 1", "tier = 4", "bad-number 16:8");
    refused(r#"severity = "yellow""#, r#"severity = "pink""#, "bad-severity 17:12");
    refused("evidence = []", "evidence = []\ncolour = \"red\"", "bad-desk-file 5:1");
    refused("id = \"x\"", "id = x", "bad-desk-file 1:6");
}

#[test]
fn desk_toml_is_refused_by_place() {
    for (desk, expected) in [
        (
            "[[team]]\nid = \"a\"\ntier = 1\n[[team]]\nid = \"b\"\ntier = 2\n",
            "tier-without-team 2:6",
        ),
        ("[queue]\nhandling_minutes = 0\ncapacity = 4\norder_value = 1\n", "bad-number 2:20"),
        ("[understanding]\nact_from_percent = 100\n", "bad-number 2:20"),
        ("[follow_up]\nafter = \"soon\"\n", "bad-duration 2:9"),
        ("[follow_up]\nafter = \"1h\"\nreopen_at_most = 2\n", "bad-desk-file 3:1"),
        ("[survey]\nstars = { share = 1 }\n", "unknown-survey 2:1"),
        ("[survey]\ncsat = { share = 1, reopen_at_most = 6 }\n", "bad-number 2:38"),
        ("[survey]\nnps = { share = 1001 }\n", "bad-number 2:17"),
        ("[survey]\nces = { share = 1, target = 8 }\n", "bad-number 2:29"),
        ("[survey]\nces = { share = 1, target = nan }\n", "bad-number 2:29"),
        (
            "[severity]\nrepeated = 1\nfailed = 1\nanger = 1\nwaited = 1\npromise = 1\nyellow = 5\nred = 5\n",
            "bad-severity 8:7",
        ),
        (
            "[[team]]\nid = \"a\"\ntier = 1\nhours = { timezone = \"Mars/X\", monday = [\"09:00-18:00\"] }\n[[team]]\nid = \"b\"\ntier = 2\n[[team]]\nid = \"c\"\ntier = 3\n",
            "unknown-time-zone 4:22",
        ),
        (
            "[[team]]\nid = \"a\"\ntier = 1\nhours = { timezone = \"Asia/Tokyo\" }\n[[team]]\nid = \"b\"\ntier = 2\n[[team]]\nid = \"c\"\ntier = 3\n",
            "never-open 4:22",
        ),
        (
            "[[team]]\nid = \"a\"\ntier = 1\nhours = { timezone = \"Asia/Tokyo\", monday = [\"09:00-13:00\", \"12:00-18:00\"] }\n[[team]]\nid = \"b\"\ntier = 2\n[[team]]\nid = \"c\"\ntier = 3\n",
            "overlapping-hours 4:22",
        ),
    ] {
        let errors = compile(desk, PLAYBOOK).expect_err(desk);
        let told: Vec<String> =
            errors.iter().map(|e| format!("{} {}:{}", e.code, e.line, e.column)).collect();
        assert_eq!(told, [expected], "{errors:?}");
        assert_eq!(errors[0].path, "shop/desk/desk.toml");
    }
    let none = Book::compile(&[], &|_| true).expect_err("nothing");
    assert_eq!(none[0].code, "missing-table");
}

/// Whatever tier and severity: nothing above the bound is ever offered.
#[test]
fn nothing_above_its_bound_is_offered() {
    let book = testing::book();
    for playbook in book.playbooks.values() {
        for tier in 1..=3 {
            for severity in [Severity::Blue, Severity::Yellow, Severity::Red] {
                let bound = book.bounds.of(tier, severity);
                let offers = book.offers(playbook, tier, severity);
                assert!(offers.iter().all(|rung| rung.percent <= bound), "{}", playbook.id);
                assert!(offers.is_sorted_by_key(|rung| rung.percent));
            }
        }
        assert!(playbook.options.len() >= 2);
        assert_eq!(playbook.options(Some(&playbook.options[1]))[0], playbook.options[1]);
    }
}

#[test]
fn one_question_is_asked_after_a_ticket_by_shares() {
    use Survey::{Ces, Csat, Nps};

    let surveys =
        |table: &str| compile(&format!("[survey]\n{table}"), PLAYBOOK).expect(table).surveys;
    let three = surveys(
        "csat = { share = 70, reopen_at_most = 2, target = 80 }\nces = { share = 20 }\n\
         nps = { share = 10, reopen_at_most = 0, target = -12.5 }\n",
    );
    let picks: Vec<_> = (0..4000).map(|n| three.pick(&format!("t{n}")).expect("one")).collect();
    for (survey, least, most) in [(Csat, 2700, 2900), (Ces, 730, 870), (Nps, 340, 460)] {
        let count = picks.iter().filter(|pick| **pick == survey).count();
        assert!((least..most).contains(&count), "{survey:?}: {count} of 4000");
    }
    assert_eq!(three.pick("t7"), Some(picks[7]), "the same again");
    assert_eq!((three.terms[&Csat].target, three.terms[&Nps].target), (Some(80.0), Some(-12.5)));
    for (survey, mark, expected) in
        [(Csat, 2, true), (Csat, 3, false), (Ces, 1, false), (Nps, 0, true), (Nps, 1, false)]
    {
        let rating = Rating::new(survey, mark).expect("on the scale");
        assert_eq!(three.reopens(rating), expected, "{rating}");
    }
    for nothing in ["", "csat = { share = 0 }\n"] {
        let none = surveys(nothing);
        assert_eq!((none.asks(), none.pick("t7")), (false, None), "{nothing:?}");
    }
    let bundled = testing::book().surveys;
    assert!(Survey::ALL.iter().all(|survey| bundled.terms[survey].share > 0));
}

#[test]
fn a_customer_keeps_the_manner_and_shares_are_kept() {
    let compile = |more: &str| {
        let text = format!("{}\n{more}", include_str!("../../../../desk/desk.toml"));
        let source =
            Source { path: "desk.toml", name: "desk.toml", bytes: text.as_bytes(), own: true };
        Book::compile(&[source], &|_| true)
    };
    let book = compile("[variants]\nfriendly = 75\nconcise = 25\n").expect("compiles");
    let picks: Vec<&str> =
        (0..4000).map(|n| book.variants.pick(&format!("customer {n}")).expect("one")).collect();
    let friendly = picks.iter().filter(|pick| **pick == "friendly").count();
    assert!((2900..3100).contains(&friendly), "{friendly} of 4000 at 75 %");
    assert_eq!(book.variants.pick("customer 7"), Some(picks[7]), "the same again");
    let none = compile("").expect("compiles");
    assert_eq!(none.variants.pick("customer 7"), None, "nothing is tried unless said");
    let zero = compile("[variants]\nplain = 0\n").expect("compiles");
    assert_eq!(zero.variants.pick("customer 7"), None);
    let errors = compile("[variants]\nrude = 50\n").expect_err("no such manner");
    assert_eq!(errors[0].code, "unknown-manner");

    let tried = "[variants]\nconcise = 50\nformal = 25\nfriendly = 25\n";
    let rotated = |by: &str, share: u8| {
        compile(&format!(
            "{tried}[rotation]\nby = \"{by}\"\nafter = 200\ndays = 30\nshare = {share}\n"
        ))
    };
    let book = rotated("marks", 80).expect("compiles");
    let with = |favoured: Option<&str>| -> Vec<&str> {
        let pick = |n| book.variants.pick_with(&format!("customer {n}"), favoured).expect("one");
        (0..4000).map(pick).collect()
    };
    let (before, after) = (with(None), with(Some("formal")));
    let count = |picks: &[&str], name: &str| picks.iter().filter(|pick| **pick == name).count();
    assert!((3120..3280).contains(&count(&after, "formal")), "80 % of 4000");
    assert!((480..590).contains(&count(&after, "concise")), "the others keep their proportion");
    assert!((220..310).contains(&count(&after, "friendly")), "of what is left");
    for (before, after) in before.iter().zip(&after) {
        assert!(before == after || *after == "formal", "nobody changes between the others");
    }
    assert_eq!(with(Some("plain")), before, "what is not tried is not favoured");
    let less = rotated("marks", 10).expect("compiles");
    assert_eq!(
        less.variants.pick_with("customer 7", Some("concise")),
        less.variants.pick("customer 7")
    );
    let alone = compile(
        "[variants]\nplain = 1\n[rotation]\nby = \"pressed\"\nafter = 30\ndays = 7\nshare = 90\n",
    );
    assert_eq!(alone.expect("compiles").variants.pick_with("c", Some("plain")), Some("plain"));
    assert_eq!(rotated("luck", 80).expect_err("no such outcome")[0].code, "unknown-outcome");
    assert_eq!(rotated("marks", 100).expect_err("all of them")[0].code, "bad-number");
}
