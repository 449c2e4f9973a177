"""Run the fuzzing client against one WebSocket echo server and judge the outcome."""
import argparse, json, os, subprocess, sys, threading, time
from collections import deque

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "lib"))


def worker(args):
    """Runs cases one after the other; asks for the next on stdout, is told it on stdin."""
    from twisted.internet import reactor
    from twisted.python import log
    import autobahntestsuite.fuzzing as fuzzing
    import autobahntestsuite.caseset as caseset

    out = os.fdopen(os.dup(1), "w", buffering=1)
    logf = open(os.path.join(args.outdir, "wstest-%d.log" % args.worker), "w", buffering=1)
    os.dup2(logf.fileno(), 1)
    errors = [0]

    def observe(e):
        if e.get("isError"):
            errors[0] += 1
    log.startLogging(logf, setStdout=False)
    log.addObserver(observe)

    def say(**kw):
        out.write(json.dumps(kw) + "\n")

    class Factory(fuzzing.FuzzingClientFactory):
        noisy = False
        refused = 0

        def logCase(self, r):
            key = (r["agent"], r["id"])
            self.agents = {key[0]: {key[1]: r}}
            os.makedirs(self.outdir, exist_ok=True)
            self.createAgentCaseReportJSON(key[0], key[1], self.outdir)
            if args.html:
                self.createAgentCaseReportHTML(key[0], key[1], self.outdir)
            self.agents = {}
            self.refused = 0
            say(result={k: r[k] for k in (
                "id", "agent", "behavior", "behaviorClose", "remoteCloseCode", "duration", "reportTime",
                "reportCompressionRatio", "trafficStats", "started", "result", "resultClose")}, errors=errors[0])
            errors[0] = 0

        def nextCase(self):
            say(ready=True)
            line = sys.stdin.readline().strip()
            if not line:
                return False
            self.currentCaseId = line
            self.currentCaseIndex = self.CaseSet.CasesIndices[line]
            return True

        def clientConnectionFailed(self, connector, reason):
            self.refused += 1
            if self.refused <= args.connect_tries:
                reactor.callLater(0.25, connector.connect)
            else:
                say(refused=reason.getErrorMessage())
                reactor.stop()

        def createReports(self, *a, **k):
            pass

    if args.messages:
        for c in fuzzing.Cases:
            if c.RAW:                       # 12.x and 13.x
                c.COUNT = args.messages

    Factory({"outdir": args.outdir, "cases": args.cases, "exclude-cases": args.exclude,
             "servers": [{"agent": args.agent, "url": args.url}]})
    reactor.run()


def main():
    ap = argparse.ArgumentParser(prog="wstest-fuzzingclient", description=__doc__)
    ap.add_argument("--url", help="ws://127.0.0.1:PORT[/path]")
    ap.add_argument("--agent", default="server", help="name of the server under test, for the reports")
    ap.add_argument("--outdir", default="./reports/servers")
    ap.add_argument("--cases", action="append", metavar="PATTERN[,PATTERN]",
                    help="e.g. '*' (default), '1.*', '6.4.3,7.*'; may be given several times")
    ap.add_argument("--exclude", action="append", default=[], metavar="PATTERN[,PATTERN]")
    ap.add_argument("--jobs", type=int, default=1,
                    help="client processes working on the same server (default 1: strictly one case at a time)")
    ap.add_argument("--deadline", type=float, default=0, help="stop handing out cases after SEC seconds")
    ap.add_argument("--messages", type=int, default=0, metavar="N",
                    help="messages per 12.x / 13.x case (default: upstream's 1000; 100 makes a quick run)")
    ap.add_argument("--no-html", dest="html", action="store_false", help="write JSON reports only")
    ap.add_argument("--list", action="store_true", help="print the selected case ids and stop")
    ap.add_argument("-q", "--quiet", action="store_true", help="no progress on stderr")
    ap.add_argument("--connect-tries", type=int, default=20, help=argparse.SUPPRESS)
    ap.add_argument("--worker", type=int, help=argparse.SUPPRESS)
    args = ap.parse_args()
    split = lambda l: [p for x in l for p in x.replace(",", " ").split()]
    args.cases, args.exclude = split(args.cases or ["*"]), split(args.exclude)
    if args.worker is not None:
        return worker(args)

    from autobahntestsuite.caseset import CaseSet
    from autobahntestsuite import case as C
    cs = CaseSet(C.CaseSetname, C.CaseBasename, C.Cases, C.CaseCategories, C.CaseSubCategories)
    ids = cs.parseSpecCases({"cases": args.cases, "exclude-cases": args.exclude})
    unknown = [i for i in ids if i not in cs.CasesById]
    if unknown or not ids:
        ap.error("no such case: " + (" ".join(unknown) or " ".join(args.cases)))
    if args.list:
        print("\n".join(ids))
        return 0
    if not args.url or not args.url.startswith("ws://"):
        ap.error("--url ws://HOST:PORT is needed")
    os.makedirs(args.outdir, exist_ok=True)

    todo, lock, results, notes, t0 = deque(ids), threading.Lock(), {}, [], time.time()
    width = len(str(len(ids)))
    mine = {}

    def serve(k, p):
        for line in p.stdout:
            m = json.loads(line)
            if "ready" in m:
                with lock:
                    late = args.deadline and time.time() - t0 > args.deadline
                    nxt = todo.popleft() if todo and not late else ""
                    mine[k] = nxt
                try:
                    p.stdin.write(nxt + "\n")
                    p.stdin.flush()
                except BrokenPipeError:
                    pass
            elif "result" in m:
                r = m["result"]
                with lock:
                    results[r["id"]] = r
                    r["errors"] = m["errors"]
                    n = len(results)
                if not args.quiet:
                    sys.stderr.write("[%*d/%d] %-9s %-14s close=%-16s %6d ms\n" % (
                        width, n, len(ids), r["id"], r["behavior"], r["behaviorClose"], r["duration"]))
            elif "refused" in m:
                with lock:
                    notes.append("cannot connect to %s for case %s (%s)" % (args.url, mine.get(k), m["refused"].split("\n")[0]))
        p.wait()

    procs, threads = [], []
    for k in range(max(1, args.jobs)):
        cmd = [sys.executable, "-W", "ignore", os.path.abspath(__file__), "--worker", str(k), "--url", args.url,
               "--agent", args.agent, "--outdir", args.outdir, "--cases", "1.1.1"]
        if args.messages:
            cmd += ["--messages", str(args.messages)]
        if not args.html:
            cmd.append("--no-html")
        p = subprocess.Popen(cmd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        procs.append(p)
        t = threading.Thread(target=serve, args=(k, p))
        t.start()
        threads.append(t)
    try:
        for t in threads:
            t.join()
    except KeyboardInterrupt:
        for p in procs:
            p.terminate()
        notes.append("interrupted")
    wall = time.time() - t0

    # master reports
    import autobahntestsuite.fuzzing as fuzzing
    f = fuzzing.FuzzingFactory(args.outdir)
    f.CaseSet = cs
    for i, r in results.items():
        f.agents.setdefault(r["agent"], {})[i] = r
        f.cases.setdefault(i, {})[r["agent"]] = r
    f.createMasterReportJSON(args.outdir)
    if args.html:
        f.createMasterReportHTML(args.outdir)

    # verdicts, after upstream's own report colours
    def verdict(r):
        b, c = r["behavior"], r["behaviorClose"]
        if b not in ("OK", "NON-STRICT", "INFORMATIONAL", "UNIMPLEMENTED") or c in ("FAILED", "UNCLEAN"):
            return "failed"
        if b in ("INFORMATIONAL", "UNIMPLEMENTED"):
            return b.lower()
        return "non-strict" if b == "NON-STRICT" or c in ("WRONG CODE", "FAILED BY CLIENT") else "ok"

    count = dict.fromkeys(("ok", "non-strict", "informational", "unimplemented", "failed"), 0)
    bad_tb = 0
    for i in ids:
        r = results.get(i)
        v = verdict(r) if r else "failed"
        count[v] += 1
        if r:
            r["verdict"] = v
            bad_tb += r["errors"]
            if v != "ok":
                print("case %-8s %-13s behavior=%s close=%s (code %s) %d ms | %s | %s" % (
                    i, v.upper(), r["behavior"], r["behaviorClose"], r["remoteCloseCode"], r["duration"],
                    r["result"], r["resultClose"]))
        else:
            print("case %-8s FAILED        not run" % i)
    with open(os.path.join(args.outdir, "summary.json"), "w") as o:
        json.dump({"agent": args.agent, "url": args.url, "cases": len(ids), "wall_s": round(wall, 1), "jobs": args.jobs,
                   "messages": args.messages or 1000,
                   "counts": count, "results": [results[i] for i in ids if i in results],
                   "not_run": [i for i in ids if i not in results]}, o, indent=1)
    for n in notes:
        print("note: " + n)
    if bad_tb:
        print("note: %d Python tracebacks in the client, see %s/wstest-*.log" % (bad_tb, args.outdir))
    print("wall %.1f s, reports in %s" % (wall, args.outdir))
    print("autobahn: %d cases, %d ok, %d non-strict, %d informational, %d unimplemented, %d failed" % (
        len(ids), count["ok"], count["non-strict"], count["informational"], count["unimplemented"], count["failed"]))
    return 1 if count["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
