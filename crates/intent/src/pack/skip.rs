//! Leaves samples out of a file before it is parsed. They are most of a pack, and only
//! fitting and checking look at them: a service that starts has no use for them.

use std::borrow::Cow;

/// The text with the lists under `samples` and `not` blanked, byte for byte, so that places
/// in what follows are still right. A list that does not end is left to the
/// parser, which says what is wrong with it.
pub(crate) fn without_samples(text: &str) -> Cow<'_, str> {
    let mut kept = String::new();
    let mut done = 0;
    let mut line_start = 0;
    while line_start < text.len() {
        let line_end = text[line_start..].find('\n').map_or(text.len(), |at| line_start + at + 1);
        if let Some(open) = list_of(&text[line_start..line_end])
            && let Some(length) = list_length(&text[line_start + open + 1..])
        {
            let (from, to) = (line_start + open + 1, line_start + open + 1 + length);
            kept.push_str(&text[done..from]);
            kept.extend(text[from..to].bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }));
            done = to;
            line_start = text[to..].find('\n').map_or(text.len(), |at| to + at + 1);
            continue;
        }
        line_start = line_end;
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    kept.push_str(&text[done..]);
    Cow::Owned(kept)
}

/// Where the list opens in a line that assigns one to `samples` or `not`.
fn list_of(line: &str) -> Option<usize> {
    let key = line.trim_start();
    let rest = key.strip_prefix("samples").or_else(|| key.strip_prefix("not"))?;
    rest.trim_start().strip_prefix('=')?.trim_start().strip_prefix('[')?;
    line.find('[')
}

/// How many bytes lie before the bracket that closes a list of strings.
fn list_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b']' => return Some(at),
            b'#' => at += text[at..].find('\n')?,
            quote @ (b'"' | b'\'') => at = string_end(bytes, at, quote)?,
            // Anything else than strings in a list of samples is for the parser to judge.
            b'[' | b'{' => return None,
            _ => {}
        }
        at += 1;
    }
    None
}

/// The last quote of the string that begins here; strings of several lines are not skipped.
fn string_end(bytes: &[u8], start: usize, quote: u8) -> Option<usize> {
    if bytes[start..].starts_with(&[quote; 3]) {
        return None;
    }
    let mut at = start + 1;
    while *bytes.get(at)? != quote {
        match bytes[at] {
            b'\n' => return None,
            b'\\' if quote == b'"' => at += 2,
            _ => at += 1,
        }
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::without_samples;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let kept = without_samples(text);
        assert_eq!(kept.len(), text.len());
        assert_eq!(
            kept.split_whitespace().collect::<String>(),
            expect.split_whitespace().collect::<String>()
        );
    }

    #[test]
    fn lists_of_samples_are_blanked() {
        check(
            "id = 'a'\nsamples = [\n  \"x ] \\\" y\", # ]\n  'z\"',\n]\nb = 1\n",
            "id = 'a'\nsamples = []\nb = 1\n",
        );
        check("not = ['a', 'ü']\nkeywords = ['c']", "not = []\nkeywords = ['c']");
        check("nothing = ['a']\nsamplesx = ['b']", "nothing = ['a']\nsamplesx = ['b']");
    }

    #[test]
    fn what_is_broken_is_left_to_the_parser() {
        for text in [
            "samples = ['a\n",
            "samples = [['a']]",
            "samples = [\"\"\"a\"\"\"]",
            "samples = [ # x",
            "samples = 'a'",
        ] {
            check(text, text);
        }
    }
}
