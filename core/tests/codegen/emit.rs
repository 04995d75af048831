//! Writes the module of one message.

use std::fmt::Write;

use crate::schema::{Field, Message, Type, Versions, snake};

/// The field's name in Rust.
pub(crate) fn field_name(name: &str) -> String {
    match snake(name).as_str() {
        word @ ("type" | "match" | "move" | "ref" | "use" | "where") => format!("r#{word}"),
        word => word.to_owned(),
    }
}

/// When a field is there, given that `version` is within `of`.
#[derive(Clone, PartialEq)]
enum When {
    Always,
    Never,
    If(String),
}

fn when(versions: Versions, of: Versions) -> When {
    let both = versions.and(of);
    if both.is_empty() {
        When::Never
    } else if both == of {
        When::Always
    } else if both.min == both.max {
        When::If(format!("version == {}", both.min))
    } else if both.max == of.max {
        When::If(format!("version >= {}", both.min))
    } else if both.min == of.min {
        When::If(format!("version <= {}", both.max))
    } else {
        When::If(format!("({}..={}).contains(&version)", both.min, both.max))
    }
}

fn boolean(versions: Versions, of: Versions) -> String {
    match when(versions, of) {
        When::Always => "true".to_owned(),
        When::Never => "false".to_owned(),
        When::If(condition) => condition,
    }
}

/// One struct on its way into Rust.
struct Struct<'a> {
    message: &'a Message,
    name: &'a str,
    fields: Vec<&'a Field>,
    /// The versions at which it can occur.
    versions: Versions,
    top: bool,
}

pub(crate) fn message_module(message: &Message, source: &str) -> String {
    let mut out = String::new();
    let flexible = match message.flexible.is_empty() {
        true => "never flexible".to_owned(),
        false => format!("flexible from {}", message.flexible.min),
    };
    let key = message.api_key.map_or(String::new(), |key| match message.kind.starts_with("coordinator") {
        true => format!(" of type {key}"),
        false => format!(" of API {key}"),
    });
    writeln!(
        out,
        "//! {}: {}{key}, versions {} to {}, {flexible}.\n//!\n//! @generated from `{source}` by `tests/codegen`; change that, not this file.\n",
        message.name, article(&message.kind), message.versions.min, message.versions.max
    )
    .unwrap();
    out.push_str("use crate::protocol::wire::*;\n");
    let root = |name: &'_ str, fields: &'_ [Field], versions| {
        let fields =
            fields.iter().filter(|field| !field.versions.and(versions).is_empty()).cloned().collect();
        (name.to_owned(), fields, versions)
    };
    let mut all: Vec<(String, Vec<Field>, Versions)> =
        vec![root(&message.name, &message.fields, message.versions)];
    all.extend(
        message.used_structs().into_iter().map(|(name, fields, versions)| root(name, fields, versions)),
    );
    for (at, (name, fields, versions)) in all.iter().enumerate() {
        let one =
            Struct { message, name, fields: fields.iter().collect(), versions: *versions, top: at == 0 };
        one.declare(&mut out);
        one.default(&mut out);
        one.code(&mut out);
    }
    out
}

fn article(kind: &str) -> &str {
    match kind {
        "request" => "a request",
        "response" => "a response",
        "header" => "a header",
        "data" => "data",
        "coordinator-key" => "the key of a coordinator's record",
        "coordinator-value" => "the value of a coordinator's record",
        other => panic!("kind {other}"),
    }
}

impl Struct<'_> {
    fn has_tags(&self) -> bool {
        !self.message.flexible.and(self.versions).is_empty()
    }

    fn nullable(&self, field: &Field) -> bool {
        !field.nullable.and(field.versions).and(self.versions).is_empty()
    }

    fn context(&self, field: &Field) -> String {
        format!("\"{}.{}\"", self.name, snake(&field.name))
    }

    fn rust_type(&self, field: &Field) -> String {
        let plain = plain_type(&field.kind);
        if self.nullable(field) { format!("Option<{plain}>") } else { plain }
    }

    fn declare(&self, out: &mut String) {
        let derived = if self.derives_default() { ", Default" } else { "" };
        if self.top {
            writeln!(out, "\n/// The message `{}`.", self.name).unwrap();
        } else {
            writeln!(out, "\n/// A struct of [`{}`].", self.message.name).unwrap();
        }
        writeln!(out, "#[derive(Clone, Debug{derived}, PartialEq)]\npub struct {} {{", self.name).unwrap();
        for field in &self.fields {
            writeln!(out, "    /// {}", self.describe(field)).unwrap();
            writeln!(out, "    pub {}: {},", field_name(&field.name), self.rust_type(field)).unwrap();
        }
        if self.has_tags() {
            out.push_str("    /// Tagged fields that this schema does not name.\n");
            out.push_str("    pub unknown_tagged_fields: TaggedFields,\n");
        }
        out.push_str("}\n");
    }

    fn describe(&self, field: &Field) -> String {
        let span = |versions: Versions| {
            let both = versions.and(self.versions);
            if both == self.versions {
                "all versions".to_owned()
            } else if both.min == both.max {
                format!("version {}", both.min)
            } else if both.max == self.message.versions.max {
                format!("versions {}+", both.min)
            } else {
                format!("versions {} to {}", both.min, both.max)
            }
        };
        let mut text = span(field.versions);
        text[..1].make_ascii_uppercase();
        if let Some(tag) = field.tag {
            write!(text, ", tag {tag}").unwrap();
        }
        if self.nullable(field) {
            match field.nullable.and(self.versions) == field.versions.and(self.versions) {
                true => text.push_str(", nullable"),
                false => write!(text, ", nullable at {}", span(field.nullable.and(field.versions))).unwrap(),
            }
        }
        if let Some(default) = field.default.as_deref().filter(|default| !default.is_empty()) {
            write!(text, ", default {default}").unwrap();
        }
        if field.ignorable && field.versions.and(self.versions) != self.versions {
            text.push_str(", dropped where the version lacks it");
        }
        text.push('.');
        text
    }

    fn default_value(&self, field: &Field) -> String {
        if self.nullable(field) {
            if field.default.as_deref() == Some("null") || field.kind == Type::Records {
                return "None".to_owned();
            }
            return format!("Some({})", plain_default(field));
        }
        plain_default(field)
    }

    fn derives_default(&self) -> bool {
        self.fields.iter().all(|field| {
            let value = self.default_value(field);
            matches!(
                value.as_str(),
                "0" | "0.0" | "false" | "None" | "Str::EMPTY" | "Bytes::new()" | "Vec::new()"
            ) || value == "Uuid::ZERO"
                || matches!(field.kind, Type::Struct(_))
                    && value.ends_with("::default()")
                    && !value.starts_with("Some")
        })
    }

    fn default(&self, out: &mut String) {
        if self.derives_default() {
            return;
        }
        writeln!(out, "\nimpl Default for {} {{\n    fn default() -> Self {{\n        Self {{", self.name)
            .unwrap();
        for field in &self.fields {
            writeln!(out, "            {}: {},", field_name(&field.name), self.default_value(field)).unwrap();
        }
        if self.has_tags() {
            out.push_str("            unknown_tagged_fields: TaggedFields::new(),\n");
        }
        out.push_str("        }\n    }\n}\n");
    }

    fn code(&self, out: &mut String) {
        if self.top {
            writeln!(
                out,
                "\nimpl Message for {} {{\n    const NAME: &'static str = \"{}\";\n    const VERSIONS: RangeInclusive<i16> = {}..={};\n",
                self.name, self.name, self.versions.min, self.versions.max
            )
            .unwrap();
        } else {
            writeln!(out, "\nimpl {} {{", self.name).unwrap();
        }
        let (read, write) = (self.read(), self.write());
        let used = |body: &str| if names_version(body) { "version" } else { "_" };
        writeln!(out, "    fn read(reader: &mut Reader, {}: i16) -> Self {{\n{read}    }}\n", used(&read))
            .unwrap();
        let writer = if write.is_empty() { "_" } else { "writer" };
        writeln!(
            out,
            "    fn write(&self, {writer}: &mut Writer, {}: i16) {{\n{write}    }}\n}}",
            used(&write)
        )
        .unwrap();
    }

    /// What goes before the fields, and what says "compact form" in them.
    fn flexible(&self) -> (Option<String>, &'static str) {
        match when(self.message.flexible, self.versions) {
            When::Always => (None, "true"),
            When::Never => (None, "false"),
            When::If(condition) => (Some(condition), "flexible"),
        }
    }

    fn flexible_of(&self, field: &Field, message: &'static str) -> &'static str {
        match field.flexible {
            Some(own) => {
                assert!(own.is_empty(), "a field with flexible versions of its own");
                "false"
            }
            None if field.tag.is_some() => "true",
            None => message,
        }
    }

    fn read(&self) -> String {
        let (condition, flexible) = self.flexible();
        let mut fields = String::new();
        let mut tagged = String::new();
        let tag_versions = self.message.flexible.and(self.versions);
        for field in &self.fields {
            let name = field_name(&field.name);
            if let Some(tag) = field.tag {
                writeln!(fields, "            {name}: {},", self.default_value(field)).unwrap();
                let guard = match when(field.versions, tag_versions) {
                    When::If(condition) => format!(" if {condition}"),
                    _ => String::new(),
                };
                let value = self.read_value(field, "true", field.versions.and(self.versions));
                writeln!(tagged, "                {tag}{guard} => message.{name} = {value},").unwrap();
                continue;
            }
            let value =
                self.read_value(field, self.flexible_of(field, flexible), field.versions.and(self.versions));
            match when(field.versions, self.versions) {
                When::If(condition) => {
                    let default = self.default_value(field);
                    writeln!(fields, "            {name}: if {condition} {{ {value} }} else {{ {default} }},")
                }
                _ => writeln!(fields, "            {name}: {value},"),
            }
            .unwrap();
        }
        let context = format!("\"{}\"", self.name);
        if self.has_tags() && tagged.is_empty() {
            writeln!(fields, "            unknown_tagged_fields: reader.tags({flexible}, {context}),")
                .unwrap();
        } else if self.has_tags() {
            fields.push_str("            unknown_tagged_fields: TaggedFields::new(),\n");
        }
        let mut body = String::new();
        if let Some(condition) = condition
            && (fields.contains("flexible") || !tagged.is_empty())
        {
            writeln!(body, "        let flexible = {condition};").unwrap();
        }
        if tagged.is_empty() {
            write!(body, "        Self {{\n{fields}        }}\n").unwrap();
            return body;
        }
        write!(body, "        let mut message = Self {{\n{fields}        }};\n").unwrap();
        let mut each = format!(
            "let mut unknown = TaggedFields::new();\nreader.each_tag({context}, &mut unknown, &mut |reader, tag| {{\n    match tag {{\n"
        );
        each.push_str(&tagged.replace("                ", "        "));
        each.push_str(
            "        _ => return false,\n    }\n    true\n});\nmessage.unknown_tagged_fields = unknown;\n",
        );
        push_guarded(&mut body, flexible, &each);
        body.push_str("        message\n");
        body
    }

    fn read_value(&self, field: &Field, flexible: &str, of: Versions) -> String {
        let context = self.context(field);
        let nullable = self.nullable(field).then(|| boolean(field.nullable, of));
        let simple = |name: &str| match &nullable {
            Some(nullable) => format!("reader.opt_{name}({flexible}, {nullable}, {context})"),
            None => format!("reader.{name}({flexible}, {context})"),
        };
        match &field.kind {
            Type::String => simple("string"),
            Type::Bytes | Type::Records => simple("bytes"),
            Type::Struct(name) => match nullable {
                Some(nullable) => format!("reader.opt_struct({nullable}, version, {context}, {name}::read)"),
                None => format!("{name}::read(reader, version)"),
            },
            Type::Array(element) => match &**element {
                Type::Struct(name) => {
                    let least = self.least(name, of);
                    match nullable {
                        Some(nullable) => format!(
                            "reader.opt_structs({flexible}, {nullable}, version, {least}, {context}, {name}::read)"
                        ),
                        None => {
                            format!("reader.structs({flexible}, version, {least}, {context}, {name}::read)")
                        }
                    }
                }
                plain => simple(&format!("{}s", scalar(plain))),
            },
            plain => format!("reader.{}({context})", scalar(plain)),
        }
    }

    /// The fewest bytes of an element, as an expression over `version`.
    fn least(&self, name: &str, of: Versions) -> String {
        let fields = self.message.fields_of(name);
        let mut steps: Vec<(i16, i16, usize)> = Vec::new();
        for version in of.iter() {
            let least = self.message.least(fields, version);
            assert!(least > 0, "{name} may take no byte at version {version}");
            match steps.last_mut() {
                Some((_, last, known)) if *known == least => *last = version,
                _ => steps.push((version, version, least)),
            }
        }
        let (.., last) = steps.pop().unwrap();
        if steps.is_empty() {
            return last.to_string();
        }
        let mut text = String::from("match version { ");
        for (from, to, least) in steps {
            match from == to {
                true => write!(text, "{to} => {least}, "),
                false => write!(text, "{from}..={to} => {least}, "),
            }
            .unwrap();
        }
        write!(text, "_ => {last} }}").unwrap();
        text
    }

    fn write(&self) -> String {
        let (condition, flexible) = self.flexible();
        let mut body = String::new();
        for field in self.fields.iter().filter(|field| field.tag.is_none()) {
            let value =
                self.write_value(field, self.flexible_of(field, flexible), field.versions.and(self.versions));
            match when(field.versions, self.versions) {
                When::If(condition) => {
                    writeln!(body, "        if {condition} {{\n            {value}").unwrap();
                    if !field.ignorable {
                        writeln!(
                            body,
                            "        }} else if {} {{\n            writer.reject({});",
                            self.is_set(field),
                            self.context(field)
                        )
                        .unwrap();
                    }
                    body.push_str("        }\n");
                }
                _ => writeln!(body, "        {value}").unwrap(),
            }
        }
        let mut tagged: Vec<_> = self.fields.iter().filter(|field| field.tag.is_some()).collect();
        tagged.sort_by_key(|field| field.tag);
        for field in &tagged {
            if field.versions.and(self.versions) != self.versions && !field.ignorable {
                assert!(field.versions.max >= self.versions.max, "{}: a tag that ends", field.name);
                writeln!(
                    body,
                    "        if version < {} && {} {{\n            writer.reject({});\n        }}",
                    field.versions.min,
                    self.is_set(field),
                    self.context(field)
                )
                .unwrap();
            }
        }
        if self.has_tags() && tagged.is_empty() {
            writeln!(body, "        writer.tags({flexible}, &self.unknown_tagged_fields);").unwrap();
        } else if self.has_tags() {
            let mut each = "let mut tags = writer.begin_tags(&self.unknown_tagged_fields);\n".to_owned();
            for field in &tagged {
                let guard = match when(field.versions, self.message.flexible.and(self.versions)) {
                    When::If(condition) => format!("{condition} && "),
                    _ => String::new(),
                };
                let value = self.write_value(field, "true", field.versions.and(self.versions));
                write!(
                    each,
                    "if {guard}{} {{\n    let mark = writer.begin_tag(&mut tags, {});\n    {value}\n    writer.end_tag(mark);\n}}\n",
                    self.is_set(field),
                    field.tag.unwrap()
                )
                .unwrap();
            }
            each.push_str("writer.end_tags(tags);\n");
            push_guarded(&mut body, flexible, &each);
            if flexible == "flexible" {
                body.truncate(body.len() - "        }\n".len());
                body.push_str("        } else {\n            writer.tags(false, &self.unknown_tagged_fields);\n        }\n");
            }
        }
        match condition {
            Some(condition) if body.contains("flexible") => {
                format!("        let flexible = {condition};\n{body}")
            }
            _ => body,
        }
    }

    fn write_value(&self, field: &Field, flexible: &str, of: Versions) -> String {
        let (name, context) = (field_name(&field.name), self.context(field));
        let nullable = self.nullable(field).then(|| boolean(field.nullable, of));
        let simple = |kind: &str, rest: &str| match &nullable {
            Some(nullable) => {
                format!("writer.opt_{kind}({flexible}, {nullable}, &self.{name}, {context}{rest});")
            }
            None => format!("writer.{kind}({flexible}, &self.{name}, {context}{rest});"),
        };
        match &field.kind {
            Type::String => simple("string", ""),
            Type::Bytes | Type::Records => simple("bytes", ""),
            Type::Struct(kind) => match nullable {
                Some(nullable) => {
                    format!("writer.opt_struct({nullable}, version, &self.{name}, {context}, {kind}::write);")
                }
                None => format!("self.{name}.write(writer, version);"),
            },
            Type::Array(element) => match &**element {
                Type::Struct(kind) => match nullable {
                    Some(nullable) => format!(
                        "writer.opt_structs({flexible}, {nullable}, version, &self.{name}, {context}, {kind}::write);"
                    ),
                    None => format!(
                        "writer.structs({flexible}, version, &self.{name}, {context}, {kind}::write);"
                    ),
                },
                plain => simple(&format!("{}s", scalar(plain)), ""),
            },
            plain => format!("writer.{}(self.{name});", scalar(plain)),
        }
    }

    /// Whether the field differs from its default.
    fn is_set(&self, field: &Field) -> String {
        let name = field_name(&field.name);
        match self.default_value(field).as_str() {
            "false" => format!("self.{name}"),
            "true" => format!("!self.{name}"),
            "None" => format!("self.{name}.is_some()"),
            "Str::EMPTY" | "Bytes::new()" | "Vec::new()" => format!("!self.{name}.is_empty()"),
            "Uuid::ZERO" => format!("!self.{name}.is_zero()"),
            value if value.starts_with("Some(") => {
                format!("self.{name}.as_ref().is_none_or(|value| !value.is_empty())")
            }
            value => format!("self.{name} != {value}"),
        }
    }
}

/// Whether the code uses the argument `version`, outside of texts.
fn names_version(body: &str) -> bool {
    // A field of that name stands in front of a colon.
    let code = body.split('"').step_by(2).collect::<String>().replace(" version: ", " ");
    code.split(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != '.')
        .any(|word| word == "version")
}

fn push_guarded(body: &mut String, flexible: &str, lines: &str) {
    let guarded = flexible != "true";
    if guarded {
        writeln!(body, "        if {flexible} {{").unwrap();
    }
    let indent = if guarded { "            " } else { "        " };
    for line in lines.lines() {
        writeln!(body, "{indent}{line}").unwrap();
    }
    if guarded {
        body.push_str("        }\n");
    }
}

fn scalar(kind: &Type) -> &'static str {
    match kind {
        Type::Bool => "bool",
        Type::Int8 => "int8",
        Type::Int16 => "int16",
        Type::Uint16 => "uint16",
        Type::Int32 => "int32",
        Type::Int64 => "int64",
        Type::Float64 => "float64",
        Type::Uuid => "uuid",
        Type::String => "string",
        other => panic!("{other:?} is no scalar"),
    }
}

fn plain_type(kind: &Type) -> String {
    match kind {
        Type::Bool => "bool".to_owned(),
        Type::Int8 => "i8".to_owned(),
        Type::Int16 => "i16".to_owned(),
        Type::Uint16 => "u16".to_owned(),
        Type::Int32 => "i32".to_owned(),
        Type::Int64 => "i64".to_owned(),
        Type::Float64 => "f64".to_owned(),
        Type::Uuid => "Uuid".to_owned(),
        Type::String => "Str".to_owned(),
        Type::Bytes | Type::Records => "Bytes".to_owned(),
        Type::Struct(name) => name.clone(),
        Type::Array(element) => format!("Vec<{}>", plain_type(element)),
    }
}

fn plain_default(field: &Field) -> String {
    let given = field.default.as_deref();
    match &field.kind {
        Type::Bool => given.unwrap_or("false").to_owned(),
        Type::Int8 | Type::Int16 | Type::Uint16 | Type::Int32 | Type::Int64 => {
            let text = given.unwrap_or("0");
            let value = match text.strip_prefix("0x") {
                Some(hex) => i64::from_str_radix(hex, 16).unwrap(),
                None => text.parse().unwrap(),
            };
            match (&field.kind, value) {
                (Type::Int64, i64::MAX) => "i64::MAX".to_owned(),
                (Type::Int32, 0x7fff_ffff) => "i32::MAX".to_owned(),
                (Type::Int32, -0x8000_0000) => "i32::MIN".to_owned(),
                _ => value.to_string(),
            }
        }
        Type::Float64 => {
            assert!(given.is_none());
            "0.0".to_owned()
        }
        Type::Uuid => "Uuid::ZERO".to_owned(),
        Type::String => {
            assert!(given.is_none_or(str::is_empty), "{}: default {given:?}", field.name);
            "Str::EMPTY".to_owned()
        }
        Type::Bytes | Type::Records => "Bytes::new()".to_owned(),
        Type::Struct(name) => format!("{name}::default()"),
        Type::Array(_) => "Vec::new()".to_owned(),
    }
}
