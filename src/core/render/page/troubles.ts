import { ageMs } from '../../inventory.ts';
import { formatSum } from '../../rules/size-limit.ts';
import type { Severity } from '../../severity.ts';
import { reasons, type Trouble, troubles } from '../../trouble.ts';
import { formatAge } from '../../units.ts';
import { type AgentView, type VmRow, vmKey, vmRows } from '../../view.ts';
import { type Html, html } from '../html.ts';
import { plainText } from '../plain-text.ts';

const MAX_ROWS = 500;

const MARKS: Readonly<Record<Severity, string>> = { critical: 'CRITICAL', warning: 'WARNING', info: 'info' };

/** What is wrong, worst first, one row for each checkpoint, VM or host. */
export function troubleTable(view: AgentView): Html {
  const all = troubles(view.findings);
  if (all.length === 0) return html`<p>None.</p>`;
  const rows = new Map(
    vmRows({ ...view, findings: [] }).map((row) => [vmKey(row.host.host, row.vm.id), row]),
  );
  return html`<div class="scroll"><table aria-labelledby="findings">
<thead><tr><th scope="col">Severity</th><th scope="col">VM</th><th scope="col">Host</th><th scope="col">Checkpoint</th><th scope="col">Age</th><th scope="col">Layer</th><th scope="col">Why, and what to do</th></tr></thead>
<tbody>
${all.slice(0, MAX_ROWS).map((trouble) => row(trouble, rows.get(vmKey(trouble.host, trouble.vm?.id ?? '')), view))}</tbody>
</table></div>
${all.length > MAX_ROWS ? html`<p>… and ${all.length - MAX_ROWS} more in <a href="/api/v1/findings">the API</a>.</p>` : null}`;
}

function row(trouble: Trouble, vmRow: VmRow | undefined, view: AgentView): Html {
  const { severity, vm, host, checkpoint, findings } = trouble;
  const advice = [...new Set(findings.map((finding) => finding.advice))].filter((text) => text !== '');
  const name = checkpoint === null ? '–' : `${plainText(checkpoint.name)} (${checkpoint.kind})`;
  return html`<tr><td class="mark ${severity}">${MARKS[severity]}</td><td>${vm === null ? '–' : plainText(vm.name)}</td><td>${plainText(host)}</td><td>${name}</td>${facts(trouble, vmRow, view)}<td><details><summary>${plainText(reasons(findings), 500)}</summary>
${[...findings.map(({ message }) => message), ...advice].map((text) => html`<p>${plainText(text, 1000)}</p>\n`)}</details></td></tr>\n`;
}

/** Age and layer of the checkpoint; said when not known. */
function facts({ checkpoint }: Trouble, vmRow: VmRow | undefined, view: AgentView): Html {
  const found = vmRow?.vm.checkpoints?.find(({ id }) => id === checkpoint?.id);
  if (checkpoint === null) return html`<td>–</td><td>–</td>`;
  const reading = vmRow?.host.reading ?? null;
  const age = reading === null || found === undefined ? null : ageMs(reading, found.createdAt, view.now);
  const layer = vmRow?.view.chain.checkpoints.get(checkpoint.id)?.layer;
  return html`<td class="number">${age === null ? 'not known' : formatAge(age)}</td><td class="number">${layer === undefined ? 'not measured' : formatSum(layer)}</td>`;
}
