# De pagina's om te lezen: nieuws, agenda, berichten en activiteiten.
news-title = Zo gaat het in { $name }
news-soon = Vandaag en morgen
news-soon-none = Vandaag en morgen staat er niets in de agenda.
news-to-agenda = Bekijk de hele agenda
news-none = Er is nog geen nieuws. Misschien schrijft u het eerste bericht?
news-older-heading = Ouder nieuws
news-older = Oudere berichten
news-newest = Nieuwste berichten
pages-label = Meer pagina’s

aside-label = Zelf meedoen
aside-write-heading = Hebt u iets te vertellen?
aside-write = Een oproep, een verhaal of een activiteit: iedereen die hier woont mag schrijven.
aside-write-link = Schrijf iets
aside-neighbours-heading = Onze buren
aside-neighbours = Met deze buurten delen we nieuws en activiteiten.

item-edited = Aangepast: { $when }
item-to-news = Naar het nieuws

agenda-title = Wat er te doen is in { $name }
agenda-intro = Iedereen is welkom, tenzij er iets anders bij staat.
agenda-write = Zet er zelf iets in
agenda-none = Er staat nog niets in de agenda.
agenda-later = Latere activiteiten
agenda-from-today = Vanaf vandaag

event-when = Wanneer
event-where = Waar
event-place-unsaid = Nog niet bekend
event-cancelled = Gaat niet door
event-cancelled-notice = Deze activiteit gaat niet door.
event-contested-tag = Er staan twee versies
event-contested = Let op: hier staan verschillende versies. Vraag na welke klopt.
event-cancelled-contested = Let op: het is niet duidelijk of dit doorgaat. Vraag het na.
event-cancelled-yes = Gaat niet door
event-cancelled-no = Gaat door
event-to-agenda = Naar de agenda
claim-by = volgens

comments-count = { $count ->
    [0] Nog geen reacties
    [one] 1 reactie
   *[other] { $count } reacties
}
comments-heading = { $count ->
    [0] Reacties
    [one] 1 reactie
   *[other] { $count } reacties
}
comments-none = Er heeft nog niemand gereageerd.
comment-label = Reactie van { $name }
photo-on-its-way = Er is een foto onderweg:
