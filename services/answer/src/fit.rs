//! Which sentences may answer a question: those on the medicines that it names, and none that gives the patient what is ruled
//! out while there are others.

use crate::allergies::Allergies;
use crate::named::Named;
use crate::select::Selected;

/// What sentences are held against.
#[derive(Debug, Default)]
pub(crate) struct Fit {
    /// The medicines that the question is about, where passages on them were found.
    pub(crate) named: Option<Named>,
    /// What the patient must not have.
    pub(crate) allergies: Allergies,
    /// What the question is about, whoever the patient is.
    pub(crate) subject: String,
}

impl Fit {
    /// Leaves the sentences that may answer.
    pub(crate) fn keep(&self, chosen: &mut Vec<Selected>) {
        if let Some(named) = &self.named {
            named.keep(chosen);
        }
        self.allergies.keep(&self.subject, chosen);
    }
}
