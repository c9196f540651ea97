//! What shapes a search beside the question and the snapshot: kept with the record of an answer, so that whoever asks again
//! knows what is another.

use knowledge::{Corpus, CorpusId, sha256_hex};

use crate::error::{Error, Result};
use crate::question::Question;
use crate::retrieve::Retriever;

/// What shapes a search beside the question and the snapshot: names of models, hashes, and what is switched on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Means {
    /// The model that turns questions into vectors.
    pub embedder: String,
    /// The model that orders passages, if one does.
    pub reranker: Option<String>,
    /// Whether other names of what is asked are searched for too.
    pub has_expansion: bool,
    /// SHA-256 of the thesaurus that has more of them, hexadecimal, if one is searched with.
    pub thesaurus: Option<String>,
    /// Whether kind, date and standing of a document count.
    pub has_priors: bool,
    /// SHA-256 of the policies of the corpora that are searched, hexadecimal.
    pub policies: String,
}

impl Retriever {
    /// By what means it searches these corpora.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn means(&self, corpora: &[CorpusId]) -> Result<Means> {
        // By id, whatever the order in which they were named.
        let mut policies: Vec<Corpus> = self.ledger.corpora()?;
        policies.retain(|corpus| corpora.contains(&corpus.id));
        let policies = serde_json::to_vec(&policies).map_err(|error| Error::Internal(error.into()))?;
        let thesaurus = self.thesaurus.as_ref().filter(|_| self.has_expansion);
        Ok(Means {
            embedder: self.embedder.id().to_owned(),
            reranker: self.reranker.as_ref().map(|reranker| reranker.id().to_owned()),
            has_expansion: self.has_expansion,
            thesaurus: thesaurus.map(|imported| imported.about().sha256.clone()),
            has_priors: self.has_priors,
            policies: sha256_hex(&policies),
        })
    }

    /// The corpora that a question looks into.
    pub(crate) fn searched(&self, question: &Question) -> Result<Vec<CorpusId>> {
        if !question.filters.corpora.is_empty() {
            return Ok(question.filters.corpora.clone());
        }
        Ok(self.ledger.corpora()?.into_iter().map(|corpus| corpus.id).collect())
    }
}
