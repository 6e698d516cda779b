"""From a scheme, samples and answers to scores, places and their errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from scoring.composite.groups import Composite, composite
from scoring.group import GroupScores, columns_of, group_scores
from scoring.survey import Survey
from toolkit.answers import Answers, State, completed, places
from toolkit.errors import Fault, RoundError, UnknownNameError, fault
from toolkit.placing import placed, published
from toolkit.satisfaction import satisfaction_table
from toolkit.scheme import EvaluateeClass, Group, Scheme
from toolkit.small_groups import Cells, as_shown, hidden_cells
from toolkit.tally import counted_sheets, tally

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from toolkit.explain import Explanation
    from toolkit.parts.assess import Assessed
    from toolkit.words import Language

Floats = NDArray[np.float64]
Status = Literal["provisional", "preliminary", "reviewed", "formal"]
TRAIL = [
    *("evaluatee", "points", "reason", "office"),
    *("score_before", "score_after", "rank_before", "rank_after"),
]


QUOTA_WEIGHT, RESPONDED, ADJUSTED_IN = "design: quota weight", "design: responded", "design: cell"
INELIGIBLE = "not eligible"


@dataclass(frozen=True)
class Drawn:
    """A group's respondents with the columns that tell their design.

    Attributes
    ----------
    units : DataFrame
        One row per drawn respondent (of each evaluatee, where lists differ).
    roles : dict
        Columns of ``units``: the arguments of ``scoring.Survey``.
    cells : tuple of str
        The cells of a quota.
    """

    units: pd.DataFrame
    roles: Mapping[str, Any]
    cells: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scores:
    """The scores of a round.

    Attributes
    ----------
    scheme : Scheme
    table : DataFrame
        One row per evaluatee: ``class``, ``evaluatee``, ``score`` (as published), ``estimate``
        (unrounded), ``se``, ``low``, ``high``, ``df``, ``rank``, ``rank_low``, ``rank_high`` (places
        that the sampling error leaves possible, jointly for the class), then each group's score.
    cov : ndarray of float, shape (E, E)
        Covariance of all composites, in the table's order.
    pair_df : ndarray of float, shape (E, E)
        Degrees of freedom of the differences.
    groups : DataFrame
        One row per group and evaluatee: ``estimate``, ``se``, ``df``, ``n`` (sheets with a valid
        answer), ``counted`` (sheets that count towards the plan), ``plain`` and ``design`` scores.
    indicators : DataFrame
        Mean rating of every indicator by group and evaluatee.
    labels : DataFrame
        Share of each label among valid answers, composite over the groups, with its error ``se``.
    satisfaction : DataFrame
        The share of satisfaction that the scheme declares, with its error, on its base and on others, as
        ``toolkit.satisfaction`` gives it; empty where the scheme declares none.
    answers : DataFrame
        One row per group, evaluatee and indicator: ``mean`` rating, the ``points`` it counts, ``valid``
        answers, ``dont_know``, ``refused`` and ``blank``, as ``toolkit.tally`` counts them.
    response : DataFrame
        One row per group and evaluatee: what became of the drawn, and response rates, as
        ``toolkit.response`` gives them; empty where the scores were not made by a round.
    trail : DataFrame
        One row per change made in review, in order: ``evaluatee``, ``points``, ``reason``, ``office``,
        and score and place before and after.
    status : "provisional", "preliminary", "reviewed" or "formal"
    left_out : tuple of str
        In a provisional result, what is not in it yet.
    set_aside : int
        Rows of answers that do not count because something is wrong with them, or their quota was full.
    unworked : int
        Drawn respondents, once for each evaluatee, with neither a sheet nor a contact: the response rates
        are final when there are none.
    fitted : tuple of str
        Groups whose quota cells follow from margins, by an assumption.
    reserves : DataFrame
        Where reserves were released: scores with and without them.
    conditions : DataFrame, optional
        Outside conditions of grades, true or false, by evaluatee.
    assessed : Assessed, optional
        What scores are made of beside answers, and what follows (``toolkit.parts``).
    """

    scheme: Scheme
    table: pd.DataFrame
    cov: Floats
    pair_df: Floats
    groups: pd.DataFrame
    indicators: pd.DataFrame
    labels: pd.DataFrame
    answers: pd.DataFrame
    response: pd.DataFrame = field(default_factory=pd.DataFrame)
    satisfaction: pd.DataFrame = field(default_factory=pd.DataFrame)
    trail: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=TRAIL))
    status: Status = "preliminary"
    left_out: tuple[str, ...] = ()
    set_aside: int = 0
    unworked: int = 0
    fitted: tuple[str, ...] = ()
    reserves: pd.DataFrame = field(default_factory=pd.DataFrame)
    conditions: pd.DataFrame | None = field(default=None, repr=False)
    assessed: Assessed | None = field(default=None, repr=False)

    @cached_property
    def grades(self) -> pd.DataFrame:
        """Every evaluatee's grade, how sure it is, and what keeps it from the next (``toolkit.graded``)."""
        from toolkit.graded import graded

        return graded(self)

    @cached_property
    def awards(self) -> pd.DataFrame:
        """Who is awarded or penalised by place, how sure that is, and who misses it within the error."""
        from toolkit.graded import given

        return given(self)

    @cached_property
    def hidden(self) -> Cells:
        """What the scheme's ``small_groups`` hides (``toolkit.small_groups``)."""
        return hidden_cells(self)

    @cached_property
    def shown(self) -> Scores:
        """These scores as they may be published: what is hidden is missing, NaN or NA."""
        return as_shown(self)

    def made_of(self, class_id: str) -> list[str]:
        """Name the columns of what the scores of a class are made of: groups, then parts."""
        parts = [part.name for part in self.scheme.parts_of(class_id)]
        groups = [group.id for group in self.scheme.groups]
        return [name for name in (*groups, *parts) if name in self.table]

    @property
    def surveyed(self) -> pd.Series:
        """The unrounded scores of the survey by evaluatee, before any change of a review."""
        table = self.table.set_index("evaluatee")
        return table["surveyed" if "surveyed" in table else "estimate"]

    def league(self, of: str) -> pd.DataFrame:
        """Give the league table of a class, best first.

        Parameters
        ----------
        of : str
            The class's id or name.

        Returns
        -------
        DataFrame
            ``rank``, ``places`` (the rank set), ``evaluatee``, ``score``, ``margin`` (half the
            interval), ``low``, ``high`` and each group's score; NaN where the scheme's ``small_groups``
            hides it.
        """
        class_id = self.class_called(of).id
        table = self.shown.table
        part = table[table["class"] == class_id].sort_values(["rank", "evaluatee"])
        places_of = [
            f"{low}" if low == high else f"{low}–{high}"
            for low, high in zip(part["rank_low"], part["rank_high"], strict=True)
        ]
        decimals = self.scheme.ranking.decimals
        shown = {
            "margin": (part["high"] - part["low"]) / 2,
            "low": part["low"],
            "high": part["high"],
            **{name: part[name] for name in self.made_of(class_id)},
        }
        return pd.DataFrame(
            {
                "rank": part["rank"].to_numpy(),
                "places": places_of,
                "evaluatee": part["evaluatee"].to_numpy(),
                "score": part["score"].to_numpy(),
                **{name: published(values.to_numpy(), decimals) for name, values in shown.items()},
            }
        )

    def shares(self, of: str) -> pd.DataFrame:
        """Give the shares of the labels in per cent, best evaluatee first.

        Parameters
        ----------
        of : str
            The class's id or name.

        Returns
        -------
        DataFrame
            One row per evaluatee, a column for each label, rounded to one decimal.
        """
        order = self.table[self.table["class"] == self.class_called(of).id].sort_values(["rank", "evaluatee"])
        wide = self.shown.labels.pivot(index="evaluatee", columns="label", values="share")
        names = [label.name for label in self.scheme.scale.labels]
        part = wide.loc[order["evaluatee"], names]
        return pd.DataFrame(
            published(100 * part.to_numpy().ravel(), 1).reshape(part.shape),
            index=pd.Index(order["evaluatee"], name="evaluatee"),
            columns=names,
        )

    def explain(self, evaluatee: str, language: Language = "zh") -> Explanation:
        """Show every step from the answers to an evaluatee's score and place.

        Raises
        ------
        UnknownNameError
            There is no such evaluatee; a ``KeyError`` that names the nearest.
        """
        from toolkit.explain import explain

        return explain(self, evaluatee, language)

    def plot(self, of: str, made: bool = False) -> Figure:
        """Draw a class's scores with their intervals, best on top; as ``toolkit.report.caterpillar``."""
        from toolkit.report import caterpillar

        return caterpillar(self, self.class_called(of).id, made)

    def __repr__(self) -> str:
        from toolkit.show import scores_line

        return scores_line(self)

    def _repr_html_(self) -> str:
        from toolkit.show import scores_html

        return scores_html(self)

    def class_called(self, of: str) -> EvaluateeClass:
        """Give a class by its id or name.

        Raises
        ------
        UnknownNameError
            There is no such class.
        """
        found = [each for each in self.scheme.classes if of in (each.id, each.name)]
        if not found:
            known = ", ".join(each.id for each in self.scheme.classes)
            raise UnknownNameError(self.scheme.id, [fault("", "no_class", found=of, known=known)])
        return found[0]


def score(scheme: Scheme, drawn: Mapping[str, Drawn], answers: Mapping[str, Answers]) -> Scores:
    """Score and rank every evaluatee.

    Parameters
    ----------
    scheme : Scheme
    drawn : mapping of str to Drawn
        By group.
    answers : mapping of str to Answers
        By group; every sheet is from a drawn respondent.

    Returns
    -------
    Scores

    Raises
    ------
    RoundError
        With every group and evaluatee that lack a valid answer, or a sheet that is not of the sample.
    AnswerError, EstimateError
        A variance cannot be estimated.
    """
    faults = [one for group in scheme.groups for one in _lacking(scheme, group, answers[group.id])]
    faults += [
        fault("", "quota_empty", group=group.id, evaluatee=one, cells=", ".join(cells))
        for group in scheme.groups
        for one, cells in empty_cells(scheme, group, drawn[group.id], answers[group.id]).items()
    ]
    if faults:
        raise RoundError(scheme.id, faults)
    by_group = [_group(scheme, group, drawn[group.id], answers[group.id]) for group in scheme.groups]
    whole = composite(by_group, [group.weight for group in scheme.groups])
    order = [whole.evaluatees.index(one) for one in scheme.evaluatees]
    both = np.ix_(order, order)
    cov, pair_df = whole.cov[both], whole.pair_df[both]
    own = {group.id: scored.estimate[order] for group, scored in zip(scheme.groups, by_group, strict=True)}
    table = placed(scheme, whole.estimate[order], cov, whole.df[order], pair_df, pd.DataFrame(own))
    return Scores(
        scheme=scheme,
        table=table,
        cov=cov,
        pair_df=pair_df,
        groups=_groups(scheme, by_group, order, answers),
        indicators=_indicators(scheme, by_group, order),
        labels=_labels(scheme, whole, order),
        satisfaction=satisfaction_table(scheme, drawn, answers),
        answers=pd.concat(
            [
                tally(scheme, group, answers[group.id], scored.means[order], scored.points[order])
                for group, scored in zip(scheme.groups, by_group, strict=True)
            ],
            ignore_index=True,
        ),
    )


def empty_cells(scheme: Scheme, group: Group, drawn: Drawn, answers: Answers) -> dict[str, list[str]]:
    """Name the cells of a quota in which nobody rated an evaluatee."""
    if not group.is_quota:
        return {}
    rated = answers.table.iloc[:, 2:].notna().any(axis=1).to_numpy()
    rows = places(answers.table, drawn.units, group, scheme)[rated]
    there = set(drawn.units["stratum"].to_numpy()[rows])
    found = {
        one: [cell for cell in drawn.cells if f"{one} / {cell}" not in there] for one in scheme.evaluatees
    }
    return {one: cells for one, cells in found.items() if cells}


def _lacking(scheme: Scheme, group: Group, answers: Answers) -> list[Fault]:
    """Name the evaluatees and indicators to which a group gives no valid answer."""
    sheets = answers.table
    if not len(sheets):
        return [fault("", "no_sheets", group=group.id)]
    codes = sheets["evaluatee"].cat.codes.to_numpy()
    size = len(scheme.evaluatees)
    has = {
        column: np.bincount(codes, weights=sheets[column].notna(), minlength=size) > 0
        for column in sheets.columns[2:]
    }
    lacking = [
        [c for c in scheme.indicators[one] if not has[c][at]] for at, one in enumerate(scheme.evaluatees)
    ]
    return [
        fault("", "no_valid_answer", group=group.id, evaluatee=one, indicators=", ".join(columns))
        for one, columns in zip(scheme.evaluatees, lacking, strict=True)
        if columns
    ]


@dataclass(frozen=True)
class GroupSheets:
    """A group's answer sheets with the columns of their design: what a survey is made of.

    Attributes
    ----------
    table : DataFrame
        As that of ``Answers``, and the design's columns, whose names begin with "design: ".
    roles : dict
        Of ``scoring.Survey``.
    not_due : ndarray of bool, shape (rows, K), optional
        For a census, which answers nobody waits for.
    """

    table: pd.DataFrame
    roles: dict[str, Any]
    not_due: NDArray[np.bool_] | None


def _group(scheme: Scheme, group: Group, drawn: Drawn, answers: Answers) -> GroupScores:
    found = group_sheets(scheme, group, drawn, answers)
    return group_scores(
        Survey(found.table, lonely=scheme.lonely_psu, **found.roles),
        scheme.indicators,
        scheme.scale,
        full_mark=scheme.full_mark,
        official=group.official,
        census_dont_know=found.not_due,
        unit="respondent",
    )


def group_sheets(scheme: Scheme, group: Group, drawn: Drawn, answers: Answers) -> GroupSheets:
    """Put a group's answer sheets and their design together.

    Raises
    ------
    RoundError
        A sheet is not of the sample.
    """
    is_census = group.is_census and group.population == "finite" and group.adjust_by is None
    if is_census or group.adjust_by is not None:  # who sent no sheet counts as well
        answers = completed(scheme, group, drawn.units, answers)
    if group.is_quota:  # who rates nothing fills no cell
        rated = answers.table.iloc[:, 2:].notna().any(axis=1).to_numpy()
        answers = Answers(answers.table[rated], answers.state[rated])
    rows = places(answers.table, drawn.units, group, scheme)
    strange = answers.table[rows < 0]
    if len(strange):
        sheets = zip(strange.index, strange["respondent"], strange["evaluatee"], strict=True)
        raise RoundError(
            scheme.id,
            [
                fault("", "not_in_sample", row=row + 2, found=who, evaluatee=whom, group=group.id)
                for row, who, whom in sheets
            ],
        )
    roles = {name: _apart(role) for name, role in drawn.roles.items()}
    design = {name for role in drawn.roles.values() for name in np.atleast_1d(role) if name is not None}
    columns: dict[str, Any] = {_apart(name): drawn.units[name].to_numpy()[rows] for name in sorted(design)}
    if group.is_quota:
        columns |= {QUOTA_WEIGHT: quota_weights(drawn.units, rows)}
        roles |= {"weight": QUOTA_WEIGHT}
    if group.adjust_by is not None:
        columns[RESPONDED] = _responded(group, drawn, answers, rows)
        columns[ADJUSTED_IN] = _cells(group, drawn, answers, rows)
        roles |= {"responded": RESPONDED, "cell": ADJUSTED_IN}
    table = answers.table.assign(**columns)
    if group.population == "infinite":
        roles = {name: role for name, role in roles.items() if name not in ("population", "prob")}
    return GroupSheets(table, roles, answers.not_due if is_census else None)


def quota_weights(units: pd.DataFrame, rows: NDArray[np.intp]) -> Floats:
    """Give the pseudo-weights N / n of a quota's respondents, each evaluatee's cells apart."""
    stratum, count = (units[name].to_numpy()[rows] for name in ("stratum", "quota population"))
    codes, _ = pd.factorize(stratum)
    return np.asarray(count / np.bincount(codes)[codes], dtype=np.float64)


def _responded(group: Group, drawn: Drawn, answers: Answers, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Tell who answered anything; a panel member who did so for one evaluatee responded for all.

    Who is not eligible has nothing to answer, so nothing of theirs is missing.
    """
    said = (answers.state <= State.DONT_KNOW).any(axis=1)
    if INELIGIBLE in drawn.units:
        said = said | drawn.units[INELIGIBLE].to_numpy()[rows]
    if not group.draws[-1].per_evaluatee:
        who = pd.factorize(answers.table["respondent"])[0]
        said = (np.bincount(who, weights=said) > 0)[who]
    return np.asarray(said, dtype=bool)


def _cells(group: Group, drawn: Drawn, answers: Answers, rows: NDArray[np.intp]) -> NDArray[Any]:
    """Name each sheet's cell of nonresponse adjustment: within its evaluatee, where lists differ."""
    parts = [drawn.units[column].astype(str).to_numpy()[rows] for column in group.adjust_by or ()]
    if group.draws[-1].per_evaluatee:
        parts.insert(0, answers.table["evaluatee"].astype(str).to_numpy())
    if INELIGIBLE in drawn.units:  # they stand for other ineligible ones, and take over nobody's weight
        parts.append(np.where(drawn.units[INELIGIBLE].to_numpy()[rows], "ineligible", ""))
    whole = np.full(len(answers.table), "", dtype=object)
    return np.asarray([" / ".join(one) for one in zip(*parts, strict=True)] if parts else whole, dtype=object)


def _apart(role: Any) -> Any:
    """Rename a design column so that no indicator can have its name."""
    if isinstance(role, list | tuple):
        return [_apart(one) for one in role]
    return None if role is None else f"design: {role}"


def _groups(
    scheme: Scheme, groups: list[GroupScores], order: list[int], answers: Mapping[str, Answers]
) -> pd.DataFrame:
    parts = []
    for group, scored in zip(scheme.groups, groups, strict=True):
        parts.append(
            pd.DataFrame(
                {
                    "group": group.id,
                    "evaluatee": list(scheme.evaluatees),
                    "estimate": scored.estimate[order],
                    "se": np.sqrt(np.maximum(np.diag(scored.cov), 0.0))[order],
                    "df": scored.df[order],
                    "n": scored.n[order],
                    "counted": counted_sheets(scheme, answers[group.id]),
                    "plain": scored.plain[order],
                    "design": scored.design[order],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _indicators(scheme: Scheme, groups: list[GroupScores], order: list[int]) -> pd.DataFrame:
    columns = columns_of(scheme.indicators)
    parts = []
    for group, scored in zip(scheme.groups, groups, strict=True):
        part = pd.DataFrame(scored.means[order], columns=columns)
        part.insert(0, "evaluatee", list(scheme.evaluatees))
        part.insert(0, "group", group.id)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _labels(scheme: Scheme, whole: Composite, order: list[int]) -> pd.DataFrame:
    names = [label.name for label in scheme.scale.labels]
    return pd.DataFrame(
        {
            "evaluatee": np.repeat(scheme.evaluatees, len(names)),
            "label": names * len(order),
            "share": whole.shares[order].ravel(),
            "se": whole.shares_se[order].ravel(),
        }
    )
