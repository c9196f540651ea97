//! What is to be said of a service that supports decisions: its model card and its labelling, made of what runs.

use axum::Json;
use axum::extract::State;

use super::{Problem, Shared, blocking};
use crate::facts::{self, gather};
use crate::labeling::Labeling;
use crate::model_card::ModelCard;

/// Read the model card
///
/// The source attributes of 45 CFR 170.315(b)(11)(iv), 13 of evidence-based and 31 of predictive decision support. Each has a
/// value or the reason why there is none; what is said of how well it does comes from measured runs.
#[utoipa::path(get, path = "/v1/about/model-card", tag = "operations", operation_id = "model_card",
    responses(
        (status = 200, description = "The card", body = ModelCard),
        (status = 503, description = "A store is away; see Retry-After", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn card(State(shared): State<Shared>) -> Result<Json<ModelCard>, Problem> {
    let app = shared.app;
    let read = move || -> Result<ModelCard, facts::Error> { Ok(ModelCard::of(&gather(&app)?)) };
    Ok(Json(blocking(read).await?))
}

/// Read the labelling
///
/// Intended use, users and patients, models, settings, corpora with their dates, what was measured, and known limits. The audit
/// log has its hash from when it is true.
#[utoipa::path(get, path = "/v1/about/labeling", tag = "operations", operation_id = "labeling",
    responses(
        (status = 200, description = "The labelling", body = Labeling),
        (status = 503, description = "A store is away; see Retry-After", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn labeling(State(shared): State<Shared>) -> Result<Json<Labeling>, Problem> {
    let app = shared.app;
    let read = move || -> Result<Labeling, facts::Error> { Ok(Labeling::of(&gather(&app)?)) };
    Ok(Json(blocking(read).await?))
}
