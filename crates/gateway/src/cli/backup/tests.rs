use desk::ConversationId;
use tempfile::TempDir;

use super::*;

/// A folder of state with a file of a customer, and a backup of it.
fn backed_up() -> (TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = (folder.path().join("data"), folder.path().join("backup.db"));
    files::make_private_folder(&data).unwrap();
    let store = SqliteStore::open(&data.join(DATABASE), Options::default()).unwrap();
    wait(async { Ok(store.close().await?) }).unwrap();
    let attachments = Attachments::below(&data);
    let id = ConversationId::new("c");
    for (name, bytes) in [("a1", &b"GIF89a1"[..]), ("b2", b"GIF89a\0\xff")] {
        attachments.keep(&id, name, "cup.gif", "image/gif", bytes).unwrap();
    }
    // Its upload was broken off: it was never anybody's.
    let folder_of_one = attachments.names().unwrap()[0].split('/').next().unwrap().to_owned();
    files::write_private(&data.join("attachments").join(folder_of_one).join("c3"), b"GIF").unwrap();
    assert_eq!(back_up(&data, &file).unwrap(), 2);
    (folder, data, file)
}

fn read(data: &Path, id: &str) -> Option<Vec<u8>> {
    let found = Attachments::below(data).read(&ConversationId::new("c"), id).unwrap();
    found.map(|(attachment, bytes)| {
        assert_eq!((attachment.name.as_str(), attachment.bytes), ("cup.gif", bytes.len() as u64));
        bytes
    })
}

#[test]
fn files_of_customers_come_back_with_the_database() {
    let (folder, data, file) = backed_up();
    let elsewhere = folder.path().join("elsewhere");
    assert_eq!(restore(&file, &elsewhere, false).unwrap(), 2);
    assert_eq!(read(&elsewhere, "a1").unwrap(), b"GIF89a1");
    assert_eq!(read(&elsewhere, "b2").unwrap(), b"GIF89a\0\xff");
    assert_eq!(Attachments::below(&elsewhere).names().unwrap().len(), 4, "whole ones alone");
    // They are not in the database that is served, and the backup still has them.
    assert!(BackupFile::open(&elsewhere.join(DATABASE)).unwrap().names().unwrap().is_empty());
    assert_eq!(BackupFile::open(&file).unwrap().names().unwrap().len(), 4);
    // What is there stays; what is missing is put back.
    files::remove(&data.join("attachments").join(&Attachments::below(&data).names().unwrap()[1]))
        .unwrap();
    let missing = Attachments::below(&data).names().unwrap();
    assert_eq!(missing.len(), 2);
    assert!(matches!(restore(&file, &data, false), Err(Failure::Invalid(_))));
    assert_eq!(restore(&file, &data, true).unwrap(), 0);
    assert_eq!(read(&data, "a1").unwrap(), b"GIF89a1");
}

#[test]
fn a_backup_without_files_is_restored_as_well() {
    let (folder, data, _) = backed_up();
    let old = folder.path().join("old.db");
    SqliteStore::copy(&data.join(DATABASE), &old).unwrap();
    let elsewhere = folder.path().join("elsewhere");
    assert_eq!(restore(&old, &elsewhere, false).unwrap(), 0);
    assert_eq!(read(&elsewhere, "a1"), None);
}

#[test]
fn a_backup_writes_nowhere_else() {
    for name in ["../x", "/etc/x", "0123456789abcdef0123456789abcdef/../x", "admin-token", "a/b"] {
        let (folder, data, _) = backed_up();
        let bad = folder.path().join("bad.db");
        let backup = BackupFile::make(&data.join(DATABASE), &bad).unwrap();
        backup.add(name, b"x").unwrap();
        backup.finish().unwrap();
        let elsewhere = folder.path().join("elsewhere");
        let Err(Failure::Invalid(why)) = restore(&bad, &elsewhere, false) else {
            panic!("{name} was taken");
        };
        assert!(why.contains("no file that a backup holds"), "{why}");
        assert!(!elsewhere.join(DATABASE).exists(), "{name}: nothing is in place");
        assert!(!folder.path().join("x").exists() && !elsewhere.join("x").exists());
    }
}

#[test]
fn a_backup_that_fails_leaves_no_file() {
    let (folder, data, file) = backed_up();
    assert!(back_up(&data, &file).is_err(), "never over a file");
    assert_eq!(BackupFile::open(&file).unwrap().names().unwrap().len(), 4, "it is as it was");
    let lost = Attachments::below(&data).names().unwrap()[0].clone();
    files::remove(&data.join("attachments").join(lost)).unwrap();
    let half = folder.path().join("half.db");
    assert!(back_up(&data, &half).is_err());
    assert!(!half.exists(), "a backup is whole or not there");
}
