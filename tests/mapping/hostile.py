"""Names that would run as script, end a block of data or fall out of an attribute where they are not kept as text."""

PATTERNS = [
    "<script>window.ran=1</script>{n}",
    "</script><script>window.ran=1</script>{n}",
    "<img src=x onerror=window.ran=1>{n}",
    "<svg/onload=window.ran=1>{n}",
    '"><script>window.ran=1</script>{n}',
    "' onmouseover='window.ran=1' x='{n}",
    "`${{window.ran=1}}`{n}",
    "{{{{ 7*7 }}}}{n}",
    "{{% csrf_token %}}{n}",
    "<!--<script>{n}",
    "]]><script>window.ran=1</script>{n}",
    "\u2028window.ran=1\u2029{n}",
    "&lt;b&gt;{n}&amp;",
    "javascript:window.ran=1//{n}",
    "</style><style>*{{display:none}}</style>{n}",
    "</title><script>window.ran=1</script>{n}",
    "<iframe srcdoc='<script>parent.ran=1</script>'>{n}",
    "\\u003cscript\\u003ewindow.ran=1{n}",
    "<a href=javascript:window.ran=1>点{n}</a>",
    "\u202egnp.exe{n}",
]
NAMES = [PATTERNS[number % len(PATTERNS)].format(n=f"甲{number}") for number in range(100)]
