# De tafel van de buurtverbinders, en de deur ervoor.
nav-desk = Beheer

door-title = Log even in
door-connectors = Deze bladzijde is voor de buurtverbinders van ons plein.
door-residents = Deze bladzijde is voor wie meedoet op ons plein.
door-login = Inloggen met dit toestel
door-login-more = Een wachtwoord is niet nodig. Uw toestel laat met zijn eigen sleutel zien dat u het bent. U blijft een halve dag ingelogd.
door-login-button = Log in met dit toestel
door-needs-key = Op dit toestel doet u nog niet mee. Hebt u een ander toestel waarop u meedoet? Gebruik dat, of voeg dit toestel daar toe.
door-sending = Uw toestel laat zien dat u het bent…
door-sent = U bent ingelogd. De bladzijde komt eraan.
door-without-javascript = Om in te loggen heeft uw browser JavaScript nodig, want uw eigen toestel zet de handtekening. Bent u eenmaal ingelogd, dan kunt u deze bladzijden ook zonder JavaScript lezen.
door-reading-only = Dit kastje is gebouwd om alleen te lezen. Inloggen kan hier niet. Vraag naar een ander kastje van deze buurt.
door-not-a-connector = U bent ingelogd. Alleen is deze bladzijde voor de buurtverbinders.
door-ask-a-connector = Wilt u iets regelen, of zelf buurtverbinder worden? Vraag het aan een van hen.

desk-title = Beheer
desk-heading = Samen zorgen voor { $name }
desk-intro = Hier regelen de buurtverbinders wie er meedoet en met wie we afspraken hebben. Wat u hier doet, ondertekent u met uw eigen toestel.
desk-back = Terug naar beheer
desk-without-javascript = Lezen kan gewoon zo. Om iets te doen heeft uw browser JavaScript nodig, want uw eigen toestel zet de handtekening.
desk-reading-only = Dit kastje is gebouwd om alleen te lezen. Iets regelen kan hier niet.
desk-waiting = { $count ->
    [one] Er wacht 1 besluit op een tweede handtekening.
   *[other] Er wachten { $count } besluiten op een tweede handtekening.
}
desk-waiting-link = Bekijk wat er wacht
desk-proposals = Wacht op een tweede handtekening
desk-proposals-more = Grote besluiten nemen we met z’n tweeën. Bent u het eens? Teken dan ook. Bent u het niet eens? Praat erover, en teken niet.
desk-forks = Dubbel gebruikte sleutels
desk-forks-more = Een toestel heeft twee verschillende dingen met hetzelfde nummer ondertekend. Dat kan gebeuren als een sleutel is gekopieerd of van een back-up komt. Het toestel kan niets meer schrijven tot u kiest. Was het van een buurtverbinder, dan wacht ook de taak van wie daarmee buurtverbinder werd. Niemand raakt zijn plek kwijt. Vraag eerst aan de bewoner wat er klopt.
desk-cares = Let op
desk-cares-none = Er is niets dat op u wacht. Fijn.
desk-rooms = Waar wilt u heen?
desk-members = Leden
desk-members-count = { $count ->
    [one] 1 bewoner
   *[other] { $count } bewoners
}
desk-connectors-count = { $count ->
    [one] waarvan 1 buurtverbinder
   *[other] waarvan { $count } buurtverbinders
}
desk-invitations = Uitnodigingen
desk-invitations-count = { $count ->
    [0] Er staat niets open
    [one] 1 staat nog open
   *[other] { $count } staan nog open
}
desk-letters = Brieven
desk-letters-more = Uitnodigen op papier, huis aan huis
desk-log-more = Wie deed wat met een bericht, en waarom
desk-neighbours = Buren
desk-neighbours-more = Afspraken met andere buurten
desk-circles = Kringen
desk-circles-more = Meer buurten samen, zoals een gemeente
desk-organisations = Organisaties
desk-organisations-more = Clubs, winkels en zorg, en wie er voor hen spreekt
desk-areas = Gebieden
desk-areas-more = Delen van onze buurt
desk-boxes = Kastjes
desk-boxes-more = De computers waar ons plein op draait
desk-two-sign = Er zijn drie of meer buurtverbinders. Daarom tekenen er bij grote besluiten twee: een buurtverbinder erbij of eraf, een nieuw kastje, een afspraak met een andere buurt.
desk-one-signs = Er zijn minder dan drie buurtverbinders. Daarom is bij grote besluiten nu één handtekening genoeg. Vanaf drie buurtverbinders worden het er twee.

care-one-connector = Er is maar één buurtverbinder. Valt die weg, dan kan niemand meer uitnodigen of helpen. Vraag er iemand bij.
care-one-connector-link = Kies iemand bij de leden
care-box = Het bewijs van { $name } loopt af op
care-box-link = Verleng het
care-offer = { $name } wil afspreken om nieuws en activiteiten te delen.
care-offer-link = Bekijk het voorstel
care-treaty = De afspraak met { $name } loopt af op
care-treaty-link = Maak een nieuwe
care-appeal = Iemand maakt bezwaar:
care-appeal-link = Bekijk het bericht

act-heavy = Dit is een groot besluit. Het gaat pas in als een tweede buurtverbinder ook tekent.
act-sent = Gelukt. Uw handtekening staat eronder.
act-proposed = Gelukt. Het wacht nu op de handtekening van een tweede buurtverbinder.
act-until = Tot en met

proposal-by = Voorgesteld door
proposal-endorse = Ik onderteken ook
proposal-yours = U hebt dit zelf voorgesteld. Nu moet een andere buurtverbinder tekenen.
proposal-after = Ondertekenen kan vanaf { $when }. Zo houdt wie het betreft een dag de tijd om nee te zeggen.
proposal-vetoed = Er is bezwaar gemaakt met een van de oude toestellen. Dit gaat niet door.
proposal-veto = Nee, ik heb mijn toestel nog
proposal-veto-more = Bent u uw toestel niet kwijt, en vroeg u dit niet? Maak dan meteen bezwaar. Dan gaat het niet door.
deed-removal = { $name } doet niet meer mee
deed-grant = { $name } wordt buurtverbinder
deed-withdrawal = { $name } is geen buurtverbinder meer
deed-retirement = Een toestel van { $name } wordt afgemeld
deed-recovery = { $name } krijgt een nieuw toestel
deed-connector-invitation = Een uitnodiging om buurtverbinder te worden
deed-box = Een nieuw kastje: { $number }
deed-treaty = Een afspraak met { $name }
deed-circle-founding = Een nieuwe kring: { $name }
deed-circle-admission = { $name } mag bij onze kring
deed-circle-joining = Wij gaan bij de kring { $name }
deed-invitation = Een uitnodiging voor een bewoner
deed-area = Een deel van de buurt: { $name }
deed-organisation = Een organisatie doet mee; { $name } spreekt voor haar
deed-treaty-end = De afspraak met { $name } stopt
deed-minor = Iets kleins, zoals een ingetrokken uitnodiging of een eigen toestel erbij
deed-other = Iets wat dit kastje nog niet kent. Vraag de voorsteller wat het is.

fork-of = Een toestel van { $name }
fork-of-stranger = Een toestel uit een andere buurt
fork-number = Nummer { $number }
fork-no-words = Dit bevat geen tekst om te tonen.
fork-counts = Telt nu
fork-keep = Deze klopt
fork-not-yours = Kiest u deze? Dan bent u zelf geen buurtverbinder meer. Daarom moet een ander dat doen.

device = toestel
device-active = In gebruik
device-retired = Afgemeld
device-removed = Doet niet meer mee
device-since = Sinds { $date }.
device-counts-to = Wat het tot en met nummer { $number } ondertekende, telt nog.
device-retire = Meld dit toestel af
device-retire-do = Meld het af
device-retire-more = Doe dit als het toestel kwijt is of gestolen. Het kan daarna niets meer ondertekenen en is meteen uitgelogd. Wat er tot nu toe mee is geschreven, blijft staan. Dit is niet terug te draaien.
device-rescue = Laat later werk toch meetellen
device-rescue-do = Laat het meetellen
device-rescue-more = Schreef de bewoner met dit toestel nog iets goeds dat hier te laat aankwam? Dan kunt u dat alsnog laten meetellen.
device-rescue-last = Tot en met welk nummer

person-unnamed = Bewoner { $number }
person-you = (dat bent u)

members-heading = Wie er meedoen
members-intro = U ziet een naam als de bewoner die laat zien. In het register staan alleen sleutels en rollen, geen namen.
members-gone = { $count ->
    [one] 1 bewoner doet niet meer mee
   *[other] { $count } bewoners doen niet meer mee
}
members-invite = Nodig mensen uit
member-since = Doet mee sinds { $date }
member-came = Kwam erbij op { $date }
member-devices = { $count ->
    [one] 1 toestel
   *[other] { $count } toestellen
}
member-gone = Doet niet meer mee
member-no-name = Deze bewoner laat hier geen naam zien.
member-devices-heading = Toestellen
member-cards = { $count ->
    [one] Er ligt 1 reservekaart klaar waarmee de bewoner zelf een toestel kan toevoegen.
   *[other] Er liggen { $count } reservekaarten klaar waarmee de bewoner zelf een toestel kan toevoegen.
}

recover-heading = Toestel kwijt?
recover-intro = Zit deze bewoner naast u, met een nieuw toestel? Dan koppelt u dat hier, en meldt u het oude meteen af. Doe dit alleen als u de bewoner kent en ziet.
recover-summary = Koppel een nieuw toestel
recover-which = Welke toestellen zijn kwijt?
recover-connector = Dit is een buurtverbinder. Daarom gaat het pas in na een dag, als er een tweede handtekening onder staat en er met een oud toestel geen bezwaar is gemaakt.
recover-start = Begin
recover-offer = Laat de bewoner deze code scannen met het nieuwe toestel.
recover-qr = Code om met het nieuwe toestel te scannen
recover-offer-link = Of open op het nieuwe toestel dit adres:
recover-waiting = We wachten op het nieuwe toestel…
recover-digits = Kijk op het nieuwe toestel. Staan daar precies dezelfde cijfers?
recover-same = Ja, ze zijn gelijk
recover-differs = Nee
recover-rejected = Er is niets veranderd. Begin opnieuw, en scan de code van dit scherm.
recover-expired = Er kwam geen toestel. Begin opnieuw als de bewoner zover is.
recover-sent = Gelukt. Het nieuwe toestel doet mee, en het oude is afgemeld.
recover-proposed = Gelukt. Over een dag kan er een tweede handtekening onder.

role-heading = Rol
role-is-connector = Is buurtverbinder: mag uitnodigen, berichten verbergen en afspraken maken.
role-is-resident = Is bewoner: mag schrijven en reageren.
role-last-connector = Dit is de enige buurtverbinder. Maak eerst iemand anders buurtverbinder.
role-grant = Maak buurtverbinder
role-grant-do = Maak buurtverbinder
role-grant-more = Een buurtverbinder mag alles wat u hier ook mag. Kies iemand die u en anderen vertrouwen.
role-withdraw = Geen buurtverbinder meer
role-withdraw-do = Geen buurtverbinder meer
role-withdraw-more = De bewoner blijft meedoen, maar kan niet meer uitnodigen of beheren. Open uitnodigingen van deze buurtverbinder zijn dan niet meer te gebruiken.
remove-heading = Weghalen
remove-intro = Dit is voor als praten niet meer helpt, of voor wie niet bestaat.
remove-summary = Haal deze bewoner van het plein
remove-more = De bewoner kan daarna niets meer schrijven en is meteen uitgelogd, op elk toestel. Wat er al stond, blijft staan.
remove-sure = Ja, ik weet het zeker
remove-do = Haal weg

invitations-intro = Een uitnodiging werkt één keer, en hooguit dertig dagen. De geheime code ervan staat alleen op de brief.
invitations-make = Maak brieven
invitations-open = Nog te gebruiken
invitations-open-none = Er staan geen uitnodigingen open.
invitations-past = Eerder
invitation-number = Brief { $number }
invitation-open = Open
invitation-until = Geldig tot en met { $date }
invitation-proposed = Wacht op een tweede handtekening
invitation-used = Gebruikt door
invitation-withdrawn = Ingetrokken
invitation-expired = Verlopen op
invitation-by = Gemaakt door
invitation-connector = Wie hem gebruikt, wordt buurtverbinder.
invitation-withdraw = Trek in
invitation-withdraw-do = Trek deze uitnodiging in
invitation-withdraw-more = Is de brief zoekgeraakt? Trek de uitnodiging dan in. Met de code kan daarna niemand meer meedoen.

home-keys-heading = Sleutels voor het thuisnetwerk
home-keys-intro = Zonder slotje in de adresbalk (https) kan niemand meeschrijven. Met een sleutel voor het thuisnetwerk kan dat wel, een beetje: 30 dagen, alleen berichten en reacties.
home-keys-on = Deze sleutels mogen nu.
home-keys-on-more = Bewoners maken er een bij ‘Mijn gegevens’. U geeft er een aan wie nog geen ander toestel heeft, bij de bewoner zelf.
home-keys-forbid = Sta deze sleutels niet meer toe
home-keys-forbid-more = Niemand krijgt er dan nog een. Sleutels die er zijn, werken tot hun laatste dag: hooguit 30 dagen. Wilt u dat een sleutel nu al stopt, meld hem dan af bij de bewoner.
home-keys-forbid-do = Sta ze niet meer toe
home-keys-allow = Sta deze sleutels toe
home-keys-risk = Lees dit eerst.
home-keys-risk-line = Op een netwerk zonder slotje kan iemand die op dezelfde wifi zit een pagina onderweg veranderen. Zo iemand kan de sleutel van een telefoon stelen en er berichten mee plaatsen in andermans naam.
home-keys-risk-bounds = Daarom kan zo’n sleutel weinig: berichten en reacties, 30 dagen. Nooit iets van een ander veranderen, nooit iets verbergen of beslissen, ook niet als de eigenaar buurtverbinder is. Wat alleen bewoners mogen lezen, is ermee niet te zien.
home-keys-risk-better = Een eigen adres met https is beter. Kan dat bij u, doe dan dat en laat dit uit.
home-keys-sure = Wij hebben dit gelezen en kiezen ervoor.
home-keys-allow-do = Sta ze toe
