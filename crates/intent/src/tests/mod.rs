//! The engine on a small pack of its own, so that what it promises does not depend on
//! what the language packs happen to hold.

mod fitting;
mod packs;
mod reading;

use crate::{Analysis, Analyzer, Hints, Options, Source};

const INTENTS: &str = r#"
[[intent]]
id = "refund.request"
means = "money back"
severity = "yellow"
tier = 1
[[intent]]
id = "returns.request"
means = "send it back"
severity = "yellow"
tier = 1
[[intent]]
id = "tracking.status"
means = "where is it"
severity = "yellow"
tier = 1
[[intent]]
id = "risk.legal_threat"
means = "lawyer"
severity = "red"
tier = 3
handoff = true
[[intent]]
id = "none"
means = "nothing of these"
severity = "blue"
tier = 1
"#;

const CONCEPTS: &str =
    "[thing]\nparcel = 'a parcel'\nwhere = 'where'\nwant = 'want'\nrefund = 'money back'\n";

const EN: [(&str, &str); 6] = [
    (
        "en/language.toml",
        r#"
tag = "en"
function_words = ["the", "is", "my", "i", "a", "it", "ok", "no", "hello"]
fillers = ["the", "my", "please"]
[boundary]
start = "word"
end = "word"
suffixes = ["s"]
shortest = 3
[negation]
before = ["not", "don't", "no"]
window = 4
exceptions = ["no problem"]
[clauses]
breakers = ["but"]
[emotion]
angry = ["unacceptable"]
insult = ["idiots"]
positive = ["insanely good", "love it"]
polite = ["please"]
"#,
    ),
    (
        "en/concepts.toml",
        "parcel = ['parcel', 'package']\nwhere = ['where']\nwant = ['want']\nrefund = { words = ['refund'], stems = ['reimburs'] }\n",
    ),
    (
        "en/refund.toml",
        "[[intent]]\nid = 'refund.request'\nkeywords = [{ text = 'refund', weight = 1300 }, 'M.D.', 'N.C.', { text = 'M.D.N.C.', weight = 1500 }, 'la', 'a+b (c)']\n[intent.patterns]\nwant_refund = { pattern = '<want> [a|my] (<refund>|money back)', weight = 1500 }\n",
    ),
    (
        "en/tracking.toml",
        "[[intent]]\nid = 'tracking.status'\n[intent.patterns]\nwhere_parcel = { pattern = '<where> [is|are] … <parcel>', weight = 1500 }\n",
    ),
    (
        "en/risk.toml",
        "[[intent]]\nid = 'risk.legal_threat'\nkeywords = [{ text = 'my lawyer', weight = 1500 }]\n",
    ),
    (
        "en/returns.toml",
        "[[intent]]\nid = 'returns.request'\nkeywords = [{ text = 'return it', weight = 1400 }]\n",
    ),
];

const ES: [(&str, &str); 3] = [
    (
        "es/language.toml",
        "tag = 'es'\nfunction_words = ['el', 'mi', 'está', 'quiero', 'no', 'hola']\nfillers = ['mi', 'el']\n[negation]\nbefore = ['no']\n",
    ),
    ("es/concepts.toml", "parcel = ['paquete']\nwhere = ['dónde']\n"),
    (
        "es/refund.toml",
        "[[intent]]\nid = 'refund.request'\nkeywords = [{ text = 'reembolso', weight = 1400 }, { text = 'devolución', weight = 1400 }]\n",
    ),
];

const ZH: [(&str, &str); 4] = [
    (
        "zh/language.toml",
        "tag = 'zh'\nfunction_words = ['我', '的', '要', '了', '是']\nfillers = ['我', '要', '的']\n[negation]\nbefore = ['不是要', '不']\n",
    ),
    ("zh/concepts.toml", "parcel = ['包裹']\nwhere = ['哪里', '在哪']\n"),
    (
        "zh/refund.toml",
        "[[intent]]\nid = 'refund.request'\nkeywords = [{ text = '退款', weight = 1400 }]\n",
    ),
    (
        "zh/returns.toml",
        "[[intent]]\nid = 'returns.request'\nkeywords = [{ text = '退货', weight = 1400 }]\n",
    ),
];

const SHARED: &str = "[[intent]]\nid = 'tracking.status'\n[intent.patterns]\nparcel_where = { pattern = '<parcel> … <where>', weight = 1400 }\nwhere_parcel = { pattern = '<where> … <parcel>', weight = 1400 }\n";

fn sources() -> Vec<Source<'static>> {
    let roots = [("intents.toml", INTENTS), ("concepts.toml", CONCEPTS), ("shared.toml", SHARED)];
    let files = roots.into_iter().chain(EN).chain(ES).chain(ZH);
    files.map(|(path, text)| Source { path, bytes: text.as_bytes() }).collect()
}

fn analyzer() -> Analyzer {
    let options = Options {
        order_number_patterns: vec!["#?[1-9][0-9]{4,7}".to_owned()],
        products: Vec::new(),
    };
    Analyzer::compile(&sources(), &options).unwrap()
}

fn analyze(text: &str) -> Analysis {
    analyzer().analyze(text, &Hints::default())
}
