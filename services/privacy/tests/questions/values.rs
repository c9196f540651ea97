//! Values of every class, with check digits reckoned here and not by the finder.

use crate::random::Random;

fn number(text: &str) -> Vec<u64> {
    text.bytes().map(|byte| u64::from(byte - b'0')).collect()
}

/// The digit that completes `body` by Luhn's rule.
fn luhn(body: &str) -> u64 {
    let sum: u64 = number(body)
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| if at % 2 == 0 { [0, 2, 4, 6, 8, 1, 3, 5, 7, 9][*digit as usize] } else { *digit })
        .sum();
    (10 - sum % 10) % 10
}

/// Groups of digits: `grouped("1234567", &[3, 4], "-")` is `123-4567`.
fn grouped(digits: &str, groups: &[usize], between: &str) -> String {
    let mut at = 0;
    let parts: Vec<&str> = groups
        .iter()
        .map(|length| {
            at += length;
            &digits[at - length..at]
        })
        .collect();
    parts.join(between)
}

pub(crate) fn ssn(random: &mut Random) -> String {
    let area = [random.within(1, 666), random.within(667, 900)][random.within(0, 2) as usize];
    format!("{area:03}-{:02}-{:04}", random.within(1, 100), random.within(1, 10_000))
}

pub(crate) fn nhs(random: &mut Random) -> String {
    loop {
        let body = format!("{}{}", random.pick(&["4", "6", "7"]), random.digits(8));
        let sum: u64 = number(&body).iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
        let check = (11 - sum % 11) % 11;
        if check < 10 {
            let all = format!("{body}{check}");
            return if random.within(0, 3) == 0 { all } else { grouped(&all, &[3, 3, 4], " ") };
        }
    }
}

pub(crate) fn sin(random: &mut Random) -> String {
    let body = format!("{}{}", random.within(1, 8), random.digits(7));
    grouped(&format!("{body}{}", luhn(&body)), &[3, 3, 3], random.pick(&["-", " "]))
}

/// Any of several states' numbers that show what they are.
pub(crate) fn national(random: &mut Random) -> String {
    match random.within(0, 6) {
        0 | 1 => ssn(random),
        2 => nhs(random),
        3 => sin(random),
        4 => format!(
            "{}{} {:02} {:02} {:02} {}",
            random.pick(&["A", "C", "E", "J", "P", "S"]),
            random.pick(&["B", "E", "J", "M", "R"]),
            random.within(0, 100),
            random.within(0, 100),
            random.within(0, 100),
            random.pick(&["A", "B", "C", "D"])
        ),
        _ => {
            let body = random.within(10_000_000, 99_999_999);
            format!("{body}{}", char::from(b"TRWAGMYFPDXBNJZSQVHLCKE"[body as usize % 23]))
        }
    }
}

pub(crate) fn phone(random: &mut Random) -> String {
    let (a, b, c) = (random.within(201, 990), random.within(200, 1000), random.within(0, 10_000));
    match random.within(0, 11) {
        0 => format!("({a}) {b}-{c:04}"),
        1 => format!("{a}-{b}-{c:04}"),
        2 => format!("{a}.{b}.{c:04}"),
        3 => format!("+1 {a} {b} {c:04}"),
        4 => format!("+1-{a}-{b}-{c:04}"),
        5 => format!("07{} {}", random.digits(3), random.digits(6)),
        6 => format!("020 7{} {}", random.digits(3), random.digits(4)),
        7 => format!("+44 7{} {}", random.digits(3), random.digits(6)),
        8 => format!("0803 {} {}", random.digits(3), random.digits(4)),
        9 => format!("+91 9{} {}", random.digits(4), random.digits(5)),
        _ => format!("01 {} {} {} {}", random.digits(2), random.digits(2), random.digits(2), random.digits(2)),
    }
}

/// A number that only the words before it make a telephone number.
pub(crate) fn local_phone(random: &mut Random) -> String {
    format!("{}-{:04}", random.within(220, 990), random.within(1000, 10_000))
}

pub(crate) fn email(random: &mut Random, given: &str, surname: &str) -> String {
    let plain =
        |name: &str| -> String { name.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_lowercase() };
    let (given, surname) = (plain(given), plain(surname));
    let host = random.pick(&[
        "example.org",
        "mail.example.co.uk",
        "hospital.example",
        "example-clinic.com",
        "students.example.edu",
    ]);
    match random.within(0, 4) {
        0 => format!("{given}.{surname}@{host}"),
        1 => format!("{surname}{}@{host}", random.within(1, 99)),
        2 => format!("{given}_{surname}+{}@{host}", random.within(1, 99)),
        _ => format!("{given}-{}@{host}", random.within(1900, 2020)),
    }
}

pub(crate) fn url(random: &mut Random) -> String {
    match random.within(0, 5) {
        0 => format!("https://portal.example.org/patients/{}", random.digits(6)),
        1 => format!("http://www.example.com/p?id={}&view=labs", random.digits(7)),
        2 => format!("www.example-hospital.org/records/{}", random.digits(5)),
        3 => format!("facebook.com/profile.{}", random.digits(8)),
        _ => format!("https://imaging.example.net:8443/study/{}/series/2", random.digits(9)),
    }
}

pub(crate) fn ip(random: &mut Random) -> String {
    match random.within(0, 4) {
        0 => format!(
            "2001:db8:{:x}::{:x}:{:x}",
            random.within(1, 65_535),
            random.within(1, 65_535),
            random.within(16, 65_535)
        ),
        _ => format!(
            "{}.{}.{}.{}",
            random.pick(&["192.168", "172.16", "10.40", "203.0", "81.2"]).split('.').next().unwrap_or("10"),
            random.within(32, 255),
            random.within(0, 255),
            random.within(1, 255)
        ),
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(crate) fn date(random: &mut Random) -> String {
    let (day, month, year) = (random.within(1, 29), random.within(1, 13), random.within(1925, 2026));
    let name = MONTHS[month as usize - 1];
    match random.within(0, 12) {
        0 => format!("{day:02}/{month:02}/{year}"),
        1 => format!("{month}/{day}/{year}"),
        2 => format!("{year}-{month:02}-{day:02}"),
        3 => format!("{day:02}.{month:02}.{year}"),
        4 => format!("{day:02}-{month:02}-{year}"),
        5 => format!("{day} {name} {year}"),
        6 => format!("{name} {day}, {year}"),
        7 => format!("{day}-{}-{year}", &name[..3]),
        8 => format!("{day}{} of {name} {year}", ["th", "st", "nd", "rd"][if day < 4 { day as usize } else { 0 }]),
        9 => format!("{} {day} {year}", &name[..3]),
        10 => format!("{day:02}/{month:02}/{:02}", year % 100),
        _ => format!("{day} {} {year}", &name[..3]),
    }
}

pub(crate) fn age(random: &mut Random) -> String {
    random.within(90, 108).to_string()
}

pub(crate) fn record(random: &mut Random) -> String {
    match random.within(0, 7) {
        0 => random.digits(6),
        1 => random.digits(8),
        2 => format!("{}{}", random.letters(1), random.digits(7)),
        3 => grouped(&random.digits(8), &[2, 2, 2, 2], "-"),
        4 => format!("{}-{}", random.letters(2), random.digits(6)),
        5 => format!("00{}", random.digits(7)),
        _ => format!("{}-{}", random.within(18, 27), random.digits(5)),
    }
}

pub(crate) fn plan(random: &mut Random) -> String {
    match random.within(0, 3) {
        0 => format!("{}{}", random.letters(3), random.digits(9)),
        1 => grouped(&random.digits(10), &[2, 8], "-"),
        _ => random.digits(11),
    }
}

/// A Medicare beneficiary identifier, by its published format.
pub(crate) fn beneficiary(random: &mut Random) -> String {
    let letters = b"ACDEFGHJKMNPQRTUVWXY".map(|byte| if byte == b'Q' { b'K' } else { byte });
    let mut letter = || char::from(letters[random.within(0, 20) as usize]);
    let (a, b, c, d) = (letter(), letter(), letter(), letter());
    format!(
        "{}{a}{}{}-{b}{}{}-{c}{d}{}{}",
        random.within(1, 10),
        random.within(0, 10),
        random.within(0, 10),
        random.within(0, 10),
        random.within(0, 10),
        random.within(0, 10),
        random.within(0, 10)
    )
}

pub(crate) fn card(random: &mut Random) -> String {
    let body = format!("{}{}", random.pick(&["4", "51", "52", "55"]), random.digits(15));
    let body = &body[..15];
    grouped(&format!("{body}{}", luhn(body)), &[4, 4, 4, 4], random.pick(&[" ", "-", ""]))
}

pub(crate) fn account(random: &mut Random) -> String {
    let length = random.within(8, 13) as usize;
    random.digits(length)
}

pub(crate) fn iban(random: &mut Random) -> String {
    let (bank, account) = (random.letters(4), random.digits(14));
    let value = |check: &str| {
        let turned = format!("{bank}{account}GB{check}");
        turned.bytes().fold(0_u64, |sum, byte| match byte {
            b'0'..=b'9' => (sum * 10 + u64::from(byte - b'0')) % 97,
            _ => (sum * 100 + u64::from(byte - b'A') + 10) % 97,
        })
    };
    let check = 98 - value("00");
    format!("GB{check:02} {bank} {}", grouped(&account, &[4, 4, 4, 2], " "))
}

pub(crate) fn npi(random: &mut Random) -> String {
    let body = format!("{}{}", random.within(1, 3), random.digits(8));
    format!("{body}{}", luhn(&format!("80840{body}")))
}

pub(crate) fn dea(random: &mut Random) -> String {
    let body = random.digits(6);
    let digits = number(&body);
    let check = (digits[0] + digits[2] + digits[4] + 2 * (digits[1] + digits[3] + digits[5])) % 10;
    format!("{}{}{body}{check}", random.pick(&["A", "B", "F", "M"]), random.letters(1))
}

pub(crate) fn licence(random: &mut Random) -> String {
    match random.within(0, 3) {
        0 => format!("{}{}", random.letters(1), random.digits(7)),
        1 => random.digits(9),
        _ => format!("{}-{}", random.letters(2), random.digits(6)),
    }
}

pub(crate) fn vin(random: &mut Random) -> String {
    let signs = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789";
    let worth = |sign: char| match sign {
        '0'..='9' => u64::from(sign as u32 - '0' as u32),
        _ => "_ABCDEFGH".find(sign).or("_JKLMN_P_R".find(sign)).or("__STUVWXYZ".find(sign)).unwrap_or(0) as u64,
    };
    let mut all: Vec<char> = (0..17).map(|_| signs.as_bytes()[random.within(0, 33) as usize] as char).collect();
    // The last five are digits in every maker's numbers.
    for sign in &mut all[12..] {
        *sign = char::from(b'0' + random.within(0, 10) as u8);
    }
    let weights = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let sum: u64 = all.iter().zip(weights).map(|(sign, weight)| worth(*sign) * weight).sum();
    all[8] = "0123456789X".as_bytes()[sum as usize % 11] as char;
    all.into_iter().collect()
}

pub(crate) fn plate(random: &mut Random) -> String {
    match random.within(0, 4) {
        0 => format!("{}{:02} {}", random.letters(2), random.within(1, 76), random.letters(3)),
        1 => format!("{}-{}", random.letters(3), random.digits(4)),
        2 => format!("{}{}{}", random.digits(1), random.letters(3), random.digits(3)),
        _ => format!("{} {}", random.letters(3), random.digits(3)),
    }
}

pub(crate) fn udi(random: &mut Random) -> String {
    let body = format!("0{}", random.digits(12));
    let sum: u64 =
        number(&body).iter().enumerate().map(|(at, digit)| if at % 2 == 0 { digit * 3 } else { *digit }).sum();
    let check = (10 - sum % 10) % 10;
    format!("(01){body}{check}(17)2{}1130(21){}{}", random.within(5, 9), random.letters(2), random.digits(6))
}

pub(crate) fn serial(random: &mut Random) -> String {
    match random.within(0, 3) {
        0 => format!("{}{}", random.letters(3), random.digits(6)),
        1 => format!("{}{}{}", random.letters(3), random.digits(6), random.letters(1)),
        _ => random.digits(9),
    }
}

pub(crate) fn street(random: &mut Random, surname: &str) -> String {
    let name = random.pick(&[
        "Oak",
        "Station",
        "Ashworth",
        "Victoria",
        "Elm",
        "Martin Luther King",
        "Sunset",
        "Old Mill",
        surname,
    ]);
    let kind = random.pick(&[
        "Street", "Road", "Avenue", "Lane", "Drive", "Crescent", "Close", "Blvd", "Rd", "Ave", "Court", "Terrace",
    ]);
    let number = random.within(1, 4_000);
    match random.within(0, 6) {
        0 => format!("{number} {name} {kind}, {}", postcode(random)),
        1 => format!("{number} {name} {kind}, Rochester, MN {:05}", random.within(10_001, 99_900)),
        2 => format!("Flat {}, {number} {name} {kind}", random.within(1, 40)),
        3 => format!("{number} {name} {kind}, Apt {}B", random.within(1, 40)),
        _ => format!("{number} {name} {kind}"),
    }
}

pub(crate) fn postcode(random: &mut Random) -> String {
    let letters = |random: &mut Random| {
        let set = b"ABDEFGHJLNPQRSTUWXYZ".map(char::from);
        format!("{}{}", set[random.within(0, 20) as usize], set[random.within(0, 20) as usize])
    };
    match random.within(0, 4) {
        0 => format!(
            "{}{} {}{}",
            random.pick(&["SW", "LS", "EH", "CF", "BT", "NE"]),
            random.within(1, 20),
            random.within(0, 10),
            letters(random)
        ),
        1 => format!("M{} {}{}", random.within(1, 40), random.within(0, 10), letters(random)),
        2 => format!("K{}A {}B{}", random.within(0, 10), random.within(0, 10), random.within(0, 10)),
        _ => format!(
            "{} {:05}-{:04}",
            random.pick(&["MN", "CA", "NY", "TX"]),
            random.within(10_001, 99_900),
            random.within(1, 9_999)
        ),
    }
}

pub(crate) fn badge(random: &mut Random) -> String {
    random.digits(6)
}
