"""What a round comes to: scores, places, and their tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scoring import AnswerError
from toolkit.answers import Answers
from toolkit.conditions import WAITING, conditions_of, due_conditions
from toolkit.errors import RoundError, fault
from toolkit.files import file_digest, write_bytes, write_table
from toolkit.intake import Admitted, Withdrawal
from toolkit.parts.assess import assess
from toolkit.parts.checks import refuse_parts
from toolkit.parts.kinds import respondent_rules
from toolkit.parts.tables import every_part, tables_due
from toolkit.per_respondent import respondent_cases
from toolkit.response import response_table, unworked, with_ineligible
from toolkit.review import Change, reviewed
from toolkit.round.tables import RoundTables
from toolkit.scores import Drawn, Scores, score

if TYPE_CHECKING:
    from toolkit.stability import Stability

SURVEY_ALONE = "内部参考只计调查得分：其他部分和事件加减分未计入"


@dataclass(frozen=True)
class RoundResults(RoundTables):
    """A round's scores."""

    def score(self, provisional: bool = False) -> Scores:
        """Score and rank everyone, apply the changes of the review, and write the results.

        Parameters
        ----------
        provisional : bool
            Score what is in, for internal use: see ``toolkit.provisional``. Written apart, under
            ``results/provisional``; changes of a review are not in it.

        Returns
        -------
        Scores
            When the round is sealed, the formal result again; nothing is written then.
        """
        if provisional:
            self._refuse_sealed()
            if not self.scheme.groups:
                raise RoundError(self.folder.name, [fault("", "provisional_survey")])
        admitted = self.admitted() if self.scheme.groups else None
        scores = self.scores(admitted, provisional)
        if self.sealed:
            return replace(scores, status="formal")
        results = self.folder / "results" / "provisional" if provisional else self.folder / "results"
        for name, table in self.result_tables(scores, admitted).items():
            write_table(results / f"{name}.csv", table)
        gone, scored = {step["file"] for step in self.steps("give-back")}, tables_due(self.scheme)
        for step in self.steps("take"):
            # who visited whom is for the work lists alone
            if step["file"] in gone or step["table"] not in scored:
                continue
            kept = self.folder.joinpath("tables", "raw", step["file"])
            write_bytes(results / "tables" / step["file"], kept.read_bytes())
        for step in self.steps("collect"):  # the very files that were scored stay beside the scores
            raw = self.folder / "answers" / "raw" / step["file"]
            write_bytes(results / "answers" / step["file"], raw.read_bytes())
        kind = "provisional" if provisional else "score"
        self.note(kind, sha256=file_digest(results / "scores.csv"))
        return scores

    def scores(self, admitted: Admitted | None = None, provisional: bool = False) -> Scores:
        """Score as ``score`` does, and write nothing."""
        from toolkit.provisional import provisional as score_what_is_in

        if not self.scheme.groups and not every_part(self.scheme):
            raise RoundError(self.folder.name, [fault("", "no_scores")])
        if not self.scheme.groups:
            whole = reviewed(assess(self.scheme, self.tables()), self.changes())
            return replace(whole, conditions=self._conditions())
        found, contacts = admitted or self.admitted(), self._contacts()
        recusals = self.recusals()
        bad = found.set_aside[~found.set_aside["rule"].isin(["withdrawn", "answered_again"])]
        told: dict[str, Any] = {
            "response": response_table(self.scheme, found.drawn, found.answers, contacts, recusals),
            "set_aside": len(bad[["file", "sheet", "row"]].drop_duplicates()),
            "fitted": tuple(name for name, sheet in self._quota_sheets().items() if "source" in sheet),
            "unworked": sum(unworked(self.scheme, found.drawn, found.answers, contacts, recusals).values()),
        }
        drawn = with_ineligible(self.scheme, found.drawn, contacts)
        conditions = self._conditions(needed=not provisional)
        told["conditions"] = conditions
        if provisional:
            scores = replace(score_what_is_in(self.scheme, drawn, found.answers), **told)
            waiting = (WAITING,) if conditions is None and due_conditions(self.scheme) else ()
            apart = (SURVEY_ALONE,) if self.scheme.has_tables else ()
            return replace(scores, left_out=(*scores.left_out, *apart, *waiting))
        scores = replace(reviewed(self._scored(drawn, found.answers), self.changes()), **told)
        if self.released():
            scores = replace(scores, reserves=self._beside_main(scores))
        return scores

    def _scored(self, drawn: Mapping[str, Drawn], answers: Mapping[str, Answers]) -> Scores:
        """Score the survey, and put it together with the other parts where there are any."""
        survey = score(self.scheme, drawn, answers)
        if not self.scheme.has_tables:
            return survey
        rules = respondent_rules(self.scheme.events)
        cases = respondent_cases(self.scheme, drawn, answers, rules) if rules else None
        return assess(self.scheme, self.tables(), survey, cases)

    def _conditions(self, needed: bool = True) -> pd.DataFrame | None:
        """Give the outside conditions of grades: as an office filled them in, and of events that came in."""
        tables = self.tables() if self.scheme.has_tables else {}
        return conditions_of(self.scheme, self.folder, tables, needed)

    def scores_without(self, gone: Sequence[Withdrawal]) -> Scores:
        """Score as ``scores`` does, without some rows of answers; nothing is written or noted.

        Parameters
        ----------
        gone : sequence of Withdrawal
            Beside those that are withdrawn already.
        """
        return self.scores(self._admit(self._rows(), without=gone))

    def material(self, admitted: Admitted | None = None) -> tuple[dict[str, Drawn], dict[str, Answers]]:
        """Give what a score is made of, by group: the drawn respondents, and the answers that count."""
        found = admitted or self.admitted()
        return with_ineligible(self.scheme, found.drawn, self._contacts()), found.answers

    def admit_without(self, rows: pd.DataFrame, gone: Sequence[Withdrawal]) -> Admitted:
        """Admit all rows but some; ``rows`` are those of every file, as text."""
        return self._admit(rows, without=gone)

    def _beside_main(self, scores: Scores) -> pd.DataFrame:
        """Score the main units alone beside all that counts; empty where they alone cannot be scored."""
        found = self._admit(self._rows(), reserves=False)
        columns = ["score", "se", "rank"]
        both = scores.table[["class", "evaluatee", *columns]]
        drawn = with_ineligible(self.scheme, found.drawn, self._contacts())
        try:
            main = reviewed(self._scored(drawn, found.answers), self.changes()).table
        except (RoundError, AnswerError) as error:
            return both.assign(**{f"{c}_without": np.nan for c in columns}, why=str(error))
        return both.assign(**{f"{c}_without": main[c] for c in columns}, why="")

    def changes(self) -> list[Change]:
        """Give the changes of the review, oldest first."""
        return [
            Change(step["evaluatee"], step["points"], step["reason"], step["office"])
            for step in self.steps("change")
        ]

    def stability(self, within: float = 0.05) -> Stability:
        """Say of every place what it rests on, and write it under ``results/stability``.

        Parameters
        ----------
        within : float
            How far each group's weight is varied; see ``toolkit.stability``.

        Returns
        -------
        Stability
            When the round is sealed, nothing is written.
        """
        from toolkit.stability import stability

        refuse_parts(self.folder.name, self.scheme)
        admitted = self.admitted()
        found = stability(self.scores(admitted), admitted, within)
        if not self.sealed:
            for name, table in found.tables.items():
                write_table(self.folder / "results" / "stability" / f"{name}.csv", table)
        return found

    def result_tables(self, scores: Scores, admitted: Admitted | None) -> dict[str, pd.DataFrame]:
        """Give the tables of a result by the names of their files; without a survey, none of answers."""
        found = {"scores": scores.table, "trail": scores.trail}
        survey = {
            "groups": scores.groups,
            "indicators": scores.indicators,
            "labels": scores.labels,
            "counts": scores.answers,
            "response": scores.response,
        }
        if admitted is not None:
            found |= survey | {"set_aside": admitted.set_aside}
        if scores.assessed is not None:
            found |= scores.assessed.tables
        optional = {
            "satisfaction": scores.satisfaction,
            "reserves": scores.reserves,
            "grades": scores.grades,
            "awards": scores.awards,
        }
        found |= {name: table for name, table in optional.items() if len(table)}
        if scores.conditions is not None:
            found["conditions"] = scores.conditions.rename_axis("evaluatee").reset_index()
        return found
