import { errorInfo } from '../../collect-error.ts';
import { errorText } from '../../coverage.ts';
import type { HostView } from '../../inventory.ts';
import type { Instant } from '../../model.ts';
import { formatSum } from '../../rules/size-limit.ts';
import { formatAge } from '../../units.ts';
import { type AgentView, sortedHosts, totals, vmRows } from '../../view.ts';
import { type Html, html } from '../html.ts';
import { plainText } from '../plain-text.ts';

/** How each host was read, and what was found there. */
export function hostTable(view: AgentView): Html {
  return html`<div class="scroll"><table aria-labelledby="hosts">
<thead><tr><th scope="col">Host</th><th scope="col">Read</th><th scope="col">VMs</th><th scope="col">Checkpoints</th><th scope="col">AVHDX</th></tr></thead>
<tbody>
${sortedHosts(view.inventory).map((host) => hostRow(host, view))}</tbody>
</table></div>`;
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
    const { advice } = errorInfo(attempt.error.code);
    return html`<strong class="critical">Not read</strong> ${ago(attempt.at)}: ${plainText(errorText(attempt.error))}. ${last} <span class="dim">${advice}</span>`;
  }
  if (reading === null) return html`Not tried yet.`;
  const seconds = (reading.durationMs / 1000).toFixed(1);
  return html`${ago(reading.readAt)}, in ${seconds} s${attempt === null ? ', before the agent was started' : ''}`;
}
