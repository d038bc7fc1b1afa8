# Vraag en aanbod, mensen, clubs, groepen en wat belangrijk is.
nav-market = Vraag en aanbod
nav-people = Mensen en talenten
nav-clubs = Clubs en organisaties
nav-groups = Groepen
nav-alerts = Belangrijk

list-kinds = Vraag of aanbod
list-categories = Soorten
list-areas = Gebieden
list-all = Alles
list-every-category = Elke soort
list-every-area = Heel de buurt
list-first = Naar het begin
list-next = Meer

market-title = Vraag en aanbod
market-intro = Lenen, helpen, ruilen, meerijden: vraag het een buur.
market-none = Er staat nu niets. Misschien hebt u iets te bieden, of zoekt u iets?
market-write-offer = Ik bied iets aan
market-write-request = Ik zoek iets
market-offers = Aanbod
market-requests = Vraag
clubs-title = Clubs en organisaties
clubs-intro = Verenigingen, winkels, zorg en wie er verder iets doet voor de buurt.
clubs-none = Er staat nog geen club of organisatie.
clubs-write = Zet uw club erbij
groups-title = Groepen
groups-intro = Buren die samen iets doen: wandelen, lezen, de straat opknappen.
groups-none = Er is nog geen groep. Begin er een!
groups-write = Begin een groep
alerts-now = Nu belangrijk
alerts-title = Belangrijk
alerts-intro = Wat iedereen meteen moet weten. De buurtverbinders schrijven hier hoe het ervoor staat.
alerts-none = Er is nu niets aan de hand.
people-title = Mensen en talenten
people-heading = Wie woont er in { $name }?
people-intro = Buren die iets over zichzelf vertellen. Alleen bewoners zien deze bladzijde.
people-own = Vertel over uzelf
people-none = Er heeft nog niemand iets over zichzelf verteld.
people-all = Iedereen
people-by-talent = Kies wat iemand kan
people-more = Er zijn er meer. Zoek op een naam of op iets wat u zoekt:
people-talents = Houdt van, weet of kan

item-to-market = Naar vraag en aanbod
item-to-clubs = Naar clubs en organisaties
item-to-groups = Naar de groepen
item-to-alerts = Naar wat belangrijk is

post-offer = Aanbod
post-request = Vraag
post-text = Het bericht
post-settled = Geregeld
post-stale = Klopt dit nog?
post-on-behalf = Geplaatst voor
alert-over = Voorbij
alert-updates = Hoe het ervoor staat
alert-no-updates = Er is nog niets bijgekomen.

fact-hours = Open
fact-phone = Telefoon
fact-email = E-mail
fact-website = Website
fact-category = Soort
fact-area = Gebied

event-repeats = Hoe vaak
sign-up-event = Wie komt er?
sign-up-group = Wie doet er mee?
sign-up-people = { $count ->
    [0] Nog niemand.
    [one] 1 mens.
   *[other] { $count } mensen.
}
sign-up-left = { $count ->
    [one] Er is nog 1 plek.
   *[other] Er zijn nog { $count } plekken.
}
sign-up-waiting = { $count ->
    [one] 1 mens wacht op een plek.
   *[other] { $count } mensen wachten op een plek.
}
sign-up-party = { $count ->
    [one] 1 mens
   *[other] { $count } mensen
}
sign-up-full = Het is vol. U kunt op de wachtlijst.
sign-up-waits = Wacht op een plek
sign-up-names-hidden = De namen zien alleen bewoners die zijn ingelogd.
sign-up-how-many = Met hoeveel mensen komt u?
sign-up-who-sees = Uw naam zien alleen bewoners. Wie hier leest, ziet hoeveel mensen er komen.
sign-up-send = Ik kom
sign-up-join = Ik doe mee
sign-up-sent = U staat erbij. U ziet het als u de pagina vernieuwt. Toch niet? Wis dan uw aanmelding.
sign-up-needs-key = Om u aan te melden bent u bewoner, met een sleutel op dit apparaat.

write-request = Vraag
write-offer = Aanbod
write-listing = Club of organisatie
write-group = Groep
write-alert = Belangrijk bericht
write-request-intro = Zoekt u hulp, spullen of iemand om mee te rijden?
write-offer-intro = Hebt u iets over, of kunt u iets voor een ander doen?
write-listing-intro = Een vereniging, winkel of zorgverlener, met hoe men die bereikt.
write-group-intro = Buren die samen iets willen doen. Anderen kunnen zich aanmelden.
write-alert-intro = Voor als iedereen iets meteen moet weten, zoals bij hoog water. Alleen buurtverbinders kunnen dit plaatsen. Het komt boven aan elke bladzijde.
write-field-club = Naam van de club of organisatie
write-field-capacity = Voor hoeveel mensen is er plek
write-field-until = Tot en met
write-field-until-hint = (alleen als het vaker is, en dan ergens ophoudt)
write-field-review = Wanneer kijkt u of dit nog klopt?
write-field-review-hint = (hoeft niet; daarna staat erbij dat het oud kan zijn)
write-none = Geen
write-whole-area = Heel de buurt
repeats-never = Eén keer
repeats-weekly = Elke week op deze dag
repeats-fortnightly = Om de week op deze dag
repeats-monthly-weekday = Elke maand, zoals ‘de eerste donderdag’
repeats-monthly-last-weekday = Elke maand op de laatste van die weekdag
repeats-monthly-day = Elke maand op deze datum
repeats-yearly = Elk jaar op deze datum
