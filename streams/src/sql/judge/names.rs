//! The names in a query: relations, functions, and columns that say whose they are.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use datafusion::sql::sqlparser::ast::{
    self, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, ObjectName, Query, TableAlias, TableFactor,
    Visit, Visitor,
};
use datafusion::sql::sqlparser::tokenizer::Location;

use super::folded;

/// Functions in FROM whose first argument is a relation.
const OVER_RELATIONS: [&str; 4] = ["tumble", "hop", "cumulate", "session"];

/// What a query names.
#[derive(Debug, Default)]
pub(super) struct Names {
    relations: BTreeMap<String, Location>,
    functions: BTreeMap<String, Location>,
    columns: Vec<(String, String, Location)>,
    /// What is defined by WITH.
    own: BTreeSet<String>,
    /// What stands for which relation; `None` where that is more than one, or no relation as it is.
    aliases: BTreeMap<String, Option<String>>,
}

impl Names {
    pub(super) fn of(query: &Query) -> Names {
        let mut names = Names::default();
        let _ = query.visit(&mut names);
        names
    }

    /// Relations from outside of the query, each with its first place.
    pub(super) fn relations(&self) -> impl Iterator<Item = (&str, Location)> + '_ {
        let outer = self.relations.iter().filter(|(name, _)| !self.own.contains(*name));
        outer.map(|(name, at)| (name.as_str(), *at))
    }

    /// Functions in expressions, each with its first place.
    pub(super) fn functions(&self) -> impl Iterator<Item = (&str, Location)> + '_ {
        self.functions.iter().map(|(name, at)| (name.as_str(), *at))
    }

    /// Columns that say of which relation they are: the relation and the column.
    pub(super) fn columns(&self) -> impl Iterator<Item = (&str, &str, Location)> + '_ {
        self.columns.iter().filter_map(|(alias, column, at)| {
            let relation = self.aliases.get(alias)?.as_deref()?;
            (!self.own.contains(relation)).then_some((relation, column.as_str(), *at))
        })
    }

    fn relation(&mut self, name: &ast::Ident) {
        self.relations.entry(folded(name)).or_insert(name.span.start);
    }

    fn alias(&mut self, alias: Option<&TableAlias>, relation: Option<String>) {
        let renames = alias.is_some_and(|alias| !alias.columns.is_empty());
        let Some(name) = alias.map(|alias| folded(&alias.name)).or_else(|| relation.clone()) else { return };
        let stands_for = relation.filter(|_| !renames);
        self.aliases
            .entry(name)
            .and_modify(|known| {
                if *known != stands_for {
                    *known = None;
                }
            })
            .or_insert(stands_for);
    }

    fn call(&mut self, name: &ObjectName, arguments: &[FunctionArg]) {
        let over_relation = single(name).is_some_and(|name| OVER_RELATIONS.contains(&folded(name).as_str()));
        if let (true, Some(FunctionArg::Unnamed(FunctionArgExpr::Expr(Expr::Identifier(relation))))) =
            (over_relation, arguments.first())
        {
            self.relation(relation);
        }
    }
}

fn single(name: &ObjectName) -> Option<&ast::Ident> {
    match name.0.as_slice() {
        [part] => part.as_ident(),
        _ => None,
    }
}

impl Visitor for Names {
    type Break = ();

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        if let Some(with) = &query.with {
            self.own.extend(with.cte_tables.iter().map(|table| folded(&table.alias.name)));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        match factor {
            TableFactor::Table { name, alias, args: None, .. } => {
                if let Some(name) = single(name) {
                    self.relation(name);
                    self.alias(alias.as_ref(), Some(folded(name)));
                }
            }
            TableFactor::Table { name, alias, args: Some(arguments), .. } => {
                self.call(name, &arguments.args);
                self.alias(alias.as_ref(), None);
            }
            TableFactor::Function { name, args, alias, .. } => {
                self.call(name, args);
                self.alias(alias.as_ref(), None);
            }
            TableFactor::TableFunction { expr, alias } => {
                if let Expr::Function(function) = expr
                    && let FunctionArguments::List(list) = &function.args
                {
                    self.call(&function.name, &list.args);
                }
                self.alias(alias.as_ref(), None);
            }
            TableFactor::Derived { alias, .. }
            | TableFactor::UNNEST { alias, .. }
            | TableFactor::NestedJoin { alias, .. } => self.alias(alias.as_ref(), None),
            _ => {}
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        match expr {
            Expr::Function(function) => {
                if let Some(name) = single(&function.name) {
                    let found = folded(name);
                    // Window functions in FROM and what stands in their arguments are no functions of expressions.
                    if found != "descriptor" && !OVER_RELATIONS.contains(&found.as_str()) {
                        self.functions.entry(found).or_insert(name.span.start);
                    }
                }
            }
            Expr::CompoundIdentifier(parts) => {
                if let [relation, column] = parts.as_slice() {
                    self.columns.push((folded(relation), folded(column), column.span.start));
                }
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}
