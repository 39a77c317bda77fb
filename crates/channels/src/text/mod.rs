//! Fitting text to what a platform shows.

mod html;
mod layout;
mod note;
mod scale;
mod split;
#[cfg(test)]
mod tests;
mod unit;
mod words;

pub(crate) use html::{escape, strip};
pub(crate) use layout::{Block, Choices, layout, numbered};
pub(crate) use note::note;
pub(crate) use scale::{is_scale, listed, rows};
pub(crate) use split::shorten;
pub use split::split;
pub use unit::Unit;
pub(crate) use words::list_label;

use crate::Button;

/// Which of the options a customer means who answers a numbered list: by its number, in the
/// digits of any script ("2", "2.", "２"), or by its title, whatever the case. Where the
/// options are marks, the number is the mark. None where it is neither: then it is free text.
#[must_use]
pub fn pick(text: &str, options: &[Button]) -> Option<usize> {
    let text = text.trim();
    if let Some(number) = number(text) {
        if let Some(marks) = scale::marks(options.iter().map(|option| option.title.as_str())) {
            return marks.iter().position(|mark| *mark == number);
        }
        return number.checked_sub(1).filter(|index| *index < options.len());
    }
    let text = text.to_lowercase();
    let mut same = (options.iter().enumerate())
        .filter(|(_, option)| option.title.trim().to_lowercase() == text)
        .map(|(index, _)| index);
    let first = same.next()?;
    same.next().is_none().then_some(first)
}

/// A number below 1000 that is all there is, but for what people put around it.
fn number(text: &str) -> Option<usize> {
    let digits = text.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(c, '.' | ')' | '(' | '、' | '。' | '．' | '#' | ':' | '）' | '（')
    });
    if digits.is_empty() || digits.chars().count() > 3 {
        return None;
    }
    digits.chars().try_fold(0, |sum, c| Some(sum * 10 + digit(c)?))
}

/// The value of a decimal digit in the scripts that our customers write.
fn digit(c: char) -> Option<usize> {
    // The zero of ASCII, Arabic, Persian, Devanagari, Bengali, Thai, Lao, Burmese, Khmer
    // and full-width digits; each is followed by its nine others.
    const ZEROS: [char; 10] = [
        '0', '\u{660}', '\u{6f0}', '\u{966}', '\u{9e6}', '\u{e50}', '\u{ed0}', '\u{1040}',
        '\u{17e0}', '\u{ff10}',
    ];
    ZEROS.into_iter().find_map(|zero| {
        let value = u32::from(c).checked_sub(u32::from(zero))?;
        (value < 10).then_some(value as usize)
    })
}
