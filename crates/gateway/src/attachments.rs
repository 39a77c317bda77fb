//! Files that customers send: checked by what they hold, kept below the folder of state,
//! one folder a conversation. Nothing there has a name that anybody outside chose.

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use desk::{Attachment, ConversationId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::files::{self, FileError};

/// How many files a conversation may have.
pub(crate) const MOST: usize = 50;
/// The longest name kept, in characters.
const MAX_NAME: usize = 120;

/// Where customers' files are kept.
#[derive(Clone, Debug)]
pub(crate) struct Attachments {
    folder: PathBuf,
}

/// What is known of a file, beside it.
#[derive(Serialize, Deserialize)]
struct Beside {
    name: String,
    kind: String,
    bytes: u64,
    sha256: String,
}

/// Why a file is not kept.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The conversation has enough.
    TooMany,
    /// The disk.
    Files(FileError),
}

impl From<FileError> for Refused {
    fn from(error: FileError) -> Self {
        Self::Files(error)
    }
}

impl Attachments {
    /// Kept in `attachments/` of this folder.
    pub(crate) fn below(data: &Path) -> Self {
        Self { folder: data.join("attachments") }
    }

    /// The names from here of everything that is whole: each file, and after it what is known
    /// of it.
    ///
    /// # Errors
    /// The disk fails.
    pub(crate) fn names(&self) -> Result<Vec<String>, FileError> {
        let beside = files::read_folder(&self.folder, &["json"])?;
        let ours = beside.into_iter().map(|file| file.path).filter(|name| is_ours(name));
        Ok(ours.flat_map(|name| [name.trim_end_matches(".json").to_owned(), name]).collect())
    }

    /// What is in one of them.
    ///
    /// # Errors
    /// The disk fails.
    pub(crate) fn stored(&self, name: &str) -> Result<Vec<u8>, FileError> {
        files::read_whole(&self.folder.join(name))
    }

    /// Puts one of them back; none where that is no name of ours. On disk when this returns.
    /// What is there already is the same: no file is ever changed.
    ///
    /// # Errors
    /// The disk fails, or something else has its place.
    pub(crate) fn put_back(&self, name: &str, bytes: &[u8]) -> Result<Option<bool>, FileError> {
        if !is_ours(name) {
            return Ok(None);
        }
        files::put_private(&self.folder.join(name), bytes).map(Some)
    }

    /// Names that callers choose for conversations are no names of folders.
    fn folder(&self, conversation: &ConversationId) -> PathBuf {
        let name = blake3::hash(conversation.as_str().as_bytes()).to_hex();
        self.folder.join(&name.as_str()[..32])
    }

    /// Keeps a file of a kind that [`kind`] told. On disk when this returns.
    ///
    /// # Errors
    /// The conversation has enough, or the disk fails.
    pub(crate) fn keep(
        &self,
        conversation: &ConversationId,
        id: &str,
        name: &str,
        kind: &str,
        bytes: &[u8],
    ) -> Result<Attachment, Refused> {
        let folder = self.folder(conversation);
        if files::read_folder(&folder, &["json"])?.len() >= MOST {
            return Err(Refused::TooMany);
        }
        let sha256 = hex::encode(Sha256::digest(bytes));
        let (name, bytes_long) = (harmless(name, kind), bytes.len() as u64);
        let beside = Beside { name, kind: kind.to_owned(), bytes: bytes_long, sha256 };
        files::write_private(&folder.join(id), bytes)?;
        // Comes second: what is not whole has nothing beside it, and is not found.
        let text = serde_json::to_vec(&beside).unwrap_or_default();
        files::write_private(&folder.join(format!("{id}.json")), &text)?;
        Ok(attachment(id, beside))
    }

    /// What is known of a file; none where there is none of that name.
    ///
    /// # Errors
    /// The disk fails.
    pub(crate) fn find(
        &self,
        conversation: &ConversationId,
        id: &str,
    ) -> Result<Option<Attachment>, FileError> {
        if !is_id(id) {
            return Ok(None);
        }
        let beside = self.folder(conversation).join(format!("{id}.json"));
        let found = files::read_if_there(&beside)?;
        let found = found.and_then(|bytes| serde_json::from_slice::<Beside>(&bytes).ok());
        Ok(found.map(|beside| attachment(id, beside)))
    }

    /// What a file holds.
    ///
    /// # Errors
    /// The disk fails.
    pub(crate) fn read(
        &self,
        conversation: &ConversationId,
        id: &str,
    ) -> Result<Option<(Attachment, Vec<u8>)>, FileError> {
        let Some(found) = self.find(conversation, id)? else { return Ok(None) };
        let bytes = files::read_whole(&self.folder(conversation).join(id))?;
        Ok(Some((found, bytes)))
    }
}

/// Whether this is a name that files have here, `FOLDER/ID` or `FOLDER/ID.json`: whatever
/// somebody wrote into a backup, nothing is written elsewhere.
fn is_ours(name: &str) -> bool {
    let hex = |c: char| c.is_ascii_hexdigit();
    name.split_once('/').is_some_and(|(folder, file)| {
        let id = file.strip_suffix(".json").unwrap_or(file);
        folder.len() == 32 && folder.chars().all(hex) && is_id(id)
    })
}

/// Ids are ours: nothing else can be there, `..` least of all.
fn is_id(id: &str) -> bool {
    !id.is_empty() && id.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
}

fn attachment(id: &str, beside: Beside) -> Attachment {
    let Beside { name, kind, bytes, sha256 } = beside;
    Attachment { id: id.to_owned(), name, kind, bytes, sha256 }
}

/// A name that can be shown and saved anywhere: the last part of a path, without what steers
/// terminals, turns writing around or ends a file's name early.
fn harmless(name: &str, kind: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let odd = |c: char| {
        c.is_control()
            || "\"<>:|?*%;".contains(c)
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let name: String = last.chars().filter(|c| !odd(*c)).take(MAX_NAME).collect();
    let name = name.trim().trim_start_matches('.').trim();
    let suffixes = KINDS.iter().find(|known| known.0 == kind).map_or(&[][..], |known| known.1);
    let lower = name.to_lowercase();
    if name.is_empty() {
        format!("file{}", suffixes.first().unwrap_or(&""))
    } else if suffixes.iter().any(|suffix| lower.ends_with(suffix)) {
        name.to_owned()
    } else {
        // `invoice.pdf.exe` of a PDF is saved as what it is.
        format!("{name}{}", suffixes.first().unwrap_or(&""))
    }
}

/// What is taken, and how its names end. Nothing that a browser would run.
const KINDS: &[(&str, &[&str])] = &[
    ("image/jpeg", &[".jpg", ".jpeg"]),
    ("image/png", &[".png"]),
    ("image/gif", &[".gif"]),
    ("image/webp", &[".webp"]),
    ("image/heic", &[".heic", ".heif"]),
    ("image/avif", &[".avif"]),
    ("application/pdf", &[".pdf"]),
    ("video/mp4", &[".mp4", ".m4v"]),
    ("video/quicktime", &[".mov"]),
    ("video/webm", &[".webm"]),
];

/// The media types that are taken.
pub(crate) fn kinds() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(kind, _)| *kind)
}

/// The media type of a file by its first bytes, whatever it calls itself; none for what is
/// not taken.
pub(crate) fn kind(bytes: &[u8]) -> Option<&'static str> {
    let at = |from: usize, magic: &[u8]| bytes.get(from..from + magic.len()) == Some(magic);
    Some(match bytes {
        _ if at(0, b"\xff\xd8\xff") => "image/jpeg",
        _ if at(0, b"\x89PNG\r\n\x1a\n") => "image/png",
        _ if at(0, b"GIF87a") || at(0, b"GIF89a") => "image/gif",
        _ if at(0, b"RIFF") && at(8, b"WEBP") => "image/webp",
        _ if at(0, b"%PDF-") => "application/pdf",
        _ if at(0, b"\x1a\x45\xdf\xa3") => "video/webm",
        // ISO base media: the brand says what it is.
        _ if at(4, b"ftyp") => match bytes.get(8..12)? {
            b"heic" | b"heix" | b"mif1" | b"hevc" => "image/heic",
            b"avif" => "image/avif",
            b"qt  " => "video/quicktime",
            b"isom" | b"iso2" | b"iso4" | b"iso5" | b"iso6" | b"mp41" | b"mp42" | b"avc1"
            | b"dash" | b"M4V " | b"3gp4" | b"3gp5" => "video/mp4",
            _ => return None,
        },
        _ => return None,
    })
}
