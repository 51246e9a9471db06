"""The demonstration city: 福州市鼓楼区 with its real names and invented geometry.

演示数据，非官方界线: names and codes are the public ones, every line on the map is generated.
"""

from __future__ import annotations

from geodata.demo.write import DemoFiles, write_demo

__all__ = ["DemoFiles", "write_demo"]
