"""Small step pictures, drawn when they are needed: figures of lines and circles, as on a safety card."""

import io
from collections.abc import Callable, Sequence

from PIL import Image, ImageDraw

Point = tuple[float, float]
SIZE = (480, 320)
PAPER, INK, ACCENT, GREY = "#fffdf7", "#22313f", "#c2410c", "#8a97a3"
WIDTH = 7


class Sketch:
    """A sheet to draw on."""

    def __init__(self) -> None:
        self._image = Image.new("RGB", SIZE, PAPER)
        self._draw = ImageDraw.Draw(self._image)

    def line(self, *points: Point, colour: str = INK, width: int = WIDTH) -> None:
        """A line through the points, with round ends."""
        self._draw.line(list(points), fill=colour, width=width, joint="curve")
        for x, y in (points[0], points[-1]):
            self._draw.circle((x, y), width / 2, fill=colour)

    def ring(self, centre: Point, radius: float, colour: str = INK) -> None:
        """A circle."""
        self._draw.circle(centre, radius, outline=colour, width=WIDTH)

    def box(self, left: float, top: float, right: float, bottom: float, colour: str = INK) -> None:
        """A rectangle with soft corners."""
        self._draw.rounded_rectangle((left, top, right, bottom), 8, outline=colour, width=WIDTH)

    def arrow(self, start: Point, end: Point) -> None:
        """An arrow: where the movement goes."""
        self.line(start, end, colour=ACCENT)
        (x0, y0), (x1, y1) = start, end
        length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
        u, v = (x1 - x0) / length * 18, (y1 - y0) / length * 18
        self.line(
            (x1 - u - v * 0.7, y1 - v + u * 0.7),
            (x1, y1),
            (x1 - u + v * 0.7, y1 - v - u * 0.7),
            colour=ACCENT,
        )

    def person(self, head: Point, spine: Sequence[Point], *limbs: Sequence[Point], colour: str = INK) -> None:
        """Somebody: a head, a back, arms and legs."""
        self.ring(head, 24, colour)
        for limb in (spine, *limbs):
            self.line(*limb, colour=colour)

    def floor(self) -> None:
        """The ground."""
        self.line((20, 296), (460, 296), colour=GREY)

    def png(self) -> bytes:
        """The picture as a PNG file."""
        out = io.BytesIO()
        self._image.quantize(32).save(out, "PNG", optimize=True)
        return out.getvalue()


def _bed(sheet: Sketch) -> None:
    sheet.floor()
    sheet.line((60, 296), (60, 150), colour=GREY)
    sheet.line((60, 220), (420, 220), (420, 296), colour=GREY)


def _bed_roll(sheet: Sketch) -> None:
    """Lying, the far knee bent, rolled towards the carer."""
    _bed(sheet)
    sheet.person(
        (105, 192), [(129, 200), (250, 206)], [(160, 202), (200, 176)], [(250, 206), (300, 150), (335, 206)]
    )
    sheet.arrow((190, 110), (250, 150))
    sheet.arrow((300, 95), (345, 140))


def _bed_sit(sheet: Sketch) -> None:
    """Sitting on the edge, the shoulder guided up in an arc."""
    _bed(sheet)
    sheet.person(
        (360, 76), [(358, 100), (350, 206)], [(356, 130), (310, 206)], [(350, 206), (440, 212), (440, 290)]
    )
    sheet.line((150, 196), (190, 128), (270, 92), colour=ACCENT)
    sheet.arrow((270, 92), (312, 84))


def _hand(sheet: Sketch, x: float, colour: str) -> None:
    """An open hand pointing up, its wrist at the bottom."""
    sheet.box(x, 150, x + 100, 236, colour)
    for i in range(4):
        sheet.line((x + 12 + i * 25, 150), (x + 12 + i * 25, 84 + abs(i - 1.5) * 10), colour=colour, width=16)
    sheet.line((x + 18, 236), (x + 18, 306), colour=colour)
    sheet.line((x + 82, 236), (x + 82, 306), colour=colour)


def _glove_pinch(sheet: Sketch) -> None:
    """Two gloved hands; one is pinched in the palm, below its edge."""
    _hand(sheet, 80, ACCENT)
    sheet.line((90, 262), (176, 262), colour=INK)
    sheet.line((400, 90), (300, 180), (170, 208), colour=ACCENT, width=18)
    sheet.line((420, 130), (320, 214), (170, 224), colour=ACCENT, width=18)
    sheet.arrow((230, 120), (230, 50))


def _glove_finger(sheet: Sketch) -> None:
    """A bare finger slides under the edge of the other glove, along the skin."""
    _hand(sheet, 80, ACCENT)
    sheet.line((90, 262), (176, 262), colour=INK)
    sheet.line((410, 250), (300, 284), (150, 284), colour=INK, width=16)
    sheet.ring((130, 190), 26, INK)
    sheet.arrow((250, 240), (180, 240))


def _pulse(sheet: Sketch) -> None:
    """The forearm rests on the chest; two fingers on the wrist, a watch in sight."""
    sheet.ring((120, 74), 40)
    sheet.line((120, 116), (120, 290))
    sheet.line((120, 140), (70, 220), (210, 232), (280, 232))
    sheet.line((460, 150), (330, 196), (240, 224), colour=ACCENT, width=14)
    sheet.line((460, 176), (330, 216), (256, 232), colour=ACCENT, width=14)
    sheet.ring((390, 90), 46, GREY)
    sheet.line((390, 90), (390, 56), colour=GREY)
    sheet.line((390, 90), (414, 100), colour=GREY)
    sheet.arrow((170, 204), (170, 150))


def _lift_low(sheet: Sketch) -> None:
    """Down with the knees and hips, the back straight, the box close."""
    sheet.floor()
    sheet.box(250, 216, 350, 292, ACCENT)
    sheet.person(
        (236, 92), [(222, 114), (150, 204)], [(210, 132), (258, 240)], [(150, 204), (232, 226), (206, 292)]
    )
    sheet.line((110, 214), (236, 60), colour=GREY, width=3)


def _lift_up(sheet: Sketch) -> None:
    """Up with the legs, the box along the thigh."""
    sheet.floor()
    sheet.box(214, 140, 314, 212, ACCENT)
    sheet.person(
        (196, 46), [(194, 70), (190, 180)], [(194, 96), (236, 160)], [(190, 180), (206, 236), (196, 292)]
    )
    sheet.arrow((370, 230), (370, 130))


def _eye_wash(sheet: Sketch) -> None:
    """The head bent to the hurt side, the water leaving towards the ear."""
    sheet.ring((230, 170), 92)
    sheet.line((178, 158), (202, 146), colour=INK)
    sheet.ring((272, 190), 16, ACCENT)
    sheet.line((300, 20), (300, 70), colour=GREY, width=18)
    for x in (290, 300, 310):
        sheet.line((x, 84), (x - 22, 176), colour="#2b6cb0", width=4)
    sheet.arrow((290, 204), (372, 262))
    sheet.line((324, 180), (344, 196), (328, 214), colour=INK)


SCENES: dict[str, Callable[[Sketch], None]] = {
    "bed-roll": _bed_roll,
    "bed-sit": _bed_sit,
    "glove-pinch": _glove_pinch,
    "glove-finger": _glove_finger,
    "pulse": _pulse,
    "lift-low": _lift_low,
    "lift-up": _lift_up,
    "eye-wash": _eye_wash,
}


def draw(name: str) -> bytes:
    """The picture of this name as a PNG file. Raises KeyError for an unknown one."""
    sheet = Sketch()
    SCENES[name](sheet)
    return sheet.png()
