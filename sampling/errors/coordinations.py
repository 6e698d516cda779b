"""What can be wrong with samples coordinated with each other, and with teams, in English and Chinese."""

from __future__ import annotations

TEMPLATES: dict[str, tuple[str, str]] = {
    "no_samples": (
        "{where}: no sample is given to keep apart from. Give one at least.",
        "{where}：没有给出要与之错开的样本。请至少给出一个。",
    ),
    "other_lottery": (
        "{where}: {a!r} and {b!r} are not of one lottery and one list, so their places cannot be kept apart. Draw "
        "each but the first with coordinate=apart(…); lists that differ: AtMost.",
        "{where}：“{a}”和“{b}”不是同一次抽签、同一份名单，无法错开。除第一个外，都要用 coordinate=apart(…) 抽取；"
        "名单不同的，用 AtMost。",
    ),
    "other_list": (
        "{where}: this is not the list that {lottery!r} was drawn from, so its places hold other units. Use the "
        "same list and strata, or AtMost for lists that differ.",
        "{where}：这不是“{lottery}”所用的名单，名次对应的单位不同。请用同一份名单和同样的层；名单不同的，用 AtMost。",
    ),
    "other_key": (
        "{where}: numbers are shared under one key; {lottery!r} was drawn with another.",
        "{where}：共用抽签号必须用同一钥匙；“{lottery}”用的是另一把。",
    ),
    "other_strata": (
        "{where}: places of {lottery!r} were counted in strata of {columns}; use the same.",
        "{where}：“{lottery}”的名次是按 {columns} 分层数的；请用同样的层。",
    ),
    "at_most_before": (
        "{where}: nothing can be drawn in or after {name!r}, whose units were capped by AtMost ({role}=).",
        "{where}：“{name}”用 AtMost 限制过名单，不能再在其中或其后抽样（{role}=）。",
    ),
    "unlike_spread": (
        "{where}: samples spread under one lottery need the same list, strata, n and among; {a!r} and {b!r} differ.",
        "{where}：同一次分散抽样要用同样的名单、层、样本量和 among；“{a}”和“{b}”不同。",
    ),
    "not_places": (
        "{where}: only simple random samples (in strata or not) share places; this one is {algorithm}.",
        "{where}：只有简单随机样本（可分层）能共用名次；这个样本是 {algorithm}。",
    ),
    "bad_rotation": (
        "{where}: the share that goes must be above 0 and at most 1; it is {share!r}.",
        "{where}：轮换比例必须大于 0、不超过 1，现在是 {share!r}。",
    ),
    "places_taken": (
        "{where}: {asked} units asked, but other samples hold {taken} of the {available} in the list. Lower n.",
        "{where}：要抽 {asked} 个，但名单 {available} 个中已有 {taken} 个归其他样本。请减少样本量。",
    ),
    "bad_coordinate": (
        "{where}: coordinate must be apart(…), rotated(…), together(…), AtMost or Spread; it is {found!r}.",
        "{where}：coordinate 必须是 apart(…)、rotated(…)、together(…)、AtMost 或 Spread，现在是 {found!r}。",
    ),
    "coordinate_method": (
        "{where}: samples are coordinated that are simple random, in strata or not; this draw has {found}.",
        "{where}：只有简单随机（可分层）的样本能协调；这次抽样用的是 {found}。",
    ),
    "coordinate_reserve": (
        "{where}: a draw with {found} has no reserves: set reserve to 0, or ask for more units.",
        "{where}：用 {found} 的抽样没有备用样本：请把 reserve 设为 0，或多抽一些。",
    ),
    "bad_most": (
        "{where}: most must be a whole number of at least 1; it is {most!r}.",
        "{where}：most 必须是不小于 1 的整数，现在是 {most!r}。",
    ),
    "bad_list_name": (
        "{where}: a list's name must not be empty or hold ';'; {name!r} does.",
        "{where}：名单的名称不能为空，也不能含“;”；“{name}”不行。",
    ),
    "column_there": (
        "{where}: there is a column {column!r} already; the frame has {columns}. Give the new one another name.",
        "{where}：已有“{column}”列，名单有 {columns}。请给新列另取名字。",
    ),
    "bad_lists": (
        '{where}: {column!r} of unit "{unit}" must name each of its lists once, and {here!r} among them; '
        "it is {found!r}.",
        "{where}：单位“{unit}”的“{column}”要把所在名单各写一次，并包括“{here}”；现为“{found}”。",
    ),
    "too_few_stay": (
        "{where}: {asked} units asked; of the {units} in the list {available} stay, nobody being asked from more than "
        "{most} lists. Lower n or raise most.",
        "{where}：要抽 {asked} 个；每人最多进 {most} 份名单，名单 {units} 个中只留下 {available} 个。请减少样本量或放宽 most。",
    ),
    "not_among": (
        "{where}: among must name everybody sampled for once, and {here!r} too; it is {among}.",
        "{where}：among 要把各对象各写一次，并包括“{here}”；现为 {among}。",
    ),
    "too_many_recused": (
        "{where}: {asked} units asked for {here!r}; {available} of {units} are not recused. Lower n.",
        "{where}：要为“{here}”抽 {asked} 个；{units} 个中不回避的只有 {available} 个。请减少样本量。",
    ),
    "overlap_method": (
        "{where}: expected overlaps are known for equal chances in one stage; this sample is {algorithm}.",
        "{where}：只有单阶段、等概率的样本能算出应有的重合数；这个样本是 {algorithm}。",
    ),
    "odd_people": (
        "{where}: {count} people make no teams of two. Add or leave out one.",
        "{where}：{count} 人不能两人一组。请加一人或减一人。",
    ),
    "one_office": (
        "{where}: {count} of {people} are of {office!r}; teams of two offices need half at most.",
        "{where}：{people} 人中有 {count} 人来自“{office}”；要两人不同单位，最多一半。",
    ),
    "no_team": (
        "{where}: {count} units have no team. Name one at least.",
        "{where}：{count} 个单位没有组可分。请至少列一个组。",
    ),
    "areas_teams": (
        "{where}: there are {areas} areas and {teams} teams; each team gets one.",
        "{where}：有 {areas} 个片区、{teams} 个组；每组一个片区，数目必须相等。",
    ),
    "no_way": (
        "{where}: none of {tries:,} random orders keeps to what is barred. Bar less.",
        "{where}：试了 {tries:,} 次随机排列，都有应回避的。请减少回避。",
    ),
}
