//! The numbers over time, and the alarms: what should never be, and what should be otherwise.

use std::sync::Arc;

use ::audit::{Figures, Narrow, Watch};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

use super::audit::time;
use super::problem::Query;
use super::{Problem, Shared, blocking, number};

/// A stretch of time, and what the numbers are narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FiguresQuery {
    /// From this time or day on; ninety days ago if absent.
    from: Option<String>,
    /// Up to this time or day; now if absent.
    to: Option<String>,
    /// Days of one period.
    #[param(value_type = Option<u32>)]
    days: Option<String>,
    /// Only answers that cite something of this corpus, and only their citations of it.
    corpus: Option<String>,
    /// Only answers that this model wrote, as the numbers name it; `none`: those that no model wrote.
    model: Option<String>,
}

/// Read the numbers over time
///
/// A corpus or model that nobody knows has none.
#[utoipa::path(get, path = "/v1/audit/figures", tag = "audit", operation_id = "figures", params(FiguresQuery),
    responses(
        (status = 200, description = "The numbers", body = Figures),
        (status = 400, description = "A number or time that is none", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn figures(
    State(shared): State<Shared>,
    Query(query): Query<FiguresQuery>,
) -> Result<Json<Figures>, Problem> {
    const NINETY_DAYS_MS: i64 = 90 * 86_400_000;
    let now = shared.app.asker.now().as_millisecond();
    let to = query.to.map(|to| time("to", &to)).transpose()?.unwrap_or(now + 1);
    let from = query.from.map(|from| time("from", &from)).transpose()?.unwrap_or(to - NINETY_DAYS_MS);
    let days = query.days.map(|days| number("days", &days)).transpose()?.unwrap_or(1);
    let narrow = Narrow { corpus: query.corpus, model: query.model };
    let app = Arc::clone(&shared.app);
    Ok(Json(blocking(move || app.audit.figures(from, to, days, &narrow)).await?))
}

/// Read which numbers are on the wrong side of their limits
///
/// The last days, as `[audit.alarms]` says. The service looks by itself once a minute, and tells it in its log and metrics.
#[utoipa::path(get, path = "/v1/audit/alarms", tag = "audit", operation_id = "alarms",
    responses((status = 200, description = "Every measure, with its limit", body = Watch)))]
pub(super) async fn alarms(State(shared): State<Shared>) -> Result<Json<Watch>, Problem> {
    let app = Arc::clone(&shared.app);
    let watch = move || {
        let now = app.asker.now().as_millisecond();
        app.audit.watch(now, &app.config.audit.alarms)
    };
    Ok(Json(blocking(watch).await?))
}
