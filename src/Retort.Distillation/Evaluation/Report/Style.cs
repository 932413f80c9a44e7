namespace Retort.Evaluation.Report;

/// <summary>The report's style sheet: system fonts, light and dark by the reader's preference, nothing loaded from elsewhere.</summary>
internal static class Style
{
    public const string Sheet = """
        :root { color-scheme: light dark; --paper:#fbfaf7; --card:#ffffff; --ink:#1d2126; --soft:#5d6670; --line:#e3e0d8;
          --teacher:#6b7280; --student:#b4531a; --baseline:#2f6f9f; --good:#23744a; --bad:#b3261e; --open:#8a6100; --heat:180,83,26; }
        @media (prefers-color-scheme: dark) { :root { --paper:#14171a; --card:#1c2024; --ink:#e8e6e1; --soft:#9aa3ad; --line:#2e343a;
          --teacher:#a3abb5; --student:#f0935a; --baseline:#6fb1e0; --good:#5cc08d; --bad:#f2786f; --open:#e0b04a; --heat:240,147,90; } }
        * { box-sizing:border-box }
        body { margin:0; background:var(--paper); color:var(--ink); font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif }
        main { max-width:1080px; margin:0 auto; padding:40px 24px 64px }
        h1 { font-size:1.05rem; font-weight:600; color:var(--soft); margin:0 0 20px; letter-spacing:.01em }
        h2 { font-size:1.15rem; margin:44px 0 14px }
        h3 { font-size:.92rem; font-weight:600; margin:0 0 8px }
        p { margin:0 0 12px; max-width:75ch }
        .card { background:var(--card); border:1px solid var(--line); border-radius:12px; padding:20px; overflow-x:auto }
        .outcome { font-size:2.3rem; line-height:1.15; font-weight:700; margin:0 0 14px; letter-spacing:-.02em }
        .good { color:var(--good) } .bad { color:var(--bad) } .open { color:var(--open) }
        .numbers { display:grid; grid-template-columns:repeat(auto-fit,minmax(150px,1fr)); gap:12px; margin:24px 0 }
        .numbers div { background:var(--card); border:1px solid var(--line); border-radius:12px; padding:14px 16px }
        .numbers b { display:block; font-size:1.5rem; line-height:1.3; white-space:nowrap; font-weight:650; font-variant-numeric:tabular-nums; letter-spacing:-.01em }
        .numbers span { color:var(--soft); font-size:.86rem; display:block; line-height:1.4 }
        .grid { display:grid; grid-template-columns:repeat(auto-fit,minmax(300px,1fr)); gap:16px }
        table { border-collapse:collapse; width:100%; font-variant-numeric:tabular-nums; font-size:.93rem }
        th,td { text-align:left; padding:7px 12px; border-bottom:1px solid var(--line); vertical-align:top }
        tr:last-child td { border-bottom:0 }
        th { font-weight:600; color:var(--soft); font-size:.86rem }
        td.n,th.n { text-align:right; white-space:nowrap }
        .side td.n { width:23%; white-space:normal }
        .teacher { color:var(--teacher) } .student { color:var(--student) } .baseline { color:var(--baseline) }
        td.wide { overflow-wrap:anywhere }
        .formula { font:1rem/1.6 ui-monospace,"Cascadia Code",Menlo,monospace; white-space:pre-wrap; overflow-wrap:anywhere }
        .warnings { border-left:4px solid var(--open); padding:12px 18px; background:var(--card); margin:20px 0; border-radius:0 10px 10px 0 }
        .warnings p:last-child { margin:0 }
        .note { color:var(--soft); font-size:.88rem }
        .key { display:flex; flex-wrap:wrap; gap:4px 18px; font-size:.86rem; color:var(--soft); margin:0 0 8px }
        .key i { display:inline-block; width:12px; height:12px; border-radius:3px; margin-right:6px; vertical-align:-1px }
        svg { display:block; max-width:100%; height:auto }
        svg text { fill:var(--soft); font:11px system-ui,sans-serif; font-variant-numeric:tabular-nums }
        svg .axis { stroke:var(--line); stroke-width:1 } svg .mark { stroke:var(--soft); stroke-dasharray:4 4 }
        svg .strong { fill:var(--ink) }
        .bars td { padding:4px 12px } .bar { height:8px; border-radius:3px; margin:2px 0; min-width:1px }
        .tag { background:var(--bad); color:var(--card); font-size:.72rem; font-weight:600; padding:1px 7px; border-radius:9px; margin-left:8px }
        .examples { display:grid; grid-template-columns:repeat(auto-fill,minmax(190px,1fr)); gap:12px }
        .examples figure { margin:0; background:var(--card); border:1px solid var(--line); border-radius:12px; padding:12px; font-size:.88rem; line-height:1.45 }
        .examples img { width:100%; max-width:112px; image-rendering:pixelated; border-radius:6px; display:block; margin-bottom:8px }
        .examples code { display:block; font-size:.8rem; overflow-wrap:anywhere; margin-bottom:8px; color:var(--soft) }
        @media print { .card,.numbers div,.examples figure { break-inside:avoid } }
        """;
}
