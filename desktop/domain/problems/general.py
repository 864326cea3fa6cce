"""Problems of no particular area."""

from desktop.domain.problems.model import Problem, entry

GENERAL: dict[str, Problem] = {
    "general.unexpected": entry(
        (
            "出现意外错误",
            "程序遇到了未预料到的情况, 您的文件没有被改动。",
            "请重试; 若再次出现, 请复制诊断信息交给技术支持。",
        ),
        (
            "Something unexpected happened",
            "The program met a situation it did not foresee. Your files were not changed.",
            "Try again; if it happens again, copy the diagnostic and send it to support.",
        ),
    ),
    "general.cancelled": entry(
        ("操作已取消", "您取消了此操作, 没有产生任何结果。", "需要时可重新开始。"),
        ("Cancelled", "You cancelled this operation; it left nothing behind.", "Start again whenever you like."),
    ),
    "general.disk_full": entry(
        ("磁盘空间不足", "保存文件时磁盘已满, 原文件未被改动。", "请清理磁盘空间或选择其他位置后重试。"),
        (
            "The disk is full",
            "There was no room to save the file. The original is untouched.",
            "Free some space or choose another place, then try again.",
        ),
    ),
    "general.file_unreadable": entry(
        (
            "无法读取文件",
            "文件不存在、被其他程序占用或没有读取权限。",
            "请关闭占用该文件的程序, 或将文件复制到本地后重试。",
        ),
        (
            "The file cannot be read",
            "It does not exist, is in use by another program, or may not be read.",
            "Close the program that uses it or copy the file to a local folder, then try again.",
        ),
    ),
    "general.file_unwritable": entry(
        ("无法保存文件", "目标位置不可写, 或文件正被其他程序打开。", "请关闭打开该文件的程序, 或另存到其他位置。"),
        (
            "The file cannot be saved",
            "The place is not writable or the file is open in another program.",
            "Close that program or save to another place.",
        ),
    ),
    "general.amount_invalid": entry(
        ("金额格式不正确", "金额应为以元为单位的数字, 最多两位小数。", "请输入如 1234567.80 的金额。"),
        (
            "Not an amount of money",
            "An amount is a number in yuan with at most two decimals.",
            "Type an amount such as 1234567.80.",
        ),
    ),
    "general.keyring_locked": entry(
        (
            "系统密钥环未解锁",
            "本工位的密钥由系统密钥环保护, 现在无法读取。",
            "请解锁系统密钥环 (或重新登录系统) 后重试。",
        ),
        (
            "The system's keyring is locked",
            "This workstation's key is protected by the keyring, which does not answer now.",
            "Unlock the keyring, or log in to the system again, and retry.",
        ),
    ),
    "general.folder_not_empty": entry(
        ("文件夹里已有 PDF 文件", "其中有不是由演示产生的 PDF, 没有改动任何文件。", "请另选一个文件夹。"),
        (
            "There are PDFs in the folder already",
            "The story did not make them; nothing was touched.",
            "Choose another folder.",
        ),
    ),
    "general.data_folder_away": entry(
        (
            "数据目录不在",
            "数据目录已移到别处, 但现在找不到它 (移动硬盘或网络盘可能未连接)。",
            "请连接该磁盘后重新启动; 在此之前不会新建空目录, 以免丢失工位密钥与记录。",
        ),
        (
            "The data folder is not there",
            "It was moved to a place that cannot be found now; a disk may not be connected.",
            "Connect the disk and start again. No empty folder is made in its place, so that nothing is lost.",
        ),
    ),
    "general.folder_in_use": entry(
        ("目标文件夹不可用", "它不是空文件夹, 或位于现在的数据目录之内。", "请选择一个空文件夹 (可新建)。"),
        (
            "The folder cannot be taken",
            "It is not empty, or lies within the present data folder.",
            "Choose an empty folder, or make a new one.",
        ),
    ),
    "general.copy_differs": entry(
        (
            "数据目录没有移动",
            "复制后的核对没有通过, 仍使用原目录, 没有丢失任何内容。",
            "请检查目标磁盘后重试, 或选择其他位置。",
        ),
        (
            "The data folder was not moved",
            "The copy was checked and differs. The old folder is still in use; nothing was lost.",
            "Check the disk and try again, or choose another place.",
        ),
    ),
    "general.data_folder_busy": entry(
        ("数据目录正被占用", "另一个窗口正在使用或移动此数据目录。", "请关闭所有窗口后重新启动, 移动将自动继续。"),
        (
            "The data folder is in use",
            "Another window works in it, or moves it.",
            "Close all windows and start again; the move then goes on by itself.",
        ),
    ),
}
