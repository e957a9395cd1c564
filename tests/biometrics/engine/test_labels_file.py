"""Lists of labelled pictures, as people and their spreadsheets write them."""

from __future__ import annotations

import pytest

from biometrics.engine.labels_file import is_bona_fide, read_lines

LINES = [
    (2, {"file": "a.jpg", "label": "Real", "subject": "zoë"}),
    (4, {"file": "b, c.jpg", "label": "fake", "subject": ""}),
]
TEXT = 'file,label,subject\na.jpg,Real,zoë\n\n"b, c.jpg",fake,\n'
WRITTEN = {
    "as this site writes it": TEXT.encode(),
    "with a byte-order mark": TEXT.encode("utf-8-sig"),
    "with semicolons": "file;label;subject\na.jpg;Real;zoë\n\nb, c.jpg;fake;\n".encode(),
    "with tabs": "file\tlabel\tsubject\na.jpg\tReal\tzoë\n\nb, c.jpg\tfake\t\n".encode(),
    "on Windows": TEXT.replace("\n", "\r\n").encode(),
    "with spaces and capitals": b"File, Label, Subject\na.jpg, Real, zo\xc3\xab\n\n"
    b'"b, c.jpg", fake,\n',
    "with an accent of its own": TEXT.replace("ë", "e\u0308").encode(),
}


@pytest.mark.parametrize("how", WRITTEN)
def test_a_list_is_read_however_it_is_written(how, tmp_path):
    (tmp_path / "labels.csv").write_bytes(WRITTEN[how])

    assert list(read_lines(tmp_path / "labels.csv")) == LINES


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"picture,label\na.jpg,real\n", "line 1: there is no column file; the columns are pict"),
        (b"file\na.jpg\n", "no column label"),
        (b"", "no column file and no column label; the columns are missing"),
        (b"file,label\na.jpg,r\xe9el\n", "not in UTF-8"),
    ],
)
def test_what_is_wrong_with_a_list_is_said_in_words(content, words, tmp_path):
    (tmp_path / "labels.csv").write_bytes(content)

    with pytest.raises(ValueError, match=words):
        list(read_lines(tmp_path / "labels.csv"))


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        *(("real", True), ("REAL", True), ("bona_fide", True), (" Live ", True)),
        *(("fake", False), ("Attack", False), ("spoof", False)),
    ],
)
def test_labels_are_known_in_capitals_too(label, expected):
    assert is_bona_fide(label) is expected


@pytest.mark.parametrize("label", ["", "genuine", "0"])
def test_an_unknown_label_is_never_taken_for_an_attack(label):
    with pytest.raises(ValueError, match=f"unknown label '{label}'; known: bona_fide, real"):
        is_bona_fide(label)
