//! Somebody with a key file in front of a box: signs, keeps count, hands in.

use std::path::Path;

use dorpsplein_protocol::compose::Device;
use dorpsplein_protocol::operation::{MAX_PARENTS, OperationId, Signed, Statement};
use dorpsplein_protocol::time::Timestamp;

use super::door::Door;
use super::error::CliError;
use super::key_file::KeyFile;
use crate::links::Site;
use crate::web::body::AcceptedBody;

/// A key and the door its operations go through.
pub struct Author<'a> {
    key: KeyFile,
    door: &'a Door,
}

impl<'a> Author<'a> {
    /// Opens a key file and first sends what an earlier command signed and could not deliver.
    ///
    /// # Errors
    /// [`CliError`] when the file cannot be used or the box does not answer.
    pub fn open(path: &Path, door: &'a Door) -> Result<Self, CliError> {
        let mut author = Self { key: KeyFile::open(path)?, door };
        match author.deliver() {
            // What was refused for good then must not stand in the way of what is asked now.
            Err(refused) if refused.is_final() => {}
            delivered => delivered?,
        }
        let known = door.device(&author.key.device().key())?;
        author.key.check_not_older(known.sequence)?;
        Ok(author)
    }

    /// Takes a key file that was just made, with what is pending in it.
    pub const fn new(key: KeyFile, door: &'a Door) -> Self {
        Self { key, door }
    }

    /// The device.
    pub const fn device(&self) -> &Device {
        self.key.device()
    }

    /// The site where the key is at home.
    pub const fn site(&self) -> &Site {
        self.key.site()
    }

    /// The box that what is signed goes to.
    pub const fn door(&self) -> &'a Door {
        self.door
    }

    /// Sends what is pending.
    ///
    /// # Errors
    /// [`CliError`]. After a refusal for good the operation is given up and its number stays used; when the box did not
    /// answer, it stays pending.
    pub fn deliver(&mut self) -> Result<(), CliError> {
        match self.key.pending().map(|operation| self.door.submit(operation)) {
            None => Ok(()),
            Some(answer) => self.settle(answer).map(drop),
        }
    }

    /// Signs something and hands it in.
    ///
    /// # Errors
    /// [`CliError`]. When the box did not answer, the operation waits in the file for the next command.
    pub fn say(&mut self, sign: impl FnOnce(&mut Device) -> Signed) -> Result<AcceptedBody, CliError> {
        let operation = self.key.sign(sign)?;
        let answer = self.door.submit(&operation);
        self.settle(answer)
    }

    /// Says something in the home register, after all that the box knows of it.
    ///
    /// # Errors
    /// As [`Author::say`].
    pub fn state(&mut self, statement: Statement, now: Timestamp) -> Result<AcceptedBody, CliError> {
        let parents = self.door.heads()?;
        self.say(|device| device.state(parents, statement, now))
    }

    /// Says something about one statement of the home register, which an endorsement and a veto name as a parent.
    ///
    /// # Errors
    /// As [`Author::say`].
    pub fn state_about(
        &mut self,
        about: OperationId,
        statement: Statement,
        now: Timestamp,
    ) -> Result<AcceptedBody, CliError> {
        let heads = self.door.heads()?.into_iter().filter(|head| *head != about);
        let parents = std::iter::once(about).chain(heads).take(MAX_PARENTS).collect();
        self.say(|device| device.state(parents, statement, now))
    }

    /// Gives the key file up: its device never became anybody's.
    ///
    /// # Errors
    /// [`CliError::KeyFile`].
    pub fn discard(self) -> Result<(), CliError> {
        Ok(self.key.discard()?)
    }

    /// Takes note of an answer: only one that is final makes room for the next operation.
    fn settle(&mut self, answer: Result<AcceptedBody, CliError>) -> Result<AcceptedBody, CliError> {
        let answered = match &answer {
            Ok(_) => true,
            Err(error) => error.is_final(),
        };
        if answered {
            self.key.settle()?;
        }
        answer
    }
}
