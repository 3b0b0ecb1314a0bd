"""What the checks of clients and of servers have in common: their plugins, and that nothing checked is no success."""

import pytest

pytest_plugins = ["contract_tests.client.plugin", "contract_tests.server.plugin"]


_ENDED = (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)


class _Nothing:
    """Fails a run in which no check passed or failed, which pytest by itself takes for a success."""

    def __init__(self) -> None:
        self._is_checked = False
        self._is_told = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Hear what became of a check, in this process or in another one."""
        self._is_checked |= report.failed or (report.when == "call" and not _is_left_out(report))

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Turn success into failure."""
        if not session.config.option.collectonly and not self._is_checked and exitstatus in _ENDED:
            session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED
            self._is_told = True

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say so."""
        if self._is_told:
            terminalreporter.write_line(
                "Nothing was checked. A client is named by --client or --client-command, a server by --server; "
                "-rs says why checks were skipped.",
                red=True,
            )


def pytest_configure(config: pytest.Config) -> None:
    """Watch what becomes of the checks, where they are reported."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(_Nothing())


def _is_left_out(report: pytest.TestReport) -> bool:
    """Tell whether a check was skipped; one that failed and is held against nobody looks alike."""
    return report.skipped and not hasattr(report, "wasxfail")
