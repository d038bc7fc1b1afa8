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

item-edited = Changed: { $when }
item-to-news = To the news

agenda-title = What’s on in { $name }
agenda-intro = Everyone is welcome, unless it says otherwise.
agenda-write = Add something yourself
agenda-none = There is nothing in the agenda yet.
agenda-later = Later events
agenda-from-today = From today

event-when = When
event-where = Where
event-place-unsaid = Not known yet
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
