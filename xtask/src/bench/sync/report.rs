//! The table, and the same for machines.

use std::fmt::Write as _;

use anyhow::Result;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::bench::readable;

/// What was measured so far.
#[derive(Default)]
pub(in crate::bench) struct Report {
    rows: Vec<Row>,
    more: Map<String, Value>,
}

/// One line of the table.
#[derive(Serialize)]
struct Row {
    /// Its name for machines.
    row: String,
    /// What was done.
    work: String,
    /// A figure of it.
    figure: &'static str,
    value: f64,
    unit: &'static str,
    /// What is aimed at, in the same unit: at most, or at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    aim: Option<Aim>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reached: Option<bool>,
}

/// What is aimed at.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::bench) enum Aim {
    AtLeast(f64),
    AtMost(f64),
}

impl Report {
    /// Adds a figure, and prints it at once: a long run is watched.
    pub(in crate::bench) fn add(
        &mut self,
        row: &str,
        work: &str,
        figure: &'static str,
        (value, unit): (f64, &'static str),
        aim: Option<Aim>,
    ) {
        let reached = aim.map(|aim| match aim {
            Aim::AtLeast(least) => value >= least,
            Aim::AtMost(most) => value <= most,
        });
        let row = Row { row: row.to_owned(), work: work.to_owned(), figure, value, unit, aim, reached };
        println!("{}", line(&row));
        self.rows.push(row);
    }

    /// Adds what is no figure of the table.
    pub(in crate::bench) fn note(&mut self, name: &str, value: Value) {
        self.more.insert(name.to_owned(), value);
    }

    /// Prints the whole table, and one JSON object as the last line if that is wanted.
    pub(in crate::bench) fn print(&self, json: bool) -> Result<()> {
        println!("\n{}", self.rows.iter().map(line).collect::<Vec<_>>().join("\n"));
        for (name, value) in &self.more {
            println!("{name}: {value}");
        }
        if json {
            let mut all = self.more.clone();
            all.insert("rows".to_owned(), serde_json::to_value(&self.rows)?);
            println!("{}", json!(all));
        }
        Ok(())
    }
}

fn line(row: &Row) -> String {
    let mut line = format!("{:<44} {:<34} {:>12} {}", row.work, row.figure, readable(row.value), row.unit);
    let aim = match row.aim {
        Some(Aim::AtLeast(least)) => format!("≥ {}", readable(least)),
        Some(Aim::AtMost(most)) => format!("≤ {}", readable(most)),
        None => return line,
    };
    let verdict = if row.reached == Some(true) { "reached" } else { "missed" };
    write!(line, "  (aim {aim}: {verdict})").expect("a string takes all that is written to it");
    line
}
