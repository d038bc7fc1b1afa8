# The pages to read: news, agenda, messages and events.
news-title = How things are in { $name }
news-soon = Today and tomorrow
news-soon-none = There is nothing in the agenda for today and tomorrow.
news-to-agenda = See the whole agenda
news-none = There is no news yet. Will you write the first message?
news-older-heading = Older news
news-older = Older messages
news-newest = Newest messages
pages-label = More pages

aside-label = Taking part
aside-write-heading = Something to tell?
aside-write = A call for help, a story or an event: everyone who lives here may write.
aside-write-link = Write something
aside-neighbours-heading = Our neighbours
aside-neighbours = We share news and events with these neighbourhoods.

item-edited = Changed { $when }
history-title = History
history-intro = What it said before, and what changed. The newest version is on top.
history-intro-answer = What an answer to this post said before, and what changed.
history-first = Written
history-changed = Changed
history-same = This changed nothing.
history-closed = What it said here was only for residents at that time.
history-none = Nothing is kept.
history-nothing = Nothing
history-yes = Yes
history-photos = Photos
history-starts = Start
history-ends = End
history-cancelled = Cancelled
history-settled = Arranged or over
history-party = How many people
versions-heading = There are two versions
versions-what = This was changed on two devices at the same time. Whoever wrote it chooses which is right.
versions-choose = This is right
share-link = Pass on
share-title = Pass on: { $title }
share-heading = Pass on
share-text = As text
share-text-label = You can paste this text anywhere
share-copy = Copy the text
share-copied = The text has been copied.
share-print = Print the sheet
share-where = Directly
share-leave = These links lead to other services. They see nothing until you follow one.
share-sms = Text message
share-mastodon = Your Mastodon server
share-mastodon-hint = For example mastodon.social
share-mastodon-wrong = This is not the name of a server. Write something like mastodon.social.
share-mastodon-do = Make the link
share-mastodon-link = Post on { $server }
share-sheet = As a sheet to put up
share-sheet-address = The latest news is at
share-qr = QR code of the address of this post
item-to-news = To the news

agenda-title = What’s on in { $name }
agenda-intro = Everyone is welcome, unless it says otherwise.
agenda-write = Add something yourself
agenda-none = There is nothing in the agenda yet.
agenda-none-then = There is nothing in the agenda for this time.
agenda-none-day = Nothing.
agenda-views = View
agenda-view-list = List
agenda-view-week = Week
agenda-view-month = Month
agenda-later = Later events
agenda-from-today = Today
agenda-week-before = Previous week
agenda-week-after = Next week
agenda-month-before = Previous month
agenda-month-after = Next month
agenda-subscribe = In your own calendar
agenda-subscribe-what = Subscribe, and these events also stand in the calendar of your telephone or computer. When something changes, it changes there by itself.
agenda-subscribe-do = Subscribe your calendar
agenda-download = Fetch the events once
agenda-subscribe-by-hand = Does nothing happen? Choose ‘add by internet address’ or ‘from URL’ in your calendar, and paste this there:

event-when = When
event-where = Where
event-place-unsaid = Not known yet
event-source = Taken from
event-to-calendar = Put this in your own calendar
event-cancelled = Cancelled
event-cancelled-notice = This event has been cancelled.
event-contested-tag = There are two versions
event-contested = Please note: there are different versions here. Ask which one is right.
event-cancelled-contested = Please note: it is not clear whether this will take place. Please ask.
event-cancelled-yes = Cancelled
event-cancelled-no = Takes place
event-to-agenda = To the agenda
claim-by = according to

comments-count = { $count ->
    [0] No comments yet
    [one] 1 comment
   *[other] { $count } comments
}
comments-heading = { $count ->
    [0] Comments
    [one] 1 comment
   *[other] { $count } comments
}
comments-none = Nobody has commented yet.
comment-label = Comment by { $name }
photo-on-its-way = A photo is on its way:
