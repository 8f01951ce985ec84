"""Words that name nothing: the most frequent of English and French, and those of talking about posts.
Folded, as `wall.moderation.fold_text` leaves them."""

from __future__ import annotations

_ENGLISH = """
a about above after again against all also always am an and any anyone anywhere are as at be because been
before being below best better between both but by can cannot could day did do does doing don down during
each even every everybody everyone everything everywhere few first for from further get gets getting give
go goes going good got great had has have having he her here hers herself him himself his how i if in into
is it its itself just keep keeps know last less let like ll long look made make makes making many may me
might more most much must my myself need needs never new no nor not nothing now of off on once one only or
other our ours ourselves out over own people please rather re really right s said same say see shall she
should so some somebody someone something still such sure t take takes taking taught than thank thanks that
the their theirs them themselves then there these they thing things think this those through time to today
too true two under until up us ve very want wants was way we well were what when where which while who whom
why will with without work worked works would year years yes yet you your yours yourself yourselves
"""
_FRENCH = """
ai aie ainsi alors apres au aucun aucune aujourd aussi autre autres aux avant avec avez avoir avons beaucoup
bien bon bonne c ca car ce ceci cela celle celles celui ces cet cette ceux chaque chez ci comme comment d
dans de depuis des dit doit doivent donc dont du elle elles en encore entre es est et etaient etait ete etes
etre eu eux fait faire faut fois font furent hui ici il ils j je jour jusque l la le les leur leurs lors lui
m ma mais me meme memes merci mes moi moins mon n ne ni non nos notre nous on ont ou par parce pas pendant
peu peut peuvent plus plusieurs pour pourquoi pouvoir pres qu quand que quel quelle quelles quelque quelques
quels qui quoi rien s sa sans se sera ses seulement si son sont sous sur t ta tant te tes toi ton tous tout
toute toutes tres trop tu un une va vers veut voila vos votre vous vraiment y
"""
_POSTS = "amp cc ff http https imho imo lol mt omg rt via www"

PASSED_OVER = frozenset(f"{_ENGLISH} {_FRENCH} {_POSTS}".split())
"""No theme is named by one of these."""
