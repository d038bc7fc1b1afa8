//! "Wie zegt dit?": fetches the raw bytes and says, operation by operation, whether they prove what the page says.

use dorpsplein_protocol::operation::{ItemId, OperationId};

use super::api::Api;
use super::evidence::{Claim, Finding, Listed, Role, judge};
use super::page::{Area, Page, State};
use super::trouble::Trouble;

/// Checks everything the page lists.
pub(super) async fn start(page: &Page, area: Area) -> Result<(), Trouble> {
    let item = area.attribute("data-item").and_then(|id| ItemId::from_hex(&id));
    let item = item.ok_or(Trouble::Browser("the page names no item"))?;
    let verdict = area.verdict().ok_or(Trouble::Browser("the page has no place for a verdict"))?;
    let parts = area.parts("[data-operation]");
    verdict.show(State::Checking);
    parts.iter().for_each(|part| part.show(State::Checking));

    let api = page.api()?;
    let mut listed = Vec::with_capacity(parts.len());
    for part in &parts {
        listed.push(fetch(&api, part).await?);
    }
    let facts = area.parts("[data-claim]").into_iter().filter(|claim| !claim.is_within("[data-operation]"));
    let found = judge(item, &listed, &facts.filter_map(|claim| read_claim(&claim)).collect::<Vec<_>>());
    for (part, finding) in parts.iter().zip(found.operations) {
        part.show(state(finding));
    }
    verdict.show(state(found.whole));
    Ok(())
}

/// What the page lists in one part, with the bytes the box serves for it.
async fn fetch(api: &Api, part: &Area) -> Result<Listed, Trouble> {
    let unclear = || Trouble::Browser("the page lists an operation in a way this module does not know");
    let id = part.attribute("data-operation").and_then(|id| OperationId::from_hex(&id)).ok_or_else(unclear)?;
    let role = part.attribute("data-role").and_then(|name| Role::from_name(&name)).ok_or_else(unclear)?;
    let claims = part.parts("[data-claim]").iter().filter_map(read_claim).collect();
    // A refusal and silence are alike here: no bytes, no knowledge.
    let transfer = api.operation(&id).await.ok();
    Ok(Listed { id, role, claims, transfer })
}

fn read_claim(element: &Area) -> Option<Claim> {
    Some(Claim { about: element.attribute("data-claim")?, value: element.attribute("data-value").unwrap_or_default() })
}

const fn state(finding: Finding) -> State {
    match finding {
        Finding::Verified => State::Verified,
        Finding::NotVerified => State::NotVerified,
        Finding::Unknown => State::Failed,
    }
}
