"""What the coder made of each sentence, shown: spans, confidence, and why nothing was coded."""

from __future__ import annotations

from tiltmeter.why.explanation import Explanation, document_of, explain, explain_text

__all__ = ["Explanation", "document_of", "explain", "explain_text"]
