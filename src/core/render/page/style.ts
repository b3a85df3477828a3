/** The page's only style sheet: light and dark, no images, no fonts to load. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --dim: #57606a; --paper: #fff; --line: #d0d7de; --soft: #f6f8fa;
  --critical: #a40e26; --warning: #8a4600; --info: #0550ae; --fine: #1a6b32; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --dim: #9da7b3; --paper: #0d1117; --line: #3d444d; --soft: #161b22;
    --critical: #ff8182; --warning: #e3b341; --info: #79c0ff; --fine: #56d364; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 76rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, "Segoe UI", sans-serif; }
h1 { font-size: 1.4rem; margin: 0; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
a { color: var(--info); }
.dim { color: var(--dim); }
.summary { font-size: 1.1rem; margin: .75rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--dim); font-weight: 600; font-size: .875rem; }
th[scope="row"] { color: inherit; font-size: inherit; }
td { overflow-wrap: anywhere; min-width: 9ch; }
td.number { white-space: nowrap; font-variant-numeric: tabular-nums; }
.mark { font-weight: 700; white-space: nowrap; }
.critical { color: var(--critical); } .warning { color: var(--warning); }
.info { color: var(--info); } .fine { color: var(--fine); }
.unseen { border-left: .25rem solid var(--warning); background: var(--soft); padding: .5rem 1rem; margin-top: 2rem; }
.unseen h2 { margin-top: 0; }
@media (max-width: 48rem) {
  body { padding: 1rem; }
  .stacked thead { position: absolute; clip-path: inset(50%); }
  .stacked tr { display: flex; flex-wrap: wrap; gap: 0 .75rem; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  .stacked td { min-width: 0; padding: 0; border: 0; }
  .stacked td:last-child { flex-basis: 100%; }
  .stacked td[data-label]::before { content: attr(data-label) " "; color: var(--dim); }
}
ul { padding-left: 1.25rem; }
details > summary { cursor: pointer; }
`;
