# mypy: disable-error-code="no-untyped-call"
"""A seal's picture ready to be put into PDFs: compressed once, used in every document. Runs in the document host."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.writer import BasePdfFileWriter

from hebca_helper.documents.pictures import normal_picture


@dataclass(frozen=True, slots=True)
class SealPicture:
    """Both streams compressed (FlateDecode): RGB and, for what is transparent, grey."""

    width: int
    height: int
    colours: bytes
    mask: bytes

    def put(self, writer: BasePdfFileWriter, *, plain: bool = False) -> generic.IndirectObject:
        """An image XObject (ISO 32000-1, 8.9.5) with its soft mask; `plain`: with a mask of one bit, which is no
        transparency in the sense of PDF/A-1 (ISO 19005-1, 6.4)."""
        image = self._image("/DeviceRGB", self.colours)
        if plain:
            image[pdf_name("/Mask")] = writer.add_object(self._stencil())
        else:
            image[pdf_name("/SMask")] = writer.add_object(self._image("/DeviceGray", self.mask))
        reference: generic.IndirectObject = writer.add_object(image)
        return reference

    def _stencil(self) -> generic.StreamObject:
        """Ones are left out (ISO 32000-1, 8.9.6.3)."""
        grey = Image.frombytes("L", (self.width, self.height), zlib.decompress(self.mask))
        bits = grey.point(lambda value: 255 if value < 128 else 0).convert("1", dither=Image.Dither.NONE)
        made = self._image("", zlib.compress(bits.tobytes(), 6))
        made[pdf_name("/ImageMask")] = generic.BooleanObject(True)
        made[pdf_name("/BitsPerComponent")] = generic.NumberObject(1)
        return made

    def _image(self, colour_space: str, encoded: bytes) -> generic.StreamObject:
        entries = {
            "/Type": pdf_name("/XObject"),
            "/Subtype": pdf_name("/Image"),
            "/Width": generic.NumberObject(self.width),
            "/Height": generic.NumberObject(self.height),
            "/BitsPerComponent": generic.NumberObject(8),
            "/Filter": pdf_name("/FlateDecode"),
        }
        if colour_space:
            entries["/ColorSpace"] = pdf_name(colour_space)
        return generic.StreamObject({pdf_name(key): value for key, value in entries.items()}, encoded_data=encoded)


@lru_cache(maxsize=4)
def seal_picture(data: bytes) -> SealPicture:
    """From PNG, GIF, BMP or JPG. HelperError as `normal_picture`."""
    image = Image.open(io.BytesIO(normal_picture(data).png)).convert("RGBA")
    colours = zlib.compress(image.convert("RGB").tobytes(), 6)
    return SealPicture(image.width, image.height, colours, zlib.compress(image.getchannel("A").tobytes(), 6))
