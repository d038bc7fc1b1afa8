# Wat op elke pagina staat.
frame-description = Nieuws en activiteiten uit { $name }, van en voor de bewoners.
frame-skip = Naar de inhoud
frame-colophon = Dit plein draait op een kastje in de buurt en is van ons allemaal.

nav-label = Hoofdmenu
nav-all = Alles op dit plein
nav-log = Logboek
nav-news = Nieuws
nav-agenda = Agenda
nav-write = Schrijven
nav-join = Meedoen
nav-more = Meer
nav-about-long = Over dit plein

help-question = Hulp nodig met deze site?
help-call = Bel { $name }:
help-call-number = Bel:

and = en
author-unnamed = Een bewoner
role-connector = buurtverbinder
tag-neighbour = van de buren:
technical = Technische gegevens
neighbourhood-id = Nummer van de buurt

error-not-found = Deze pagina is er niet
error-not-found-more = Misschien is het bericht weggehaald, of klopt het adres niet helemaal. Kijk bij het nieuws of in de agenda of u het daar vindt.
error-refused = Dat is niet gelukt
error-internal = Er ging iets mis in het kastje
error-internal-more = Dat ligt niet aan u. Wacht een paar minuten en probeer het dan nog eens. Lukt het dan nog niet? Vertel het aan een buurtverbinder.
