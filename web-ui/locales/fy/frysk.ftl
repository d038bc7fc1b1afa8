# Frysk: wat it is, en de wurden fan de navigaasje. Wat hjir net stiet, stiet yn it Nederlânsk.
language-name = Frysk
language-locale = fy_NL
language-direction = ltr
language-fallback = nl

frame-skip = Nei de ynhâld
frame-colophon = Dit plein draait op in kastke yn de buert en is fan ús allegear.

nav-label = Haadmenu
nav-all = Alles op dit plein
nav-news = Nijs
nav-agenda = Aginda
nav-market = Fraach en oanbod
nav-people = Minsken en talinten
nav-clubs = Klups en organisaasjes
nav-groups = Groepen
nav-alerts = Wichtich
nav-search = Sykje
nav-write = Skriuwe
nav-join = Meidwaan
nav-more = Mear
nav-my-data = Myn gegevens
nav-log = Lochboek
nav-desk = Behear
nav-help = Help
nav-accessibility = Tagonklikens
nav-privacy = Privacy
nav-about-long = Oer dit plein

search-label = Wat sykje jo?
search-go = Sykje

help-question = Help nedich mei dizze side?

comments-count = { $count ->
    [0] Noch gjin reaksjes
    [one] 1 reaksje
   *[other] { $count } reaksjes
}
