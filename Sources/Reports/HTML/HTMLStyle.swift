/// The style of the HTML report: light and dark, wide and narrow, on paper.
///
/// Nothing is told by colour alone.
enum HTMLStyle {
    static let sheet = """
        :root {
          color-scheme: light dark;
          --ground: #f6f6f3; --card: #fff; --sunk: #f3f3ef; --ink: #20262b; --quiet: #626b73; --line: #e2e2dc;
          --pass: #1a7446; --pass-soft: #e5f3ea; --fail: #b8232a; --fail-soft: #fbeaea;
          --warn: #8a5a00; --warn-soft: #fbf1da; --skip: #5a6570; --skip-soft: #eceeef; --link: #1f5fa8;
          --mono: ui-monospace, "SF Mono", "Cascadia Mono", "DejaVu Sans Mono", monospace;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #14171a; --card: #1b1f23; --sunk: #15191c; --ink: #e4e7e9; --quiet: #98a1a9; --line: #2c3238;
            --pass: #5fc48f; --pass-soft: #16301f; --fail: #ff8080; --fail-soft: #3a1a1c;
            --warn: #e5b654; --warn-soft: #33280f; --skip: #a0a9b1; --skip-soft: #262b30; --link: #82b4ee;
          }
        }
        * { box-sizing: border-box; }
        html { scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
        body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
        main { max-width: 62rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
        h1, h2, h3, p, ul, ol, dl, dd, fieldset { margin: 0; padding: 0; }
        h2 { font-size: 1.15rem; font-weight: 650; }
        a { color: var(--link); }
        code, pre { font-family: var(--mono); font-size: .84em; }
        pre { margin: .5rem 0 0; padding: .75rem .9rem; background: var(--sunk); border: 1px solid var(--line); border-radius: 6px; overflow: auto; max-height: 26rem; white-space: pre-wrap; overflow-wrap: anywhere; }
        :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 4px; }
        .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
        .quiet, .uri, .about, footer { color: var(--quiet); }

        .passed { --tone: var(--pass); --soft: var(--pass-soft); }
        .failed, .undefined, .ambiguous { --tone: var(--fail); --soft: var(--fail-soft); }
        .inconclusive, .flaky, .pending, .open, .unknown { --tone: var(--warn); --soft: var(--warn-soft); }
        .skipped, .waiting, i.quarantined, li.quarantined, .scenario.excused { --tone: var(--skip); --soft: var(--skip-soft); }

        .verdict { background: var(--card); border: 1px solid var(--line); border-top: 5px solid var(--tone); border-radius: 10px; padding: 1.5rem 1.75rem 1.25rem; }
        .verdict h1 { font-size: 2.3rem; line-height: 1.15; font-weight: 700; letter-spacing: -.02em; color: var(--tone); margin: .2rem 0 .35rem; }
        .verdict .run { color: var(--quiet); font-size: .88rem; overflow-wrap: anywhere; }
        .verdict .lead { font-size: 1.12rem; }
        .trust { color: var(--quiet); margin-top: .3rem; }
        .doubts { list-style: none; margin-top: .5rem; }
        .doubts li { padding-left: 1.5rem; position: relative; }
        .doubts li::before { content: "!"; position: absolute; left: 0; top: .2em; width: 1.1em; height: 1.1em; line-height: 1.1em; text-align: center; font-weight: 700; font-size: .85em; border-radius: 50%; color: var(--warn); background: var(--warn-soft); }
        .bar { display: flex; gap: 3px; height: 8px; margin: 1.1rem 0 .7rem; }
        .bar i { background: var(--tone); border-radius: 4px; min-width: 6px; flex-basis: 0; }
        .bar .quarantined { background: repeating-linear-gradient(135deg, var(--skip) 0 4px, transparent 4px 8px); }
        .meta { display: flex; flex-wrap: wrap; gap: .15rem 1.25rem; font-size: .92rem; color: var(--quiet); }
        .meta b { color: var(--ink); font-weight: 600; }

        .index, .tested { margin-top: 2rem; }
        .index ol { list-style: none; margin-top: .6rem; display: grid; gap: .5rem; }
        .index li { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--tone); border-radius: 8px; padding: .65rem 1rem; }
        .index a { color: var(--ink); text-decoration-color: var(--line); text-underline-offset: .2em; margin-right: .75rem; }
        .index p { color: var(--quiet); overflow-wrap: anywhere; white-space: pre-line; }
        .index .blame { white-space: nowrap; color: var(--quiet); font-size: .85rem; margin-left: .75rem; }
        .word { color: var(--tone); font-size: .85rem; font-weight: 650; }

        .tested dl { display: grid; gap: 1px; margin-top: .6rem; background: var(--line); border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
        .tested dl div { display: grid; grid-template-columns: 11rem 1fr; gap: 1rem; background: var(--card); padding: .45rem 1rem; }
        .tested dt { color: var(--quiet); }
        .tested dd { overflow-wrap: anywhere; }
        details.text { margin-top: .5rem; }
        details.text > summary, .earlier > summary { cursor: pointer; color: var(--quiet); font-size: .9rem; width: fit-content; max-width: 100%; overflow-wrap: anywhere; }

        .filter { border: 0; display: flex; flex-wrap: wrap; gap: .5rem; margin-top: 2.25rem; }
        .filter input { position: absolute; opacity: 0; pointer-events: none; }
        .filter label { padding: .3rem .85rem; border: 1px solid var(--line); background: var(--card); border-radius: 99px; cursor: pointer; font-size: .92rem; }
        .filter small { color: var(--quiet); margin-left: .25rem; }
        .filter input:checked + label { background: var(--ink); border-color: var(--ink); color: var(--card); }
        .filter input:checked + label small { color: inherit; opacity: .75; }
        .filter input:focus-visible + label { outline: 2px solid var(--link); outline-offset: 2px; }
        main:has(#show-problem:checked) .scenario:not(.problem),
        main:has(#show-passed:checked) .scenario:not(.passed),
        main:has(#show-flaky:checked) .scenario:not(.flaky),
        main:has(#show-skipped:checked) .scenario:not(.skipped),
        main:has(#show-quarantined:checked) .scenario:not(.quarantined),
        main:has(#show-quarantined:checked) .feature:not(:has(> .quarantined)),
        main:has(#show-problem:checked) .feature:not(:has(.problem)),
        main:has(#show-passed:checked) .feature:not(:has(> .passed)),
        main:has(#show-flaky:checked) .feature:not(:has(> .flaky)),
        main:has(#show-skipped:checked) .feature:not(:has(> .skipped)) { display: none; }

        .feature { margin-top: 2.25rem; }
        .heading { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 0 1rem; }
        .heading span { color: var(--quiet); font-size: .9rem; }
        .uri { font-family: var(--mono); font-size: .8rem; overflow-wrap: anywhere; }
        .about { white-space: pre-line; margin-top: .4rem; max-width: 46rem; }
        .feature h3 { font-size: 1rem; font-weight: 600; margin: 1.1rem 0 0; color: var(--quiet); }
        .scenario { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin-top: .6rem; }
        .scenario.problem { border-left: 4px solid var(--tone); }
        .scenario:target { box-shadow: 0 0 0 3px var(--soft); }
        .scenario > summary { display: flex; align-items: baseline; gap: .7rem; padding: .65rem 1rem; cursor: pointer; list-style: none; }
        .scenario > summary::-webkit-details-marker { display: none; }
        .scenario > summary:hover .name { text-decoration: underline; text-decoration-color: var(--line); text-underline-offset: .25em; }
        .scenario > summary .mark { flex: none; width: 1.5em; height: 1.5em; line-height: 1.5em; text-align: center; font-size: .85rem; font-weight: 700; border-radius: 50%; color: var(--tone); background: var(--soft); }
        .scenario > summary .name { flex: 1; font-weight: 550; overflow-wrap: anywhere; }
        .chips { display: flex; align-items: baseline; justify-content: flex-end; gap: .7rem; white-space: nowrap; }
        .scenario.passed .chips .word { display: none; }
        .traffic { font-size: .8rem; padding: .05rem .55rem; border-radius: 99px; color: var(--skip); background: var(--skip-soft); }
        .traffic.held, .traffic.broken-as-expected { color: var(--pass); background: var(--pass-soft); }
        .traffic.broken { color: var(--fail); background: var(--fail-soft); }
        .traffic.unproven { color: var(--warn); background: var(--warn-soft); }
        .badge { color: var(--ink); background: var(--sunk); border: 1px dashed var(--quiet); }
        .known { margin-top: .5rem; padding: .5rem .8rem; border: 1px dashed var(--line); border-radius: 8px; font-size: .92rem; overflow-wrap: anywhere; }
        .known .meta { font-size: .85rem; }
        .time { color: var(--quiet); font-size: .85rem; font-variant-numeric: tabular-nums; min-width: 4.2rem; text-align: right; white-space: nowrap; }
        .body { padding: .1rem 1rem 1rem 3.1rem; }
        .where { display: flex; flex-wrap: wrap; gap: .2rem .7rem; align-items: baseline; color: var(--quiet); overflow-wrap: anywhere; }
        .tag { font-size: .85rem; color: var(--quiet); }

        .error { margin-top: .75rem; padding: .8rem 1rem; border-radius: 8px; background: var(--soft, var(--fail-soft)); }
        .error .what { font-weight: 600; white-space: pre-line; overflow-wrap: anywhere; }
        .error ul { list-style: none; margin-top: .25rem; font-family: var(--mono); font-size: .82rem; overflow-wrap: anywhere; }
        .error .hint { margin-top: .45rem; }
        .error .meta { margin-top: .45rem; font-size: .85rem; }
        .steps { list-style: none; margin-top: .75rem; }
        .steps > li { padding: .22rem 0; border-bottom: 1px solid color-mix(in srgb, var(--line) 55%, transparent); }
        .steps > li:last-child { border-bottom: 0; }
        .step { display: flex; align-items: baseline; gap: .55rem; }
        .step .mark { flex: none; width: 1.1em; text-align: center; color: var(--tone); font-weight: 700; }
        .step .name { flex: 1; overflow-wrap: anywhere; }
        .step b { font-weight: 600; color: var(--quiet); }
        .hook .name { color: var(--quiet); font-style: italic; }
        .skipped .name, .waiting .name { color: var(--quiet); }
        .steps .failed > .step .name { font-weight: 600; }
        .steps pre, .steps .wide, .steps .shots, .steps .links, .steps details.text { margin-left: 1.65rem; }
        .steps details.text pre { margin-left: 0; }
        .wide { overflow-x: auto; margin-top: .4rem; }
        table { border-collapse: collapse; font-size: .88rem; }
        td { border: 1px solid var(--line); padding: .2rem .6rem; }
        .condition { margin-top: .8rem; padding: .65rem 1rem; border: 1px solid var(--line); border-radius: 8px; }
        .condition .traffic { margin: 0 .5rem; }
        .condition dl { display: grid; gap: .1rem; margin-top: .45rem; font-size: .86rem; }
        .condition dl div { display: grid; grid-template-columns: 8rem 1fr; gap: .75rem; }
        .condition dl div:not(:has(dt)) { grid-template-columns: 1fr; }
        .condition dt { color: var(--quiet); }
        .condition dd { font-family: var(--mono); overflow-wrap: anywhere; }
        .shots { display: flex; flex-wrap: wrap; gap: .6rem; margin-top: .55rem; }
        .shot summary { list-style: none; cursor: zoom-in; line-height: 0; border-radius: 6px; }
        .shot summary::-webkit-details-marker { display: none; }
        .shot img { width: 13rem; max-width: 100%; height: auto; border: 1px solid var(--line); border-radius: 6px; background: #000; }
        .shot[open] { flex-basis: 100%; }
        .shot[open] summary { cursor: zoom-out; }
        .shot[open] img { width: auto; }
        .film { display: block; width: 100%; max-width: 40rem; margin-top: .6rem; border: 1px solid var(--line); border-radius: 6px; background: #000; }
        .links { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin-top: .5rem; font-size: .92rem; }
        .earlier { margin-top: 1rem; padding-top: .6rem; border-top: 1px dashed var(--line); }
        .workers { margin-top: 2.5rem; }
        .worker { margin-top: .7rem; }
        .worker p { font-size: .88rem; }
        .worker b { font-weight: 600; margin-right: .4rem; }
        .worker span, .awaited { color: var(--quiet); }
        .lane { position: relative; height: 1.15rem; margin-top: .2rem; background: var(--sunk); border: 1px solid var(--line); border-radius: 4px; overflow: hidden; }
        .lane > *, .legend i { print-color-adjust: exact; }
        .lane > * { position: absolute; top: 0; bottom: 0; min-width: 2px; border-right: 1px solid var(--card); }
        .runs { background: var(--pass); }
        .makes { background: var(--link); background-image: repeating-linear-gradient(135deg, transparent 0 4px, rgb(255 255 255 / .35) 4px 8px); }
        .awaits { background: repeating-linear-gradient(90deg, var(--warn) 0 2px, transparent 2px 6px); }
        .starves { background: repeating-linear-gradient(0deg, var(--fail) 0 2px, transparent 2px 5px); }
        .idles { background: transparent; }
        .legend { list-style: none; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; margin-top: .6rem; font-size: .85rem; color: var(--quiet); }
        .legend i { display: inline-block; width: 1.4rem; height: .75rem; margin-right: .4rem; vertical-align: -.05rem; border: 1px solid var(--line); border-radius: 2px; }
        .awaited { list-style: none; margin-top: .4rem; font-size: .88rem; overflow-wrap: anywhere; }
        footer { margin-top: 3.5rem; font-size: .85rem; text-align: center; }

        @media (max-width: 40rem) {
          main { padding: 1rem .75rem 3rem; }
          .verdict { padding: 1.1rem 1.1rem 1rem; }
          .verdict h1 { font-size: 1.85rem; }
          .tested dl div, .condition dl div { grid-template-columns: 1fr; gap: 0; }
          .scenario > summary { flex-wrap: wrap; padding: .6rem .8rem; }
          .scenario > summary .name { flex: 1 1 calc(100% - 3rem); }
          .chips { flex-basis: 100%; justify-content: flex-start; padding-left: 2rem; }
          .chips .time { min-width: 0; }
          .body { padding: 0 .8rem .9rem; }
          .step .time { min-width: 0; }
        }
        @media print {
          :root { --ground: #fff; --sunk: #fff; }
          body { font-size: 10pt; }
          .filter, footer { display: none; }
          .scenario, .verdict, .index li, .error, .condition, .steps > li { break-inside: avoid; }
          .scenario.problem { break-inside: auto; }
          pre { max-height: none; }
          .scenario::details-content { content-visibility: visible; }
        }
        """
}
