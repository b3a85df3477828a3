import { count } from '../../units.ts';
import { type AgentView, totals, vmRows } from '../../view.ts';
import { type Html, html, trustedHtml } from '../html.ts';
import { plainText } from '../plain-text.ts';
import { exceptedSection } from './excepted.ts';
import { hostTable } from './hosts.ts';
import { PAGE_STYLE } from './style.ts';
import { summary, titleText } from './summary.ts';
import { troubleTable } from './troubles.ts';
import { unseenSection } from './unseen.ts';

/** A message in the outgoing folder of the demo. */
export interface MailLink {
  readonly subject: string;
  readonly file: string;
  /** What it tells, such as `new` or `resolved`: subjects stay the same, so that threads hold together. */
  readonly state: string;
}

export interface PageFacts {
  readonly version: string;
  /** `null` before the first scan. */
  readonly view: AgentView | null;
  /** Mails written instead of sent, newest first; `null` when mail is really sent. */
  readonly mails: readonly MailLink[] | null;
}

/** A screen on a wall stays current without a script. */
const REFRESH_SECONDS = 60;

/** The landing page: what is wrong, how the hosts were read, what was not looked at. No script, nothing to load. */
export function renderPage(facts: PageFacts): string {
  const { view } = facts;
  return html`${trustedHtml('<!doctype html>')}
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="${REFRESH_SECONDS}">
<title>${view === null ? '' : `${titleText(view)} · `}Hyper-V checkpoints</title>
<style>${trustedHtml(PAGE_STYLE)}</style>
</head>
<body>
<header>
<h1>Hyper-V checkpoints</h1>
</header>
<main>
${view === null ? html`<p class="summary">The first scan has not ended yet.</p>` : body(view)}
${facts.mails === null ? null : mailSection(facts.mails)}
</main>
<footer>
<h2>More</h2>
<ul>
${LINKS.map(([path, text]) => html`<li><a href="${path}">${path}</a> ${text}</li>\n`)}</ul>
<p class="dim">hyperv-checkpoint-agent ${facts.version}. It only reads: it never deletes, merges or reverts anything.</p>
</footer>
</body>
</html>
`.markup;
}

const LINKS: readonly (readonly [path: string, text: string])[] = [
  ['/metrics', 'for Prometheus'],
  ['/check', 'for Nagios, Icinga and their like'],
  ['/api/v1/findings', 'what is wrong, as JSON'],
  ['/api/v1/status', 'how the hosts were read, as JSON'],
  ['/-/ready', 'whether the first scan has ended'],
  ['/-/healthy', 'whether the agent answers'],
];

function body(view: AgentView): Html {
  return html`${summary(view)}
<section>
<h2 id="findings">Findings</h2>
${troubleTable(view)}
${quietCheckpoints(view)}</section>
${exceptedSection(view)}<section>
<h2 id="hosts">Hosts</h2>
${hostTable(view)}
</section>
${unseenSection(view)}`;
}

/** The table names what is wrong alone; that there is more is said. */
function quietCheckpoints(view: AgentView): Html | null {
  const rows = vmRows(view);
  const { checkpoints, allListed } = totals(rows);
  if (checkpoints === 0) return null;
  const quiet = rows.reduce((sum, { vm, findings }) => {
    const found = new Set(findings.map(({ checkpoint }) => checkpoint?.id));
    return sum + (vm.checkpoints ?? []).filter(({ id }) => !found.has(id)).length;
  }, 0);
  return html`<p class="dim">${allListed ? '' : 'At least '}${count(checkpoints, 'checkpoint')}, ${quiet} of them without findings.</p>
`;
}

const MAX_MAILS = 200;

function mailSection(mails: readonly MailLink[]): Html {
  return html`<section>
<h2 id="mails">Mails</h2>
${
  mails.length === 0
    ? html`<p>None so far.</p>`
    : html`<ul>
${mails.slice(0, MAX_MAILS).map(mailItem)}</ul>`
}
</section>`;
}

function mailItem({ subject, file, state }: MailLink): Html {
  return html`<li><strong>${plainText(state)}</strong> ${plainText(subject)} <span class="dim">${plainText(file)}</span></li>\n`;
}
