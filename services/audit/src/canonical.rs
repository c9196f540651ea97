//! JSON in its one spelling (RFC 8785), as far as the log needs it: objects with sorted keys, arrays, strings, whole numbers,
//! booleans and null. Numbers with a fraction have several spellings, so they are not written at all.

use serde_json::Value;

/// The canonical text of a value; `None` when it holds a number with a fraction, or a whole one beyond 2^53.
pub fn canonical(value: &Value) -> Option<String> {
    let mut text = String::new();
    write(value, &mut text)?;
    Some(text)
}

/// The largest whole number that every reader of JSON reads the same.
const MAX_INTEGER: u64 = (1 << 53) - 1;

fn write(value: &Value, text: &mut String) -> Option<()> {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Number(number) => {
            let integer = number.as_i64().filter(|number| number.unsigned_abs() <= MAX_INTEGER)?;
            text.push_str(&integer.to_string());
        }
        // What serde_json escapes, and how, is what the RFC asks for: quote, backslash, and what lies below a space.
        Value::String(string) => text.push_str(&serde_json::to_string(string).ok()?),
        Value::Array(values) => {
            text.push('[');
            for (at, value) in values.iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                write(value, text)?;
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
            text.push('{');
            for (at, (name, value)) in members.into_iter().enumerate() {
                if at > 0 {
                    text.push(',');
                }
                text.push_str(&serde_json::to_string(name).ok()?);
                text.push(':');
                write(value, text)?;
            }
            text.push('}');
        }
    }
    Some(())
}
