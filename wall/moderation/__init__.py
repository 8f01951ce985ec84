"""Moderation: an event's rules, and whether they let a post pass. Pure."""

from wall.model import Mode
from wall.moderation.checking import NAMED_LINES, BadRules, Problem, check_authors, check_rules
from wall.moderation.codes import CODES, FIELDS, PROBLEMS
from wall.moderation.judging import NEW, History, Judge, Verdict, compile_rules, judge
from wall.moderation.likeness import fold_text, text_digest
from wall.moderation.past import Past, Seen
from wall.moderation.rules import LINES_LIMIT, Flood, Lookalikes, Rules
from wall.moderation.vocabulary import CLINICAL, STARTER_WORDS
from wall.moderation.words import idle_words

__all__ = [
    "CLINICAL",
    "CODES",
    "FIELDS",
    "LINES_LIMIT",
    "NAMED_LINES",
    "NEW",
    "PROBLEMS",
    "STARTER_WORDS",
    "BadRules",
    "Flood",
    "History",
    "Judge",
    "Lookalikes",
    "Mode",
    "Past",
    "Problem",
    "Rules",
    "Seen",
    "Verdict",
    "check_authors",
    "check_rules",
    "compile_rules",
    "fold_text",
    "idle_words",
    "judge",
    "text_digest",
]
