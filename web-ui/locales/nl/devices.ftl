# Mijn gegevens: de eigen toestellen, de reservekaart, meenemen en weggaan. En het nieuwe toestel.
my-data-title = Mijn gegevens
my-data-hello = Dag { $name }. Hier regelt u uw eigen toestellen en wat er van u op het plein staat.
my-data-hello-unnamed = Hier regelt u uw eigen toestellen en wat er van u op het plein staat.
my-role-waits = Uw taak als buurtverbinder wacht even.
my-role-waits-more = De sleutel waarmee u buurtverbinder werd, is twee keer gebruikt voor hetzelfde nummer. Misschien is hij gekopieerd. U blijft bewoner, en alles wat u schreef staat er nog. Vraag de eigenaar welke van de twee klopt, en kies die bij Beheer. Daarna is alles weer als eerst.
my-role-waits-link = Ga naar Beheer om te kiezen
my-data-log-out = Log uit
nav-my-data = Mijn gegevens

my-devices = Mijn toestellen
my-devices-intro = Op elk van deze toestellen doet u mee. Ieder toestel heeft zijn eigen sleutel.
my-device-this = Dit toestel
my-device-other = Ander toestel
my-device-here = Hier bent u nu
my-device-name = Geef het een naam
my-device-name-field = Naam
my-device-name-hint = Bijvoorbeeld ‘tablet in de keuken’. De naam blijft op dit toestel. Niemand anders ziet hem.
my-device-name-do = Bewaar de naam
my-device-named = De naam is bewaard.
my-device-retire-this = Daarna doet u op dit toestel niet meer mee, en de sleutel verdwijnt eraf. Zorg dat u op een ander toestel meedoet of een reservekaart hebt. Dit is niet terug te draaien.
my-device-retired = Dit toestel is afgemeld.

add-device-heading = Een toestel erbij
add-device-intro = Doe ook mee op uw telefoon, tablet of computer. U hebt beide toestellen nodig.
add-device-start = Voeg een toestel toe
add-device-scan = Scan deze code met uw nieuwe toestel.
add-device-done = Gelukt. U doet nu ook mee op het nieuwe toestel.
add-device-expired = Er kwam niemand binnen tien minuten. Begin opnieuw als u beide toestellen bij u hebt.

spare-heading = Voor als u uw toestel kwijt bent
spare-intro = Een buurtverbinder kan u altijd helpen aan een nieuw toestel. Wilt u het zelf kunnen, maak dan iets voor in de la. Het hoeft niet.
spare-count =
    { $count ->
        [0] U hebt nog geen reservesleutel.
        [one] U hebt één reservesleutel.
       *[other] U hebt { $count } reservesleutels.
    }
card-heading = Een reservekaart op papier
card-intro = Op de kaart staat een code. Daarmee zet u een nieuw toestel op uw naam. Iets anders kan niemand ermee.
card-make = Maak een reservekaart
card-made = Uw kaart is klaar. Druk hem nu af, of schrijf de code over. De code staat alleen hier: sluit u deze bladzijde, dan is hij weg.
card-print = Druk de kaart af
card-title = Reservekaart
card-how = Hiermee zet u een nieuw toestel op uw naam, als u uw oude kwijt bent.
card-qr = Code om met uw nieuwe toestel te scannen
card-scan = Scan deze code met uw nieuwe toestel.
card-type = Of typ dit adres in en vul daar de code in:
card-keep = Bewaar deze kaart op een veilige plek in huis, zoals bij uw paspoort. Wie de kaart heeft, kan een toestel op uw naam zetten.
passkey-heading = Een reservesleutel in uw passkey
passkey-intro = Hebt u een toestel dat passkeys bewaart, met uw vinger, gezicht of pincode? Dan kan de reservesleutel ook daarin.
passkey-make = Bewaar hem in een passkey
passkey-asking = Volg wat uw toestel vraagt…
passkey-made = Gelukt. Met deze passkey zet u een nieuw toestel op uw naam.
passkey-none = Dat ging niet. Misschien hebt u gestopt, of kan uw passkey dit niet. Een kaart op papier kan altijd.

export-heading = Meenemen wat van u is
export-intro = U krijgt een bestand met alles wat u hier schreef. Het is gewone tekst (JSON), die ook andere programma’s kunnen lezen.
export-do = Maak het bestand
export-file = mijn-dorpsplein.json
export-making = We zoeken alles bij elkaar…
export-made = Het bestand staat bij uw downloads.

leave-heading = Weggaan
leave-intro = U kunt altijd stoppen. Dan wist uw toestel eerst alles wat u schreef, en daarna bent u geen bewoner meer van dit plein.
leave-last-connector = U bent de enige buurtverbinder. Maak eerst iemand anders buurtverbinder, anders kan niemand meer voor het plein zorgen.
leave-summary = Wis alles en stop ermee
leave-more = Uw berichten, reacties en uw naam verdwijnen hier en bij de buren. Een kopie die iemand al maakte, kunnen we niet terughalen. Wilt u iets bewaren? Maak dan eerst het bestand hierboven.
leave-sure = Ja, wis alles wat van mij is
leave-do = Wis alles en ga weg
leave-erasing = We wissen wat u schreef…
leave-done = Alles is gewist en u bent geen bewoner meer. Dank dat u er was. U bent altijd weer welkom.

stretching = Uw toestel rekent de code na. Dat duurt een paar tellen…
code-hint = Twaalf letters en cijfers, zoals 7K3M-92XQ-A4TD. Hoofdletters en streepjes maken niet uit.
bad-code = Deze code klopt niet. Een code heeft twaalf letters en cijfers. Kijk nog eens goed, en typ hem opnieuw.
join-code = Of typ de code uit uw brief
join-code-do = Verder
join-other-device = Doet u al mee op een ander toestel, of hebt u een reservekaart? Ga hierheen
forgetful = Zet dit plein eerst op uw beginscherm.
forgetful-more = Deze browser gooit na zeven dagen zonder bezoek weg wat een site bewaart. Ook uw sleutel. Vanaf het beginscherm gebeurt dat niet.
forgetful-step-share = Tik op de knop Deel: het vierkantje met de pijl omhoog.
forgetful-step-add = Kies ‘Zet op beginscherm’. Op een computer heet het ‘Voeg toe aan Dock’.
forgetful-step-code = Open het plein vanaf daar, ga naar Meedoen en typ de code uit uw brief.

device-title = Dit toestel laten meedoen
device-intro = Doet u al mee op een ander toestel? Dan zet u hier dit toestel erbij.
device-checking = Even kijken…
device-digits = Kijk op het andere toestel. Staan daar precies deze cijfers? Zeg het dan daar.
device-waiting = We wachten tot u het op het andere toestel bevestigt…
device-sent = Gelukt! U doet nu ook mee op dit toestel.
device-expired = Deze code is niet meer geldig. Begin op het andere toestel opnieuw.
device-without-javascript = Om mee te doen heeft uw browser JavaScript nodig. Dit toestel maakt daarmee zijn eigen sleutel. Zet JavaScript aan en vernieuw de pagina.
device-reading-only = Dit kastje is gebouwd om alleen te lezen. Meedoen kan hier niet. Vraag naar een ander kastje van deze buurt.
use-card-heading = Met uw reservekaart
use-card-field = De code op uw kaart
use-card-do = Gebruik de kaart
use-passkey-heading = Met uw passkey
use-passkey-do = Gebruik mijn passkey
device-how = Zo gaat het
device-step-open = Pak het toestel waarop u al meedoet.
device-step-open-more = Ga daar naar Mijn gegevens en kies ‘Voeg een toestel toe’.
device-step-scan = Scan met dit toestel de code die u daar ziet.
device-step-scan-more = U komt dan terug op deze bladzijde.
device-step-compare = Vergelijk zes cijfers.
device-step-compare-more = Zijn ze op beide toestellen gelijk? Dan hoort dit toestel bij u.
device-lost = Hebt u geen ander toestel meer, en ook geen kaart? Ga dan langs bij een buurtverbinder. Die zet dit toestel op uw naam.

profile-heading = Dit ben ik
profile-intro = Uw naam staat onder wat u schrijft. De rest hoeft niet: vul in wat u wilt delen.
profile-name = Uw naam
profile-talents = Wat u leuk vindt, weet of kunt
profile-talents-hint = Op elke regel één, zoals fietsen repareren of Turks.
profile-words = Een paar woorden over uzelf
profile-who-sees = Alleen bewoners die zijn ingelogd zien dit, op de bladzijde
profile-for-others = Wat u eerder over uzelf schreef, kunnen ook anderen dan bewoners lezen.
profile-save = Bewaar
profile-saved = Bewaard.

home-key-heading = Een sleutel voor het thuisnetwerk
home-key-intro = Voor een telefoon die het plein alleen thuis via wifi bereikt, zonder slotje in de adresbalk. Met deze sleutel kunt u 30 dagen lang berichten en reacties plaatsen, zonder foto’s. Meer kan er niet mee.
home-key-address = Adres van het plein op het thuisnetwerk
home-key-address-hint = Zo staat het in de adresbalk van die telefoon.
home-key-start = Geef een telefoon zo’n sleutel
home-key-scan = Scan deze code met de telefoon, terwijl die op de wifi thuis zit.
home-key-done = Gelukt. De telefoon kan nu 30 dagen lang berichten en reacties plaatsen. Daarna doet u dit opnieuw.
home-key-until = alleen thuisnetwerk, tot { $date }
