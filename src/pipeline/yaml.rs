//! YAML as a tree that knows the place of every node.
//!
//! The pipeline's reader wants all errors of a file at once and the exact place of each, so it walks this tree
//! itself. It must never know what a pipeline is.

use std::collections::BTreeMap;

use serde_saphyr::granit_parser::{Event, Marker, Parser, ScalarStyle};

use super::problem::{Place, Problem};

/// Aliases are copies: this bounds what a small file can grow to.
const NODES_MAX: usize = 100_000;
const DEPTH_MAX: usize = 64;

/// A node and where it begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) content: Content,
}

/// What a node holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Content {
    /// Text, and how it was written.
    Scalar {
        text: String,
        style: Style,
    },
    Sequence(Vec<Node>),
    Mapping(Vec<Entry>),
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_place: Place,
    pub(super) value: Node,
}

/// How a text was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Quoted,
    /// A literal block (`|`): its first line is the one after `place`, behind `indent` spaces.
    Literal {
        indent: u64,
    },
    Folded,
}

impl Node {
    /// The text of a scalar; an empty plain one is null and has none.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar { text, style } if *style != Style::Plain || !is_null(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(&self.content, Content::Scalar { text, style: Style::Plain } if is_null(text))
    }

    /// What it is, for messages.
    pub(super) fn describe(&self) -> String {
        match &self.content {
            Content::Scalar { .. } if self.is_null() => "nothing".to_owned(),
            Content::Scalar { text, .. } if text.contains('\n') => "a text of several lines".to_owned(),
            Content::Scalar { text, .. } => format!("'{text}'"),
            Content::Sequence(_) => "a list".to_owned(),
            Content::Mapping(_) => "a mapping".to_owned(),
        }
    }
}

fn is_null(text: &str) -> bool {
    matches!(text, "" | "~" | "null" | "Null" | "NULL")
}

/// Reads one document.
pub(super) fn parse(source: &str) -> Result<Node, Problem> {
    let mut reader =
        Reader { source, parser: Parser::new_from_str(source), anchors: BTreeMap::new(), nodes: 0 };
    reader.document()
}

struct Reader<'a, I: Iterator> {
    source: &'a str,
    parser: I,
    anchors: BTreeMap<usize, Node>,
    nodes: usize,
}

fn place(marker: &Marker) -> Place {
    Place { line: marker.line() as u64, column: marker.col() as u64 + 1 }
}

type Item<'a> =
    Result<(Event<'a>, serde_saphyr::granit_parser::Span), serde_saphyr::granit_parser::ScanError>;

impl<'a, I: Iterator<Item = Item<'a>>> Reader<'a, I> {
    fn next(&mut self) -> Result<(Event<'a>, Place), Problem> {
        loop {
            match self.parser.next() {
                None => return Ok((Event::StreamEnd, Place { line: 1, column: 1 })),
                Some(Err(error)) => {
                    let text = error.to_string();
                    // The place goes in front; the parser's own mention of it would repeat it.
                    let message = text.split(" at ").next().unwrap_or(&text);
                    let message = format!("this is no YAML: {message}");
                    return Err(Problem { place: place(error.marker()), message });
                }
                Some(Ok((Event::Comment(..), _))) => {}
                Some(Ok((event, span))) => return Ok((event, place(&span.start))),
            }
        }
    }

    fn document(&mut self) -> Result<Node, Problem> {
        loop {
            let (event, place) = self.next()?;
            match event {
                Event::StreamStart | Event::DocumentStart(..) => {}
                Event::StreamEnd | Event::DocumentEnd => {
                    let place = Place { line: 1, column: 1 };
                    return Err(Problem { place, message: "the file is empty".to_owned() });
                }
                event => {
                    let node = self.node(event, place, 0)?;
                    self.nothing_more()?;
                    return Ok(node);
                }
            }
        }
    }

    fn nothing_more(&mut self) -> Result<(), Problem> {
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(()),
                (Event::DocumentEnd, _) => {}
                (_, place) => {
                    let message = "a second document; a pipeline is one document, in a file of its own";
                    return Err(Problem { place, message: message.to_owned() });
                }
            }
        }
    }

    fn node(&mut self, event: Event<'a>, place: Place, depth: usize) -> Result<Node, Problem> {
        self.nodes += 1;
        if self.nodes > NODES_MAX || depth > DEPTH_MAX {
            let message = "the file is too large or too deep for a pipeline".to_owned();
            return Err(Problem { place, message });
        }
        let mut place = place;
        let (anchor, content) = match event {
            Event::Scalar(text, style, anchor, _) => {
                let (begin, content) = self.scalar(&text, style, place);
                place = begin;
                (anchor, content)
            }
            Event::SequenceStart(_, anchor, _) => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => break,
                        (event, place) => items.push(self.node(event, place, depth + 1)?),
                    }
                }
                (anchor, Content::Sequence(items))
            }
            Event::MappingStart(_, anchor, _) => (anchor, self.mapping(depth)?),
            Event::Alias(anchor) => {
                let Some(node) = self.anchors.get(&anchor).cloned() else {
                    let message = "this alias names itself".to_owned();
                    return Err(Problem { place, message });
                };
                self.nodes += count(&node);
                return Ok(node);
            }
            other => {
                return Err(Problem { place, message: format!("this is no YAML: unexpected {other:?}") });
            }
        };
        let node = Node { place, content };
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn mapping(&mut self, depth: usize) -> Result<Content, Problem> {
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let (event, key_place) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Ok(Content::Mapping(entries));
            }
            let Content::Scalar { text: key, .. } = self.node(event, key_place, depth + 1)?.content else {
                let message = "a key must be a text".to_owned();
                return Err(Problem { place: key_place, message });
            };
            let (event, place) = self.next()?;
            let value = self.node(event, place, depth + 1)?;
            if let Some(first) = entries.iter().find(|entry| entry.key == key) {
                let message = format!("'{key}' is here twice; first in line {}", first.key_place.line);
                return Err(Problem { place: key_place, message });
            }
            entries.push(Entry { key, key_place, value });
        }
    }

    /// A scalar and where it begins. The parser places a block at its first text; here it is where its `|` stands.
    fn scalar(&self, text: &str, style: ScalarStyle, place: Place) -> (Place, Content) {
        let (place, style) = match style {
            ScalarStyle::Plain => (place, Style::Plain),
            ScalarStyle::Literal => {
                let (header, indent) = self.block_at(place);
                (header, Style::Literal { indent })
            }
            ScalarStyle::Folded => (self.block_at(place).0, Style::Folded),
            _ => (place, Style::Quoted),
        };
        (place, Content::Scalar { text: text.to_owned(), style })
    }

    /// Where the header of a block stands, and how far its text is indented.
    fn block_at(&self, place: Place) -> (Place, u64) {
        let lines: Vec<&str> = self.source.lines().collect();
        let first = usize::try_from(place.line).unwrap_or(usize::MAX).saturating_sub(1).min(lines.len());
        let indent = lines.get(first).map_or(0, |text| (text.len() - text.trim_start().len()) as u64);
        let header = lines[..first].iter().rposition(|text| !text.trim().is_empty());
        let Some(header) = header else { return (place, indent) };
        let column = lines[header].rfind(['|', '>']).unwrap_or(0) as u64 + 1;
        (Place { line: header as u64 + 1, column }, indent)
    }
}

fn count(node: &Node) -> usize {
    1 + match &node.content {
        Content::Scalar { .. } => 0,
        Content::Sequence(items) => items.iter().map(count).sum(),
        Content::Mapping(entries) => entries.iter().map(|entry| count(&entry.value)).sum(),
    }
}

/// The place in the file of a place in the text of `node`; as near as it is known.
#[cfg(any(feature = "sql", test))]
pub(super) fn place_within(node: &Node, line: u64, column: u64) -> Place {
    match &node.content {
        Content::Scalar { style: Style::Literal { indent }, .. } => {
            Place { line: node.place.line + line, column: indent + column }
        }
        Content::Scalar { style: Style::Plain, .. } if line == 1 => {
            Place { line: node.place.line, column: node.place.column + column - 1 }
        }
        Content::Scalar { style: Style::Quoted, .. } if line == 1 => {
            Place { line: node.place.line, column: node.place.column + column }
        }
        _ => node.place,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(node: &Node) -> (u64, u64) {
        (node.place.line, node.place.column)
    }

    fn get<'a>(node: &'a Node, key: &str) -> &'a Node {
        let Content::Mapping(entries) = &node.content else { panic!("a mapping") };
        &entries.iter().find(|entry| entry.key == key).unwrap().value
    }

    #[test]
    fn every_node_knows_its_place() {
        let root = parse("# comment\na: x\nb:\n  - 'y'\n  - {c: ~}\nsql: |\n\n    one\n     two\n").unwrap();
        assert_eq!(at(get(&root, "a")), (2, 4));
        let Content::Sequence(items) = &get(&root, "b").content else { panic!("a list") };
        assert_eq!((at(&items[0]), items[0].text()), ((4, 5), Some("y")));
        assert_eq!(at(get(&items[1], "c")), (5, 9));
        assert!(get(&items[1], "c").is_null());
        let sql = get(&root, "sql");
        assert_eq!(sql.text(), Some("\none\n two\n"));
        assert_eq!(place_within(sql, 3, 2), Place { line: 9, column: 6 });
    }

    #[test]
    fn errors_have_places() {
        for (text, line, part) in [
            ("a: 1\na: 2\n", 2, "'a' is here twice; first in line 1"),
            ("a: [1\nb: 2\n", 2, "this is no YAML"),
            ("", 1, "empty"),
            ("a: 1\n---\nb: 2\n", 2, "a second document"),
        ] {
            let problem = parse(text).unwrap_err();
            assert!(problem.message.contains(part), "{problem:?}");
            assert_eq!(problem.place.line, line, "{problem:?}");
        }
    }

    #[test]
    fn aliases_cannot_blow_up() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..9 {
            let items = vec![format!("*a{}", level - 1); 10].join(", ");
            text.push_str(&format!("a{level}: &a{level} [{items}]\n"));
        }
        assert!(parse(&text).unwrap_err().message.contains("too large"));
    }
}
