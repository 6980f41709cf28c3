# cfi.py - run by gdb (cfi.sh): steps through calls and callbacks, one instruction at a time,
# and unwinds at each: the caller's frames must all be there, with its registers.
import gdb

REGISTERS = {
    "x86-64": ["rbx", "rbp", "rsp", "r12", "r13", "r14", "r15"],
    "aarch64": ["sp"] + ["x%d" % n for n in range(19, 31)],
}
CALLERS = ("call_plain", "call_on")


def step():
    gdb.execute("stepi", to_string=True)


def frames():
    names, frame = [], gdb.newest_frame()
    while frame is not None and len(names) < 60:
        names.append(frame)
        frame = frame.older()
    return names


def registers(frame):
    machine = frame.architecture().name()
    for key, names in REGISTERS.items():
        if key in machine:
            return [int(frame.read_register(name)) for name in names]
    raise gdb.GdbError("no registers known of " + machine)


class Count:
    def __init__(self):
        self.steps = self.bad = self.entry = 0
        self.shown = 0

    def wrong(self, what):
        self.bad += 1
        if self.shown < 5:
            self.shown += 1
            text = gdb.execute("x/i $pc", to_string=True).strip()
            print("# %s: %s" % (text, what))


def step_through(count):
    """From the first instruction of case_begins() to that of case_ends()."""
    known = {}  # a caller's frame, at one pc: its registers
    inner = set()
    while count.steps < 20000:
        now = frames()
        names = [frame.name() or "?" for frame in now]
        if names[0] == "case_ends":
            break
        if "?" in names[1:]:
            count.wrong("unwinds to %s" % names)
        # an entry lies in a copy of the table, which no file describes
        elif names[0] == "?":
            count.entry += 1
        if names[-1] != "_start" and names[-1] != "bdl_start" and "main" not in names:
            count.wrong("unwinds to %s" % names)
        caller = [frame for frame in now if frame.name() in CALLERS]
        if caller and caller[0] != now[0]:
            key = (caller[0].name(), int(caller[0].pc()))
            values = registers(caller[0])
            if known.setdefault(key, values) != values:
                count.wrong("%s has other registers" % caller[0].name())
            if "main" not in names:
                count.wrong("unwinds to %s" % names)
            inner.update(names)
        count.steps += 1
        step()
    return inner


gdb.execute("set pagination off")
gdb.execute("set confirm off")
gdb.execute("set backtrace past-main on")
gdb.Breakpoint("case_begins")
gdb.execute("run", to_string=True)
number = 0
entries = 0
while gdb.selected_thread():
    what = gdb.parse_and_eval("what").string()
    if not what:
        break
    count = Count()
    names = step_through(count)
    seen = "handler" in names and "bdl_invoke" in names
    good = seen and count.bad == 0 and 40 < count.steps < 20000
    number += 1
    entries += count.entry
    print("%sok %d - %s: %d instructions, each unwinds" % ("" if good else "not ", number, what, count.steps))
    if not seen:
        print("# only went through %s" % sorted(names))
    gdb.execute("continue", to_string=True)
print("# of them in entries: %d" % entries)
print("1..%d" % number)
gdb.execute("kill", to_string=True)
