//! What is taken along as a whole: all that can be read on a square, its files, and all that a box holds.

use dorpsplein_protocol::photo::PhotoId;
use dorpsplein_web_ui::{Lang, paths};
use ureq::http::StatusCode;

use super::{Client, ClientError, REQUEST_TIME};
use crate::web::body::ItemsBody;

/// The longest file of a site that is read, in bytes: a photo has at most 8 MiB.
const MAX_FILE: u64 = 16 * 1024 * 1024;

impl Client {
    /// All that the box holds, for a backup, piece by piece as they come. For whoever has the box's folder. Takes as long as it takes.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn backup(&self) -> Result<impl std::io::Read + use<>, ClientError> {
        let request = self.request("backup").config().timeout_global(None).timeout_recv_response(Some(REQUEST_TIME));
        let answer = self.checked(request.build().call())?;
        Ok(answer.into_body().into_with_config().limit(u64::MAX).reader())
    }

    /// Items that whoever asks may read, from behind one on.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn everything(&self, after: Option<&str>) -> Result<ItemsBody, ClientError> {
        let request = self.request("items");
        self.read(after.into_iter().fold(request, |request, after| request.query("after", after)).call())
    }

    /// The whole file of a photo that whoever asks may look at; none when it is not there.
    ///
    /// # Errors
    /// [`ClientError`].
    pub fn photo(&self, photo: &PhotoId) -> Result<Option<Vec<u8>>, ClientError> {
        self.file(&format!("photos/{photo}/whole"))
    }

    /// The agenda as a file for calendars; none when there is none on this square.
    ///
    /// # Errors
    /// [`ClientError`]; [`ClientError::NotABox`] when it is no text.
    pub fn agenda(&self) -> Result<Option<String>, ClientError> {
        let file = self.file(paths::calendar_pattern(Lang::Nl).trim_start_matches('/'))?;
        let strange = |_| ClientError::NotABox { site: self.site.as_str().to_owned() };
        file.map(|file| String::from_utf8(file).map_err(strange)).transpose()
    }

    /// A file of the site.
    fn file(&self, path: &str) -> Result<Option<Vec<u8>>, ClientError> {
        let request = self.kept(self.agent.get(format!("{}/{path}", self.site.as_str())));
        let mut answer = request.call().map_err(|error| self.unreachable(error))?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        if !answer.status().is_success() {
            return Err(ClientError::NotABox { site: self.site.as_str().to_owned() });
        }
        let body = answer.body_mut().with_config().limit(MAX_FILE);
        body.read_to_vec().map(Some).map_err(|error| self.unreachable(error))
    }
}
