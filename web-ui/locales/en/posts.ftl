# Asks and offers, people, clubs, groups and what is important.
nav-market = Asks and offers
nav-people = People and talents
nav-clubs = Clubs and organisations
nav-groups = Groups
nav-alerts = Important

list-kinds = Asks or offers
list-categories = Categories
list-areas = Areas
list-all = All
list-every-category = Every category
list-every-area = The whole neighbourhood
list-first = To the beginning
list-next = More

market-title = Asks and offers
market-intro = Lend, help, swap, share a ride: ask a neighbour.
market-none = There is nothing now. Perhaps you have something to offer, or look for something?
market-write-offer = I offer something
market-write-request = I look for something
market-offers = Offers
market-requests = Asks
clubs-title = Clubs and organisations
clubs-intro = Associations, shops, care and whoever else does something for the neighbourhood.
clubs-none = There is no club or organisation yet.
clubs-write = Add your club
groups-title = Groups
groups-intro = Neighbours who do something together: walk, read, mend the street.
groups-none = There is no group yet. Start one!
groups-write = Start a group
alerts-now = Important now
alerts-title = Important
alerts-intro = What everyone has to know at once. The connectors write here how things stand.
alerts-none = Nothing is the matter now.
people-title = People and talents
people-heading = Who lives in { $name }?
people-intro = Neighbours who tell something about themselves. Only residents see this page.
people-own = Tell about yourself
people-none = Nobody has told anything about themselves yet.
people-all = Everybody
people-by-talent = Choose what somebody can
people-more = There are more. Search for a name, or for what you need:
people-talents = Likes, knows or can

item-to-market = To asks and offers
item-to-clubs = To clubs and organisations
item-to-groups = To the groups
item-to-alerts = To what is important

post-offer = Offer
post-request = Ask
post-text = The text
post-settled = Arranged
post-stale = Is this still right?
post-on-behalf = Posted for
alert-over = Over
alert-updates = How things stand
alert-no-updates = Nothing was added yet.

fact-hours = Open
fact-phone = Phone
fact-email = E-mail
fact-website = Website
fact-category = Category
fact-area = Area

event-repeats = How often
sign-up-event = Who is coming?
sign-up-group = Who takes part?
sign-up-people = { $count ->
    [0] Nobody yet.
    [one] 1 person.
   *[other] { $count } people.
}
sign-up-left = { $count ->
    [one] 1 place is left.
   *[other] { $count } places are left.
}
sign-up-waiting = { $count ->
    [one] 1 person waits for a place.
   *[other] { $count } people wait for a place.
}
sign-up-party = { $count ->
    [one] 1 person
   *[other] { $count } people
}
sign-up-full = It is full. You can join the waiting list.
sign-up-waits = Waits for a place
sign-up-names-hidden = Only residents who are logged in see the names.
sign-up-how-many = How many people are you?
sign-up-who-sees = Only residents see your name. Whoever reads here sees how many people come.
sign-up-send = I am coming
sign-up-join = I take part
sign-up-sent = You are on the list. You see it when you reload the page. Changed your mind? Then erase your sign-up.
sign-up-needs-key = To sign up you are a resident, with a key on this device.

write-request = Ask
write-offer = Offer
write-listing = Club or organisation
write-group = Group
write-alert = Important message
write-request-intro = Do you need help, things or a ride?
write-offer-intro = Do you have something to spare, or can you do something for somebody?
write-listing-intro = An association, a shop or somebody who gives care, and how to reach them.
write-group-intro = Neighbours who want to do something together. Others can sign up.
write-alert-intro = For when everyone has to know something at once, such as high water. Only connectors can post this. It stands on top of every page.
write-field-club = Name of the club or organisation
write-field-capacity = For how many people is there room
write-field-until = Until
write-field-until-hint = (only if it happens more often, and ends somewhere)
write-field-review = When will you look whether this is still right?
write-field-review-hint = (optional; after that day it says that it may be old)
write-none = None
write-whole-area = The whole neighbourhood
repeats-never = Once
repeats-weekly = Every week on this day
repeats-fortnightly = Every other week on this day
repeats-monthly-weekday = Every month, such as “the first Thursday”
repeats-monthly-last-weekday = Every month on the last such weekday
repeats-monthly-day = Every month on this date
repeats-yearly = Every year on this date
