# The pages about whom you deal with: 'Who says this?' and 'About this square'.
proof-link = Who says this?
proof-link-about = About { $name }
proof-without-javascript = Without JavaScript your browser cannot check this for itself. What you see below is what this box tells you.
proof-reading-only = This box was built for reading only. Your browser cannot check this for itself here. What you see below is what this box tells you.
proof-checking = Your browser is checking the signatures…
proof-verified = This is right.
proof-verified-more = Your own browser has checked the signatures. What you see below is also what the signed data says.
proof-not-verified = This is not right.
proof-not-verified-more = The signature does not fit what it says here. Do not trust this message, and tell a connector.
proof-failed = Checking did not work.
proof-failed-more = Your browser could not fetch or read the data. So we do not know whether it is right. Please try again later.
proof-claimed = What this box says
proof-who = Who
proof-home = Lives in
proof-when = When
proof-device = Device
proof-device-more = The beginning of its key. Every device has a key of its own.
proof-operations = What was signed
proof-operations-more = These signed pieces belong together. Your browser checks them one by one.
proof-meaning = What does this mean?
proof-meaning-key = Every message carries a digital signature. It can only have been made with the key on the writer’s device. If anyone changes even one letter afterwards, the signature no longer fits.
proof-meaning-truth = So you know who wrote this. Whether it is true, a signature cannot say. That is what knowing each other is for.

operation-item = The message itself
operation-profile = The writer’s name
operation-membership = The admission as a resident
operation-checking = Being checked…
operation-verified = Right
operation-not-verified = Not right
operation-failed = Could not be checked
operation-id = Number
operation-device = Key of the device
operation-download = Download the signed data

about-title = About the square of { $name }
about-intro = This is the website of our neighbourhood. It does not belong to a company, but to the people who live here.
about-residents = { $count ->
    [0] No residents have joined yet.
    [one] 1 resident has joined.
   *[other] { $count } residents have joined.
}
about-how = How it works
about-how-boxes = Boxes in the neighbourhood.
about-how-boxes-more = Everything is kept on small computers of the neighbourhood itself. When there is more than one and one fails, the other carries on.
about-how-signed = A signature under everything.
about-how-signed-more = You can check who wrote any message, with ‘Who says this?’.
about-how-neighbours = Agreements with the neighbours.
about-how-neighbours-more = We share news and events with neighbourhoods next door. Both sign for that, and each can stop.
about-how-copies = What you share may stay elsewhere.
about-how-copies-more = What the neighbours received from you is on their boxes too. We can ask someone to throw a copy away, but we cannot force them.
about-boxes = Our boxes
about-boxes-none = No boxes have been registered yet.
about-box-until = Valid until { $date }.
about-box-expired = Expired on { $date }
about-box-this = This box is showing you this page.
about-box-id = Number of the box
about-neighbours = Our neighbours
about-neighbours-none = We do not have an agreement with another neighbourhood yet.
about-number = The number of our neighbourhood
about-number-more = Boxes and neighbours recognise our neighbourhood by this number. It never changes.

treaty-active = Agreement in force
treaty-offered = Waiting for their signature
treaty-expired = Agreement has expired
treaty-ended = Agreement was ended
treaty-since = Since { $date }.
treaty-until = Valid until { $date }.
treaty-both = { $name } and we share both ways.
treaty-incoming = What { $name } shares appears here too.
treaty-outgoing = What we share appears in { $name } too.
