//! Options that are marks on a scale: their number is what they mean, not their place.

use crate::Button;

/// How many short labels stand in a row, where a platform lets one choose.
const ROW: usize = 6;

/// The mark that a title is: a number, with signs beside it or nothing (`5 ★★★★★`, `10`).
fn mark(title: &str) -> Option<usize> {
    let title = title.trim();
    let end = title.find(|c: char| !c.is_ascii_digit()).unwrap_or(title.len());
    let (digits, rest) = title.split_at(end);
    let short = (1..=3).contains(&digits.len());
    let alone = rest.chars().all(|c| !c.is_alphanumeric());
    if short && alone { digits.parse().ok() } else { None }
}

/// The marks of options that are a scale; none where one of them is not, or two are the same.
pub(super) fn marks<'a>(titles: impl Iterator<Item = &'a str>) -> Option<Vec<usize>> {
    let marks: Vec<usize> = titles.map(mark).collect::<Option<_>>()?;
    let differ = (1..marks.len()).all(|n| !marks[..n].contains(&marks[n]));
    (marks.len() > 1 && differ).then_some(marks)
}

/// Whether options are marks.
pub(crate) fn is_scale(titles: &[&str]) -> bool {
    marks(titles.iter().copied()).is_some()
}

/// What is offered, as text: a scale as the scale itself, since "1. 0" would give two numbers
/// for one thing; anything else numbered from 1.
pub(crate) fn listed(titles: &[&str]) -> String {
    let bare = |(title, mark): (&&str, &usize)| title.trim() == mark.to_string();
    match marks(titles.iter().copied()) {
        Some(marks) => match (marks.as_slice(), marks.windows(2).all(|w| w[1] == w[0] + 1)) {
            ([first, .., last], true) if titles.iter().zip(&marks).all(bare) => {
                format!("{first} – {last}")
            }
            _ => titles.join("\n"),
        },
        None => {
            let line = |(index, title): (usize, &&str)| format!("{}. {title}", index + 1);
            titles.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
        }
    }
}

/// Buttons by row: short marks beside each other in rows of like length, anything else alone.
pub(crate) fn rows(buttons: &[Button]) -> std::slice::Chunks<'_, Button> {
    let titles = || buttons.iter().map(|button| button.title.as_str());
    let short = titles().all(|title| title.len() <= 2) && marks(titles()).is_some();
    let rows = if short { buttons.len().div_ceil(ROW) } else { buttons.len() };
    buttons.chunks(buttons.len().div_ceil(rows.max(1)).max(1))
}
