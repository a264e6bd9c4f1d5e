//! The only HTTP client: http, https and file addresses, ranges, conditional requests, caps.
//!
//! Architecture invariant: this room does not know what the bytes mean.
