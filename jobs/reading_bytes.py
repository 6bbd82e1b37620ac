"""An input file before its rows: compression, format, encoding, and what is refused as a whole."""

import codecs
import gzip
import hashlib
import io
import re
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from jobs.columns import plain
from jobs.columns_names import FIELDS, TITLES

BLOCK = 1 << 20
FRAME_BLOCK = 1 << 14
BINARY = {
    b"PK\x03\x04": "a zip or Excel file; save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "an old Excel file; save the sheet as CSV",
    b"%PDF": "a PDF; export the data as CSV",
    b"SQLite format 3": "a SQLite file; export the table as CSV",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"BZh": "a bzip2 file; decompress it or use gzip or zstd",
    b"\xfd7zXZ": "an xz file; decompress it or use gzip or zstd",
}
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
COMPRESSIONS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}


class InputError(ValueError):
    """A file that cannot be read as CSV, JSON lines or Parquet."""


@dataclass(frozen=True, slots=True)
class Source:
    """One input file; `encoding` is of its text, `hash` of its bytes as they lie on disk (SHA-256, hex)."""

    path: Path
    format: str
    compression: str
    encoding: str
    delimiter: str
    hash: str

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def stem(self) -> str:
        """The name without its endings: complaints.csv.gz is complaints."""
        return self.path.name.split(".")[0] or "input"

    def open(self) -> BinaryIO:
        """The bytes after decompression."""
        return opened(self.path, self.compression)

    def text(self) -> io.TextIOWrapper:
        """The text, with its line ends as they are."""
        return io.TextIOWrapper(self.open(), encoding=self.encoding, newline="")


def inspect(path: Path, *, encoding: str | None = None) -> Source:
    """Find out what a file is; text is decoded to its end once, so that nothing is stored of a broken file.

    Raises `InputError` (a ValueError) for an empty or binary file, a wrong encoding, a truncated archive.
    """
    if not path.is_file():
        raise InputError(f"expected a file, got {str(path)!r}; check the path")
    compression = _compression(path)
    try:
        if compression == "zstd":
            _check_frames(path)
        with opened(path, compression) as stream:
            head = stream.read(65536)
        if not head.strip(b"\r\n\t \x00"):
            raise InputError(f"{path.name}: expected rows, got an empty file; give one that has rows")
        if head.startswith(b"PAR1"):
            if compression:
                raise InputError(f"{path.name}: expected plain Parquet, got it inside {compression}; decompress it")
            return Source(path, "parquet", "", "", "", file_hash(path))
        named = _encoding(path, head, encoding)
        _decode(path, compression, named)
    except _broken_archives() as error:
        raise InputError(f"{path.name}: expected a whole {compression} file, got {error}; fetch it again") from None
    text = codecs.getincrementaldecoder(named)("ignore").decode(head)
    form = _format(path, text)
    return Source(path, form, compression, named, _delimiter(text) if form == "csv" else "", file_hash(path))


def opened(path: Path, compression: str) -> BinaryIO:
    """A file's bytes, decompressed."""
    if compression == "gzip":
        return cast(BinaryIO, gzip.open(path, "rb"))
    if compression == "zstd":
        import zstandard

        reader = zstandard.ZstdDecompressor().stream_reader(path.open("rb"), read_across_frames=True, closefd=True)
        return cast(BinaryIO, io.BufferedReader(cast(io.RawIOBase, reader), BLOCK))
    return path.open("rb")


def file_hash(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _compression(path: Path) -> str:
    with path.open("rb") as stream:
        head = stream.read(4)
    return next((name for magic, name in COMPRESSIONS.items() if head.startswith(magic)), "")


def _check_frames(path: Path) -> None:
    """A zstd stream that is cut off ends without an error: look whether its last frame is whole."""
    import zstandard

    frame = zstandard.ZstdDecompressor().decompressobj()
    with path.open("rb") as stream:
        while block := stream.read(FRAME_BLOCK):
            while block:
                if frame.eof:
                    frame = zstandard.ZstdDecompressor().decompressobj()
                frame.decompress(block)
                block = frame.unused_data if frame.eof else b""
    if not frame.eof:
        raise EOFError("one that ends before the end of its last frame")


def _encoding(path: Path, head: bytes, asked: str | None) -> str:
    for magic, what in BINARY.items():
        if head.startswith(magic):
            raise InputError(f"{path.name}: expected CSV, JSON lines or Parquet, got {what}")
    if asked is not None:
        try:
            "".encode(asked)
            return codecs.lookup(asked).name
        except (LookupError, ValueError):
            raise InputError(f"expected an encoding such as utf-8 or cp1252, got {asked!r}; correct it") from None
    bom = next((name for magic, name in BOMS.items() if head.startswith(magic)), None)
    if bom is not None:
        return bom
    controls = sum(head.count(byte) for byte in range(32) if byte not in (9, 10, 12, 13))
    if controls > 0.05 * len(head):
        raise InputError(
            f"{path.name}: expected text, got binary data ({controls:,} control bytes in the first {len(head):,}); "
            "if it is text, name its encoding, e.g. --encoding utf-16-le"
        )
    return "utf-8"


def _decode(path: Path, compression: str, encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    offset = 0
    with opened(path, compression) as stream:
        while True:
            block = stream.read(BLOCK)
            pending = len(decoder.getstate()[0])
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                where = offset - pending + error.start
                raise InputError(
                    f"{path.name}: expected {encoding} text, got byte 0x{error.object[error.start]:02x} "
                    f"at offset {where:,}; name the file's encoding, e.g. --encoding cp1252"
                ) from None
            if not block:
                return
            offset += len(block)


def _format(path: Path, head: str) -> str:
    endings = [part.lower() for part in path.name.split(".")[1:]]
    if "jsonl" in endings or "ndjson" in endings or head.lstrip().startswith("{"):
        return "jsonl"
    if "json" in endings or re.match(r"\s*\[\s*\{", head):
        raise InputError(f"{path.name}: expected one JSON object a line, got a JSON list; convert with jq -c '.[]'")
    return "lines" if "txt" in endings and not _names_a_column(head) else "csv"


def _names_a_column(head: str) -> bool:
    """Whether the first line has the name of a field in it: then a .txt is a table, else a text a line."""
    known = {name for fields in FIELDS.values() for field in fields.values() for name in field.names} | set(TITLES)
    return any(plain(cell.strip('"')) in known for cell in _header(head).split(_delimiter(head)))


def _delimiter(head: str) -> str:
    """The commonest candidate in the header, outside quotes."""
    bare = "".join(_header(head).split('"')[::2])
    return max(",;\t|", key=lambda mark: (bare.count(mark), -",;\t|".index(mark)))


def _header(head: str) -> str:
    return next((line for line in head.splitlines() if line.strip()), "")


def _broken_archives() -> tuple[type[Exception], ...]:
    import zstandard

    return (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError)
