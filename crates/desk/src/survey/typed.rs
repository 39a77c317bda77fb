//! Marks that are typed rather than pressed.

use super::{Rating, Survey};

/// What people write behind a mark, in lower case: stars, points, and the politeness that Thai,
/// Korean and Japanese do not leave out.
const BEHIND: [&str; 72] = [
    "star",
    "stars",
    "point",
    "points",
    "stern",
    "sterne",
    "punkt",
    "punkte",
    "estrella",
    "estrellas",
    "punto",
    "puntos",
    "étoile",
    "étoiles",
    "stella",
    "stelle",
    "punti",
    "ster",
    "sterren",
    "punt",
    "punten",
    "estrela",
    "estrelas",
    "ponto",
    "pontos",
    "stjärna",
    "stjärnor",
    "poäng",
    "gwiazdka",
    "gwiazdki",
    "gwiazdek",
    "punkty",
    "punktów",
    "звезда",
    "звезды",
    "звёзды",
    "звезд",
    "звёзд",
    "балл",
    "балла",
    "баллов",
    "yıldız",
    "puan",
    "نجمة",
    "نجوم",
    "نقطة",
    "نقاط",
    "bintang",
    "poin",
    "sao",
    "điểm",
    "ดาว",
    "คะแนน",
    "ค่ะ",
    "คะ",
    "ครับ",
    "คะแนนค่ะ",
    "คะแนนครับ",
    "分",
    "点",
    "點",
    "星",
    "颗星",
    "顆星",
    "点です",
    "です",
    "つ星",
    "점",
    "점이요",
    "점입니다",
    "점요",
    "별",
];

/// The mark that a message gives which is a number and nothing else but for what people put
/// around one: `4`, `４`, `٤`, `4/5`, `4 stars`, `(4)!`. None for anything else, and for
/// numbers that the scale does not have.
pub(crate) fn typed(text: &str, survey: Survey) -> Option<Rating> {
    // Stars are often followed by a selector, and Arabic opened by a mark of direction: neither
    // is seen.
    let before = |c: char| {
        c.is_whitespace()
            || matches!(c, '(' | '（' | '[' | '«' | '"' | '“' | '*' | '⭐' | '★')
            || matches!(c, '\u{fe0f}' | '\u{200e}' | '\u{200f}')
    };
    let (mark, rest) = number(text.trim_start_matches(before))?;
    let rest = match rest.trim_start().strip_prefix(['/', '／']) {
        Some(of) => {
            let (of, rest) = number(of.trim_start())?;
            (of == *survey.scale().end()).then_some(rest)?
        }
        None => rest,
    };
    let word = rest.trim_start().trim_end_matches(is_end).to_lowercase();
    let known = word.is_empty() || BEHIND.contains(&word.as_str());
    Rating::new(survey, mark).filter(|_| known)
}

/// What may stand behind a mark and says nothing. A question, a share or a sum of money does.
fn is_end(c: char) -> bool {
    let tells = matches!(c, '?' | '？' | '؟' | '%' | '％' | '٪')
        || matches!(c, '$' | '£' | '¥' | '￥' | '฿' | '\u{20a0}'..='\u{20cf}');
    !c.is_alphanumeric() && !tells
}

/// The number of one or two digits that a text begins with, and what follows: more digits are
/// of an order or a parcel, even where zeros lead.
fn number(text: &str) -> Option<(u8, &str)> {
    let end = text.find(|c| digit(c).is_none()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    let value = || digits.chars().filter_map(digit).fold(0, |sum, digit| sum * 10 + digit);
    (1..=2).contains(&digits.chars().count()).then(|| (value(), rest))
}

/// The value of a decimal digit in the scripts that customers type.
fn digit(c: char) -> Option<u8> {
    let c = intent::decimal_digit(c).unwrap_or(c);
    c.to_digit(10).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_alone_is_a_mark_and_anything_else_a_message() {
        use Survey::{Ces, Csat, Nps};
        for (text, survey, expected) in [
            ("5", Csat, Some(5)),
            (" 5. ", Csat, Some(5)),
            ("(4)!", Csat, Some(4)),
            ("５", Csat, Some(5)),
            ("٧", Ces, Some(7)),
            ("۱۰", Nps, Some(10)),
            ("๙", Nps, Some(9)),
            ("10/10", Nps, Some(10)),
            ("٩/١٠", Nps, Some(9)),
            ("4 / 5", Csat, Some(4)),
            ("4/5 !", Csat, Some(4)),
            ("9/10", Csat, None),
            ("0", Nps, Some(0)),
            ("0", Csat, None),
            ("6", Csat, None),
            ("8", Ces, None),
            ("11", Nps, None),
            ("300", Nps, None),
            ("5 stars", Csat, Some(5)),
            ("5 Sterne!", Csat, Some(5)),
            ("5 ★★★★★", Csat, Some(5)),
            ("⭐5", Csat, Some(5)),
            ("⭐\u{fe0f}⭐\u{fe0f} 2", Csat, Some(2)),
            ("\u{200f}٤", Csat, Some(4)),
            ("9 👍", Nps, Some(9)),
            ("5\u{fe0f}\u{20e3}", Csat, Some(5)),
            ("5分", Csat, Some(5)),
            ("5점입니다", Csat, Some(5)),
            ("7点です。", Ces, Some(7)),
            ("5 คะแนนค่ะ", Csat, Some(5)),
            ("10 из", Nps, None),
            ("5?", Csat, None),
            ("10%", Nps, None),
            ("10 €", Nps, None),
            ("5$.", Csat, None),
            ("#1!", Csat, None),
            ("0000000005", Csat, None),
            ("-5", Csat, None),
            ("4.5", Csat, None),
            ("1-5", Csat, None),
            ("5 days late", Csat, None),
            ("2 refunds please", Csat, None),
            ("five", Csat, None),
            ("★", Csat, None),
            ("", Csat, None),
        ] {
            let mark = typed(text, survey).map(Rating::mark);
            assert_eq!(mark, expected, "{text:?} to {survey:?}");
        }
    }
}
