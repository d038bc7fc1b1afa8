# De dokter: wat `dorpsplein doctor` zegt over een kastje en de computer waarop het draait.
doctor-well = goed
doctor-note = let op
doctor-wrong = mis
doctor-all-well = Er is niets mis.
doctor-count =
    { $count ->
        [one] Er is één ding mis; bij de pijl staat wat u kunt doen.
       *[other] Er zijn { $count } dingen mis; bij elke pijl staat wat u kunt doen.
    }

doctor-program = Dit is dorpsplein { $value }.
doctor-program-reading = Dit is dorpsplein { $value }, gebouwd zonder het deel voor de browser: niemand kan schrijven.
doctor-program-reading-todo = Neem een kant-en-klaar pakket, of bouw opnieuw na `rustup target add wasm32-unknown-unknown`.

doctor-settings = De instellingen in { $value } kloppen.
doctor-settings-wrong = Er staat een fout in de instellingen: { $value }.
doctor-settings-todo = `dorpsplein config check` noemt elke fout en zegt wat u kunt doen.

doctor-folder = De map { $value } is heel en past bij deze versie.
doctor-folder-none = { $value } is geen map van een kastje.
doctor-folder-none-todo = Noem de goede map met --dir, of begin een plein met `dorpsplein init`.
doctor-folder-newer = De map heeft indeling { $value }: een nieuwere versie van dorpsplein heeft ermee gewerkt.
doctor-folder-newer-todo = Zet die nieuwere versie er weer op. Deze versie verandert niets aan de map.
doctor-folder-other = De map heeft een indeling die deze versie niet kent: { $value }.
doctor-folder-other-todo = Gebruik de versie waarmee de map is gemaakt, of zet een reservekopie terug.
doctor-folder-in-use = Een ander programma werkt met { $value }, en dat is geen kastje dat draait.
doctor-folder-in-use-todo = Wacht tot die opdracht klaar is. Duurt het lang: zoek met `ps aux` naar dorpsplein.
doctor-folder-damaged = Dit bestand is beschadigd: { $value }.
doctor-folder-damaged-todo = Zet het terug uit een reservekopie.
doctor-folder-exposed = Anderen op deze computer kunnen een geheim lezen: { $value }.
doctor-folder-exposed-todo = Typ `chmod 600 { $value }`.
doctor-folder-unreadable = De map is niet te lezen: { $value }.
doctor-folder-owner = De map is van een andere gebruiker (nummer { $value }) dan wie nu kijkt.
doctor-folder-owner-todo = Geef opdrachten als die gebruiker, zoals met `sudo -u dorpsplein dorpsplein …`. Anders maakt u bestanden waar het kastje niet bij kan.

doctor-box-runs = Het kastje draait, en antwoordt op { $value }.
doctor-box-stopped = Het kastje draait niet.
doctor-box-stopped-todo = Start het met `systemctl start dorpsplein`, of met `dorpsplein serve --dir { $value }`.
doctor-box-silent = Het kastje antwoordt niet op { $value }.
doctor-box-silent-todo = Start het opnieuw (`systemctl restart dorpsplein`) en kijk wat het zegt (`journalctl -u dorpsplein`).
doctor-store = De opslag gaat niet open: { $value }.
doctor-store-todo = Maak eerst een kopie van de map. Zet daarna een reservekopie terug, of haal alles van een tweede kastje.

doctor-disk-room = Er is { $value } vrij op de schijf.
doctor-disk-low = Er is nog maar { $value } vrij op de schijf.
doctor-disk-full = De schijf is vol: er is nog { $value } vrij. Het kastje schrijft niets meer weg.
doctor-disk-full-todo = Maak ruimte. Kijk met `du -sh` wat het meeste inneemt, of neem een grotere schijf. Het schrijven gaat daarna vanzelf verder.
doctor-disk-writes = De schijf bewaart wat geschreven wordt, in { $value } ms.
doctor-disk-slow = De schijf is traag: bewaren duurde { $value } ms.
doctor-disk-slow-todo = Blijft het zo, neem dan een betere SD-kaart of een SSD.
doctor-disk-readonly = Op de schijf van { $value } kan alleen gelezen worden.
doctor-disk-readonly-todo = Een versleten SD-kaart doet dat uit zichzelf: kijk met `dmesg`, maak een kopie en vervang de kaart.
doctor-disk-refuses = De schijf bewaart niets: { $value }.
doctor-disk-refuses-todo = Kijk met `dmesg` of de schijf kapot is. Maak een kopie van de map voordat u verder gaat.
doctor-disk-permission-todo = Kijk nog eens als de gebruiker van het kastje: `sudo -u dorpsplein dorpsplein doctor --dir …`.

doctor-clock-well = De klok staat op { $value } en wordt bijgehouden.
doctor-clock-behind = De klok staat op { $value }, en dat is te vroeg: er zijn hier later dingen geschreven.
doctor-clock-adrift = De klok staat op { $value } en wordt niet bijgehouden.
doctor-clock-todo = Typ `sudo timedatectl set-ntp true` en kijk over een minuut opnieuw.
doctor-clock-unknown = De klok staat op { $value }. Of hij wordt bijgehouden, is hier niet te zien.
doctor-clock-unknown-todo = Vergelijk hem met een telefoon. Wie een kwartier voorloopt, wordt door anderen niet geloofd.

doctor-port-answers = Het kastje luistert op { $value }.
doctor-port-silent = Op { $value } luistert niemand.
doctor-port-free = Deze poorten zijn vrij voor het kastje: { $value }.
doctor-port-taken = Een ander programma gebruikt { $value }.
doctor-port-taken-todo = `ss -tulpn` laat zien welk. Stop dat, of kies in box.toml een andere poort.
doctor-port-forbidden = Deze gebruiker mag { $value } niet gebruiken.
doctor-port-forbidden-todo = Kies in box.toml een poort boven 1024, of start het kastje als dienst (`systemctl start dorpsplein`).
doctor-port-nowhere = Deze computer heeft geen adres { $value }.
doctor-port-nowhere-todo = Schrijf in box.toml 0.0.0.0: dan luistert het kastje op elk adres.
doctor-port-refused = Deze poort gaat niet open: { $value }.

doctor-mdns-off = Het kastje maakt zich niet bekend op dit netwerk; dat staat zo in de instellingen.
doctor-mdns-heard = Het kastje is op dit netwerk te horen, als { $value }.
doctor-mdns-possible = Deze computer kan zich op dit netwerk bekend maken.
doctor-mdns-silent = Op dit netwerk is het kastje niet te horen: { $value }.
doctor-mdns-silent-todo = Laat UDP-poort 5353 door in de firewall, en zet in de router “AP-isolatie” uit. Het adres met cijfers werkt wel.

doctor-reach-outside = Buren bereiken het kastje van buiten, op { $value }.
doctor-reach-through = Buren bereiken het kastje niet zelf, maar via anderen: { $value }.
doctor-reach-none = Geen buur kon het kastje van buiten bereiken.
doctor-reach-todo = Zet in de router UPnP aan, of stuur poort 4080 (UDP en TCP) door naar het kastje.
doctor-reach-behind = De router staat zelf achter een andere router, en laat niemand binnen.
doctor-reach-behind-todo = Een poort doorsturen helpt niet. Een buur die u allebei hebt, helpt wel: die geeft alles vanzelf door.
doctor-reach-alone = Het kastje heeft geen verbinding met een ander kastje. Of het te bereiken is, kan dus niemand zeggen.
doctor-reach-alone-todo = Maak een afspraak met een buurt (`dorpsplein treaty offer`). Is die er al: kijk of hun kastje aan staat.
doctor-reach-unknown = Of buren het kastje bereiken, is pas te zien als het draait.
doctor-reach-unknown-todo = Start het, en kijk na een paar minuten opnieuw.

doctor-https = { $value } leidt naar dit plein, en browsers vertrouwen het.
doctor-https-none = Het plein heeft geen eigen adres op internet. Op dit netwerk kunnen mensen lezen, niet schrijven.
doctor-https-none-todo = Zet een adres dat met https:// begint in box.toml, bij public_url, en laat het kastje een certificaat halen ([https], ook in box.toml) of een webserver met een certificaat ervoor staan.
doctor-https-plain = { $value } is geen https. Browsers bewaren daar geen sleutel, dus niemand kan er schrijven.
doctor-https-certificate = Browsers vertrouwen het certificaat niet: { $value }.
doctor-https-certificate-todo = Vernieuw het certificaat bij de webserver, en kijk of het voor deze naam is.
doctor-https-silent = Het eigen adres antwoordt niet: { $value }.
doctor-https-silent-todo = Kijk of de naam naar uw lijn wijst, of poort 443 is doorgestuurd en of de webserver draait. Sommige routers laten u van binnen niet bij uw eigen adres: probeer het met een telefoon zonder wifi.
doctor-https-other = Op { $value } antwoordt iets anders dan dit plein.
doctor-https-other-todo = Kijk waar de webserver de naam naartoe stuurt: dat moet het adres zijn dat bij `site` in box.toml staat.
doctor-site-certificate = Het certificaat van de site geldt, en wordt vanzelf op tijd vernieuwd. Dagen over: { $value }.
doctor-site-certificate-late = Het certificaat van de site verloopt bijna, en vernieuwen is nog niet gelukt. Dagen over: { $value }.
doctor-site-certificate-over = Het certificaat van de site is verlopen. Browsers houden mensen tegen. Dagen over: { $value }.
doctor-site-certificate-refused = De site heeft nog geen certificaat. De laatste poging: { $value }
doctor-site-certificate-none = De site heeft nog geen certificaat, en er is er nog geen gevraagd bij { $value }.
doctor-site-certificate-none-todo = Start het kastje en wacht een minuut.
doctor-site-certificate-todo = Kijk of de naam naar uw lijn wijst en of de router poort 443 en 80 naar deze machine doorstuurt. Het kastje blijft het proberen; in het log staat wanneer.
doctor-own-certificate-unusable = Het certificaat van de site is niet te gebruiken: { $value }
doctor-own-certificate-other = Het certificaat van de site is niet voor { $value }.
doctor-own-certificate-todo = Kijk naar de bestanden die bij `certificate` en `key` in box.toml staan, en naar het programma dat ze vernieuwt. Het kastje neemt nieuwe binnen een paar tellen over.

doctor-certificate = De buurt laat dit kastje voor haar spreken tot { $value }.
doctor-certificate-soon = De buurt laat dit kastje nog maar tot { $value } voor haar spreken.
doctor-certificate-none = De buurt laat dit kastje niet (meer) voor haar spreken. Buren praten er dan niet mee. Het nummer is { $value }.
doctor-certificate-todo = Een buurtverbinder vernieuwt dat: `dorpsplein box add NUMMER`. Het nummer staat als own_box in `dorpsplein status --json`.

home-keys-accept = Toestaan: geef dezelfde opdracht met --accept-risk.
