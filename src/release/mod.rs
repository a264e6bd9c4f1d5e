//! Resolved profiles become the bundle tree: canonical layers, blobs, descriptors, channels, assignments.
//!
//! Architecture invariant: this room renders no page.
