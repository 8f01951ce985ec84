"""The codebook's presets: tags that most events begin with, by set and language. Pure.

Kinds follow what facilitators sort by; stances are plain. Bloom's levels are those of the revised
taxonomy (Anderson and Krathwohl 2001, "A Taxonomy for Learning, Teaching, and Assessing"). The set of
themes begins empty: its tags come out of what is said.
"""

from __future__ import annotations

from dataclasses import dataclass

from wall.codebook import TagSet


@dataclass(frozen=True)
class Usual:
    """A tag of a preset: what it is, its tint, and its digit at the desk where that is free."""

    code: str
    colour: int
    key: str
    words: dict[str, tuple[str, str, str]]
    """Language → name, definition, example."""


def _usual(code: str, colour: int, key: str, en: tuple[str, str, str], fr: tuple[str, str, str]) -> Usual:
    return Usual(code, colour, key, {"en": en, "fr": fr})


_KIND = (
    _usual(
        "question",
        0,
        "1",
        (
            "Question",
            "Asks for an answer from the room or from others online.",
            "Who assesses the assessors?",
        ),
        (
            "Question",
            "Demande une réponse à la salle ou aux autres en ligne.",
            "Qui évalue les évaluateurs ?",
        ),
    ),
    _usual(
        "comment",
        1,
        "2",
        (
            "Comment",
            "Says what somebody thinks, and nothing more specific fits.",
            "This talk is worth the trip.",
        ),
        (
            "Commentaire",
            "Dit ce que quelqu'un pense, sans rien de plus précis.",
            "Cet exposé vaut le déplacement.",
        ),
    ),
    _usual(
        "experience",
        2,
        "3",
        (
            "Experience",
            "Tells what somebody did or saw themselves.",
            "We tried this on our ward last year.",
        ),
        (
            "Expérience",
            "Raconte ce que quelqu'un a fait ou vu.",
            "Nous l'avons essayé dans notre service l'an dernier.",
        ),
    ),
    _usual(
        "evidence",
        3,
        "4",
        ("Evidence", "Reports data or a study.", "A trial with 400 residents found no difference."),
        (
            "Données",
            "Rapporte des données ou une étude.",
            "Un essai avec 400 internes n'a trouvé aucune différence.",
        ),
    ),
    _usual(
        "resource",
        4,
        "5",
        ("Resource", "Points to something that others can use.", "Our checklist is online for everybody."),
        ("Ressource", "Renvoie à quelque chose d'utile aux autres.", "Notre liste est en ligne pour tous."),
    ),
    _usual(
        "challenge",
        5,
        "6",
        (
            "Challenge",
            "Contradicts, or names what stands in the way.",
            "None of this works without time for it.",
        ),
        ("Défi", "Contredit, ou nomme un obstacle.", "Rien de cela ne marche sans le temps nécessaire."),
    ),
    _usual(
        "off_topic",
        1,
        "7",
        ("Off-topic", "Has nothing to do with the event's subject.", "Is there decaf anywhere?"),
        ("Hors sujet", "N'a rien à voir avec le sujet de l'événement.", "Où trouve-t-on du décaféiné ?"),
    ),
)
_CHECK = (
    _usual(
        "supported",
        2,
        "",
        ("Supported", "The source says the same as the post claims.", ""),
        ("Étayé", "La source dit la même chose que le message.", ""),
    ),
    _usual(
        "disputed",
        1,
        "",
        ("Disputed", "The source contradicts what the post claims, or says that it is open.", ""),
        ("Contesté", "La source contredit le message, ou dit que la question est ouverte.", ""),
    ),
    _usual(
        "corrected",
        0,
        "",
        ("Corrected", "The source has the right figure or fact.", ""),
        ("Corrigé", "La source donne le bon chiffre ou le bon fait.", ""),
    ),
)
_STANCE = (
    _usual(
        "agrees",
        2,
        "",
        ("Agrees", "Is for what is discussed.", "Yes, and we should have done this years ago."),
        ("D'accord", "Est pour ce qui est discuté.", "Oui, et il fallait le faire depuis des années."),
    ),
    _usual(
        "disagrees",
        0,
        "",
        ("Disagrees", "Is against what is discussed.", "I would not want to be assessed like this."),
        ("Pas d'accord", "Est contre ce qui est discuté.", "Je ne voudrais pas être évalué ainsi."),
    ),
    _usual(
        "torn",
        4,
        "",
        ("Torn", "Sees both sides, or has not decided.", "Good for students, hard on staff."),
        (
            "Partagé",
            "Voit les deux côtés, ou n'a pas tranché.",
            "Bien pour les étudiants, dur pour l'équipe.",
        ),
    ),
)
_BLOOM = (
    _usual(
        "remember",
        0,
        "",
        ("Remember", "Repeats a fact or what was said.", "She said that 13 indicators passed."),
        (
            "Se rappeler",
            "Répète un fait ou ce qui a été dit.",
            "Elle a dit que 13 indicateurs ont été retenus.",
        ),
    ),
    _usual(
        "understand",
        1,
        "",
        (
            "Understand",
            "Explains or puts in other words.",
            "So it is about trust more than about technology.",
        ),
        (
            "Comprendre",
            "Explique ou reformule.",
            "Il s'agit donc de confiance plus que de technique.",
        ),
    ),
    _usual(
        "apply",
        2,
        "",
        (
            "Apply",
            "Uses an idea in a situation of one's own.",
            "We will use this list in our journal club.",
        ),
        (
            "Appliquer",
            "Utilise une idée dans sa propre situation.",
            "Nous utiliserons cette liste dans notre club de lecture.",
        ),
    ),
    _usual(
        "analyse",
        3,
        "",
        (
            "Analyse",
            "Takes apart, compares, or asks for causes.",
            "This differs from ward teaching in two ways.",
        ),
        (
            "Analyser",
            "Décompose, compare ou cherche les causes.",
            "Cela diffère de l'enseignement au lit du malade sur deux points.",
        ),
    ),
    _usual(
        "evaluate",
        4,
        "",
        ("Evaluate", "Judges, with a reason.", "The sample is too small to change what we do."),
        ("Évaluer", "Juge, avec une raison.", "L'échantillon est trop petit pour changer nos pratiques."),
    ),
    _usual(
        "create",
        5,
        "",
        ("Create", "Proposes something new.", "What if each school shared one open case a month?"),
        (
            "Créer",
            "Propose quelque chose de nouveau.",
            "Et si chaque faculté partageait un cas ouvert par mois ?",
        ),
    ),
)

PRESETS: dict[TagSet, tuple[Usual, ...]] = {
    TagSet.KIND: _KIND,
    TagSet.CHECK: _CHECK,
    TagSet.STANCE: _STANCE,
    TagSet.THEME: (),
    TagSet.BLOOM: _BLOOM,
    TagSet.OWN: (),
}
"""What each set begins with."""

SETS: tuple[TagSet, ...] = tuple(TagSet)
"""The sets in the order of every page."""


def words_of(usual: Usual, language: str) -> tuple[str, str, str]:
    """Name, definition and example in a language; in English where we have none in it."""
    return usual.words.get(language, usual.words["en"])
