# The pages where you do something yourself: comment, write and join.
field-optional = (optional)

audience-square = Everyone who visits the square of { $name }
audience-neighbours = The neighbours too: it will also appear on their squares
audience-neighbours-now = At the moment that means { $names }.

state-sending = Your device is signing and sending it…
state-refused = That did not work.
state-offline = The box cannot be reached right now. What you wrote is still here. Please try again later.
state-failed = That did not work on this device. Reload the page, or try a newer browser.

comment-write = Write a comment
comment-body = Your comment
comment-send = Post comment
comment-sent = Thank you, your comment has been added. You will see it when you reload the page.
comment-needs-key = To comment you need to be a resident of this neighbourhood, with a key on this device. Do you live in a neighbourhood next door? Then you will find this message on the square of your own neighbourhood too, and you can comment there.
comment-without-javascript = You can read everything as it is. To comment, your browser needs JavaScript, because your own device signs your comment.
comment-reading-only = This box was built for reading only. You cannot comment here.

write-title = Write on the square
write-kinds = What would you like to write?
write-news = News
write-event = Event
write-news-intro = A bit of news, a call for help, a story or a thank-you.
write-event-intro = Something others can come to: coffee, a work day, a concert.
write-field-title = Title
write-field-body = Your text
write-field-all-day = Lasts all day
write-field-starts-date = On which day
write-field-starts-time = What time does it start
write-field-ends-date = Last day
write-field-ends-time = Until what time
write-audience = Who may read this?
write-signed = Your device signs it for you. That way everyone can check that it comes from you.
write-send = Put it on the square
write-checking = Looking whether you have already joined on this device…
write-needs-key = To write, you first join. You can do that with an invitation from a connector. You do not need a password.
write-sent = Done! It is on the square.
write-sent-link = See what you wrote
write-without-javascript = You can read everything as it is. To write, your browser needs JavaScript, because your own device signs what you write.
write-reading-only = This box was built for reading only. You cannot write here. Ask a connector for a box of this neighbourhood where you can.

join-title = Join in { $name }
join-intro = Those who join can write, comment and put events in the agenda. Everyone can read.
join-welcome = Welcome! Your invitation is good.
join-field-name = Your name
join-field-name-hint = This is shown with what you write. Just a first name is fine.
join-audience = Who may see your name?
join-send = Count me in
join-checking = Checking your invitation…
join-needs-invitation = You need an invitation. Do you have one already? Then open the link or scan the code from your letter, and you will come back to this page.
join-already = You have already joined on this device.
join-sending = Your device is making a key and signing you up…
join-sent = Good to have you here! You have joined.
join-without-javascript = To join, your browser needs JavaScript. Your own device uses it to make a key, and that key never leaves your device. Switch JavaScript on and then open your invitation again.
join-reading-only = This box was built for reading only. You cannot join here. Keep your invitation, and ask a connector for a box of this neighbourhood where you can.
join-how = How to join
join-step-ask = Ask for an invitation.
join-step-ask-more = A connector gives you a letter or a link. It works once, for thirty days.
join-step-open = Open the link on your own phone or computer.
join-step-open-more = From then on you take part on that device.
join-step-name = Fill in your name.
join-step-name-more = That is all. You decide who may see your name.
join-key-heading = No password, but a key
join-key = Your device makes a key of its own. It uses that key to sign what you write. The key stays on your device. Not even this box gets to see it.
join-key-lost = Lost your phone? Go and see a connector. They will withdraw the old key and help you get started with a new one.
