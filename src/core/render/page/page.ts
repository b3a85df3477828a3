import { coverageGaps, errorText, gapText } from '../../coverage.ts';
import type { HostView } from '../../inventory.ts';
import type { Instant } from '../../model.ts';
import { formatSum } from '../../rules/size-limit.ts';
import { countTroubles } from '../../trouble.ts';
import { count, formatAge } from '../../units.ts';
import { type AgentView, maxReadingAgeMs, overdueAgeMs, sortedHosts, totals, vmRows } from '../../view.ts';
import { type Html, html, trustedHtml } from '../html.ts';
import { plainText } from '../plain-text.ts';
import { PAGE_STYLE } from './style.ts';
import { troubleTable } from './troubles.ts';

/** A message in the outgoing folder of the demo. */
export interface MailLink {
  readonly subject: string;
  readonly file: string;
}

export interface PageFacts {
  readonly version: string;
  /** `null` before the first scan. */
  readonly view: AgentView | null;
  /** Mails written instead of sent, newest first; `null` when mail is really sent. */
  readonly mails: readonly MailLink[] | null;
}

/** The landing page: what is wrong, how the hosts were read, what was not looked at. No script, nothing to load. */
export function renderPage(facts: PageFacts): string {
  const { view } = facts;
  return html`${trustedHtml('<!doctype html>')}
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${view === null ? '' : `${titleCounts(view)} · `}Hyper-V checkpoints</title>
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
</section>
<section>
<h2 id="hosts">Hosts</h2>
<div class="scroll"><table aria-labelledby="hosts">
<thead><tr><th scope="col">Host</th><th scope="col">Read</th><th scope="col">VMs</th><th scope="col">Checkpoints</th><th scope="col">AVHDX</th></tr></thead>
<tbody>
${sortedHosts(view.inventory).map((host) => hostRow(host, view))}</tbody>
</table></div>
</section>
${unseenSection(view)}`;
}

function titleCounts(view: AgentView): string {
  const { critical, warning } = countTroubles(view.findings);
  return `${critical} critical, ${warning} warning`;
}

function summary(view: AgentView): Html {
  const found = countTroubles(view.findings);
  const sum = totals(vmRows(view));
  const unseen = coverageGaps(view).filter(({ isBlind }) => isBlind).length + overdue(view).length;
  const isFine = found.critical + found.warning === 0;
  const mark = (severity: 'critical' | 'warning'): Html =>
    found[severity] === 0
      ? html`0 ${severity}`
      : html`<strong class="${severity}">${found[severity]} ${severity}</strong>`;
  return html`<p class="summary">${isFine && unseen === 0 ? html`<strong class="fine">Nothing is wrong</strong>: ` : null}${mark('critical')}, ${mark('warning')} on ${count(sum.vms, 'VM')} · ${sum.allListed ? '' : 'at least '}${count(sum.checkpoints, 'checkpoint')} · ${formatSum(sum.avhdx)} in AVHDX</p>
<p class="dim">As of ${time(view.inventory.at)}${unseen === 0 ? '' : html`, <a href="#unseen">${count(unseen, 'thing')} not looked at</a>`}.</p>`;
}

function hostRow(host: HostView, view: AgentView): Html {
  const rows = vmRows({ ...view, findings: [], inventory: { ...view.inventory, hosts: [host] } });
  const sum = totals(rows);
  const cells =
    host.reading === null
      ? html`<td>not known</td><td>not known</td><td>not known</td>`
      : html`<td class="number">${sum.vms}</td><td class="number">${sum.allListed ? '' : 'at least '}${sum.checkpoints}</td><td class="number">${formatSum(sum.avhdx)}</td>`;
  return html`<tr><th scope="row">${plainText(host.host)}</th><td>${howRead(host, view.now)}</td>${cells}</tr>\n`;
}

function howRead({ attempt, reading }: HostView, now: Instant): Html {
  const ago = (at: Instant): string => `${formatAge(Math.max(0, now - at))} ago`;
  if (attempt?.error != null) {
    const last = reading === null ? 'Never read so far.' : `What is shown is from ${ago(reading.readAt)}.`;
    return html`<strong class="critical">Not read</strong> ${ago(attempt.at)}: ${plainText(errorText(attempt.error))}. ${last}`;
  }
  if (reading === null) return html`Not tried yet.`;
  const seconds = (reading.durationMs / 1000).toFixed(1);
  return html`${ago(reading.readAt)}, in ${seconds} s${attempt === null ? ', before the agent was started' : ''}`;
}

function unseenSection(view: AgentView): Html {
  const texts = [...overdue(view), ...coverageGaps(view).map((gap) => gapText(gap, view.now))];
  if (texts.length === 0)
    return html`<section>
<h2 id="unseen">Not looked at</h2>
<p>Everything was looked at.</p>
</section>`;
  return html`<section class="unseen">
<h2 id="unseen">Not looked at</h2>
<ul>
${texts.slice(0, MAX_ITEMS).map((text) => html`<li>${plainText(text, 500)}</li>\n`)}</ul>
${texts.length > MAX_ITEMS ? html`<p>… and ${texts.length - MAX_ITEMS} more</p>` : null}</section>`;
}

/** Hosts that nobody has tried to read for too long: the schedule has stopped. */
function overdue(view: AgentView): readonly string[] {
  return sortedHosts(view.inventory).flatMap((host) => {
    const age = overdueAgeMs(host, view.now, maxReadingAgeMs(view));
    return age === null ? [] : [`${host.host}: scanned ${formatAge(age)} ago: too old to rely on`];
  });
}

const MAX_ITEMS = 200;

function mailSection(mails: readonly MailLink[]): Html {
  return html`<section>
<h2 id="mails">Mails</h2>
${
  mails.length === 0
    ? html`<p>None so far.</p>`
    : html`<ul>
${mails.slice(0, MAX_ITEMS).map(({ subject, file }) => html`<li>${plainText(subject)} <span class="dim">${plainText(file)}</span></li>\n`)}</ul>`
}
</section>`;
}

/** Absolute time, in UTC; relative ones stand beside it. */
function time(at: Instant): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
}
