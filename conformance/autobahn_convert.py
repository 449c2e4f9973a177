"""Converts the Autobahn test suite's client from Python 2 to 3; autobahn-setup.sh runs it in its virtual environment.

A Python 2 `str` is a string of octets. Here every such literal stays a Python 3 `str` in which one character stands
for one octet (latin-1; case files declared utf-8 are re-declared latin-1, so that their literals denote the same
octets as before). Octets are encoded on the way into the protocol and decoded on the way back into a case.
"""
import os, re, sys, tarfile, warnings
warnings.simplefilter("ignore")
try:
    from lib2to3 import refactor
    FIX = "lib2to3.fixes.fix_"
except ImportError:
    from fissix import refactor
    FIX = "fissix.fixes.fix_"

dest = sys.argv[1]
lib = os.path.join(dest, "lib")
os.makedirs(lib)

def unpack(tgz, top, keep):
    with tarfile.open(tgz) as t:
        for m in t.getmembers():
            rel = m.name.split("/", 1)[-1]
            if m.isfile() and rel.startswith(top + "/") and keep(rel):
                out = os.path.join(lib, rel)
                os.makedirs(os.path.dirname(out), exist_ok=True)
                with open(out, "wb") as f:
                    f.write(t.extractfile(m).read())

SUITE = {"_version.py", "caseset.py", "fuzzing.py", "report.py"}
unpack(os.path.join(dest, "dl/autobahn-0.10.9.tar.gz"), "autobahn",
       lambda r: r.endswith(".py") and "/test/" not in r and "/asyncio/" not in r)
unpack(os.path.join(dest, "dl/autobahntestsuite-25.10.1.tar.gz"), "autobahntestsuite",
       lambda r: r.split("/", 1)[1] in SUITE or "/testdata/" in r
       or ("/case/" in r and "case9_9_1" not in r))
ab, ts = os.path.join(lib, "autobahn"), os.path.join(lib, "autobahntestsuite")

def read(p):
    with open(p, encoding="latin-1", newline="") as f:   # one character per octet
        return f.read().replace("\r\n", "\n")

def write(p, s):
    with open(p, "w", encoding="latin-1", newline="") as f:
        f.write(s)

def patch(p, *subs):
    s = read(p)
    for sub in subs:
        old, new, count = sub if len(sub) == 3 else sub + (1,)
        n = s.count(old)
        if n != count:
            sys.exit("patch: %s: %r occurs %d times, expected %d" % (p, old, n, count))
        s = s.replace(old, new)
    write(p, s)

# ---------------------------------------------------------------- autobahn 0.10.9
# (runs on Python 3 already; one true-division bug; the two pure-Python per-octet
# loops are replaced by equivalents that run at C speed)
patch(os.path.join(ab, "websocket/protocol.py"),
      ("b''.join([payload for _ in range(payload_len / len(payload))])",
       "payload * (payload_len // len(payload))"))
write(os.path.join(ab, "websocket/xormasker.py"), '''
class XorMaskerNull(object):
    def __init__(self, mask=None):
        self.ptr = 0
    def pointer(self):
        return self.ptr
    def reset(self):
        self.ptr = 0
    def process(self, data):
        self.ptr += len(data)
        return data

def xor(data, key):
    n = len(data)
    return (int.from_bytes(data, "little") ^ int.from_bytes(key, "little")).to_bytes(n, "little")

class XorMasker(XorMaskerNull):
    def __init__(self, mask):
        assert len(mask) == 4
        self.ptr = 0
        self.msk = bytes(mask) * 2
    def process(self, data):
        n, p = len(data), self.ptr & 3
        self.ptr += n
        return xor(data, (self.msk[p:p + 4] * ((n + 3) >> 2))[:n]) if n else b""

def createXorMasker(mask, length=None):
    return XorMasker(mask)
''')
write(os.path.join(ab, "websocket/utf8validator.py"), '''
import codecs
_new = codecs.getincrementaldecoder("utf-8")

class Utf8Validator(object):
    """validate() -> (valid?, ends on code point?, index in chunk, total index)"""
    def __init__(self):
        self.reset()
    def reset(self):
        self._d, self._i, self._bad = _new("strict"), 0, False
    def validate(self, ba):
        if not self._bad:
            pending = len(self._d.getstate()[0])
            try:
                self._d.decode(ba)
            except UnicodeDecodeError as e:
                self._bad = True
                i = max(0, e.start - pending)
                return False, False, i, self._i + i
            self._i += len(ba)
            return True, not self._d.getstate()[0], len(ba), self._i
        return False, False, 0, self._i
''')

# ---------------------------------------------------------------- autobahntestsuite
write(os.path.join(ts, "__init__.py"),
      "from autobahntestsuite._version import __version__\nversion = __version__\n")
write(os.path.join(ts, "py2str.py"), '''
"""Octet strings, Python 2 fashion: one character of a `str` stands for one octet."""
import binascii as _b, os as _os

def octets(s):
    return s.encode("latin-1") if isinstance(s, str) else bytes(s)

def native(b):
    return b.decode("latin-1") if isinstance(b, (bytes, bytearray)) else b

def b2a_hex(s):
    return _b.b2a_hex(octets(s)).decode("ascii")

hexlify = b2a_hex

def resource_filename(package, name):
    return _os.path.join(_os.path.dirname(__file__), name)

def jsonable(o):
    if isinstance(o, (bytes, bytearray)):
        return o.decode("utf-8", "backslashreplace")
    return str(o)
''')

case = os.path.join(ts, "case")
patch(os.path.join(case, "__init__.py"), ("from case9_9_1 import *\n", ""))
patch(os.path.join(case, "case.py"),
      # pickles of equal objects differ by object identity; equality is what is meant
      ("return pickle.dumps(obj1) == pickle.dumps(obj2)", "return obj1 == obj2"),
      ("   SUBCASES = []\n",
       "   SUBCASES = []\n\n   RAW = False # True: onMessage() wants bytes, not an octet string\n"))
patch(os.path.join(case, "case10_1_1.py"),
      ("len(self.payload) / self.p.autoFragmentSize", "len(self.payload) // self.p.autoFragmentSize"))
x = os.path.join(case, "case6_x_x.py")
s = read(x)
s = s[:s.index("def createValidUtf8TestSequences")] + s[s.index("Case6_X_X = []"):]   # drop unused self-tests
s = s[:s.index("\nimport binascii\nimport array\n")] + "\n"
write(x, s)
patch(x, ("v.validate(vss[:i])", "v.validate(binascii.octets(vss[:i]))"))
patch(os.path.join(case, "case12_x_x.py"),
      ("   self.testData = open(fn, 'rb').read()\n",
       "   if fn not in _TESTDATA:\n      with open(fn, 'rb') as f:\n         _TESTDATA[fn] = f.read()\n"
       "   self.testData = _TESTDATA[fn]\n"),
      ("def __init__(self, protocol):\n", "_TESTDATA = {}\n\n\ndef __init__(self, protocol):\n"),
      ('{"LEN": s[0],\n', '{"RAW": True,\n                 "LEN": s[0],\n', 2),
      ("      msg = ''\n", "      msg = b''\n"),
      ("import copy, os, pkg_resources, hashlib, binascii",
       "import copy, os, hashlib\nimport autobahntestsuite.py2str as binascii\nimport autobahntestsuite.py2str as pkg_resources"))
for f in sorted(os.listdir(case)):
    p = os.path.join(case, f)
    s = read(p)
    s = re.sub(r"^(#.*?coding[:=]\s*)utf-8", r"\1latin-1", s, count=1, flags=re.M)
    s = re.sub(r"^import binascii$", "import autobahntestsuite.py2str as binascii", s, flags=re.M)
    s = re.sub(r"\(object, Case, \)", "(Case, )", s)   # no MRO in Python 3 (old-style base then)
    write(p, s)
    head = "\n".join(s.split("\n")[:2])
    if not s.isascii() and "latin-1" not in head:
        sys.exit("%s: non-ASCII source without a coding cookie on lines 1-2" % p)

patch(os.path.join(ts, "caseset.py"),
      # "12.*.1" must not match 12.1.10
      ("            s = c.replace('.', '\\.').replace('*', '.*')\n",
       "            s = c.replace('.', r'\\.').replace('*', '.*') + '$'\n"),
      ("'\\.').replace('*', '.*') + \"$\"", "r'\\.').replace('*', '.*') + \"$\"", 2))

r = os.path.join(ts, "report.py")        # only the CSS/JS constants are needed
s = read(r)
keep = ""
for name in ("CSS_COMMON", "CSS_DETAIL_REPORT", "CSS_MASTER_REPORT", "JS_MASTER_REPORT"):
    m = re.search(r'^%s = """.*?^"""' % name, s, re.M | re.S)
    if not m:
        sys.exit("report.py: no %s" % name)
    keep += m.group(0) + "\n\n"
write(r, keep)

fz = os.path.join(ts, "fuzzing.py")
patch(fz,
      ("import os, json, binascii, time, textwrap, pkg_resources\n",
       "import os, json, time, textwrap, random, struct\n"
       "import autobahntestsuite.py2str as binascii\n"
       "from autobahntestsuite.py2str import octets, native, jsonable\n"
       "from autobahn.websocket.xormasker import xor\n"
       "import txaio\ntxaio.use_twisted()\n"),
      ("from twisted.python import log, usage\n", "from twisted.python import log\n"),
      ("from twisted.internet import reactor, ssl\n", "from twisted.internet import reactor\n"),
      ("from twisted.web.server import Site\nfrom twisted.web.static import File\n", ""),
      ("from autobahn.twisted.websocket import connectWS, listenWS\n",
       "from autobahn.twisted.websocket import connectWS\n"),
      ("from autobahn.twisted.websocket import WebSocketServerFactory, \\\n"
       "                                       WebSocketServerProtocol, \\\n"
       "                                       WebSocketClientFactory, \\\n",
       "from autobahn.twisted.websocket import WebSocketClientFactory, \\\n"),
      ("   ellipses = \" ...\"\n   try:\n",
       "   ellipses = b\" ...\"\n   data = octets(data)\n   try:\n"),
      ("   except:\n      return '0x' + binLogData", "   except UnicodeDecodeError:\n      return '0x' + binLogData"),
      ("         p = ''.join(payload)\n", "         p = b''.join(payload)\n"),
      ("self.http_request_data if hasattr", "native(self.http_request_data) if hasattr"),
      ("self.http_response_data if hasattr", "native(self.http_response_data) if hasattr"),
      ("         self.runCase.onPong(payload)\n", "         self.runCase.onPong(native(payload))\n"),
      ("         self.runCase.onMessage(msg, binary)\n",
       "         self.runCase.onMessage(msg if self.runCase.RAW else native(msg), binary)\n"),
      ("contextFactory=self.contextFactory", "contextFactory=None"),
      ("            self.contextFactory = ssl.optionsForClientTLS(hostname)\n",
       "            raise Exception('only ws:// is supported')\n"),
      ("            self.contextFactory = ssl.ClientContextFactory()\n", "            pass\n"),
      # report files: octet strings out as they are, true text beyond latin-1 escaped
      ("os.path.join(outdir, report_filename), 'w')",
       "os.path.join(outdir, report_filename), 'w', encoding = 'latin-1', errors = 'xmlcharrefreplace')", 4),
      ("c[1])).encode(\"utf-8\"))", "c[1])))"),
      ("ll.encode('utf8')))", "ll.encode('utf8').decode('latin-1')))"),
      ("f.write(json.dumps(case, sort_keys = True, indent = 3, separators = (',', ': ')))",
       "f.write(json.dumps(dict(case, description = octets(case['description']).decode('utf8', 'replace')),\n"
       "                         sort_keys = True, indent = 3, separators = (',', ': '), default = jsonable))"),
      ("   MAX_WIRE_LOG_DATA = 256\n", '''   MAX_WIRE_LOG_DATA = 256

   ## cases hand over octet strings, the protocol wants bytes
   ##
   def sendFrame(self, opcode, payload = b'', fin = True, rsv = 0, mask = None, payload_len = None, chopsize = None, sync = False):
      super().sendFrame(opcode, octets(payload), fin, rsv, octets(mask) if mask else None, payload_len, chopsize, sync)

   def sendMessage(self, payload, isBinary = False, fragmentSize = None, sync = False, doNotCompress = False):
      super().sendMessage(octets(payload), isBinary, fragmentSize, sync, doNotCompress)

   def sendMessageFrameData(self, payload, sync = False):
      return super().sendMessageFrameData(octets(payload), sync)

   def sendCloseFrame(self, code = None, reasonUtf8 = None, isReply = False):
      super().sendCloseFrame(code, None if reasonUtf8 is None else octets(reasonUtf8), isReply)

   ## Same octets on the wire and same statistics as the base class, but a message in
   ## many fragments is built in one go (several hundred thousand frames in 12.x / 13.x).
   ##
   def sendMessageHybi(self, payload, isBinary = False, fragmentSize = None, sync = False, doNotCompress = False):
      pfs = fragmentSize if fragmentSize is not None else self.autoFragmentSize
      if self.createWirelog or sync or self.send_queue or not pfs or pfs < 1 or len(payload) <= pfs or not self.maskClientFrames or not self.applyMask:
         return super().sendMessageHybi(payload, isBinary, fragmentSize, sync, doNotCompress)
      stats = self.trafficStats
      stats.outgoingWebSocketMessages += 1
      stats.outgoingOctetsAppLevel += len(payload)
      rsv = 0
      if self._perMessageCompress is not None and not doNotCompress:
         rsv = 4
         self._perMessageCompress.startCompressMessage()
         payload = self._perMessageCompress.compressMessageData(payload) + self._perMessageCompress.endCompressMessage()
      stats.outgoingOctetsWebSocketLevel += len(payload)
      opcode = 2 if isBinary else 1
      n = len(payload)
      if n <= pfs:
         return self.sendFrame(opcode = opcode, payload = payload, rsv = rsv)
      cnt, rest = divmod(n, pfs)       # cnt full frames, then a last one (empty if rest == 0)
      masks = random.getrandbits(32 * (cnt + 1)).to_bytes(4 * (cnt + 1), 'big')
      masks = [masks[4 * i:4 * i + 4] for i in range(cnt + 1)]
      reps = (pfs + 3) // 4
      if pfs % 4:
         key = b''.join([(m * reps)[:pfs] for m in masks])
      else:
         key = b''.join([m * reps for m in masks])
      masked = xor(payload, key[:n])
      def header(b0, l):
         if l <= 125:
            return struct.pack('!BB', b0, 0x80 | l)
         elif l <= 0xFFFF:
            return struct.pack('!BBH', b0, 0x80 | 126, l)
         return struct.pack('!BBQ', b0, 0x80 | 127, l)
      mid = header(0, pfs)
      parts = []
      for i in range(cnt):
         parts += (mid, masks[i], masked[i * pfs:(i + 1) * pfs])
      parts[0] = header(opcode | rsv << 4, pfs)
      parts += (header(0x80, rest), masks[cnt], masked[cnt * pfs:])
      stats.outgoingWebSocketFrames += cnt + 1
      if self.createStats:
         self.txFrameStats[opcode] = self.txFrameStats.get(opcode, 0) + 1
         self.txFrameStats[0] = self.txFrameStats.get(0, 0) + cnt
         full, last = len(mid) + 4 + pfs, len(parts[-3]) + 4 + rest
         self.txOctetStats[full] = self.txOctetStats.get(full, 0) + cnt
         self.txOctetStats[last] = self.txOctetStats.get(last, 0) + 1
      raw = b''.join(parts)
      self.transport.write(raw)
      if self.state == WebSocketProtocol.STATE_OPEN:
         stats.outgoingOctetsWireLevel += len(raw)
'''))
s = read(fz)                             # the fuzzing SERVER is not needed
a = s.index("class FuzzingServerProtocol"); b = s.index("class FuzzingClientProtocol")
s = s[:a] + s[b:]
s = s[:s.index("def startServer(")]
s = s.replace("__all__ = ['startClient', 'startServer', 'WS_COMPRESSION_TESTDATA']\n", "")
write(fz, s)

# ---------------------------------------------------------------- 2to3 proper
# done in memory, as latin-1, so that no literal changes its octets
files = [os.path.join(ts, f) for f in SUITE] + [os.path.join(case, f) for f in os.listdir(case)]
rt = refactor.RefactoringTool([FIX + f for f in
        "print except has_key xrange unicode import dict raise numliterals".split()])
for p in sorted(files):
    if not p.endswith(".py"):
        continue
    s = read(p)
    if not s.endswith("\n"):
        s += "\n"
    t = str(rt.refactor_string(s, p))
    if not t.isascii() and not re.search(r"coding[:=]\s*latin-1", t.split("\n")[0] + t.split("\n")[1]):
        sys.exit("%s: lost its coding cookie" % p)
    write(p, t)
    compile(t.encode("latin-1"), p, "exec", dont_inherit=True)
