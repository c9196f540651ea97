//! `osler demo`: everything a newcomer needs, in one command.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use ::audit::{Actor, Draft};
use anyhow::{Context, Result};
use identity::Role;
use include_dir::{Dir, include_dir};
use inference::models::Store;

use super::{Usage, ingest, models, serve};
use crate::app::{App, is_loopback};
use crate::config::Places;
use crate::http;

pub(super) static STARTER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../corpora/starter");

const QUESTIONS: [&str; 3] = [
    "In adults with type 2 diabetes, when should metformin not be started?",
    "What is the first-line treatment of anaphylaxis, and at what dose?",
    "Which antibiotics are recommended for community-acquired pneumonia in adults?",
];

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    #[command(flatten)]
    serve: serve::Args,
    /// Set everything up, and stop before serving
    #[arg(long)]
    setup_only: bool,
}

pub(super) async fn run(places: &Places, args: Args) -> Result<ExitCode> {
    let began = Instant::now();
    let config = places.read()?;
    let address = args.serve.listen.as_deref().unwrap_or(&config.server.listen).to_owned();
    if !is_loopback(&address) {
        return Err(Usage(format!(
            "{address} can be reached from other machines: a demonstration listens on this one alone"
        ))
        .into());
    }
    let listener = if args.setup_only { None } else { Some(serve::listen(&address).await?) };
    let store = Store::new(places.models_dir()?, config.model_list()?);
    models::fetch(&config, &store, &models::needed(&config, &store)).await?;
    eprintln!("starter corpus: taking in what is new");
    take_in_starter(places).await?;
    let Some(listener) = listener else { return Ok(ExitCode::SUCCESS) };
    let mut app = App::open_with(places, |config| {
        config.server.listen = address;
        // Beside the accounts that it makes, so that a newcomer can ask at once; unless the configuration says otherwise.
        config.identity.anonymous.get_or_insert(true);
    })
    .await?;
    app.is_demo = true;
    let app = Arc::new(app);
    serve::keep_records(&app);
    let passwords = accounts(&app)?;
    app.warm_up().await?;
    let address = listener.local_addr()?;
    eprintln!(
        "\nOsler is ready after {:.1} s. Open http://{address}/ in a browser, or ask:\n",
        began.elapsed().as_secs_f64()
    );
    for question in QUESTIONS {
        eprintln!(
            "  curl -s http://{address}/v1/answers -H 'content-type: application/json' \\\n    -d '{{\"question\": \"{question}\"}}'\n"
        );
    }
    eprintln!("One account for each role, made for this demonstration; the passwords hold until it is started again:");
    for (role, password) in &passwords {
        eprintln!("  {role:10} {password}");
    }
    let asking = if app.is_anonymous()? { ", and whoever reaches it may ask without signing in" } else { "" };
    eprintln!("THIS IS A DEMONSTRATION: it listens on this machine alone{asking}.\n");
    eprintln!("or, when this has stopped: osler ask \"{}\"", QUESTIONS[0]);
    eprintln!("The starter corpus is teaching material, not advice. Ctrl-C stops.");
    serve::serve(listener, http::router(app)).await;
    Ok(ExitCode::SUCCESS)
}

/// An account for each role, named as the role, each time with another password. The role `service` has a key instead.
fn accounts(app: &App) -> Result<Vec<(&'static str, String)>> {
    let now = app.asker.now();
    let mut shown = Vec::new();
    for role in Role::ALL {
        let name = role.as_str();
        let password = app.asker.secret().simple().to_string();
        let account = match app.identity.by_name(name, now)? {
            Some(account) => {
                app.identity.set_password(&account.id, &password)?;
                account
            }
            None => app.identity.add(name, Some(&format!("Demo {name}")), &[role].into(), Some(&password), now)?,
        };
        app.audit.append(Draft::new("account.changed", Actor::service()).with("account", account.id.as_str()))?;
        if role == Role::Service {
            for key in app.identity.keys(&account.id)?.into_iter().filter(|key| key.revoked_at.is_none()) {
                app.identity.revoke_key(&account.id, &key.id, now)?;
            }
            let (_, key) = app.identity.add_key(&account.id, "demonstration", None, now)?;
            shown.push((name, format!("Authorization: Bearer {key}")));
        } else {
            shown.push((name, password));
        }
    }
    Ok(shown)
}

/// Ingests what is new of the starter corpus.
pub(super) async fn take_in_starter(places: &Places) -> Result<()> {
    let directory = tempfile::tempdir().context("cannot write to the temporary directory")?;
    // Its name is what decisions say of it.
    let starter = directory.path().join("starter");
    std::fs::create_dir(&starter).context("cannot write to the temporary directory")?;
    STARTER.extract(&starter).context("cannot unpack the starter corpus")?;
    ingest::into_data(places, &starter, &starter_policy()?).await?;
    Ok(())
}

/// The policy of the starter corpus.
pub(super) fn starter_policy() -> Result<knowledge::Corpus> {
    let manifest = ingest::built_in(&"starter".parse()?)?;
    Ok(manifest.context("the manifest of the starter corpus is missing from this build")?.corpus)
}
