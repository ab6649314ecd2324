"""Words that nearly every text has: a query's other words decide, so these are left out of it."""

_GERMAN = """
aber alle als also am an auch auf aus bei bin bis bist da damit dann das dass dem den denn der des
die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines er es
für hat habe haben hatte hier ich ihr ihre im in ist ja jede jeder kann kein keine können man mehr
mein mit nach nicht noch nun nur ob oder ohne schon sehr sei sein seine sich sie sind so soll sowie
über um und uns unter vom von vor war waren was weil wenn werden wer wie wieder will wir wird wo
worden wurde wurden zu zum zur zwischen
"""
_ENGLISH = """
a about after all also an and any are as at be been but by can could did do does for from had has
have he her his how i if in into is it its may more not of on one or our out over she so some such
than that the their them then there these they this to up us was we were what when where which who
why will with would you your
"""
STOP_WORDS = {"de": frozenset(_GERMAN.split()), "en": frozenset(_ENGLISH.split())}

# Asked for, they are searched; but two texts that share them have nothing in common.
_GERMAN_WEAK = """
alle allem allen alles andere anderem anderen anderer anderes anders dabei dafür dagegen danach
daran darauf davon dazu etwa etwas ganz ganze ganzen geht gibt gehen groß große großem großen
großer gut
gute guten heute ihm ihn ihnen immer jahr jahre jahren jeden jedem jedes jemand jetzt kommen kommt
lang lange länger letzte letzten machen macht mal mehrere müssen muss neu neue neuem neuen neuer nie
niemand sagen sagt sagte seit selbst seien sollen sollte stehen steht tag tage tagen trotzdem uhr
viel viele vielen vier warum weiter weniger wenig wollen wollte woche wochen würde würden zehn zwei
drei fünf sechs sieben acht neun elf zwölf hundert tausend
"""
_ENGLISH_WEAK = """
again another any anybody away back because been before being between both came come day days did
done down each even ever every everybody few first five four get go goes going good got great had
here himself i'm it's just know last later like long made make many me might month months most much
must my never new next no nobody now off old once one only other others own people said same say
says see seven should since six still take ten than then thing think third though three through time
today told too took twelve two under until upon very want wants way week weeks well went while year
years yet
"""
WEAK_WORDS = {"de": frozenset(_GERMAN_WEAK.split()), "en": frozenset(_ENGLISH_WEAK.split())}
