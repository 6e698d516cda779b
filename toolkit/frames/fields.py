"""What a frame needs of a list, and which headings may mean it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sampling.designs import columns_read, size_columns
from toolkit.errors import RoundError
from toolkit.frames.errors import fault
from toolkit.scheme import Draw, Group, Scheme

EVALUATEE = "evaluatee"
UNUSED = ""
IDENTITIES = ("id_card", "number", "name+phone")
PERSON = {
    "number": "编号 编码 客户编号 用户编号 服务对象编号 人员编号 工号 职工编号 户号 id",
    "name": "姓名 名字 名称 客户姓名 客户名称 用户姓名 用户名称 申请人 申请人姓名 办事人 办事人姓名 当事人 "
    "服务对象 服务对象姓名 管理服务对象 户主 户主姓名 联系人 职工姓名 代表姓名 name",
    "id_card": "身份证号 身份证号码 身份证 公民身份号码 公民身份证号 居民身份证号 居民身份证号码 证件号码 "
    "证件号",
    "phone": "手机号码 手机号 手机 移动电话 联系电话 联系方式 电话 电话号码 联系手机 phone",
    "phone2": "固定电话 固话 座机 办公电话 住宅电话 家庭电话 其他电话 备用电话 电话2",
    "address": "住址 地址 家庭住址 家庭地址 联系地址 通讯地址 通信地址 现住址 居住地址 居住地 详细地址 住所 "
    "单位地址 address",
    "service": "办理事项 事项 事项名称 业务 业务类型 办理业务 服务事项 办件名称 服务内容",
    "date": "办理时间 办理日期 受理时间 受理日期 办结时间 办结日期 日期 时间",
}
NOT_USED = "序号 备注 说明 性别 年龄 民族 职务 工作单位 学历 出生日期 出生年月 填表日期"
COLUMNS = {  # what a scheme's columns may be called besides their own name and the scheme's words for them
    "town": "乡镇 乡镇街道 乡镇办 镇乡 街道 所在乡镇 所属乡镇 乡镇名称 镇街",
    "county": "县 区县 县区 县市区 所在区县 所属区县 所属县区 区市县",
    "level": "层级 级别 单位层级",
    "office": "科室 处室 股室 内设机构 所在科室",
    "body": "界别 代表类别 身份 委员类别",
    "population": "人口 常住人口 人口数",
    EVALUATEE: "被评单位 测评单位 单位名称 部门名称",
}
LABELS = {
    "number": "编号",
    "name": "姓名",
    "id_card": "身份证号",
    "phone": "电话",
    "phone2": "其他电话",
    "address": "住址",
    "service": "办理事项",
    "date": "办理时间",
    "town": "乡镇",
    "county": "区县",
    "level": "层级",
    "office": "科室",
    "body": "界别",
    "population": "人口",
    EVALUATEE: "被评单位",
}


@dataclass(frozen=True)
class FrameNeeds:
    """What the draws of a scheme read of one frame.

    Attributes
    ----------
    frame : str
    unit : str
        The column of ids.
    columns : tuple of str
        Other columns that its draws read; ``evaluatee`` is told by the office where no heading does.
    optional : tuple of str
        Columns of the stages above, kept where the lists have them.
    personal : bool
        Whether its units are persons, who get pseudonyms; towns and other areas keep their names.
    each : bool
        Whether each evaluatee has its own list.
    merge : bool
        Whether a person may stand on several rows.
    sizes : tuple of str
        Those of its columns that must be numbers above 0.
    parents : mapping of str to str
        Columns that name a unit of a stage above, and that stage's frame.
    words : mapping of str to str
        What the scheme calls its columns.
    """

    frame: str
    unit: str
    columns: tuple[str, ...]
    optional: tuple[str, ...]
    personal: bool
    each: bool
    merge: bool
    sizes: tuple[str, ...]
    parents: Mapping[str, str]
    words: Mapping[str, str]

    @property
    def fields(self) -> tuple[str, ...]:
        """Everything that a heading may be mapped to."""
        own = (*self.columns, *self.optional)
        if not self.personal:
            return tuple(dict.fromkeys((self.unit, *own)))
        evaluatee = (EVALUATEE,) if self.each else ()
        return tuple(dict.fromkeys((*PERSON, *evaluatee, *own)))

    @property
    def needed(self) -> tuple[str, ...]:
        """Fields without which a row cannot be drawn; an evaluatee is the office's own by default."""
        own = self.columns if self.personal else (self.unit, *self.columns)
        return tuple(one for one in own if one != EVALUATEE)

    def label(self, field: str) -> str:
        """Give a field's Chinese name.

        >>> needs_of(Scheme.load("guangan-2013"), "users").label("county")
        '县（市、区）'
        """
        return self.words.get(field, LABELS.get(field, field))

    @cached_property
    def synonyms(self) -> dict[str, str]:
        """Give the field of every heading that is known, as ``plain_head`` writes it."""
        found = {plain_head(head): UNUSED for head in NOT_USED.split()}
        for field in reversed(self.fields):
            heads = f"{PERSON.get(field, '')} {COLUMNS.get(field, '')}".split()
            heads += [field, self.words.get(field, field)]
            found |= dict.fromkeys(map(plain_head, heads), field)
        if self.personal:
            found[plain_head(self.unit)] = "number"
        return found


def needs_of(scheme: Scheme, frame: str) -> FrameNeeds:
    """Say what a frame's draws read.

    Parameters
    ----------
    scheme : Scheme
    frame : str

    Raises
    ------
    RoundError
        No group draws from such a frame.

    Examples
    --------
    >>> users = needs_of(Scheme.load("guangan-2013"), "users")
    >>> users.unit, users.columns, users.optional, users.personal
    ('id', ('evaluatee', 'town'), ('county',), True)
    """
    own = [(group, one) for group in scheme.drawn_groups for one in group.draws if one.frame == frame]
    if not own:
        known = ", ".join(dict.fromkeys(one.frame for one in scheme.draws))
        raise RoundError(frame, [fault("", "no_such_frame", frame=frame, known=known)])
    columns, optional, parents = list[str](), list[str](), dict[str, str]()
    for group, one in own:
        columns += [EVALUATEE] * one.per_evaluatee + _read(one)
        above = _above(group, one)
        columns += [parent.unit for parent in above if parent.frame != frame]
        parents |= {parent.unit: parent.frame for parent in above if parent.frame != frame}
        optional += [c for parent in above for c in columns_read(parent.design)]
    unit = own[-1][1].unit
    last = [one is group.draws[-1] and not group.is_quota for group, one in own]
    sizes = {c for group, one in own for parent in _above(group, one) for c in _sizes(parent)}
    return FrameNeeds(
        frame,
        unit,
        tuple(one for one in dict.fromkeys(columns) if one != unit),
        tuple(one for one in dict.fromkeys(optional) if one not in {unit, *columns, *sizes}),
        any(last),
        any(one.per_evaluatee for _, one in own) and any(last),
        any(one.merge_rows for _, one in own),
        tuple(dict.fromkeys(c for _, one in own for c in size_columns(one.design))),
        parents,
        scheme.column_names,
    )


def _read(one: Draw) -> list[str]:
    return list(columns_read(one.design))


def _sizes(one: Draw) -> set[str]:
    from sampling.designs import strata_columns

    return set(columns_read(one.design)) - set(strata_columns(one.design))


def _above(group: Group, one: Draw) -> list[Draw]:
    found: list[Draw] = []
    named = {each.name: each for each in group.draws}
    while one.within:
        one = named[one.within]
        found.append(one)
    return found


def frame_names(scheme: Scheme) -> tuple[str, ...]:
    """Name every frame of a scheme, in the order of its groups."""
    return tuple(dict.fromkeys(one.frame for one in scheme.draws))


def plain_head(text: Any) -> str:
    """Make a heading alike: half width, no spaces, stars, colons, lower case.

    >>> plain_head(" 联系\\n电话* ："), plain_head("县（市、区）")
    ('联系电话', '县(市、区)')
    """
    return re.sub(r"[\s*:]", "", unicodedata.normalize("NFKC", str(text))).lower()


def field_of(head: str, synonyms: Mapping[str, str]) -> str | None:
    """Find the field that a heading means; None where nothing is known.

    Of a heading joined from two rows the lower counts before the whole and the upper; what stands in
    brackets may be left out.

    >>> known = {"联系电话": "phone", "手机": "phone", "座机": "phone2"}
    >>> field_of("联系方式/座机", known), field_of("联系电话（必填）", known), field_of("颜色", known)
    ('phone2', 'phone', None)
    """
    parts = head.split("/")
    for text in (head, parts[-1], parts[0]):
        plain = plain_head(text)
        for tried in (plain, re.sub(r"\(.*?\)|#\d+$", "", plain)):
            if tried in synonyms:
                return synonyms[tried]
    return None


def propose(
    heads: Sequence[str], needs: FrameNeeds, *confirmed: Mapping[str, str]
) -> dict[str, tuple[str, str]]:
    """Propose the field of every heading, and say where from.

    Parameters
    ----------
    heads : sequence of str
        Of one table.
    needs : FrameNeeds
    confirmed : mappings of str to str
        Heading to field as users confirmed it: of this office, then of others.

    Returns
    -------
    dict of str to (str, str)
        Field ("" for a heading that is not used) and source: "own", "others", "known" or "".

    Examples
    --------
    >>> users = needs_of(Scheme.load("guangan-2013"), "users")
    >>> propose(["姓名", "联系电话", "手机", "颜色"], users)
    {'姓名': ('name', 'known'), '联系电话': ('phone', 'known'), '手机': ('phone2', 'known'), '颜色': ('', '')}
    """
    found, taken = dict[str, tuple[str, str]](), set[str]()
    for head in heads:
        field, source = None, ""
        for name, said in zip(("own", "others"), confirmed, strict=False):
            if field is None and head in said:
                field, source = said[head], name
        if field is None:
            field = field_of(head, needs.synonyms)
            source = "" if field is None else "known"
        if field == "phone" and "phone" in taken:
            field = "phone2"
        if not field or field in taken:  # a second heading of one field is left for the user to decide
            field = UNUSED
        found[head] = (field, source)
        taken |= {field}
    return found


def person_keys(said: str | Iterable[str]) -> tuple[str, ...]:
    """Read which fields tell a person, first come first used.

    >>> person_keys("id_card, name+phone")
    ('id_card', 'name+phone')
    """
    keys = tuple(one.strip() for one in (said.split(",") if isinstance(said, str) else said))
    wrong = [one for one in keys if one not in IDENTITIES]
    if wrong or not keys:
        raise RoundError("person", [fault("", "no_person", found=", ".join(wrong))])
    return keys
