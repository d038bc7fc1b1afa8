# De pagina's over met wie u te maken hebt: 'Wie zegt dit?' en 'Over dit plein'.
proof-link = Wie zegt dit?
proof-link-about = Over { $name }
proof-without-javascript = Zonder JavaScript kan uw browser dit niet zelf nagaan. Wat hieronder staat, is wat dit kastje u vertelt.
proof-reading-only = Dit kastje is gebouwd om alleen te lezen. Uw browser kan dit hier niet zelf nagaan. Wat hieronder staat, is wat dit kastje u vertelt.
proof-checking = Uw browser gaat de handtekeningen na…
proof-verified = Het klopt.
proof-verified-more = Uw eigen browser heeft de handtekeningen nagegaan. Wat hieronder staat, staat ook in de ondertekende gegevens.
proof-not-verified = Dit klopt niet.
proof-not-verified-more = De handtekening past niet bij wat hier staat. Vertrouw dit bericht niet, en vertel het aan een buurtverbinder.
proof-failed = Het nagaan is niet gelukt.
proof-failed-more = Uw browser kon de gegevens niet ophalen of lezen. We weten dus niet of het klopt. Probeer het straks nog eens.
proof-claimed = Wat dit kastje zegt
proof-who = Wie
proof-home = Woont in
proof-when = Wanneer
proof-device = Apparaat
proof-device-more = Begin van de sleutel. Elk apparaat heeft een eigen sleutel.
proof-operations = Wat er is ondertekend
proof-operations-more = Deze ondertekende stukjes horen samen. Uw browser gaat ze één voor één na.
proof-meaning = Wat betekent dit?
proof-meaning-key = Onder elk bericht staat een digitale handtekening. Die kan alleen gezet zijn met de sleutel op het apparaat van de schrijver. Verandert iemand daarna ook maar één letter, dan klopt de handtekening niet meer.
proof-meaning-truth = U weet zo wie dit schreef. Of het ook waar is wat er staat, kan een handtekening niet zeggen. Daarvoor kent u elkaar.

operation-item = Het bericht zelf
operation-profile = De naam van de schrijver
operation-membership = De toelating als bewoner
operation-checking = Wordt nagegaan…
operation-verified = Klopt
operation-not-verified = Klopt niet
operation-failed = Niet kunnen nagaan
operation-id = Nummer
operation-device = Sleutel van het apparaat
operation-download = Haal de ondertekende gegevens op

about-title = Over het plein van { $name }
about-intro = Dit is de website van onze buurt. Hij is niet van een bedrijf, maar van de mensen die hier wonen.
about-residents = { $count ->
    [0] Er doen nog geen bewoners mee.
    [one] Er doet 1 bewoner mee.
   *[other] Er doen { $count } bewoners mee.
}
about-how = Zo werkt het
about-how-boxes = Kastjes in de buurt.
about-how-boxes-more = Alles staat op kleine computers van de buurt zelf. Heeft de buurt er meer dan één, dan gaat bij een storing de ander verder.
about-how-signed = Een handtekening onder alles.
about-how-signed-more = Bij elk bericht kunt u nagaan wie het schreef, met ‘Wie zegt dit?’.
about-how-neighbours = Afspraken met de buren.
about-how-neighbours-more = Met buurten hiernaast delen we nieuws en activiteiten. Beide buurten tekenen daarvoor, en elke buurt kan ermee stoppen.
about-how-copies = Wat u deelt, kan elders blijven.
about-how-copies-more = Wat de buren van u kregen, staat ook op hun kastjes. Dat iemand een kopie weer weggooit, kunnen we vragen maar niet afdwingen.
about-boxes = Onze kastjes
about-boxes-none = Er zijn nog geen kastjes opgeschreven.
about-box-until = Geldig tot en met { $date }.
about-box-expired = Verlopen op { $date }
about-box-this = Dit kastje toont u deze pagina.
about-box-id = Nummer van het kastje
about-neighbours = Onze buren
about-neighbours-none = We hebben nog geen afspraak met een andere buurt.
about-number = Het nummer van onze buurt
about-number-more = Aan dit nummer herkennen kastjes en buren onze buurt. Het verandert nooit.

treaty-active = Burenafspraak loopt
treaty-offered = Wacht op hun handtekening
treaty-expired = Afspraak is verlopen
treaty-ended = Afspraak is gestopt
treaty-since = Sinds { $date }.
treaty-until = Geldig tot en met { $date }.
treaty-both = { $name } en wij delen over en weer.
treaty-incoming = Wat { $name } deelt, staat ook hier.
treaty-outgoing = Wat wij delen, staat ook in { $name }.
