"""Sanction verbs, their kinds, and what only names a sanction: data only.

Tables of words are sorted and unique; tables of expressions are unique by name and in the order of trial.

A verb is a name and an expression that starts at the verb and looks no further than the end of its clause.
"""

from __future__ import annotations

from nlp.text.lexicon import words

STRONG_VERBS: tuple[tuple[str, str], ...] = (
    (
        "依照…处罚",
        r"(?:依照|按照|根据|依据|参照|比照|适用|依(?!法))"
        r"(?=(?:(?!实施)[^，。；;：:\n]){0,80}(?:处罚|处分|论处|惩处|惩戒)(?:$|[，。；;：:\n外]|的[，,]))",
    ),
    ("依法处罚", r"(?:从重|加重|依法(?!从轻|减轻)|分别|给以|加以)(?=(?:给予|予以)?(?:治安|行政)*处罚)"),
    ("取缔", r"取缔"),
    ("吊销", r"吊销"),
    (
        "处",
        r"(?<![判到])处(?![理置分罚于在方长室级境女]|所(?![收得欠造]))"
        r"(?=[^，。；;：:\n]{0,60}(?:罚款|拘留|警告|徒刑|罚金|滞纳金|拘役))"
        r"|(?<=并)处(?=[一二三四五六七八九十\d])",
    ),
    ("开除", r"(?:开除|撤职|降级|除名|记过)(?=$|[，。；;、]|或者|处分|公职)"),
    ("暂扣", r"暂扣(?=[^，。；]{0,16}(?:证|执照|许可))|扣缴(?=[^，。；]{0,8}证)"),
    ("没收", r"没收"),
    (
        "给予",
        r"(?:给予|给以)"
        r"(?=[^，。；;：:\n]{0,40}(?:处分|处罚|警告|批评(?!教育)|拘留|罚款|记过|撤职|开除|惩戒|制裁))",
    ),
    ("罚款", r"罚款(?=[一二三四五六七八九十百千万\d０-９])"),
    ("责令", r"责令|责成(?=[^，。；]{0,20}改正)"),
    ("进行问责", r"(?:进行|实施|依法|严肃)(?=(?:问责|处罚|惩戒|惩处|追责)(?:$|[，。；;]))"),
    ("追究", r"追究(?=[^，。；;：:\n]{0,60}责任)|(?:实行|进行)(?=责任追究)"),
    ("通报批评", r"通报批评|(?<=[予由])警告(?=[，。；;、])"),
    (
        "予以处罚",
        r"予以(?=[^，。；;：:\n]{0,14}(?:处罚|处分|警告|罚款|没收|吊销|取缔|拘留|训诫|开除|撤职|问责"
        r"|惩处|惩戒|通报批评|辞退|收缴|追缴))",
    ),
)
"""Name and expression of verbs that sanction wherever they are the main verb of a clause."""

WEAK_VERBS: tuple[tuple[str, str], ...] = (
    (
        "依照…处理",
        r"(?:依照|按照|根据|依据|参照|按|依(?!法))"
        r"(?=[^，。；;：:\n]{0,60}(?:规定|法律|法规|条例|》|□|条|款)[^，。；;：:\n]{0,8}"
        r"(?:处理|查处|处置)(?:$|[，。；;：:\n]))",
    ),
    ("依法处理", r"依法(?=(?:予以|进行|给予|从重|从严|严肃)?(?:处理|处置|查处)(?:$|[，。；;：:\n]))"),
    ("撤销", r"(?:撤销|取消)(?=[^，。；;：:\n]{0,24}(?:资格|资质|许可|证书?|称号|登记|批准|执照))"),
    ("降低资质", r"降低(?=[^，。；;：:\n]{0,6}(?:资质|等级))"),
    ("收缴", r"收缴(?=[^，。；]{0,12}(?:证|执照|所得|工具|财物))"),
    ("予以处理", r"予以(?=[^，。；;：:\n]{0,8}(?:处理|处置|查处|关闭)(?:$|[，。；;：:\n]))"),
)
"""Verbs that sanction only after the description of an offence."""

VERB_STARTS: str = "严予从依分加参取吊处实开扣撤收按暂根比没罚记警责追给进适通降除减"
"""First characters of all verbs above: nothing else is tried."""

OFFENCE: tuple[str, ...] = words(
    """
    不履行 不按 不改正 伪造 侵占 失职 妨碍 弄虚作假 徇私 情节 拒不 拒绝 挪用 擅自 未依 未按 未经 构成 滥用职权
    犯罪 玩忽职守 破坏 过错 违反 违法 违章 违规 造成 逾期 阻碍 隐瞒 非法 骗取
    """
)
"""Words of an offence description, for the weak verbs."""

NO_OFFENCE: tuple[str, ...] = words("举报人 争议 异议 投诉 申请 纠纷")
"""With one of these as the case, 依照…处理 settles a matter and punishes nobody."""

KINDS: tuple[tuple[str, str], ...] = (
    ("cancellation", r"吊销|撤销|降低[^，。；]{0,6}资质"),
    ("closure", r"责令[^，。；]{0,12}(?:停产|停业|关闭|停止生产|停止营业)|取缔"),
    ("confiscation", r"没收|收缴"),
    ("criminal", r"刑事责任|有期徒刑|拘役|罚金"),
    ("criticism", r"通报批评|批评教育"),
    ("detention", r"拘留"),
    ("discipline", r"处分|撤职|开除|降级|记过|问责"),
    ("fine", r"罚款"),
    ("order", r"责令|责成"),
    ("reference", r"(?:依照|按照|根据|依据|参照)[^，。；]{0,80}(?:处罚|处理|论处)"),
    ("suspension", r"暂扣|限制(?:开展|从业)"),
    ("warning", r"警告"),
)
"""Kinds of sanction, after 行政处罚法 art. 9, with criminal and disciplinary liability beside them."""

LEFT_NAMES: tuple[str, ...] = words(
    """
    不 不予 不再 不得 不执行 不服 作出 免予 免于 免除 出具 受 受到 可以不 因 妨碍执行 实施 将 属于 已 应受
    或者不 执行 抗拒 拒不执行 拒绝执行 拟 接到 提请 收到 是否 曾 有权要求 的 等 经 缴纳 自 行使 被 要求 请求
    逾期不缴纳 采取
    """
)
"""Right before a verb these make it part of a name or deny it."""

LEFT_NAMES_REACH: tuple[str, ...] = words("不予 不依法 不服 作出 免予 受到 受过 执行 拟作出 曾因 曾被 有权要求 被依法")
"""The same, with other words between: 作出责令停产停业、吊销许可证…的决定."""

RIGHT_NAMES: str = (
    r"[^，。；;：:\n]{0,8}(?:拒不|仍不|而不|后仍|仍未|而拒)"
    r"|[^，。；;：:\n]{0,24}(?:之日|的决定|决定(?:书|前|后|的|送达|应|由|中|之)|处罚决定|通知书|期间|期满|届满"
    r"|的期限|的处罚|的种类|的权限|的情形|的数额|的措施)"
)
"""After a verb these make it part of a name: 自责令改正之日."""

ORDERING_MODALS: str = (
    r"(?:应当?|必须|须|有权|要)"
    r"(?:当场|立即|及时|依法|书面|予以|督促|并|当即|首先|同时|先|对其|要求|制止|劝阻|和|、|限期"
    r"|对[^，]{1,30}|向[^，]{1,30}|根据[^，]{1,20}|按照[^，]{1,20}|依照[^，]{1,20}|视情况?)*$"
)
"""An authority that is told to order something is under an obligation; 责令 is its object."""
