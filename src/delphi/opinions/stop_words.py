"""Words that carry grammar and no topic, in English, French, Spanish, German, Portuguese, Italian and Dutch.

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
SPANISH = _words(
    """
    el la los las un una unos unas lo al del este esta esto estos estas ese esa eso esos esas aquel aquella aquello aquellos
    aquellas todo toda todos todas cada alguno alguna algunos algunas algún ninguno ninguna ningún varios varias mismo misma
    mismos mismas otro otra otros otras tal tales
    yo me mí tú te ti él ella ello usted ustedes se sí nosotros nosotras nos vosotros vosotras os ellos ellas les le mi mis tu
    tus su sus nuestro nuestra nuestros nuestras vuestro vuestra
    que qué quien quién quienes cual cuál cuales cuáles donde dónde cuyo cuya alguien algo nadie nada
    a ante bajo con contra de desde durante en entre hacia hasta mediante para por según sin sobre tras
    y e o u ni pero sino aunque porque pues si como cómo cuando cuándo mientras entonces luego así también tampoco
    ser soy es somos son era eran fue fueron será serán sería serían sea sean sido siendo estar estoy está estamos están estaba
    estaban estuvo estará esté estén estado
    haber he ha hemos han había habían hubo habrá habría haya hayan hay tener tengo tiene tienen tenía tenían
    hacer hace hacen hecho puede pueden poder podría podrían debe deben deber debería deberían
    no más menos muy mucho mucha muchos muchas poco poca pocos pocas tan tanto demasiado bien ya aún todavía siempre nunca solo
    sólo aquí allí ahí
    """
)
GERMAN = _words(
    """
    der die das den dem des ein eine einen einem einer eines dieser diese dieses diesen diesem jener jene jenes jeder jede jedes
    jeden jedem alle allen aller alles beide kein keine keinen keinem keiner manche mancher einige einiger mehrere solche
    solcher andere anderen anderer anderes derselbe dieselbe dasselbe selbst selber
    ich mich mir du dich dir er ihn ihm sie ihr es sich wir uns euch ihnen man mein meine meinen dein deine sein seine seinen
    seiner unser unsere unseren euer eure ihre ihren ihrer
    wer wen wem wessen was welcher welche welches jemand etwas niemand nichts
    an auf aus bei bis durch für gegen hinter in im ins mit nach neben ohne seit statt trotz über um unter von vom vor während
    wegen zu zum zur zwischen am beim
    und oder aber sondern denn weil da dass ob wenn als wie wo wann warum obwohl damit sowie sowohl weder noch dann also
    bin bist ist sind seid war waren wäre wären gewesen sei seien habe hast hat haben habt hatte hatten hätte hätten gehabt
    werde wird werden wurde wurden würde würden worden geworden kann können könnte könnten muss müssen müsste müssten soll
    sollen sollte sollten will wollen darf dürfen mag
    nicht nur auch sehr mehr weniger viel viele wenig wenige so zu schon noch immer nie hier dort nun jetzt doch etwa
    """
)
PORTUGUESE = _words(
    """
    o a os as um uma uns umas ao aos à às do da dos das no na nos nas num numa pelo pela pelos pelas este esta isto estes estas
    esse essa isso esses essas aquele aquela aquilo aqueles aquelas todo toda todos todas cada algum alguma alguns algumas
    nenhum nenhuma vários várias mesmo mesma outro outra outros outras tal tais
    eu me mim tu te ti ele ela você vocês se si nós nos eles elas lhe lhes meu minha meus minhas teu tua seu sua seus suas nosso
    nossa nossos nossas
    que quem qual quais onde cujo cuja alguém algo ninguém nada
    ante após até com contra de desde durante em entre para perante por segundo sem sob sobre
    e ou nem mas porém embora porque pois se como quando enquanto então logo assim também
    ser sou é somos são era eram foi foram será serão seria seriam seja sejam sido estar estou está estamos estão estava estavam
    esteve esteja ter tenho tem temos têm tinha tinham teve haver há havia houve
    fazer faz fazem feito pode podem poder poderia poderiam deve devem dever deveria deveriam
    não mais menos muito muita muitos muitas pouco pouca tão tanto bem já ainda sempre nunca só aqui ali lá
    """
)
ITALIAN = _words(
    """
    il lo la i gli le un uno una al allo alla ai agli alle del dello della dei degli delle dal dallo dalla dai dagli dalle nel
    nello nella nei negli nelle sul sullo sulla sui sugli sulle questo questa questi queste quello quella quelli quelle quel
    tutto tutta tutti tutte ogni qualche alcuno alcuna alcuni alcune nessuno nessuna nessun diversi stesso stessa stessi stesse
    altro altra altri altre tale tali
    io mi me tu ti te lui lei egli ella esso essa si sé noi ci voi vi essi loro ne mio mia miei mie tuo tua suo sua suoi sue
    nostro nostra nostri nostre vostro vostra
    che chi cui quale quali dove qualcuno qualcosa niente nulla
    a con contro da di dopo durante fino fra in per presso senza sopra sotto su tra verso
    e ed o ma però anche perché poiché se come quando mentre quindi così né oppure
    essere sono è siamo siete era erano fu furono sarà saranno sarebbe sarebbero sia siano stato stata stati state avere ho ha
    abbiamo hanno aveva avevano avrà avrebbe abbia abbiano avuto
    fare fa fanno fatto può possono potrebbe potrebbero deve devono dovrebbe dovrebbero
    non più meno molto molta molti molte poco poca tanto troppo bene già ancora sempre mai solo qui lì là
    """
)
DUTCH = _words(
    """
    de het een deze dit die dat elk elke ieder iedere alle alles beide geen enige enkele meerdere zelfde ander andere anderen
    zulke zelf
    ik mij me jij je jou hij hem zij ze haar u wij we ons jullie hen hun zich men mijn jouw zijn onze uw
    wie wat welke welk waar iemand iets niemand niets
    aan achter bij boven door in langs met na naar naast om onder op over per sinds te tegen ten ter tijdens tot tussen uit van
    vanaf via voor zonder
    en of maar want dus dan als omdat hoewel terwijl wanneer hoe waarom toch ook noch zoals
    ben bent is was waren geweest wees heb hebt heeft hebben had hadden gehad word wordt worden werd werden geworden
    kan kunnen kon konden moet moeten moest moesten zal zullen zou zouden mag mogen wil willen doet doen
    niet meer minder zeer erg heel veel weinig zo al nog steeds altijd nooit alleen hier daar er nu wel
    """
)
_OF_LANGUAGE = {
    "en": ENGLISH, "fr": FRENCH, "es": SPANISH, "de": GERMAN, "pt": PORTUGUESE, "it": ITALIAN, "nl": DUTCH,
}  # fmt: skip


def stop_words(language: str) -> frozenset[str]:
    """The list of a language, by the first part of its code (`fr` for `fr-CA`); empty for one without a list.

    Examples
    --------
    >>> "the" in stop_words("en"), "où" in stop_words("fr-CA"), len(stop_words("fi"))
    (True, True, 0)
    """
    return _OF_LANGUAGE.get(language.lower().replace("_", "-").partition("-")[0], frozenset())
