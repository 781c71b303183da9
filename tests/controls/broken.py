"""Policies that are broken, each in its own way, and what is to be said of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HEAD = """from hipaa_guard.authoring import HIGH, Fix, Inventory, Member, Resource, Verdict, control, failed, family, passed
from hipaa_guard.services import ebs
"""
GOOD = """

@control(title="T", severity=HIGH, hipaa=("164.312(b)",), why="W.", fix=Fix(note="N."))
def {id}(volume: ebs.Volume) -> Verdict:
    return passed("is encrypted") if volume.encrypted else failed("is not")
"""
NAME = "own_broken"
HERE = "# here"


@dataclass(frozen=True)
class Row:
    """One broken policy. The line that is told ends with `HERE`; ``names`` are those that are told as broken."""

    id: str
    text: str
    says: str
    names: tuple[str, ...] = (NAME,)
    beside: tuple[str, ...] = ("own_before", "own_after")
    """The controls of the same file that are judged."""
    judging: bool = False
    """Whether it breaks only when it judges."""

    def write(self, directory: Path) -> str:
        """Write the policies; the place that must be told, as it is seen from `directory`'s parent."""
        directory.mkdir()
        (directory / "alone.py").write_text(HEAD + GOOD.format(id="own_other"))
        text = HEAD + GOOD.format(id="own_before") + "\n\n" + self.text + "\n" + GOOD.format(id="own_after")
        (directory / "mine.py").write_bytes(text.encode("utf-8", "surrogateescape"))
        line = next(number for number, each in enumerate(text.split("\n"), 1) if each.endswith(HERE))
        return f"{directory.name}/mine.py:{line}"


FINE = {"title": '"T"', "severity": "HIGH", "hipaa": '("164.312(b)",)', "why": '"W."', "fix": 'Fix(note="N.")'}


def declared(id: str, says: str, *, leave_out: str = "", function: str = "", **arguments: str) -> Row:
    """A control that is declared with other arguments or another function than a sound one."""
    told = {name: value for name, value in (FINE | arguments).items() if name != leave_out}
    given = ", ".join(f"{name}={value}" for name, value in told.items())
    function = function or f"def {NAME}(volume: ebs.Volume) -> Verdict:\n    return passed('is fine')"
    mark = "" if HERE in function else f"  {HERE}"
    return Row(id, f"@control({given}){mark}\n{function}", says)


def judging(id: str, body: str, says: str, before: str = "") -> Row:
    """A control that is declared well and breaks when it judges. The line is that of the statement, if it raises."""
    marked = HERE in body
    lines = "\n".join(f"    {line}" for line in body.split("\n"))
    head = '@control(title="T", severity=HIGH, hipaa=("164.312(b)",), why="W.", fix=Fix(note="N."))'
    decorator = head if marked else f"{head}  {HERE}"
    return Row(id, f"{before}{decorator}\ndef {NAME}(volume: ebs.Volume) -> Verdict:\n{lines}", says, judging=True)


def of_function(id: str, head: str, says: str, body: str = "return passed('is fine')") -> Row:
    """A sound declaration above another function."""
    return declared(id, says, function=f"{head}\n    {body}")


SHARED = "from hipaa_guard.judging.encryption import encrypted_at_rest\n\n\n"


def shared(
    id: str, body: str, says: str, given: str = 'title="T", fix=Fix(note="N.")', *, judging: bool = False
) -> Row:
    """A control that is declared with a shared judgement."""
    head = f"{SHARED}@encrypted_at_rest({given})  {HERE}\ndef {NAME}(volume: ebs.Volume) -> bool:"
    return Row(id, f"{head}\n    {body}", says, judging=judging)


DECLARED = [
    declared("severity of another spelling", "did you mean HIGH", severity='"hihg"'),
    declared("severity as a text", "did you mean HIGH", severity='"high"'),
    declared("severity that is far off", "there are CRITICAL, HIGH, MEDIUM, LOW", severity="5"),
    declared("severity None", "severity None is none", severity="None"),
    declared("severity of no name", "NameError: name 'HIHG' is not defined", severity="HIHG"),
    declared("citation of no line", "'164.999' is no standard or specification of the rule", hipaa='("164.999",)'),
    declared("citation of another spelling", " or 164.312(a)(2)(iv) or ", hipaa='("164.312(a)(2)(vi)",)'),
    declared("citation that is no text", "5 is no standard", hipaa="(5,)"),
    declared("citation that is a list", "['164.312(b)'] is no standard", hipaa='(["164.312(b)"],)'),
    declared("citations without a comma", 'such as ("164.312(b)",)', hipaa='("164.312(b)")'),
    declared("citations None", "hipaa is a tuple of citations", hipaa="None"),
    declared("no citations", "hipaa is empty", hipaa="()"),
    declared("a citation twice", "'164.312(b)' is cited twice", hipaa='("164.312(b)", "164.312(b)")'),
    *(declared(f"no {name}", f"{name} is missing", leave_out=name) for name in FINE),
    declared("empty title", "title is empty", title='" "'),
    declared("title None", "title is a text, not None", title="None"),
    declared("empty why", "why is empty", why='""'),
    declared("fix that is a text", "fix is a Fix(", fix='"Turn it on."'),
    declared("fix that says nothing", "fix says nothing", fix="Fix()"),
    declared("fix with another word", "unexpected keyword argument 'terrafrom'", fix='Fix(terrafrom="")'),
    declared("fix that is a number", "note of a fix is a text, not 5", fix="Fix(note=5)"),
    declared("sets that are a number", "sets of a fix is a text or a tuple of texts, not 5", fix="Fix(sets=5)"),
    declared("sets without a type", "sets of a fix has lines of the form TYPE.argument", fix='Fix(sets="encrypted = true")'),
    declared("sets without a value", "sets of a fix has lines of the form TYPE.argument", fix='Fix(sets="aws_ebs_volume.encrypted")'),
    declared("a fix with its HCL twice", "a fix has terraform or sets, not both", fix='Fix(terraform="x", sets="aws_ebs_volume.size = 1")'),
    declared("a fix by a machine and not", "fix has sets and not_by_machine", fix='Fix(sets="aws_ebs_volume.size = 1", not_by_machine="is so")'),
    declared("given lines of nothing", "go with sets", fix='Fix(note="N.", given="aws_ebs_volume.size = 1")'),
    declared("a long value", "aws_ebs_volume.tags has several lines", fix=r'Fix(sets="aws_ebs_volume.tags = {\n}")'),
    declared("two added resources", "sets of a fix that adds aws_a_b are all of that type", fix='Fix(sets=("aws_a_b.c = aws_ebs_volume.phi.id", "aws_d_e.f = 1"))'),
    declared("unknown argument", "there is no argument 'titel': did you mean title", titel='"T"'),
    declared("unknown argument far off", "there is no argument 'x': there are title, severity", x="1"),
    declared("unknown tool", "peers has no tool 'chekov': did you mean checkov", peers='{"chekov": "CKV_X_1"}'),
    declared("ids of a tool", "peers of checkov are an id or a tuple of ids, not 5", peers='{"checkov": 5}'),
    declared("peers that are a text", "peers is a mapping", peers='"CKV_X_1"'),
    declared("previous ids as a text", "previous_ids is a tuple", previous_ids='"own_former"'),
    declared("previous id that is none", "'Former' is no id", previous_ids='("Former",)'),
    declared("its own previous id", "previous_ids has its own id", previous_ids=f'("{NAME}",)'),
    declared("previous id of ours", "two controls have the id s3_bucket_tls_required", previous_ids='("s3_bucket_tls_required",)'),
    of_function("no kind", f"def {NAME}(volume):", "it must say which kind it judges"),
    of_function("a kind that is none", f"def {NAME}(volume: int) -> Verdict:", "(int is none)"),
    of_function("every kind", f"def {NAME}(volume: Resource) -> Verdict:", "(Resource is none)"),
    of_function("a kind of no name", f"def {NAME}(volume: ebs.Volum) -> Verdict:  {HERE}", "AttributeError"),
    of_function("a kind that cannot be read", f"def {NAME}(volume: 'ebs.Volum') -> Verdict:", "the types of its parameters"),
    of_function("a second parameter", f"def {NAME}(volume: ebs.Volume, least: int = 5) -> Verdict:", "'least' is no Inventory"),
    of_function("three parameters", f"def {NAME}(volume: ebs.Volume, inventory: Inventory, x) -> Verdict:", "it takes the resource"),
    of_function("no parameter", f"def {NAME}() -> Verdict:", "it takes the resource"),
    of_function("any parameters", f"def {NAME}(*volumes: ebs.Volume) -> Verdict:", "it takes the resource"),
    of_function("async", f"async def {NAME}(volume: ebs.Volume) -> Verdict:", "it is an `async def`"),
    of_function("yield", f"def {NAME}(volume: ebs.Volume):", "it has a `yield`", body="yield passed('is fine')"),
    Row("one word", declared("", "").text.replace(NAME, "own"), "'own' is no id: two or more words", ("own",)),
    Row("capitals", declared("", "").text.replace(NAME, "own_Broken"), "'own_Broken' is no id", ("own_Broken",)),
    Row("not called", f"@control  {HERE}\ndef {NAME}(volume: ebs.Volume): ...", "every argument has a name: @control(title=...)"),
    Row("an id of ours", declared("", "").text.replace(NAME, "s3_bucket_tls_required"), "two controls have the id", ("s3_bucket_tls_required",)),
    Row("an id of the same file", declared("", "").text.replace(NAME, "own_before"), "two controls have the id own_before: the other is in policies/mine.py:5", ("own_before",)),
    Row("an id of another file", declared("", "").text.replace(NAME, "own_other"), "two controls have the id own_other: the other is in policies/alone.py:5", ("own_other",)),
    Row(
        "one of a family",
        f"""@family({HERE}
    Member("own_family", ebs.Volume, "T", Fix(note="N.")),
    Member("own_broken", ebs.Volume, "", Fix(note="N.")),
    severity=HIGH, hipaa=("164.312(b)",), why="W.",
)
def own_members(volume: ebs.Volume) -> Verdict:
    return passed("is fine")""",
        "title is empty",
        beside=("own_before", "own_after", "own_family"),
    ),
    Row(
        "a family of which one has another word",
        f"""@family(
    Member("own_family", ebs.Volume, "T", Fix(note="N.")),
    Member("own_broken", ebs.Volume, "T", Fix(noet="N.")),  {HERE}
    severity=HIGH, hipaa=("164.312(b)",), why="W.",
)
def own_members(volume: ebs.Volume) -> Verdict:
    return passed("is fine")""",
        "unexpected keyword argument 'noet'",
        ("own_family", NAME),
    ),
    shared("a judgement with another word", "return volume.encrypted", "there is no argument 'titel': did you mean title", 'titel="T", fix=Fix(note="N.")'),
    shared("a judgement with a word that is no text", "return volume.encrypted", "encrypts is a text, not 5", 'title="T", fix=Fix(note="N."), encrypts=5'),
    shared("a judgement without a fix", "return volume.encrypted", "fix is missing", 'title="T"'),
    shared("a judgement with a title in its place", "return volume.encrypted", "every argument has a name: @encrypted_at_rest(title=...)", '"T"'),
    shared("a judgement of another severity", "return volume.encrypted", "did you mean LOW", 'title="T", fix=Fix(note="N."), severity="low"'),
    shared("a judgement that is told nothing", "volume.encrypted", "it returns nothing: it tells the fact, or returns a verdict"),
    Row("a judgement of no kind", f'{SHARED}@encrypted_at_rest(title="T", fix=Fix(note="N."))  {HERE}\ndef {NAME}(volume): return True', "it must say which kind it judges"),
    Row("a family of nobody", f'@family(severity=HIGH, hipaa=("164.312(b)",), why="W.")  {HERE}\ndef {NAME}(volume: ebs.Volume): ...', "it has no Member"),
    Row("a family of strangers", f'@family("x", severity=HIGH, hipaa=("164.312(b)",), why="W.")  {HERE}\ndef {NAME}(volume: ebs.Volume): ...', "'x' is no Member"),
]  # fmt: skip

JUDGING = [
    judging("returns None", "volume.encrypted", "returned None and no verdict: return passed(...)"),
    judging("returns a bool", "return volume.encrypted", "returned a value of the type bool and no verdict"),
    judging("returns a text", "return 'pass'", "returned a value of the type str"),
    judging("returns a tuple", "return (passed('').status, 'is fine')", "returned a value of the type tuple"),
    judging("returns a generator", "return (each for each in [passed('is fine')])", "of the type generator"),
    judging("returns a coroutine", "return later()", "of the type coroutine", "async def later():\n    return passed('')\n\n\n"),
    judging("returns the class", "return Verdict", "returned the class Verdict"),
    judging("a status as a text", "return Verdict('pass', 'is fine')", "whose status is a value of the type str"),
    judging("a status of the law", "return Verdict(type(passed('').status)('partial'), 'is fine')", "whose status is"),
    judging("a message that is none", "return passed(None)", "whose message is None"),
    judging("a severity that is none", 'return failed("is so", "low")', "whose severity is a value of the type str"),
    shared("tells a text", "return 'yes'", "it told a value of the type str", judging=True),
    shared("tells a class", "return Verdict", "it told a value of the type type", judging=True),
    shared("tells a coroutine", "return later()\n\n\nasync def later():\n    return True", "of the type coroutine", judging=True),
    judging("raises", f"raise LookupError('no such ward')  {HERE}", "failed with LookupError: no such ward"),
    judging("a fact that is none", f"return passed('') if volume.encripted else failed('')  {HERE}", "AttributeError"),
    judging("calls itself for ever", f"return {NAME}.judge(volume)  {HERE}", "RecursionError"),
    judging("no memory", f"raise MemoryError  {HERE}", "failed with MemoryError"),
    judging("ends the program", f"raise SystemExit(0)  {HERE}", "failed with SystemExit: 0"),
    judging("an end of its own", f"raise Own  {HERE}", "failed with Own", "class Own(BaseException): ...\n\n\n"),
    judging("an error without a text", f"raise Mute  {HERE}", "Mute: an error without a text",
            "class Mute(Exception):\n    def __str__(self):\n        raise ValueError\n    __repr__ = __str__\n\n\n"),
]  # fmt: skip

ALL = ("own_before", NAME, "own_after")
SOUND = f'@control(title="T", severity=HIGH, hipaa=("164.312(b)",), why="W.", fix=Fix(note="N."))\ndef {NAME}(volume: ebs.Volume): ...'
FILES = [
    Row("another grammar", f"def broken(:  {HERE}", "SyntaxError", (), ()),
    Row("not UTF-8", "x = '\udcff'  # here\n", "SyntaxError", (), ()),
    Row("a module that is not there", f"import nothing_of_that_name  {HERE}\n\n{SOUND}", "ModuleNotFoundError", ALL, ()),
    Row("a family in a file that fails", f'x = 1 / 0  {HERE}\n\n@family(Member("own_broken", ebs.Volume, "T", Fix(note="N.")), severity=HIGH, hipaa=("164.312(b)",), why="W.")\ndef own_members(volume: ebs.Volume): ...', "ZeroDivisionError", ALL, ()),
    Row("a helper that fails", f"x = 1 / 0  {HERE}\n\n{SOUND}", "ZeroDivisionError", ALL, ()),
    Row("ends the program when loaded", f"raise SystemExit(0)  {HERE}\n\n{SOUND}", "SystemExit: 0", ALL, ()),
    Row("an object that cannot be looked into", f"class Odd:\n    def __getattr__(self, name):\n        raise ValueError(name)\n\n\nodd = Odd()\n\n\n{SOUND.replace(chr(10), f'  {HERE}' + chr(10), 1).replace(': ...', ':' + chr(10) + '    return odd.good')}", "the facts that it reads cannot be determined: ValueError", (NAME,)),
]  # fmt: skip

ROWS = [*DECLARED, *JUDGING, *FILES]
