//! A message made a sample of an intent: as a patch of the packs, to be read and applied by
//! whoever keeps them.

#[cfg(test)]
mod tests;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use maud::html;
use serde::Deserialize;
use toml::Spanned;

use crate::app::App;
use crate::console::fields::{Fields, Query};
use crate::console::gate::Who;
use crate::console::shell::Page;
use crate::http::extract::checked_text;
use crate::http::{Answer, Code, Has, Problem};
use crate::packs::{PackFile, PackFiles, quoted, unified};

/// The page.
pub(super) async fn page(State(app): Has, who: Who, Query(fields): Query) -> Page {
    let patch = patch(&app, &fields).await?;
    let body = html! {
        p { "Read it, apply it where the packs are kept (" code { "git apply sample.diff" }
            "), then " code { "switchboard check" } ", " code { "switchboard compile" } " and reload." }
        pre tabindex="0" aria-label="Patch" { (patch) }
        p { a href={ "/console/lead/sample.diff" (fields.with(&[])) } { "Download" } }
    };
    Ok(super::page(&who, "/console/lead/questions", "A new sample", &body))
}

/// The same as a file.
pub(super) async fn download(State(app): Has, Query(fields): Query) -> Page {
    let patch = patch(&app, &fields).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/x-diff; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"sample.diff\""),
    ];
    Ok((headers, patch).into_response())
}

async fn patch(app: &App, fields: &Fields) -> Answer<String> {
    let (intent, language) = (fields.needed("intent")?, fields.needed("language")?);
    let text = fields.needed("text")?;
    checked_text("text", text)?;
    // A sample is a line: what is not seen has no place in a pack.
    let seen: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let text = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    let choice = app.pack_choice().clone();
    let files = tokio::task::spawn_blocking(move || PackFiles::gather(&choice));
    let files = files.await.map_err(Problem::internal)?.map_err(Problem::internal)?;
    let primary = language.split('-').next().unwrap_or(language);
    let (path, before, after) = with_sample(&files.intents, primary, intent, &text)?;
    Ok(unified(&path, &before, &after))
}

#[derive(Deserialize)]
struct Pack {
    #[serde(default)]
    intent: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    id: Spanned<String>,
    #[serde(default)]
    samples: Option<Spanned<Vec<String>>>,
}

/// The file that holds the intent's samples, before and after.
fn with_sample(
    files: &[PackFile],
    language: &str,
    intent: &str,
    text: &str,
) -> Answer<(String, String, String)> {
    // Of two files the later one is the shop's, and the one in force.
    for file in files.iter().rev().filter(|file| file.path.ends_with(".toml")) {
        if file.path.split('/').next() != Some(language) {
            continue;
        }
        let Ok(source) = std::str::from_utf8(&file.bytes) else { continue };
        let Ok(pack) = toml::from_str::<Pack>(source) else { continue };
        let Some(entry) = pack.intent.iter().find(|entry| entry.id.get_ref() == intent) else {
            continue;
        };
        if entry.samples.iter().flat_map(|samples| samples.get_ref()).any(|known| known == text) {
            let detail = "text: it is a sample of this intent already";
            return Err(Problem::new(Code::InvalidField, detail));
        }
        return Ok((file.name("intents"), source.to_owned(), inserted(source, entry, text)?));
    }
    let detail = format!("intent: no pack of {language} has samples of {intent}");
    Err(Problem::new(Code::InvalidField, detail))
}

fn inserted(source: &str, entry: &Entry, text: &str) -> Answer<String> {
    let quoted = quoted(text);
    let broken = || Problem::internal("a sample's place is not in its file");
    let Some(samples) = &entry.samples else {
        let end = entry.id.span().end;
        let (head, tail) = source.split_at_checked(end).ok_or_else(broken)?;
        return Ok(format!("{head}\nsamples = [{quoted}]{tail}"));
    };
    let array = source.get(samples.span()).ok_or_else(broken)?;
    let close = samples.span().start + array.rfind(']').ok_or_else(broken)?;
    let (head, tail) = source.split_at_checked(close).ok_or_else(broken)?;
    let items = head.trim_end();
    let comma = if items.ends_with([',', '[']) { "" } else { "," };
    Ok(if array.contains('\n') {
        let line = items.rsplit('\n').next().unwrap_or_default();
        let indent: String = line.chars().take_while(|c| c.is_whitespace()).collect();
        let indent = if items.ends_with('[') { "    ".to_owned() } else { indent };
        format!("{items}{comma}\n{indent}{quoted},\n{tail}")
    } else {
        let space = if items.ends_with('[') { "" } else { " " };
        format!("{items}{comma}{space}{quoted}{tail}")
    })
}
