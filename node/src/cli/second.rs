//! `dorpsplein proposals`, `endorse` and `veto`: acts so heavy that two must sign.

use clap::Args;
use dorpsplein_protocol::operation::{Endorsement, Statement, Veto};
use serde_json::json;

use super::Outcome;
use super::choose;
use super::error::CliError;
use super::signer::{Asked, Signer, moment};
use crate::clock;
use crate::web::body::{ProposalBody, StatementBody};

/// `proposals`.
#[derive(Debug, Args)]
pub(super) struct ProposalsArgs {
    #[command(flatten)]
    asked: Asked,
}

/// `endorse` and `veto`.
#[derive(Debug, Args)]
pub(super) struct AboutArgs {
    #[command(flatten)]
    signer: Signer,
    /// The operation that proposes it, as `dorpsplein proposals` lists it, or the beginning of it
    #[arg(value_name = "OPERATION")]
    proposal: String,
}

/// Lists what waits for a second signature.
///
/// # Errors
/// [`CliError`].
pub(super) fn proposals(args: &ProposalsArgs) -> Result<Outcome, CliError> {
    let proposals = args.asked.door()?.register()?.proposals;
    let words = if proposals.is_empty() {
        "Nothing waits for a second signature.".to_owned()
    } else {
        proposals.iter().map(line).collect::<Vec<_>>().join("\n")
    };
    Ok(Outcome::new(words, json!({ "proposals": proposals })))
}

/// Signs as the second connector.
///
/// # Errors
/// [`CliError`].
pub(super) fn endorse(args: &AboutArgs) -> Result<Outcome, CliError> {
    let door = args.signer.door()?;
    let proposals = door.register()?.proposals;
    let proposal = choose::one("proposal", &args.proposal, proposals.iter(), |proposal| &proposal.operation)?;
    let of = choose::operation_id(&door, &proposal.operation)?;
    let mut author = args.signer.author(&door)?;
    let accepted = author.state_about(of, Statement::Endorsement(Endorsement { of }), clock::now())?;
    let still = door.register()?.proposals.into_iter().any(|waiting| waiting.operation == proposal.operation);
    let words = if still {
        "Signed, but that does not make it count yet: it may be too early, vetoed, or you proposed it yourself. \
         `dorpsplein proposals` says which."
            .to_owned()
    } else {
        format!("It counts from now on: {}.", about(&proposal.statement))
    };
    Ok(Outcome::new(words, json!({ "operation": accepted.id, "of": proposal.operation, "counts": !still })))
}

/// Objects to a recovery, with one of the devices that are said to be lost.
///
/// # Errors
/// [`CliError`].
pub(super) fn veto(args: &AboutArgs) -> Result<Outcome, CliError> {
    let door = args.signer.door()?;
    let proposals = door.register()?.proposals;
    let proposal = choose::one("proposal", &args.proposal, proposals.iter(), |proposal| &proposal.operation)?;
    let of = choose::operation_id(&door, &proposal.operation)?;
    let mut author = args.signer.author(&door)?;
    let accepted = author.state_about(of, Statement::Veto(Veto { of }), clock::now())?;
    Ok(Outcome::new(
        "The recovery is vetoed: it will not count. Tell the other connectors that somebody tried.".to_owned(),
        json!({ "operation": accepted.id, "of": proposal.operation }),
    ))
}

fn line(proposal: &ProposalBody) -> String {
    let when = match (proposal.vetoed, proposal.endorse_after) {
        (true, _) => ", vetoed: it will not count".to_owned(),
        (false, Some(at)) => format!(", can be endorsed from {} on", moment(at)),
        (false, None) => String::new(),
    };
    format!(
        "  {}\n    {}\n    signed by {} at {}{when}",
        proposal.operation,
        about(&proposal.statement),
        choose::short(&proposal.by),
        moment(proposal.signed)
    )
}

/// A statement in words.
pub(super) fn about(statement: &StatementBody) -> String {
    let short = |id: &Option<String>| id.as_deref().map(choose::short).unwrap_or("?").to_owned();
    let (resident, key) = (short(&statement.resident), short(&statement.key));
    let (neighbourhood, circle) = (short(&statement.neighbourhood), short(&statement.circle));
    let named = |given: &Option<String>| given.clone().unwrap_or_default();
    match statement.kind.as_str() {
        "invitation" => format!("an invitation for a {}", named(&statement.role)),
        "role-change" => format!("{resident} becomes a {}", named(&statement.role)),
        "member-removal" => format!("{resident} is no longer a member"),
        "device-retirement" => format!("the device {key} is retired"),
        "recovery" => format!("{resident} gets the new device {key} for those that were lost"),
        "box-certificate" => format!("the box {key} speaks for the neighbourhood"),
        "treaty" => format!("a treaty with the neighbourhood {neighbourhood}"),
        "circle-founding" => format!("the circle \"{}\" begins", named(&statement.name)),
        "circle-admission" => format!("the neighbourhood {neighbourhood} may join the circle {circle}"),
        "circle-joining" => format!("the neighbourhood joins the circle {circle}"),
        other => other.replace('-', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_told_in_words() {
        let role = StatementBody {
            kind: "role-change".to_owned(),
            resident: Some("0123456789".to_owned()),
            role: Some("connector".to_owned()),
            ..StatementBody::default()
        };
        assert_eq!(about(&role), "01234567 becomes a connector");
        assert_eq!(about(&StatementBody { kind: "fork-decision".to_owned(), ..role }), "fork decision");
    }
}
