//! A running service.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use tempfile::TempDir;

use crate::DEADLINE;

/// How to start a service.
#[derive(Debug, Default)]
pub struct Options {
    /// Flags beside `--listen` and `--data`.
    pub flags: Vec<String>,
    /// The folder of its state; a new one where left out.
    pub data: Option<PathBuf>,
    /// Where to listen: for one that takes another's place. A free port where left out.
    pub listen: Option<SocketAddr>,
}

/// A running service. Killed when dropped.
#[derive(Debug)]
pub struct Service {
    /// Where it listens.
    pub address: SocketAddr,
    /// The admin's API token.
    pub admin: String,
    /// The folder of its state.
    pub data: PathBuf,
    pub(crate) agent: ureq::Agent,
    pid: u32,
    /// Behind a lock, so that the threads of a test can share the service.
    ended: Mutex<Receiver<ExitStatus>>,
    /// Its end was seen: its number may be another process's by now.
    over: AtomicBool,
    log: Arc<Log>,
    /// Removed with the service, unless the caller owns the folder.
    _folder: Option<TempDir>,
}

/// What it has logged so far.
#[derive(Debug, Default)]
struct Log {
    lines: Mutex<Vec<String>>,
    grown: Condvar,
}

impl Service {
    /// Starts a service and waits until it takes requests.
    ///
    /// # Panics
    /// It does not start; the message has its log.
    #[must_use]
    #[track_caller]
    pub fn start(binary: &str) -> Self {
        Self::with(binary, Options::default())
    }

    /// The same, with options.
    ///
    /// # Panics
    /// It does not start; the message has its log.
    #[must_use]
    #[track_caller]
    pub fn with(binary: &str, options: Options) -> Self {
        let (folder, data) = match options.data {
            Some(data) => (None, data),
            None => {
                let folder = tempfile::tempdir().expect("a folder");
                let data = folder.path().join("data");
                (Some(folder), data)
            }
        };
        let mut child = crate::command(binary)
            .arg("serve")
            .args(["--listen", &options.listen.map_or("127.0.0.1:0".to_owned(), |a| a.to_string())])
            .args(["--log-format", "json", "--data"])
            .arg(&data)
            .args(&options.flags)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let log = Arc::new(Log::default());
        let stderr = child.stderr.take().expect("a pipe");
        let sink = Arc::clone(&log);
        thread::spawn(move || sink.read(stderr));
        let stdout = child.stdout.take().expect("a pipe");
        let (pid, ended) = (child.id(), watch(child));
        let address = ready(stdout).unwrap_or_else(|| {
            // Whatever it had to say is in the log when it has ended.
            let _ = ended.recv_timeout(DEADLINE);
            panic!("the service did not start:\n{}", log.text())
        });
        let admin = std::fs::read_to_string(data.join("admin-token")).expect("the admin token");
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(DEADLINE))
            .build()
            .into();
        let admin = admin.trim().to_owned();
        Self {
            address,
            admin,
            data,
            agent,
            pid,
            ended: Mutex::new(ended),
            over: AtomicBool::new(false),
            log,
            _folder: folder,
        }
    }

    /// Sends a signal by its name: `TERM`, `HUP`, `KILL`.
    ///
    /// # Panics
    /// There is no shell.
    pub fn signal(&self, name: &str) {
        let order = format!("kill -{name} {}", self.pid);
        let status = std::process::Command::new("sh").args(["-c", &order]).status();
        assert!(status.expect("a shell").success(), "{order}");
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// It goes on.
    #[must_use]
    #[track_caller]
    pub fn end(&self) -> ExitStatus {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        match ended.recv_timeout(DEADLINE) {
            Ok(status) => {
                self.over.store(true, Ordering::SeqCst);
                status
            }
            Err(_) => panic!("the service does not end:\n{}", self.log.text()),
        }
    }

    /// Waits until `count` lines of the log hold these words; gives the last of them.
    ///
    /// # Panics
    /// They do not come.
    #[must_use]
    #[track_caller]
    pub fn logged(&self, words: &str, count: usize) -> String {
        match self.log.wait(words, count) {
            Some(line) => line,
            None => panic!("the log does not say {words:?}:\n{}", self.log.text()),
        }
    }

    /// Its process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Everything it has logged.
    #[must_use]
    pub fn log(&self) -> String {
        self.log.text()
    }

    /// A path in the folder of its state.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        Path::new(&self.data).join(name)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let ended = self.ended.get_mut().unwrap_or_else(PoisonError::into_inner);
        if !*self.over.get_mut() && matches!(ended.try_recv(), Err(TryRecvError::Empty)) {
            let order = format!("kill -KILL {}", self.pid);
            let _ = std::process::Command::new("sh").args(["-c", &order]).status();
            let _ = ended.recv_timeout(DEADLINE);
        }
    }
}

/// Waits for the end of a process beside the test.
fn watch(mut child: Child) -> Receiver<ExitStatus> {
    let (tell, ended) = channel();
    thread::spawn(move || {
        if let Ok(status) = child.wait() {
            let _ = tell.send(status);
        }
    });
    ended
}

/// The address that the service says it listens on; none when it ends or hangs before.
fn ready(stdout: impl Read + Send + 'static) -> Option<SocketAddr> {
    let (tell, told) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            let _ = tell.send(line);
        }
    });
    let mut address = None;
    loop {
        let line = match told.recv_timeout(DEADLINE) {
            Ok(line) => line,
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
        };
        let after = line.split_once("http://").map(|(_, rest)| rest);
        address = address.or(after.and_then(|rest| rest.split(' ').next()?.parse().ok()));
        // The second line is the last: the admin token is written.
        if address.is_some() && line.contains("token") {
            return address;
        }
    }
}

impl Log {
    fn read(&self, stderr: impl Read) {
        for line in BufReader::new(stderr).lines().map_while(Result::ok) {
            self.lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
            self.grown.notify_all();
        }
    }

    fn text(&self) -> String {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }

    fn wait(&self, words: &str, count: usize) -> Option<String> {
        let deadline = Instant::now() + DEADLINE;
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let mut found = lines.iter().filter(|line| line.contains(words));
            if let Some(line) = found.nth(count.saturating_sub(1)) {
                return Some(line.clone());
            }
            let left = deadline.checked_duration_since(Instant::now())?;
            let waited = self.grown.wait_timeout(lines, left);
            lines = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
