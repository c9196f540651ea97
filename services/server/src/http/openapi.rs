//! The OpenAPI document: written from the routes, with examples that the service itself gave.

use serde_json::Value;

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
            let kind = if reply.is_string() { "text/plain" } else { "application/json" };
            if let Some(content) = kinds.get_mut(kind) {
                content["example"] = reply.clone();
            }
        }
    }
    document
}
