"""Stories -> panel: state x pole x domain x month, and the coverage contact is measured against.

Portable SQL: plain CTEs, casts to the contract's types, half-open dates, no engine's own functions.
What counts: stories done or planned (a plan is an AGREE or a THREATEN, so it counts as words, not
deeds) that the coder is not too unsure of; both directions of the dyad; actors that act for a
state. Rebels, the opposition, journalists and crowds do not: a crisis inside a state is not a move
between states.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import pyarrow as pa

from tiltmeter.knowledge.poles import Pole

# Sectors that do not act for their state.
PRIVATE: Final = (
    "REB",
    "OPP",
    "CVL",
    "JRN",
    "NGO",
    "PTY",
    "REL",
    "CRM",
    "UAF",
    "REF",
    "ELI",
    "EDU",
)
# Events the coder itself takes to be rather wrong than right do not count.
MIN_CONFIDENCE: Final = 0.3
_PRIVATE_SQL: Final = ", ".join(f"'{s}'" for s in PRIVATE)

# One row for each happening and each of its two sides.
_SIDES: Final = f"""
with usable as (
  select story_id, happening, source, target, quad_class, domain, date,
         cast(date_trunc('month', date) as date) as month
  from stories
  where target is not null and source <> target and status in ('done', 'planned')
    and confidence >= {MIN_CONFIDENCE}
    and coalesce(source_sector, 'GOV') not in ({_PRIVATE_SQL})
    and coalesce(target_sector, 'GOV') not in ({_PRIVATE_SQL})
),
sides as (
  select story_id, happening, source as me, target as other, quad_class, domain, date, month
  from usable
  union all
  select story_id, happening, target as me, source as other, quad_class, domain, date, month
  from usable
)"""  # noqa: S608

PANEL_SQL: Final = (
    _SIDES  # noqa: S608
    + """,
hits as (
  select s.me as state, m.pole, s.domain, s.month, s.happening, s.quad_class,
         min(s.story_id) as story_id
  from sides s
  join members m on m.code = s.other and m.valid_from <= s.date and s.date < m.valid_to
  left join members own
    on own.pole = m.pole and own.code = s.me and own.valid_from <= s.date and s.date < own.valid_to
  join states t on t.code = s.me
  where own.code is null
  group by 1, 2, 3, 4, 5, 6
)
select state, pole, domain, month,
  cast(count(*) filter (where quad_class = 4) as integer) as n_mconf,
  cast(count(*) filter (where quad_class = 3) as integer) as n_vconf,
  cast(count(*) filter (where quad_class = 1) as integer) as n_vcoop,
  cast(count(*) filter (where quad_class = 2) as integer) as n_mcoop,
  array_agg(distinct story_id) as story_ids
from hits
group by 1, 2, 3, 4
"""
)

COVERAGE_SQL: Final = (
    _SIDES
    + """
select 'state' as kind, me as code, month, cast(count(distinct happening) as integer) as n_stories
from sides group by 1, 2, 3
union all
select 'pole' as kind, m.pole as code, s.month, cast(count(distinct s.happening) as integer)
from sides s join members m on m.code = s.me and m.valid_from <= s.date and s.date < m.valid_to
group by 1, 2, 3
union all
select 'all' as kind, '*' as code, month, cast(count(distinct happening) as integer)
from sides group by 1, 2, 3
"""
)

MEMBERS_SCHEMA: Final = pa.schema(
    [
        ("pole", pa.string()),
        ("code", pa.string()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
    ]
)
_FOREVER: Final = date(9999, 1, 1)
_BEGIN: Final = date(1, 1, 1)


def members_table(poles: list[Pole]) -> pa.Table:
    """Members of poles as rows with half-open validity; an open end is the year 9999."""
    rows = [
        {
            "pole": pole.name,
            "code": member.code,
            "valid_from": member.valid_from or _BEGIN,
            "valid_to": member.valid_to or _FOREVER,
        }
        for pole in sorted(poles, key=lambda p: p.name)
        for member in sorted(pole.members, key=lambda m: (m.code, m.valid_from or _BEGIN))
    ]
    return pa.Table.from_pylist(rows, schema=MEMBERS_SCHEMA)


def states_table(codes: list[str]) -> pa.Table:
    """Codes of the states the panel is made for."""
    return pa.table({"code": pa.array(sorted(codes), pa.string())})
