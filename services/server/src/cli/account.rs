//! `osler account`: the first accounts, and those of a service that is not running.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use ::audit::{Actor, Draft};
use anyhow::{Context, Result};
use identity::{Account, Changes, Identity, Role};
use jiff::Timestamp;
use serde_json::json;

use super::{Usage, print};
use crate::config::Places;
use crate::data::{Data, open_identity, open_log};

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// List the accounts and their roles
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Add an account; its password is read from standard input
    Add {
        /// 1 to 64 of a-z 0-9 . _ @ -
        name: String,
        /// What it may do: clinician, librarian, publisher, auditor, admin, service; may be given more than once
        #[arg(long = "role", value_name = "ROLE", required = true)]
        roles: Vec<Role>,
        /// As it stands under signatures
        #[arg(long, value_name = "NAME")]
        full_name: Option<String>,
        /// Without a password: for programs, which use keys
        #[arg(long)]
        no_password: bool,
    },
    /// Give an account other roles
    Roles {
        /// Its name
        name: String,
        /// All that it may do from now on; may be given more than once
        #[arg(long = "role", value_name = "ROLE", required = true)]
        roles: Vec<Role>,
    },
    /// Let an account do nothing any more
    Disable {
        /// Its name
        name: String,
    },
    /// Let a disabled or locked account in again
    Enable {
        /// Its name
        name: String,
    },
    /// Give an account another password, read from standard input
    Password {
        /// Its name
        name: String,
    },
    /// Add a key to an account, and print it this once
    Key {
        /// Its name
        name: String,
        /// What it is for
        #[arg(long, default_value = "made on the command line")]
        label: String,
    },
}

pub(super) fn run(places: &Places, command: Command) -> Result<ExitCode> {
    let config = places.read()?;
    let lock = Data::hold(&places.data)?;
    let identity = open_identity(&places.data, &config)?;
    let log = open_log(&places.data, &config)?;
    let about = |action, account: &str| Draft::new(action, Actor::command_line()).with("account", account);
    // Always before it is so: without an entry nothing changes.
    let record = |draft| log.append(draft).map(drop).context("nothing was changed");
    let now = Timestamp::now();
    let outcome = match command {
        Command::List { json: as_json } => list(&identity.accounts(now)?, as_json),
        Command::Add { name, roles, full_name, no_password } => {
            let password = if no_password { None } else { Some(read_password()?) };
            let roles: BTreeSet<Role> = roles.into_iter().collect();
            let (full_name, password) = (full_name.as_deref(), password.as_deref());
            let account = identity.add_on_record(&name, full_name, &roles, password, now, |id| {
                record(about("account.added", id).with("roles", names(&roles)))
            })?;
            print(&format!("{} is there: {}\n", account.name, account.id))
        }
        Command::Roles { name, roles } => {
            let account = named(&identity, &name, now)?;
            let roles: BTreeSet<Role> = roles.into_iter().collect();
            let draft = about("account.changed", &account.id).with("roles", names(&roles));
            let changes = Changes { roles: Some((&roles, now)), ..Changes::default() };
            identity.change_on_record(&account.id, &changes, || record(draft))?;
            print("changed\n")
        }
        Command::Disable { name } => {
            let account = named(&identity, &name, now)?;
            let draft = about("account.changed", &account.id).with("disabled", true);
            let changes = Changes { disabled: Some(true), ..Changes::default() };
            identity.change_on_record(&account.id, &changes, || record(draft))?;
            print("disabled\n")
        }
        Command::Enable { name } => {
            let account = named(&identity, &name, now)?;
            let draft = about("account.changed", &account.id).with("disabled", false).with("unlock", true);
            let changes = Changes { disabled: Some(false), unlock: true, ..Changes::default() };
            identity.change_on_record(&account.id, &changes, || record(draft))?;
            print("enabled\n")
        }
        Command::Password { name } => {
            let account = named(&identity, &name, now)?;
            let password = read_password()?;
            let draft = about("account.changed", &account.id).with("password", true);
            let changes = Changes { password: Some(&password), ..Changes::default() };
            identity.change_on_record(&account.id, &changes, || record(draft))?;
            print("changed; its sessions have ended\n")
        }
        Command::Key { name, label } => {
            let account = named(&identity, &name, now)?;
            let (made, key) = identity.add_key_on_record(&account.id, &label, None, now, |id| {
                record(about("key.added", &account.id).with("key", id))
            })?;
            eprintln!("key {} of {}; it is not kept and cannot be shown again", made.id, account.name);
            print(&format!("{key}\n"))
        }
    };
    drop(lock);
    outcome
}

fn named(identity: &Identity, name: &str, now: Timestamp) -> Result<Account> {
    let found = identity.by_name(name, now)?;
    found.ok_or_else(|| Usage(format!("there is no account {name}: osler account list shows them")).into())
}

fn names(roles: &BTreeSet<Role>) -> Vec<&'static str> {
    roles.iter().map(|role| role.as_str()).collect()
}

fn list(accounts: &[Account], as_json: bool) -> Result<ExitCode> {
    if as_json {
        return print(&format!("{}\n", json!({ "accounts": accounts })));
    }
    let line = |account: &Account| {
        let state = if account.disabled { "disabled" } else { "" };
        format!("{:24} {:32} {state}\n", account.name, names(&account.roles).join(", "))
    };
    let text: String = accounts.iter().map(line).collect();
    print(if text.is_empty() { "there are no accounts\n" } else { &text })
}

/// The first line of standard input: a password on the command line would stand in the shell's history.
fn read_password() -> Result<String> {
    if std::io::stdin().is_terminal() {
        eprint!("password (it is shown as you type): ");
        std::io::stderr().flush()?;
    }
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).context("cannot read the password from standard input")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
