"""The measures of item analysis, each by its published formula: plain arithmetic over sums.

What is not defined (a correlation with something that never varies, a share of nobody) is None, never NaN or infinity.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from lesson_lib.know.catalogue import N_

Interval = tuple[float, float]


@dataclass(frozen=True)
class Measure:
    """One measure as the page explains it: what it says in a line, and where its definition stands.

    The name and what it says are translated when they are shown; a source is cited as it is.
    """

    name: str
    says: str
    source: str


MEASURES = (
    Measure(
        N_("Right, or share of points"),
        N_(
            "The part of the class that has the item right; with partial credit, the part of the points that was "
            "earned. It is called difficulty, and a high number means easy."
        ),
        "Ebel, R. L. (1954), Procedures for the analysis of classroom tests, Educational "
        "and Psychological Measurement 14, 352–364.",
    ),
    Measure(
        N_("95 % interval of a share"),
        N_(
            "Where the share would plausibly lie if many classes like this one answered. The smaller the class, the "
            "wider."
        ),
        "Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference, Journal of the "
        "American Statistical Association 22, 209–212.",
    ),
    Measure(
        N_("Upper minus lower (D)"),
        N_(
            "The share of points in the 27 % of the class with the best totals, minus that in the 27 % with the "
            "lowest. From 0.40 an item separates very well, from 0.30 well, from 0.20 a little, below it hardly. An "
            "item that nearly all or nearly none have right cannot reach much."
        ),
        "Kelley, T. L. (1939), The selection of upper and lower groups for the validation of test items, Journal of "
        "Educational Psychology 30, 17–24; bands by Ebel, R. L. (1979), Essentials of Educational Measurement, 3rd "
        "ed., Prentice-Hall; on its greatest value Tristán López, A. (1998), Rasch Measurement Transactions 12:1, 626.",
    ),
    Measure(
        N_("Item with the rest (r)"),
        N_(
            "Whether those who do well on everything else do well on this item too: 1 always, 0 no connection, below 0 "
            "the other way round. The item itself is left out of the rest. For a right-or-wrong item this is the "
            "corrected point-biserial correlation."
        ),
        "Henrysson, S. (1963), Correction of item-total correlations in item analysis, Psychometrika 28, 211–218; "
        "interval by Fisher, R. A. (1921), Metron 1, 3–32.",
    ),
    Measure(
        N_("Reliability: KR-20"),
        N_(
            "How much of the differences between totals would come again with other questions of the same kind, from 0 "
            "to 1; for items that are only right or wrong."
        ),
        "Kuder, G. F., and Richardson, M. W. (1937), The theory of the estimation of test reliability, Psychometrika "
        "2, 151–160.",
    ),
    Measure(
        N_("Reliability: Cronbach’s alpha"),
        N_("The same where items earn partial credit or different points."),
        "Cronbach, L. J. (1951), Coefficient alpha and the internal structure of tests, Psychometrika 16, 297–334.",
    ),
    Measure(
        N_("Certainty and being right"),
        N_(
            "Of the answers called certain, fairly sure or a guess, how many are right. Well judged means that certain "
            "answers are nearly always right and guesses are not."
        ),
        "Lichtenstein, S., Fischhoff, B., and Phillips, L. D. (1982), Calibration of probabilities: the state of the "
        "art to 1980, in Kahneman, Slovic and Tversky (eds.), Judgment under Uncertainty, Cambridge University Press.",
    ),
    Measure(
        N_("Gain"),
        N_(
            "What the class gained from warm-up to exit, as a share of what it could still gain: below 0.3 low, from "
            "0.7 high, medium between."
        ),
        "Hake, R. R. (1998), Interactive-engagement versus traditional methods, American Journal of Physics 66, 64–74.",
    ),
    Measure(
        N_("Choices that nobody takes"),
        N_("A wrong choice that fewer than 5 in 100 take does no work."),
        "Haladyna, T. M., and Downing, S. M. (1993), How many options is enough for a multiple-choice test item?, "
        "Educational and Psychological Measurement 53, 999–1010.",
    ),
)
"""Every measure on the page with its source, in the order in which the page explains them."""

Z = 1.959963984540054
"""95 % of a normal distribution lie within this many standard deviations."""


def wilson(right: float, of: float) -> Interval | None:
    """The 95 % interval of a share (Wilson 1927); None of nobody.

    >>> [round(end, 4) for end in wilson(81, 263)]
    [0.2553, 0.3662]
    """
    if of <= 0:
        return None
    share, square = right / of, Z * Z / of
    centre = (share + square / 2) / (1 + square)
    half = Z * math.sqrt(share * (1 - share) / of + square / (4 * of)) / (1 + square)
    return (0.0 if right <= 0 else centre - half), (1.0 if right >= of else centre + half)


@dataclass
class Moments:
    """The sums that a correlation needs: of x, of y, their squares and their product."""

    n: int = 0
    x: float = 0.0
    y: float = 0.0
    xx: float = 0.0
    yy: float = 0.0
    xy: float = 0.0

    def add(self, x: float, y: float) -> None:
        self.n += 1
        self.x += x
        self.y += y
        self.xx += x * x
        self.yy += y * y
        self.xy += x * y

    @property
    def correlation(self) -> float | None:
        """Pearson's r; with x right or wrong it is the point-biserial. None where x or y never varies.

        >>> sums = Moments()
        >>> for right, total in ((1, 50), (1, 45), (1, 45), (1, 40), (0, 35), (0, 30), (0, 30), (0, 25)):
        ...     sums.add(right, total)
        >>> round(sums.correlation, 3)
        0.905
        """
        if self.n < 3:
            return None
        spread_x = self.xx - self.x * self.x / self.n
        spread_y = self.yy - self.y * self.y / self.n
        # Sums of equal numbers leave a trace of rounding, which is no variation.
        if spread_x <= 1e-9 * max(self.xx, 1e-9) or spread_y <= 1e-9 * max(self.yy, 1e-9):
            return None
        found = (self.xy - self.x * self.y / self.n) / math.sqrt(spread_x * spread_y)
        return max(-1.0, min(1.0, found))


def fisher(correlation: float, n: int) -> Interval | None:
    """The 95 % interval of a correlation (Fisher 1921); None for fewer than four, or a perfect one."""
    if n < 4 or abs(correlation) >= 1:
        return None
    centre, half = math.atanh(correlation), Z / math.sqrt(n - 3)
    return math.tanh(centre - half), math.tanh(centre + half)


def alpha(length: float, variance: float, covariance: float) -> float | None:
    """Cronbach's alpha of a test with so many items, from their mean variance and their mean covariance.

    With items that are right or wrong it is KR-20. The mean over pairs lets it be had where students drew different
    items. None for fewer than two items, or where totals do not vary.

    >>> round(alpha(2, 1.0, 0.5), 3)
    0.667
    """
    spread = variance + (length - 1) * covariance
    if length < 2 or spread <= 1e-12:
        return None
    return length * covariance / spread


def groups(totals: Mapping[int, int], share: float = 0.27) -> tuple[dict[int, float], dict[int, float], int]:
    """The upper and the lower group (Kelley 1939): how much of each total's students belongs to it, and its size.

    Students with equal totals at the edge share the places that are left, so that no order of names decides.

    >>> groups({9: 2, 8: 2, 5: 6}, 0.3)
    ({9: 1.0, 8: 0.5}, {5: 0.5}, 3)
    """
    size = round(share * sum(totals.values()))

    def taken(order: list[int]) -> dict[int, float]:
        left, found = float(size), {}
        for total in order:
            if left <= 0:
                break
            found[total] = min(1.0, left / totals[total])
            left -= totals[total]
        return found

    upward = sorted(totals)
    return taken(upward[::-1]), taken(upward), size


def gain(before: float, after: float) -> float | None:
    """The normalised gain of a class from its mean shares (Hake 1998); None where nothing was left to gain.

    >>> gain(0.5, 0.75)
    0.5
    """
    return None if before >= 1 else (after - before) / (1 - before)
