"""A small bank for tests: every type of item, and numbers drawn from the course's own tables."""

from __future__ import annotations

from pathlib import Path

SMALL = """
lesson = "T"
title = "A small unit"

[release]
items = 6

[objectives]
read = "Read a clause"
weigh = "Weigh a claim"
reckon = "Reckon with years"

[quizzes.part-1]
title = "First part"

[quizzes.part-2]
title = "Second part"

[[items]]
quiz = "part-1"
id = "one"
type = "single"
objective = "read"
difficulty = 1
stem = "Which one?"
source_ids = ["north-atlantic-treaty-1949"]
hints = ["SECRET-HINT"]
why = "SECRET-WHY-ONE"
[[items.choices]]
id = "alpha"
text = "The first"
why = "SECRET-A"
right = true
[[items.choices]]
id = "beta"
text = "The second"
why = "SECRET-B"
[[items.choices]]
id = "gamma"
text = "The third"
why = "SECRET-C"

[[items]]
quiz = "part-1"
id = "several"
type = "multiple"
objective = "read"
difficulty = 2
points = 2
stem = "Which ones?"
source_ids = ["north-atlantic-treaty-1949"]
[[items.choices]]
id = "alpha"
text = "The first"
why = "SECRET-D"
right = true
[[items.choices]]
id = "beta"
text = "The second"
why = "SECRET-E"
right = true
[[items.choices]]
id = "gamma"
text = "The third"
why = "SECRET-F"

[[items]]
quiz = "part-1"
id = "years"
type = "numeric"
objective = "reckon"
difficulty = 2
stem = "How many years from {year} to 2025?"
source_ids = []
answer = { op = "difference", of = ["2025", "{year}"] }
tolerance = 0
unit = "years"
why = "SECRET-G: 2025 less {year}."
draw = { table = "arrangements", ids = ["nato-1949", "us-rok-1953", "us-japan-1960", "anzus-1951"] }

[[items]]
quiz = "part-2"
id = "sorted"
type = "classify"
objective = "weigh"
difficulty = 2
stem = "Sort them."
source_ids = ["north-atlantic-treaty-1949"]
bins = [{ id = "fact", text = "Fact" }, { id = "figure", text = "Figure" }]
[[items.cards]]
id = "sky"
text = "X"
bin = "fact"
why = "SECRET-H"
[[items.cards]]
id = "yard"
text = "Y"
bin = "figure"
why = "SECRET-I"

[[items]]
quiz = "part-2"
id = "steps"
type = "order"
objective = "weigh"
difficulty = 3
stem = "Put them in order."
source_ids = ["north-atlantic-treaty-1949"]
why = "SECRET-J"
[[items.steps]]
id = "pact"
text = "Pact"
why = "SECRET-K"
[[items.steps]]
id = "quarrel"
text = "Quarrel"
why = "SECRET-L"
[[items.steps]]
id = "repair"
text = "Repair"
why = "SECRET-M"

[[items]]
quiz = "part-2"
id = "words"
type = "text"
objective = "weigh"
difficulty = 3
points = 4
stem = "Explain."
source_ids = ["north-atlantic-treaty-1949"]
rubric = ["names the clause", "says who decides"]
min_words = 5
model = "SECRET-MODEL"
why = "SECRET-N"

[[items]]
quiz = "part-2"
id = "view"
type = "single"
objective = "weigh"
difficulty = 2
opinion = true
stem = "What do you hold?"
source_ids = ["north-atlantic-treaty-1949"]
[[items.choices]]
id = "yes"
text = "Rather yes"
why = "SECRET-O"
[[items.choices]]
id = "no"
text = "Rather no"
why = "SECRET-P"

[[items]]
quiz = "part-1"
id = "word"
type = "short"
objective = "reckon"
difficulty = 1
stem = "Which word?"
source_ids = ["north-atlantic-treaty-1949"]
accepted = ["SECRETWORD"]
why = "SECRET-Q"
"""


def write(folder: Path, text: str = SMALL) -> Path:
    """The bank's folder, with one unit, T."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "T.toml").write_text(text, encoding="utf-8")
    return folder


ROSTER = """id,name,email,section
s1,"Müller, Anna",anna@example.org,1
s2,Olena Koval,olena@example.org,1
s3,=Li Wei,li@example.org,2
"""
