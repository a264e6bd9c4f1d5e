//! Tables for people: columns that line up, cut to the terminal where the last one may be long.

use crate::diagnostics::render::visible;

/// Rows under their headings. The last column is cut where the terminal ends; without a terminal nothing is.
pub(super) fn table(headings: &[&str], rows: &[Vec<String>], width: Option<usize>) -> String {
    let shown: Vec<Vec<String>> =
        rows.iter().map(|row| row.iter().map(|cell| visible(cell).into_owned()).collect()).collect();
    let wide = |text: &str| text.chars().count();
    let widths: Vec<usize> = (0..headings.len())
        .map(|column| {
            let cells = shown.iter().filter_map(|row| row.get(column)).map(|cell| wide(cell));
            cells.max().unwrap_or_default().max(wide(headings[column]))
        })
        .collect();
    let line = |cells: &[String]| {
        let mut out = String::new();
        for (column, cell) in cells.iter().enumerate() {
            out.push_str(cell);
            if column + 1 < cells.len() {
                out.extend(std::iter::repeat_n(' ', widths[column] + 2 - wide(cell)));
            }
        }
        let out = out.trim_end();
        match width.filter(|width| wide(out) > *width && *width > 20) {
            Some(width) => format!("{}…", out.chars().take(width - 1).collect::<String>()),
            None => out.to_owned(),
        }
    };
    let headings: Vec<String> = headings.iter().map(|heading| heading.to_uppercase()).collect();
    let mut lines = vec![line(&headings)];
    lines.extend(shown.iter().map(|row| line(row)));
    lines.join("\n")
}

/// The width of the terminal that results go to; `None` where they go elsewhere.
pub(super) fn width() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
    Some(usize::from(size.ws_col)).filter(|width| *width > 0)
}
