"""A PDF of one page of text, small and valid."""

from collections.abc import Sequence


def document(lines: Sequence[str]) -> bytes:
    """Return a PDF with the lines below each other; characters outside Windows-1252 show as question marks."""
    text = b"\n".join(b"(" + _escaped(line) + b") Tj T*" for line in lines)
    content = b"BT /F1 12 Tf 18 TL 60 760 Td\n" + text + b"\nET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    return _file(objects)


def _file(objects: Sequence[bytes]) -> bytes:
    body = b"%PDF-1.4\n"
    offsets = []
    for number, each in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%b\nendobj\n" % (number, each)
    table = b"0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, len(body))
    return body + b"xref\n0 %d\n" % size + table + trailer


def _escaped(line: str) -> bytes:
    plain = line.encode("cp1252", "replace")
    for special in (b"\\", b"(", b")"):
        plain = plain.replace(special, b"\\" + special)
    return plain
