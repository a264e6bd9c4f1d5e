//! Items of a list put in, moved and taken out, each with the comments that belong to it.
//!
//! A comment on a line of its own belongs to the item below it when it stands directly above (no blank line between), and to
//! the item above it when it is indented further than the list. Blank lines, and comments that stand apart, stay where they
//! are.

use serde_json::Value;

use super::place::{Context, children};
use super::{EditError, append_item, remove};
use crate::diagnostics::Edit;
use crate::source::Span;
use crate::yaml::scan::{line_end, line_start};
use crate::yaml::tree::{Document, Kind, Node};
use crate::yaml::write::{self, After};

/// The lines of an item, from its first comment to the end of its last line.
#[derive(Clone, Copy, Debug)]
struct Block {
    start: usize,
    end: usize,
}

/// Puts an item into the list at `pointer`, in front of the one at `index`; behind the last one where there is none.
pub fn insert_item(
    document: &Document,
    pointer: &str,
    index: usize,
    value: &Value,
) -> Result<Vec<Edit>, EditError> {
    let cx = Context::new(document, pointer)?;
    let list = cx.collection(pointer)?;
    let many = list.node.items().count();
    if many == 0 {
        return append_item(document, pointer, value);
    }
    if list.flow || cx.is_flow(list.node) {
        let starts = cx.starts(list.node);
        let Some(start) = starts.get(index) else { return append_item(document, pointer, value) };
        let mut item = String::new();
        write::flow(&mut item, value, true);
        let line = line_start(cx.text, *start);
        let own_line = cx.text[line..*start].trim().is_empty();
        let behind = if own_line { format!("\n{}", &cx.text[line..*start]) } else { " ".to_owned() };
        return Ok(vec![cx.edit(*start, *start, &format!("{item},{behind}"))]);
    }
    let blocks = blocks(&cx, list.node, pointer)?;
    let blank =
        |pair: &[Block]| cx.text[pair[0].end..pair[1].start].lines().skip(1).any(|l| l.trim().is_empty());
    let keeps = list.node.items().any(|item| cx.keeps_blank_lines(item));
    let spaced = many > 1 && !keeps && blocks.windows(2).all(blank);
    let indent = cx.column(list.node.span().start as usize);
    let mut item = format!("{:indent$}-", "");
    write::node(&mut item, value, indent, After::Dash);
    if let Some(block) = blocks.get(index) {
        let behind = if spaced { "\n\n" } else { "\n" };
        return Ok(vec![cx.edit(block.start, block.start, &format!("{item}{behind}"))]);
    }
    let bottom = blocks[many - 1].end;
    if keeps || !spaced && bottom == line_end(cx.text, cx.child_end(list.node, many - 1)) {
        return append_item(document, pointer, value);
    }
    let before = if spaced { "\n\n" } else { "\n" };
    let end = if bottom == cx.text.len() && write::ends_in_literal(value) { "\n" } else { "" };
    Ok(vec![cx.edit(bottom, bottom, &format!("{before}{item}{end}"))])
}

/// Moves the item at `from` so that it becomes the one at `to`.
pub fn move_item(document: &Document, pointer: &str, from: usize, to: usize) -> Result<Vec<Edit>, EditError> {
    let cx = Context::new(document, pointer)?;
    let list = cx.collection(pointer)?;
    let many = list.node.items().count();
    if list.node.kind() != Kind::Seq {
        return Err(EditError::Kind(pointer.to_owned(), "list"));
    }
    if from >= many || to >= many {
        return Err(EditError::Missing(format!("{pointer}/{}", from.max(to))));
    }
    if from == to {
        return Ok(Vec::new());
    }
    let blocks = if list.flow || cx.is_flow(list.node) {
        let starts = cx.starts(list.node).into_iter().enumerate();
        starts.map(|(index, start)| Block { start, end: cx.child_end(list.node, index) }).collect()
    } else {
        blocks(&cx, list.node, pointer)?
    };
    let mut order: Vec<usize> = (0..many).collect();
    let moved = order.remove(from);
    order.insert(to, moved);
    let (low, high) = (from.min(to), from.max(to));
    let mut text = String::new();
    for slot in low..=high {
        let block = blocks[order[slot]];
        text.push_str(&cx.text[block.start..block.end]);
        if slot < high {
            text.push_str(&cx.text[blocks[slot].end..blocks[slot + 1].start]);
        }
    }
    // The text is the file's own: its line breaks are right already.
    let end = blocks[high].end;
    if end == cx.text.len() && !cx.text.ends_with('\n') {
        // A block of text at the end of the file has the line break that it is read with.
        text.push_str(cx.newline);
    }
    Ok(vec![Edit { span: Span::new(blocks[low].start, end), replacement: text }])
}

/// Takes out the item at `index` with its comments. The last one leaves `[]`.
pub fn remove_item(document: &Document, pointer: &str, index: usize) -> Result<Vec<Edit>, EditError> {
    let cx = Context::new(document, pointer)?;
    let list = cx.collection(pointer)?;
    let many = list.node.items().count();
    if many < 2 || list.flow || cx.is_flow(list.node) {
        return remove(document, &format!("{pointer}/{index}"));
    }
    let blocks = blocks(&cx, list.node, pointer)?;
    let Some(block) = blocks.get(index) else {
        return Err(EditError::Missing(format!("{pointer}/{index}")));
    };
    // Of the blank lines above and below those stay that are more.
    let gap = |a: usize, b: usize| {
        let between = &cx.text[blocks[a].end..blocks[b].start];
        between.trim().is_empty().then(|| between.matches('\n').count())
    };
    let above = index.checked_sub(1).and_then(|above| gap(above, index));
    let below = (index + 1 < many).then(|| gap(index, index + 1)).flatten();
    let span = match (above, below) {
        (Some(above), Some(below)) if below <= above => Span::new(block.start, blocks[index + 1].start),
        (Some(_), _) => Span::new(blocks[index - 1].end, block.end),
        (None, Some(_)) => Span::new(block.start, blocks[index + 1].start),
        (None, None) => Span::new(block.start, (block.end + cx.newline.len()).min(cx.text.len())),
    };
    Ok(vec![Edit { span, replacement: String::new() }])
}

/// The blocks of a list that is written with dashes.
fn blocks<'a>(cx: &Context<'a>, list: Node<'a>, pointer: &str) -> Result<Vec<Block>, EditError> {
    if list.is_alias() {
        return Err(EditError::Alias(pointer.to_owned()));
    }
    if list.kind() != Kind::Seq {
        return Err(EditError::Kind(pointer.to_owned(), "list"));
    }
    let starts = cx.starts(list);
    let indent = cx.column(list.span().start as usize);
    let mut blocks: Vec<Block> = Vec::with_capacity(starts.len());
    for (index, dash) in starts.iter().enumerate() {
        let line = line_start(cx.text, *dash);
        if !cx.text[line..*dash].trim().is_empty() {
            // `- - a`: its lines are not its own.
            return Err(EditError::Kind(pointer.to_owned(), "list with each item on lines of its own"));
        }
        let floor = match index.checked_sub(1) {
            Some(above) => blocks[above].end,
            None => 0,
        };
        let limit = starts.get(index + 1).map_or(cx.text.len(), |next| line_start(cx.text, *next));
        let end = end(cx, list, index, limit, indent);
        blocks.push(Block { start: head(cx.text, line, floor, index > 0, indent), end });
    }
    Ok(blocks)
}

/// The end of the last line that belongs to an item.
fn end<'a>(cx: &Context<'a>, list: Node<'a>, index: usize, limit: usize, indent: usize) -> usize {
    let end = line_end(cx.text, cx.child_end(list, index));
    let item = children(list).nth(index);
    if !item.is_some_and(|(_, item)| cx.keeps_blank_lines(item)) {
        return tail(cx.text, end, limit, indent);
    }
    // The blank lines below a `|+` block are its own, all but the last line break.
    let next = cx.text[end..].find(|c: char| !c.is_whitespace());
    let behind = next.map_or(cx.text.len(), |length| line_start(cx.text, end + length));
    match cx.text[end..behind.max(end)].strip_suffix(cx.newline) {
        Some(kept) => end + kept.len(),
        None => behind.max(end),
    }
}

/// The start of the comment lines directly above the line at `line`, not above `floor`.
fn head(text: &str, line: usize, floor: usize, deeper_is_above: bool, indent: usize) -> usize {
    let mut start = line;
    while start > floor {
        let above = line_start(text, start - 1);
        let content = text[above..start].trim_start();
        let column = start - above - content.len();
        if above < floor || !content.starts_with('#') || deeper_is_above && column > indent {
            break;
        }
        start = above;
    }
    start
}

/// The end of the last comment line between `from` (the end of a line) and `limit` that is indented further than the list.
/// Any other line but a blank one ends the search.
fn tail(text: &str, from: usize, limit: usize, indent: usize) -> usize {
    let mut end = from;
    let mut at = from;
    while let Some(length) = text[at..limit].find('\n') {
        let line = at + length + 1;
        let stop = line_end(text, line);
        let content = text[line..stop].trim_start();
        let column = stop - line - content.len();
        match content.as_bytes().first() {
            None => {}
            Some(b'#') if column > indent && stop <= limit => end = stop,
            Some(_) => break,
        }
        if stop <= at {
            break;
        }
        at = stop;
    }
    end
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::yaml::edit::tests::Change::{Move, Put, Take};
    use crate::yaml::edit::tests::after;

    #[test]
    fn items_come_and_go_with_the_comments_that_belong_to_them() {
        let list = "l: # c\n  # of a\n  - k: a\n    # v: 1\n  # of b\n  - k: b # b\n\n  # apart\n\n  - k: c\n# d\nm: 1\n";
        let cases = [
            (
                Move("/l", 0, 1),
                "l: # c\n  # of b\n  - k: b # b\n  # of a\n  - k: a\n    # v: 1\n\n  # apart\n\n  - k: c\n# d\nm: 1\n",
            ),
            (
                Move("/l", 2, 0),
                "l: # c\n  - k: c\n  # of a\n  - k: a\n    # v: 1\n\n  # apart\n\n  # of b\n  - k: b # b\n# d\nm: 1\n",
            ),
            (Take("/l", 0), "l: # c\n  # of b\n  - k: b # b\n\n  # apart\n\n  - k: c\n# d\nm: 1\n"),
            (Take("/l", 1), "l: # c\n  # of a\n  - k: a\n    # v: 1\n\n  # apart\n\n  - k: c\n# d\nm: 1\n"),
            (
                Take("/l", 2),
                "l: # c\n  # of a\n  - k: a\n    # v: 1\n  # of b\n  - k: b # b\n\n  # apart\n\n# d\nm: 1\n",
            ),
            (
                Put("/l", 1, json!({"k": "x"})),
                "l: # c\n  # of a\n  - k: a\n    # v: 1\n  - k: x\n  # of b\n  - k: b # b\n\n  # apart\n\n  - k: c\n# d\nm: 1\n",
            ),
            (
                Put("/l", 3, json!({"k": "x"})),
                "l: # c\n  # of a\n  - k: a\n    # v: 1\n  # of b\n  - k: b # b\n\n  # apart\n\n  - k: c\n  - k: x\n# d\nm: 1\n",
            ),
        ];
        for (change, expected) in cases {
            assert_eq!(after(list, &change), expected);
        }
        let spaced = "- a\n\n- b\n\n- c\n";
        assert_eq!(after(spaced, &Put("", 1, json!("x"))), "- a\n\n- x\n\n- b\n\n- c\n");
        assert_eq!(after(spaced, &Put("", 3, json!("x"))), "- a\n\n- b\n\n- c\n\n- x\n");
        assert_eq!(after(spaced, &Take("", 1)), "- a\n\n- c\n");
        assert_eq!(after(spaced, &Take("", 2)), "- a\n\n- b\n");
        let flow = "[a, # of a\n b, {c: 1}] # end\n";
        assert_eq!(after(flow, &Move("", 2, 0)), "[{c: 1}, # of a\n a, b] # end\n");
        assert_eq!(after(flow, &Put("", 0, json!("x"))), "[x, a, # of a\n b, {c: 1}] # end\n");
        assert_eq!(after("- a\n- b", &Move("", 0, 1)), "- b\n- a\n");
    }
}
