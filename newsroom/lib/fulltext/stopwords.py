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
