"""A report on peer learning from any LRS: python report.py https://lrs.example/xapi KEY SECRET"""

import sys

from xapi.reports import Report

url, username, password, *folder = sys.argv[1:]
with Report.read(url, username, password, cache="statements") as report:
    print(f"{report.counts['acts']} acts; left out: {dict(report.left_out)}")
    for row in report.tables()["by_course"]:
        print(row)
    for file in report.write(folder[0] if folder else "report"):
        print(file)
