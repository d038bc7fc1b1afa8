# What stands on every page.
frame-description = News and events from { $name }, by and for the people who live there.
frame-skip = Skip to the content
frame-colophon = This square runs on a small box in the neighbourhood and belongs to all of us.

nav-label = Main menu
nav-news = News
nav-agenda = Agenda
nav-write = Write
nav-join = Join
nav-more = More
nav-all = Everything on this square
nav-log = Log
nav-about-long = About this square

help-question = Need help with this site?
help-call = Call { $name }:
help-call-number = Call:

and = and
author-unnamed = A resident
role-connector = connector
tag-neighbour = from the neighbours:
technical = Technical details
neighbourhood-id = Neighbourhood number

error-not-found = This page does not exist
error-not-found-more = The message may have been removed, or the address may not be quite right. See if you can find it in the news or in the agenda.
error-refused = That did not work
error-internal = Something went wrong in the box
error-internal-more = It is not your fault. Wait a few minutes and try again. Does it still not work? Then tell a connector.
