"""Classifier: what a resident's own words are most likely about, from a list of words and nothing else.

It only proposes: the reporter confirms. No network, no model, the same answer every time.
"""

import itertools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator

from domain.reports.lexicon import CLUES, CONCEPTS, FILLERS, NEGATIONS
from domain.reports.lexicon_en import ENGLISH
from domain.reports.taxonomy import CATEGORIES, Category, Flag

LONGEST_TEXT = 4_000
MOST_PROPOSALS = 3
LEAST_SCORE = 3
SHORTEST_STEM = 4
DENIAL_REACH = 4  # words

PREFIXES = ("", "di", "ke", "ter", "ber", "me", "men", "mem", "nge", "pe", "e", "a")
SUFFIXES = ("nya", "ku", "mu", "kan", "an", "in", "i", "ne", "e", "no", "na", "eh", "en", "lah", "kah")

END_OF_CLAUSE = ""
_TOKENS = re.compile(r"[a-z0-9]+|[.,!?;:\n]")
_MARKS = re.compile("[\u0300-\u036f'`´‘’ʼ]")  # accents, and the glottal stop of Madurese however it is typed
_REPEATS = re.compile(r"(.)\1{2,}")


def propose(text: str) -> tuple[Category, ...]:
    """The categories a text is most likely about, best first, at most three; none without an idea.

    Reads the first 4,000 characters. "Don't know" is never proposed.
    """
    return _rank(_concepts(text))


def is_emergency(text: str) -> bool:
    """Whether a text sounds like danger to life now, so that 110 is shown first.

    Rather once too often than once too rarely; but a rumour asked about is no emergency unless someone is hurt.
    """
    concepts = _concepts(text)
    proposals = _rank(concepts)
    if not proposals:
        return False
    if Flag.EMERGENCY in proposals[0].flags:
        return True
    signs = {"hurt"} if proposals[0].code == "INF-1" else {"hurt", "help", "now"}
    return not concepts.isdisjoint(signs) and any(Flag.EMERGENCY in proposal.flags for proposal in proposals)


def asks_for_help(text: str) -> bool:
    """Whether somebody calls for help, though not a word says what is the matter."""
    return "help" in _concepts(text)


def _rank(concepts: set[str]) -> tuple[Category, ...]:
    scores = {code: sum(weight for clue, weight in clues if clue <= concepts) for code, clues in _CLUES.items()}
    likely = [category for category in CATEGORIES if scores.get(category.code, 0) >= LEAST_SCORE]
    likely.sort(key=lambda category: -scores[category.code])  # stable: ties keep the order of the taxonomy
    return tuple(likely[:MOST_PROPOSALS])


def _concepts(text: str) -> set[str]:
    tokens = _tokens(text[:LONGEST_TEXT])
    meanings = {token: _meanings(token) for token in set(tokens)}
    found: set[str] = set()
    for position, token in enumerate(tokens):
        if meanings[token] and not _is_denied(tokens, position):
            found.update(meanings[token])
    for position, pair in enumerate(itertools.pairwise(tokens)):
        for phrase, concepts in _PHRASES.get(pair, ()):
            if tokens[position : position + len(phrase)] == phrase:
                found.update(concepts)
    return found


def _tokens(text: str) -> list[str]:
    """Plain words: no case, no accents, "toloooong" as "tolong", "muter2" as "muter"; "" ends a clause."""
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text).casefold())
    plain = _REPEATS.sub(r"\1", plain)
    return [_singular(token) if token.isalnum() else END_OF_CLAUSE for token in _TOKENS.findall(plain)]


def _singular(token: str) -> str:
    return token[:-1] if token.endswith("2") and token[:-1].isalpha() else token


def _meanings(token: str) -> tuple[str, ...]:
    if found := _MEANINGS.get(token):
        return found
    return next((found for stem in _stems(token) if (found := _MEANINGS.get(stem))), ())


def _stems(token: str) -> Iterator[str]:
    """The word without a common prefix, a suffix, or both, as far as it begins like a word we know."""
    for prefix in PREFIXES:
        if not token.startswith(prefix):
            continue
        word = token[len(prefix) :]
        if word[:SHORTEST_STEM] not in _BEGINNINGS:
            continue  # most words of a long text end here
        yield word
        for suffix in SUFFIXES:
            if word.endswith(suffix):
                yield word[: -len(suffix)]


def _is_denied(tokens: list[str], position: int) -> bool:
    for word in reversed(tokens[max(0, position - DENIAL_REACH) : position]):
        if word not in _FILLERS:
            return word in _NEGATIONS
    return False


def _read_concepts() -> dict[str, tuple[str, ...]]:
    meanings: defaultdict[str, list[str]] = defaultdict(list)
    for concept, words in (*CONCEPTS.items(), *ENGLISH.items()):
        for word in dict.fromkeys(words.split()):
            meanings[word].append(concept)
    return {word: tuple(concepts) for word, concepts in meanings.items()}


def _read_phrases() -> dict[tuple[str, str], list[tuple[list[str], tuple[str, ...]]]]:
    """Phrases by their first two words, each with its meanings."""
    phrases: defaultdict[tuple[str, str], list[tuple[list[str], tuple[str, ...]]]] = defaultdict(list)
    for word, meanings in _MEANINGS.items():
        if "_" in word:
            phrase = word.split("_")
            phrases[phrase[0], phrase[1]].append((phrase, meanings))
    return dict(phrases)


_MEANINGS = _read_concepts()
_BEGINNINGS = frozenset(word[:SHORTEST_STEM] for word in _MEANINGS if len(word) >= SHORTEST_STEM)
_PHRASES = _read_phrases()
_CLUES = {code: [(frozenset(clue.split()), weight) for clue, weight in clues.items()] for code, clues in CLUES.items()}
_NEGATIONS, _FILLERS = frozenset(NEGATIONS.split()), frozenset(FILLERS.split())
