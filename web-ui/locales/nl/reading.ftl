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

item-edited = Gewijzigd op { $when }
history-title = Geschiedenis
history-intro = Wat er eerder stond, en wat er veranderde. De nieuwste versie staat bovenaan.
history-intro-answer = Wat er eerder stond in een antwoord bij dit bericht, en wat er veranderde.
history-first = Geschreven op
history-changed = Gewijzigd op
history-same = Hiermee veranderde er niets.
history-closed = Wat hier stond, was toen alleen voor bewoners.
history-none = Er is niets bewaard.
history-nothing = Niets
history-yes = Ja
history-photos = Foto’s
history-starts = Begin
history-ends = Einde
history-cancelled = Gaat niet door
history-settled = Geregeld of voorbij
history-party = Hoeveel mensen
versions-heading = Er staan twee versies
versions-what = Dit is op twee toestellen tegelijk veranderd. Wie dit schreef, kiest wat klopt.
versions-choose = Dit klopt
share-link = Doorsturen
share-title = Doorsturen: { $title }
share-heading = Doorsturen
share-text = Als tekst
share-text-label = Deze tekst kunt u overal plakken
share-copy = Kopieer de tekst
share-copied = De tekst is gekopieerd.
share-print = Druk het blad af
share-where = Rechtstreeks
share-leave = Met deze links gaat u naar een andere dienst. Die ziet pas iets als u erop klikt.
share-sms = Sms
share-mastodon = Uw server van Mastodon
share-mastodon-hint = Bijvoorbeeld mastodon.nl
share-mastodon-wrong = Dit is geen naam van een server. Schrijf iets als mastodon.nl.
share-mastodon-do = Maak de link
share-mastodon-link = Plaats op { $server }
share-sheet = Als blad om op te hangen
share-sheet-address = Het laatste nieuws staat op
share-qr = QR-code van het adres van dit bericht
item-to-news = Naar het nieuws

agenda-title = Wat er te doen is in { $name }
agenda-intro = Iedereen is welkom, tenzij er iets anders bij staat.
agenda-write = Zet er zelf iets in
agenda-none = Er staat nog niets in de agenda.
agenda-none-then = In deze tijd staat er niets in de agenda.
agenda-none-day = Niets.
agenda-views = Weergave
agenda-view-list = Lijst
agenda-view-week = Week
agenda-view-month = Maand
agenda-later = Latere activiteiten
agenda-from-today = Vandaag
agenda-week-before = Vorige week
agenda-week-after = Volgende week
agenda-month-before = Vorige maand
agenda-month-after = Volgende maand
agenda-subscribe = In uw eigen agenda
agenda-subscribe-what = Neem een abonnement: dan staan deze activiteiten ook in de agenda van uw telefoon of computer. Verandert er iets, dan verandert het daar vanzelf mee.
agenda-subscribe-do = Abonneer uw agenda
agenda-download = Haal de activiteiten één keer op
agenda-subscribe-by-hand = Gebeurt er niets? Kies in uw agenda ‘toevoegen via internetadres’ of ‘via URL’, en plak daar:

event-when = Wanneer
event-where = Waar
event-place-unsaid = Nog niet bekend
event-source = Overgenomen uit
event-to-calendar = Zet dit in uw eigen agenda
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
