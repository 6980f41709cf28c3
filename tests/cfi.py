# cfi.py - run by gdb (cfi.sh): steps through the assembly, one instruction at a
# time, and unwinds at each: the caller's frames must all be there.
import gdb

FUNCTIONS = ["bdl_call", "bdl_import_lazy", "arch_resume", "arch_enter"]


def frames():
    names, frame = [], gdb.newest_frame()
    while frame is not None and len(names) < 60:
        names.append(frame.name() or "?")
        frame = frame.older()
    return names


def bounds(name):
    start = int(gdb.parse_and_eval("(unsigned long)&%s" % name))
    symbol = gdb.execute("info symbol %s" % hex(start), to_string=True)
    assert symbol.startswith(name), symbol
    end = start
    while gdb.execute("info symbol %s" % hex(end), to_string=True).split(" ")[0] == name:
        end += 1
    return start, end


def step_through(name):
    """How many instructions, and how many of them could not be unwound."""
    start, end = bounds(name)
    point = gdb.Breakpoint("*%s" % hex(start), temporary=True)
    gdb.execute("run", to_string=True)
    if not gdb.selected_thread():
        return 0, 0
    steps = bad = 0
    expected = frames()[1:]  # at the first instruction nothing has been pushed
    while start <= int(gdb.selected_frame().pc()) < end and steps < 400:
        text = gdb.execute("x/i $pc", to_string=True)
        now = frames()
        # once it is on the other stack, arch_enter has nobody to return to
        gone = name == "arch_enter" and len(now) == 1 and "jmp" in text
        if name == "arch_resume":
            # from the resident's main, which is given up, into the boot
            good = "resident_main" in now or "boot_on_need" in now or "boot" in now
        else:
            good = now[1:] == expected or gone
        if not good:
            bad += 1
            print("# %s: %s# unwinds to %s" % (name, text, now))
        steps += 1
        # over calls, into everything else
        gdb.execute("nexti" if "call" in text else "stepi", to_string=True)
        if not gdb.selected_thread():
            break
    gdb.execute("kill", to_string=True)
    return steps, bad


gdb.execute("set pagination off")
gdb.execute("set confirm off")
gdb.execute("set backtrace past-main on")
count = 0
failed = False
for function in FUNCTIONS:
    # arch_resume only runs in a boot on first need
    late = function in ("arch_resume", "arch_enter")
    gdb.execute("set args %s - args" % ("late" if late else "start"))
    if function == "bdl_call":
        gdb.execute("set args start - call")
    steps, bad = step_through(function)
    count += 1
    ok = steps > 10 and bad == 0
    failed |= not ok
    print("%sok %d - %s: %d instructions, each unwinds" % ("" if ok else "not ", count, function, steps))
print("1..%d" % count)
