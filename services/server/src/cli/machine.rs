//! What this machine must be able to do.

/// Instructions that the build uses on x86-64 (`.cargo/config.toml` says why).
#[cfg(target_arch = "x86_64")]
const NEEDED: [&str; 4] = ["avx2", "fma", "bmi2", "f16c"];

/// Checks the CPU before anything could stumble over an instruction it does not have. The standard library's own detection
/// is no help: it is compiled for the CPU it should check.
pub(super) fn check_cpu() -> Result<(), String> {
    #[cfg(target_arch = "x86_64")]
    if let Ok(text) = std::fs::read_to_string("/proc/cpuinfo") {
        let flags = text.lines().find(|line| line.starts_with("flags")).unwrap_or_default();
        let has = |name: &str| flags.split_ascii_whitespace().any(|flag| flag == name);
        let missing: Vec<&str> = NEEDED.into_iter().filter(|name| !has(name)).collect();
        if !flags.is_empty() && !missing.is_empty() {
            return Err(format!(
                "this CPU lacks {}: build for it with RUSTFLAGS=\"-C target-cpu=native\" cargo build, and expect answers several times slower",
                missing.join(", ")
            ));
        }
    }
    Ok(())
}
