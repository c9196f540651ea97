//! Words that build a sentence: the ends of clauses, instructions, auxiliaries, and words that say nothing by themselves.

use std::sync::LazyLock;

/// Nouns whose number or letter is a name: "type 2", "stage IV".
pub(crate) fn is_label(lower: &str) -> bool {
    matches!(
        lower,
        "type"
            | "stage"
            | "stages"
            | "grade"
            | "class"
            | "phase"
            | "group"
            | "step"
            | "table"
            | "figure"
            | "category"
            | "level"
            | "part"
    )
}

/// Nouns whose single letter is a name: "hepatitis B", "vitamin K".
pub(crate) fn takes_letter(lower: &str) -> bool {
    is_label(lower) || matches!(lower, "hepatitis" | "vitamin" | "influenza" | "pugh" | "arm" | "protein" | "plan")
}

/// Those whom a number counts.
pub(crate) fn is_counted(lower: &str) -> bool {
    matches!(
        lower,
        "patients"
            | "people"
            | "persons"
            | "participants"
            | "subjects"
            | "individuals"
            | "cases"
            | "children"
            | "infants"
            | "adults"
            | "women"
            | "men"
            | "deaths"
            | "events"
            | "studies"
            | "trials"
    )
}

/// Those of whom something is said.
pub(crate) fn is_person(lower: &str) -> bool {
    matches!(
        lower,
        "patients"
            | "patient"
            | "people"
            | "person"
            | "persons"
            | "individuals"
            | "children"
            | "infants"
            | "adults"
            | "adult"
            | "women"
            | "men"
            | "adolescents"
            | "babies"
            | "neonates"
    )
}

/// Words of little weight that matter once they are denied: "no effect".
pub(crate) fn is_outcome(lower: &str) -> bool {
    matches!(
        lower,
        "effect" | "effects" | "effective" | "association" | "associated" | "risk" | "evidence" | "need" | "changes"
    )
}

/// Words that end a clause.
pub(crate) fn ends_clause(lower: &str) -> bool {
    matches!(
        lower,
        "," | "."
            | ";"
            | "("
            | ")"
            | "["
            | "]"
            | "!"
            | "?"
            | "•"
            | "|"
            | "but"
            | "however"
            | "although"
            | "though"
            | "unless"
            | "while"
            | "whereas"
            | "because"
            | "which"
            | "who"
            | "if"
            | "when"
            | "until"
            | "till"
            | "since"
            | "then"
    )
}

/// Signs and words after which a part of the sentence stands for itself.
pub(crate) fn begins_part(lower: &str) -> bool {
    matches!(lower, ";" | "." | "•" | "|" | "but" | "then" | "while" | "whereas" | "however" | "although" | "though")
}

/// Words after a comma with which a clause goes on.
pub(crate) fn goes_on(lower: &str) -> bool {
    matches!(lower, "including" | "even" | "especially" | "particularly")
}

/// Words with which the first line of a list says of what it is, or asks that nothing be left undone: "Where they are
/// contraindicated:", "Do not delay:".
pub(crate) fn tells_of_what(lower: &str) -> bool {
    let asks = "how|what|why|if|when|whenever|where|who|whom|whose|which|that|unless|until|while|because|since|reason|reasons|criteria";
    let leaves = "delay|delayed|delaying|miss|missed|wait|forget|hesitate|overlook|ignore|neglect|unable|fail|fails|failed|absent";
    asks.split('|').chain(leaves.split('|')).any(|word| word == lower)
}

/// Verbs that begin an instruction.
pub(crate) fn is_instruction(lower: &str) -> bool {
    matches!(
        lower,
        "give"
            | "start"
            | "use"
            | "offer"
            | "administer"
            | "initiate"
            | "commence"
            | "prescribe"
            | "add"
            | "continue"
            | "treat"
            | "refer"
            | "measure"
            | "check"
            | "monitor"
            | "repeat"
            | "begin"
            | "apply"
            | "inject"
            | "infuse"
            | "switch"
            | "admit"
            | "advise"
            | "assess"
            | "screen"
            | "perform"
            | "insert"
            | "restart"
            | "choose"
            | "ensure"
            | "maintain"
            | "encourage"
            | "stop"
            | "avoid"
            | "withhold"
            | "discontinue"
            | "reduce"
            | "increase"
            | "exclude"
            | "obtain"
            | "provide"
            | "take"
    )
}

/// Participles with which a clause may end that has left its auxiliary to the one before: "X is stopped and Y started".
pub(crate) fn is_participle_of_instruction(lower: &str) -> bool {
    matches!(
        lower,
        "given"
            | "started"
            | "used"
            | "offered"
            | "administered"
            | "initiated"
            | "commenced"
            | "prescribed"
            | "added"
            | "continued"
            | "restarted"
            | "resumed"
            | "substituted"
            | "begun"
            | "increased"
            | "reduced"
    )
}

/// Verbs that help another one.
pub(crate) fn is_auxiliary(lower: &str) -> bool {
    matches!(
        lower,
        "is" | "are"
            | "was"
            | "were"
            | "be"
            | "been"
            | "has"
            | "have"
            | "had"
            | "do"
            | "does"
            | "did"
            | "should"
            | "must"
            | "may"
            | "might"
            | "can"
            | "could"
            | "will"
            | "would"
            | "shall"
    ) || is_contracted_negation(lower)
}

/// Verbs that help another one and deny it: "isn't", "cannot".
fn is_contracted_negation(lower: &str) -> bool {
    lower == "cannot"
        || lower.strip_suffix("nt").is_some_and(|verb| {
            matches!(
                verb,
                "is" | "are"
                    | "was"
                    | "were"
                    | "has"
                    | "have"
                    | "had"
                    | "do"
                    | "does"
                    | "did"
                    | "should"
                    | "must"
                    | "ca"
                    | "could"
                    | "wo"
                    | "would"
            )
        })
}

/// Words that say nothing by themselves.
pub(crate) fn is_function_word(lower: &str) -> bool {
    static WORDS: LazyLock<std::collections::HashSet<&'static str>> = LazyLock::new(|| {
        "a an the this that these those it its they them their there here he she his her him we our us you your i me my \
         is are was were be been being am has have had having do does did doing done will would shall \
         and or nor if then than as of to in on at by for from with within into onto over under above below between among \
         about per via through during towards upon out off up down again also both each every either any some all most more less \
         such same other others another own so very too just only even yet still already well much many few several not no \
         because since till while when where which who whom whose what how why until unless although though however but \
         can may might must should could ought need needs \
         example eg ie etc vs versus respectively including include includes included especially particularly usually generally often \
         further first last next one two"
            .split_whitespace()
            .collect()
    });
    WORDS.contains(lower)
}

/// Words of practice so common that a statement may use them where its source does not.
pub(crate) fn is_light_word(lower: &str) -> bool {
    static WORDS: LazyLock<std::collections::HashSet<&'static str>> = LazyLock::new(|| {
        "patient patients person people individual individuals case cases participant participants subject subjects \
         treatment treatments treat treated treating therapy therapies therapeutic drug drugs medicine medicines medication \
         medications agent agents dose doses dosage dosing amount amounts give given giving gives use used uses using usage \
         receive received receiving take taken takes taking administer administered administration start started starting \
         starts begin begins begun began beginning initiate initiated commence offer offered recommended recommend recommends recommendation \
         recommendations recommending suggest suggested advise advised advice guideline guidelines guidance evidence \
         clinical clinically clinician clinicians doctor doctors care management manage managed condition conditions \
         consider considered considering according follows states says stated said reported reports report shows showed shown show \
         found find finding study studies trial trials result results compared comparison comparing associated association \
         level levels value values rate rates risk group groups time times day days week weeks month months year years hour \
         hours minute minutes aged age initial initially total maximum minimum usual standard common commonly possible able \
         make made need needed requires require required necessary important provide provided based following followed \
         source sources document text occur occurs occurred develop develops present presents lead leads cause causes caused \
         good main overall per cent number range approximately around least greater lower higher increase increased decrease \
         decreased reduce reduced form forms type types indicated indicate indicates apply applies effect effects"
            .split_whitespace()
            .collect()
    });
    WORDS.contains(lower)
}
