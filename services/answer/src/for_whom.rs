//! For whom a sentence is, by what it states and by what stands above it.

use std::ops::Range;
use std::sync::LazyLock;

use knowledge::{Evidence, Kind};
use regex::Regex;

use crate::bands::{Band, Form, Interval, Quantity, bands};
use crate::levels::{CLEARANCE, FILTRATION};
use crate::pattern::{Pattern, is_match};
use crate::rows::{Cell, cells};
use crate::whom::{Either, Whom};

/// A band that a text states, and what may be concluded from it.
pub(crate) struct Mention {
    pub(crate) within: Interval,
    /// In words, such as "children".
    pub(crate) is_word: bool,
    /// Whether the text is for those in it alone.
    pub(crate) is_scope: bool,
}

/// Sentences that say for whom something is not: that it is not for somebody else either does not follow.
static LIMITS: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:contraindicat\w*|avoid\w*|not|never|withh\w+|stop\w*|no longer|refer\w*|caution|unless|except|halved?|reduced?)\b").ok()
});

/// Columns that say for whom a row is.
static SUBJECT: Pattern = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:populations?|patients?|age|weight|group|who|option|situation|presentation|severity|finding|category|score|stage)\b").ok()
});

/// What stands above a sentence, nearest first, as it was read.
pub(crate) struct Above(Vec<Heading>);

struct Heading {
    ages: Vec<Mention>,
    whom: Whom,
    is_title: bool,
}

impl Above {
    pub(crate) fn of(evidence: &Evidence) -> Self {
        // The title of a case report names its patient, not those whom it is for.
        let title = (evidence.document.kind != Kind::CaseLiterature).then_some(evidence.document.title.as_str());
        Self::read(evidence.section.iter().rev().map(String::as_str), title)
    }

    pub(crate) fn read<'t>(sections: impl IntoIterator<Item = &'t str>, title: Option<&'t str>) -> Self {
        let heading = |is_title| {
            move |text| Heading { ages: Stated::heading(text).ages(), whom: Whom::of(text, false), is_title }
        };
        Self(sections.into_iter().map(heading(false)).chain(title.map(heading(true))).collect())
    }

    /// The ages of the nearest heading that states any.
    pub(crate) fn ages(&self) -> &[Mention] {
        self.0.iter().map(|heading| heading.ages.as_slice()).find(|ages| !ages.is_empty()).unwrap_or_default()
    }

    /// Whom the nearest heading is for that says so.
    pub(crate) fn nearest(&self, is_for: fn(&Whom) -> Either) -> Either {
        Self::first(self.0.iter(), is_for)
    }

    /// The same, without the title.
    pub(crate) fn sections(&self, is_for: fn(&Whom) -> Either) -> Either {
        Self::first(self.0.iter().filter(|heading| !heading.is_title), is_for)
    }

    fn first<'h>(mut headings: impl Iterator<Item = &'h Heading>, is_for: fn(&Whom) -> Either) -> Either {
        headings.find_map(|heading| Some(is_for(&heading.whom)).filter(|said| said.is_stated())).unwrap_or_default()
    }
}

/// A sentence or heading, with what it states.
pub(crate) struct Stated<'t> {
    text: &'t str,
    cells: Vec<Cell<'t>>,
    bands: Vec<Band>,
    /// Where it says for whom it is, and the people there.
    whom: Vec<Whom>,
    is_list: bool,
    is_limit: bool,
}

impl<'t> Stated<'t> {
    pub(crate) fn read(text: &'t str, is_list: bool) -> Self {
        let (cells, bands) = (cells(text), bands(text));
        let is_limit = cells.is_empty() && is_match(&LIMITS, text);
        let ages = || bands.iter().filter(|band| band.quantity == Quantity::Age);
        let masked = masked(text, ages().map(|band| band.at.clone()));
        let whom = |at: Range<usize>| masked.get(at).map(|part| Whom::of(part, ages().next().is_some()));
        let whom: Vec<Whom> = match cells.as_slice() {
            [] => whom(0..text.len()).into_iter().collect(),
            cells => {
                let labels = cells.iter().filter_map(|cell| whom(cell.at.start..cell.value));
                let is_subject = |(at, cell): &(usize, &Cell<'_>)| *at == 0 || is_match(&SUBJECT, cell.label);
                let subjects = cells.iter().enumerate().filter(is_subject);
                labels.chain(subjects.filter_map(|(_, cell)| whom(cell.value..cell.at.end))).collect()
            }
        };
        Self { text, cells, bands, whom, is_list, is_limit }
    }

    fn heading(text: &'t str) -> Self {
        Self { is_limit: false, ..Self::read(text, false) }
    }

    /// Whether those whom it does not name are left out.
    pub(crate) fn may_exclude(&self) -> bool {
        !self.is_limit
    }

    /// Whom it is for by its own words, where they say so.
    pub(crate) fn own(&self, is_for: fn(&Whom) -> Either) -> Option<Either> {
        let said = self.whom.iter().map(is_for).fold(Either::default(), Either::joined);
        said.is_stated().then_some(said)
    }

    pub(crate) fn mentions(&self, quantity: Quantity) -> Vec<Mention> {
        let of_it = self.bands.iter().filter(|band| band.quantity == quantity);
        let mention = |band: &Band| Mention { within: band.within, is_word: false, is_scope: self.is_scope(band) };
        of_it.map(mention).collect()
    }

    pub(crate) fn ages(&self) -> Vec<Mention> {
        let mut ages = self.mentions(Quantity::Age);
        let word = |within: &Interval| Mention { within: *within, is_word: true, is_scope: self.may_exclude() };
        ages.extend(self.whom.iter().flat_map(|whom| &whom.ages).map(word));
        ages
    }

    /// Whether a band says for whom the whole is: in a row where it stands in the first cell, fills one, or stands under a name
    /// such as "Population"; in a sentence where it bounds age or weight, or is a range. A sentence on a score or a laboratory
    /// value mostly goes through several of its ranges, and not all of them are read.
    fn is_scope(&self, band: &Band) -> bool {
        if self.is_list {
            return false;
        }
        if self.cells.is_empty() {
            let is_scope = match band.quantity {
                Quantity::Age | Quantity::Weight => true,
                Quantity::Named(name) => band.form == Form::Range && matches!(name, FILTRATION | CLEARANCE),
                _ => band.form == Form::Range,
            };
            return self.may_exclude() && is_scope;
        }
        let is_blank = |at: Range<usize>| self.text.get(at).is_some_and(|text| text.trim().is_empty());
        self.cells.iter().enumerate().filter(|(_, cell)| cell.at.contains(&band.at.start)).any(|(place, cell)| {
            place == 0
                || is_match(&SUBJECT, cell.label)
                || is_blank(cell.value..band.at.start) && is_blank(band.at.end..cell.at.end)
        })
    }
}

/// A text of the same length with blanks in some places of it.
fn masked(text: &str, places: impl Iterator<Item = Range<usize>>) -> String {
    let mut masked = text.to_owned();
    for place in places {
        let blank = " ".repeat(place.len());
        masked.replace_range(place, &blank);
    }
    masked
}
