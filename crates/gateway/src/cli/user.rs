//! `switchboard user`: people from the command line; how the first admin comes to be.

use std::io::{BufRead, IsTerminal, Write};

use clap::{Args, Subcommand};
use store::{AnyStore, Profile, Record, Role, Store, User as Person};

use super::{Done, Failure, wait};
use crate::access::{self, MIN_PASSWORD};
use crate::clock::Clock;
use crate::config::GivenData;
use crate::database;
use crate::files;

/// Who acts, in the trail.
const ACTOR: &str = "command line";

#[derive(Debug, Args)]
#[command(after_help = "\
  switchboard user add ana --role admin          asks twice for a password
  echo \"$SECRET\" | switchboard user add ben --role agent --team care --language de,en
  switchboard user disable ben
  switchboard user list")]
pub(super) struct User {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Add a person, or give one that is there a new password, role and profile
    Add(Add),
    /// Shut a person out: they cannot sign in and get no tickets
    Disable {
        /// Their name
        name: String,
        #[command(flatten)]
        given: GivenData,
    },
    /// List everybody
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        given: GivenData,
    },
}

#[derive(Debug, Args)]
struct Add {
    /// Their name; also how customers' tickets name them
    name: String,
    /// agent, lead or admin
    #[arg(long, default_value = "agent", value_parser = ["agent", "lead", "admin"])]
    role: String,
    /// Teams they work in, with commas between
    #[arg(long, value_delimiter = ',')]
    team: Vec<String>,
    /// Languages they read, BCP 47, with commas between
    #[arg(long, value_delimiter = ',')]
    language: Vec<String>,
    /// What they can do, with commas between
    #[arg(long, value_delimiter = ',')]
    skill: Vec<String>,
    /// Tickets they have at once
    #[arg(long)]
    capacity: Option<u32>,
    /// The name that customers see; their own where left out
    #[arg(long)]
    known_as: Option<String>,
    #[command(flatten)]
    given: GivenData,
}

impl User {
    pub(super) fn run(self) -> Done {
        match self.what {
            What::Add(add) => add.run(),
            What::Disable { name, given } => {
                let store = open(given)?;
                wait(async {
                    let Some(user) = store.user(&name).await? else {
                        return Err(Failure::Invalid(format!(
                            "there is nobody named {name}\nhelp: switchboard user list"
                        )));
                    };
                    let now = Clock::system().now();
                    let user = Person { disabled_at: Some(now), available: false, ..user };
                    let records = vec![
                        Record::User(Box::new(user)),
                        Record::EndSessionsOf(name.clone()),
                        access::audit(now, ACTOR, "user.disable", &name, ""),
                    ];
                    store.put(records).await?;
                    Ok(store.close().await?)
                })?;
                writeln!(anstream::stdout(), "{name} is shut out")?;
                Ok(())
            }
            What::List { json, given } => list(json, given),
        }
    }
}

impl Add {
    fn run(self) -> Done {
        let name = self.name.trim().to_owned();
        if name.is_empty() || name.chars().any(char::is_control) || name.len() > 200 {
            return Err(Failure::Invalid(
                "the name is empty, too long or has odd signs".to_owned(),
            ));
        }
        let role = Role::parse(&self.role).unwrap_or(Role::Agent);
        let store = open(self.given)?;
        let hash = access::hash(&password(&name)?)?;
        let new = wait(async {
            let now = Clock::system().now();
            let before = store.user(&name).await?;
            let profile = Profile {
                teams: self.team.into_iter().collect(),
                languages: self.language,
                skills: self.skill.into_iter().collect(),
                capacity: self.capacity,
                shifts: before.as_ref().and_then(|user| user.profile.shifts.clone()),
                known_as: self
                    .known_as
                    .or_else(|| before.as_ref().and_then(|user| user.profile.known_as.clone())),
            };
            let user = Person {
                name: name.clone(),
                role,
                password: hash,
                profile,
                available: before.as_ref().is_some_and(|user| user.available),
                failures: 0,
                locked_until: None,
                disabled_at: None,
                created_at: before.as_ref().map_or(now, |user| user.created_at),
            };
            let action = if before.is_some() { "user.change" } else { "user.add" };
            let records = vec![
                Record::User(Box::new(user)),
                Record::EndSessionsOf(name.clone()),
                access::audit(now, ACTOR, action, &name, role.as_str()),
            ];
            store.put(records).await?;
            store.close().await?;
            Ok(before.is_none())
        })?;
        let done = if new { "added" } else { "changed" };
        writeln!(anstream::stdout(), "{done} {name}, {}", role.as_str())?;
        Ok(())
    }
}

/// The store of a folder, which a running service may use at the same time.
fn open(given: GivenData) -> Result<AnyStore, Failure> {
    let settings = super::read(given.0)?;
    files::make_private_folder(&settings.data)?;
    wait(async { Ok(database::open(&settings).await?) })
}

/// Asks for a password at a terminal, twice; takes a line of what is piped in otherwise.
fn password(name: &str) -> Result<String, Failure> {
    if !std::io::stdin().is_terminal() {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line)?;
        let piped = line.trim_end_matches(['\r', '\n']);
        if piped.is_empty() {
            return Err(Failure::Invalid(format!(
                "no password came in; nothing was changed\n\
                 help: run it at a terminal, or pipe in a line of {MIN_PASSWORD} characters or more"
            )));
        }
        return Ok(piped.to_owned());
    }
    let first = rpassword::prompt_password(format!("Password of {name}: "))?;
    let again = rpassword::prompt_password("Again: ")?;
    if first != again {
        return Err(Failure::Invalid("the two passwords differ; nothing was changed".to_owned()));
    }
    Ok(first)
}

fn list(json: bool, given: GivenData) -> Done {
    let store = open(given)?;
    let users = wait(async {
        let users = store.users().await?;
        store.close().await?;
        Ok(users)
    })?;
    let mut out = anstream::stdout().lock();
    for user in users {
        let enabled = user.disabled_at.is_none();
        let teams: Vec<&str> = user.profile.teams.iter().map(String::as_str).collect();
        if json {
            let line = serde_json::json!({
                "name": user.name, "role": user.role.as_str(), "teams": teams,
                "languages": user.profile.languages, "enabled": enabled,
            });
            writeln!(out, "{line}")?;
        } else {
            let state = if enabled { "" } else { "  (shut out)" };
            let (role, languages) = (user.role.as_str(), user.profile.languages.join(","));
            writeln!(
                out,
                "{:<20} {role:<6} {:<24} {languages}{state}",
                user.name,
                teams.join(",")
            )?;
        }
    }
    out.flush()?;
    Ok(())
}
