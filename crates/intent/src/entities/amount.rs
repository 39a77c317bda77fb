//! Money, sizes and quantities.

use aho_corasick::{AhoCorasick, MatchKind};
use regex::Regex;

use super::{Message, add, stands_alone};
use crate::analysis::{Entity, EntityKind};

#[derive(Debug)]
pub(super) struct Amounts {
    /// Signs and words of currencies, the longest first.
    signs: AhoCorasick,
    letters: Regex,
    /// The words of `numbered`: without one of them it is not tried.
    size_words: AhoCorasick,
    numbered: Regex,
    pieces: Regex,
    times: Regex,
}

/// Signs and words of currencies, and the code of ISO 4217.
const CURRENCIES: [(&str, &str); 62] = [
    ("us$", "USD"),
    ("usd", "USD"),
    ("$", "USD"),
    ("dollars", "USD"),
    ("dollar", "USD"),
    ("bucks", "USD"),
    ("dólares", "USD"),
    ("dolares", "USD"),
    ("美元", "USD"),
    ("美金", "USD"),
    ("ドル", "USD"),
    ("€", "EUR"),
    ("eur", "EUR"),
    ("euros", "EUR"),
    ("euro", "EUR"),
    ("欧元", "EUR"),
    ("歐元", "EUR"),
    ("ユーロ", "EUR"),
    ("يورو", "EUR"),
    ("евро", "EUR"),
    ("£", "GBP"),
    ("gbp", "GBP"),
    ("pounds", "GBP"),
    ("quid", "GBP"),
    ("英镑", "GBP"),
    ("英鎊", "GBP"),
    ("¥", ""),
    ("￥", ""),
    ("jpy", "JPY"),
    ("円", "JPY"),
    ("yen", "JPY"),
    ("cny", "CNY"),
    ("rmb", "CNY"),
    ("元", ""),
    ("块", "CNY"),
    ("nt$", "TWD"),
    ("twd", "TWD"),
    ("hk$", "HKD"),
    ("hkd", "HKD"),
    ("₩", "KRW"),
    ("krw", "KRW"),
    ("원", "KRW"),
    ("mx$", "MXN"),
    ("mxn", "MXN"),
    ("pesos", ""),
    ("r$", "BRL"),
    ("brl", "BRL"),
    ("reais", "BRL"),
    ("zł", "PLN"),
    ("zl", "PLN"),
    ("pln", "PLN"),
    ("₽", "RUB"),
    ("руб", "RUB"),
    ("chf", "CHF"),
    ("aed", "AED"),
    ("درهم", "AED"),
    ("sar", "SAR"),
    ("ريال", "SAR"),
    ("₺", "TRY"),
    ("฿", "THB"),
    ("₫", "VND"),
    ("rp", "IDR"),
];

const SIZE_WORDS: &str = "size|talla|numero|número|größe|groesse|grösse|gr\\.|taille|pointure|taglia|misura|maat|rozmiar|tamanho|размер|ukuran|beden|numara|cỡ|サイズ|尺码|尺碼|尺寸|사이즈|ไซส์|مقاس|eu|uk|us";
const PIECES: &str = "pcs|pc|pieces|piece|units|unidades|uds|stück|stueck|stk|pièces|pezzi|pz|stuks|sztuk|szt|peças|adet|шт|buah|biji|cái|chiếc|個|个|件|台|枚|본|개|장|ชิ้น|قطع|قطعة|حبات";

impl Amounts {
    pub(super) fn new() -> Result<Self, regex::Error> {
        let signs = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .build(CURRENCIES.iter().map(|(sign, _)| sign))
            .map_err(|error| regex::Error::Syntax(error.to_string()))?;
        Ok(Self {
            signs,
            letters: Regex::new(r"(?-u:\b)(?:[2-6]?X{1,3}[SL]|[SML])(?-u:\b)")?,
            size_words: AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .build(SIZE_WORDS.split('|').map(|word| word.trim_end_matches("\\.")))
                .map_err(|error| regex::Error::Syntax(error.to_string()))?,
            numbered: Regex::new(&format!(
                r"(?i)(?-u:\b)(?:{SIZE_WORDS})[\s:.]*([0-9]{{1,3}}(?:[.,]5)?|x{{0,3}}[sml])(?-u:\b)"
            ))?,
            pieces: Regex::new(&format!(r"(?i)([0-9]{{1,6}})\s?(?:{PIECES})"))?,
            times: Regex::new(
                r"(?i)(?:(?-u:\b)x ?([0-9]{1,4})(?-u:\b)|(?-u:\b)([0-9]{1,4}) ?x(?-u:\b)|× ?([0-9]{1,4}))",
            )?,
        })
    }

    /// Amounts with a sign, code or word of a currency beside them.
    pub(super) fn money(&self, message: &Message<'_>, found: &mut Vec<Entity>) {
        let text = message.text;
        for sign in self.signs.find_iter(text) {
            let before = number_before(text, sign.start())
                .map(|from| (from, sign.end(), from, sign.start()));
            let after =
                || number_after(text, sign.end()).map(|to| (sign.start(), to, sign.end(), to));
            let Some((start, end, from, to)) = before.or_else(after) else { continue };
            let word = text[sign.range()].bytes().all(|b| b.is_ascii_alphabetic());
            if word && !stands_alone(text, start, end) {
                continue;
            }
            let Some(amount) = amount(text[from..to].trim()) else { continue };
            let code = CURRENCIES[sign.pattern().as_usize()].1;
            let value = if code.is_empty() { amount } else { format!("{amount} {code}") };
            add(found, EntityKind::Money, start, end, value);
        }
    }

    /// Letter sizes in capitals, and numbers beside a word for size.
    pub(super) fn sizes(&self, message: &Message<'_>, found: &mut Vec<Entity>) {
        let named = self.size_words.is_match(message.text);
        let numbered = named.then(|| self.numbered.captures_iter(message.text));
        for hit in numbered.into_iter().flatten() {
            if let (Some(whole), Some(size)) = (hit.get(0), hit.get(1)) {
                add(
                    found,
                    EntityKind::Size,
                    whole.start(),
                    whole.end(),
                    size.as_str().to_uppercase(),
                );
            }
        }
        if !message.text.bytes().any(|b| matches!(b, b'S' | b'M' | b'L')) {
            return;
        }
        let shouting = message.text.chars().all(|c| !c.is_lowercase()) && message.text.len() > 6;
        for hit in self.letters.find_iter(message.text) {
            let before = message.text[..hit.start()].chars().next_back();
            let after = message.text[hit.end()..].chars().next();
            let part = before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '\'' | '’'))
                || after.is_some_and(char::is_alphanumeric);
            if !part && (!shouting || hit.len() > 1) {
                add(found, EntityKind::Size, hit.start(), hit.end(), hit.as_str().to_owned());
            }
        }
    }

    /// Numbers of pieces.
    pub(super) fn quantities(&self, message: &Message<'_>, found: &mut Vec<Entity>) {
        // Room for what is captured is made before anything is found.
        for regex in [&self.pieces, &self.times].into_iter().filter(|r| r.is_match(message.text)) {
            for hit in regex.captures_iter(message.text) {
                let Some(whole) = hit.get(0) else { continue };
                let letters = whole.as_str().ends_with(|c: char| c.is_ascii_alphabetic());
                if letters && !stands_alone(message.text, whole.start(), whole.end()) {
                    continue;
                }
                if let Some(number) =
                    hit.iter().skip(1).flatten().next().and_then(|m| m.as_str().parse::<u32>().ok())
                {
                    add(
                        found,
                        EntityKind::Quantity,
                        whole.start(),
                        whole.end(),
                        number.to_string(),
                    );
                }
            }
        }
    }
}

/// Whether a character may stand inside a number, between two digits.
fn is_separator(c: char) -> bool {
    matches!(c, '.' | ',' | '\'' | '’' | '\u{a0}' | '\u{202f}')
}

/// Where the number begins that ends here, one space aside.
fn number_before(text: &str, end: usize) -> Option<usize> {
    let head = text[..end].strip_suffix([' ', '\u{a0}', '\u{202f}']).unwrap_or(&text[..end]);
    let mut from = head.len();
    let mut chars = head.char_indices().rev().peekable();
    while let Some((at, c)) = chars.next() {
        let inside = is_separator(c) && chars.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        if c.is_ascii_digit() {
            from = at;
        } else if !inside || from == head.len() {
            break;
        }
    }
    (from < head.len()).then_some(from)
}

/// Where the number ends that begins here, one space aside.
fn number_after(text: &str, start: usize) -> Option<usize> {
    let tail = &text[start..];
    let skipped = tail.len() - tail.strip_prefix([' ', '\u{a0}', '\u{202f}']).unwrap_or(tail).len();
    let mut to = None;
    let mut chars = tail[skipped..].char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let inside = is_separator(c) && chars.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        if c.is_ascii_digit() {
            to = Some(start + skipped + at + 1);
        } else if !inside || to.is_none() {
            break;
        }
    }
    to
}

/// An amount as people of any country write it, as digits and a decimal point: the last
/// separator is decimal when one or two digits follow it.
fn amount(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() || digits.len() > 15 {
        return None;
    }
    let decimals = text
        .rfind(['.', ','])
        .map(|at| text[at + 1..].chars().filter(char::is_ascii_digit).count())
        .filter(|&count| count == 1 || count == 2);
    let Some(decimals) = decimals else {
        return Some(digits.trim_start_matches('0').to_owned())
            .map(|d| if d.is_empty() { "0".into() } else { d });
    };
    let (whole, part) = digits.split_at(digits.len() - decimals);
    let whole = whole.trim_start_matches('0');
    let pad = if decimals == 1 { "0" } else { "" };
    Some(format!("{}.{part}{pad}", if whole.is_empty() { "0" } else { whole }))
}
