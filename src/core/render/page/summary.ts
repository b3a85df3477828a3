import { nothingKnownText } from '../../coverage.ts';
import type { HostView } from '../../inventory.ts';
import type { Instant } from '../../model.ts';
import { formatSum } from '../../rules/size-limit.ts';
import { countExcepted, countTroubles } from '../../trouble.ts';
import { count, formatAge } from '../../units.ts';
import { type AgentView, sortedHosts, totals, vmRows } from '../../view.ts';
import { type Html, html } from '../html.ts';
import { plainText } from '../plain-text.ts';
import { unseenThings } from './unseen.ts';

/** Not-read hosts that the first lines name; of more they give the number. */
const MAX_NAMED = 3;

/** How bad it is in the words of a browser's tab. */
export function titleText(view: AgentView): string {
  const { critical, warning } = countTroubles(view.findings);
  const unseen = unseenThings(view).filter(({ isBlind }) => isBlind).length;
  const nothingKnown = nothingKnownText(view);
  const counts = `${critical} critical, ${warning} warning`;
  if (nothingKnown !== null)
    return critical + warning === 0 ? plainText(nothingKnown) : `${counts}. ${plainText(nothingKnown)}`;
  return unseen === 0 ? counts : `${counts}, ${unseen} not looked at`;
}

/** The first lines: how bad it is, how much there is, and as of when. */
export function summary(view: AgentView): Html {
  const unseen = unseenThings(view).filter(({ isBlind }) => isBlind).length;
  return html`<p class="summary">${overview(view, unseen)}</p>
<p class="dim">${asOf(view)}${unseen === 0 ? '' : html`. <a href="#unseen">${count(unseen, 'thing')} not looked at</a>`}.</p>`;
}

function overview(view: AgentView, unseen: number): Html {
  const found = countTroubles(view.findings);
  const mark = (severity: 'critical' | 'warning'): Html =>
    found[severity] === 0
      ? html`0 ${severity}`
      : html`<strong class="${severity}">${found[severity]} ${severity}</strong>`;
  const excepted = countExcepted(view.findings);
  const exceptedLink = excepted === 0 ? null : html`, <a href="#excepted">${excepted} excepted</a>`;
  const isQuiet = found.critical + found.warning === 0;
  const nothingKnown = nothingKnownText(view);
  if (nothingKnown !== null) {
    const counts =
      isQuiet && excepted === 0 ? null : html` · ${mark('critical')}, ${mark('warning')}${exceptedLink}`;
    return html`<strong class="warning">${plainText(nothingKnown)}</strong>${counts}`;
  }
  const sum = totals(vmRows(view));
  const nothing = excepted === 0 ? 'Nothing is wrong' : 'Nothing is wrong but what is excepted';
  return html`${isQuiet && unseen === 0 ? html`<strong class="fine">${nothing}</strong>: ` : null}${mark('critical')}, ${mark('warning')}${exceptedLink} on ${count(sum.vms, 'VM')} · ${sum.allListed ? '' : 'at least '}${count(sum.checkpoints, 'checkpoint')} · ${formatSum(sum.avhdx)} in AVHDX`;
}

/** As of when it is; hosts that were not read are shown as they were earlier, and that is said of them. */
function asOf(view: AgentView): Html {
  const { inventory, now } = view;
  const unread = sortedHosts(inventory).filter(({ attempt }) => attempt?.error != null);
  if (unread.length === 0) return html`As of ${time(inventory.at)}`;
  const others =
    unread.length === inventory.hosts.length
      ? html`Last tried at ${time(inventory.at)}`
      : html`As of ${time(inventory.at)} for the hosts that were read`;
  if (unread.length > MAX_NAMED) return html`${others}; ${unread.length} hosts were not`;
  return html`${others}${unread.map((host) => html`; ${plainText(host.host)}: ${shownAsOf(host, now)}`)}`;
}

function shownAsOf({ reading }: HostView, now: Instant): string {
  return reading === null ? 'never read so far' : `as of ${formatAge(Math.max(0, now - reading.readAt))} ago`;
}

/** Absolute time, in UTC; relative ones stand beside it. */
function time(at: Instant): Html {
  const iso = new Date(at).toISOString();
  return html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;
}
