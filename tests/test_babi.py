"""bAbI's files are read as they are meant, and whatever else is refused in a sentence."""

import zipfile
from pathlib import Path

import pytest

from core.data import babi
from core.data.babi import Question, hold_out, read_babi
from core.data.errors import DataError

STORY = """1 Mary moved to the bathroom.
2 John went to the hallway.
3 Where is Mary? \tbathroom\t1
4 Mary took the milk there.
5 Where is the milk?\tapple,milk\t4 1
1 Sandra is here.
2 Where is Sandra?\there\t1
"""
SHARED = Path("/work/shared/data/babi/en")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "qa1_one_train.txt").write_text(STORY)
    (tmp_path / "qa1_one_test.txt").write_text("1 A b.\n2 C?\td\t1\n")
    (tmp_path / "qa12_two_train.txt").write_text("1 A b.\n2 C?\td\n")
    (tmp_path / "readme.txt").write_text("no task")
    return tmp_path


def test_questions_know_what_was_told_before_them(folder):
    first, second, third = read_babi(folder, [1], "train")[1]
    assert first == Question(
        ("Mary moved to the bathroom.", "John went to the hallway."), "Where is Mary?", "bathroom", (0,), 1, 0
    )
    assert second.sentences[2] == "Mary took the milk there."  # the question between is no statement
    assert (second.answer, second.facts) == ("apple,milk", (2, 0))  # in the labelled order
    assert (third.story, third.facts) == (1, (0,))


def test_tasks_and_parts(folder):
    assert list(read_babi(folder)) == [1, 12]
    assert len(read_babi(folder)[1]) == 4
    assert [q.story for q in read_babi(folder)[1]] == [0, 1, 1, 2]  # no two files share a story
    assert list(read_babi(folder, part="test")) == [1]
    assert read_babi(folder, part="train")[12][0].facts == ()


def test_a_zip_reads_like_its_folder(folder, tmp_path):
    path = tmp_path / "some.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.glob("*.txt"):
            archive.write(file, f"en/{file.name}")
    assert read_babi(path) == read_babi(folder)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 A b.\n",
        "Mary went.\n",
        "2 Mary went.\n",
        "1 Mary went.\n1\n",
        "1 A.\n3 B.\n2 C.\n",
        "1 Where?\tthere\t\n",
        "1 A.\n2 Where?\t\t1\n",
        "1 A.\n2 Where?\tthere\t3\n",
        "1 A.\n2 Where?\tthere\t2\n",
        "1 A.\n2 Where?\tthere\tone\n",
        "1 A.\n99999999999 B?\tc\t1\n",
        "²  A.\n",
    ],
)
def test_what_is_not_in_the_format_is_refused(tmp_path, text):
    (tmp_path / "qa1_x_train.txt").write_text(text)
    with pytest.raises(DataError, match=r"^[^\n]+\.$"):
        read_babi(tmp_path)


def test_strange_files_are_refused(tmp_path, monkeypatch):
    with pytest.raises(DataError, match="holds no file qaN"):
        read_babi(tmp_path)
    with pytest.raises(DataError, match="neither a folder"):
        read_babi(tmp_path / "nothing")
    (tmp_path / "qa1_x_train.txt").write_bytes(b"1 \xff\xfe.\n")
    with pytest.raises(DataError, match="UTF-8"):
        read_babi(tmp_path)
    monkeypatch.setattr(babi, "MAX_BYTES", 3)
    with pytest.raises(DataError, match="too large"):
        read_babi(tmp_path)


def test_too_much_is_refused(folder, monkeypatch):
    monkeypatch.setattr(babi, "MAX_SENTENCES", 4)
    with pytest.raises(DataError, match="too much"):
        read_babi(folder)
    monkeypatch.undo()
    monkeypatch.setattr(babi, "MAX_LINES", 4)
    with pytest.raises(DataError, match="at most 4 lines"):
        read_babi(folder)


def test_a_damaged_zip_is_refused(folder, tmp_path):
    path = tmp_path / "some.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("qa1_x_train.txt", STORY * 50)
    data = bytearray(path.read_bytes())
    data[60:90] = bytes(30)
    path.write_bytes(data)
    with pytest.raises(DataError):
        read_babi(path)


def questions(stories: int, each: int, task: int) -> list[Question]:
    return [Question(("a",), "b", "c", (0,), task, story) for story in range(stories) for _ in range(each)]


def test_hold_out_is_by_whole_stories():
    both = questions(40, 5, 1) + questions(200, 1, 2)
    kept, held = hold_out(both, 0.1, seed=3)
    assert len(kept) + len(held) == len(both)
    assert not {(q.task, q.story) for q in kept} & {(q.task, q.story) for q in held}
    assert [sum(q.task == task for q in held) for task in (1, 2)] == [20, 20]
    # ... and of a task the same, whatever other tasks there are.
    assert [q for q in held if q.task == 2] == hold_out(questions(200, 1, 2), 0.1, seed=3)[1]
    assert held != hold_out(both, 0.1, seed=4)[1]
    assert hold_out(both, 0.0)[1] == []


@pytest.mark.skipif(not SHARED.is_dir(), reason="bAbI is not in the repository")
def test_the_real_files():
    found = read_babi(SHARED)
    assert list(found) == list(range(1, 21))
    assert {len(questions) for questions in found.values()} == {1000}
    assert all(question.facts for questions in found.values() for question in questions)


LITTLE = "1 Anna went to the library.\n2 Where is Anna?\tlibrary\t1\n"


def test_files_of_any_name_are_tasks_in_the_order_of_their_names(tmp_path):
    """If no name says a task; what is no story by its content is passed over."""
    for name in ("places_train.txt", "places_test.txt", "animals_train.txt"):
        (tmp_path / name).write_text(LITTLE, encoding="utf-8-sig")
    (tmp_path / "README.txt").write_text("How these came to be")
    assert {task: len(found) for task, found in read_babi(tmp_path).items()} == {1: 1, 2: 2}
    assert {task: len(found) for task, found in read_babi(tmp_path, part="train").items()} == {1: 1, 2: 1}
    assert list(read_babi(tmp_path, part="test")) == [2]
    assert list(read_babi(tmp_path, [1])) == [1]
    (tmp_path / "qa7_mine.txt").write_text(LITTLE)
    assert list(read_babi(tmp_path)) == [7]


def test_what_is_no_part_by_its_name_is_learnt_from(tmp_path):
    (tmp_path / "mine.txt").write_text(LITTLE)
    (tmp_path / "mine_test.txt").write_text(LITTLE * 2)
    assert [len(found) for found in read_babi(tmp_path, part="train").values()] == [1]
    assert [len(found) for found in read_babi(tmp_path, part="test").values()] == [2]
    (tmp_path / "mine.txt").unlink()
    with pytest.raises(DataError, match="holds no file"):
        read_babi(tmp_path, part="train")


def test_a_run_notices_other_stories(tmp_path):
    pytest.importorskip("torch")
    from core.memory.training.run import StoryTrainSettings, train_stories

    def train():
        settings = StoryTrainSettings(tmp_path / "stories", networks=(), share=0.0, out=tmp_path / "run", device="cpu")
        return train_stories(settings, lambda label, steps: lambda: None)

    (tmp_path / "stories").mkdir()
    (tmp_path / "stories" / "mine.txt").write_text(LITTLE)
    assert train() == train() == []
    (tmp_path / "stories" / "mine.txt").write_text(LITTLE.replace("Anna", "Ben"))
    with pytest.raises(DataError, match="begun with other data .other stories, or in another order"):
        train()
