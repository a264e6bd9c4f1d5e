//! As much of XML 1.0 as a report needs, read strictly: what this refuses, parsers refuse too.

/// An element with its attributes, its elements and the text between them.
#[derive(Debug, Default)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) children: Vec<Element>,
    pub(crate) text: String,
}

impl Element {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn number(&self, name: &str) -> usize {
        self.attribute(name)
            .unwrap_or_else(|| panic!("{} lacks {name}", self.name))
            .parse()
            .expect("a number")
    }
}

/// The root of a document.
pub(crate) fn parse(text: &str) -> Element {
    for c in text.chars() {
        let allowed =
            matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
        assert!(allowed, "{c:?} is no character of XML");
    }
    let rest = text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").expect("a declaration");
    let mut at = rest;
    let root = element(&mut at);
    assert_eq!(at.trim(), "", "nothing behind the root");
    root
}

fn element(at: &mut &str) -> Element {
    *at = at.strip_prefix('<').expect("an element");
    let head_end = at.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').expect("a name ends");
    let mut element = Element { name: at[..head_end].to_owned(), ..Element::default() };
    *at = &at[head_end..];
    loop {
        let trimmed = at.trim_start();
        if let Some(rest) = trimmed.strip_prefix("/>") {
            *at = rest;
            return element;
        }
        if let Some(rest) = trimmed.strip_prefix('>') {
            *at = rest;
            break;
        }
        assert_ne!(trimmed.len(), at.len(), "a space before an attribute");
        let (name, rest) = trimmed.split_once("=\"").expect("an attribute in double quotes");
        assert!(name.bytes().all(|b| b.is_ascii_alphanumeric()), "attribute {name:?}");
        let (value, rest) = rest.split_once('"').expect("a quote ends");
        assert!(!value.contains(['<', '\n', '\t']), "attribute {name}: {value:?}");
        assert!(element.attribute(name).is_none(), "{name} stands twice");
        element.attributes.push((name.to_owned(), unescaped(value)));
        *at = rest;
    }
    loop {
        let markup = at.find('<').expect("an element ends");
        assert!(!at[..markup].contains("]]>"), "`]]>` in text");
        element.text.push_str(&unescaped(&at[..markup]));
        *at = &at[markup..];
        if let Some(rest) = at.strip_prefix("</") {
            let (name, rest) = rest.split_once('>').expect("a tag ends");
            assert_eq!(name, element.name, "tags are nested");
            *at = rest;
            return element;
        }
        element.children.push(self::element(at));
    }
}

fn unescaped(text: &str) -> String {
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(';').expect("a reference ends");
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            other => panic!("&{other}; is not predefined"),
        });
        out.push_str(rest);
    }
    out
}
