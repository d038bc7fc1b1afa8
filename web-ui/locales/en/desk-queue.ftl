# What waits on the connectors' desk, and how it goes with the square.
queue-title = What waits
queue-more = Reports, newcomers, neighbours and what may be out of date
queue-count = { $count ->
    [one] 1 thing waits for a connector.
   *[other] { $count } things wait for a connector.
}
queue-link = Look what waits
queue-empty = Nothing waits. Good.
queue-reports = Reports
queue-reports-more = Residents think that something is wrong here. Only you and the other connectors read this.
queue-gone = This is no longer there
queue-refuse = Not on our square
queue-refuse-do = Take it off our square
queue-refuse-what = It comes from the neighbours. It stays there, and leaves our square.
queue-erase-how = Erasing for good is done on the page of the post itself.
queue-dismiss = Nothing is wrong with it
queue-newcomers = The first post of newcomers
queue-newcomers-more = It is on the square already. Have a look, and say welcome.
queue-seen = Seen
queue-awaiting-link = To the agreements with the neighbours
queue-stale = Is this still right?
queue-stale-more = Its maker was to look at this again. Ask with one tap; the maker sees the question at the post and with their own data.
queue-review-by = To be looked at before { $date }
queue-asked = Asked: { $when }
queue-ask = Ask: is this still right?

report-heading = Report that something is wrong with this
report-do = Send the report
report-what = Your report goes to the connectors. Whoever wrote this does not see it.
report-reason = What is wrong?
report-note = In your own words

still-right-heading = Is this still right?
still-right-intro = That way your neighbours know they can rely on it.
still-right-asked = Is this still right?
still-right-more = You were to look at this again. Did something change? Then change it or erase it.
still-right-since = A connector asked { $when }
still-right-do = Yes, this is still right

consents-heading = Consent
consent-spoken = spoken
consent-written = on paper
consent-telephone = by telephone
consent-otherwise = in another way
consent-by = recorded by { $name }

behalf-heading = Do you write this for somebody else?
behalf-who = For whom
behalf-how = How did they agree?
behalf-more = The name stands with the post. How and when they agreed is read by connectors alone.

pulse-title = How it goes
pulse-more = Where it is silent, and how much is written
pulse-silent = Where it is silent
pulse-week = nothing new for a week.
pulse-fortnight = nothing new for two weeks.
pulse-never = nothing ever.
pulse-last = The last was of { $date }.
pulse-write = Write something
pulse-events = { $count ->
    [0] There is nothing in the agenda for the coming two weeks.
    [one] There is 1 thing in the agenda for the coming two weeks.
   *[other] There are { $count } things in the agenda for the coming two weeks.
}
pulse-unanswered = Requests that nobody answered
pulse-unanswered-none = Every request has an answer.
pulse-counts = How much is written a week
pulse-counts-more = A number is told only when it comes from at least five people. So nobody can be recognised in it.
pulse-table = The same numbers in a table
pulse-week-of = Week of
pulse-few = few

steps-heading = The first steps
steps-more = This is how a new square gets going. The list goes away once all is done.
step-done = done
step-founded = The square is there
step-household = Invite a household
step-news = Write the first news
step-named = Give the square a line under its name and a telephone number
step-connector = Ask a second connector
step-box = Put up a second box
step-neighbour = Agree with a neighbourhood next to yours
