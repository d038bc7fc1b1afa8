# De tafel van de buurtverbinders: brieven, buren, kringen, organisaties, gebieden en kastjes.
letters-heading = Brieven om uit te nodigen
letters-intro = Maak een brief voor elk huis. Iedere brief heeft een eigen code, voor één bewoner.
letters-count = Hoeveel brieven?
letters-count-hint = Hooguit honderd tegelijk. Per brief rekent uw toestel ongeveer een seconde.
letters-days = Hoeveel dagen geldig?
letters-make = Maak de brieven
letters-making = Uw toestel maakt de codes en ondertekent ze…
letters-ready = De brieven zijn klaar.
letters-ready-more = Print ze nu. De codes staan nergens anders: als u deze bladzijde sluit, zijn ze weg.
letters-print = Print de brieven
letters-about = Zo gaat het
letters-step-make = Kies hoeveel brieven u wilt, en maak ze.
letters-step-print = Print ze. Elke brief is één vel papier.
letters-step-bring = Breng ze rond. Bij wie het lastig vindt, kunt u even helpen.
letters-secret = De codes worden op uw eigen toestel gemaakt. Ook het kastje krijgt ze niet te zien. Is een brief zoek? Trek die dan in bij de uitnodigingen. Het nummer staat onderaan de brief.
letter-greeting = Beste buren,
letter-what = { $name } heeft een eigen dorpsplein op internet. U vindt er nieuws, activiteiten en hulp van buren. Het is niet van een bedrijf, maar van ons allemaal.
letter-how = Lezen kan iedereen. Wilt u ook schrijven en reageren? Doe dan mee met deze brief. Een wachtwoord is niet nodig.
letter-scan = Scan het vierkant met de camera van uw telefoon.
letter-type = Of ga op uw computer naar
letter-qr = Code om met een telefoon te scannen
letter-once = De code werkt één keer, voor één persoon. Hij is geldig tot en met
letter-nothing = Meedoen kost niets. Wilt u niet meedoen? Gooi deze brief dan gerust weg.
letter-help = Lukt het niet, of wilt u eerst iets vragen?
letter-code = en typ daar deze code:
letter-bye = Tot ziens op het plein!
letter-from = De buurtverbinders
letter-number = Brief

neighbours-heading = Afspraken met de buren
neighbours-intro = Met een afspraak delen twee buurten wat hun bewoners voor de buren schrijven. Beide buurten ondertekenen, en elk van de twee kan stoppen.
treaty-received = Wacht op onze handtekening
treaty-accept = Ga in op het voorstel
treaty-accept-do = Onderteken de afspraak
treaty-accept-more = Daarna komt wat zij met ons delen op ons plein te staan, en wat wij met hen delen bij hen.
treaty-end = Stop de afspraak
treaty-end-do = Stop de afspraak
treaty-end-more = Wat al gedeeld is, staat nog bij hen. Nieuwe berichten gaan niet meer heen en weer.
treaty-offer = Nieuwe afspraak
treaty-offer-more = Vraag de andere buurt om haar nummer. Dat staat op haar plein, onderaan ‘Over dit plein’.
treaty-offer-summary = Doe een voorstel
treaty-offer-do = Onderteken het voorstel
treaty-with = Nummer van de andere buurt
treaty-direction = Wie deelt met wie?
treaty-direction-both = Wij met hen, en zij met ons
treaty-direction-send = Alleen wij met hen
treaty-direction-receive = Alleen zij met ons
treaty-link = Antwoord op een voorstel
treaty-link-more = Gaf een buurtverbinder van een andere buurt u een link? Plak hem dan hier. Uw kastje zoekt daarna het kastje van die buurt op.
treaty-link-summary = Ga in op een voorstel met een link
treaty-link-field = De link die u kreeg
hand-on = Geef het voorstel door
hand-on-more = { $name } hoort hier nog niets van: de kastjes kennen elkaar nog niet. Geef een buurtverbinder daar deze link, of laat het vierkant scannen. Die plakt hem op de eigen bladzijde ‘Afspraken met de buren’.
hand-on-qr = Code met de link van het voorstel
hand-on-link = De link van het voorstel
taken-at-once = Wat zij met ons delen, komt meteen op ons plein.
taken-after-approval = Wat zij met ons delen, wacht tot een buurtverbinder het toelaat.
taken-not = Wat zij met ons delen, komt niet op ons plein.
taken-kinds = Alleen: { $names }.
taken-areas = Alleen over: { $names }.
taken-per-day = { $count ->
    [one] Per dag één bijdrage; wat meer is, wacht op een buurtverbinder.
   *[other] Per dag hooguit { $count } bijdragen; wat meer is, wacht op een buurtverbinder.
}
take-summary = Kies wat er op ons plein komt
take-do = Onderteken deze keuze
take-how = Wat zij met ons delen
take-at-once = komt meteen op ons plein
take-after-approval = wacht tot een buurtverbinder het toelaat
take-not = komt niet op ons plein
take-kinds = Wat voor bijdragen?
take-areas = Over welke delen van hun dorp?
take-areas-hint = (niets gekozen is: alles)
take-per-day = Hoeveel per dag meteen?
take-per-day-hint = 0 is: alles. Wat meer is, wacht op een buurtverbinder.
awaiting-approve = Laat toe op ons plein
awaiting-decline = Niet op ons plein
awaiting-decline-do = Laat niet toe
awaiting-decline-more = Het bericht blijft bij de buren staan, en komt niet op ons plein.

map-heading = Hoe het gaat met de buren
map-table = De buren in een tabel
map-legend = Een hele lijn: gelijk met elkaar. Een streepjeslijn: nog bezig met inhalen. Stippels: geen verbinding. De pijlen wijzen naar wie iets krijgt.
map-left-out = { $count ->
    [one] Eén buurt past niet op de tekening, en staat wel in de tabel.
   *[other] { $count } buurten passen niet op de tekening, en staan wel in de tabel.
}
map-neighbour = Buurt
map-contact = Verbinding
map-shared = Wij delen
map-taken = Zij delen
map-since = Sinds
map-posts = { $count ->
    [0] nog niets
    [one] één bijdrage
   *[other] { $count } bijdragen
}
map-nothing = niet afgesproken
contact-in-step = Gelijk met elkaar
contact-catching-up = Verbonden, nog bezig met inhalen
contact-away = Geen verbinding
contact-away-since = Geen verbinding. Voor het laatst gehoord: { $when }
way-next-door = op hetzelfde netwerk
way-direct = rechtstreeks over internet
way-through = via het kastje van { $name }
awaiting-heading = Wacht op een buurtverbinder
awaiting-intro = Deze berichten van buren staan nog niet op ons plein. Lees ze, en kies.
awaiting-from = Uit { $name }
awaiting-number = Nummer van het bericht

circles-intro = Een kring is een groep buurten met een naam, zoals alle dorpen van één gemeente. De buurt die hem begint, laat de andere toe.
circles-none = Onze buurt is nog niet in een kring.
circle-founder = Begonnen door { $name }
circle-invited = Nog niet gekomen
circle-admit = Laat een buurt toe
circle-admit-do = Laat toe
circle-admit-who = Welke buurt
circle-show-out = Haal een buurt eruit
circle-show-out-do = Haal eruit
circle-end = Hef de kring op
circle-end-do = Hef op
circle-end-more = De kring is dan voor alle buurten voorbij.
circle-leave = Ga uit de kring
circle-leave-do = Ga eruit
circle-leave-more = Wat voor de kring geschreven wordt, komt dan niet meer hier.
circle-admitted = Onze buurt mag bij deze kring.
circle-join-do = Doe mee met de kring
circle-found = Nieuwe kring
circle-found-more = Kies een naam die bij de buurten samen past. De naam blijft zoals hij is.
circle-found-summary = Begin een kring
circle-found-do = Begin de kring
circle-name = Naam van de kring

organisations-intro = Een club, winkel of hulpverlener schrijft via bewoners die voor haar spreken. Zo weet iedereen wie er achter een bericht zit.
organisations-none = Er zijn nog geen organisaties.
organisation-unnamed = Organisatie { $number }
organisation-no-name = Een van de sprekers geeft de organisatie haar naam, in een profiel.
organisation-speakers = Wie er voor spreken
organisation-speakers-none = Nu spreekt er niemand voor.
organisation-add = Nieuwe organisatie
organisation-add-more = Kies eerst de bewoner die voor de organisatie spreekt.
organisation-add-summary = Voeg een organisatie toe
organisation-add-do = Voeg toe
organisation-first-speaker = Wie spreekt ervoor?
speaker-add = Laat nog iemand spreken
speaker-add-do = Voeg toe
speaker-who = Welke bewoner
speaker-remove = Spreekt er niet meer voor
speaker-remove-do = Spreekt niet meer
speaker-remove-more = Wat deze bewoner voor de organisatie schreef, blijft staan.

areas-intro = Bestaat uw buurt uit delen met een eigen naam, zoals een paar dorpen of wijken? Geef ze dan hier op.
areas-none = Onze buurt is nog niet verdeeld.
area-add = Nieuw gebied
area-add-summary = Voeg een gebied toe
area-add-do = Voeg toe
area-name = Naam van het gebied
area-end = Hef op
area-end-do = Hef dit gebied op
area-end-more = Wat er bij dit gebied hoort, blijft op het plein staan.

boxes-intro = Een kastje spreekt voor onze buurt zolang zijn bewijs geldig is. Meer dan één kastje is verstandig: valt er een uit, dan gaat de ander verder.
box-key = Sleutel van het kastje
box-renew = Verleng het bewijs
box-renew-do = Verleng
box-retire = Zet dit kastje buiten dienst
box-retire-do = Zet buiten dienst
box-retire-this = Let op: dit is het kastje dat u nu gebruikt.
box-retire-more = Andere buurten praten dan niet meer met dit kastje. Wat erop staat, is ook op de andere kastjes te vinden, als die er zijn.
box-add = Nieuw kastje
box-add-more = Wie het kastje neerzet, vindt de sleutel op het kastje zelf, met de opdracht ‘dorpsplein status’.
box-add-summary = Voeg een kastje toe
box-add-do = Voeg toe

desk-sources = Andere agenda’s
desk-sources-more = activiteiten van clubs en zalen overnemen
sources-title = Andere agenda’s
sources-intro = Activiteiten uit de agenda van een club, kerk of zaal wachten hier. Niets komt vanzelf op het plein: u kiest wat u overneemt. U plaatst het dan zelf, met uw eigen sleutel.
sources-import = Een agendabestand inlezen
sources-import-what = Kreeg u een bestand waarvan de naam eindigt op .ics? Lees het hier in. Leest u later een nieuwe versie in met dezelfde naam, dan ziet u alleen wat er anders is.
sources-import-do = Lees in
sources-file = Bestand (.ics, ten hoogste 2 MB)
sources-a-file = Ingelezen bestand
sources-events = { $count ->
    [one] 1 activiteit
   *[other] { $count } activiteiten
}
sources-skipped = { $count ->
    [one] 1 die we niet kunnen overnemen
   *[other] { $count } die we niet kunnen overnemen
}
sources-visited = bekeken: { $when }
sources-trouble = Deze agenda was de laatste keer niet te lezen:
sources-none-waiting = Alles wat hierin staat, staat al op het plein.
sources-none = Er is nog geen andere agenda.
sources-more = { $count ->
    [one] Er wacht nog 1 activiteit. U ziet die als u deze hebt afgehandeld.
   *[other] Er wachten nog { $count } activiteiten. U ziet ze als u deze hebt afgehandeld.
}
sources-settings = Een agenda die het kastje vanzelf bijhoudt, zet wie het kastje beheert in box.toml, onder [[agenda.source]].
sources-all = Alles overnemen
sources-all-do = Neem alles over
sources-all-what = { $count ->
    [one] 1 voorstel uit deze agenda wordt door u overgenomen.
   *[other] { $count } voorstellen uit deze agenda worden door u overgenomen. Wat een andere buurtverbinder plaatste, blijft staan.
}
sources-new = Nieuw
sources-changed = Veranderd in de bron
sources-cancelled = Gaat niet door, zegt de bron
sources-gone = Staat niet meer in de bron
sources-as-it-stands = Zoals het nu op het plein staat
sources-only-publisher = { $name } heeft dit geplaatst. Alleen wie het plaatste kan het aanpassen.
sources-publish = Zet op het plein
sources-change = Pas aan
sources-cancel = Zet erbij dat het niet doorgaat
sources-pass-over = Laat weg
sources-pass-over-do = Laat weg
sources-pass-over-what = U ziet dit voorstel niet meer, tenzij de bron het verandert.
