//! Reads PHP signatures as the stubs print them: `static pack(Frame|string $data, int $opcode = 1): string`.
//!
//! One text gives names, types, defaults, required counts and Reflection, so a class reads like its stub. Runs at
//! module startup only; a mistake in a signature panics there, and the module does not load.

/// `[modifiers] name(parameters)[: type]`.
#[derive(Debug)]
pub(super) struct Signature<'a> {
    pub modifiers: Vec<&'a str>,
    pub name: &'a str,
    pub parameters: Vec<Parameter<'a>>,
    pub returns: Option<Type<'a>>,
    /// Whether it returns by reference, as in `&name()`.
    pub by_ref: bool,
}

/// `[type] [&][...]$name [= default]`.
#[derive(Debug)]
pub(super) struct Parameter<'a> {
    pub name: &'a str,
    pub type_: Option<Type<'a>>,
    pub by_ref: bool,
    pub variadic: bool,
    pub default: Option<&'a str>,
}

/// `[modifiers] [type] $name [= default]`.
#[derive(Debug)]
pub(super) struct Property<'a> {
    pub modifiers: Vec<&'a str>,
    pub name: &'a str,
    pub type_: Option<Type<'a>>,
    pub default: Option<&'a str>,
}

/// A type: names of PHP's own types and of classes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Type<'a> {
    pub nullable: bool,
    text: &'a str,
}

impl<'a> Type<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| match text.strip_prefix('?') {
            Some(rest) => Self { nullable: true, text: rest },
            None => Self { nullable: false, text },
        })
    }

    /// The members of the union.
    pub fn members(self) -> impl Iterator<Item = &'a str> {
        self.text.split('|').map(str::trim)
    }
}

impl<'a> Signature<'a> {
    /// Reads a function or method.
    pub fn parse(text: &'a str) -> Self {
        let open = text.find('(').unwrap_or_else(|| panic!("`{text}` has no parameter list"));
        let close = text.rfind(')').unwrap_or_else(|| panic!("`{text}` does not close its parameter list"));
        let (head, tail) = (&text[..open], &text[close + 1..]);
        let (modifiers, name) = words(head);
        let (by_ref, name) = (name.starts_with('&'), name.trim_start_matches('&'));
        Self {
            modifiers,
            name,
            by_ref,
            parameters: split_list(&text[open + 1..close]).map(Parameter::parse).collect(),
            returns: Type::parse(tail.trim().trim_start_matches(':')),
        }
    }

    /// How many arguments a call must have.
    pub fn required(&self) -> usize {
        let optional = |p: &Parameter<'_>| p.variadic || p.default.is_some();
        self.parameters.iter().rposition(|p| !optional(p)).map_or(0, |last| last + 1)
    }
}

impl<'a> Parameter<'a> {
    fn parse(text: &'a str) -> Self {
        let (declaration, default) = split_default(text);
        let dollar = declaration.find('$').unwrap_or_else(|| panic!("`{text}` names no parameter"));
        let before = declaration[..dollar].trim();
        let variadic = before.ends_with("...");
        let before = before.trim_end_matches("...").trim_end();
        let by_ref = before.ends_with('&');
        let type_ = Type::parse(before.trim_end_matches('&'));
        Self { name: declaration[dollar + 1..].trim(), type_, by_ref, variadic, default }
    }
}

impl<'a> Property<'a> {
    /// Reads a property.
    pub fn parse(text: &'a str) -> Self {
        let (declaration, default) = split_default(text);
        let dollar = declaration.find('$').unwrap_or_else(|| panic!("`{text}` names no property"));
        let mut modifiers: Vec<_> = declaration[..dollar].split_whitespace().collect();
        let is_modifier =
            |word: &&str| matches!(*word, "public" | "protected" | "private" | "readonly" | "static");
        let type_ = modifiers.pop_if(|word| !is_modifier(&&**word)).and_then(Type::parse);
        Self { modifiers, name: declaration[dollar + 1..].trim(), type_, default }
    }
}

/// The literal a default is, as far as properties need literals.
#[derive(Debug, PartialEq)]
pub(super) enum Literal<'a> {
    Null,
    Bool(bool),
    Long(i64),
    Double(f64),
    Text(&'a str),
    EmptyArray,
}

impl<'a> Literal<'a> {
    /// Reads a literal.
    pub fn parse(text: &'a str) -> Self {
        match text {
            "null" => return Self::Null,
            "true" => return Self::Bool(true),
            "false" => return Self::Bool(false),
            "[]" => return Self::EmptyArray,
            _ => {}
        }
        for quote in ['"', '\''] {
            if let Some(inner) = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
                assert!(!inner.contains('\\'), "escapes in {text} are not read");
                return Self::Text(inner);
            }
        }
        let number = text.replace('_', "");
        match (number.parse(), number.parse()) {
            (Ok(long), _) => Self::Long(long),
            (_, Ok(double)) => Self::Double(double),
            _ => panic!("`{text}` is no literal"),
        }
    }
}

/// The words before a name, and the name.
fn words(text: &str) -> (Vec<&str>, &str) {
    let mut words: Vec<_> = text.split_whitespace().collect();
    let name = words.pop().unwrap_or_else(|| panic!("`{text}` has no name"));
    (words, name)
}

/// Splits at the `=` before a default.
fn split_default(text: &str) -> (&str, Option<&str>) {
    match text.split_once('=') {
        Some((declaration, default)) => (declaration.trim(), Some(default.trim())),
        None => (text.trim(), None),
    }
}

/// Splits at the commas that are not inside quotes, brackets or parentheses.
fn split_list(text: &str) -> impl Iterator<Item = &str> {
    let (mut depth, mut quote) = (0usize, None);
    text.split(move |c: char| {
        match (quote, c) {
            (Some(open), _) => quote = (c != open).then_some(open),
            (None, '"' | '\'') => quote = Some(c),
            (None, '[' | '(') => depth += 1,
            (None, ']' | ')') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => return true,
            _ => {}
        }
        false
    })
    .map(str::trim)
    .filter(|part| !part.is_empty())
}
