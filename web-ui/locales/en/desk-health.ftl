# How it goes with the box, for connectors.
health-title = How is the box?
health-more = Room, backup, clock and neighbours
health-intro = This is about the box you are looking at now. No coloured word at a heading? Then there is nothing for you to do there.
health-note = take care
health-wrong = do something
health-untold = This system does not tell.
health-reading-only = The box cannot keep anything at the moment. Reading goes on. Look at Room first; if it is not that, start the box again.
health-disk = Room
health-disk-free = { $size } is still free.
health-disk-all = The disk or card holds { $size }.
health-disk-todo = Make room: put old files on another disk, or take a larger one. With less than 128 MB free the box keeps nothing new; reading goes on.
health-photos = Photos take { $size }.
health-written = Wear of the memory card
health-written-day = The box writes some { $size } a day.
health-written-soon = The box knows that when it has been on for an hour.
health-card = { $count ->
    [0] An ordinary memory card of this size does not last a year with that. Take a larger one, or an SSD.
    [one] An ordinary memory card of this size lasts about 1 year with that.
   *[other] An ordinary memory card of this size lasts about { $count } years with that.
}
health-card-long = An ordinary memory card of this size lasts more than 20 years with that.
health-card-how = We reckon with care: a card that can be written full 100 times.
health-backup = Backup
health-backup-last = The last backup on this box is of { $when }.
health-backup-never = No backup was ever made on this box.
health-backup-todo = Ask whoever keeps the box to make a backup, with the command dorpsplein backup. Keep it in another place.
health-one-box = Our square is on one box. With a second box in another house nothing is lost when this one breaks.
health-memory = Memory
health-memory-own = The box uses { $size }.
health-memory-free = The machine has { $size } left.
health-memory-all = It has { $size }.
health-memory-todo = Something else on this machine uses much memory. The square may become slow.
health-clock = Clock
health-clock-now = The clock of the box says: { $when }.
health-clock-follows = The clock follows a time server.
health-clock-look = Is that right? If not, posts come in the wrong place: have the machine follow a time server.
health-certificate = Certificate of the box
health-certificate-until = Neighbours know until { $date } that this box speaks for our square.
health-certificate-todo = Renew the certificate in time.
health-certificate-none = This box has no certificate that says it speaks for our square. Neighbours get nothing from it.
health-neighbours = Neighbours
health-neighbours-none = We have no neighbours yet.
health-version = Version
health-version-is = This is Dorpsplein { $version }.
health-since = The box has been on since { $when }.
