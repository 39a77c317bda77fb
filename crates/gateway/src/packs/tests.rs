use super::*;

#[test]
fn what_the_binary_carries_compiles() {
    let files = PackFiles::embedded();
    assert!(files.intents.iter().any(|file| file.path == "intents.toml"));
    assert!(files.faq.iter().any(|file| file.path == "shop.toml"));
    if let Err(faults) = Knowledge::compile(&files) {
        panic!("{faults}");
    }
}

/// Messages that broke other bots. Before a message's colon stand the families of intents that
/// must be among what is read, `!` for one that must be denied, `-` for one that must be absent.
const BROKE_OTHERS: &str = "
    refund: 我要退款
    refund returns: 退货退款
    refund: 退款。
    refund: ｒｅｆｕｎｄ
    refund: 我要refund
    refund: refundください
    refund: refund; now
    refund: refund！
    refund: ¿reembolso?
    refund: refnud
    refund: refnd
    refund: refuund
    -refund: fund
    -tracking -refund -order: lads
    -tracking -refund -order: andré
    -tracking -refund -order: sí
    chat.thanks: danke
    chat.greeting: hallo
    tracking.status !refund: I don't want a refund, where is my parcel
    tracking !refund: I don't want a refund, I want my parcel
    returns.exchange: 不是要退货，是想换个尺码
    order.change_address !order.cancel: I do not want to cancel, just change the address
    order.cancel order.change_address: cancel it, or if it has shipped change the address
    tracking payment: where is my parcel and do you take paypal
    tracking.status: whereis my order
    payment.methods: C.O.D. available?
    -refund -order -tracking -returns: asdf qwer zxcv
";

#[test]
fn what_broke_other_bots_is_read_rightly() {
    let knowledge = Knowledge::compile(&PackFiles::embedded()).unwrap();
    for line in BROKE_OTHERS.lines().filter(|line| !line.trim().is_empty()) {
        let (expected, text) = line.trim().split_once(": ").unwrap();
        let analysis = knowledge.analyzer.analyze(text, &intent::Hints::default());
        let has = |family: &str, denied: bool| {
            let mut found = analysis.intents.iter().filter(|found| found.denied == denied);
            found.any(|found| found.id.as_str().starts_with(family))
        };
        for family in expected.split(' ') {
            let right = match (family.strip_prefix('!'), family.strip_prefix('-')) {
                (Some(denied), _) => has(denied, true),
                (_, Some(absent)) => !has(absent, false),
                _ => has(family, false),
            };
            assert!(right, "{family} in {text:?}: {:?}", analysis.intents);
        }
    }
    for glad in ["hello!!!", "thanks!!!"] {
        let emotion = knowledge.analyzer.analyze(glad, &intent::Hints::default()).emotion;
        assert!(emotion.level < 2, "{glad}: {emotion:?}");
    }
    // What is denied ends with its clause.
    let analysis = knowledge.analyzer.analyze("no problem, I can wait", &intent::Hints::default());
    assert!(analysis.intents.iter().all(|found| !found.denied), "{:?}", analysis.intents);
}

#[test]
fn the_starter_compiles_and_its_example_is_understood() {
    let folder = tempfile::tempdir().unwrap();
    let written = write_starter(folder.path()).unwrap();
    assert!(written.iter().all(|(path, new)| *new && path.exists()));
    let files = PackFiles::gather(&PackChoice::over(folder.path())).unwrap();
    let knowledge = Knowledge::compile(&files).unwrap_or_else(|faults| panic!("{faults}"));
    for sample in files.samples().iter().filter(|s| s.intent == "events.workshop") {
        let analysis = knowledge.analyzer.analyze(&sample.text, &intent::Hints::default());
        let reached = analysis.intent.as_str() == "events.workshop";
        assert_eq!(reached, sample.reaches, "{}: {}", sample.place, sample.text);
    }
    assert!(knowledge.answers.has("events.workshop", "en"));
    // A second time nothing is overwritten.
    let again = write_starter(folder.path()).unwrap();
    assert!(again.iter().all(|(_, new)| !new));
}

#[test]
fn the_settings_of_the_starter_are_settings() {
    let folder = tempfile::tempdir().unwrap();
    write_starter(folder.path()).unwrap();
    let path = folder.path().join("switchboard.toml");
    let text = String::from_utf8(files::read(&path).unwrap()).unwrap();
    let every: String = text
        .lines()
        .filter(|line| !line.starts_with("# ") && !line.contains("\"\""))
        .map(|line| format!("{}\n", line.strip_prefix('#').unwrap_or(line)))
        .collect();
    let all = folder.path().join("all.toml");
    files::write_new(&all, every.as_bytes()).unwrap();
    for path in [path, all] {
        let resolved = crate::config::Given::default().with_file(&path).resolve(|_| None).unwrap();
        let settings = crate::config::Settings::read(&resolved).unwrap();
        assert_eq!(settings.packs.shop.as_deref(), Some(folder.path().join(".").as_path()));
    }
}

#[test]
fn a_broken_file_of_the_shop_is_named_where_it_lies() {
    let folder = tempfile::tempdir().unwrap();
    let place = |path: &str| folder.path().join(path);
    files::write_new(&place("intents/en/tracking.toml"), b"[[intent]]\nid = 7\n").unwrap();
    files::write_new(&place("faq/en/more.md"), b"## tracking.status\n\n{no.such.fact}\n").unwrap();
    let files = PackFiles::gather(&PackChoice::over(folder.path())).unwrap();
    let faults = Knowledge::compile(&files).unwrap_err();
    let said = faults.to_string();
    for path in ["intents/en/tracking.toml", "faq/en/more.md"] {
        let place = place(path).display().to_string();
        assert!(said.contains(&place), "{place} is not named in:\n{said}");
    }
    assert!(faults.0.iter().all(|fault| !fault.help.is_empty() && !fault.code.is_empty()));
}

#[test]
fn a_shop_says_from_which_confidence_on_is_acted() {
    let wishes = |percent: u16| {
        let folder = tempfile::tempdir().unwrap();
        let desk = format!("[understanding]\nact_from_percent = {percent}\n");
        files::write_new(&folder.path().join("desk/desk.toml"), desk.as_bytes()).unwrap();
        files::write_new(&folder.path().join("faq/en/none.md"), b"").unwrap();
        let files = PackFiles::gather(&PackChoice::over(folder.path())).unwrap();
        let knowledge = Knowledge::compile(&files).unwrap_or_else(|faults| panic!("{faults}"));
        let analysis = knowledge.analyzer.analyze("wher parcel", &intent::Hints::default());
        let sure = analysis.confidence.permille();
        (analysis.wishes().count(), sure)
    };
    let (acted, sure) = wishes(1);
    assert!(acted > 0);
    // At its own confidence it still is acted on; a percent above, no longer.
    assert!(wishes(sure / 10).0 > 0);
    assert_eq!(wishes(sure / 10 + 1).0, 0);
}

#[test]
fn a_folder_that_is_no_shop_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let error = PackFiles::gather(&PackChoice::over(folder.path())).unwrap_err().to_string();
    assert!(error.contains("has neither intents/ nor faq/"), "{error}");
}

#[test]
fn a_later_file_replaces_the_samples_of_an_intent() {
    let file = |path: &str, text: &str| PackFile {
        path: path.to_owned(),
        bytes: text.as_bytes().to_vec().into(),
        file: None,
    };
    let first = "[[intent]]\nid = \"a.b\"\nsamples = [\n \"one\",\n \"two\"]\nnot = \"x\"\n\
                 [[intent]]\nid = \"a.c\"\nsamples = [\"three\"]\n";
    let files = PackFiles {
        intents: vec![
            file("en/a.toml", first),
            file("en/a.toml", "[[intent]]\nid = \"a.b\"\nsamples = [\"new\"]"),
        ],
        faq: Vec::new(),
        desk: PackFiles::embedded().desk,
    };
    let samples = files.samples();
    let told: Vec<_> =
        samples.iter().map(|s| (&*s.intent, &*s.text, s.reaches, &*s.place)).collect();
    assert_eq!(
        told,
        [
            ("a.c", "three", true, "intents/en/a.toml:9"),
            ("a.b", "new", true, "intents/en/a.toml:3")
        ]
    );
}

#[test]
fn the_bundled_weights_were_fitted_to_the_bundled_packs() {
    let files = PackFiles::embedded();
    let sources: Vec<_> = files
        .intents
        .iter()
        .map(|pack| intent::Source { path: &pack.path, bytes: &pack.bytes })
        .collect();
    assert!(
        !intent::weights_are_stale(&sources),
        "the packs changed since they were fitted; run `switchboard compile intents`"
    );
}
