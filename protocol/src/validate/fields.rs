//! Which values each field takes, and the edits that give it them.

use super::{
    MAX_BODY, MAX_CAPACITY, MAX_CATEGORY, MAX_HOURS, MAX_LINE, MAX_MEMBER, MAX_NAME, MAX_OTHER, MAX_PARTY, MAX_PER_DAY,
    MAX_PHONE, MAX_SOURCE, MAX_UID, ValidateError,
};
use crate::operation::{AreaId, Edit, Field, Kind, Value};
use crate::photo::Photo;
use crate::recurrence::Recurrence;
use crate::time::{CivilTime, Day};

/// What a field takes. Every field takes nothing as well: it is empty again.
enum Form {
    /// One line of at most so many characters.
    Line(usize),
    /// Lines, of at most so many characters in all.
    Lines(usize),
    /// Lines that can be edited in place.
    Spliced(usize),
    /// A set of text.
    Set(Member),
    CivilTime,
    Day,
    Flag,
    /// A whole number from the first to the second.
    Number(i64, i64),
    /// The 32 bytes of a hash.
    Id,
    Photo,
    Recurrence,
    /// A telephone number, an address for mail, the address of a site: they become links that a reader follows.
    Phone,
    Email,
    Website,
}

/// What a member of a set looks like.
enum Member {
    /// One line of at most so many characters.
    Line(usize),
    Day,
    Area,
    /// `name=value`.
    Token,
}

/// What a field takes; none for one this version does not know.
const fn form(field: Field) -> Option<Form> {
    Some(match field {
        Field::BODY => Form::Spliced(MAX_BODY),
        Field::TITLE | Field::PLACE | Field::TAGLINE => Form::Line(MAX_LINE),
        Field::NAME | Field::ON_BEHALF => Form::Line(MAX_NAME),
        Field::CATEGORY => Form::Line(MAX_CATEGORY),
        Field::UID => Form::Line(MAX_UID),
        Field::SOURCE => Form::Line(MAX_SOURCE),
        Field::HOURS => Form::Lines(MAX_HOURS),
        Field::PHONE => Form::Phone,
        Field::EMAIL => Form::Email,
        Field::WEBSITE => Form::Website,
        Field::STARTS | Field::ENDS => Form::CivilTime,
        Field::REVIEW_BY => Form::Day,
        Field::REPEATS => Form::Recurrence,
        Field::CANCELLED | Field::SETTLED | Field::ALL_DAY => Form::Flag,
        Field::ACCEPTS => Form::Number(0, 2),
        Field::KINDS => Form::Number(0, ALL_POSTS),
        Field::PER_DAY => Form::Number(0, MAX_PER_DAY),
        Field::CAPACITY => Form::Number(1, MAX_CAPACITY),
        Field::PARTY => Form::Number(1, MAX_PARTY),
        Field::ABOUT | Field::AREA => Form::Id,
        Field::TALENTS => Form::Set(Member::Line(MAX_MEMBER)),
        Field::CATEGORIES | Field::MODULES_OFF => Form::Set(Member::Line(MAX_CATEGORY)),
        Field::EXCEPT => Form::Set(Member::Day),
        Field::AREAS => Form::Set(Member::Area),
        Field::TOKENS => Form::Set(Member::Token),
        field if field.is_photo() => Form::Photo,
        _ => return None,
    })
}

/// The sum of the bits of all kinds of posts.
const ALL_POSTS: i64 = (1 << Kind::POSTS.len()) - 1;

/// Whether an edit of fields is one that its field takes.
pub(super) fn check_field(edit: &Edit) -> Result<(), ValidateError> {
    match edit {
        Edit::Set { field, value } => check_value(*field, value),
        Edit::Splice { field, insert, .. } => match form(*field) {
            Some(Form::Spliced(longest)) => check_lines(*field, insert, longest),
            Some(_) => Err(ValidateError::ValueType(*field)),
            None => check_lines(*field, insert, MAX_OTHER),
        },
        Edit::Add { field, member } | Edit::Remove { field, member } => match form(*field) {
            Some(Form::Set(form)) => check_member(*field, &form, member),
            Some(_) => Err(ValidateError::ValueType(*field)),
            None => check_lines(*field, member, MAX_OTHER),
        },
        _ => Ok(()),
    }
}

fn check_value(field: Field, value: &Value) -> Result<(), ValidateError> {
    let wrong_type = Err(ValidateError::ValueType(field));
    let unless = |fits: bool, error: ValidateError| if fits { Ok(()) } else { Err(error) };
    match (form(field), value) {
        (_, Value::Null) | (Some(Form::Flag), Value::Bool(_)) => Ok(()),
        (Some(Form::Line(longest)), Value::Text(text)) => check_line(field, text, longest),
        (Some(Form::Lines(longest) | Form::Spliced(longest)), Value::Text(text)) => check_lines(field, text, longest),
        (Some(Form::Phone), Value::Text(text)) => {
            let plain = |c: char| c.is_ascii_digit() || " +-().".contains(c);
            check_line(field, text, MAX_PHONE)?;
            unless(text.chars().all(plain), ValidateError::Contact(field))
        }
        (Some(Form::Email), Value::Text(text)) => {
            check_line(field, text, MAX_LINE)?;
            unless(text.is_empty() || is_mail_address(text), ValidateError::Contact(field))
        }
        (Some(Form::Website), Value::Text(text)) => {
            check_line(field, text, MAX_LINE)?;
            unless(text.is_empty() || is_web_address(text), ValidateError::Contact(field))
        }
        (Some(Form::CivilTime), Value::Text(text)) if CivilTime::parse(text).is_ok() => Ok(()),
        (Some(Form::Day), Value::Text(text)) => unless(Day::parse(text).is_ok(), ValidateError::Day(field)),
        (Some(Form::Recurrence), Value::Text(text)) => {
            let canonical = Recurrence::parse(text).is_ok_and(|rule| rule.to_string() == *text);
            unless(canonical, ValidateError::Recurrence(field))
        }
        (Some(Form::Number(least, most)), Value::Int(number)) => {
            unless((least..=most).contains(number), ValidateError::Number(field))
        }
        (Some(Form::Id), Value::Bytes(bytes)) if bytes.len() == 32 => Ok(()),
        (Some(Form::Photo), Value::Bytes(bytes)) => unless(Photo::read(bytes).is_ok(), ValidateError::Photo(field)),
        (Some(_), _) => wrong_type,
        (None, Value::Text(text)) => check_lines(field, text, MAX_OTHER),
        (None, Value::Bytes(bytes)) => unless(bytes.len() <= MAX_OTHER, ValidateError::Text(field)),
        (None, Value::Bool(_) | Value::Int(_)) => Ok(()),
    }
}

fn check_member(field: Field, form: &Member, member: &str) -> Result<(), ValidateError> {
    let fits = match form {
        Member::Line(longest) => return check_line(field, member, *longest),
        Member::Day => Day::parse(member).is_ok(),
        Member::Area => AreaId::from_hex(member).is_some_and(|area| area.to_string() == member),
        Member::Token => {
            check_line(field, member, MAX_MEMBER)?;
            member.split_once('=').is_some_and(|(name, value)| !name.is_empty() && !value.is_empty())
        }
    };
    if fits { Ok(()) } else { Err(ValidateError::Member(field)) }
}

/// One line takes no control characters.
fn check_line(field: Field, text: &str, longest: usize) -> Result<(), ValidateError> {
    let fits = text.chars().count() <= longest && !text.contains(char::is_control);
    if fits { Ok(()) } else { Err(ValidateError::Text(field)) }
}

/// A longer text takes line feeds.
fn check_lines(field: Field, text: &str, longest: usize) -> Result<(), ValidateError> {
    let control = |c: char| c.is_control() && c != '\n';
    if text.chars().count() > longest || text.contains(control) { Err(ValidateError::Text(field)) } else { Ok(()) }
}

fn is_mail_address(text: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || "<>\"@?&".contains(c));
    text.split_once('@').is_some_and(|(name, host)| plain(name) && plain(host))
}

/// Only such an address as leads to a site: others would be scripts.
fn is_web_address(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| !host.is_empty()) && !text.contains(|c: char| c.is_whitespace() || "<>\"".contains(c))
}
