//! The only place that touches files (the database apart): a shop's folder, the
//! configuration, the admin token, and what `init` writes.
#![expect(clippy::disallowed_methods, reason = "this is the place")]

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// A file of packs or answers larger than this is not read: no pack comes near it.
pub const MAX_FILE_BYTES: u64 = 16 * 1024 * 1024;

/// A file or folder could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{}: {what}", path.display())]
pub struct FileError {
    /// Which.
    pub path: PathBuf,
    /// What went wrong.
    pub what: String,
}

impl FileError {
    #[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
    fn new(path: &Path, what: impl ToString) -> Self {
        Self { path: path.to_owned(), what: what.to_string() }
    }
}

/// A file of a folder, with its path from there, written with `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderFile {
    /// `es/tracking.toml`.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// Reads every file below a folder whose name ends in one of `extensions`, sorted by path.
/// Hidden files and folders are left out. A folder that does not exist has no files.
///
/// # Errors
/// The first file or folder that cannot be read.
pub fn read_folder(root: &Path, extensions: &[&str]) -> Result<Vec<FolderFile>, FileError> {
    let mut files = Vec::new();
    if root.exists() {
        walk(root, "", extensions, &mut files)?;
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn walk(
    folder: &Path,
    prefix: &str,
    extensions: &[&str],
    files: &mut Vec<FolderFile>,
) -> Result<(), FileError> {
    let entries = fs::read_dir(folder).map_err(|error| FileError::new(folder, error))?;
    for entry in entries {
        let entry = entry.map_err(|error| FileError::new(folder, error))?;
        let path = entry.path();
        let Ok(name) = entry.file_name().into_string() else {
            return Err(FileError::new(&path, "the name is not UTF-8; rename it"));
        };
        if name.starts_with('.') {
            continue;
        }
        let relative = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        if path.is_dir() {
            walk(&path, &relative, extensions, files)?;
        } else if path.extension().is_some_and(|found| extensions.iter().any(|e| found == *e)) {
            files.push(FolderFile { bytes: read(&path)?, path: relative });
        }
    }
    Ok(())
}

/// Reads one file of at most [`MAX_FILE_BYTES`].
///
/// # Errors
/// It is not there, cannot be read or is too large.
pub fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    let file = File::open(path).map_err(|error| FileError::new(path, error))?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| FileError::new(path, error))?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(FileError::new(
            path,
            format!("larger than {MAX_FILE_BYTES} bytes; split it into several files"),
        ));
    }
    Ok(bytes)
}

/// Reads one file when it is there.
///
/// # Errors
/// It is there and cannot be read.
pub fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, FileError> {
    if path.exists() { read(path).map(Some) } else { Ok(None) }
}

/// Reads one file, however large: for what somebody names on the command line.
///
/// # Errors
/// It is not there or cannot be read.
pub fn read_whole(path: &Path) -> Result<Vec<u8>, FileError> {
    fs::read(path).map_err(|error| FileError::new(path, error))
}

/// Opens a file to be read as a stream.
///
/// # Errors
/// It is not there or cannot be read.
pub fn open(path: &Path) -> Result<File, FileError> {
    File::open(path).map_err(|error| FileError::new(path, error))
}

/// Makes a folder and those above it, readable by its owner alone where it is new.
///
/// # Errors
/// It cannot be made.
pub fn make_private_folder(path: &Path) -> Result<(), FileError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(path).map_err(|error| FileError::new(path, error))
}

/// Writes a new file, and the folders above it. Never overwrites.
///
/// # Errors
/// It is there already, or cannot be written.
pub fn write_new(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|error| FileError::new(parent, error))?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    let written = options.open(path).and_then(|mut file| file.write_all(bytes));
    written.map_err(|error| FileError::new(path, error))
}

/// Writes a file, and the folders above it, in the place of what was there: whoever reads
/// it meanwhile reads the old one or the new one, whole.
///
/// # Errors
/// It cannot be written.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let beside = PathBuf::from(name);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|error| FileError::new(parent, error))?;
    }
    let written = fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, path));
    written.map_err(|error| FileError::new(path, error))
}

/// Appends to a file, which is made readable by its owner alone where it is missing.
///
/// # Errors
/// It cannot be written.
pub fn append_private(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let written = options.open(path).and_then(|mut file| file.write_all(bytes));
    written.map_err(|error| FileError::new(path, error))
}

/// Writes a new file that only its owner may read, and the folders above it, so that it is
/// on disk when this returns. Never overwrites.
///
/// # Errors
/// It is there already, or cannot be written.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    if let Some(parent) = path.parent() {
        make_private_folder(parent)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let written = options.open(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(|error| FileError::new(path, error))
}

/// Writes a new file as [`write_private`] does; where it is there already with the same in it,
/// it stays. Says whether it was written.
///
/// # Errors
/// It is there with something else in it, or cannot be written.
pub fn put_private(path: &Path, bytes: &[u8]) -> Result<bool, FileError> {
    if !path.exists() {
        return write_private(path, bytes).map(|()| true);
    }
    if read_whole(path)? == bytes {
        return Ok(false);
    }
    Err(FileError::new(path, "is there and holds something else; move it away"))
}

/// Removes a file.
///
/// # Errors
/// It cannot be removed.
pub fn remove(path: &Path) -> Result<(), FileError> {
    fs::remove_file(path).map_err(|error| FileError::new(path, error))
}

/// Writes a secret that only its owner may read, so that it is on disk when this
/// returns. Overwrites.
///
/// # Errors
/// It cannot be written.
pub fn write_secret(path: &Path, secret: &str) -> Result<(), FileError> {
    let written = || -> io::Result<()> {
        // A file that is there may be readable by others: it is replaced, not written to.
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let mut file = options.open(path)?;
        writeln!(file, "{secret}")?;
        file.sync_all()
    };
    written().map_err(|error| FileError::new(path, error))
}

/// Writes the files of a folder, all of them or none: a new folder appears whole, and in one
/// that is there every file is ready beside its place before the first is put into it.
/// Paths are from the folder; files that are there already are replaced, in the order given.
///
/// # Errors
/// Something cannot be written; what was there is as it was, unless the disk failed in the
/// middle of the renaming.
pub fn put_all(folder: &Path, files: &[(String, Vec<u8>)]) -> Result<(), FileError> {
    if !folder.exists() {
        let mut name = folder.as_os_str().to_owned();
        name.push(".new");
        let beside = PathBuf::from(name);
        if beside.exists() {
            let what = "is left from an import that was broken off; remove it";
            return Err(FileError::new(&beside, what));
        }
        let written =
            files.iter().try_for_each(|(path, bytes)| write_new(&beside.join(path), bytes));
        let moved = written.and_then(|()| {
            fs::rename(&beside, folder).map_err(|error| FileError::new(folder, error))
        });
        return moved.inspect_err(|_| drop(fs::remove_dir_all(&beside)));
    }
    let staged: Vec<(PathBuf, PathBuf)> = files
        .iter()
        .map(|(path, _)| (folder.join(format!("{path}.new")), folder.join(path)))
        .collect();
    let written = staged.iter().zip(files).try_for_each(|((beside, _), (_, bytes))| {
        let parent = beside.parent().unwrap_or(folder);
        let made = fs::create_dir_all(parent).and_then(|()| fs::write(beside, bytes));
        made.map_err(|error| FileError::new(beside, error))
    });
    let moved = written.and_then(|()| {
        staged.iter().try_for_each(|(beside, place)| {
            fs::rename(beside, place).map_err(|error| FileError::new(place, error))
        })
    });
    moved.inspect_err(|_| staged.iter().for_each(|(beside, _)| drop(fs::remove_file(beside))))
}

/// Gives a file another name in the same folder, durably; what had that name is replaced.
///
/// # Errors
/// It cannot be renamed.
pub fn rename(from: &Path, to: &Path) -> Result<(), FileError> {
    fs::rename(from, to).map_err(|error| FileError::new(from, error))?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| FileError::new(folder, error))
}
