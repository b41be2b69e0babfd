"""Words that carry grammar and no topic, in English and French.

Our own lists of closed classes of words: articles, pronouns, prepositions, conjunctions, auxiliary and modal verbs, negations, and a few
adverbs of degree. They are short on purpose: every further word would be a decision about content, and long lists that go round
hold words such as "system" or "computer" (Nothman, Qin and Yurchak 2018, Stop word lists in free open-source software packages).
What is left over in a study shows among the top terms and can be given as `more_stop_words`.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ENGLISH = _words(
    """
    a an the this that these those such each every either neither both all any some no none one other another same own
    i me my mine myself you your yours yourself yourselves he him his himself she her hers herself it its itself
    we us our ours ourselves they them their theirs themselves who whom whose which what whatever whoever
    someone somebody something anyone anybody anything everyone everybody everything nobody nothing
    about above across after against along among around as at before behind below beneath beside besides between beyond by
    despite down during except for from in inside into like near of off on onto out outside over past per since than through
    throughout till to toward towards under until up upon via with within without
    and or but nor so yet if unless because although though while whereas whether when whenever where wherever how why
    am is are was were be been being have has had having do does did doing done
    can could may might must shall should will would ought cannot
    not never only also too very just even still more most less least much many few rather quite then there here again
    isn't aren't wasn't weren't haven't hasn't hadn't don't doesn't didn't can't couldn't mustn't shouldn't won't wouldn't
    it's that's there's he's she's what's who's i'm i've i'd i'll you're you've you'd you'll we're we've we'd we'll they're
    they've they'd they'll let eg ie etc
    """
)
FRENCH = _words(
    """
    le la les un une des du de au aux ce cet cette ces cela ceci ça celui celle ceux celles tout toute tous toutes chaque
    quelque quelques certain certains certaine certaines plusieurs aucun aucune nul nulle même mêmes autre autres tel telle
    tels telles
    je me moi tu te toi il elle on se soi nous vous ils elles lui leur leurs eux en y mon ma mes ton ta tes son sa ses notre
    nos votre vos mien tien sien
    qui que quoi dont où quel quelle quels quelles lequel laquelle lesquels lesquelles duquel auquel
    à après avant avec chez contre dans depuis derrière dès devant durant entre envers hors jusque malgré par parmi pendant
    pour sans sauf selon sous sur vers via lors
    et ou mais donc or ni car si comme lorsque puisque quand quoique parce afin ainsi alors aussi puis
    être suis es est sommes êtes sont étais était étions étiez étaient serai sera serons serez seront serait seraient soit
    soient été étant fut furent
    avoir ai as a avons avez ont avais avait avions aviez avaient aurai aura aurons aurez auront aurait auraient ait aient
    eu ayant
    faire fait fais font peut peuvent pouvoir pourrait pourraient doit doivent devoir devrait devraient faut faudrait
    ne pas non plus moins très trop peu assez bien encore déjà jamais toujours seulement surtout ici là cependant aujourd hui
    qu jusqu lorsqu puisqu quoiqu quelqu
    """
)
_OF_LANGUAGE = {"en": ENGLISH, "fr": FRENCH}


def stop_words(language: str) -> frozenset[str]:
    """The list of a language, by the first part of its code (`fr` for `fr-CA`); empty for one without a list.

    Examples
    --------
    >>> "the" in stop_words("en"), "où" in stop_words("fr-CA"), len(stop_words("de"))
    (True, True, 0)
    """
    return _OF_LANGUAGE.get(language.lower().replace("_", "-").partition("-")[0], frozenset())
