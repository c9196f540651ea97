//! What a question is about: the medicines that it names, the subject that it changes to, and the patient's allergies.

use serde_json::{Value, json};
use support::TestService;

async fn service(files: &[(&str, &str)]) -> TestService {
    let service = TestService::without_generator().await;
    service.ingest(files).await;
    service
}

/// What an answer says.
fn said(answer: &Value) -> Vec<&str> {
    answer["statements"].as_array().unwrap().iter().map(|statement| statement["text"].as_str().unwrap()).collect()
}

/// The titles of what it rests on.
fn titles(answer: &Value) -> Vec<&str> {
    let evidence = answer["evidence"].as_array().unwrap().iter();
    evidence.map(|one| one["document"]["title"].as_str().unwrap()).collect()
}

fn is_refused(answer: &Value) -> bool {
    answer["status"] == "no_evidence" && said(answer).is_empty()
}

const METFORMIN: (&str, &str) = (
    "metformin.md",
    "# Metformin in renal impairment\n\nIn renal impairment the dose of metformin is 500 mg daily. In a child the dose \
     of metformin is 10 mg/kg.\n",
);

#[tokio::test]
async fn the_dose_of_another_medicine_is_no_answer() {
    let overdose = "# Paracetamol overdose\n\nThe toxic dose of paracetamol in a child is 150 mg/kg.\n";
    let service = service(&[METFORMIN, ("overdose.md", overdose)]).await;
    for question in ["gabapentin dose in renal impairment", "tramadol dose in CrCl 25", "calpol dose for a child"] {
        let answer = service.ask(question).await;
        assert!(is_refused(&answer), "{question}: {answer}");
        assert!(answer["reason"].as_str().unwrap().starts_with("the corpus has too little"), "{answer}");
        assert!(!answer["closest"].as_array().unwrap().is_empty(), "{answer}");
    }
    let asked = service.ask("metformin dose in renal impairment").await;
    assert_eq!(said(&asked)[0], "In renal impairment the dose of metformin is 500 mg daily.", "{asked}");
    let poisoned = service.ask("Which dose of paracetamol is toxic in a child?").await;
    assert_eq!(titles(&poisoned), ["Paracetamol overdose"], "{poisoned}");
}

#[tokio::test]
async fn beside_the_medicine_that_was_asked_about_others_are_not_quoted() {
    let text = "# Atrial fibrillation\n\nThe dose of apixaban in atrial fibrillation is 5 mg twice daily. The dose of \
                edoxaban in atrial fibrillation is 60 mg once daily.\n";
    let answer = service(&[("a.md", text)]).await.ask("Which dose of apixaban in atrial fibrillation?").await;
    assert_eq!(said(&answer), ["The dose of apixaban in atrial fibrillation is 5 mg twice daily."], "{answer}");
}

#[tokio::test]
async fn what_is_said_of_its_class_is_said_of_a_medicine_and_gives_no_dose() {
    let text =
        "# Heart failure\n\nACE inhibitors are contraindicated in pregnancy. The dose of enalapril is 10 mg daily.\n";
    let service = service(&[("a.md", text)]).await;
    let answer = service.ask("Is ramipril contraindicated in pregnancy?").await;
    assert_eq!(said(&answer)[0], "ACE inhibitors are contraindicated in pregnancy.", "{answer}");
    let dose = service.ask("What dose of ramipril is contraindicated in pregnancy?").await;
    assert!(is_refused(&dose), "{dose}");
}

#[tokio::test]
async fn a_dose_for_another_condition_is_no_answer() {
    let text = "# Meningitis\n\nThe dose of ceftriaxone for meningitis is 2 g twice daily.\n";
    let service = service(&[("a.md", text)]).await;
    assert!(is_refused(&service.ask("ceftriaxone dose for gonorrhoea").await));
    assert!(!said(&service.ask("ceftriaxone dose for meningitis").await).is_empty());
}

#[tokio::test]
async fn what_the_patient_takes_is_not_what_is_asked_about() {
    let text = "# Gout\n\nAllopurinol is the urate lowering drug for a man with gout flares.\n";
    let question = "Man of 60 with gout flares, on azathioprine. Which urate lowering drug?";
    let answer = service(&[("a.md", text)]).await.ask(question).await;
    assert_eq!(titles(&answer), ["Gout"], "{answer}");
}

const GOUT: (&str, &str) =
    ("gout.md", "# Gout in adults\n\nThe treatment of gout is colchicine in a dose of 500 micrograms twice daily.\n");
const CROUP: (&str, &str) =
    ("croup.md", "# Croup in children\n\nThe treatment of croup is dexamethasone 0.15 mg/kg as one dose.\n");

async fn after(service: &TestService, before: &str, question: &str) -> Value {
    let body = json!({ "question": question, "history": [{ "question": before }] });
    service.post("/v1/answers", &body).await.json()
}

#[tokio::test]
async fn a_follow_up_on_a_new_subject_is_answered_with_that() {
    let service = service(&[GOUT, CROUP]).await;
    for question in [
        "What is the treatment of croup?",
        "Thanks. Now a different patient: what is the treatment of croup?",
        "New patient. Which treatment for croup?",
        "What about croup?",
    ] {
        let answer = after(&service, "What is the treatment of gout?", question).await;
        assert_eq!(titles(&answer)[0], "Croup in children", "{question}: {answer}");
        assert!(said(&answer)[0].contains("croup"), "{question}: {answer}");
    }
}

#[tokio::test]
async fn a_follow_up_that_leans_goes_on_with_the_subject() {
    let service = service(&[GOUT, CROUP]).await;
    for question in ["And which dose?", "Which dose of colchicine?", "What is the dose?", "Is it given daily?"] {
        let answer = after(&service, "What is the treatment of gout?", question).await;
        assert_eq!(titles(&answer)[0], "Gout in adults", "{question}: {answer}");
    }
}

async fn with_allergy(service: &TestService, question: &str) -> Value {
    let body = json!({ "question": question, "patient": { "allergies": ["penicillin anaphylaxis, quokka"] } });
    service.post("/v1/answers", &body).await.json()
}

#[tokio::test]
async fn what_the_patient_must_not_have_gives_way_to_what_the_source_has_for_the_allergy() {
    let text = "# Acute otitis media\n\nAmoxicillin is the antibiotic for acute otitis media. Clarithromycin is the \
                antibiotic for acute otitis media in penicillin allergy.\n";
    let service = service(&[("a.md", text)]).await;
    let question = "Which antibiotic for acute otitis media?";
    let alternative = "Clarithromycin is the antibiotic for acute otitis media in penicillin allergy.";
    let is_amoxicillin = |answer: &Value| said(answer).iter().any(|text| text.starts_with("Amoxicillin"));
    assert!(is_amoxicillin(&service.ask(question).await));
    let answer = with_allergy(&service, question).await;
    assert_eq!((said(&answer), &answer["banner"]), (vec![alternative], &Value::Null), "{answer}");
    let asked = with_allergy(&service, "Is amoxicillin the antibiotic for acute otitis media?").await;
    assert!(is_amoxicillin(&asked), "it was asked about: {asked}");
}

#[tokio::test]
async fn that_an_answer_takes_no_account_of_an_allergy_is_shown_above_it() {
    let text = "# Cellulitis\n\nFlucloxacillin is the antibiotic for cellulitis.\n";
    let service = service(&[("a.md", text)]).await;
    let question = "Which antibiotic for cellulitis?";
    assert_eq!(service.ask(question).await["banner"], Value::Null);
    let answer = with_allergy(&service, question).await;
    assert_eq!(said(&answer), ["Flucloxacillin is the antibiotic for cellulitis."]);
    let banner = answer["banner"].as_str().unwrap();
    assert!(banner.starts_with("Allergy: E1 does not take"), "{banner}");
    let kept = service.get(&format!("/v1/answers/{}", answer["id"].as_str().unwrap())).await;
    assert!(!kept.text.contains("penicillin") && !kept.text.contains("quokka"), "{}", kept.text);
}
