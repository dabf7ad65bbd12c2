"""Sixty ways in which text was made to run on somebody's page, as they were published."""

# Whatever runs asks for this address, or opens a dialog.
MARKER = "/xss-marker"

PAYLOADS = (
    # Elements that run, or load what runs.
    "<script>alert(1)</script>",
    "<ScRiPt src=/xss-marker/1.js></sCrIpT>",
    "<script>fetch('/xss-marker/2')</script>",
    "<scr<script>ipt>alert(3)</scr</script>ipt>",
    "<script type='text/javascript'>alert(4)</script >",
    "<<script>alert(5)//<</script>",
    "<img src=x onerror=alert(6)>",
    "<img src=/xss-marker/7>",
    "<img/src='x'/onerror='alert(8)'>",
    '<img src="x"onerror="alert(9)">',
    "<svg onload=alert(10)>",
    "<svg/onload=alert`11`//",
    "<svg><script>alert&#40;12&#41;</script></svg>",
    "<svg><animate onbegin=alert(13) attributeName=x>",
    "<svg><a xlink:href='javascript:alert(14)'><text>x</text></a>",
    "<math><mtext></p><style><img src=x onerror=alert(15)>",
    "<body onload=alert(16)>",
    "<iframe src=javascript:alert(17)></iframe>",
    "<iframe srcdoc='<script>parent.alert(18)</script>'>",
    "<object data=/xss-marker/19></object>",
    "<embed src=/xss-marker/20>",
    "<video><source onerror=alert(21)></video>",
    "<audio src=x onerror=alert(22)></audio>",
    "<details open ontoggle=alert(23)>x</details>",
    "<input autofocus onfocus=alert(24)>",
    "<select autofocus onfocus=alert(25)></select>",
    "<marquee onstart=alert(26)>x</marquee>",
    "<x contenteditable onblur=alert(27)>x</x>",
    "<b onmouseover=alert(28)>x</b>",
    "<form action=/xss-marker/29><button>x</button></form>",
    "<base href=//xss-marker.invalid/30/>",
    "<link rel=stylesheet href=/xss-marker/31.css>",
    "<meta http-equiv=refresh content='9;url=/xss-marker/32'>",
    "<style>@import '/xss-marker/33.css';</style>",
    "<div style=background:url(/xss-marker/34)>x</div>",
    "<a href=javascript:alert(35)>x</a>",
    "<a href='java&#9;script:alert(36)'>x</a>",
    "<a href='&#106;avascript&colon;alert(37)'>x</a>",
    "<a href=data:text/html,<script>alert(38)</script>>x</a>",
    "javascript:alert(39)",
    # Out of an attribute, a text, a script, a comment.
    '"><img src=x onerror=alert(40)>',
    "'><img src=x onerror=alert(41)>",
    "\" onmouseover=alert(42) autofocus x=\"",
    "' onfocus=alert(43) autofocus x='",
    "x onerror=alert(44) src=x",
    "</title><img src=x onerror=alert(45)>",
    "</textarea><img src=x onerror=alert(46)>",
    "</style><img src=x onerror=alert(47)>",
    "</script><script>alert(48)</script>",
    "</option></select><img src=x onerror=alert(49)>",
    "--><img src=x onerror=alert(50)><!--",
    "]]><img src=x onerror=alert(51)>",
    '"}];alert(52)//',
    "\\u003cimg src=x onerror=alert(53)\\u003e",
    "\\\";alert(54)//",
    # Templates, htmx, and what a parser makes of it the second time.
    "{{constructor.constructor('alert(55)')()}}${alert(55)}",
    "<p hx-get=/xss-marker/56 hx-trigger=load>x</p>",
    "<noscript><p title='</noscript><img src=x onerror=f(57)>'>",
    "&lt;img src=x onerror=f(58)&gt;&#60;img src=y onerror=f()&#62;",
    "\uff1cimg src=x onerror=f(59)\uff1e%3Cimg src=x onerror=f(59)%3E",
)  # fmt: skip


def grouped(most: int) -> tuple[str, ...]:
    """All of them, several in one text as far as so many characters allow.

    Shape: whatever swallows what follows it begins a text of its own by the order above.
    """
    groups: list[str] = []
    for payload in PAYLOADS:
        if groups and len(groups[-1]) + 1 + len(payload) <= most:
            groups[-1] += f" {payload}"
        else:
            groups.append(payload)
    return tuple(groups)


# What makes a page tell of everything that ran, was refused, or should not be there.
DETECTOR = """
(() => {
  const tell = (what) => { window.tellXss?.(what); };
  addEventListener("securitypolicyviolation", (event) => {
    tell(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
  }, true);
  const runs = /^\\s*(?:javascript:|vbscript:|data:text\\/html)/i;
  const foreign = "iframe,object,embed,base,marquee,x,math,meta[http-equiv],animate,"
    + "script:not([src]):not([type='application/json'])";
  const links = ["href", "src", "action", "formaction", "xlink:href", "data", "hx-get"];
  const leadsAway = (value) => {
    if (runs.test(value.replace(/[\\t\\n\\r]/g, ""))) return true;
    const url = URL.parse(value, location.href);
    return url?.pathname.startsWith("/xss-marker") || url?.hostname === "xss-marker.invalid";
  };
  const look = (element) => {
    const told = element.outerHTML.slice(0, 120);
    if (element.matches(foreign)) tell(`element: ${told}`);
    for (const { name, value } of element.attributes) {
      if (name.startsWith("on") || (links.includes(name) && leadsAway(value))) {
        tell(`attribute ${name}: ${told}`);
      }
    }
  };
  const lookInto = (node) => {
    if (node.nodeType !== 1) return;
    look(node);
    node.querySelectorAll("*").forEach(look);
  };
  // A page that was fetched, as this browser reads it.
  window.readXss = async (path) => {
    const answer = await fetch(path);
    if (!(answer.headers.get("Content-Type") ?? "").startsWith("text/html")) return;
    const read = new DOMParser().parseFromString(await answer.text(), "text/html");
    lookInto(read.documentElement);
  };
  new MutationObserver((records) => {
    for (const record of records) record.addedNodes.forEach(lookInto);
  }).observe(document, { childList: true, subtree: true });
})();
"""
