"""Table contracts: one place that says what every table holds.

Each ``Contract`` is data: columns with Arrow type, unit or meaning in one sentence, whether null is
allowed, and the key. ``check`` is called at every stage border, so a table that leaves a stage can
be trusted by the next one. Words are those of the design's glossary; "source" is always the
initiator of an event, never a publisher.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from tiltmeter.errors import SchemaError


@dataclass(frozen=True, slots=True)
class Column:
    """One column: name, Arrow type, one sentence of meaning, and whether null may occur."""

    name: str
    type: pa.DataType
    doc: str
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Contract:
    """The promise a table makes: columns in order, and the key that is unique and never null."""

    name: str
    doc: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def schema(self) -> pa.Schema:
        """Arrow schema of the contract, in column order."""
        return pa.schema([pa.field(c.name, c.type, c.nullable) for c in self.columns])

    def empty(self) -> pa.Table:
        """A table of no rows that keeps the contract."""
        return self.schema.empty_table()

    def table(self, rows: list[dict[str, object]]) -> pa.Table:
        """Build a table from row dictionaries; keys that are not columns raise ``SchemaError``."""
        known = {c.name for c in self.columns}
        for row in rows:
            if extra := set(row) - known:
                raise SchemaError(f"table {self.name}: unknown column(s) {sorted(extra)}")
        return self.check(pa.Table.from_pylist(rows, schema=self.schema))

    def check(self, table: pa.Table, *, stage: str = "") -> pa.Table:
        """Return ``table`` cast to the contract, or raise.

        Args:
            table: Any table with the contract's columns, in any order.
            stage: Name of the stage that made it, for the message.

        Raises:
            SchemaError: A column is missing, extra or of a type that does not cast, a column that
                must not be null holds null, or the key repeats (the first five are in the context).
        """
        where = f"{stage}: table {self.name}" if stage else f"table {self.name}"
        want, have = [c.name for c in self.columns], list(table.column_names)
        if missing := [n for n in want if n not in have]:
            raise SchemaError(f"{where}: missing column(s) {missing}", stage=stage, table=self.name)
        if extra := [n for n in have if n not in want]:
            raise SchemaError(f"{where}: extra column(s) {extra}", stage=stage, table=self.name)
        arrays = []
        for column in self.columns:
            values = table.column(column.name)
            try:
                values = values.cast(column.type)
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as cause:
                raise SchemaError(
                    f"{where}: column {column.name} is {values.type}, "
                    f"must be {column.type}: {cause}",
                    column=column.name,
                ) from cause
            if values.null_count and not column.nullable:
                raise SchemaError(
                    f"{where}: column {column.name} holds {values.null_count} null(s)",
                    column=column.name,
                )
            arrays.append(values)
        out = pa.Table.from_arrays(arrays, schema=self.schema)
        self._check_key(out, where)
        return out

    def _check_key(self, table: pa.Table, where: str) -> None:
        if not table.num_rows:
            return
        counts = table.group_by(list(self.key)).aggregate([([], "count_all")])
        if counts.num_rows < table.num_rows:
            twice = counts.filter(pc.field("count_all") > 1).slice(0, 5).to_pylist()
            raise SchemaError(f"{where}: key {self.key} repeats", rows=twice)


_S, _I, _F, _D, _B = pa.string(), pa.int32(), pa.float64(), pa.date32(), pa.bool_()
_IDS = pa.list_(pa.string())

DOCUMENTS = Contract(
    "documents",
    "One text as it was published, once, whatever number of files it lies in.",
    (
        Column("document_id", _S, "First 16 hex digits of the SHA-256 of outlet, date and text."),
        Column("path", _S, "Path of the file under the folder read, with '!' for archive members."),
        Column("title", _S, "Headline, empty if there is none."),
        Column("text", _S, "Normalised text (NFC, LF), title first; all offsets point into it."),
        Column(
            "segments",
            pa.list_(pa.struct([("kind", _S), ("start", _I), ("end", _I)])),
            "Parts of text: kind title, lead, bullet or body; half-open character offsets.",
        ),
        Column("outlet", _S, "Publisher, if known.", nullable=True),
        Column("published", _D, "Day of publication."),
        Column("date_precision", _S, "day, month or year: how exactly published is known."),
        Column("date_origin", _S, "metadata, front_matter, dateline, file_name or option."),
        Column("lang", _S, "ISO 639-1 code of the language detected."),
        Column("n_copies", _I, "Number of times this text was met (files or records)."),
        Column("external_id", _S, "Identifier the input itself gave, if any.", nullable=True),
    ),
    ("document_id",),
)

REJECTS = Contract(
    "rejects",
    "Everything that was not used, with the reason. Nothing is dropped in silence.",
    (
        Column("path", _S, "File, with '!' for archive members."),
        Column("place", _S, "Line, record, page, byte or characters; empty for the whole file."),
        Column("stage", _S, "Stage that refused it."),
        Column("reason", _S, "What was wrong, one sentence."),
        Column("value", _S, "The first 200 characters of the value, if that helps.", nullable=True),
    ),
    ("path", "place", "stage", "reason"),
)

SENTENCES = Contract(
    "sentences",
    "Sentences that were looked at and gave no event, with the reason.",
    (
        Column("document_id", _S, "Document."),
        Column("start", _I, "First character in the document's text."),
        Column("end", _I, "Character after the last."),
        Column("reason", _S, "Why nothing was coded: a code of coding.reasons."),
        Column("detail", _S, "What was seen (actors, triggers), for a human reader."),
    ),
    ("document_id", "start"),
)

EVENTS = Contract(
    "events",
    "One directed dyad of one event as told by one sentence.",
    (
        Column("event_id", _S, "Document, sentence and running number, joined by ':'."),
        Column("document_id", _S, "Document that tells it."),
        Column("sentence_start", _I, "First character of the sentence in the document's text."),
        Column("sentence_end", _I, "Character after the sentence's last."),
        Column("text", _S, "The sentence."),
        Column("source", _S, "Code of the initiator: ISO3, EUR, or an organisation's code."),
        Column("source_sector", _S, "PLOVER sector of the initiator, if known.", nullable=True),
        Column("source_name", _S, "Words of the text that name the initiator."),
        Column("target", _S, "Code of the recipient; null if the text names none.", nullable=True),
        Column("target_sector", _S, "PLOVER sector of the recipient.", nullable=True),
        Column("target_name", _S, "Words that name the recipient.", nullable=True),
        Column("event_type", _S, "PLOVER 2021 type."),
        Column("mode", _S, "Sub-form of the type, if known.", nullable=True),
        Column(
            "quad_class", _I, "1 verbal coop., 2 material coop., 3 verbal, 4 material conflict."
        ),
        Column("domain", _S, "political, security, economic, energy or society."),
        Column("status", _S, "done, planned, denied or alleged."),
        Column("attribution", _S, "Who is named as saying so, if anyone.", nullable=True),
        Column("date", _D, "Day of the event, resolved against the day of publication."),
        Column("date_precision", _S, "day, week, month, season or year."),
        Column("published", _D, "Day of the report."),
        Column("outlet", _S, "Publisher, if known.", nullable=True),
        Column("trigger", _S, "Words that carry the event type."),
        Column("trigger_start", _I, "Offset of the trigger in the document's text."),
        Column("trigger_end", _I, "Offset after the trigger."),
        Column(
            "source_start", _I, "Offset of the initiator's name; null if implied.", nullable=True
        ),
        Column("source_end", _I, "Offset after it.", nullable=True),
        Column("target_start", _I, "Offset of the recipient's name.", nullable=True),
        Column("target_end", _I, "Offset after it.", nullable=True),
        Column("confidence", _F, "0..1, the coder's own."),
        Column("feed", _S, "Feed the document came by."),
    ),
    ("event_id",),
)

STORIES = Contract(
    "stories",
    "One happening of one directed dyad, however many reports tell it.",
    (
        Column(
            "story_id", _S, "First 16 hex digits of the SHA-256 of its earliest event's content."
        ),
        Column(
            "happening",
            _S,
            "Event (without dyad number) that tells it best; dyads of one act share it.",
        ),
        Column("source", _S, "Initiator."),
        Column("source_sector", _S, "PLOVER sector of the initiator.", nullable=True),
        Column("target", _S, "Recipient; null if none is named.", nullable=True),
        Column("target_sector", _S, "PLOVER sector of the recipient.", nullable=True),
        Column("event_type", _S, "PLOVER type."),
        Column("quad_class", _I, "1 to 4, see events."),
        Column("domain", _S, "Domain."),
        Column("status", _S, "done, planned, denied or alleged."),
        Column("date", _D, "Day of the happening (earliest event of the best precision)."),
        Column("date_precision", _S, "day, week, month, season or year."),
        Column("published", _D, "First day on which it was reported."),
        Column("text", _S, "The sentence that tells it best (highest confidence, then earliest)."),
        Column("document_id", _S, "Document of that sentence."),
        Column("n_reports", _I, "Sentences that tell it."),
        Column("n_documents", _I, "Documents that tell it."),
        Column("event_ids", _IDS, "Events joined in it, sorted."),
        Column("confidence", _F, "Highest confidence of its events."),
        Column("feed", _S, "Feed."),
    ),
    ("story_id",),
)

PANEL = Contract(
    "panel",
    "Stories counted: state x pole x domain x month. "
    "Only cells of months with any story of the pair.",
    (
        Column("state", _S, "ISO3."),
        Column("pole", _S, "Pole name."),
        Column("domain", _S, "Domain."),
        Column("month", _D, "First day of the month."),
        Column("n_mconf", _I, "Material-conflict stories between state and pole, both directions."),
        Column("n_vconf", _I, "Verbal-conflict stories."),
        Column("n_vcoop", _I, "Verbal-cooperation stories."),
        Column("n_mcoop", _I, "Material-cooperation stories."),
        Column("story_ids", _IDS, "The stories counted, sorted."),
    ),
    ("state", "pole", "domain", "month"),
)

COVERAGE = Contract(
    "coverage",
    "How much was reported of a state or a pole in a month, "
    "so that more news is not more friendship.",
    (
        Column("kind", _S, "state, pole or all."),
        Column("code", _S, "ISO3, pole name, or '*' for all."),
        Column("month", _D, "First day of the month."),
        Column(
            "n_stories", _I, "International stories that involve it, whoever the other side is."
        ),
    ),
    ("kind", "code", "month"),
)

_POSTERIOR = (
    Column("mean", _F, "Posterior mean, in units of the latent scale (logit of tone)."),
    Column("sd", _F, "Posterior standard deviation."),
    Column("lo50", _F, "Lower bound of the 50 % interval."),
    Column("hi50", _F, "Upper bound of the 50 % interval."),
    Column("lo", _F, "Lower bound of the interval of probability ci_prob."),
    Column("hi", _F, "Upper bound."),
    Column("ci_prob", _F, "Probability of lo..hi."),
    Column("ci_kind", _S, "Kind of interval: 'laplace' (Gaussian at the posterior mode)."),
)

CLOSENESS = Contract(
    "closeness",
    "Latent closeness of a state to one pole, by domain, month and component.",
    (
        Column("state", _S, "ISO3."),
        Column("pole", _S, "Pole name."),
        Column("domain", _S, "Domain, or 'overall' for what the domains share."),
        Column("month", _D, "First day of the month."),
        Column("component", _S, "total (pole + level + transient), level, transient or pole."),
        *_POSTERIOR,
        Column("n_stories", _I, "Stories of this cell in this month."),
    ),
    ("state", "pole", "domain", "month", "component"),
)

TILT = Contract(
    "tilt",
    "Closeness to pole_a minus closeness to pole_b.",
    (
        Column("state", _S, "ISO3."),
        Column("pole_a", _S, "Pole the tilt is positive towards."),
        Column("pole_b", _S, "The other pole."),
        Column("domain", _S, "Domain, or 'overall'."),
        Column("month", _D, "First day of the month."),
        *_POSTERIOR,
        Column("n_stories", _I, "Stories with either pole in this cell and month."),
    ),
    ("state", "pole_a", "pole_b", "domain", "month"),
)

SHIFTS = Contract(
    "shifts",
    "Dated changes of closeness to one pole (pole_b null) or of tilt (pole_b given).",
    (
        Column("shift_id", _S, "state:pole[:pole_b]:domain:kind:change month."),
        Column("state", _S, "ISO3."),
        Column("pole", _S, "Pole (pole_a where it is a tilt)."),
        Column("pole_b", _S, "The other pole of a tilt, else null.", nullable=True),
        Column("domain", _S, "Domain, or 'overall'."),
        Column("kind", _S, "change_point (searched) or window (two named windows compared)."),
        Column("change_point", _D, "First month of the new state of things."),
        Column("change_lo", _D, "Lower bound of the date, probability ci_prob."),
        Column("change_hi", _D, "Upper bound of the date."),
        Column("before_from", _D, "First month of the window before."),
        Column("before_to", _D, "Last month of the window before."),
        Column("after_from", _D, "First month of the window after."),
        Column("after_to", _D, "Last month of the window after."),
        Column("size", _F, "Mean after minus mean before, latent units."),
        Column("sd", _F, "Posterior standard deviation of size."),
        Column("lo", _F, "Lower bound of size."),
        Column("hi", _F, "Upper bound of size."),
        Column("ci_prob", _F, "Probability of lo..hi."),
        Column("ci_kind", _S, "Kind of interval."),
        Column("delta", _F, "The change that counts as one, latent units."),
        Column("p_up", _F, "P(size > delta): closer."),
        Column("p_down", _F, "P(size < -delta): further."),
        Column("p_direction", _F, "P(size > 0)."),
        Column("share_level", _F, "Share of size that is level (lasting), 0..1.", nullable=True),
        Column(
            "share_pole", _F, "Share of size that the pole does to all states, 0..1.", nullable=True
        ),
        Column("n_stories", _I, "Stories in both windows."),
        Column(
            "p_change",
            _F,
            "Probability that a lasting change is there at all; null for a window.",
            nullable=True,
        ),
    ),
    ("shift_id",),
)

EVIDENCE = Contract(
    "evidence",
    "What each story contributes to a shift; the contributions of a shift sum to its size.",
    (
        Column("shift_id", _S, "Shift explained."),
        Column("rank", _I, "1 = largest absolute contribution."),
        Column("kind", _S, "story, silence (what was to be expected of the pair) or prior."),
        Column("story_id", _S, "Story; null for silence and prior.", nullable=True),
        Column("contribution", _F, "Part of size owed to it, latent units, signed."),
        Column("share", _F, "Absolute contribution over the sum of absolute contributions."),
    ),
    ("shift_id", "rank"),
)

FAILURES = Contract(
    "failures",
    "Series or groups a stage could not do; the rest of the run stands.",
    (
        Column("stage", _S, "Stage."),
        Column("key", _S, "Group."),
        Column("error", _S, "Class of the error."),
        Column("message", _S, "Its message."),
    ),
    ("stage", "key"),
)

CONTRACTS: dict[str, Contract] = {
    c.name: c
    for c in (
        DOCUMENTS,
        REJECTS,
        SENTENCES,
        EVENTS,
        STORIES,
        PANEL,
        COVERAGE,
        CLOSENESS,
        TILT,
        SHIFTS,
        EVIDENCE,
        FAILURES,
    )
}

DOMAINS: tuple[str, ...] = ("political", "security", "economic", "energy", "society")
OVERALL = "overall"
