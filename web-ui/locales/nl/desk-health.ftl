# Hoe het gaat met het kastje, voor buurtverbinders.
health-title = Hoe gaat het met het kastje?
health-more = Ruimte, back-up, klok en buren
health-intro = Dit gaat over het kastje waar u nu op kijkt. Staat er geen gekleurd woord bij een kopje? Dan hoeft u daar niets te doen.
health-note = let op
health-wrong = doe iets
health-untold = Dit systeem vertelt het niet.
health-reading-only = Het kastje kan op dit moment niets bewaren. Lezen gaat gewoon door. Kijk eerst bij Ruimte; zit het daar niet in, start het kastje dan opnieuw.
health-disk = Ruimte
health-disk-free = Er is nog { $size } vrij.
health-disk-all = De schijf of kaart is { $size } groot.
health-disk-todo = Maak ruimte vrij: zet oude bestanden op een andere schijf, of neem een grotere. Met minder dan 128 MB vrij bewaart het kastje niets nieuws meer; lezen blijft gewoon gaan.
health-photos = De foto’s nemen { $size } in.
health-written = Slijtage van de geheugenkaart
health-written-day = Het kastje schrijft zo’n { $size } per dag.
health-written-soon = Dat weet het kastje als het een uur aan staat.
health-card = { $count ->
    [0] Een gewone geheugenkaart van deze grootte houdt dat geen jaar vol. Neem een grotere, of een SSD.
    [one] Een gewone geheugenkaart van deze grootte houdt dat ongeveer 1 jaar vol.
   *[other] Een gewone geheugenkaart van deze grootte houdt dat ongeveer { $count } jaar vol.
}
health-card-long = Een gewone geheugenkaart van deze grootte houdt dat meer dan 20 jaar vol.
health-card-how = We rekenen voorzichtig: een kaart die 100 keer helemaal vol geschreven kan worden.
health-backup = Back-up
health-backup-last = De laatste back-up op dit kastje is van { $when }.
health-backup-never = Er is op dit kastje nog nooit een back-up gemaakt.
health-backup-todo = Vraag wie het kastje beheert om een back-up te maken, met de opdracht dorpsplein backup. Bewaar die op een andere plek.
health-one-box = Ons plein staat op één kastje. Met een tweede kastje in een ander huis raakt er niets kwijt als dit stukgaat.
health-memory = Geheugen
health-memory-own = Het kastje gebruikt { $size }.
health-memory-free = Op de machine is nog { $size } over.
health-memory-all = Die heeft { $size }.
health-memory-todo = Er draait nog iets anders op deze machine dat veel geheugen gebruikt. Het plein kan er traag van worden.
health-clock = Klok
health-clock-now = De klok van het kastje zegt: { $when }.
health-clock-follows = De klok loopt gelijk met een tijdserver.
health-clock-look = Klopt dat? Zo niet, dan komen berichten op de verkeerde plek: laat de machine een tijdserver volgen.
health-certificate = Bewijs van het kastje
health-certificate-until = Buren weten tot { $date } dat dit kastje voor ons plein spreekt.
health-certificate-todo = Verleng het bewijs op tijd.
health-certificate-none = Dit kastje heeft geen bewijs dat het voor ons plein spreekt. Buren krijgen er niets van.
health-neighbours = Buren
health-neighbours-none = We hebben nog geen buren.
health-version = Versie
health-version-is = Dit is Dorpsplein { $version }.
health-since = Het kastje staat aan sinds { $when }.
