//! Check digits and ranges. Each takes a value as it is written and reads its letters and digits only.
//!
//! Sources are the issuers' own descriptions: SSN (SSA Program Operations Manual RM 10201), NHS number and CHI (NHS Data
//! Dictionary), Luhn (ISO/IEC 7812-1), NPI (45 CFR 162.406: Luhn with the prefix 80840), DEA (21 CFR 1301), VIN (49 CFR 565), IBAN
//! (ISO 13616), GTIN (GS1 General Specifications), Verhoeff (Aadhaar).

/// The digits of a value.
pub(crate) fn digits(value: &str) -> Vec<u32> {
    value.bytes().filter(u8::is_ascii_digit).map(|byte| u32::from(byte - b'0')).collect()
}

/// How many digits a value has.
pub(crate) fn count_digits(value: &str) -> usize {
    value.bytes().filter(u8::is_ascii_digit).count()
}

fn letters_and_digits(value: &str) -> Vec<u8> {
    value.bytes().filter(u8::is_ascii_alphanumeric).map(|byte| byte.to_ascii_uppercase()).collect()
}

fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

fn luhn_of(digits: &[u32]) -> bool {
    let double = |(at, digit): (usize, &u32)| match (at % 2, *digit) {
        (1, digit) if digit > 4 => 2 * digit - 9,
        (1, digit) => 2 * digit,
        (_, digit) => digit,
    };
    digits.iter().rev().enumerate().map(double).sum::<u32>() % 10 == 0
}

/// Luhn's check over all digits.
pub(crate) fn luhn(value: &str) -> bool {
    luhn_of(&digits(value))
}

/// A payment card: 13 to 19 digits, a network's first digit, Luhn.
pub(crate) fn card(value: &str) -> bool {
    let digits = digits(value);
    (13..=19).contains(&digits.len()) && (2..=6).contains(&digits[0]) && luhn_of(&digits)
}

/// A social security number that can have been given.
pub(crate) fn ssn(value: &str) -> bool {
    let digits = digits(value);
    let number = |range: std::ops::Range<usize>| digits[range].iter().fold(0, |sum, digit| sum * 10 + digit);
    digits.len() == 9
        && !matches!(number(0..3), 0 | 666 | 900..)
        && number(3..5) != 0
        && number(5..9) != 0
        && digits.iter().any(|digit| *digit != digits[0])
}

/// An NHS number or a Scottish CHI number: the last of ten digits checks the others, modulo 11.
pub(crate) fn nhs(value: &str) -> bool {
    let digits = digits(value);
    digits.len() == 10
        && (11 - weighted(&digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 == digits[9]
        && digits.iter().any(|digit| *digit != digits[0])
}

/// A Canadian social insurance number.
pub(crate) fn sin(value: &str) -> bool {
    let digits = digits(value);
    digits.len() == 9 && !matches!(digits[0], 0 | 8) && luhn_of(&digits)
}

/// An Indian Aadhaar number: Verhoeff's check over twelve digits.
pub(crate) fn aadhaar(value: &str) -> bool {
    /// The group of a pentagon's symmetries, and the permutation of each place.
    const PRODUCT: [&[u8; 10]; 10] = [
        b"0123456789",
        b"1234067895",
        b"2340178956",
        b"3401289567",
        b"4012395678",
        b"5987604321",
        b"6598710432",
        b"7659821043",
        b"8765932104",
        b"9876543210",
    ];
    const PLACE: [&[u8; 10]; 8] = [
        b"0123456789",
        b"1576283094",
        b"5803796142",
        b"8916043527",
        b"9453126870",
        b"4286573901",
        b"2793806415",
        b"7046913258",
    ];
    let digits = digits(value);
    let step = |sum: usize, (at, digit): (usize, &u32)| {
        let placed = usize::from(PLACE[at % 8][*digit as usize] - b'0');
        usize::from(PRODUCT[sum][placed] - b'0')
    };
    digits.len() == 12 && digits[0] > 1 && digits.iter().rev().enumerate().fold(0, step) == 0
}

/// A Spanish DNI or NIE: the letter is the number modulo 23.
pub(crate) fn dni(value: &str) -> bool {
    let all = letters_and_digits(value);
    let [first, .., last] = all[..] else { return false };
    let lead = match first {
        b'X' => "0",
        b'Y' => "1",
        b'Z' => "2",
        _ => "",
    };
    let body = std::str::from_utf8(&all[usize::from(!lead.is_empty())..all.len() - 1]).unwrap_or_default();
    let number = format!("{lead}{body}").parse::<usize>();
    all.len() == 9 && number.is_ok_and(|number| b"TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] == last)
}

/// A French NIR with its key: 97 less the number modulo 97; Corsica's `2A` and `2B` count as 19 and 18.
pub(crate) fn nir(value: &str) -> bool {
    let all: String = letters_and_digits(value).into_iter().map(char::from).collect();
    let all = all.replacen("2A", "19", 1).replacen("2B", "18", 1);
    let (Some(body), Some(key)) = (all.get(..13), all.get(13..)) else { return false };
    let number = |text: &str| text.parse::<u64>().ok();
    key.len() == 2 && number(body).zip(number(key)).is_some_and(|(body, key)| 97 - body % 97 == key)
}

/// A Brazilian CPF: two check digits, modulo 11.
pub(crate) fn cpf(value: &str) -> bool {
    let digits = digits(value);
    let check = |length: u32| {
        let sum: u32 = digits.iter().zip((2..=length + 1).rev()).map(|(digit, weight)| digit * weight).sum();
        sum * 10 % 11 % 10
    };
    digits.len() == 11
        && check(9) == digits[9]
        && check(10) == digits[10]
        && digits.iter().any(|digit| *digit != digits[0])
}

/// A Polish PESEL.
pub(crate) fn pesel(value: &str) -> bool {
    let digits = digits(value);
    digits.len() == 11
        && (weighted(&digits, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) + digits[10]).is_multiple_of(10)
        && (1..=31).contains(&(digits[4] * 10 + digits[5]))
        && (1..=12).contains(&((digits[2] * 10 + digits[3]) % 20))
}

/// A Chinese resident identity number.
pub(crate) fn resident(value: &str) -> bool {
    let all = letters_and_digits(value);
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let digits = digits(value);
    all.len() == 18
        && digits.len() >= 17
        && all[..17].iter().all(u8::is_ascii_digit)
        && b"10X98765432"[weighted(&digits, &weights) as usize % 11] == all[17]
}

/// A Singaporean NRIC or FIN.
pub(crate) fn nric(value: &str) -> bool {
    let all = letters_and_digits(value);
    let digits = digits(value);
    if all.len() != 9 || digits.len() != 7 {
        return false;
    }
    let sum = weighted(&digits, &[2, 7, 6, 5, 4, 3, 2]) as usize;
    match all[0] {
        b'S' => b"JZIHGFEDCBA"[sum % 11] == all[8],
        b'T' => b"JZIHGFEDCBA"[(sum + 4) % 11] == all[8],
        b'F' => b"XWUTRQPNMLK"[sum % 11] == all[8],
        b'G' => b"XWUTRQPNMLK"[(sum + 4) % 11] == all[8],
        _ => false,
    }
}

/// A Finnish personal identity code.
pub(crate) fn hetu(value: &str) -> bool {
    let all = letters_and_digits(value);
    let number =
        value.bytes().filter(u8::is_ascii_digit).take(9).fold(0, |sum, byte| sum * 10 + usize::from(byte - b'0'));
    all.last().is_some_and(|last| b"0123456789ABCDEFHJKLMNPRSTUVWXY"[number % 31] == *last)
}

/// An Australian Medicare number: the ninth digit checks the first eight.
pub(crate) fn medicare_australia(value: &str) -> bool {
    let digits = digits(value);
    matches!(digits.len(), 10 | 11)
        && (2..=6).contains(&digits[0])
        && weighted(&digits, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == digits[8]
}

/// A national provider identifier: Luhn with the prefix of health in the United States.
pub(crate) fn npi(value: &str) -> bool {
    let digits = digits(value);
    let prefixed: Vec<u32> = [8, 0, 8, 4, 0].into_iter().chain(digits.iter().copied()).collect();
    digits.len() == 10 && matches!(digits[0], 1 | 2) && luhn_of(&prefixed)
}

/// A registration of the Drug Enforcement Administration: two letters, seven digits.
pub(crate) fn dea(value: &str) -> bool {
    let digits = digits(value);
    digits.len() >= 7 && {
        let digits = &digits[digits.len() - 7..];
        (digits[0] + digits[2] + digits[4] + 2 * (digits[1] + digits[3] + digits[5])) % 10 == digits[6]
    }
}

/// A vehicle identification number: the ninth sign checks the others.
pub(crate) fn vin(value: &str) -> bool {
    let all = letters_and_digits(value);
    let worth = |byte: u8| match byte {
        b'0'..=b'9' => u32::from(byte - b'0'),
        b'A'..=b'H' => u32::from(byte - b'A') + 1,
        b'J'..=b'N' => u32::from(byte - b'J') + 1,
        b'P' => 7,
        b'R' => 9,
        _ => u32::from(byte.saturating_sub(b'S')) + 2,
    };
    let weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let sum: u32 = all.iter().zip(weights).map(|(byte, weight)| worth(*byte) * weight).sum();
    all.len() == 17 && b"0123456789X"[sum as usize % 11] == all[8] && all.iter().any(u8::is_ascii_alphabetic)
}

/// An international bank account number.
pub(crate) fn iban(value: &str) -> bool {
    let all = letters_and_digits(value);
    let step = |sum: u32, byte: &u8| match byte {
        b'0'..=b'9' => (sum * 10 + u32::from(byte - b'0')) % 97,
        _ => (sum * 100 + u32::from(byte.saturating_sub(b'A')) + 10) % 97,
    };
    (15..=34).contains(&all.len()) && all[4..].iter().chain(&all[..4]).fold(0, step) == 1
}

/// A trade item number of 14 digits.
pub(crate) fn gtin(value: &str) -> bool {
    let digits = digits(value);
    digits.len() == 14 && weighted(&digits, &[3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]).is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published examples of the issuers and standards, which belong to nobody.
    #[test]
    fn published_examples_pass_and_a_changed_digit_does_not() {
        type Check = fn(&str) -> bool;
        let examples: [(&str, Check, &str, &str); 18] = [
            ("card", card, "4111 1111 1111 1111", "4111 1111 1111 1112"),
            ("amex", card, "3782 822463 10005", "3782 822463 10006"),
            ("nhs", nhs, "943 476 5919", "943 476 5918"),
            ("sin", sin, "130 692 544", "130 692 545"),
            ("aadhaar", aadhaar, "2341 2341 2346", "2341 2341 2347"),
            ("dni", dni, "12345678Z", "12345678A"),
            ("nie", dni, "X1234567L", "X1234567M"),
            ("nir", nir, "2 55 08 14 168 025 38", "2 55 08 14 168 025 39"),
            ("cpf", cpf, "529.982.247-25", "529.982.247-26"),
            ("pesel", pesel, "44051401359", "44051401358"),
            ("resident", resident, "11010519491231002X", "110105194912310021"),
            ("nric", nric, "S1234567D", "S1234567E"),
            ("hetu", hetu, "131052-308T", "131052-308U"),
            ("npi", npi, "1234567893", "1234567894"),
            ("vin", vin, "1M8GDM9AXKP042788", "1M8GDM9A1KP042788"),
            ("iban", iban, "GB82 WEST 1234 5698 7654 32", "GB82 WEST 1234 5698 7654 33"),
            ("gtin", gtin, "00012345678905", "00012345678906"),
            ("dea", dea, "AB1234563", "AB1234564"),
        ];
        for (name, check, good, bad) in examples {
            assert!(check(good), "{name} {good}");
            assert!(!check(bad), "{name} {bad}");
        }
        assert!(medicare_australia("2123 45670 1") && !medicare_australia("2123 45671 1"));
    }

    #[test]
    fn social_security_numbers_keep_to_their_ranges() {
        assert!(ssn("219-09-9998"));
        for never in ["000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000", "12-34-5678"] {
            assert!(!ssn(never), "{never}");
        }
    }

    #[test]
    fn no_value_makes_a_check_panic() {
        let checks: [fn(&str) -> bool; 20] = [
            luhn,
            card,
            ssn,
            nhs,
            sin,
            aadhaar,
            dni,
            nir,
            cpf,
            pesel,
            resident,
            nric,
            hetu,
            medicare_australia,
            npi,
            dea,
            vin,
            iban,
            gtin,
            |value| digits(value).len() == count_digits(value),
        ];
        for value in
            ["", "0", "A", "Z", "AAAAAAAAA", "00000000000000000000000000000000000000", "~~~", "XX99", "I0000000O"]
        {
            for check in checks {
                let _ = check(value);
            }
        }
    }
}
