//! The folding of single characters, tabulated once per process.

use std::collections::HashMap;
use std::sync::LazyLock;

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// What becomes of one character.
pub(crate) enum Fold<'t> {
    /// Another one, or itself.
    One(char),
    /// Several.
    Many(&'t str),
    /// Nothing: invisible.
    Drop,
}

const BLOCK: usize = 128;
const LIMIT: usize = 0x2_0000;
/// Entries above this are indices into `strings`; `DROP` drops.
const STRING: u32 = 0x8000_0000;
const DROP: u32 = u32::MAX;

/// A two-level table over the first two planes; what lies beyond folds to itself.
pub(crate) struct Table {
    blocks: Vec<u16>,
    entries: Vec<u32>,
    strings: Vec<String>,
}

impl Table {
    pub(crate) fn fold(&self, c: char) -> Fold<'_> {
        let code = c as usize;
        if code >= LIMIT {
            return if (0xE_0000..0xE_1000).contains(&code) { Fold::Drop } else { Fold::One(c) };
        }
        let entry = self.entries[usize::from(self.blocks[code / BLOCK]) * BLOCK + code % BLOCK];
        match entry {
            DROP => Fold::Drop,
            _ if entry & STRING != 0 => Fold::Many(&self.strings[(entry & !STRING) as usize]),
            _ => Fold::One(char::from_u32(entry).unwrap_or(c)),
        }
    }
}

static HAN: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let data: Vec<char> = include_str!("han.txt").chars().filter(|c| !c.is_whitespace()).collect();
    data.as_chunks::<2>()
        .0
        .iter()
        .map(|&[traditional, simplified]| (traditional, simplified))
        .collect()
});

/// Characters of one way of writing Chinese alone: in GB 2312 and not in Big5, or in Big5
/// with the Hong Kong supplement and not in GB 2312.
static ONE_WAY: LazyLock<[Vec<u64>; 2]> = LazyLock::new(|| {
    [include_str!("hant.txt"), include_str!("hans.txt")].map(|list| {
        let mut bits = vec![0u64; 0xa000 / 64];
        for c in list.trim().chars() {
            bits[c as usize / 64] |= 1 << (c as usize % 64);
        }
        bits
    })
});

fn has(bits: &[u64], c: char) -> bool {
    bits.get(c as usize / 64).is_some_and(|word| word & (1 << (c as usize % 64)) != 0)
}

/// Whether a Han character is written in Traditional Chinese only.
pub(crate) fn han_is_traditional(c: char) -> bool {
    has(&ONE_WAY[0], c)
}

/// Whether a Han character is written in Simplified Chinese only.
pub(crate) fn han_is_simplified(c: char) -> bool {
    has(&ONE_WAY[1], c)
}

pub(crate) fn table() -> &'static Table {
    static TABLE: LazyLock<Table> = LazyLock::new(build);
    &TABLE
}

fn build() -> Table {
    let mut table = Table {
        blocks: Vec::with_capacity(LIMIT / BLOCK),
        entries: Vec::new(),
        strings: Vec::new(),
    };
    let mut known: HashMap<Vec<u32>, u16> = HashMap::new();
    let mut strings: HashMap<String, u32> = HashMap::new();
    for block in 0..LIMIT / BLOCK {
        let entries: Vec<u32> = (block * BLOCK..(block + 1) * BLOCK)
            .map(|code| match u32::try_from(code).ok().and_then(char::from_u32) {
                Some(c) => entry(c, &mut table.strings, &mut strings),
                None => DROP,
            })
            .collect();
        let next = u16::try_from(known.len()).unwrap_or(u16::MAX);
        let index = *known.entry(entries).or_insert_with_key(|entries| {
            table.entries.extend_from_slice(entries);
            next
        });
        table.blocks.push(index);
    }
    table
}

fn entry(c: char, strings: &mut Vec<String>, known: &mut HashMap<String, u32>) -> u32 {
    // Ideographs without a simplified form and syllables of Hangul are most of the planes.
    if matches!(c, '\u{ac00}'..='\u{d7a3}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}') {
        return HAN.get(&c).map_or(c as u32, |&simplified| simplified as u32);
    }
    // Without letters that fold: Yi, private use, and most of the second plane.
    if matches!(c, '\u{a000}'..='\u{a63f}' | '\u{e000}'..='\u{f8ff}' | '\u{10800}'..='\u{1cfff}' | '\u{1f000}'..='\u{1f0ff}' | '\u{1f200}'..='\u{1faff}')
    {
        return c as u32;
    }
    // What a rule makes may fall under another rule (‴ is three ′): until nothing changes.
    let mut folded = fold_char(c);
    for _ in 0..3 {
        let again: String = folded
            .chars()
            .map(|part| if part == c { part.to_string() } else { fold_char(part) })
            .collect();
        if again == folded {
            break;
        }
        folded = again;
    }
    let mut chars = folded.chars();
    match (chars.next(), chars.next()) {
        (None, _) => DROP,
        (Some(one), None) => one as u32,
        _ => {
            let index = *known.entry(folded).or_insert_with_key(|folded| {
                strings.push(folded.clone());
                u32::try_from(strings.len() - 1).unwrap_or(0)
            });
            STRING | index
        }
    }
}

/// The folding of one character by the rules, slowly.
fn fold_char(c: char) -> String {
    if is_invisible(c) {
        return String::new();
    }
    if c.is_whitespace() {
        return if matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}') {
            "\n"
        } else {
            " "
        }
        .to_owned();
    }
    if c.is_control() {
        return " ".to_owned();
    }
    match c {
        '‘' | '’' | '‛' | '´' | 'ʼ' | 'ʻ' | '′' | '＇' | '`' => return "'".to_owned(),
        '“' | '”' | '„' | '‟' | '«' | '»' | '″' => return "\"".to_owned(),
        '。' | '｡' | '۔' => return ".".to_owned(),
        '、' | '،' | '､' => return ",".to_owned(),
        '؟' => return "?".to_owned(),
        _ if is_dash(c) => return "-".to_owned(),
        '؛' => return ";".to_owned(),
        // Compatibility jamo (ㅋㅋ, ㅠㅠ) would compose when folded again.
        '\u{3130}'..='\u{318f}' => return c.to_string(),
        _ => {}
    }
    let compatible =
        ComposingNormalizerBorrowed::new_nfkc().normalize(c.encode_utf8(&mut [0; 4])).into_owned();
    let mut folded = String::new();
    for c in compatible.chars() {
        let upper: String = c.to_uppercase().collect();
        for lower in upper.to_lowercase().chars() {
            // Casing may set marks free: İ, ῒ.
            let stripped =
                folded.ends_with(|last: char| last.is_ascii_alphabetic() || is_greek(last));
            if !(stripped && is_latin_mark(lower)) {
                fold_letter(lower, &mut folded);
            }
        }
    }
    // A spacing accent becomes a space before a mark; the mark alone says nothing.
    if folded.starts_with(' ') && folded.len() > 1 { " ".to_owned() } else { folded }
}

/// The folding of one lower-case letter in compatibility form.
fn fold_letter(c: char, out: &mut String) {
    if let Some(digit) = decimal_digit(c) {
        out.push(digit);
        return;
    }
    if is_invisible(c) {
        return;
    }
    match c {
        'ı' => out.push('i'),
        'đ' | 'ð' => out.push('d'),
        'ø' => out.push('o'),
        'ł' => out.push('l'),
        'ħ' => out.push('h'),
        'ŧ' => out.push('t'),
        'ς' => out.push('σ'),
        'þ' => out.push_str("th"),
        'æ' => out.push_str("ae"),
        'œ' => out.push_str("oe"),
        'ё' => out.push('е'),
        'ة' => out.push('ه'),
        'ى' | 'ی' | 'ې' => out.push('ي'),
        'ک' | 'گ' => out.push('ك'),
        'ٱ' => out.push('ا'),
        _ => {
            let parts = DecomposingNormalizerBorrowed::new_nfd()
                .normalize(c.encode_utf8(&mut [0; 4]))
                .into_owned();
            let base = parts.chars().next().unwrap_or(c);
            if base == 'ı' || base.is_ascii_alphabetic() || is_greek(base) || is_arabic(base) {
                out.extend(
                    parts.chars().filter(|&part| !is_latin_mark(part) && !is_invisible(part)),
                );
            } else {
                out.push(HAN.get(&c).copied().unwrap_or(c));
            }
        }
    }
}

/// Decimal digits of the scripts that customers type, as ASCII; none for ASCII's own.
#[must_use]
pub fn decimal_digit(c: char) -> Option<char> {
    const ZEROS: [u32; 7] = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50, 0x0ed0, 0xff10];
    let code = c as u32;
    let zero = ZEROS.iter().find(|&&zero| (zero..zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

/// Marks, joiners and controls of direction that a reader does not see, and the vowel
/// signs of Arabic and Hebrew that most people do not type.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{640}' | '\u{610}'..='\u{61a}' | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6ed}'
        | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}' | '\u{5c4}' | '\u{5c5}' | '\u{5c7}'
        | '\u{fff9}'..='\u{fffb}')
}

/// A combining mark as Latin and Greek letters carry them.
pub(crate) fn is_latin_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}')
}

pub(crate) fn is_greek(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}')
}

fn is_arabic(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}')
}

/// Whether a mark belongs to the character before it, for spans.
pub(crate) fn is_attached(c: char) -> bool {
    is_latin_mark(c)
        || is_invisible(c)
        || matches!(c, '\u{3099}' | '\u{309a}' | '\u{ff9e}' | '\u{ff9f}' | '\u{1161}'..='\u{11ff}')
}

fn is_dash(c: char) -> bool {
    matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}

/// Whether `next` may compose with `base` in a way that the table cannot see.
pub(crate) fn composes(base: char, next: char) -> bool {
    match next {
        '\u{3099}' | '\u{309a}' | '\u{ff9e}' | '\u{ff9f}' => true,
        '\u{1161}'..='\u{11ff}' => {
            matches!(base, '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7a3}')
        }
        _ => is_latin_mark(next) && !base.is_ascii() && !is_greek(base),
    }
}
