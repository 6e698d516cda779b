"""What can be wrong with a list that an office sent: in English, in Chinese, and what the office shall do."""

from __future__ import annotations

from typing import Any

from toolkit.errors import Fault

# rule: English, Chinese, what to do (Chinese, for the sheet that goes back to the office)
TEMPLATES: dict[str, tuple[str, str, str]] = {
    # --- the file cannot be taken in ---------------------------------------------------------------------
    "empty": ("the file is empty", "文件是空的", "请重新导出后报送"),
    "password": ("the file has a password; save it without one", "文件有密码，请去掉密码后另存", "请去掉密码后另存、重新报送"),
    "web_page": ("the file is a web page or XML under the name of a table; open it in Excel and save it as .xlsx", "文件其实是网页或 XML，只是名称像表格；请用 Excel 打开，另存为 .xlsx", "请用 Excel 打开，另存为 .xlsx 后报送"),
    "unreadable": ("the file cannot be read as a table: {error}", "文件不能作为表格读取：{error}", "请另存为 .xlsx 后重新报送"),
    "no_heads": ("{cell}: no heading of this table is known; put a row of headings above the data, or name those that stand there: --set \"heading=name\"", "{cell}：此表没有能识别的表头；请在数据上方加一行表头，已有表头的请注明：--set \"表头=name\"", "请在数据上方写明表头（姓名、身份证号、联系电话等）"),
    "data_heads": ("{cell}: this row is somebody's, not headings; put a row of headings above it, and name no cell of it by --set", "{cell}：这一行是数据，不是表头；请在它上方加一行表头，不要把其中的内容写进 --set", "请在数据上方加一行表头（姓名、身份证号、联系电话等）"),
    "no_table": ("no table with known headings is in the file", "文件中没有能识别表头的表", "请在数据上方写明表头（姓名、身份证号、联系电话等）"),
    "second_table": ("{cell}: another table seems to begin here, without a known heading", "{cell}：这里像是另一个表的开头，但表头不能识别", "请把两个表分放两个工作表，或写明表头"),
    # --- the list is refused or waits ---------------------------------------------------------------------
    "no_such_frame": ("no group of the scheme draws from a frame {frame!r}; there are {known}", "方案中没有名单 {frame!r}；有 {known}", ""),
    "office_unknown": ("{office!r} is no evaluatee of this scheme, and the list has no column of evaluatees; the nearest names are {near}", "{office!r} 不是本方案的被评单位，名单中也没有“被评单位”列；最接近的是 {near}", ""),
    "no_list": ("no list of {office!r} is in force; there are {known}", "没有 {office!r} 的有效名单；已有 {known}", ""),
    "which_frame": ("{office!r} sent several lists; say which frame: {known}", "{office!r} 报送了多份名单；请指明是哪一份：{known}", ""),
    "no_head": ("{office}: no heading {head!r}; there are {known}", "{office}：没有表头 {head!r}；有 {known}", ""),
    "no_field": ("no field {field!r}; there are {known}", "没有字段 {field!r}；有 {known}", ""),
    "no_pair": ("{found!r} is not of the form heading=field", "{found!r} 应写成 表头=字段", ""),
    "no_person": ("{found!r} does not tell a person; write id_card, number, name+phone, or several after commas", "{found!r} 不能确定一个人；请写 id_card、number、name+phone，多项用逗号分开", ""),
    "same_field": ("{office}: several headings of {sheet} are {field}: {heads}", "{office}：{sheet} 中有多个表头对应 {field}：{heads}", ""),
    "lacks_field": ("{office}: {sheet} has no heading for {field}, which the frame {frame!r} needs", "{office}：{sheet} 中没有对应 {field} 的表头，名单 {frame!r} 需要它", ""),
    "lacks_person": ("{office}: {sheet} has no heading that tells a person: an id card number, the office's own number, or name and telephone", "{office}：{sheet} 中没有能确定一个人的表头：身份证号、编号，或姓名加电话", ""),
    "stays": ("{office}, frame {frame}: version {version} stays in force; name the headings with --set, or take that version back first", "{office}，名单 {frame}：仍以第 {version} 版为准；请用 --set 注明表头，或先撤回那一版", ""),
    "others_refused": ("{done} are confirmed; the following are not", "已确认：{done}；以下未确认", ""),
    "hidden_undecided": ("{office}: {count} hidden rows, first {cell}; decide with --hidden keep or --hidden leave-out", "{office}：有 {count} 个隐藏行，首见 {cell}；请用 --hidden keep（计入）或 --hidden leave-out（不计入）决定", ""),
    "not_confirmed": ("{office}, frame {frame}: the headings are not confirmed yet: minyi frames map … --accept", "{office}，名单 {frame}：表头尚未确认：minyi frames map … --accept", ""),
    "nothing_in": ("no list was taken in yet", "还没有收到名单", ""),
    "faults_open": ("{office}, frame {frame}: {count} rows are set aside; have them mended, or close with --leave-out, a reason and an office", "{office}，名单 {frame}：有 {count} 行待更正；请更正，或用 --leave-out 并写明理由和单位后关闭", ""),
    "by_hand": ("{file} stands in frames/ already and was not written here; take it away first", "frames/ 中已有 {file}，不是这里写的；请先移走", ""),
    "open": ("lists came or changed since the frames were closed: minyi frames close", "名单在关闭之后又有变动：请先 minyi frames close", ""),
    "drawn": ("the sample is drawn; its lists stay as they were", "样本已经抽出，名单不能再改", ""),
    "secret_lost": ("private/pseudonym.key is missing; put its backup back, or all pseudonyms would change", "缺 private/pseudonym.key；请放回备份，否则假名会全部改变", ""),
    "collision": ("two persons have the pseudonym {found}; make a new round", "两个人的假名相同：{found}；请新建一轮", ""),
    "cases": ("{file}: row {row}: a line needs an office, a frame and a count above 0; it is {found!r}", "{file} 第 {row} 行：应有单位、名单和大于 0 的件数，现为 {found!r}", ""),
    # --- one cell ------------------------------------------------------------------------------------------
    "long_number": ("a number of more than 15 digits, which Excel has rounded", "超过 15 位的数字，Excel 已把它取整", "请把该列设为文本，照原件重新录入"),
    "shortened": ("an id that Excel has shortened", "编号已被 Excel 缩写", "请把该列设为文本，照原件重新录入"),
    "as_date": ("an id or telephone that Excel has taken for a date", "编号或电话已被 Excel 当成日期", "请把该列设为文本，照原件重新录入"),
    "fraction": ("a number with decimals where an id or telephone should be", "编号或电话处是带小数的数字", "请照原件重新录入"),
    "error_value": ("the formula gives {value}", "公式出错：{value}", "请改为固定的内容"),
    "not_computed": ("a formula whose result the file does not hold", "公式没有保存结果", "请用 Excel 打开并保存，或粘贴为数值"),
    "blank": ("{field} is missing", "缺{field_zh}", "请补填"),
    "not_in_list": ("there is no such {field}; the nearest are {near}", "没有这个{field_zh}；最接近的是 {near}", "请核对写法，与行政区划名称一致"),
    "no_size": ("{field} is no number above 0 (without commas and units)", "{field_zh}不是大于 0 的数（不要千分号和单位）", "请改为只有数字"),
    "no_evaluatee": ("no evaluatee of this scheme", "不是本方案的被评单位", "请核对单位名称"),
    "no_identity": ("nothing here tells a person: no valid id card number, no own number, no name with telephone", "不能确定是谁：没有有效的身份证号、编号，也没有姓名加电话", "请补填身份证号、编号，或姓名和电话"),
    "merged_person": ("the cell is merged over several rows, but tells one person", "单元格跨行合并，但每行应是一个人", "请取消合并，逐行填写"),
    "merged_across": ("the cell is merged over several columns of the list", "单元格跨列合并", "请取消合并，逐格填写"),
    "differs": ("the same person as in {other}, but {field} differs", "与 {other} 是同一个人，但{field_zh}不同", "请核对，只保留正确的一行"),
    "twice": ("the same person as in {other}; counted once", "与 {other} 是同一个人，只计一次", "如确为同一人，不必处理"),
    "id_card": ("no valid id card number: {why}", "身份证号不对：{why_zh}", "请照原件核对"),
    "phone": ("no telephone number that can be called", "不是能拨通的电话号码", "请核对"),
    "zeros": ("other numbers of this column begin with 0 and are text; here a leading 0 may be lost", "同列有以 0 开头的文本编号，这里可能丢了开头的 0", "请把该列设为文本并核对"),
    "unread": ("this line was not read as a row of the list", "这一行没有作为名单读入", "如应计入，请补全各栏"),
    "hidden_column": ("a hidden column; it is read as any other", "隐藏的列，照常读入", "请核对是否应当使用"),
    "no_heading": ("a column without a heading; it is not used", "此列没有表头，没有使用", "如需使用，请写明表头"),
}  # fmt: skip


def fault(path: str, rule: str, **found: Any) -> Fault:
    """Fill in a template of this package."""
    english, chinese, _ = TEMPLATES[rule]
    return Fault(path, english.format(**found), chinese.format(**found), rule)
