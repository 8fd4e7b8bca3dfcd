"""Names of on-site devices and records-making equipment, by device kind: data only, sorted and unique.

The kinds are those that inspections of battery-recycling sites ask for: who came in, what was filmed, what was weighed,
which code was read, what was measured, and how all that reached the platform.
"""

from __future__ import annotations

from nlp.text.lexicon import words

DEVICES: dict[str, tuple[str, ...]] = {
    "access_control": words(
        """
        人脸识别 出入口控制 出入口门禁 刷脸 刷脸设备 指纹识别 掌纹识别 生物特征识别 生物识别 车牌识别 道闸 门禁
        门禁系统 闸机 面部识别
        """
    ),
    "backup_power": words("UPS 不间断电源 备用发电机 备用电源 应急电源"),
    "camera": words(
        """
        图像采集 录像机 录像设备 执法记录仪 摄像 摄像头 摄像机 监控探头 监控摄像 硬盘录像机 视频监控
        视频监控系统 视频监控设备 视频采集 视频采集设备
        """
    ),
    "code_reader": words(
        """
        PDA RFID 二维码 射频识别 手持终端 打码机 打码设备 扫描枪 扫码枪 扫码设备 条形码 条码 条码打印机
        标签打印机 电子标签 读码器 赋码设备
        """
    ),
    "discharge": words("放电柜 放电装置 放电设备 盐水放电池"),
    "dismantling": words(
        """
        个体防护装备 切割设备 拆解专用设备 拆解工位 拆解平台 拆解设备 机械臂 绝缘吊具 绝缘工具 绝缘手套 绝缘防护
        起吊设备 防护用具
        """
    ),
    "emission_monitoring": words(
        """
        VOCs监测 在线监控设备 在线监测 在线监测设备 污染源自动监控 污染物排放自动监测设备 烟气在线监测
        自动监控设备 自动监控设施 自动监测设备
        """
    ),
    "fire_detection": words(
        """
        可燃气体报警 可燃气体报警装置 可燃气体探测器 感温探测器 感烟探测器 氢气探测器 温度监测 火灾报警
        火灾自动报警系统 烟感 烟雾报警器 热失控报警 热成像
        """
    ),
    "fire_suppression": words(
        """
        喷淋 喷淋系统 应急水池 浸没池 消火栓 消防栓 消防沙 消防砂 消防设施 灭火器 灭火器材 灭火设备
        自动喷水灭火系统 自动灭火系统
        """
    ),
    "gateway": words(
        """
        上传终端 传感器 数据上传终端 数据传输终端 数据采集仪 数据采集器 数据采集终端 数据采集设备 数采仪
        物联网网关 物联网设备 网关 边缘网关 采集终端
        """
    ),
    "insulation_tester": words("兆欧表 绝缘检测仪 绝缘电阻测试仪 耐压仪 耐压测试仪"),
    "positioning": words(
        """
        GPS 北斗 北斗定位 卫星定位 卫星定位系统 卫星定位装置 定位终端 定位装置 行驶记录仪 车载定位 车载终端
        """
    ),
    "storage_climate": words(
        """
        恒温库 恒温恒湿 温湿度传感器 温湿度监控 温湿度记录仪 货架 防爆柜 防爆箱 隔离柜 隔离间
        """
    ),
    "test_bench": words(
        """
        SOC检测 SOH检测 余能检测设备 余能测试 充放电测试仪 充放电设备 容量测试 检测台架 电池检测设备 电池测试柜
        """
    ),
    "time_server": words("NTP 授时 授时服务器 时钟同步 时间同步 校时"),
    "weighing": words(
        """
        台秤 地中衡 地磅 地磅房 汽车衡 电子地磅 电子秤 电子衡器 磅房 称重系统 称重设备 称量设备 衡器 计量衡器
        过磅
        """
    ),
}
"""Device kind → names, as texts write them."""

NOT_DEVICES: tuple[str, ...] = words(
    """
    互联网关 传感器产业 北斗村 北斗镇 摄像师 智能传感器产业 条码技术产业 物联网关联 网关键 联网关
    """
)
"""Words that hold a device name by chance."""
