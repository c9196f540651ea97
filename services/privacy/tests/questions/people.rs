//! Names for made-up patients: half of them of words that the finder's lists do not hold.

use std::collections::HashSet;

use crate::random::Random;

const NAMES: &str = include_str!("people.txt");

/// A given name and a surname.
pub(crate) struct Person {
    pub(crate) given: &'static str,
    pub(crate) surname: &'static str,
    /// Whether the finder's lists hold neither.
    pub(crate) is_new: bool,
}

/// The names of one part of the list: given names and surnames that the finder knows, and those that it does not.
fn part(at: usize) -> Vec<&'static str> {
    NAMES.split("## ").nth(at + 1).unwrap().lines().skip(1).collect()
}

/// Who can be picked.
pub(crate) struct People {
    given: [Vec<&'static str>; 2],
    surnames: [Vec<&'static str>; 2],
}

impl People {
    pub(crate) fn new() -> Self {
        Self { given: [part(0), part(2)], surnames: [part(1), part(3)] }
    }

    /// Somebody: in five of eight cases a stranger to the lists, in one each by half.
    pub(crate) fn pick(&self, random: &mut Random) -> Person {
        let lot = random.within(0, 8);
        let (new_given, new_surname) = (lot < 6, lot < 5 || lot == 6);
        let given = random.pick(&self.given[usize::from(new_given)]);
        let surname = random.pick(&self.surnames[usize::from(new_surname)]);
        Person { given, surname, is_new: new_given && new_surname }
    }
}

/// A name as the lists are written, without the accents that the new names have.
fn plain(name: &str) -> String {
    const ACCENTS: [(&str, char); 16] = [
        ("áàâäãåæ", 'a'),
        ("çčć", 'c'),
        ("đð", 'd'),
        ("éèêëěę", 'e'),
        ("ğ", 'g'),
        ("íîïı", 'i'),
        ("ł", 'l'),
        ("ñńň", 'n'),
        ("óòôöõő", 'o'),
        ("ø", 'o'),
        ("ř", 'r'),
        ("śšß", 's'),
        ("ť", 't'),
        ("úùûüůű", 'u'),
        ("ý", 'y'),
        ("žźż", 'z'),
    ];
    let bare = |c: char| ACCENTS.iter().find(|(marked, _)| marked.contains(c)).map_or(c, |(_, bare)| *bare);
    name.to_lowercase().chars().map(bare).collect()
}

#[test]
fn the_new_names_are_new() {
    let lists = [include_str!("../../data/given.txt"), include_str!("../../data/surnames.txt")];
    let known: HashSet<&str> = lists.iter().flat_map(|list| list.lines()).collect();
    let new: Vec<&str> = part(2).into_iter().chain(part(3)).collect();
    for name in &new {
        assert!(plain(name).is_ascii() && plain(name).split('-').all(|part| !known.contains(part)), "{name}");
    }
    assert_eq!(new.iter().collect::<HashSet<_>>().len(), new.len());
    for name in part(0).into_iter().chain(part(1)) {
        assert!(known.contains(plain(name).replace('\'', "").as_str()), "{name}");
    }
}
