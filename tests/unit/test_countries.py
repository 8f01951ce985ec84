"""What participants may say of where they are: every country, by name, in both languages."""

from __future__ import annotations

from wall.routes.countries import codes, countries, country_name


def test_every_country_has_a_name_in_both_languages() -> None:
    english, french = dict(countries("en")), dict(countries("fr"))
    assert english.keys() == french.keys() == codes()
    assert len(codes()) == 249
    assert all(name.strip() for name in [*english.values(), *french.values()])
    assert (country_name("fr", "DE"), country_name("en", "DE")) == ("Allemagne", "Germany")


def test_they_are_sorted_as_people_look_for_them() -> None:
    names = [name for _, name in countries("fr")]
    assert (
        names.index("Équateur") < names.index("Érythrée") < names.index("Espagne") < names.index("Estonie")
    )


def test_a_language_that_nobody_translated_reads_english_and_an_unknown_code_itself() -> None:
    assert countries("xx") == countries("en")
    assert country_name("en", "XX") == "XX"
