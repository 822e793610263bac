import pytest

pytest.register_assert_rewrite("tests.histories.promises")  # what does not hold is shown, as in a test
