//! The syntax of sentence patterns: `(a|b)`, `[optional]`, `<concept>`, `…`.

/// What a pattern is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// A word, or a run of an unspaced script; a literal.
    Word(String),
    /// Any word of a concept.
    Concept(String),
    /// One after the other.
    Sequence(Vec<Node>),
    /// One of these.
    Choice(Vec<Node>),
    /// This or nothing.
    Optional(Box<Node>),
    /// A bounded gap.
    Gap,
}

/// Why a pattern cannot be read, and at which byte of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PatternError {
    pub(crate) at: usize,
    pub(crate) message: &'static str,
    pub(crate) help: &'static str,
}

/// How many elements a pattern may hold, alternatives included.
pub(crate) const MAX_ELEMENTS: usize = 128;
const MAX_DEPTH: usize = 8;

/// Reads a pattern.
pub(crate) fn parse(text: &str) -> Result<Node, PatternError> {
    let mut parser = Parser { text, at: 0, depth: 0 };
    let node = parser.choice()?;
    if parser.at < text.len() {
        return parser
            .fail("a bracket is closed that was not opened", "take it out, or open it before");
    }
    if size(&node) > MAX_ELEMENTS {
        return parser.fail(
            "the pattern has too many elements",
            "split it into several under the same name",
        );
    }
    if nullable(&node) {
        return parser.fail(
            "the pattern would match an empty text",
            "write at least one word or concept outside [ ]",
        );
    }
    if edge_gap(&node) {
        return parser.fail(
            "the pattern begins or ends with a gap",
            "take the gap out: a pattern matches anywhere in a message",
        );
    }
    Ok(node)
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn fail<T>(&self, message: &'static str, help: &'static str) -> Result<T, PatternError> {
        Err(PatternError { at: self.at, message, help })
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn choice(&mut self) -> Result<Node, PatternError> {
        let mut choices = vec![self.sequence()?];
        while self.peek() == Some('|') {
            self.at += 1;
            choices.push(self.sequence()?);
        }
        Ok(match <[Node; 1]>::try_from(choices) {
            Ok([only]) => only,
            Err(choices) => Node::Choice(choices),
        })
    }

    fn sequence(&mut self) -> Result<Node, PatternError> {
        let mut nodes = Vec::new();
        let mut chunk: Vec<Node> = Vec::new();
        loop {
            match self.peek() {
                None | Some('|' | ')' | ']') => break,
                Some(c) if c.is_whitespace() => {
                    self.at += c.len_utf8();
                    nodes.extend(join(&mut chunk));
                }
                Some('(') => chunk.push(self.bracket(')')?),
                Some('[') => {
                    let inner = self.bracket(']')?;
                    chunk.push(Node::Optional(Box::new(inner)));
                }
                Some('<') => chunk.push(self.concept()?),
                Some(_) if self.gap() => {
                    nodes.extend(join(&mut chunk));
                    nodes.push(Node::Gap);
                }
                Some(_) => chunk.push(self.word()?),
            }
        }
        nodes.extend(join(&mut chunk));
        Ok(match <[Node; 1]>::try_from(nodes) {
            Ok([only]) => only,
            Err(nodes) => Node::Sequence(nodes),
        })
    }

    fn bracket(&mut self, close: char) -> Result<Node, PatternError> {
        let open = self.at;
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return self.fail(
                "brackets are nested too deep",
                "split the pattern into several under the same name",
            );
        }
        let inner = self.choice()?;
        self.depth -= 1;
        if self.peek() == Some(close) {
            self.at += 1;
            return Ok(inner);
        }
        self.at = open;
        self.fail(
            "a bracket is not closed",
            "close it: ( ) for a choice, [ ] for what may be left out",
        )
    }

    fn concept(&mut self) -> Result<Node, PatternError> {
        let rest = &self.text[self.at + 1..];
        match rest.split_once('>') {
            Some((name, _))
                if !name.is_empty()
                    && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') =>
            {
                self.at += name.len() + 2;
                Ok(Node::Concept(name.to_owned()))
            }
            _ => self.fail(
                "`<` does not begin the name of a concept",
                "write <name> with a name of concepts.toml",
            ),
        }
    }

    fn gap(&mut self) -> bool {
        for sign in ["…", "..."] {
            if self.text[self.at..].starts_with(sign) {
                self.at += sign.len();
                return true;
            }
        }
        false
    }

    fn word(&mut self) -> Result<Node, PatternError> {
        let rest = &self.text[self.at..];
        let end = rest
            .char_indices()
            .find(|&(i, c)| {
                c.is_whitespace() || "()[]|<>…".contains(c) || rest[i..].starts_with("...")
            })
            .map_or(rest.len(), |(i, _)| i);
        if end == 0 {
            return self.fail("`>` closes nothing", "write <name> with a name of concepts.toml");
        }
        self.at += end;
        Ok(Node::Word(rest[..end].to_owned()))
    }
}

/// Joins what stands together without a space. Letters with bracketed letters (`de[l]`)
/// become a choice of words; anything with a concept in it stays a sequence.
fn join(chunk: &mut Vec<Node>) -> Option<Node> {
    let pieces = std::mem::take(chunk);
    if pieces.len() < 2 {
        return pieces.into_iter().next();
    }
    let mut spellings = vec![String::new()];
    for piece in &pieces {
        let Some(more) = spell(piece) else { return Some(Node::Sequence(pieces)) };
        spellings =
            spellings.iter().flat_map(|s| more.iter().map(move |m| format!("{s}{m}"))).collect();
        if spellings.len() > MAX_ELEMENTS {
            return Some(Node::Sequence(pieces));
        }
    }
    let optional = spellings.iter().any(|s| s.trim().is_empty());
    let words = spellings.into_iter().filter(|s| !s.trim().is_empty()).map(words).collect();
    let choice = Node::Choice(words);
    Some(if optional { Node::Optional(Box::new(choice)) } else { choice })
}

/// All spellings of a piece that is made of letters only.
fn spell(node: &Node) -> Option<Vec<String>> {
    match node {
        Node::Word(word) => Some(vec![word.clone()]),
        Node::Choice(choices) => {
            let spelled: Option<Vec<Vec<String>>> = choices.iter().map(spell).collect();
            Some(spelled?.into_iter().flatten().collect())
        }
        Node::Optional(inner) => {
            let mut spelled = spell(inner)?;
            spelled.push(String::new());
            Some(spelled)
        }
        Node::Sequence(nodes) => {
            let mut joined = vec![String::new()];
            for (i, node) in nodes.iter().enumerate() {
                let more = spell(node)?;
                let space = if i > 0 { " " } else { "" };
                joined = joined
                    .iter()
                    .flat_map(|j| more.iter().map(move |m| format!("{j}{space}{m}")))
                    .collect();
                if joined.len() > MAX_ELEMENTS {
                    return None;
                }
            }
            Some(joined)
        }
        Node::Concept(_) | Node::Gap => None,
    }
}

fn words(spelling: String) -> Node {
    if spelling.contains(char::is_whitespace) {
        return Node::Sequence(
            spelling.split_whitespace().map(|w| Node::Word(w.to_owned())).collect(),
        );
    }
    Node::Word(spelling)
}

fn size(node: &Node) -> usize {
    match node {
        Node::Word(_) | Node::Concept(_) => 1,
        Node::Gap => 0,
        Node::Optional(inner) => size(inner),
        Node::Sequence(nodes) | Node::Choice(nodes) => nodes.iter().map(size).sum(),
    }
}

fn nullable(node: &Node) -> bool {
    match node {
        Node::Word(_) | Node::Concept(_) => false,
        Node::Gap | Node::Optional(_) => true,
        Node::Sequence(nodes) => nodes.iter().all(nullable),
        Node::Choice(nodes) => nodes.iter().any(nullable),
    }
}

fn edge_gap(node: &Node) -> bool {
    fn at_edge(node: &Node, last: bool) -> bool {
        match node {
            Node::Gap => true,
            Node::Word(_) | Node::Concept(_) => false,
            Node::Optional(inner) => at_edge(inner, last),
            Node::Choice(nodes) => nodes.iter().any(|node| at_edge(node, last)),
            Node::Sequence(nodes) => {
                let node = if last { nodes.last() } else { nodes.first() };
                node.is_some_and(|node| at_edge(node, last))
            }
        }
    }
    at_edge(node, false) || at_edge(node, true)
}
