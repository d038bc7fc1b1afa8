//! Statements about organisations, who speaks for them, and the parts of a neighbourhood.

use super::DeviceCount;
use crate::codec;
use crate::operation::{AreaId, OrganisationId, ResidentId};

/// An organisation becomes a member: a club, a shop, a care worker. It has no device and speaks through residents. Its name
/// is an item and not here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Its first speaker.
    pub speaker: ResidentId,
}

codec::array_codec!(Organisation { speaker });

/// A resident speaks for an organisation from here on, or no longer does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpeakerChange {
    /// The organisation.
    pub organisation: OrganisationId,
    /// The resident.
    pub resident: ResidentId,
    /// Whether they speak for it.
    pub speaks: bool,
    /// When they no longer do: up to where what each device said for it counts. Empty otherwise.
    pub counts: Vec<DeviceCount>,
}

codec::array_codec!(SpeakerChange { organisation, resident, speaks, counts });

/// A part of the neighbourhood, such as one of the villages on one square.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubArea {
    /// Its name, 1 to 80 characters.
    pub name: String,
}

codec::array_codec!(SubArea { name });

/// A part of the neighbourhood is no longer distinguished; what was filed under it stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubAreaEnd {
    /// The part.
    pub area: AreaId,
}

codec::array_codec!(SubAreaEnd { area });
