"""Work out the forms of the lexicon's words and write them where the coder reads them.

Run after words were added to the lexicon: ``python training/inflect_words.py``.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from tiltmeter.coding.inflected import FILE, look_up, look_up_all
from tiltmeter.coding.lexicon import lexicon
from tiltmeter.coding.tenses import tensed


def rows() -> list[str]:
    """The lines of the file, the heading first."""
    lex = lexicon()
    made = {
        (word, pos, "|".join(look_up_all(word, pos)))
        for words, pos in ((lex.verbs, "VERB"), (lex.nouns, "NOUN"))
        for word in words
    }
    made |= {(word, tag, look_up(word, tag)) for word in tensed() for tag in ("VBD", "VBZ")}
    return ["word\tkind\tforms", *sorted("\t".join(row) for row in made)]


if __name__ == "__main__":
    place = Path(str(resources.files("tiltmeter.coding") / "data" / FILE))
    place.write_text("\n".join(rows()) + "\n", encoding="utf-8")
    print(f"{place}: {len(rows()) - 1:,} words")
