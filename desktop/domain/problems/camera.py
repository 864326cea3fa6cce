"""Problems of reading a QR code from images or a camera, and of cutting a seal out of its scan."""

from desktop.domain.problems.model import Problem, entry

CAMERA: dict[str, Problem] = {
    "camera.image_too_large": entry(
        (
            "图片过大",
            "图片的像素数或文件大小超出允许的范围, 为保护本机未打开。",
            "请截取包含二维码或印章的部分, 或缩小图片后重试。",
        ),
        (
            "The picture is too large",
            "It has more pixels or bytes than allowed and was not opened, to protect this computer.",
            "Crop it to the QR code or seal, or make it smaller, then try again.",
        ),
    ),
    "camera.image_unsupported": entry(
        ("不支持的图片格式", "只支持 PNG、JPG、WebP 和 BMP 图片。", "请将图片另存为 PNG 或 JPG 后重试。"),
        (
            "This kind of picture is not supported",
            "PNG, JPG, WebP and BMP pictures are.",
            "Save it as PNG or JPG, then try again.",
        ),
    ),
    "camera.image_damaged": entry(
        ("图片已损坏", "图片内容不完整或已损坏, 无法显示。", "请重新获取或重新扫描该图片。"),
        (
            "The picture is damaged",
            "It is incomplete or broken and cannot be shown.",
            "Get the picture again or scan it anew.",
        ),
    ),
    "camera.qr_not_found": entry(
        ("未找到二维码", "画面中没有可识别的二维码。", "请让二维码完整、清晰地出现在画面中, 避免反光, 然后重试。"),
        (
            "No QR code found",
            "The picture holds no QR code that can be read.",
            "Bring the whole code into view, sharp and without reflections, then try again.",
        ),
    ),
    "camera.qr_unclear": entry(
        (
            "二维码不够清晰",
            "看到了二维码, 但内容无法确认, 因此没有采用。",
            "请靠近一些、擦净镜头或提高屏幕亮度后重试。",
        ),
        (
            "The QR code is not clear enough",
            "A code was seen, but what it says is not certain, so it was not used.",
            "Move closer, wipe the lens or raise the screen's brightness, then try again.",
        ),
    ),
    "camera.qr_part_only": entry(
        ("只读到二维码的一部分", "该内容分布在多个二维码中, 其余部分尚未读取。", "请一并提供同组的全部二维码图片。"),
        (
            "Only one part of a message",
            "The message is spread over several QR codes and the others are missing.",
            "Give the pictures of all codes of the set together.",
        ),
    ),
    "camera.absent": entry(
        ("未找到摄像头", "本机没有可用的摄像头, 或摄像头已被禁用。", "请连接摄像头, 或改用在线方式、图片文件继续。"),
        (
            "No camera found",
            "This computer has no camera that can be used, or it is switched off.",
            "Connect a camera, or go on online or with a picture file.",
        ),
    ),
    "camera.busy": entry(
        ("摄像头被占用", "摄像头正被其他程序使用。", "请关闭正在使用摄像头的程序 (如会议软件) 后重试。"),
        (
            "The camera is in use",
            "Another program is using the camera.",
            "Close the program that uses it, such as a meeting, then try again.",
        ),
    ),
    "camera.denied": entry(
        ("无权使用摄像头", "系统设置不允许本程序使用摄像头。", "请在系统的隐私设置中允许本程序使用摄像头, 然后重试。"),
        (
            "The camera may not be used",
            "The system's settings do not let this program use the camera.",
            "Allow it in the privacy settings of the system, then try again.",
        ),
    ),
    "camera.unplugged": entry(
        ("摄像头已断开", "使用过程中摄像头停止传送画面。", "请检查连接后重新打开摄像头, 已读取的内容不会丢失。"),
        (
            "The camera was disconnected",
            "It stopped sending pictures while in use.",
            "Check the cable and open the camera again; what was read is not lost.",
        ),
    ),
    "camera.black": entry(
        ("摄像头画面全黑", "镜头可能被遮挡, 或摄像头的物理开关处于关闭状态。", "请打开镜头盖或开关, 并保证环境光线。"),
        (
            "The camera shows only black",
            "The lens may be covered or the camera's own switch is off.",
            "Open the cover or the switch and make sure there is some light.",
        ),
    ),
    "camera.stalled": entry(
        (
            "摄像头没有响应",
            "摄像头已有几秒没有传送画面, 可能是驱动程序无响应。",
            "请拔下后重新连接摄像头, 或换用其他摄像头; 也可改用在线方式继续。",
        ),
        (
            "The camera does not answer",
            "It has sent no picture for some seconds; its driver may hang.",
            "Unplug and connect it again, or choose another camera; or go on online.",
        ),
    ),
    "imprint.blurred": entry(
        ("印章不够清晰", "扫描件模糊, 印文边缘不清。", "请重新对焦拍摄, 或用 300 dpi 以上扫描。"),
        (
            "The seal is blurred",
            "The scan is out of focus and its edges are soft.",
            "Focus and take it again, or scan at 300 dpi or more.",
        ),
    ),
    "imprint.cut_off": entry(
        ("印章不完整", "印章的一部分在画面之外。", "请让整个印章位于画面之内, 四周留出空白。"),
        (
            "The seal is cut off",
            "A part of it lies outside the picture.",
            "Take the whole seal, with blank paper all around it.",
        ),
    ),
    "imprint.too_small": entry(
        ("印章图像过小", "印章在画面中的像素太少, 打印后会模糊。", "请靠近拍摄, 或用 300 dpi 以上扫描。"),
        (
            "The seal is too small",
            "It has too few pixels and would look coarse in print.",
            "Move closer, or scan at 300 dpi or more.",
        ),
    ),
    "imprint.not_found": entry(
        ("未找到印章", "画面中没有红色或蓝色的印章。", "请在白纸上清晰盖章后, 上传该纸张的扫描件或照片。"),
        (
            "No seal found",
            "The picture shows no red or blue seal.",
            "Stamp a blank sheet clearly and upload its scan or photograph.",
        ),
    ),
    "imprint.not_blank_paper": entry(
        ("印章未盖在空白纸上", "印章下方或背景中有文字、图案或颜色。", "请将印章盖在空白的白纸上重新扫描。"),
        (
            "The seal is not on blank paper",
            "There is writing, a pattern or a colour under or behind the seal.",
            "Stamp it on a blank white sheet and scan that.",
        ),
    ),
    "imprint.faint": entry(
        ("印迹过浅", "印泥太淡, 印文与纸张的对比不足。", "请重新蘸印泥, 均匀用力盖章后扫描。"),
        (
            "The ink is too faint",
            "There is too little contrast between ink and paper.",
            "Ink the seal again, press it evenly and scan that.",
        ),
    ),
    "imprint.wrong_shape": entry(
        (
            "印章形状与类型不符",
            "企业公章、合同章为圆形或椭圆形, 法人章为方形; 所拍印章不是这个形状。",
            "请核对所选的印章类型, 或换用该类型的印章重新盖章后扫描。",
        ),
        (
            "The seal has the wrong shape for its kind",
            "Official and contract seals are round or oval, a legal representative's seal is square; this one is not.",
            "Check the kind that is chosen, or stamp the seal of that kind and scan it.",
        ),
    ),
    "imprint.several_seals": entry(
        (
            "画面中有多枚印章",
            "画面中有两枚以上的印章, 无法确定申请的是哪一枚。",
            "请在空白纸上只盖一枚印章, 或只截取其中一枚后重新上传。",
        ),
        (
            "There is more than one seal",
            "The picture shows several seals, so it is not certain which one is meant.",
            "Stamp one seal alone on a blank sheet, or crop the picture to one, and upload that.",
        ),
    ),
}
