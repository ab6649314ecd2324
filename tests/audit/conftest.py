"""The browser of those who look at pages."""

import pytest

from tests.browser import CHROMIUM, FLAGS


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}
