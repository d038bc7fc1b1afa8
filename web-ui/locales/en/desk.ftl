# The connectors' desk, and the door before it.
nav-desk = Desk

door-title = Please log in
door-connectors = This page is for the connectors of our square.
door-residents = This page is for those who take part in our square.
door-login = Log in with this device
door-login-more = You need no password. Your device shows with its own key that it is you. You stay logged in for half a day.
door-login-button = Log in with this device
door-needs-key = You have not joined on this device. Do you have another device on which you did? Use that one, or add this device there.
door-sending = Your device is showing that it is you…
door-sent = You are logged in. The page is on its way.
door-without-javascript = To log in your browser needs JavaScript, because your own device puts the signature. Once you are logged in you can read these pages without JavaScript too.
door-reading-only = This box was built for reading only. You cannot log in here. Ask for another box of this neighbourhood.
door-not-a-connector = You are logged in. But this page is for the connectors.
door-ask-a-connector = Would you like to arrange something, or become a connector yourself? Ask one of them.

desk-title = Desk
desk-heading = Looking after { $name } together
desk-intro = Here the connectors arrange who takes part and with whom we have agreements. What you do here, you sign with your own device.
desk-back = Back to the desk
desk-without-javascript = You can read as it is. To do something your browser needs JavaScript, because your own device puts the signature.
desk-reading-only = This box was built for reading only. Nothing can be arranged here.
desk-waiting = { $count ->
    [one] 1 decision is waiting for a second signature.
   *[other] { $count } decisions are waiting for a second signature.
}
desk-waiting-link = See what is waiting
desk-proposals = Waiting for a second signature
desk-proposals-more = Two of us take big decisions. Do you agree? Then sign as well. Do you not agree? Talk about it, and do not sign.
desk-forks = Keys that were used twice
desk-forks-more = A device has signed two different things with the same number. That can happen when a key was copied or came from a backup. The device can write nothing more until you choose. If it was a connector’s, the role of whoever became a connector with it waits as well. Nobody loses their place. First ask the resident which one is right.
desk-cares = Please note
desk-cares-none = Nothing is waiting for you. How nice.
desk-rooms = Where would you like to go?
desk-members = Members
desk-members-count = { $count ->
    [one] 1 resident
   *[other] { $count } residents
}
desk-connectors-count = { $count ->
    [one] 1 of them a connector
   *[other] { $count } of them connectors
}
desk-invitations = Invitations
desk-invitations-count = { $count ->
    [0] None are open
    [one] 1 is still open
   *[other] { $count } are still open
}
desk-letters = Letters
desk-letters-more = Invite on paper, door to door
desk-log-more = Who did what to a message, and why
desk-neighbours = Neighbours
desk-neighbours-more = Agreements with other neighbourhoods
desk-circles = Circles
desk-circles-more = More neighbourhoods together, such as a town
desk-organisations = Organisations
desk-organisations-more = Clubs, shops and care, and who speaks for them
desk-areas = Areas
desk-areas-more = Parts of our neighbourhood
desk-boxes = Boxes
desk-boxes-more = The computers our square runs on
desk-two-sign = There are three connectors or more. So two of them sign big decisions: a connector more or less, a new box, an agreement with another neighbourhood.
desk-one-signs = There are fewer than three connectors. So one signature is enough for big decisions now. From three connectors on it takes two.

care-one-connector = There is only one connector. Without them nobody can invite or help. Ask somebody to join them.
care-one-connector-link = Choose somebody from the members
care-box = The certificate of { $name } runs out on
care-box-link = Renew it
care-offer = { $name } would like to agree on sharing news and events.
care-offer-link = See the offer
care-treaty = The agreement with { $name } runs out on
care-treaty-link = Make a new one
care-appeal = Somebody objects:
care-appeal-link = See the message

act-heavy = This is a big decision. It only counts once a second connector has signed too.
act-sent = Done. It has your signature.
act-proposed = Done. It now waits for the signature of a second connector.
act-until = Until and including

proposal-by = Proposed by
proposal-endorse = I sign too
proposal-yours = You proposed this yourself. Now another connector has to sign.
proposal-after = It can be signed from { $when }. So whoever it is about has a day to say no.
proposal-vetoed = One of the old devices has objected. This will not happen.
proposal-veto = No, I still have my device
proposal-veto-more = Did you not lose your device, and not ask for this? Then object at once. It will not happen.
deed-removal = { $name } no longer takes part
deed-grant = { $name } becomes a connector
deed-withdrawal = { $name } is no longer a connector
deed-retirement = A device of { $name } is signed off
deed-recovery = { $name } gets a new device
deed-connector-invitation = An invitation to become a connector
deed-box = A new box: { $number }
deed-treaty = An agreement with { $name }
deed-circle-founding = A new circle: { $name }
deed-circle-admission = { $name } may join our circle
deed-circle-joining = We join the circle { $name }
deed-invitation = An invitation for a resident
deed-area = A part of the neighbourhood: { $name }
deed-organisation = An organisation joins; { $name } speaks for it
deed-treaty-end = The agreement with { $name } ends
deed-minor = Something small, such as an invitation taken back or another device of one’s own
deed-other = Something this box does not know yet. Ask whoever proposed it what it is.

fork-of = A device of { $name }
fork-of-stranger = A device from another neighbourhood
fork-number = Number { $number }
fork-no-words = There is no text in it to show.
fork-counts = Counts now
fork-keep = This one is right
fork-not-yours = If this one counts, you are no connector any more. So somebody else has to choose it.

device = device
device-active = In use
device-retired = Signed off
device-removed = No longer takes part
device-since = Since { $date }.
device-counts-to = What it signed up to number { $number } still counts.
device-retire = Sign this device off
device-retire-do = Sign it off
device-retire-more = Do this when the device is lost or stolen. It can sign nothing more and is logged out at once. What was written with it until now stays. This cannot be undone.
device-rescue = Let later work count after all
device-rescue-do = Let it count
device-rescue-more = Did the resident write something good on this device that came here too late? Then you can let it count after all.
device-rescue-last = Up to and including which number

person-unnamed = Resident { $number }
person-you = (that is you)

members-heading = Who takes part
members-intro = You see a name when the resident shows it. The register holds only keys and roles, no names.
members-gone = { $count ->
    [one] 1 resident no longer takes part
   *[other] { $count } residents no longer take part
}
members-invite = Invite people
member-since = Takes part since { $date }
member-came = Joined on { $date }
member-devices = { $count ->
    [one] 1 device
   *[other] { $count } devices
}
member-gone = No longer takes part
member-no-name = This resident shows no name here.
member-devices-heading = Devices
member-cards = { $count ->
    [one] There is 1 spare card with which the resident can add a device.
   *[other] There are { $count } spare cards with which the resident can add a device.
}

recover-heading = Lost a device?
recover-intro = Is this resident sitting next to you, with a new device? Then link it here, and sign the old one off at once. Do this only when you know the resident and see them.
recover-summary = Link a new device
recover-which = Which devices are lost?
recover-connector = This is a connector. So it only counts after a day, once there is a second signature and no old device has objected.
recover-start = Begin
recover-offer = Let the resident scan this code with the new device.
recover-qr = Code to scan with the new device
recover-offer-link = Or open this address on the new device:
recover-waiting = Waiting for the new device…
recover-digits = Look at the new device. Does it show exactly the same digits?
recover-same = Yes, they are the same
recover-differs = No
recover-rejected = Nothing has changed. Begin again, and scan the code on this screen.
recover-expired = No device came. Begin again when the resident is ready.
recover-sent = Done. The new device takes part, and the old one is signed off.
recover-proposed = Done. In a day it can get a second signature.

role-heading = Role
role-is-connector = Is a connector: may invite, hide messages and make agreements.
role-is-resident = Is a resident: may write and comment.
role-last-connector = This is the only connector. First make somebody else a connector.
role-grant = Make a connector
role-grant-do = Make a connector
role-grant-more = A connector may do everything you may do here. Choose somebody whom you and others trust.
role-withdraw = No longer a connector
role-withdraw-do = No longer a connector
role-withdraw-more = The resident still takes part, but can no longer invite or look after things. Open invitations of this connector can then no longer be used.
remove-heading = Removing
remove-intro = This is for when talking no longer helps, or for somebody who does not exist.
remove-summary = Remove this resident from the square
remove-more = The resident can write nothing more and is logged out at once, on every device. What stood here already stays.
remove-sure = Yes, I am sure
remove-do = Remove

invitations-intro = An invitation works once, and for thirty days at most. Its secret code stands on the letter only.
invitations-make = Make letters
invitations-open = Can still be used
invitations-open-none = No invitations are open.
invitations-past = Earlier
invitation-number = Letter { $number }
invitation-open = Open
invitation-until = Valid until { $date }
invitation-proposed = Waits for a second signature
invitation-used = Used by
invitation-withdrawn = Withdrawn
invitation-expired = Ran out on
invitation-by = Made by
invitation-connector = Whoever uses it becomes a connector.
invitation-withdraw = Withdraw
invitation-withdraw-do = Withdraw this invitation
invitation-withdraw-more = Has the letter been lost? Then withdraw the invitation. After that nobody can join with the code.

home-keys-heading = Keys for the home network
home-keys-intro = Without a lock in the address bar (https) nobody can write. With a key for the home network they can, a little: for 30 days, posts and replies only.
home-keys-on = These keys are allowed now.
home-keys-on-more = Residents make one under ‘My data’. You give one to who has no other device yet, on the page of that resident.
home-keys-forbid = Allow these keys no longer
home-keys-forbid-more = Then nobody gets one any more. Keys that are there work until their last day: 30 days at most. If a key has to end now, sign it off on the page of its resident.
home-keys-forbid-do = Allow them no longer
home-keys-allow = Allow these keys
home-keys-risk = Read this first.
home-keys-risk-line = On a network without a lock, somebody on the same wifi can change a page on its way. They can steal the key of a telephone and place posts with it in somebody else’s name.
home-keys-risk-bounds = That is why such a key can do little: posts and replies, for 30 days. It never changes anything of somebody else’s, never hides or decides anything, also when its owner is a connector. What only residents may read cannot be seen with it.
home-keys-risk-better = An address of your own with https is better. If you can have that, do so and leave this off.
home-keys-sure = We have read this and choose it.
home-keys-allow-do = Allow them
