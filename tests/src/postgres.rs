//! A PostgreSQL server of one's own, gone with the test.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use tempfile::TempDir;

use crate::DEADLINE;

/// Who may do everything in it.
const OWNER: &str = "switchboard";

/// Runs the server for as long as standard input is open, whatever ends whoever holds it.
const KEEPER: &str = "\"$@\" & server=$!; cat > /dev/null; kill -QUIT $server; wait $server";

/// A server that listens on a socket in a folder of its own, and forgets everything.
#[derive(Debug)]
pub struct Postgres {
    bin: PathBuf,
    folder: TempDir,
    keeper: Child,
    /// Closed, it ends the server.
    held: Option<ChildStdin>,
    databases: AtomicUsize,
}

impl Postgres {
    /// Makes a server and waits until it takes connections. Two seconds. A crash of the machine
    /// would lose what it holds.
    ///
    /// # Panics
    /// PostgreSQL is not installed, or does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::with(&["fsync=off", "full_page_writes=off", "autovacuum=off"])
    }

    /// Makes a server that keeps what it acknowledges, for measuring.
    ///
    /// # Panics
    /// As [`Postgres::start`].
    #[must_use]
    pub fn durable() -> Self {
        Self::with(&["shared_buffers=256MB"])
    }

    fn with(settings: &[&str]) -> Self {
        let bin = bin().expect(
            "PostgreSQL is missing (initdb on the PATH or in /usr/lib/postgresql/*/bin): \
             apt-get install postgresql",
        );
        let folder = tempfile::Builder::new().prefix("pg").tempdir_in("/tmp").expect("a folder");
        let user = other_user(folder.path());
        let data = folder.path().join("data");
        let made = as_user(user, &bin.join("initdb"))
            .args(["--username", OWNER, "--auth", "trust", "--encoding", "UTF8"])
            .args(["--locale", "C", "--no-sync", "--pgdata"])
            .arg(&data)
            .current_dir(folder.path())
            .output()
            .expect("initdb runs");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let mut command = as_user(user, Path::new("sh"));
        command.args(["-c", KEEPER, "keeper"]).arg(bin.join("postgres")).arg("-D").arg(&data);
        for setting in ["listen_addresses=", "max_connections=300"].iter().chain(settings) {
            command.args(["-c", setting]);
        }
        let mut keeper = command
            .args(["-k".as_ref(), folder.path().as_os_str()])
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let held = keeper.stdin.take();
        let mut log = keeper.stderr.take().expect("a pipe");
        let started = Instant::now();
        let mut text = Vec::new();
        let mut piece = [0; 4096];
        // It says so itself; what it says later is of no interest, but must be read.
        while !String::from_utf8_lossy(&text).contains("ready to accept connections") {
            let count = log.read(&mut piece).expect("a log");
            text.extend_from_slice(&piece[..count]);
            let said = String::from_utf8_lossy(&text);
            assert!(count > 0 && started.elapsed() < DEADLINE, "it does not start: {said}");
        }
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Self { bin, folder, keeper, held, databases: AtomicUsize::new(0) }
    }

    /// The address of a new, empty database.
    ///
    /// # Panics
    /// The server does not make one.
    #[must_use]
    pub fn database(&self) -> String {
        let name = format!("d{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.run("createdb", &[&name]);
        self.url(&name)
    }

    /// The address of a database.
    #[must_use]
    pub fn url(&self, name: &str) -> String {
        let folder = self.folder.path().display().to_string().replace('/', "%2F");
        format!("postgres://{OWNER}@{folder}/{name}")
    }

    /// The processes of the server, as they are now.
    #[must_use]
    pub fn processes(&self) -> Vec<u32> {
        let file = self.folder.path().join("data/postmaster.pid");
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let Some(first) = text.lines().next().and_then(|line| line.parse::<u32>().ok()) else {
            return Vec::new();
        };
        let children = format!("/proc/{first}/task/{first}/children");
        let children = std::fs::read_to_string(children).unwrap_or_default();
        let children = children.split_whitespace().filter_map(|pid| pid.parse().ok());
        std::iter::once(first).chain(children).collect()
    }

    /// Runs SQL in a database, and gives what it prints.
    ///
    /// # Panics
    /// It fails.
    #[must_use]
    pub fn sql(&self, url: &str, sql: &str) -> String {
        let name = url.rsplit('/').next().unwrap_or_default();
        self.run("psql", &["--no-psqlrc", "-At", "-v", "ON_ERROR_STOP=1", "-d", name, "-c", sql])
    }

    fn run(&self, program: &str, arguments: &[&str]) -> String {
        let output = Command::new(self.bin.join(program))
            .arg("-h")
            .arg(self.folder.path())
            .args(["-U", OWNER])
            .args(arguments)
            .output()
            .expect("PostgreSQL's own programs run");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program} {arguments:?}: {said}");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        drop(self.held.take());
        let _ = self.keeper.wait();
    }
}

/// The folder of PostgreSQL's programs: the latest version that is here.
fn bin() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path).filter_map(|folder| {
        folder.join("initdb").canonicalize().ok()?.parent().map(Path::to_owned)
    });
    let mut installed: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    installed.sort();
    let whole = |folder: &PathBuf| {
        ["initdb", "postgres", "createdb", "psql"].iter().all(|name| folder.join(name).exists())
    };
    on_path.chain(installed.into_iter().rev()).find(whole)
}

/// The server refuses to run as root: whose it is then, to whom the folder is given.
fn other_user(folder: &Path) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    if std::fs::metadata(folder).expect("a folder").uid() != 0 {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let number = |name: &str| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        line.split(':').nth(2)?.parse().ok()
    };
    let user = number("postgres").or_else(|| number("nobody")).expect("a user who is not root");
    std::os::unix::fs::chown(folder, Some(user), Some(user)).expect("the folder is given away");
    Some(user)
}

fn as_user(user: Option<u32>, program: &Path) -> Command {
    use std::os::unix::process::CommandExt;
    let mut command = Command::new(program);
    if let Some(user) = user {
        command.uid(user).gid(user);
    }
    command
}
