# Wat er op de tafel van de buurtverbinders wacht, en hoe het met het plein gaat.
queue-title = Wat er wacht
queue-more = Meldingen, nieuwe bewoners, buren en wat misschien niet meer klopt
queue-count = { $count ->
    [one] Er wacht 1 ding op een buurtverbinder.
   *[other] Er wachten { $count } dingen op een buurtverbinder.
}
queue-link = Kijk wat er wacht
queue-empty = Er wacht niets. Fijn.
queue-reports = Meldingen
queue-reports-more = Bewoners vinden dat hier iets mee is. Alleen u en de andere buurtverbinders lezen dit.
queue-gone = Dit is er niet meer
queue-refuse = Niet op ons plein
queue-refuse-do = Haal het van ons plein
queue-refuse-what = Het komt van de buren. Bij hen blijft het staan, op ons plein niet.
queue-erase-how = Voorgoed wissen kan op de bladzijde van het bericht zelf.
queue-dismiss = Er is niets mis mee
queue-newcomers = Het eerste bericht van nieuwe bewoners
queue-newcomers-more = Het staat al op het plein. Kijk even mee, en zeg welkom.
queue-seen = Gezien
queue-awaiting-link = Naar de afspraken met de buren
queue-stale = Klopt dit nog?
queue-stale-more = De maker zou hier nog eens naar kijken. Vraag het met één tik; de maker ziet de vraag bij het bericht en bij zijn gegevens.
queue-review-by = Nakijken voor { $date }
queue-asked = Gevraagd: { $when }
queue-ask = Vraag: klopt dit nog?

report-heading = Meld dat hier iets mis mee is
report-do = Stuur de melding
report-what = Uw melding gaat naar de buurtverbinders. Wie dit schreef, ziet haar niet.
report-reason = Wat is er mis?
report-note = In uw eigen woorden

still-right-heading = Klopt dit nog?
still-right-intro = Zo weten uw buren dat ze erop aan kunnen.
still-right-asked = Klopt dit nog?
still-right-more = U zou dit nog eens nakijken. Is er iets veranderd? Pas het dan aan of wis het.
still-right-since = Een buurtverbinder vroeg het { $when }
still-right-do = Ja, dit klopt nog

consents-heading = Toestemming
consent-spoken = mondeling
consent-written = op papier
consent-telephone = aan de telefoon
consent-otherwise = op een andere manier
consent-by = vastgelegd door { $name }

behalf-heading = Schrijft u dit voor iemand anders?
behalf-who = Voor wie
behalf-how = Hoe gaf die toestemming?
behalf-more = De naam staat bij het bericht. Hoe en wanneer de toestemming is gegeven, lezen alleen de buurtverbinders.

pulse-title = Hoe het gaat
pulse-more = Waar het stil is, en hoeveel er geschreven wordt
pulse-silent = Waar het stil is
pulse-week = al een week niets nieuws.
pulse-fortnight = al twee weken niets nieuws.
pulse-never = nog nooit iets.
pulse-last = Het laatste was van { $date }.
pulse-write = Schrijf iets
pulse-events = { $count ->
    [0] De komende twee weken staat er niets in de agenda.
    [one] De komende twee weken staat er 1 ding in de agenda.
   *[other] De komende twee weken staan er { $count } dingen in de agenda.
}
pulse-unanswered = Vragen waar niemand op antwoordde
pulse-unanswered-none = Elke vraag heeft een antwoord.
pulse-counts = Hoeveel er per week geschreven wordt
pulse-counts-more = Een getal staat er alleen als het van minstens vijf mensen komt. Zo is er niemand in te herkennen.
pulse-table = Dezelfde getallen in een tabel
pulse-week-of = Week van
pulse-few = weinig

steps-heading = De eerste stappen
steps-more = Zo komt een nieuw plein op gang. Het lijstje verdwijnt als alles is gedaan.
step-done = gedaan
step-founded = Het plein is er
step-household = Nodig een huishouden uit
step-news = Schrijf het eerste nieuws
step-named = Geef het plein een regel onder de naam en een telefoonnummer
step-connector = Vraag een tweede buurtverbinder
step-box = Zet een tweede kastje neer
step-neighbour = Spreek iets af met een buurt ernaast
