# The connectors' desk: letters, neighbours, circles, organisations, areas and boxes.
letters-heading = Letters of invitation
letters-intro = Make a letter for every home. Each letter has a code of its own, for one resident.
letters-count = How many letters?
letters-count-hint = At most a hundred at a time. For each letter your device computes for about a second.
letters-days = Valid for how many days?
letters-make = Make the letters
letters-making = Your device is making the codes and signing them…
letters-ready = The letters are ready.
letters-ready-more = Print them now. The codes stand nowhere else: when you close this page, they are gone.
letters-print = Print the letters
letters-about = How it goes
letters-step-make = Choose how many letters you want, and make them.
letters-step-print = Print them. Each letter is one sheet of paper.
letters-step-bring = Bring them round. You can help those who find it hard.
letters-secret = The codes are made on your own device. Not even the box gets to see them. Is a letter lost? Then withdraw it under invitations. Its number stands at the bottom of the letter.
letter-greeting = Dear neighbours,
letter-what = { $name } has a village square of its own on the internet. You find news, events and help from neighbours there. It belongs to no company, but to all of us.
letter-how = Everyone can read. Would you like to write and comment as well? Then join with this letter. You need no password.
letter-scan = Scan the square with the camera of your telephone.
letter-type = Or go with your computer to
letter-qr = Code to scan with a telephone
letter-once = The code works once, for one person. It is valid until
letter-nothing = Taking part costs nothing. Would you rather not? Then feel free to throw this letter away.
letter-help = Does it not work, or would you like to ask something first?
letter-code = and type this code there:
letter-bye = See you on the square!
letter-from = The connectors
letter-number = Letter

neighbours-heading = Agreements with the neighbours
neighbours-intro = With an agreement two neighbourhoods share what their residents write for the neighbours. Both sign, and either of them can stop.
treaty-received = Waits for our signature
treaty-accept = Accept the offer
treaty-accept-do = Sign the agreement
treaty-accept-more = After that what they share with us stands on our square, and what we share with them on theirs.
treaty-end = End the agreement
treaty-end-do = End the agreement
treaty-end-more = What was shared already stays with them. New messages no longer go back and forth.
treaty-offer = New agreement
treaty-offer-more = Ask the other neighbourhood for its number. It stands on their square, at the bottom of ‘About this square’.
treaty-offer-summary = Make an offer
treaty-offer-do = Sign the offer
treaty-with = Number of the other neighbourhood
treaty-direction = Who shares with whom?
treaty-direction-both = We with them, and they with us
treaty-direction-send = Only we with them
treaty-direction-receive = Only they with us
treaty-link = Answer an offer
treaty-link-more = Did a connector of another neighbourhood give you a link? Paste it here. Your box then looks for the box of that neighbourhood.
treaty-link-summary = Accept an offer with a link
treaty-link-field = The link you were given
hand-on = Hand the offer on
hand-on-more = { $name } does not hear of this yet: the boxes do not know each other. Give this link to a connector there, or have the square scanned. They paste it on their own page ‘Agreements with the neighbours’.
hand-on-qr = Code with the link of the offer
hand-on-link = The link of the offer
taken-at-once = What they share with us comes on our square at once.
taken-after-approval = What they share with us waits until a connector lets it in.
taken-not = What they share with us does not come on our square.
taken-kinds = Only: { $names }.
taken-areas = Only about: { $names }.
taken-per-day = { $count ->
    [one] One post a day; what is more waits for a connector.
   *[other] At most { $count } posts a day; what is more waits for a connector.
}
take-summary = Choose what comes on our square
take-do = Sign this choice
take-how = What they share with us
take-at-once = comes on our square at once
take-after-approval = waits until a connector lets it in
take-not = does not come on our square
take-kinds = What sort of posts?
take-areas = About which parts of their village?
take-areas-hint = (nothing chosen means: all)
take-per-day = How many a day at once?
take-per-day-hint = 0 means all. What is more waits for a connector.
awaiting-approve = Let it onto our square
awaiting-decline = Not on our square
awaiting-decline-do = Do not let it in
awaiting-decline-more = The post stays where it is, with the neighbours, and does not come on our square.

map-heading = How it goes with the neighbours
map-table = The neighbours in a table
map-legend = A whole line: both hold the same. A broken line: still catching up. Dots: no connection. The arrows point at who receives.
map-left-out = { $count ->
    [one] One neighbourhood has no place on the drawing; it is in the table.
   *[other] { $count } neighbourhoods have no place on the drawing; they are in the table.
}
map-neighbour = Neighbourhood
map-contact = Connection
map-shared = We share
map-taken = They share
map-since = Since
map-posts = { $count ->
    [0] nothing yet
    [one] one contribution
   *[other] { $count } contributions
}
map-nothing = not agreed
contact-in-step = Both hold the same
contact-catching-up = Connected, still catching up
contact-away = Not connected
contact-away-since = Not connected. Last heard of: { $when }
way-next-door = on the same network
way-direct = straight across the internet
way-through = through the box of { $name }
awaiting-heading = Waits for a connector
awaiting-intro = These posts of neighbours are not on our square yet. Read them, and choose.
awaiting-from = From { $name }
awaiting-number = Number of the post

circles-intro = A circle is a group of neighbourhoods with a name, such as all villages of one town. The neighbourhood that begins it lets the others in.
circles-none = Our neighbourhood is in no circle yet.
circle-founder = Begun by { $name }
circle-invited = Has not come yet
circle-admit = Let a neighbourhood in
circle-admit-do = Let in
circle-admit-who = Which neighbourhood
circle-show-out = Take a neighbourhood out
circle-show-out-do = Take out
circle-end = End the circle
circle-end-do = End it
circle-end-more = The circle is then over for all neighbourhoods.
circle-leave = Leave the circle
circle-leave-do = Leave
circle-leave-more = What is written for the circle no longer comes here then.
circle-admitted = Our neighbourhood may join this circle.
circle-join-do = Join the circle
circle-found = New circle
circle-found-more = Choose a name that suits the neighbourhoods together. The name stays as it is.
circle-found-summary = Begin a circle
circle-found-do = Begin the circle
circle-name = Name of the circle

organisations-intro = A club, shop or care worker writes through residents who speak for it. So everyone knows who is behind a message.
organisations-none = There are no organisations yet.
organisation-unnamed = Organisation { $number }
organisation-no-name = One of its speakers gives the organisation its name, in a profile.
organisation-speakers = Who speaks for it
organisation-speakers-none = Nobody speaks for it now.
organisation-add = New organisation
organisation-add-more = First choose the resident who speaks for the organisation.
organisation-add-summary = Add an organisation
organisation-add-do = Add
organisation-first-speaker = Who speaks for it?
speaker-add = Let somebody else speak as well
speaker-add-do = Add
speaker-who = Which resident
speaker-remove = No longer speaks for it
speaker-remove-do = No longer speaks
speaker-remove-more = What this resident wrote for the organisation stays.

areas-intro = Does your neighbourhood consist of parts with a name of their own, such as some villages or quarters? Then name them here.
areas-none = Our neighbourhood has no parts yet.
area-add = New area
area-add-summary = Add an area
area-add-do = Add
area-name = Name of the area
area-end = End
area-end-do = End this area
area-end-more = What belongs to this area stays on the square.

boxes-intro = A box speaks for our neighbourhood as long as its certificate is valid. More than one box is wise: when one fails, the other goes on.
box-key = Key of the box
box-renew = Renew the certificate
box-renew-do = Renew
box-retire = Put this box out of service
box-retire-do = Put out of service
box-retire-this = Please note: this is the box you are using now.
box-retire-more = Other neighbourhoods no longer talk to this box then. What is on it can be found on the other boxes too, if there are any.
box-add = New box
box-add-more = Whoever sets up the box finds the key on the box itself, with the command ‘dorpsplein status’.
box-add-summary = Add a box
box-add-do = Add

desk-sources = Other calendars
desk-sources-more = take over events of clubs and halls
sources-title = Other calendars
sources-intro = Events from the calendar of a club, church or hall wait here. Nothing comes onto the square by itself: you choose what to take over. You then publish it yourself, with your own key.
sources-import = Read a calendar file
sources-import-what = Were you given a file whose name ends in .ics? Read it here. When you read a new version with the same name later, you see only what is different.
sources-import-do = Read it
sources-file = File (.ics, 2 MB at most)
sources-a-file = A file that was read
sources-events = { $count ->
    [one] 1 event
   *[other] { $count } events
}
sources-skipped = { $count ->
    [one] 1 that we cannot take over
   *[other] { $count } that we cannot take over
}
sources-visited = looked at: { $when }
sources-trouble = This calendar could not be read the last time:
sources-none-waiting = All that is in it stands on the square already.
sources-none = There is no other calendar yet.
sources-more = { $count ->
    [one] 1 more event waits. You see it when you have dealt with these.
   *[other] { $count } more events wait. You see them when you have dealt with these.
}
sources-settings = A calendar that the box follows by itself is set by whoever looks after the box, in box.toml under [[agenda.source]].
sources-all = Take over all of it
sources-all-do = Take all of it over
sources-all-what = { $count ->
    [one] You take over 1 proposal of this calendar.
   *[other] You take over { $count } proposals of this calendar. What another connector published stays as it is.
}
sources-new = New
sources-changed = Changed at its source
sources-cancelled = Called off at its source
sources-gone = No longer at its source
sources-as-it-stands = As it stands on the square now
sources-only-publisher = { $name } published this. Only whoever published it can change it.
sources-publish = Put it on the square
sources-change = Change it
sources-cancel = Say that it is called off
sources-pass-over = Leave it out
sources-pass-over-do = Leave it out
sources-pass-over-what = You do not see this proposal again, unless its source changes it.
