//! The kinds of identifiers that text can show.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What something identifies a person by, after the list of 45 CFR 164.514(b)(2)(i). Biometrics and photographs are not text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = IdentifierClass)]
pub enum Class {
    /// The name of a person.
    Name,
    /// Where somebody lives: a street line, a postcode, a town that is said to be somebody's.
    Address,
    /// A date down to the day, or the month of a birth, an admission, a discharge or a death.
    Date,
    /// An age of 90 or more.
    Age,
    /// A telephone, fax or pager number.
    Phone,
    /// An e-mail address.
    Email,
    /// A number that a state gives a person: social security, NHS number, passport.
    NationalId,
    /// A number that a hospital gives a person or a visit, a specimen or a request.
    RecordNumber,
    /// A number of a health plan or its member.
    HealthPlan,
    /// An account, a bill, a card.
    Account,
    /// A certificate or a licence: of a driver, of a prescriber.
    Licence,
    /// A vehicle or its plate.
    Vehicle,
    /// A device or its serial number.
    Device,
    /// A web address.
    Url,
    /// An internet protocol address.
    Ip,
    /// Any other number that is somebody's own.
    Other,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Name,
        Self::Address,
        Self::Date,
        Self::Age,
        Self::Phone,
        Self::Email,
        Self::NationalId,
        Self::RecordNumber,
        Self::HealthPlan,
        Self::Account,
        Self::Licence,
        Self::Vehicle,
        Self::Device,
        Self::Url,
        Self::Ip,
        Self::Other,
    ];

    /// Its name on the wire, and between the brackets of a text that is blacked out.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Address => "address",
            Self::Date => "date",
            Self::Age => "age",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::NationalId => "national_id",
            Self::RecordNumber => "record_number",
            Self::HealthPlan => "health_plan",
            Self::Account => "account",
            Self::Licence => "licence",
            Self::Vehicle => "vehicle",
            Self::Device => "device",
            Self::Url => "url",
            Self::Ip => "ip",
            Self::Other => "other",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_written_as_it_is_called() {
        for class in Class::ALL {
            assert_eq!(serde_json::to_string(&class).unwrap(), format!("\"{class}\""));
        }
    }
}
