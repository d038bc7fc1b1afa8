# What happens while a page is open, and when there is no connection.
live-posts = { $count ->
    [one] 1 new post
   *[other] { $count } new posts
}
live-events = { $count ->
    [one] 1 new event
   *[other] { $count } new events
}
live-comments = { $count ->
    [one] 1 new comment
   *[other] { $count } new comments
}

kept-line = You are not connected. You see what stood here on { $when }.
kept-again = Try again
offline-title = You are not connected
offline-intro = The box of { $name } cannot be reached now, and this page was not kept on your device.
offline-what = What you can do
offline-what-1 = Check that wifi or mobile data is on, and try again in a few minutes.
offline-what-2 = You can read pages that you opened before. What you write stays on your device until you are connected again.
offline-what-link = To the news

state-kept = Kept on your device. There is no connection now; it will be sent by itself when there is.
outbox-waiting = Kept on your device, not sent yet:
outbox-sent = What was kept on your device has been sent and stands online now.
outbox-refused = This was not posted:
outbox-why = Why not?
outbox-throw-away = Throw away

kiosk-label = This screen
kiosk-home = Back to the beginning
kiosk-print = Print this page
kiosk-read = On this screen you can read and print. You write and answer on your own device.
