//! `osler verify`: any text against its sources, without a server and without a model.

use std::fmt::Write;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use grounding::{Foreign, Verified, verify};
use knowledge::Verdict;

use super::{Usage, print};

#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct Args {
    /// The text to check; - reads standard input
    text: PathBuf,
    /// A source; the first is [1], and each is also known by its file's name. May be given more than once
    #[arg(long = "source", value_name = "FILE", required = true)]
    sources: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Exits with 1 when a statement is not borne out, so that a script can stop on it.
pub(super) fn run(args: &Args) -> Result<ExitCode> {
    let text = if args.text == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("cannot read standard input")?;
        text
    } else {
        read(&args.text)?
    };
    let sources = args.sources.iter().map(|path| source(path)).collect::<Result<Vec<_>>>()?;
    let verified = verify(&text, &sources);
    print(&if args.json { format!("{:#}\n", serde_json::to_value(&verified)?) } else { shown(&verified) })?;
    Ok(if verified.verdict >= Verdict::Unsupported { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn read(path: &Path) -> Result<String> {
    if !path.is_file() {
        return Err(Usage(format!("{} is not a file", path.display())).into());
    }
    std::fs::read_to_string(path).with_context(|| format!("cannot read {} as text", path.display()))
}

/// A source as ingest would read it, where it has a format that ingest knows.
fn source(path: &Path) -> Result<Foreign> {
    let text = read(path)?;
    let id = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    Ok(match ingest::parse(&path.to_string_lossy(), text.as_bytes()) {
        Ok(parsed) => Foreign { id, title: parsed.fields.title.clone(), text: parsed.text.as_str().to_owned() },
        Err(_) => Foreign { id, title: None, text },
    })
}

fn shown(verified: &Verified) -> String {
    let mut out = String::new();
    for statement in &verified.statements {
        let _ = writeln!(out, "{:<12} {}", name(statement.verdict), statement.text);
        for finding in &statement.findings {
            let _ = writeln!(out, "{:<12} - {}", "", finding.reason);
        }
    }
    let count = |verdict| verified.statements.iter().filter(|statement| statement.verdict == verdict).count();
    let all =
        [Verdict::Supported, Verdict::Partial, Verdict::Unverifiable, Verdict::Unsupported, Verdict::Contradicted];
    let counts: Vec<String> = all
        .into_iter()
        .filter(|verdict| count(*verdict) > 0)
        .map(|verdict| format!("{} {}", count(verdict), name(verdict)))
        .collect();
    let counts = if counts.is_empty() { "nothing to check".to_owned() } else { counts.join(", ") };
    let _ = writeln!(out, "\n{} statements: {counts}", verified.statements.len());
    out
}

fn name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Supported => "supported",
        Verdict::Partial => "partial",
        Verdict::Unverifiable => "unverifiable",
        Verdict::Unsupported => "unsupported",
        Verdict::Contradicted => "contradicted",
    }
}
