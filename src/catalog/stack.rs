//! A stack as a picture: the slabs of a profile page and the small glyph of lists.

use serde::Serialize;

use crate::resolve::resolved::ResolvedProfile;

/// From how many layers on the glyph is drawn as ten bars.
const MANY: usize = 24;
/// Bars of the glyph for such a stack.
const DRAWN: usize = 10;

/// The glyph of a stack, 48 by 40.
#[derive(Debug, Serialize)]
pub(super) struct Glyph {
    /// How many layers there are, drawn or not.
    pub(super) layers: usize,
    /// Bars from the ground up.
    pub(super) bars: Vec<Bar>,
}

/// One bar.
#[derive(Debug, Serialize)]
pub(super) struct Bar {
    kind: &'static str,
    x: u8,
    y: String,
    width: u8,
    height: String,
}

/// Draws the glyph of a stack.
pub(super) fn glyph(profile: &ResolvedProfile) -> Glyph {
    let layers = profile.layers.len();
    let kinds: Vec<&'static str> = profile.layers.iter().map(|l| l.layer_type.word()).collect();
    // Ten bars of many: the four lowest, which are the core where there is one, and the six highest.
    let drawn: Vec<&'static str> = if layers > MANY {
        kinds[..4].iter().chain(&kinds[layers - (DRAWN - 4)..]).copied().collect()
    } else {
        kinds
    };
    let pitch = (40.0 / drawn.len().max(1) as f64).min(6.667);
    let height = (pitch - 1.2).max(pitch * 0.6);
    let bars = drawn
        .iter()
        .enumerate()
        .map(|(i, &kind)| {
            let (x, width) = if kind == "addon" { (8, 40) } else { (0, 48) };
            let y = (40.0 - pitch * (i + 1) as f64).max(0.0);
            Bar { kind, x, y: short(y), width, height: short(height) }
        })
        .collect();
    Glyph { layers, bars }
}

/// Two decimals at most.
fn short(n: f64) -> String {
    let text = format!("{n:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
