"""Web pages saved as HTML: title, date, publisher and the main text, without the furniture.

No script runs, nothing is fetched, no entity is expanded: the parser (lexbor, by selectolax) only
builds a tree, which is walked without recursion so that a page nested a million deep is just long.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tiltmeter.feeds.decode import decode, one_line
from tiltmeter.feeds.drafts import DateHint, Draft, Findings, Item, Kind, Part, Refused, TextOptions

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_SKIP_TAGS = (
    "nav script style aside footer form noscript template svg iframe button select object canvas"
    " dialog menu head input textarea video audio math"
)
_SKIP = frozenset(_SKIP_TAGS.split())
_BLOCKS_TAGS = (
    "p li h1 h2 h3 h4 h5 h6 div section article main blockquote pre td th tr table ul ol dl dt dd"
    " figure figcaption header address details summary center body html br hr time"
)
_BLOCKS = frozenset(_BLOCKS_TAGS.split())
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:cookie|banner|share|sharing|social|related|comments?|newsletter|breadcrumbs?"
    r"|menu|sidebar|advert(?:isement)?|promo|subscribe|pagination|skip-link|sr-only)(?:$|[\s_-])",
    re.IGNORECASE,
)
_CONTENT = ("[itemprop=articleBody]", "article", "main", "[role=main]")
_DATE_META = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dc.date.issued",
    "dcterms.date",
    "dcterms.issued",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "parsely-pub-date",
    "sailthru.date",
    "citation_publication_date",
)
_OUTLET_META = ("og:site_name", "application-name", "dc.publisher", "citation_publisher")
_URL_DAY = re.compile(r"/((?:19|20)\d\d)/(0[1-9]|1[0-2])/([0-3]\d)(?:/|$)")
_MIN_CONTENT = 140
"""Characters an article element must hold to be believed; teasers hold fewer."""
_MAX_NODES = 2_000_000


def read_html(item: Item, options: TextOptions) -> Findings:
    """Yield the one draft of a web page."""
    raw, note = decode(item.data, markup=True)
    draft = page_draft(raw)
    if note:
        draft.notes.append((note, None))
    yield draft


def page_draft(html: str) -> Draft:
    """Return what an HTML string says, as a draft."""
    try:
        from selectolax.lexbor import LexborHTMLParser
    except ImportError as cause:
        raise Refused("HTML needs selectolax: pip install 'tiltmeter[text]'") from cause
    tree = LexborHTMLParser(html.replace("\0", ""))
    meta = _meta(tree)
    linked = list(_linked_data(tree))
    parts = _main_parts(tree)
    heading = next((p.text for p in parts if p.kind == "title"), "")
    first_h1 = tree.css_first("h1")
    title = (
        heading
        or one_line(meta.get("og:title", ""))
        or next((one_line(str(d["headline"])) for d in linked if d.get("headline")), "")
        or (one_line(first_h1.text()) if first_h1 else "")
        or _plain_title(tree)
    )
    body = [Part("body" if p.kind == "title" else p.kind, p.text) for p in parts if p.text != title]
    return Draft(body, title, dates=list(_dates(tree, meta, linked)), outlet=_outlet(meta, linked))


def _meta(tree: LexborHTMLParser) -> dict[str, str]:
    """First content of each meta element, by lower-case name or property."""
    out: dict[str, str] = {}
    for node in tree.css("meta"):
        held = node.attributes
        name = held.get("property") or held.get("name") or held.get("itemprop")
        content = held.get("content")
        if name and content:
            out.setdefault(name.strip().lower(), content.strip())
    return out


def _linked_data(tree: LexborHTMLParser) -> Iterator[dict[str, object]]:
    """Objects of JSON-LD in reading order, those that name a date of publication first."""
    found: list[dict[str, object]] = []
    for node in tree.css('script[type="application/ld+json"]')[:20]:
        try:
            stack = [json.loads(node.text())]
        except (ValueError, RecursionError):
            continue
        while stack and len(found) < 1_000:
            value = stack.pop()
            if isinstance(value, dict):
                found.append(value)
                stack.extend(reversed([v for v in value.values() if isinstance(v, dict | list)]))
            elif isinstance(value, list):
                stack.extend(reversed(value))
    yield from sorted(found, key=lambda d: "datePublished" not in d)


def _dates(
    tree: LexborHTMLParser, meta: dict[str, str], linked: list[dict[str, object]]
) -> Iterator[DateHint]:
    """Dates of publication, best first."""
    for name in _DATE_META:
        if name in meta:
            yield DateHint("metadata", meta[name])
    for data in linked:
        if isinstance(data.get("datePublished"), str):
            yield DateHint("metadata", data["datePublished"])
    for node in tree.css("time")[:1]:
        yield DateHint("metadata", node.attributes.get("datetime") or node.text())
    link = tree.css_first("link[rel=canonical]")
    url = (link.attributes.get("href") if link else None) or meta.get("og:url") or ""
    if found := _URL_DAY.search(url):
        yield DateHint("metadata", "-".join(found.groups()))


def _outlet(meta: dict[str, str], linked: list[dict[str, object]]) -> str | None:
    for name in _OUTLET_META:
        if meta.get(name):
            return one_line(meta[name], 500) or None
    for data in linked:
        publisher = data.get("publisher")
        name_of = publisher.get("name") if isinstance(publisher, dict) else publisher
        if isinstance(name_of, str) and name_of:
            return one_line(name_of, 500) or None
    return None


def _plain_title(tree: LexborHTMLParser) -> str:
    """Return the title element without the name of the site after its last bar or dash."""
    node = tree.css_first("title")
    words = one_line(node.text()) if node else ""
    head, mark, tail = words.rpartition(" | ")
    if not mark:
        head, mark, tail = words.rpartition(" - ")
    return head if mark and len(tail) < len(head) else words


def _main_parts(tree: LexborHTMLParser) -> list[Part]:
    """Parts of the main content; kind title marks the first h1."""
    whole = list(_walk(tree.body, inside=False)) if tree.body else []
    for selector in _CONTENT:
        nodes = tree.css(selector)[:50]
        if nodes:
            found = [list(_walk(n, inside=True)) for n in nodes]
            best = max(found, key=_size)
            if _size(best) >= min(_MIN_CONTENT, _size(whole)) and best:
                return best
    return whole


def _size(parts: list[Part]) -> int:
    return sum(len(p.text) for p in parts)


def _walk(root: LexborNode, *, inside: bool) -> Iterator[Part]:
    """Yield the text blocks under ``root`` in reading order.

    Args:
        root: Element to walk; its siblings are not visited.
        inside: True within an article, where ``header`` holds the headline and not the site's name.
    """
    words: list[str] = []
    kinds: list[str] = []  # open elements that give a block its kind
    titled = False
    node: LexborNode | None = root
    depth = 0
    for _ in range(_MAX_NODES):
        if node is None:
            break
        tag = node.tag or ""
        below = None
        if tag == "-text":
            words.append(node.text_content or "")
        elif not _skipped(node, tag, inside=inside):
            if tag in _BLOCKS:
                yield from _flush(words, kinds, titled=titled)
            if tag == "li" or tag in _HEADINGS:
                kinds.append(tag)
            below = node.child
            if below is None and tag in kinds[-1:]:
                kinds.pop()
        if below is not None:
            node, depth = below, depth + 1
            continue
        while depth and node is not None and node.next is None:
            node, depth = node.parent, depth - 1
            if node is not None and (node.tag or "") in _BLOCKS:
                block = list(_flush(words, kinds, titled=titled))
                titled = titled or any(p.kind == "title" for p in block)
                yield from block
                if kinds and kinds[-1] == node.tag:
                    kinds.pop()
        node = node.next if depth and node is not None else None
    yield from _flush(words, kinds, titled=titled)


def _flush(words: list[str], kinds: list[str], *, titled: bool) -> Iterator[Part]:
    """Yield the words gathered as one part, if there are any, and forget them."""
    text = one_line("".join(words))
    words.clear()
    if not text:
        return
    kind: Kind = "body"
    if kinds and kinds[-1] == "h1" and not titled:
        kind = "title"
    elif "li" in kinds:
        kind = "bullet"
    yield Part(kind, text)


def _skipped(node: LexborNode, tag: str, *, inside: bool) -> bool:
    """Whether an element is furniture, hidden, or no element at all (comment, doctype)."""
    if tag in _SKIP or tag.startswith(("-", "!", "_")) or (tag == "header" and not inside):
        return tag not in ("-document", "-undef")
    held = node.attributes
    if not held:
        return False
    if "hidden" in held or held.get("aria-hidden") == "true":
        return True
    if "display:none" in (held.get("style") or "").replace(" ", ""):
        return True
    names = f"{held.get('class') or ''} {held.get('id') or ''}"
    return tag not in ("body", "html", "article", "main") and bool(_FURNITURE.search(names[:500]))
