//! Scripts judged whole: every error of every statement, also where what it reads is wrong itself.
//!
//! A relation whose declaration is wrong is in doubt. A statement that reads it is judged as far as it can be without
//! knowing more: by its columns alone where they are known, else by its syntax, its functions, its other relations
//! and their columns. What it makes is in doubt too, so no error is told that only repeats another. Knows a session
//! and syntax trees; must never know where declarations come from.

mod names;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use datafusion::sql::sqlparser::ast;

use self::names::Names;
use super::bounded::{Mode, plan_query};
use super::catalog::{Entry, Meta};
use super::continuous::ContinuousQuery;
use super::dialect::{CreateMaterializedView, Parsed, Statement, parse};
use super::error::SqlError;
use super::plan::{check_options, renamed, topic_of};
use super::session::SqlSession;

/// How much is known of a relation whose declaration is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// Its columns are known. Whether it is a stream or a table, its key and its event time are not.
    Nature,
    /// Nothing but its name is known.
    Columns,
}

/// What statements come to.
#[derive(Debug, Default)]
pub struct Judged {
    /// The materialized views that can run, in the order of writing.
    pub queries: Vec<ContinuousQuery>,
    /// Everything that is wrong, each with its place in the text where it is known.
    pub errors: Vec<SqlError>,
    /// The topics that its materialized views write, also of those that cannot run.
    pub topics: Vec<String>,
    /// Whether a statement could not be read, so that it may make relations and topics that nobody knows of.
    pub unread: bool,
}

/// What is known to be wrong elsewhere.
#[derive(Clone, Debug, Default)]
pub(crate) struct Doubts {
    /// Relations of the catalog of which the columns alone are to be believed.
    nature: BTreeSet<String>,
    /// Whether there are relations that the session was not told of.
    more_names: bool,
}

impl SqlSession {
    /// Says that the declaration of a relation is wrong. For [`Doubt::Nature`] it is declared with its right columns
    /// before; with [`Doubt::Columns`] it becomes known by this.
    pub fn doubt(&mut self, name: &str, doubt: Doubt) {
        match doubt {
            Doubt::Nature => {
                self.doubts.nature.insert(name.to_owned());
            }
            Doubt::Columns => self.catalog.insert(name, Entry::Unknown),
        }
    }

    /// Says that there are relations whose names are not known, so that an unknown name is no error from here on.
    pub fn expect_more_names(&mut self) {
        self.doubts.more_names = true;
    }

    /// Plans a script as [`Self::plan`] does, but goes on behind what is wrong and tells all of it.
    pub async fn judge(&mut self, sql: &str, application: &str) -> Judged {
        let mut judged = Judged::default();
        let statements = match parse(sql) {
            Ok(statements) => statements,
            Err(error) => {
                judged.errors.push(error);
                // Most often what could not be read still says what it makes.
                match made_by(sql) {
                    Some(name) => {
                        self.doubt(&name, Doubt::Columns);
                        judged.topics.push(name);
                    }
                    None => judged.unread = true,
                }
                return judged;
            }
        };
        for Parsed { statement, location } in statements {
            let before = judged.errors.len();
            if let Err(error) = self.judge_one(statement, application, &mut judged).await {
                judged.errors.push(error);
            }
            for error in &mut judged.errors[before..] {
                *error = error.clone().at(location);
            }
        }
        judged
    }

    async fn judge_one(
        &mut self,
        statement: Statement,
        application: &str,
        judged: &mut Judged,
    ) -> Result<(), SqlError> {
        match statement {
            Statement::CreateMaterializedView(view) => self.judge_view(&view, application, judged).await,
            Statement::CreateView { name, or_replace, query } => {
                let names = Names::of(&query);
                let wrong = self.wrong_names(&names).await?;
                let doubt = self.doubt_of(&names);
                if !wrong.is_empty() || doubt == Some(Doubt::Columns) {
                    self.free(&name, or_replace)?;
                    judged.errors.extend(wrong);
                    self.doubt(&name, Doubt::Columns);
                    return Ok(());
                }
                let made = self.run(Statement::CreateView { name: name.clone(), or_replace, query }).await;
                match (made, doubt) {
                    (Ok(_), None) => {}
                    (Ok(_), Some(doubt)) => self.doubt(&name, doubt),
                    (Err(error), _) => {
                        if self.catalog.get(&name).is_none() {
                            self.doubt(&name, Doubt::Columns);
                        }
                        return Err(error);
                    }
                }
                Ok(())
            }
            Statement::CreateRelation(declared) => {
                let name = declared.name.clone();
                let made = self.run(Statement::CreateRelation(declared)).await;
                if made.is_err() && self.catalog.get(&name).is_none() {
                    self.doubt(&name, Doubt::Columns);
                }
                made.map(|_| ())
            }
            Statement::Drop { .. } => self.run(statement).await.map(|_| ()),
            _ => Err(SqlError::unsupported(super::continuous::NOT_IN_A_PIPELINE)),
        }
    }

    async fn judge_view(
        &mut self,
        view: &CreateMaterializedView,
        application: &str,
        judged: &mut Judged,
    ) -> Result<(), SqlError> {
        if view.if_not_exists && self.catalog.get(&view.name).is_some() {
            return Ok(());
        }
        self.free(&view.name, false)?;
        judged.topics.push(topic_of(view));
        judged.topics.extend(view.late_to.clone());
        let names = Names::of(&view.query);
        let wrong = self.wrong_names(&names).await?;
        let doubt = self.doubt_of(&names);
        if !wrong.is_empty() {
            judged.errors.extend(wrong);
            self.doubt(&view.name, Doubt::Columns);
            return Ok(());
        }
        let error = match doubt {
            None => match self.create_materialized_view(view, application).await {
                Ok(query) => {
                    judged.queries.extend(query);
                    return Ok(());
                }
                Err(error) => Some(error),
            },
            Some(_) => check_options(view).err(),
        };
        // What it gives is known if the question can be asked at all, which must be told unless it is known already.
        let asked = match doubt {
            Some(Doubt::Columns) => Ok(false),
            None | Some(Doubt::Nature) => self.ask(view).await.map(|()| true),
        };
        match &asked {
            Ok(true) => {
                self.catalog.insert(&view.name, Entry::View(std::sync::Arc::new(renamed(view))));
                self.doubt(&view.name, Doubt::Nature);
            }
            Ok(false) | Err(_) => self.doubt(&view.name, Doubt::Columns),
        }
        match (error, asked) {
            (Some(error), _) => Err(error),
            (None, asked) => asked.map(|_| ()),
        }
    }

    /// Whether a view's query is right as a question over relations with these columns, whatever else they are.
    async fn ask(&self, view: &CreateMaterializedView) -> Result<(), SqlError> {
        let query = renamed(view);
        let state = self.planner.session(&self.catalog, &self.log, Mode::Bounded, &query.to_string()).await?;
        let plan = plan_query(&state, query).await.map_err(|error| self.name_nearest(error))?;
        let width = plan.schema().fields().len();
        if !view.columns.is_empty() && view.columns.len() != width {
            return Err(SqlError::invalid(format!(
                "'{}' names {} columns, its query has {width}",
                view.name,
                view.columns.len()
            )));
        }
        Ok(())
    }

    fn free(&self, name: &str, or_replace: bool) -> Result<(), SqlError> {
        match self.catalog.get(name) {
            Some(_) if !or_replace => {
                Err(SqlError::invalid(format!("'{name}' already exists; DROP it first")))
            }
            _ => Ok(()),
        }
    }

    /// How far a statement with these names must not be believed.
    fn doubt_of(&self, names: &Names) -> Option<Doubt> {
        let of = |name: &str| match self.catalog.get(name) {
            Some(Entry::Unknown) => Some(Doubt::Columns),
            Some(_) => self.doubts.nature.contains(name).then_some(Doubt::Nature),
            // A topic, or a name that was not told.
            None => self.doubts.more_names.then_some(Doubt::Columns),
        };
        names.relations().filter_map(|(name, _)| of(name)).max()
    }

    /// Functions, relations and columns of relations that are not there.
    async fn wrong_names(&self, names: &Names) -> Result<Vec<SqlError>, SqlError> {
        let mut wrong = Vec::new();
        let topics = self.log.topics().await?;
        for (name, location) in names.relations() {
            let known = self.catalog.get(name).is_some() || topics.iter().any(|topic| topic == name);
            if !known && !self.doubts.more_names {
                wrong.push(self.catalog.unknown(name).at(location));
            }
        }
        for (name, location) in names.functions() {
            if let Some(error) = self.planner.unknown_function(name).await? {
                wrong.push(SqlError { position: None, ..error }.at(location));
            }
        }
        if self.doubt_of(names) == Some(Doubt::Columns) {
            wrong.extend(self.wrong_columns(names));
        }
        Ok(wrong)
    }

    fn wrong_columns<'a>(&'a self, names: &'a Names) -> impl Iterator<Item = SqlError> + 'a {
        names.columns().filter_map(|(relation, column, location)| {
            let Some(Entry::Relation(relation)) = self.catalog.get(relation) else { return None };
            let fields = relation.schema.fields();
            let known = fields.iter().any(|field| field.name() == column)
                || Meta::ALL.iter().any(|meta| meta.name() == column);
            let all: Vec<&str> = fields.iter().map(|field| field.name().as_str()).collect();
            let message = format!("'{}' has no column '{column}'; it has {}", relation.name, all.join(", "));
            (!known).then(|| SqlError::invalid(message).at(location))
        })
    }
}

/// What a statement that cannot be read makes: the word behind the kind of thing.
fn made_by(statement: &str) -> Option<String> {
    let mut words = statement.split_whitespace();
    let is = |word: &str, all: &[&str]| all.iter().any(|known| word.eq_ignore_ascii_case(known));
    if !is(words.next()?, &["CREATE"]) {
        return None;
    }
    words.find(|word| is(word, &["VIEW", "STREAM", "TABLE"]))?;
    let name = words.find(|word| !is(word, &["IF", "NOT", "EXISTS"]))?;
    let name = name.split('(').next().unwrap_or(name);
    let plain = name.trim_matches('"');
    let name = if plain.len() < name.len() { plain.to_owned() } else { plain.to_lowercase() };
    (!name.is_empty()).then_some(name)
}

/// The name of a column, relation or function as it is looked up.
fn folded(ident: &ast::Ident) -> String {
    if ident.quote_style.is_some() { ident.value.clone() } else { ident.value.to_lowercase() }
}
