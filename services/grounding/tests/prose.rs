//! Ordinary prose of guidelines: conditions, headings, lists and orders that are no contradiction, beside those that are.

use grounding::{Check, Foreign, Source, check, denied_from_above, verify};
use knowledge::Verdict::{self, Contradicted, Partial, Supported, Unsupported};

fn found(statement: &str, source: &str, heading: Option<&str>) -> Check {
    check(statement, &Source::new(source, heading))
}

#[track_caller]
fn is_not_contradicted(statement: &str, source: &str) {
    let check = found(statement, source, None);
    assert_ne!(check.verdict, Contradicted, "{statement:?} against {source:?}: {:?}", check.reason);
}

#[track_caller]
fn is_contradicted(statement: &str, source: &str) {
    let check = found(statement, source, None);
    assert_eq!(check.verdict, Contradicted, "{statement:?} against {source:?}: {:?}", check.reason);
}

#[track_caller]
fn holds(statement: &str, source: &str) {
    let check = found(statement, source, None);
    assert_eq!(check.verdict, Supported, "{statement:?} against {source:?}: {:?}", check.reason);
}

#[test]
fn conditions_contradict_only_the_same_condition() {
    for (statement, source) in [
        (
            "Avoid benzodiazepines in older adults when they have delirium.",
            "Benzodiazepines should be avoided in older adults with delirium unless other measures have failed.",
        ),
        (
            "Thrombolysis is not given when a direct oral anticoagulant was taken within 48 hours.",
            "Thrombolysis is not given within 48 hours of a direct oral anticoagulant unless specific tests are normal.",
        ),
        (
            "Monitor levels weekly, then every 3 months when stable.",
            "Monitor levels weekly until stable, then every 3 months.",
        ),
        (
            "The dose is adjusted only if eGFR is below 30 mL/min.",
            "No dose adjustment is needed unless eGFR is below 30 mL/min.",
        ),
        ("Adjust the dose if eGFR is below 30 mL/min.", "Do not adjust the dose unless eGFR is below 30 mL/min."),
        ("Give fluids if there is no shock.", "Give fluids unless there is shock."),
    ] {
        is_not_contradicted(statement, source);
    }
    for (statement, source) in [
        (
            "Do not use benzodiazepines unless the patient has alcohol withdrawal.",
            "Do not use benzodiazepines if the patient has alcohol withdrawal.",
        ),
        (
            "Do not use benzodiazepines if the patient has alcohol withdrawal.",
            "Do not use benzodiazepines unless the patient has alcohol withdrawal.",
        ),
        ("Continue if the fever resolves.", "Continue until the fever resolves."),
        ("Monitor levels weekly when stable.", "Monitor levels weekly until stable."),
        ("Do not eat after surgery.", "Do not eat until surgery."),
    ] {
        is_contradicted(statement, source);
    }
}

#[test]
fn all_and_first_are_held_against_the_same_noun() {
    is_not_contradicted(
        "All adults with hypoxaemia need oxygen.",
        "Adults with hypoxaemia need oxygen; some need ventilation as well.",
    );
    holds("The first dose is given in hospital.", "The initial dose is given in hospital and the second at home.");
    is_contradicted("All patients need oxygen.", "Some people need oxygen.");
    is_contradicted("Avoid it in the first trimester.", "Avoid it in the third trimester.");
    is_contradicted("The initial scan is done at home.", "The second scan is done at home.");
}

#[test]
fn what_the_text_says_of_another_does_not_take_the_heading_away() {
    for (statement, source, heading) in [
        (
            "Give salbutamol 5 mg by nebuliser.",
            "The dose is 5 mg by nebuliser, repeated as needed; add ipratropium if severe.",
            "Salbutamol in acute asthma",
        ),
        (
            "The salbutamol dose is 5 mg by nebuliser.",
            "The dose is 5 mg by nebuliser. Add ipratropium if severe.",
            "Salbutamol in acute asthma",
        ),
        (
            "In women with cystitis give nitrofurantoin for 3 days.",
            "Give nitrofurantoin for 3 days; men take it for 7 days.",
            "Cystitis in women",
        ),
        (
            "Give paracetamol 15 mg/kg intravenously.",
            "Give 15 mg/kg; switch to oral treatment when possible.",
            "Intravenous paracetamol",
        ),
    ] {
        let check = found(statement, source, Some(heading));
        assert!(check.verdict <= Partial, "{statement}: {:?}", check.reason);
    }
    for (statement, source, heading) in [
        (
            "Give adults 15 mg/kg of paracetamol.",
            "Give children 15 mg/kg of paracetamol.",
            "Paracetamol in adults and children",
        ),
        (
            "In women give nitrofurantoin for 7 days.",
            "Give nitrofurantoin for 3 days; men take it for 7 days.",
            "Cystitis in women",
        ),
        (
            "Give adults 15 mg/kg of paracetamol.",
            "Give children 15 mg/kg of paracetamol; infants take 15 mg/kg.",
            "Paracetamol in adults and children",
        ),
        ("Give salbutamol 5 mg.", "Give ipratropium 5 mg; repeat if severe.", "Salbutamol and ipratropium"),
    ] {
        let check = found(statement, source, Some(heading));
        assert!(check.verdict >= Unsupported, "{statement}: {:?}", check.reason);
    }
}

#[test]
fn a_lead_denies_its_items_only_by_its_main_clause() {
    for lead in [
        "Where anticoagulants are contraindicated:",
        "Penicillin contraindicated:",
        "Pain not controlled:",
        "Patients not responding to inhalers:",
        "Do not delay treatment:",
        "How to avoid kidney stones:",
        "What not to miss:",
        "Stop smoking:",
    ] {
        let source = format!("{lead}\n- give fluids and morphine early\n- refer to a specialist");
        holds("Give fluids and morphine early.", &source);
        assert_eq!(denied_from_above(&source), []);
    }
    for lead in [
        "Do not:",
        "Avoid:",
        "In pregnancy, avoid:",
        "In children do not:",
        "Never:",
        "You should not:",
        "Metformin is contraindicated in:",
        "Contraindications:",
    ] {
        let source = format!("{lead}\n- give fluids and morphine early\n- refer to a specialist");
        is_contradicted("Give fluids and morphine early.", &source);
        assert_eq!(denied_from_above(&source).len(), 2, "{lead}");
    }
}

#[test]
fn lines_without_marks_below_a_denial_may_be_its_items() {
    let partial = |statement: &str, source: &str| {
        let check = found(statement, source, None);
        assert_eq!(check.verdict, Partial, "{statement:?} against {source:?}: {:?}", check.reason);
    };
    partial("Give adrenaline intravenously.", "Do not:\nGive adrenaline intravenously");
    partial("Wait for the rash.", "Do not:\n\nGive adrenaline intravenously\nWait for the rash\n\nCall for help");
    partial("Metformin can be used in pregnancy.", "Metformin is contraindicated in:\nPregnancy");
    holds("Metformin is contraindicated in pregnancy.", "Metformin is contraindicated in:\nPregnancy");
    let list = "Do not use it in:\nPregnancy\nBreastfeeding\nChildren";
    assert!(found("Use it in children.", list, None).verdict >= Partial);
    holds("Do not use it in children.", list);
    holds("Call for help.", "Do not:\n\nGive adrenaline intravenously\nWait for the rash\n\nCall for help.");
    let text = "Do not:\nGive adrenaline.\nCall for help.";
    assert_eq!(denied_from_above(text).len(), 1);
}

#[test]
fn medicines_denied_on_both_sides_are_no_choice() {
    holds(
        "Do not give aspirin or ibuprofen in renal failure.",
        "Aspirin and ibuprofen are contraindicated in renal failure.",
    );
    assert_eq!(found("Give aspirin and clopidogrel.", "Give aspirin or clopidogrel.", None).verdict, Partial);
}

#[test]
fn excluding_a_disease_makes_no_exception() {
    holds(
        "CT is done to exclude haemorrhage before thrombolysis.",
        "CT is done, excluding haemorrhage, before thrombolysis.",
    );
    is_contradicted("Aspirin is recommended in asthma.", "Aspirin is recommended, excluding patients with asthma.");
}

fn verdicts(text: &str, source: &str) -> Vec<Verdict> {
    let source = Foreign { id: None, title: None, text: source.into() };
    verify(text, &[source]).statements.into_iter().map(|statement| statement.verdict).collect()
}

#[test]
fn headings_of_two_words_state_nothing() {
    for heading in ["## Treat pain", "## Refer urgently", "### Monitor response", "### No evidence", "**Avoid NSAIDs**"]
    {
        assert_eq!(verdicts(heading, "Give aspirin."), [], "{heading}");
    }
    assert_eq!(verdicts("Avoid NSAIDs", "Give NSAIDs."), []);
    for order in ["Avoid NSAIDs.", "- Avoid NSAIDs", "Avoid NSAIDs [1]", "**Avoid NSAIDs.**"] {
        assert_eq!(verdicts(order, "Give NSAIDs."), [Contradicted], "{order}");
    }
}

#[test]
fn items_below_a_denial_are_checked_one_by_one() {
    let text = "Do not use ibuprofen in:\n- renal failure\n- heart failure\n- asthma";
    let found = verdicts(text, "Do not use ibuprofen in renal failure.");
    assert_eq!(found.len(), 3);
    assert_eq!(found[0], Supported);
    assert!(found[1..].iter().all(|verdict| *verdict >= Partial), "{found:?}");
    let avoid = verdicts("Avoid:\n- warfarin\n- apixaban", "Warfarin and apixaban are recommended.");
    assert_eq!(avoid, [Contradicted, Contradicted]);
    let bold =
        verdicts("**Avoid:**\n\n- warfarin\n- apixaban\n\nGive fluids.", "Warfarin and apixaban are recommended.");
    assert_eq!(bold[..2], [Contradicted, Contradicted]);
    assert_eq!(bold.len(), 3);
    let cited = "Do not use ibuprofen in [1]:\n- renal failure\n- asthma";
    assert_eq!(verdicts(cited, "Do not use ibuprofen in renal failure or asthma."), [Supported, Supported]);
}
