"""Lay content/ into the wheel as ``bot/_content``; everything else is in pyproject.toml."""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithContent(build_py):
    """Copies content/ beside the code."""

    def run(self) -> None:
        """Build, then copy; an editable install reads the checkout itself."""
        super().run()
        if not self.editable_mode:
            target = Path(self.build_lib) / "bot" / "_content"
            shutil.copytree(Path(__file__).parent / "content", target, dirs_exist_ok=True)


setup(cmdclass={"build_py": BuildWithContent})
