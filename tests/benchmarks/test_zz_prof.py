import time
from sqlalchemy import event
from lti_tool.home import watching, reminders
from lti_tool.home.models import ReminderKind
from lti_tool.kernel.database import Database
from test_first_screen import prepared
def test_prof(sqlite_files):
    with sqlite_files.fresh() as url:
        from lti_tool.migrations import upgrade
        db=Database(url); upgrade(db)
        room=prepared(db,2000)
        a=room.activity
        def t(name,f):
            best=9
            for _ in range(8):
                with db.read() as s:
                    s0=time.process_time(); f(s); best=min(best,time.process_time()-s0)
            print(f"{name}: {best*1e3:.1f} ms")
        t("totals",lambda s: watching.totals(s,a))
        t("uncertain",lambda s: watching.uncertain(s,a))
        t("disputed",lambda s: watching.disputed(s,a))
        for show in watching.Show: t(show,lambda s: watching.people(s,a,show,None))
        for k in ReminderKind: t(k,lambda s: reminders.count(s,a,k))
        import sys
        with db.read() as s:
            from lti_tool.home.watching import _count, _read_works, learners, Enrolment, select, func
        db.dispose()
