use super::*;
use crate::files;

#[track_caller]
fn check(file: &str, flags: &[(&str, &str)], key: &str, expect: (&str, &str)) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("switchboard.toml");
    files::write_new(&path, file.as_bytes()).unwrap();
    let given = Given::flags(flags).with_file(&path);
    let resolved =
        given.resolve(|name| (name == "SWITCHBOARD_API_TOKEN").then(|| "e".repeat(40).into()));
    let resolved = resolved.unwrap();
    let (value, origin) = resolved.get(key).unwrap();
    let origin = origin.to_string().replace(&*path.to_string_lossy(), "FILE");
    assert_eq!((value, origin.as_str()), expect, "{key} from {file:?} and {flags:?}");
    Settings::read(&resolved).unwrap();
}

#[test]
fn a_flag_wins_over_the_file_and_the_file_over_the_default() {
    let file = "# ours\nlisten = \"0.0.0.0:9000\"\ntimeout_seconds = 30\n";
    check("", &[], "listen", ("127.0.0.1:8080", "default"));
    check(file, &[], "listen", ("0.0.0.0:9000", "FILE:2"));
    check(file, &[], "timeout_seconds", ("30", "FILE:3"));
    check(file, &[("listen", "[::1]:1")], "listen", ("[::1]:1", "--listen"));
    check(
        "api_token = \"ffffffffffffffffffffffffffffffffffff\"",
        &[],
        "api_token",
        (&"e".repeat(40), "SWITCHBOARD_API_TOKEN"),
    );
}

#[track_caller]
fn refuse(file: &str, flags: &[(&str, &str)], expect: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("switchboard.toml");
    files::write_new(&path, file.as_bytes()).unwrap();
    let resolved = Given::flags(flags).with_file(&path).resolve(|_| None);
    let errors = resolved.and_then(|resolved| Settings::read(&resolved).map(drop)).unwrap_err();
    let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(errors.len(), expect.len(), "{errors:?}");
    for (error, part) in errors.iter().zip(expect) {
        assert!(error.contains(part), "{error:?} does not say {part:?}");
    }
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    refuse("listen = ", &[], &["switchboard.toml:1:10: this is not TOML"]);
    refuse(
        "\nport = 1\ndata = []\n",
        &[],
        &[":2:1: `port` is no setting", ":3:1: `data` takes a value"],
    );
    refuse("", &[("listen", "8080")], &["--listen: listen is \"8080\"; expected an address"]);
    refuse(
        "timeout_seconds = 0\nrasa = \"yes\"",
        &[],
        &[":1: timeout_seconds is \"0\"", ":2: rasa is \"yes\"; expected token, open or off"],
    );
    refuse("api_token = \"short\"", &[], &["api_token is (secret); expected 32"]);
}

#[test]
fn a_path_in_the_file_is_meant_from_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("switchboard.toml");
    files::write_new(&path, b"data = \"state\"").unwrap();
    let resolved = Given::default().with_file(&path).resolve(|_| None).unwrap();
    assert_eq!(Settings::read(&resolved).unwrap().data, folder.path().join("state"));
}

#[test]
fn no_secret_is_a_flag() {
    for setting in SETTINGS {
        let secret = setting.key.ends_with("token") || setting.key.ends_with("password");
        assert_eq!(setting.secret, secret, "{}", setting.key);
        assert_eq!(setting.flag, setting.key.replace('_', "-"));
        assert_eq!(setting.env, format!("SWITCHBOARD_{}", setting.key.to_uppercase()));
    }
}

#[test]
fn a_databases_password_is_shown_nowhere_and_stands_on_no_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("password");
    files::write_new(&secret, b"hush-file\n").unwrap();
    let file = format!(
        "database = \"postgres://u@db.example/n\"\ndatabase_password_file = {:?}",
        secret.display().to_string()
    );
    let path = folder.path().join("switchboard.toml");
    files::write_new(&path, file.as_bytes()).unwrap();
    for (environment, expect) in [(None, "hush-file"), (Some("hush-env"), "hush-env")] {
        let given = Given::default().with_file(&path);
        let resolved = given.resolve(|name| {
            environment.filter(|_| name == "SWITCHBOARD_DATABASE_PASSWORD").map(Into::into)
        });
        let settings = Settings::read(&resolved.unwrap()).unwrap();
        let server = store::Server::parse("postgres://u@db.example/n").unwrap();
        assert_eq!(settings.database, Some(server.with_password(expect)));
        assert!(!format!("{settings:?}").contains("hush"), "{settings:?}");
    }
    check("database = \"postgres://u:p@h/n\"", &[], "database", ("postgres://u:p@h/n", "FILE:1"));
    for url in
        ["postgres://u:hush@h/n", "postgres://h/n?user=u&password=hush", "postgres://u:hush@"]
    {
        refuse("", &[("database", url)], &["--database: database is \"postgres://"]);
        assert!(!unsecret("database", url).contains("hush"), "{url}");
    }
    refuse("database = \"mysql://h/n\"", &[], &[":1: database is"]);
    refuse("", &[("database", "postgres://h")], &["no database"]);
    refuse("database_password_file = \"nowhere\"", &[], &["a file that can be read"]);
}
