//! The commands of `osler`. They print one line that says what to do when something is wrong, and exit with 2 for wrong use,
//! 1 for failure.

mod account;
mod ask;
mod audit;
mod backup;
mod corpus;
mod corpus_diff;
mod demo;
mod doctor;
mod eval;
mod eval_audit;
mod eval_compare;
mod eval_exact;
mod eval_ingest;
mod eval_library;
mod eval_peer;
mod eval_retrieval;
mod eval_scale;
mod eval_scale_copies;
mod eval_speed;
mod ingest;
mod machine;
mod models;
mod progress;
mod reembed;
mod render;
mod replication;
mod serve;
mod verify;
mod vocabulary;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use anyhow::Result;
use clap::{CommandFactory, Parser, Subcommand};

use crate::config::{self, Places};
use crate::recorded;

/// Wrong use, as against failure: what was asked for cannot be meant.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Usage(String);

/// Cited answers from your own corpus
#[derive(Debug, Parser)]
#[command(name = "osler", version, about, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    places: Places,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Fetch the starter models, ingest the starter corpus, and serve it on this machine
    Demo(demo::Args),
    /// Serve the data directory over HTTP
    Serve(serve::Args),
    /// Take documents into a corpus and publish them
    Ingest(ingest::Args),
    /// Ask a question and print the cited answer
    Ask(ask::AskArgs),
    /// Find passages without answering
    Search(ask::SearchArgs),
    /// Check any text against its sources, from whoever wrote it
    Verify(verify::Args),
    /// Fetch, list and verify models
    #[command(subcommand)]
    Models(models::Command),
    /// See and change what questions may find
    #[command(subcommand)]
    Corpus(corpus::Command),
    /// Import names from MeSH, by which questions are searched too
    #[command(subcommand)]
    Vocabulary(vocabulary::Command),
    /// Add and change accounts, their roles and keys, while no service runs
    #[command(subcommand)]
    Account(account::Command),
    /// Check bundles and receipts anywhere, export them, witness a log, hold and erase words
    #[command(subcommand)]
    Audit(audit::Command),
    /// Write what cannot be had again into one file; questions may go on meanwhile
    Backup(backup::Args),
    /// Put a backup into an empty data directory
    Restore(backup::Args),
    /// Embed all passages with another model, beside the one in use; then name it in the configuration, and start the service
    /// again or send it SIGHUP
    Reembed(reembed::Args),
    /// Share the library with replicas through an object store
    #[command(subcommand)]
    Replication(replication::Command),
    /// Check this machine, the models and the data directory
    Doctor(doctor::Args),
    /// Measure how good answers and search are, how fast they are, and what the checks catch
    #[command(subcommand)]
    Eval(eval::Command),
    /// Print the OpenAPI document
    Openapi,
    /// Print every configuration key with its default and meaning
    Config,
    /// Parse documents for another osler, which has started this one
    #[command(hide = true)]
    ParseWorker,
}

/// Runs the program.
pub fn main() -> ExitCode {
    if let Err(missing) = machine::check_cpu() {
        eprintln!("osler: {missing}");
        return ExitCode::FAILURE;
    }
    let cli = Cli::parse();
    if let Command::ParseWorker = cli.command {
        // Before there is a second thread: limits and bans are those of the thread that sets them, and of its children.
        return match ::ingest::serve_worker() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("osler: {error}");
                ExitCode::FAILURE
            }
        };
    }
    let filter = tracing_subscriber::EnvFilter::new(config::log_filter());
    let terminal = std::io::stderr().is_terminal();
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(terminal).with_writer(std::io::stderr).init();
    // Its message may quote what somebody typed; where it happened does not.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "this panicked: what was in work there is lost, and nothing else");
    }));
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("osler: cannot start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let outcome = runtime.block_on(run(cli));
    // The engine's threads need not be waited for.
    runtime.shutdown_background();
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("osler: {error:#}");
            if is_usage(&error) { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

/// Whether `osler` has the command of this line, and every option that stands in it: `osler eval retrieval --from DIR`.
pub fn has_command(line: &str) -> bool {
    let mut words = line.split_whitespace();
    let mut cli = Cli::command();
    // Options that all commands share are only known to each once it is built.
    cli.build();
    let mut command = &cli;
    let mut has_all = words.next() == Some("osler");
    for word in words {
        if let Some(option) = word.strip_prefix("--") {
            has_all &= command.get_arguments().any(|argument| argument.get_long() == Some(option));
        } else if let Some(below) = command.find_subcommand(word) {
            command = below;
        }
    }
    has_all && !command.has_subcommands()
}

async fn run(cli: Cli) -> Result<ExitCode> {
    let places = &cli.places;
    match cli.command {
        Command::Demo(args) => demo::run(places, args).await,
        Command::Serve(args) => serve::run(places, args).await,
        Command::Ingest(args) => ingest::run(places, args).await,
        Command::Ask(args) => ask::ask(places, args).await,
        Command::Search(args) => ask::search(places, args).await,
        Command::Verify(args) => verify::run(&args),
        Command::Models(command) => models::run(places, command).await,
        Command::Corpus(command) => corpus::run(places, command).await,
        Command::Vocabulary(command) => vocabulary::run(places, command),
        Command::Account(command) => account::run(places, command),
        Command::Audit(command) => audit::run(places, command).await,
        Command::Backup(args) => backup::write(places, &args),
        Command::Restore(args) => backup::restore(places, &args).await,
        Command::Reembed(args) => reembed::run(places, &args).await,
        Command::Replication(command) => replication::run(places, command).await,
        Command::Doctor(args) => doctor::run(places, args).await,
        Command::Eval(command) => eval::run(places, command).await,
        Command::Openapi => print(&crate::http::openapi()?),
        Command::Config => print(&config::reference()),
        Command::ParseWorker => Ok(ExitCode::FAILURE),
    }
}

/// Writes to standard output. A reader that has gone away (`osler ask | head`) is no failure.
fn print(text: &str) -> Result<ExitCode> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(ExitCode::SUCCESS),
    }
}

fn is_usage(error: &anyhow::Error) -> bool {
    let ledger = |error: &ledger::Error| {
        matches!(
            error,
            ledger::Error::UnknownCorpus(_) | ledger::Error::UnknownSnapshot { .. } | ledger::Error::UnknownDocument(_)
        )
    };
    error.chain().any(|cause| {
        cause.is::<Usage>()
            || cause.downcast_ref::<ledger::Error>().is_some_and(ledger)
            || cause.downcast_ref::<::audit::Error>().is_some_and(|error| {
                use ::audit::Error;
                matches!(error, Error::Unknown | Error::NoAnswer(_) | Error::Kept { .. })
            })
            || cause.downcast_ref::<identity::Error>().is_some_and(is_wrong_account)
            || cause.downcast_ref::<answer::Error>().is_some_and(|error| match error {
                answer::Error::Question(_) => true,
                answer::Error::Ledger(error) => ledger(error),
                _ => false,
            })
            || cause
                .downcast_ref::<recorded::Error>()
                .is_some_and(|error| matches!(error.code(), "bad_question" | "unknown_corpus" | "unknown_snapshot"))
    })
}

/// What a person typed that no account can have.
fn is_wrong_account(error: &identity::Error) -> bool {
    use identity::Error;
    matches!(
        error,
        Error::Name | Error::NameTaken | Error::FullName | Error::Label | Error::Password { .. } | Error::LastAdmin
    )
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::has_command;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
        // Groups of sub-commands are only checked once they are built.
        super::Cli::command().build();
    }

    #[test]
    fn commands_that_there_are_not_are_told_from_those_that_there_are() {
        for there in
            ["osler eval retrieval --from DIR", "osler eval speed --data DIR --questions FILE", "osler openapi"]
        {
            assert!(has_command(there), "{there}");
        }
        for not in
            ["osler", "osler eval", "osler eval nothing", "osler eval decisions --from DIR", "other eval answers"]
        {
            assert!(!has_command(not), "{not}");
        }
    }
}
