# De pagina's waar u zelf iets doet: reageren, schrijven en meedoen.
field-optional = (hoeft niet)

audience-square = Iedereen die het plein van { $name } bezoekt
audience-neighbours = Ook de buren: het komt dan ook op hun plein te staan
audience-neighbours-now = Nu zijn dat { $names }.

state-sending = Uw apparaat zet uw handtekening en verstuurt het…
state-refused = Dat is niet gelukt.
state-offline = Het kastje is nu niet te bereiken. Wat u schreef staat er nog. Probeer het straks nog eens.
state-failed = Dat is niet gelukt op dit apparaat. Vernieuw de pagina, of probeer het met een nieuwere browser.

comment-write = Schrijf een reactie
comment-body = Uw reactie
comment-send = Plaats reactie
comment-sent = Dank u wel, uw reactie staat erbij. U ziet hem als u de pagina vernieuwt.
comment-needs-key = Om te reageren bent u bewoner van deze buurt, met een sleutel op dit apparaat. Woont u in een buurt hiernaast? Dan vindt u dit bericht ook op het plein van uw eigen buurt, en kunt u daar reageren.
comment-without-javascript = Lezen kan gewoon zo. Om te reageren heeft uw browser JavaScript nodig, want uw eigen apparaat zet de handtekening onder uw reactie.
comment-reading-only = Dit kastje is gebouwd om alleen te lezen. Reageren kan hier niet.

write-title = Schrijf op het plein
write-kinds = Wat wilt u schrijven?
write-news = Nieuws
write-event = Activiteit
write-news-intro = Een nieuwtje, een oproep, een verhaal of een bedankje.
write-event-intro = Iets waar anderen bij mogen zijn: koffie, een klusdag, een concert.
write-field-title = Titel
write-field-body = Uw tekst
write-field-all-day = Duurt de hele dag
write-field-starts-date = Op welke dag
write-field-starts-time = Hoe laat begint het
write-field-ends-date = Laatste dag
write-field-ends-time = Tot hoe laat
write-audience = Wie mag dit lezen?
write-signed = Uw apparaat zet uw handtekening eronder. Zo kan iedereen nagaan dat het van u komt.
write-send = Zet op het plein
write-checking = Even kijken of u op dit apparaat al meedoet…
write-needs-key = Om te schrijven doet u eerst mee. Dat kan met een uitnodiging van een buurtverbinder. Er is geen wachtwoord nodig.
write-sent = Gelukt! Het staat op het plein.
write-sent-link = Bekijk wat u schreef
write-without-javascript = Lezen kan gewoon zo. Om te schrijven heeft uw browser JavaScript nodig, want uw eigen apparaat zet de handtekening onder wat u schrijft.
write-reading-only = Dit kastje is gebouwd om alleen te lezen. Schrijven kan hier niet. Vraag een buurtverbinder naar een kastje van deze buurt waar het wel kan.

join-title = Doe mee in { $name }
join-intro = Wie meedoet kan schrijven, reageren en activiteiten in de agenda zetten. Lezen kan iedereen.
join-welcome = Welkom! Uw uitnodiging is goed.
join-field-name = Uw naam
join-field-name-hint = Zo staat u bij wat u schrijft. Een voornaam is ook goed.
join-audience = Wie mag uw naam zien?
join-send = Ik doe mee
join-checking = We kijken uw uitnodiging na…
join-needs-invitation = U hebt een uitnodiging nodig. Hebt u er al een? Open dan de link of scan de code uit uw brief, en kom zo op deze pagina terug.
join-already = U doet al mee op dit apparaat.
join-sending = Uw apparaat maakt een sleutel en meldt u aan…
join-sent = Fijn dat u er bent! U doet nu mee.
join-without-javascript = Om mee te doen heeft uw browser JavaScript nodig. Uw eigen apparaat maakt daarmee een sleutel, en die verlaat uw apparaat nooit. Zet JavaScript aan en open daarna uw uitnodiging nog eens.
join-reading-only = Dit kastje is gebouwd om alleen te lezen. Meedoen kan hier niet. Bewaar uw uitnodiging, en vraag een buurtverbinder naar een kastje van deze buurt waar het wel kan.
join-how = Zo doet u mee
join-step-ask = Vraag een uitnodiging.
join-step-ask-more = Een buurtverbinder geeft u een brief of een link. Die werkt één keer, dertig dagen lang.
join-step-open = Open de link op uw eigen telefoon of computer.
join-step-open-more = Op dat apparaat doet u daarna mee.
join-step-name = Vul uw naam in.
join-step-name-more = Klaar. U kiest zelf wie uw naam mag zien.
join-key-heading = Geen wachtwoord, wel een sleutel
join-key = Uw apparaat maakt een eigen sleutel. Daarmee zet het uw handtekening onder wat u schrijft. De sleutel blijft op uw apparaat. Ook dit kastje krijgt hem niet te zien.
join-key-lost = Raakt u uw telefoon kwijt? Ga dan naar een buurtverbinder. Die trekt de oude sleutel in en helpt u op weg met een nieuwe.
