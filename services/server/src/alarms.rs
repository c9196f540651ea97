//! Watches the numbers while the service runs: gauges for whoever scrapes them, and a line in the log when one of them goes wrong.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use audit::{MeasureName, MeasureState, Watch};

use crate::app::App;

/// How often the numbers are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// The alarms that were raised when it was looked last.
#[derive(Debug, Default)]
pub struct Alarms {
    raised: Mutex<BTreeSet<MeasureName>>,
}

impl Alarms {
    /// Judges the last days, and tells what has changed.
    ///
    /// # Errors
    /// [`audit::Error`].
    pub fn look(&self, app: &App) -> audit::Result<Watch> {
        let watch = app.audit.watch(app.asker.now().as_millisecond(), &app.config.audit.alarms)?;
        self.tell(&watch);
        Ok(watch)
    }

    fn tell(&self, watch: &Watch) {
        let mut raised = self.raised.lock().unwrap_or_else(PoisonError::into_inner);
        for measure in &watch.measures {
            let (name, value, limit) = (measure.name.as_str(), measure.value, measure.limit);
            // What there is nothing of is no number: it passes nobody's limit.
            metrics::gauge!("osler_alarm_value", "measure" => name).set(value.unwrap_or(f64::NAN));
            let is_raised = measure.state == MeasureState::Raised;
            // Of too few questions as well: an alarm of busier days must not stay.
            if measure.state != MeasureState::Unwatched {
                metrics::gauge!("osler_alarm", "measure" => name).set(f64::from(u8::from(is_raised)));
            }
            if is_raised && raised.insert(measure.name) {
                tracing::warn!(measure = name, value, limit, "ALARM: a number is on the wrong side of its limit");
            } else if !is_raised && raised.remove(&measure.name) {
                tracing::info!(measure = name, value, limit, "an alarm is over");
            }
        }
    }
}

/// Looks for ever.
pub async fn keep_watching(app: Arc<App>) {
    let alarms = Arc::new(Alarms::default());
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let (app, alarms) = (Arc::clone(&app), Arc::clone(&alarms));
        if let Ok(Err(error)) = tokio::task::spawn_blocking(move || alarms.look(&app)).await {
            tracing::error!(error = &error as &dyn std::error::Error, "the numbers could not be watched");
        }
    }
}
