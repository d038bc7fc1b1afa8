# Wat `dorpsplein local-https` zegt: https op het eigen netwerk, voor toestellen die de buurt zelf beheert.
local-https-what = Hiermee geeft het kastje zelf certificaten uit, voor één naam op dit netwerk en voor niets anders.
local-https-devices = Toestellen waarop u dat instelt, openen het plein via https zonder naam op internet, en kunnen er schrijven.
local-https-first = Weet eerst dit:
local-https-risk-key = Een toestel gelooft voortaan wat met de sleutel van het kastje is ondertekend. Die geldt alleen voor die ene naam, en browsers letten daarop. Wordt het kastje gestolen, dan kan de dief zich bij die toestellen voordoen als het plein, en als geen enkele andere site.
local-https-risk-own = Stel dit alleen in op toestellen die de buurt zelf beheert, zoals de tablet in het dorpshuis. Vraag bewoners nooit om dit op hun eigen telefoon te doen: van die gewoonte leven oplichters.
local-https-risk-way = Breng het certificaat over met een stick, of vergelijk de vingerafdruk: onderweg over het netwerk kan iemand het verwisselen.
local-https-risk-address = Sleutels die een browser daar maakt, horen bij dat adres en niet bij het adres van het plein op internet.
local-https-how = Aanzetten: dezelfde opdracht met --accept-risk. Uitzetten: `dorpsplein local-https off`, en haal het certificaat van de toestellen.
local-https-made = Het staat aan vanaf de volgende keer dat het kastje start.
local-https-off = Het staat uit.
local-https-was-off = Het stond niet aan.
local-https-removed = Het staat uit vanaf de volgende keer dat het kastje start. Haal het certificaat ook van de toestellen.
local-https-at = het plein: { $url }
local-https-fingerprint = vingerafdruk (SHA-256): { $fingerprint }
local-https-certificate = certificaat: op de site bij { $path }, en hier:
