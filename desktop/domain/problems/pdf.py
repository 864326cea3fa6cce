"""Problems of opening, sealing and verifying PDF files."""

from desktop.domain.problems.model import Problem, entry
from desktop.domain.problems.verification import TRUST, VERIFY

PDF: dict[str, Problem] = {
    **TRUST,
    **VERIFY,
    "pdf.not_a_pdf": entry(
        (
            "这不是 PDF 文件",
            "文件开头没有 PDF 标记, 可能只是改了扩展名。",
            "请用原来的软件打开该文件, 另存或导出为 PDF 后再试。",
        ),
        (
            "This is not a PDF file",
            "The file does not begin like a PDF; perhaps only its extension was changed.",
            "Open it in its own program and save or export it as PDF, then try again.",
        ),
    ),
    "pdf.too_large": entry(
        ("文件太大", "该 PDF 超过 512 MB, 超出本软件一次可处理的上限。", "请拆分文件或降低扫描分辨率后再试。"),
        (
            "The file is too large",
            "The PDF is larger than 512 MB, the most this program takes at once.",
            "Split the file or scan at a lower resolution, then try again.",
        ),
    ),
    "pdf.damaged": entry(
        (
            "PDF 文件已损坏",
            "文件内部结构不完整或自相矛盾, 盖章后可能无法通过验证。",
            "请用制作该文件的软件重新导出, 或打印为 PDF 后再盖章。",
        ),
        (
            "The PDF is damaged",
            "Its inner structure is incomplete or contradicts itself; a seal on it might not verify.",
            "Export it again from the program that made it, or print it to PDF, then seal that file.",
        ),
    ),
    "pdf.encrypted": entry(
        (
            "PDF 受保护, 不能盖章",
            "文件被加密并限制编辑, 盖章会破坏其保护设置。",
            "请用制作该文件的软件取消安全设置并另存, 再对新文件盖章。",
        ),
        (
            "The PDF is protected and cannot be sealed",
            "The file is encrypted and restricted against changes; sealing would break its protection.",
            "Remove the protection in the program that made the file, save it, and seal the new file.",
        ),
    ),
    "pdf.password_needed": entry(
        (
            "PDF 需要密码才能打开",
            "文件设有打开密码, 加密的文件不能盖章。",
            "请用密码打开后取消加密并另存, 再对新文件盖章。",
        ),
        (
            "The PDF needs a password to open",
            "The file has an open password; an encrypted file cannot be sealed.",
            "Open it with the password, remove the encryption, save it, and seal the new file.",
        ),
    ),
    "pdf.certified": entry(
        (
            "该 PDF 已被认证锁定",
            "作者对文件做了认证签名(DocMDP), 再加盖印章会使认证失效。",
            "请向文件作者索取未认证的版本再盖章。",
        ),
        (
            "The PDF is certified and locked",
            "Its author certified it (DocMDP); adding a seal would break that certification.",
            "Ask the author for a version that is not certified and seal that one.",
        ),
    ),
    "pdf.xfa": entry(
        (
            "不支持 XFA 动态表单",
            "文件是 XFA 动态表单, 显示内容由程序生成, 无法确认盖章时看到的内容。",
            "请用 Adobe 打开并打印为普通 PDF 后再盖章。",
        ),
        (
            "XFA forms are not supported",
            "The file is a dynamic XFA form whose look is made by a program, so what you see cannot be pinned down.",
            "Open it in Adobe Acrobat, print it to an ordinary PDF, and seal that file.",
        ),
    ),
    "pdf.source_changed": entry(
        (
            "文件在盖章过程中被改动",
            "您看到的文件与现在的文件不一致, 为防止盖错文件, 没有盖章。",
            "请重新打开文件, 核对内容后再盖章。",
        ),
        (
            "The file changed while it was being sealed",
            "What you saw and what is there now differ; nothing was sealed, so that no wrong document is.",
            "Open the file again, check it, then seal it.",
        ),
    ),
    "pdf.target_is_source": entry(
        ("不能覆盖原文件", "盖章结果的保存位置与打开的文件相同, 原文件不会被改动。", "请换一个文件名或文件夹保存。"),
        (
            "The original cannot be overwritten",
            "The sealed file was to be saved over the opened one, which is never modified.",
            "Choose another name or folder.",
        ),
    ),
    "pdf.certificate_cannot_sign": entry(
        (
            "该证书不能用于签章",
            "所选证书不是签名证书(例如是加密证书)。",
            "请选择签名证书; 若没有, 请在【数字证书】中下载。",
        ),
        (
            "This certificate cannot sign",
            "The chosen certificate is not a signing certificate (it may be the encryption one).",
            "Choose the signing certificate; if there is none, download it under Certificates.",
        ),
    ),
    "pdf.imprint_unreadable": entry(
        ("印章图片无法使用", "印章图片损坏、过大或不是 PNG 格式。", "请在【电子印章】中重新申领印章。"),
        (
            "The seal's picture cannot be used",
            "It is damaged, too large, or no PNG.",
            "Claim the seal again under Seals.",
        ),
    ),
    "pdf.imprint_outside_page": entry(
        ("印章超出页面", "印章位置有一部分落在页面之外。", "请把印章移到页面之内再盖章。"),
        (
            "The seal lies outside the page",
            "Part of the seal's place is beyond the page's edge.",
            "Move the seal onto the page, then seal.",
        ),
    ),
    "pdf.cross_page_range": entry(
        ("骑缝章的页码范围不对", "骑缝章至少要盖两页, 而且页码要在文件之内。", "请改正起止页码。"),
        (
            "The pages of the cross-page seal do not fit",
            "It needs at least two pages, all of them pages of the file.",
            "Correct the first and the last page.",
        ),
    ),
    "pdf.cross_page_signed": entry(
        (
            "已签名的文件不能再盖骑缝章",
            "骑缝章要画在每一页上, 会改动已签名的页面; 两枚不同证书的骑缝章也不能盖在同一个文件上。",
            "请在首次签章时一起盖骑缝章, 或去掉骑缝章。",
        ),
        (
            "No cross-page seal on a signed file",
            "It would change pages that are signed; so would the cross-page seals of two certificates.",
            "Place it together with the first signature, or take it off.",
        ),
    ),
    "pdf.text_not_found": entry(
        ("没有找到关键字", "文件的文字中没有这些字。", "请检查关键字是否与文件中的文字一致, 或直接在页面上点击放置。"),
        (
            "The words were not found",
            "They do not stand in the text of the file.",
            "Compare them with the file, or click on the page.",
        ),
    ),
    "pdf.no_text": entry(
        (
            "文件中没有可查找的文字",
            "页面是扫描图片, 不含文字, 无法按关键字定位。",
            "请直接在页面上点击放置印章。",
        ),
        (
            "The file has no text to search",
            "Its pages are scanned pictures without text.",
            "Click on the page to place the seal.",
        ),
    ),
    "pdf.page_missing": entry(
        ("页码不存在", "要盖章的页在文件中不存在。", "请重新选择盖章的页。"),
        ("There is no such page", "The page to be sealed does not exist in this file.", "Choose the pages again."),
    ),
    "pdf.imprint_covers_signature": entry(
        (
            "印章盖住了已有的签章",
            "盖在另一次签名的印章之上, 先前的签章会被判为无效; 同一证书的印章可以重叠, 但必须在同一次扫码中完成。",
            "请把印章移到旁边的空白处; 需要重叠的印章请使用同一证书, 一次扫码完成。",
        ),
        (
            "The seal would cover an earlier one",
            "Over the mark of another signature it would make that one invalid; in one scan seals may overlap.",
            "Move the seal beside it, or use seals of the same certificate in one scan.",
        ),
    ),
    "pdf.signed_one_imprint": entry(
        (
            "该文件已有签名, 每次签名只能盖一枚印章",
            "在已签名的文件上改动页面内容会使先前的签名失效, 因此每枚印章都要单独扫码一次。",
            "请减少印章; 需要多处盖章时, 请在首次签章时一起完成: 先盖骑缝章和多处印章, 再盖单枚印章。",
        ),
        (
            "The file is already signed: one seal at a time",
            "Changing page content of a signed file would break the earlier signatures; each seal is a scan of its own.",
            "Place fewer seals; place cross-page and repeated seals first, together, and single ones after.",
        ),
    ),
    "pdf.already_signed": entry(
        (
            "文件已有签名",
            "文件中已有电子签名, 再盖章会作为新的一次签名追加, 不影响先前的签名。",
            "如需查看已有签名, 请使用【验签】。",
        ),
        (
            "The file is already signed",
            "It holds a signature; your seal is added as a further one and leaves it as it is.",
            "Use Verify to look at the existing signatures.",
        ),
    ),
    "pdf.not_signed": entry(
        ("文件还没有签章", "时间戳和长期验证资料只能加到已签章的文件上。", "请先签章, 再补加时间戳。"),
        (
            "The file is not signed yet",
            "A timestamp and long-term evidence can only be added to a sealed file.",
            "Seal it first, then add the timestamp.",
        ),
    ),
    "pdf.active_content": entry(
        (
            "文件含有脚本或可执行动作",
            "文件内含 JavaScript 或启动动作, 在其他软件中显示的内容可能变化。",
            "请确认文件来源可靠; 建议打印为普通 PDF 后再盖章。",
        ),
        (
            "The file holds scripts or actions",
            "It holds JavaScript or launch actions; other programs may show it differently.",
            "Make sure of its origin; better print it to an ordinary PDF before sealing.",
        ),
    ),
}
