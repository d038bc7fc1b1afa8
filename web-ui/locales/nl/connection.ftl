# Wat er gebeurt terwijl een pagina open is, en wanneer er geen verbinding is.
live-posts = { $count ->
    [one] 1 nieuw bericht
   *[other] { $count } nieuwe berichten
}
live-events = { $count ->
    [one] 1 nieuwe activiteit
   *[other] { $count } nieuwe activiteiten
}
live-comments = { $count ->
    [one] 1 nieuwe reactie
   *[other] { $count } nieuwe reacties
}

kept-line = U bent niet verbonden. U ziet wat hier op { $when } stond.
kept-again = Probeer het opnieuw
offline-title = U bent niet verbonden
offline-intro = Het kastje van { $name } is nu niet te bereiken, en deze pagina is niet op uw toestel bewaard.
offline-what = Wat u kunt doen
offline-what-1 = Kijk of wifi of mobiele data aan staat, en probeer het over een paar minuten opnieuw.
offline-what-2 = Pagina’s die u eerder hebt geopend, kunt u wel lezen. Wat u schrijft, blijft op uw toestel bewaard tot er weer verbinding is.
offline-what-link = Naar het nieuws

state-kept = Bewaard op uw toestel. Er is nu geen verbinding; het wordt vanzelf verstuurd zodra die er weer is.
outbox-waiting = Bewaard op uw toestel, nog niet verstuurd:
outbox-sent = Wat op uw toestel bewaard was, is verstuurd en staat nu online.
outbox-refused = Dit is niet geplaatst:
outbox-why = Waarom niet?
outbox-throw-away = Weggooien

kiosk-label = Dit scherm
kiosk-home = Terug naar het begin
kiosk-print = Deze pagina afdrukken
kiosk-read = Op dit scherm kunt u lezen en afdrukken. Schrijven en reageren doet u op uw eigen toestel.
