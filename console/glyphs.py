"""Small drawings that stand beside a state, so that no state is told by its colour alone."""

from __future__ import annotations

from django.utils.safestring import SafeString, mark_safe

_STROKE = (
    'fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round"'
)

_DRAWINGS = {
    "dot": '<circle cx="6" cy="6" r="4" fill="currentColor"/>',
    "ring": f'<circle cx="6" cy="6" r="4" {_STROKE}/>',
    "half": f'<circle cx="6" cy="6" r="4" {_STROKE}/><path d="M6 2a4 4 0 0 0 0 8z" fill="currentColor"/>',
    "check": f'<path d="M2.2 6.4 4.9 9l5-6" {_STROKE}/>',
    "cross": f'<path d="m3 3 6 6M9 3 3 9" {_STROKE}/>',
    "clock": f'<circle cx="6" cy="6" r="4.4" {_STROKE}/><path d="M6 3.6V6l1.6 1" {_STROKE}/>',
    "back": f'<path d="M4.6 2.2 2 4.8l2.6 2.6M2.4 4.8h5a2.5 2.5 0 0 1 0 5H5.6" {_STROKE}/>',
    "forward": f'<path d="M2 6h7.6M6.6 3l3 3-3 3" {_STROKE}/>',
    "alert": f'<path d="M6 1.6 11 10.4H1z" {_STROKE}/><path d="M6 5v2.2M6 8.8v.1" {_STROKE}/>',
    "lock": f'<rect x="2.4" y="5.4" width="7.2" height="5" rx="1.2" fill="currentColor"/>'
    f'<path d="M4 5.4V4a2 2 0 0 1 4 0v1.4" {_STROKE}/>',
    "minus": f'<path d="M2.6 6h6.8" {_STROKE}/>',
    "pen": f'<path d="M2 10l.6-2.4L8 2.2 9.8 4 4.4 9.4z" {_STROKE}/>',
    "question": f'<path d="M4 4.4a2 2 0 1 1 2.8 1.8c-.5.2-.8.6-.8 1.1M6 9.4v.1" {_STROKE}/>',
    "stop": f'<circle cx="6" cy="6" r="4.4" {_STROKE}/><path d="m3 3 6 6" {_STROKE}/>',
    "unlinked": f'<path d="M4.6 7.4 3.4 8.6a1.6 1.6 0 0 1-2.2-2.2l1.6-1.6M7.4 4.6l1.2-1.2a1.6 1.6 0 0 1 2.2 2.2L9.2 7.2'
    f'M2 2l8 8" {_STROKE}/>',
}  # fmt: skip


def _draw(drawing: str) -> SafeString:
    svg = f'<svg class="glyph" viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">{drawing}</svg>'
    return mark_safe(svg)  # noqa: S308 - nothing in it comes from outside this file


GLYPHS: dict[str, SafeString] = {name: _draw(drawing) for name, drawing in _DRAWINGS.items()}
