//! The keys of `[ingest]`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How documents are taken in.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Ingest {
    /// Memory that reading one document may take, in MiB of address space.
    pub parser_memory_mib: u64,
    /// Processor time that reading one document may take, in seconds.
    pub parser_processor_s: u64,
    /// Time that reading one document may take, in seconds.
    pub parser_wall_s: u64,
    /// What all files of one archive may come to, in MiB.
    pub archive_mib: u64,
    /// Files in one archive, at most.
    pub archive_files: usize,
    /// Keep the files that documents came from, beside the text that was made of them.
    pub keep_originals: bool,
    /// Largest upload in the pages, all its files together, in MiB.
    pub upload_mib: usize,
    /// Leave what comes in staged whatever is asked, so that it is published by two people in the pages alone, and have policies
    /// of corpora changed there alone.
    pub two_people: bool,
    /// Look at the sources of all corpora as often as their manifests say, while serving.
    pub watch: bool,
    /// Environment variable that holds the id of the key to object stores.
    pub s3_access_key_env: Option<String>,
    /// Environment variable that holds its secret.
    pub s3_secret_key_env: Option<String>,
    /// Environment variable that holds the token of a key that was lent for a while.
    pub s3_session_token_env: Option<String>,
}

impl Default for Ingest {
    fn default() -> Self {
        Self {
            parser_memory_mib: 1024,
            parser_processor_s: 60,
            parser_wall_s: 120,
            archive_mib: 500,
            archive_files: 10_000,
            keep_originals: true,
            upload_mib: 100,
            two_people: false,
            watch: false,
            s3_access_key_env: None,
            s3_secret_key_env: None,
            s3_session_token_env: None,
        }
    }
}

impl Ingest {
    /// What one document may cost.
    pub fn cost(&self) -> ::ingest::Cost {
        ::ingest::Cost {
            memory: self.parser_memory_mib << 20,
            processor_s: self.parser_processor_s,
            wall_s: self.parser_wall_s,
        }
    }

    /// What an archive may come to.
    pub fn archives(&self) -> ::ingest::Limits {
        ::ingest::Limits { bytes: self.archive_mib << 20, files: self.archive_files }
    }
}
