//! The reference of all keys, written from the configuration itself.

use std::fmt::Write;

use serde_json::{Map, Value};

use super::Config;

/// Every key with its default and meaning, as Markdown; `deploy/CONFIG.md` is this text.
pub fn reference() -> String {
    let schema = schemars::schema_for!(Config).to_value();
    // By way of the text: a value holds every number in 64 bits, and one of 32 would show digits that nobody wrote.
    let defaults = serde_json::to_string(&Config::default()).unwrap_or_default();
    let defaults: Value = serde_json::from_str(&defaults).unwrap_or_default();
    let mut out = String::from(
        "# Configuration\n\nWritten by `osler config`; a test compares. Keys of the TOML file that `--config` or `OSLER_CONFIG` names.\n",
    );
    for (name, property) in members(&schema["properties"]) {
        write_section(&mut out, &name, &property, &defaults[&name], &schema["$defs"]);
    }
    out.push_str(
        "\n## Environment\n\n| variable | meaning |\n|---|---|\n\
         | `OSLER_DATA` | data directory; `.osler/data` if unset |\n\
         | `OSLER_MODELS` | models directory; `osler/models` in the user's cache directory if unset |\n\
         | `OSLER_CONFIG` | configuration file |\n\
         | `XDG_CACHE_HOME` | the user's cache directory; `.cache` in the home directory if unset |\n\
         | `XDG_STATE_HOME` | where the log's guard is kept; `.local/state` in the home directory if unset |\n\
         | `OSLER_PYTHON` | the Python whose pip fetches wheels; `python3` if unset |\n\
         | `OSLER_LOG` | what is logged, as `tracing` filters say it |\n",
    );
    out
}

fn members(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// Writes the keys of a section, and then the sections below it.
fn write_section(out: &mut String, section: &str, property: &Value, defaults: &Value, kinds: &Value) {
    let name = property["$ref"].as_str().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    let definition = &kinds[name];
    let about = definition["description"].as_str().unwrap_or_default();
    let _ = write!(out, "\n## [{section}]\n\n{about}\n\n| key | default | meaning |\n|---|---|---|\n");
    let is_section = |key: &str, property: &Value| property["$ref"].is_string() && defaults[key].is_object();
    let (below, keys): (Vec<_>, Vec<_>) =
        members(&definition["properties"]).into_iter().partition(|(key, property)| is_section(key, property));
    for (key, property) in keys {
        let default = &defaults[&key];
        let default = if default.is_null() { "–".to_owned() } else { format!("`{default}`") };
        let meaning = property["description"].as_str().unwrap_or_default().replace('\n', " ");
        let _ = writeln!(out, "| `{key}` | {default} | {meaning} |");
    }
    for (key, property) in below {
        write_section(out, &format!("{section}.{key}"), &property, &defaults[&key], kinds);
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_number_is_written_with_the_digits_that_it_was_given() {
        let text = super::reference();
        assert!(text.contains("| `enough` | `1.01` |"), "{text}");
    }
}
