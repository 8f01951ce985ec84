"""`backchannel words`: what a translator starts from."""

from __future__ import annotations

from typing import Annotated

import typer

from wall.routes.languages import FOLDER, template
from wall.routes.words import Words
from wall.settings import load


def words(
    language: Annotated[str, typer.Argument(help="A language's code of two or three letters, such as de.")],
) -> None:
    """Print every sentence that people read, to be translated into a file of the data directory.

    What the language has already is printed as it is, the rest in English. Sentences that nobody translated
    may be left out of the file: they are said in English.
    """
    settings = load()
    known = Words(settings.data_dir / FOLDER).catalogues
    typer.echo(template(language, known["en"], known.get(language, {})))
    typer.echo(
        f"Save it as {settings.data_dir / FOLDER / f'{language}.json'} and start Backchannel again; "
        "`backchannel doctor` says what is missing.",
        err=True,
    )
