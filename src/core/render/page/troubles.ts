import { errorText, nothingKnownText } from '../../coverage.ts';
import { ownerOf } from '../../covering.ts';
import { ageMs, type HostView, isStale } from '../../inventory.ts';
import { tagsOfVm } from '../../policy/vm-facts.ts';
import type { Severity } from '../../severity.ts';
import { reasons, type Trouble, troubles } from '../../trouble.ts';
import { formatAge } from '../../units.ts';
import { type AgentView, nameSuffixes, type VmRow, vmKey, vmRows } from '../../view.ts';
import { type Html, html } from '../html.ts';
import { ageAbove, layerAbove } from '../limit-text.ts';
import { plainText } from '../plain-text.ts';
import { unseenThings } from './unseen.ts';

const MAX_ROWS = 500;

const MARKS: Readonly<Record<Severity, string>> = { critical: 'CRITICAL', warning: 'WARNING', info: 'info' };

/** What is wrong, worst first, one row for each checkpoint, VM or host. */
export function troubleTable(view: AgentView): Html {
  const all = troubles(view.findings);
  if (all.length === 0) return html`<p>${noneText(view)}</p>`;
  const rows = new Map(
    vmRows({ ...view, findings: [] }).map((row) => [vmKey(row.host.host, row.vm.id), row]),
  );
  const suffixOf = nameSuffixes(view.inventory);
  const hosts = new Map(view.inventory.hosts.map((host) => [host.host, host]));
  return html`<div class="scroll"><table class="stacked" aria-labelledby="findings">
<thead><tr><th scope="col">Severity</th><th scope="col">VM</th><th scope="col">Host</th><th scope="col">Checkpoint</th><th scope="col">Age</th><th scope="col">Layer</th><th scope="col">Why, and what to do</th></tr></thead>
<tbody>
${all.slice(0, MAX_ROWS).map((trouble) =>
  row(trouble, {
    vm: rows.get(vmKey(trouble.host, trouble.vm?.id ?? '')),
    host: hosts.get(trouble.host),
    view,
    suffix: trouble.vm === null ? '' : suffixOf(trouble.vm),
  }),
)}</tbody>
</table></div>
${all.length > MAX_ROWS ? html`<p>… and ${all.length - MAX_ROWS} more in <a href="/api/v1/findings">the API</a>.</p>` : null}`;
}

/** "None" may only be said alone where everything was looked at. */
function noneText(view: AgentView): string {
  if (nothingKnownText(view) !== null) return 'Not known: nothing was looked at.';
  return unseenThings(view).length === 0 ? 'None.' : 'None in what was looked at.';
}

interface Place {
  readonly vm: VmRow | undefined;
  readonly host: HostView | undefined;
  readonly view: AgentView;
  /** Tells the VM from another of the same name. */
  readonly suffix: string;
}

function row(trouble: Trouble, place: Place): Html {
  const { severity, vm, findings } = trouble;
  const advice = [...new Set(findings.map((finding) => finding.advice))].filter((text) => text !== '');
  const texts = [...findings.map(({ message }) => message), ...advice, ...tagTexts(place)];
  return html`<tr><td class="mark ${severity}">${MARKS[severity]}</td><td>${vm === null ? '–' : `${plainText(vm.name)}${place.suffix}`}</td><td>${hostCell(trouble, place)}</td><td>${checkpointText(trouble, place)}${ownerText(ownerOf(findings))}</td>${facts(trouble, place)}<td><details><summary>${plainText(whyText(trouble, place), 500)}</summary>
${texts.map((text) => html`<p>${plainText(text, 1000)}</p>\n`)}</details></td></tr>\n`;
}

/** Which thresholds hold may depend on them. */
function tagTexts({ vm, view }: Place): readonly string[] {
  const tags = vm === undefined ? [] : tagsOfVm(vm.vm, view.policy);
  return tags.length === 0 ? [] : [`Tags of the VM: ${tags.join(', ')}.`];
}

/** Whose it is, where that is known. */
function ownerText(owner: string | null): Html | null {
  return owner === null ? null : html` <span class="dim">owner ${plainText(owner, 64)}</span>`;
}

/** What is known of a VM on a host that was not read is as old as its last reading. */
function hostCell({ vm, host: name }: Trouble, { host, view }: Place): Html {
  const reading = host?.reading ?? null;
  if (vm === null || host === undefined || reading === null || !isStale(host))
    return html`${name === '' ? '–' : plainText(name)}`;
  const age = formatAge(Math.max(0, view.now - reading.readAt));
  return html`${plainText(name)} <span class="dim">as of ${age} ago</span>`;
}

function checkpointText({ checkpoint }: Trouble, { vm }: Place): string {
  if (checkpoint !== null) return `${plainText(checkpoint.name)} (${checkpoint.kind})`;
  return vm === undefined || vm.checkpointCount === 0 ? '–' : '(whole VM)';
}

/** Why a host was not read is not in the reason of its finding: it may be another at each try. */
function whyText({ vm, findings }: Trouble, { host }: Place): string {
  const error = host?.attempt?.error ?? null;
  const isUnread = vm === null && findings.some(({ rule }) => rule === 'host-unreachable');
  return `${reasons(findings)}${isUnread && error !== null ? `: ${errorText(error)}` : ''}`;
}

/** Age and layer of the checkpoint, or all AVHDX of the VM; said when not known. */
function facts({ checkpoint, findings }: Trouble, { vm, view }: Place): Html {
  if (checkpoint === null) {
    const total = vm === undefined ? '–' : layerAbove(vm.avhdx, findings);
    return html`<td>–</td><td class="number">${total}</td>`;
  }
  const found = vm?.vm.checkpoints?.find(({ id }) => id === checkpoint.id);
  const reading = vm?.host.reading ?? null;
  const age = reading === null || found === undefined ? null : ageMs(reading, found.createdAt, view.now);
  const layer = vm?.view.chain.checkpoints.get(checkpoint.id)?.layer;
  return html`<td class="number">${age === null ? 'not known' : ageAbove(age, findings)}</td><td class="number">${layer === undefined ? 'not measured' : layerAbove(layer, findings)}</td>`;
}
