//! Words that promise nothing, by language.

/// The words of each language. In languages that put spaces between words they stand as
/// whole words, in others anywhere.
const WORDS: [(&str, &[&str]); 18] = [
    (
        "ar",
        &[
            "ربما",
            "قريبا",
            "قريبًا",
            "عادة",
            "عادةً",
            "غالبا",
            "غالبًا",
            "تقريبا",
            "تقريبًا",
            "في أقرب وقت",
        ],
    ),
    (
        "de",
        &[
            "vielleicht",
            "eventuell",
            "normalerweise",
            "in der Regel",
            "üblicherweise",
            "möglicherweise",
            "demnächst",
            "baldmöglichst",
            "so schnell wie möglich",
            "ungefähr",
            "circa",
            "in Kürze",
        ],
    ),
    (
        "en",
        &[
            "maybe",
            "perhaps",
            "usually",
            "probably",
            "soon",
            "shortly",
            "hopefully",
            "roughly",
            "normally",
            "as soon as possible",
            "might",
            "generally",
            "typically",
        ],
    ),
    (
        "es",
        &[
            "quizás",
            "quizá",
            "tal vez",
            "normalmente",
            "generalmente",
            "probablemente",
            "pronto",
            "en breve",
            "lo antes posible",
            "aproximadamente",
            "a lo mejor",
        ],
    ),
    (
        "fr",
        &[
            "peut-être",
            "normalement",
            "généralement",
            "habituellement",
            "probablement",
            "bientôt",
            "prochainement",
            "dès que possible",
            "dans les plus brefs délais",
            "environ",
        ],
    ),
    (
        "id",
        &[
            "mungkin",
            "biasanya",
            "barangkali",
            "sekitar",
            "segera",
            "secepatnya",
            "secepat mungkin",
            "kira-kira",
        ],
    ),
    (
        "it",
        &[
            "forse",
            "magari",
            "di solito",
            "normalmente",
            "generalmente",
            "probabilmente",
            "a breve",
            "presto",
            "il prima possibile",
            "circa",
        ],
    ),
    (
        "ja",
        &[
            "おそらく",
            "たぶん",
            "多分",
            "恐らく",
            "かもしれません",
            "通常は",
            "なるべく早く",
            "できるだけ早く",
            "近日中",
        ],
    ),
    ("ko", &["아마", "아마도", "보통은", "대략", "곧", "조만간", "가능한 한 빨리", "최대한 빨리"]),
    (
        "nl",
        &[
            "misschien",
            "wellicht",
            "meestal",
            "gewoonlijk",
            "normaal gesproken",
            "waarschijnlijk",
            "binnenkort",
            "zo snel mogelijk",
            "ongeveer",
        ],
    ),
    (
        "pl",
        &[
            "być może",
            "zwykle",
            "zazwyczaj",
            "prawdopodobnie",
            "wkrótce",
            "niebawem",
            "jak najszybciej",
            "mniej więcej",
            "około",
        ],
    ),
    (
        "pt",
        &[
            "talvez",
            "normalmente",
            "geralmente",
            "provavelmente",
            "em breve",
            "o mais rápido possível",
            "assim que possível",
            "aproximadamente",
            "cerca de",
        ],
    ),
    (
        "ru",
        &[
            "может быть",
            "возможно",
            "обычно",
            "вероятно",
            "скоро",
            "вскоре",
            "в ближайшее время",
            "как можно скорее",
            "примерно",
            "наверное",
        ],
    ),
    (
        "sv",
        &[
            "kanske",
            "vanligtvis",
            "normalt",
            "förmodligen",
            "snart",
            "så snart som möjligt",
            "ungefär",
        ],
    ),
    ("th", &["อาจจะ", "บางที", "โดยปกติ", "โดยประมาณ", "เร็ว ๆ นี้", "เร็วๆ นี้", "โดยเร็วที่สุด", "น่าจะ"]),
    (
        "tr",
        &[
            "belki",
            "genellikle",
            "genelde",
            "muhtemelen",
            "yakında",
            "en kısa sürede",
            "yaklaşık",
            "herhalde",
        ],
    ),
    (
        "vi",
        &[
            "có lẽ",
            "có thể là",
            "thường thì",
            "thông thường",
            "sớm nhất có thể",
            "khoảng chừng",
            "chắc là",
        ],
    ),
    (
        "zh",
        &[
            "大概",
            "可能",
            "也许",
            "也許",
            "或许",
            "或許",
            "一般来说",
            "一般來說",
            "通常",
            "尽快",
            "盡快",
            "儘快",
            "左右",
            "不久",
        ],
    ),
];

/// The first vague word of a text in the language of a locale.
pub(super) fn find(tag: &str, text: &str) -> Option<&'static str> {
    let language = tag.split('-').next().unwrap_or(tag);
    let (_, words) = WORDS.iter().find(|(known, _)| *known == language)?;
    let spaced = !matches!(language, "ja" | "th" | "zh");
    let text = text.to_lowercase();
    words.iter().copied().find(|word| {
        let word = word.to_lowercase();
        text.match_indices(&word).any(|(at, _)| {
            let edge = |c: Option<char>| !spaced || c.is_none_or(|c| !c.is_alphanumeric());
            edge(text[..at].chars().next_back()) && edge(text[at + word.len()..].chars().next())
        })
    })
}
