"""Captions in JSON: Karpathy's form, COCO's, and a list of objects that are rows of a table.

Karpathy's (Flickr8k, Flickr30k and COCO in this field) holds ``images[] -> filepath, filename, split,
sentences[] -> tokens, raw``; COCO's holds ``images[] -> id, file_name`` and ``annotations[] -> image_id, caption``.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from core.data.caption_entries import Entries, Entry, FormError, Sentence, bounded, parse_json
from core.data.caption_tables import rows_of_objects


def read_json(text: str) -> Entries:
    """The entries of a JSON file.

    Raises:
        FormError: it is not JSON, is of another form, or an entry holds what no name or caption can be.
        DataError: there are too many entries.
    """
    found = parse_json(text)
    if isinstance(found, list):
        return rows_of_objects(found, "a JSON list")
    if isinstance(found, dict) and isinstance(found.get("images"), list):
        if "annotations" in found:
            return Entries("COCO's JSON", bounded(_coco(found["images"], found["annotations"])))
        return Entries("Karpathy's JSON", bounded(_karpathy(found["images"])))
    if isinstance(found, dict):
        return rows_of_objects([found], "a JSON list")
    raise FormError("it is JSON without photos and captions")


def _karpathy(images: list[Any]) -> Iterator[Entry]:
    for n, image in enumerate(images, start=1):
        where = f"entry {n} of its images"
        image = _object(image, where)
        name = _text(image, "filename", where) or _text(image, "file_name", where)
        if not name:
            raise FormError(f"{where} has no filename")
        if folder := (_text(image, "filepath", where) or "").strip("/"):
            name = f"{folder}/{name}"
        sentences = image.get("sentences")
        if not isinstance(sentences, list | None):
            raise FormError(f"the sentences of {name} are no list")
        yield Entry(name, [_sentence(one, name) for one in sentences or ()], _text(image, "split", where))


def _sentence(sentence: Any, name: str) -> Sentence:
    where = f"a sentence of {name}"
    if isinstance(sentence, str | None):
        return Sentence(sentence)
    sentence = _object(sentence, where)
    raw, tokens = _text(sentence, "raw", where), sentence.get("tokens")
    if not isinstance(tokens, list | None) or not all(isinstance(token, str) for token in tokens or ()):
        raise FormError(f"the tokens of {where} are no list of words")
    if "raw" not in sentence and "tokens" not in sentence:
        raise FormError(f"{where} has neither raw nor tokens")
    return Sentence(raw, tokens)


def _coco(images: list[Any], annotations: Any) -> Iterator[Entry]:
    if not isinstance(annotations, list):
        raise FormError("its annotations are no list")
    captions: defaultdict[object, list[Sentence]] = defaultdict(list)
    for n, annotation in enumerate(annotations, start=1):
        where = f"entry {n} of its annotations"
        annotation = _object(annotation, where)
        if "caption" not in annotation:
            raise FormError(f"{where} has no caption; COCO's captions are in the files captions_*.json")
        captions[_id(annotation, "image_id", where)].append(Sentence(_text(annotation, "caption", where)))
    seen: set[object] = set()
    for n, image in enumerate(images, start=1):
        where = f"entry {n} of its images"
        image = _object(image, where)
        name, number = _text(image, "file_name", where), _id(image, "id", where)
        if not name:
            raise FormError(f"{where} has no file_name")
        if number in seen:
            raise FormError(f"two of its images have the id {number}")
        seen.add(number)
        yield Entry(name, captions.pop(number, []), _text(image, "split", where))
    if captions:
        raise FormError(f"its captions speak of {len(captions):,} images that it does not have")


def _object(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise FormError(f"{where} is no object")
    return value


def _text(record: Mapping[str, Any], key: str, where: str) -> str | None:
    value = record.get(key)
    if not isinstance(value, str | None):
        raise FormError(f"the {key} of {where} is no text")
    return value


def _id(record: Mapping[str, Any], key: str, where: str) -> int | str:
    value = record.get(key)
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise FormError(f"{where} has no {key}")
    return value
