"""A second set of judged texts, on which nothing was ever tuned: it tells whether the first one
flatters us. Change a text here only where its language is wrong, never for a score.
"""

from tests.articles.golden import read

GERMAN = read("""
wolf | lokales | Wolf
Wolf reißt elf Schafe am Heidesee
Der Schäfer hatte einen Zaun unter Strom gestellt. Er verlangt, dass das Tier geschossen wird.
Ein Gutachter nahm Proben von Speichel. Im Landkreis leben zwei Rudel mit neun Welpen.

abschuss | politik | Jagd, Naturschutz
Bundesrat erlaubt, auffällige Wölfe zu töten
Künftig genügt ein einziger Riss hinter einem Schutzzaun. Naturschützer wollen klagen.
Die Länder hatten lange darüber gestritten, wie viele Tiere geschossen werden dürfen.

hirten | reise | Alpen
Ein Sommer mit dem Schäfer
Achthundert Schafe, drei Hunde und ein Fernglas: unterwegs auf einer Alm in Tirol.
Nachts schläft der Hirte neben der Herde, seit in der Gegend ein Rudel gesehen wurde.

hunde | wissen |
Was ein Herdenschutzhund kann
Pyrenäenhunde bellen, bevor der Wolf den Zaun erreicht. Forscher haben sie beobachtet.
In Herden mit zwei Hunden wurden neun von zehn Angriffen abgewehrt.
##
radweg | lokales | Verkehr
Die Hafenallee verliert eine Autospur
Radfahrer bekommen dort ab Mai einen zwei Meter breiten Streifen. Händler protestieren.
Die Stadtverwaltung rechnet mit viertausend Rädern am Tag. Parkplätze fallen weg.

helm | wissen | Medizin, Fahrrad
Wie gut ein Fahrradhelm wirklich schützt
Unfallchirurgen haben dreitausend Stürze ausgewertet.
Schwere Kopfverletzungen waren mit Helm um zwei Drittel seltener, Brüche nicht.

lastenrad | wirtschaft | Handel
Pakete kommen jetzt auf drei Rädern
Zusteller tauschen Lieferwagen gegen Lastenräder, weil sie in der Innenstadt schneller sind.
Ein Fahrer schafft hundertzwanzig Pakete am Tag. Parkplätze sucht er nicht.

unfall | lokales |
Abbiegender Lastwagen überfährt Radfahrerin
Die Frau starb noch auf der Kreuzung. Der Wagen hatte keinen Abbiegeassistenten.
Am Abend stellten Freunde ein weiß gestrichenes Fahrrad an den Straßenrand.
##
miete | politik | Wohnen
Mietpreisbremse wird bis 2030 verlängert
Der Bundestag stimmt zu. Möblierte Wohnungen fallen künftig auch darunter.
Vermieter nennen das Gesetz einen Irrweg, der Mieterbund einen Anfang.

kuendigung | lokales | Nachbarschaft
Nach vierzig Jahren vor die Tür gesetzt
Ein Investor kündigt neunzehn Mietern in der Lindenstraße und will Eigentumswohnungen verkaufen.
Die älteste Bewohnerin ist einundneunzig. Ein Anwalt hilft ihr umsonst.

genossenschaft | wirtschaft | Bauen
Die Genossenschaft, die nicht wachsen will
Vierhundert Wohnungen, keine Rendite und eine Warteliste von acht Jahren.
Die Miete ist seit zwölf Jahren gleich. Neue Häuser kann sich niemand mehr leisten.

zimmer | bildung | Studium
Ein Bett in der Turnhalle
Zum Semesterbeginn finden Hunderte Studenten kein Zimmer. Die Hochschule stellt Liegen auf.
Für zwölf Quadratmeter verlangen Vermieter in der Altstadt siebenhundert Euro.
##
raubkunst | kultur | Museen
Museum gibt ein Gemälde an die Erben zurück
Das Bild war 1938 einem jüdischen Sammler abgepresst worden.
Die Enkelin reiste aus Haifa an. Sie will es weiter öffentlich zeigen.

einbruch | panorama | Kriminalität
Diebe stehlen Goldschatz in neun Minuten
Die Täter kappten die Telefonleitung und stiegen durch ein Fenster ins Museum ein.
Gefunden wurde bisher nur Bauschaum. Die keltischen Münzen könnten eingeschmolzen sein.

depot | kultur |
Was ein Museum nie zeigt
Im Keller lagern neunzigtausend Stücke. Nur zwei von hundert sieht je ein Besucher.
Eine Restauratorin öffnet Schubladen mit Masken, Münzen und einem ausgestopften Dodo.

eintritt | politik | Kultur
Freier Eintritt soll Besucher zurückbringen
Ab Januar kosten die Dauerausstellungen der staatlichen Museen nichts mehr.
In der Stadt, die es versucht hat, kamen doppelt so viele Menschen.
##
kamera | politik | Polizei
Kameras am Bahnhofsplatz sollen Schläge erkennen
Eine Software meldet der Polizei verdächtige Bewegungen. Datenschützer warnen.
Gesichter würden nicht erkannt, sagt der Innenminister, nur Strichmännchen.

daten | wirtschaft | Internet
Hacker erbeuten Adressen von zwei Millionen Kunden
Der Versandhändler hatte Passwörter unverschlüsselt gespeichert.
Die Datenschutzbehörde prüft ein Bußgeld. Kunden sollen auf Rechnungen achten.

gesicht | wissen | Informatik
Der Algorithmus, der Zwillinge unterscheidet
Informatiker haben Software beigebracht, Gesichter auch mit Maske zu erkennen.
Sie irrt sich bei dunkler Haut noch immer öfter. Daten zum Lernen fehlen.

urteil | politik | Justiz
Polizei muss Fotos von Demonstranten löschen
Das Verwaltungsgericht sieht keinen Grund, die Bilder jahrelang zu speichern.
Geklagt hatte eine Studentin, die von einer Kamera gefilmt worden war.
""")

ENGLISH = read("""
cod | business | Fishing
Cod quota cut by half for the third time
Trawlers will stay in harbour until autumn. Scientists say the stock is still shrinking.
Skippers burned an old boat on the quay. One has sold his licence after forty years.

seabed | science | Oceans
What a trawl leaves behind
Divers filmed the sea floor before and after the nets went over it.
Sponges that took a century to grow were gone in a minute. Cod avoid the place.

skipper | local |
The last boat of Saltwick
Her grandfather landed herring here, her father cod. She takes tourists out to see seals.
The fish market is a gallery now. Nobody under thirty holds a licence.

farmed | business | Food
Salmon without the sea
A company grows fish in tanks on a hill, two hours from the coast.
The water is filtered four times an hour. Critics point to the soya in the feed.
##
chatbots | business | Artificial intelligence
Publishers sue over books fed to a chatbot
Nine novelists say their work was copied without payment to train the software.
The company calls it fair use. A jury will hear the case in March.

essays | education | Schools
Why one school went back to pen and paper
Teachers could no longer tell who had written the homework: a pupil or a machine.
Essays are now written in class. Chatbots may be used for questions only.

diagnosis | science | Medicine
The software that spots a tumour before the doctor does
Trained on two million scans, it found one cancer in eight that people had missed.
Radiologists still decide. The algorithm also saw tumours where there were none.

voices | culture |
Actors want their voices back
A dubbing studio has let a machine learn how its actors speak, and stopped calling them.
Their union demands a fee for every line that artificial intelligence reads.
##
bank | business | Banks
Regional bank rescued over the weekend
Depositors had withdrawn nine billion in two days. A rival pays one dollar.
Regulators say that savings are safe. Shares of other lenders fell at the opening.

branches | local | Villages
A village fights for its last cash machine
The branch closed in spring. The nearest bank is eleven miles away.
Shopkeepers say that customers without cash stay at home. A van comes on Tuesdays.

rates | politics | Economy
Central bank raises interest rates again
Mortgages become dearer for two million households. Savers gain little.
The governor said that inflation is falling too slowly. Lenders expect more defaults.

scam | news | Crime
They sounded like my bank
A pensioner moved her savings to a safe account, which belonged to thieves.
Banks must repay most victims of such fraud from October. She is still waiting.
##
tour | sport | Cycling
Breakaway of one: a rookie wins in the Alps
He attacked on the second climb and nobody followed. The favourite lost three minutes.
At the summit he had to be held on his bicycle. He had started the year as a courier.

doping | sport | Courts
Rider banned for four years after blood test
The cyclist had won two stages last summer. His team denies any knowledge.
Samples from the tour will be frozen for a decade and tested again.

women | opinion |
Give the women mountains too
Their race is eight stages long and avoids the Alps. The riders have asked for more.
More people watched last year's final climb than the men's time trial.

bicycles | science | Engineering
How much faster can a bicycle get
In a wind tunnel engineers shave off watts: socks, chains, the shape of a helmet.
The rider is four fifths of the drag. A team that cannot pay finishes later.
##
nurses | politics | Health
Hospitals look abroad for nurses
One in nine posts is empty. Recruiters fly to Manila and Accra.
Countries there complain that their own wards are left without staff.

waiting | local | Health
Eleven months for a new hip
The waiting list of the county hospital is longer than ever.
Surgeons have time, but there are no beds and no nurses for the ward at night.

midwife | news |
The midwife who delivered a town
In thirty-eight years she brought four thousand babies into the world.
Her ward closes in June. Mothers will have to drive to the hospital in the city.

germs | science | Medicine
The hospital where germs lose
Copper door handles and an old detergent have halved infections on the wards.
Nurses had suggested both. Surgeons washed their hands more often once it was counted.
""")
