"""Themes with the extra `themes`: scikit-learn's clustering over what texts have in common below their
words, or over vectors of a model that is installed. Without the extra, `themes` does without. Pure, but
for reading a model's files.

Latent semantic analysis (Deerwester et al. 1990) of TF-IDF over words and sequences of letters, then
Ward's linkage (1963); how many groups there are is chosen by the silhouette (Rousseeuw 1987).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from facilitator.statistics.likeness import Likeness, letters_in, words_in
from facilitator.statistics.themes import Theme, theme_of

DIMENSIONS = 25
"""Of the space in which texts are compared: few, because posts are short."""
_PER_GROUP = (40, 25, 15, 10)
"""Texts per group that are tried."""
_SEED = 7


def installed() -> bool:
    """Whether the extra `themes` is there."""
    return find_spec("sklearn") is not None


def clustered(texts: Sequence[str], *, least: int = 3) -> list[Theme]:
    """As `themes.themes`, by latent semantic analysis. Needs the extra."""
    return _grouped(texts, _semantic(texts), least)


def clustered_by(
    texts: Sequence[str], encode: Callable[[Sequence[str]], Any], *, least: int = 3
) -> list[Theme]:
    """As `clustered`, over the vectors that a model makes of texts. Needs the extra."""
    unit = import_module("sklearn.preprocessing").normalize
    return _grouped(texts, unit(encode(texts)), least)


def model_in(folder: str) -> Callable[[Sequence[str]], Any]:
    """The encoder of a model2vec model in a folder of this machine; nothing is fetched. Raises ImportError
    without that package, and OSError for a folder without a model."""
    model = import_module("model2vec").StaticModel.from_pretrained(folder)
    return lambda texts: model.encode(list(texts))


def _grouped(texts: Sequence[str], vectors: Any, least: int) -> list[Theme]:
    if len(texts) <= 2 * least:
        return []
    cluster, metrics = import_module("sklearn.cluster"), import_module("sklearn.metrics")
    tried = []
    for count in sorted({min(max(2, len(texts) // per), len(texts) - 1) for per in _PER_GROUP}):
        labels = cluster.AgglomerativeClustering(count).fit_predict(vectors)
        tried.append((float(metrics.silhouette_score(vectors, labels)), -count, labels.tolist()))
    labels = max(tried)[2]
    likeness = Likeness(texts)
    places = {
        label: [at for at, one in enumerate(labels) if one == label] for label in dict.fromkeys(labels)
    }
    found = [theme_of(group, likeness) for group in places.values() if len(group) >= least]
    return sorted((one for one in found if one.words), key=lambda one: (-len(one.places), one.places))


def _semantic(texts: Sequence[str]) -> Any:
    """Texts as points of a space of few dimensions, each at distance 1 from its middle."""
    extraction = import_module("sklearn.feature_extraction.text")
    pipeline, unit = import_module("sklearn.pipeline"), import_module("sklearn.preprocessing").normalize
    both = pipeline.FeatureUnion(
        [
            (name, extraction.TfidfVectorizer(analyzer=_listing(features), sublinear_tf=True))
            for name, features in (("words", words_in), ("letters", letters_in))
        ]
    )
    weighed = both.fit_transform([*texts, "a text that always has words"])[:-1]
    size = min(DIMENSIONS, weighed.shape[0] - 1, weighed.shape[1] - 1)
    svd = import_module("sklearn.decomposition").TruncatedSVD(size, random_state=_SEED)
    return unit(svd.fit_transform(weighed))


def _listing(features: Callable[[str], Any]) -> Callable[[str], Iterable[str]]:
    return lambda text: features(text).elements()
