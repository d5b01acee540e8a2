"""Work on .po files, run inside the environment: `python -m tools.po_files merge|check FILES`."""

import sys
from pathlib import Path

import polib


def merge(template, translation):
    """Bring a translation in line with its template: new terms empty, unused ones dropped."""
    pot = polib.pofile(template)
    po = polib.pofile(translation) if Path(translation).exists() else polib.POFile()
    po.metadata = {**pot.metadata, "Language": "zh_CN", "Plural-Forms": "nplurals=1; plural=0;"}
    po.merge(pot)
    for entry in po.obsolete_entries():
        po.remove(entry)
    po.sort(key=lambda entry: entry.msgid)
    po.save(translation)


def check(current, template, translation):
    """Print what is missing or outdated."""
    terms = _terms(current)
    for path in (template, translation):
        if not Path(path).exists():
            print(f"{path}: missing; ./dev i18n makes it")
            return
        known = _terms(path)
        for term in sorted(terms - known):
            print(f"{path}: lacks {_quote(term[1])}; run ./dev i18n")
        for term in sorted(known - terms):
            print(f"{path}: {_quote(term[1])} is not used any more; run ./dev i18n")
    for entry in polib.pofile(translation):
        if not entry.msgstr or entry.fuzzy:
            print(f"{translation}: {_quote(entry.msgid)} is not translated")


def _quote(text):
    return f"“{' '.join(text.split())[:70]}”"


def _terms(path):
    return {(entry.msgctxt or "", entry.msgid) for entry in polib.pofile(path) if not entry.obsolete}


if __name__ == "__main__":
    {"merge": merge, "check": check}[sys.argv[1]](*sys.argv[2:])
