//! How connectors look after the square: they hide, show, pin, mark and erase, answer objections, and decide about devices
//! that lost count.

use dorpsplein_protocol::operation::{Edit, ForkDecision, Kind, ModerationAct, ModerationReason, Statement};
use dorpsplein_protocol::projection::{self, ItemRow, LogAct};
use rand::RngExt;

use super::turn::{Grip, Turn};
use crate::plan::Deed;
use crate::world::{HOUR, MINUTE, WorldError};

/// How many lines of the log a connector looks at.
const LINES: usize = 20;

impl Turn<'_> {
    /// Hides, shows, pins, marks or erases something; first of all decides about a device that lost count, and answers an
    /// objection, where there is one.
    pub(super) fn moderate(&mut self) -> Result<(), WorldError> {
        let Some(grip) = self.able() else { return Ok(()) };
        if self.chance(70) && self.decide_fork(grip)? {
            return Ok(());
        }
        if self.chance(50) && self.answer_objection(grip)? {
            return Ok(());
        }
        match self.random.random_range(0..12) {
            0..4 => self.take_down(grip, false),
            4 | 5 => self.take_down(grip, true),
            6 | 7 => self.show_again(grip),
            8 | 9 => self.pin(grip),
            _ => self.mark_official(grip),
        }
    }

    /// Decides about the first device of the village that signed two operations with one number. Says whether there was one.
    fn decide_fork(&mut self, grip: Grip) -> Result<bool, WorldError> {
        let Some(disk) = self.disk(grip) else { return Ok(false) };
        let forks = projection::forks(disk)?;
        let Some(register) = self.register(grip) else { return Ok(false) };
        let own = forks.into_iter().filter(|fork| register.active(&fork.device).is_some());
        let undecided = own.filter(|fork| register.fork_decision(&fork.device, fork.sequence).is_none());
        let undecided: Vec<_> = undecided.collect();
        let Some(fork) = undecided.first() else { return Ok(false) };
        let Some(keep) = self.pick(&fork.operations) else { return Ok(false) };
        let decision = ForkDecision { device: fork.device, sequence: fork.sequence, keep };
        self.state(grip, "forks decided", None, Statement::ForkDecision(decision)).map(|decided| decided.is_some())
    }

    /// Shows again what its author objected to the hiding of, or hides it once more. Says whether there was an objection.
    fn answer_objection(&mut self, grip: Grip) -> Result<bool, WorldError> {
        let home = self.me().home;
        let Some(disk) = self.disk(grip) else { return Ok(false) };
        let Some(line) = projection::open_objections(disk)?.into_iter().find(|line| line.neighbourhood == home) else {
            return Ok(false);
        };
        let act = if self.chance(60) { ModerationAct::Show } else { ModerationAct::Hide };
        let say = |_: &ItemRow| Some(moderate(act, ModerationReason::Mistake, "Nog eens naar gekeken"));
        self.change(grip, "objections answered", line.item, say).map(|()| true)
    }

    /// Hides something on the front page, or under it, or has it erased. Its author may object.
    fn take_down(&mut self, grip: Grip, erase: bool) -> Result<(), WorldError> {
        let mut seen = self.own_page(grip)?;
        if self.chance(40) {
            let Some(about) = self.pick(&seen) else { return Ok(()) };
            seen = self.thread(grip, &about)?;
        }
        let Some(row) = self.pick(&seen) else { return Ok(()) };
        let reason = self.pick(&ModerationReason::ALL).unwrap_or(ModerationReason::Other);
        let (name, edit) = if erase {
            ("erased by a connector", Edit::Erase { kind: row.kind, reason: Some(reason), note: "Moet weg".to_owned() })
        } else {
            ("hidden", moderate(ModerationAct::Hide, reason, "Staat er twee keer"))
        };
        self.change(grip, name, row.id, |_| Some(edit))?;
        let author = self.people.owners.get(&row.author.device).copied();
        if let Some(author) = author.filter(|_| self.chance(50)) {
            self.follow_up(30 * MINUTE..10 * HOUR, author, Deed::Appeal);
        }
        Ok(())
    }

    fn show_again(&mut self, grip: Grip) -> Result<(), WorldError> {
        let home = self.me().home;
        let Some(disk) = self.disk(grip) else { return Ok(()) };
        let lines = projection::moderation_log(disk, None, LINES)?.0;
        let hidden: Vec<_> =
            lines.into_iter().filter(|line| line.act == LogAct::Hide && line.neighbourhood == home).collect();
        let Some(line) = self.pick(&hidden) else { return Ok(()) };
        self.change(grip, "shown", line.item, |row| {
            let hidden = row.hidden.is_some();
            hidden.then(|| moderate(ModerationAct::Show, ModerationReason::Mistake, "Was toch goed"))
        })
    }

    fn pin(&mut self, grip: Grip) -> Result<(), WorldError> {
        let seen = self.own_page(grip)?;
        let Some(row) = self.pick(&seen) else { return Ok(()) };
        let pinned = row.pinned.is_none();
        self.change(grip, "pinned", row.id, |_| Some(Edit::Pin(pinned)))
    }

    fn mark_official(&mut self, grip: Grip) -> Result<(), WorldError> {
        let seen = self.own_page(grip)?;
        let Some(about) = self.pick(&seen) else { return Ok(()) };
        let answers = self.thread(grip, &about)?;
        let Some(row) = self.pick(&answers).filter(|row| row.kind == Kind::COMMENT) else { return Ok(()) };
        let official = row.official.is_none();
        self.change(grip, "marked", row.id, |_| Some(Edit::Official(official)))
    }

    /// What the front page shows of the own village.
    fn own_page(&mut self, grip: Grip) -> Result<Vec<ItemRow>, WorldError> {
        let home = self.me().home;
        Ok(self.front_page(grip)?.into_iter().filter(|row| row.neighbourhood == home).collect())
    }

    fn thread(&self, grip: Grip, about: &ItemRow) -> Result<Vec<ItemRow>, WorldError> {
        match self.disk(grip) {
            Some(disk) => Ok(projection::thread(disk, &about.id)?),
            None => Ok(Vec::new()),
        }
    }
}

fn moderate(act: ModerationAct, reason: ModerationReason, note: &str) -> Edit {
    Edit::Moderate { act, reason, note: note.to_owned() }
}
