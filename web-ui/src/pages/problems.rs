//! The problems a box can answer with, as the `type` of its `application/problem+json`.
//!
//! One list for the API, the texts (`problem-<type>` in `locales/*/problems.ftl`, a test holds both languages to it)
//! and the forms, which carry every sentence so that the browser's module can show the right one.

/// Every problem type, as it stands behind `problem-` and in `data-problem`.
pub const ALL: [&str; 65] = [
    "malformed",
    "not-canonical",
    "too-large",
    "too-deep",
    "bad-signature",
    "weak-key",
    "wrong-neighbourhood",
    "unknown-author",
    "unknown-invitation",
    "invitation-used",
    "invitation-expired",
    "claim-proof",
    "not-a-member",
    "space-not-allowed",
    "missing-parents",
    "own-history-skipped",
    "forked",
    "future-time",
    "not-permitted",
    "quota",
    "storage",
    "not-found",
    "unsupported-version",
    "rate-limited",
    "internal",
    "payload-mismatch",
    "text-too-long",
    "invitation-period",
    "home-key",
    "home-key-expired",
    "home-key-period",
    "home-keys-off",
    "other-tab",
    "invalid-content",
    "not-a-connector",
    "no-treaty",
    "not-the-author",
    "already-a-member",
    "voided",
    "after-removal",
    "invitation-withdrawn",
    "needs-second-signature",
    "nothing-to-endorse",
    "too-early",
    "vetoed",
    "last-connector",
    "not-a-speaker",
    "frozen",
    "erased",
    "not-logged-in",
    "login-expired",
    "link-taken",
    "photo-missing",
    "photo-format",
    "photo-metadata",
    "photo-too-large",
    "photo-quota",
    "push-full",
    "photo-words",
    "calendar-too-large",
    "calendar-encoding",
    "calendar-format",
    "calendar-bounds",
    "calendar-unfinished",
    "calendar-full",
];

/// The text for a problem type that is not in [`ALL`], such as one of a newer box.
pub const OTHER: &str = "other";

/// The id of the text for a problem type.
#[must_use]
pub fn text_id(problem: &str) -> String {
    let known = if ALL.contains(&problem) { problem } else { OTHER };
    format!("problem-{known}")
}
