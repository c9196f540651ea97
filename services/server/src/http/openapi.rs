//! The OpenAPI document: written from the routes and the table of who may use them, with examples that the service itself gave.

use identity::Role;
use serde_json::{Value, json};

use super::access::{ACCESS, Access};

/// By operation: a request that was sent and the reply that came. A test sends them again.
const EXAMPLES: &str = include_str!("examples.json");

/// The document with the examples in place.
pub(super) fn with_examples(document: &utoipa::openapi::OpenApi) -> Value {
    let mut document = serde_json::to_value(document).unwrap_or_default();
    let examples: Value = serde_json::from_str(EXAMPLES).unwrap_or_default();
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    let operations = paths.filter_map(|(_, methods)| methods.as_object_mut()).flatten();
    for (_, operation) in operations {
        let example = &examples[operation["operationId"].as_str().unwrap_or_default()];
        if let Some(request) = example.get("request") {
            operation["requestBody"]["content"]["application/json"]["example"] = request.clone();
        }
        let (Some(status), Some(reply)) = (example["status"].as_str(), example.get("reply")) else { continue };
        if let Some(kinds) = operation["responses"][status]["content"].as_object_mut() {
            // A reply that is no JSON stands under its own kind.
            let own = |kind: &str| if reply.is_string() { kind.starts_with("text/") } else { kind.ends_with("json") };
            if let Some((_, content)) = kinds.iter_mut().find(|(kind, _)| own(kind)) {
                content["example"] = reply.clone();
            }
        }
    }
    with_access(document)
}

/// Who may use each operation, and what everybody else is told.
fn with_access(mut document: Value) -> Value {
    let problem = |description: &str| {
        let schema = json!({ "$ref": "#/components/schemas/Problem" });
        json!({ "description": description, "content": { "application/problem+json": { "schema": schema } } })
    };
    for (method, path, access) in ACCESS {
        let Some(operation) = document["paths"].get_mut(*path).and_then(|path| path.get_mut(*method)) else { continue };
        let responses = &mut operation["responses"];
        if *method != "get" && responses["403"].is_null() {
            responses["403"] = problem("Sent by the pages of another site");
        }
        let roles: &[Role] = match access {
            Access::Public => continue,
            Access::Known => &[],
            Access::Roles(roles) => roles,
        };
        if responses["401"].is_null() {
            responses["401"] = problem("Nobody is signed in, or the key is not known");
        }
        if responses["403"].is_null() || *method != "get" {
            let said = responses["403"]["description"].as_str().map_or_else(String::new, |said| format!("; {said}"));
            responses["403"] = problem(&format!("Signed in, but without a role that may{said}"));
        }
        if !roles.is_empty() {
            operation["x-roles"] = json!(roles.iter().map(|role| role.as_str()).collect::<Vec<_>>());
        }
        operation["security"] = json!([{ "key": [] }, { "session": [] }]);
    }
    document["components"]["securitySchemes"] = json!({
        "key": { "type": "http", "scheme": "bearer", "description": "A key of an account, or a token of the house's identity provider" },
        "session": { "type": "apiKey", "in": "cookie", "name": "osler_session" },
    });
    document
}
