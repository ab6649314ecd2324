"""Hand-written texts with judged neighbours: what search and related articles are measured by.

`near` names the texts that an editor would put beside one; sections and topics are given as
carelessly as in life, so that neither alone finds them.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from articles import workflow
from articles.models import Article
from tests.factories import AuthorFactory, SectionFactory, make_content

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Text:
    key: str
    section: str
    tags: list[str]
    headline: str
    standfirst: str
    body: str
    near: list[str] = field(default_factory=list)


def read(table: str) -> list[Text]:
    """Read blocks of: keys line `key | section | tags`, headline, standfirst, body; a blank line
    between texts, `##` between groups of neighbours."""
    found = []
    for group in table.strip().split("\n##\n"):
        rows = [block.strip().splitlines() for block in group.strip().split("\n\n")]
        keys = [row[0].split("|")[0].strip() for row in rows]
        for head, headline, standfirst, body in rows:
            key, section, tags = (part.strip() for part in head.split("|"))
            names = [name.strip() for name in tags.split(",") if name.strip()]
            near = [other for other in keys if other != key]
            found.append(Text(key, section, names, headline, standfirst, body, near))
    return found


GERMAN = read("""
streik | wirtschaft | Bahn, Streik
Lokführer legen den Bahnverkehr lahm
Im ganzen Land fallen ab Mitternacht Züge aus. Die Gewerkschaft fordert mehr Lohn.
Am Münchner Hauptbahnhof warteten Pendler vergeblich. Die Bahn hat einen Notfahrplan angekündigt.

einigung | politik | Tarifvertrag
Tarifstreit beigelegt: Züge fahren wieder
Gewerkschaft und Bahn haben sich nach neun Tagen geeinigt. Lokführer bekommen mehr Geld.
Der Streik ist beendet. Die Löhne der Lokführer steigen in zwei Stufen.

nachtzug | reise | Bahn
Mit dem Nachtzug nach Wien: ein Versuch
Die neue Verbindung ist beliebt, doch die Schlafwagen sind alt.
Um 22 Uhr verlässt der Zug den Bahnhof in München. Im Abteil riecht es nach Kaffee.

pendler | lokales |
Was Pendlern zusteht, wenn der Zug ausfällt
Fahrgäste können Geld zurückverlangen. So funktioniert die Entschädigung.
Bei Streik und Verspätung gelten dieselben Regeln: Ab einer Stunde gibt es ein Viertel zurück.
##
pegel | lokales | Hochwasser
Pegel der Lohe steigt über acht Meter
Nach tagelangem Regen droht der Altstadt eine Überschwemmung. Schulen bleiben geschlossen.
Feuerwehrleute füllen Sandsäcke. An der Uferstraße steht das Wasser vor den Haustüren.

deich | politik | Hochwasser, Umwelt
Streit um den neuen Deich
Das Land will die Lohe eindeichen, Bauern fürchten um ihre Wiesen.
Nach dem letzten Hochwasser hatte der Landtag Geld bewilligt. Jetzt klagen drei Landwirte.

versicherung | wirtschaft | Versicherungen
Wer zahlt, wenn der Keller vollläuft
Viele Hausbesitzer sind gegen Überschwemmungen nicht versichert.
Eine Elementarversicherung deckt Schäden durch Starkregen und Hochwasser.

helfer | lokales | Ehrenamt
Eine Stadt schaufelt Schlamm
Nach der Flut kommen Freiwillige aus dem ganzen Land an die Lohe.
Sie tragen nasse Möbel auf die Straße. Das Wasser stand bis zur Kellerdecke.
##
lehrer | politik | Schule
Dreihundert Lehrerstellen bleiben unbesetzt
Im neuen Schuljahr fällt an vielen Grundschulen Unterricht aus.
Die Ministerin will Quereinsteiger gewinnen. Stellenangebote gibt es in jedem Kreis.

schulbau | lokales | Schule, Bauen
Grundschule bekommt einen Anbau aus Holz
Vier Klassenzimmer sollen bis zum Sommer fertig sein.
Die Schüler lernen bis dahin in Containern. Der Stadtrat stimmte dem Entwurf zu.

ganztag | politik | Familie
Ganztagsbetreuung: Es fehlen Räume und Erzieher
Ab dem Sommer haben Erstklässler einen Anspruch auf einen Platz am Nachmittag.
Kommunen warnen, dass sie ihn nicht erfüllen können. An jeder zweiten Grundschule fehlt eine Mensa.

abitur | wissen | Bildung
Warum die Abiturnoten besser werden
Forscher haben Zeugnisse aus zwanzig Jahren verglichen.
Lehrer bewerten milder, sagen sie; die Schüler seien aber auch besser vorbereitet.
##
pokal | sport | Fußball
Auenburg wirft den Meister aus dem Pokal
Im Elfmeterschießen hält der Torwart drei Bälle.
Die Fans stürmten nach dem Abpfiff den Rasen. Der Trainer weinte.

trainer | sport | Fußball, Auenburg
Der Trainer bleibt bis 2029
Nach dem Erfolg im Pokal verlängert der Verein den Vertrag.
Andere Klubs hatten ihm Angebote gemacht. Er wolle mit der Mannschaft aufsteigen.

stadion | lokales | Bauen
Neues Stadion wird teurer als geplant
Der Verein bittet die Stadt um einen Zuschuss von vier Millionen Euro.
Die Tribüne für die Fans soll trotzdem im Herbst öffnen.

torhueterin | sport | Frauen
Die Torhüterin, die nie einen Elfmeter verlor
Mit vierzig Jahren beendet sie ihre Laufbahn im Fußball.
Zum Abschied kamen zwölftausend Zuschauer ins Stadion.
##
windpark | wirtschaft | Energie
Der Windpark gehört dreitausend Nachbarn
Eine Genossenschaft baut neun Windräder und verkauft den Strom im Ort.
Jeder Anteil kostet fünfhundert Euro. Der Strompreis ist für zehn Jahre fest.

solar | wissen | Energie, Technik
Solarzellen, die auch bei Regen Strom liefern
Physiker haben eine Schicht entwickelt, die Tropfen in Energie verwandelt.
Der Wirkungsgrad ist noch gering, doch die Zellen sind billig.

waerme | lokales |
Stadtwerke heizen mit Flusswasser
Eine Wärmepumpe so groß wie ein Haus ersetzt das Gaskraftwerk.
Die Fernwärme wird dadurch nicht billiger, sagen die Stadtwerke, aber sauberer.

strompreis | politik | Energie
Strompreise sinken im Norden, nicht im Süden
Neue Netzentgelte entlasten Gegenden mit vielen Windrädern.
In Bayern wird der Strom dagegen teurer. Die Stadtwerke kritisieren das.
##
klinik | lokales | Gesundheit
Das Krankenhaus verliert seine Geburtsstation
Schwangere müssen künftig vierzig Kilometer fahren.
Der Kreis findet keine Hebammen. Die Klinik schreibt rote Zahlen.

hausarzt | wissen | Medizin
Wenn der Arzt per Video kommt
In Dörfern ohne Praxis behandelt eine Ärztin ihre Patienten am Bildschirm.
Rezepte schickt sie in die Apotheke der Kreisstadt.

pflege | politik | Gesundheit
Pflegekräfte verlassen die Kliniken
Eine Umfrage zeigt, warum Krankenschwestern den Beruf wechseln.
Zu viele Patienten, zu wenig Lohn. Auf manchen Stationen fehlt jede dritte Kraft.

notaufnahme | lokales |
Eine Nacht in der Notaufnahme
Zwischen Schnittwunden und Herzinfarkt: Wer hier arbeitet, hat keine Pause.
Die Ärztin hat achtzehn Patienten gesehen, als um vier Uhr der Rettungswagen kommt.
""")

ENGLISH = read("""
docks | business | Ports, Strike
Dockers walk out and the harbour falls silent
Ships wait outside the port as workers demand higher pay.
The union says nobody will unload a container before Friday. Prices of fruit may rise.

settlement | politics | Trade unions
Port operators and union settle after nine days
Wages go up in two steps and the strike is over.
Cranes started moving at dawn. The first ship to unload carried bananas.

containers | business | Trade
Why your parcel is late
Thousands of containers stand in the wrong place since the walkout.
Shipping companies expect the harbours to need three weeks to recover.

robots | science | Ports, Technology
The port that needs no dockers
In Rotterdam, driverless cranes move containers day and night.
Unions fear for jobs. Operators say people are still needed to repair the machines.
##
wildfire | news | Wildfires
Wildfire forces four thousand out of their homes
Flames crossed the ridge after midnight, driven by strong winds.
Firefighters lost two engines. The sky over the valley was orange.

smoke | science | Health
What smoke from burning forests does to the lungs
Doctors followed firefighters for ten years.
Particles from wildfires are worse than exhaust, the study says.

planes | news |
Old planes, new fires
The water bombers fighting the flames are fifty years old.
Their pilots fly through smoke at the height of a church tower.

forest | science | Climate
A forest that is meant to burn
Rangers set small fires in spring so that large ones find nothing in summer.
The trees have thick bark. Without flames their seeds do not open.
##
election | politics | Elections
Landslide in Northfield: opposition takes the town hall
Voters punished the mayor for the sale of the waterworks.
Turnout was the highest in thirty years. The new mayor is a nurse.

ballots | politics | Elections, Courts
Court orders a recount of eleven ballots
One vote decided the election in the smallest district.
Both candidates claim to have won. The judge wants to see every ballot paper.

young | opinion | Youth
Let them vote at sixteen
Who pays taxes should choose who spends them.
Turnout among the young rises when schools teach how elections work.

mayor | politics |
The nurse who became mayor
She never wanted to be a candidate, and won by nine thousand votes.
Between two night shifts she wrote her first speech to the town hall.
##
moon | science | Space
A suitcase in orbit finds water on the Moon
The probe weighs nineteen kilograms and cost less than a fighter jet.
Ice lies in craters near the south pole, where the Sun never shines.

rocket | business | Space, Industry
Rocket start-up loses its third launch
The engine stopped after two minutes; a satellite fell into the sea.
Investors will pay for one more attempt.

telescope | science | Astronomy
The telescope that hears black holes
Three lasers in orbit measure waves in space itself.
The launch is planned for 2035. Until then a probe tests the mirrors.

astronaut | news |
Back on Earth, and unable to walk
After a year in orbit an astronaut learns what gravity is.
Her bones lost a tenth of their mass. The ice cream, she says, was worth it.
##
rents | politics | Housing
Rents rise faster than wages for the fifth year
A two-room flat in Northfield now costs half an income.
The council wants a cap. Landlords threaten to sell.

tower | local | Housing, Architecture
Built in ten weeks: a tower of wooden boxes
Sixty flats were stacked like bricks; the tenants have moved in.
The rent is a third below the market. Neighbours complain about the shade.

offices | business | Property
Empty offices become flats
Nobody wants desks in the centre any more, but everybody wants to live there.
Architects put kitchens where copiers stood. The conversion costs less than a new house.

squat | local |
The house that nobody owned
For nineteen years tenants paid no rent, because there was no landlord.
Now an heir has turned up. He grew up in the street.
""")


def place(texts: list[Text]) -> dict[str, Article]:
    """Publish texts, the first of each group newest, and return the articles by key."""
    sections = {text.section: None for text in texts}
    ids = {slug: SectionFactory(slug=slug, name=slug.title()).pk for slug in sections}
    author = AuthorFactory(name="Änne Groß", slug="aenne-gross")
    placements = [
        workflow.Placement(
            content=make_content(
                headline=text.headline,
                standfirst=text.standfirst,
                body=f"<p>{text.body}</p>",
                section=ids[text.section],
                tags=text.tags,
                bylines=[{"author": author.pk, "role": "text"}] if number % 4 == 0 else [],
            ),
            status="published",
            # No two texts of a group stand beside each other in time.
            published_at=NOW - timedelta(days=number % 4 * 10 + number // 4, hours=number),
        )
        for number, text in enumerate(texts)
    ]
    articles = workflow.place(placements)
    return {text.key: article for text, article in zip(texts, articles, strict=True)}
