import pytest
from administrators import open_desk


@pytest.fixture
def desk(database, tmp_path):
    desk = open_desk(database, tmp_path).sign_in()
    yield desk
    desk.app.extensions["entraide.database"].dispose()
