"""What a plan counts as satisfaction: which labels, among whom; its faults, its words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from toolkit.errors import Fault, fault
from toolkit.respondent_rule import label_faults, labels_told

if TYPE_CHECKING:
    from toolkit.scheme import Scheme

Config = dict[str, str]
Language = Literal["zh", "en"]
Base = Literal["valid", "with_dont_know", "asked"]


@dataclass(frozen=True)
class Satisfaction:
    """A share of satisfaction that is published beside the scores.

    Parameters
    ----------
    labels : tuple of str
        Which labels count as satisfied; plans differ in 基本满意.
    base : "valid", "with_dont_know" or "asked"
        Share of whom: of valid ratings; of these and 不了解; of all answers that were asked for on a sheet
        that came, refused and blank ones too.
    decimals : int
        Of the percentage as published.
    """

    labels: tuple[str, ...]
    base: Base
    decimals: int = 1
    __pydantic_config__: ClassVar[Config] = {"extra": "forbid"}

    @property
    def bases(self) -> tuple[Base, ...]:
        """The bases that are shown: the plan's own, and those that show what the choice does."""
        return ("valid", "with_dont_know", "asked") if self.base == "asked" else ("valid", "with_dont_know")


def satisfaction_faults(scheme: Scheme) -> Iterator[Fault]:
    """Name what is wrong with a scheme's key ``satisfaction``."""
    rule = scheme.satisfaction
    if rule is None:
        return
    if not scheme.groups:
        yield fault("satisfaction", "needs_survey")
        return
    yield from label_faults(scheme, rule.labels, "satisfaction.labels")
    if rule.decimals < 0:
        yield fault("satisfaction.decimals", "negative", found=rule.decimals)


BASES: dict[Base, tuple[str, str]] = {
    "valid": ("有效评分", "valid ratings"),
    "with_dont_know": ("有效评分和不了解", "valid ratings and answers of don't know"),
    "asked": (
        "交来问卷上应答的全部题目（含不了解、拒答和空白）",
        "all answers asked for on sheets that came, don't know, refused and blank too",
    ),
}
SATISFACTION = (
    "满意率：评为{labels}的占{base}的比例，各指标平均，再按各类对象的权重合成；"
    "公布到百分数的 {decimals} 位小数。",
    "Satisfaction: the share of {labels} among {base}, averaged over the indicators and put together with "
    "the groups' weights; published in per cent with {decimals} decimals.",
)


def satisfaction_in_words(rule: Satisfaction | None, language: Language = "zh") -> list[str]:
    """Tell what counts as satisfaction, in a line; nothing where the scheme does not say.

    Examples
    --------
    >>> satisfaction_in_words(Satisfaction(("满意",), "with_dont_know"))[0][:23]
    '满意率：评为“满意”的占有效评分和不了解的比例'
    """
    if rule is None:
        return []
    at = ("zh", "en").index(language)
    told = {"labels": labels_told(rule.labels, at), "base": BASES[rule.base][at], "decimals": rule.decimals}
    return [SATISFACTION[at].format(**told)]
