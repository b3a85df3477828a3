import type { ByteSum } from '../../byte-sum.ts';
import { coverageGaps, errorText, type Gap } from '../../coverage.ts';
import { ownerOf } from '../../covering.ts';
import { activeFindings, type Finding } from '../../finding.ts';
import { ageMs, type HostView, utcOffsetOf } from '../../inventory.ts';
import { checkpointOwner, vmFacts } from '../../policy/vm-facts.ts';
import { reasons } from '../../trouble.ts';
import { type AgentView, compareText, type VmRow, vmKey, vmRows } from '../../view.ts';
import { plainText } from '../plain-text.ts';
import { exceptedText } from '../why-text.ts';
import { markOf } from './marks.ts';

const COLUMNS = [
  'severity',
  'vm',
  'vm_id',
  'host',
  'checkpoint',
  'checkpoint_id',
  'kind',
  'created_at',
  'age_seconds',
  'layer_bytes',
  'layer_bytes_at_least',
  'why',
  'owner',
  'excepted',
] as const;

type Line = Readonly<Partial<Record<(typeof COLUMNS)[number], string>>>;

/**
 * One line a checkpoint, RFC 4180 with a heading. A line without a checkpoint is about a VM as a whole (its layer is
 * what no checkpoint explains), one without a VM about a host; they are there when there is something to say. An empty
 * field is "not known"; sizes are integers. `ok` is said only of what was wholly looked at, `unknown` of the rest;
 * `excepted` where exceptions cover all that is wrong. What they cover is not in `why` but in `excepted`.
 */
export function scanCsv(view: AgentView): string {
  const gaps = Map.groupBy(coverageGaps(view), ({ host, vm }) => vmKey(host, vm?.id ?? ''));
  const ofVms = vmRows(view).flatMap((row) => vmLines(row, gaps, view));
  const lines = [...hostLines(view, gaps), ...ofVms].map((line) =>
    COLUMNS.map((column) => line[column] ?? ''),
  );
  return [[...COLUMNS], ...lines].map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

type Gaps = ReadonlyMap<string, readonly Gap[]>;

function hostLines({ findings, inventory }: AgentView, gaps: Gaps): readonly Line[] {
  const ofHosts = findings.filter(({ vm }) => vm === null);
  const unseen = [...gaps.values()].flat().filter(({ vm }) => vm === null);
  const names = new Set([...ofHosts, ...unseen].map(({ host }) => host));
  const hosts = new Map(inventory.hosts.map((host) => [host.host, host]));
  return [...names].sort(compareText).map((host): Line => {
    const own = ofHosts.filter((finding) => finding.host === host);
    const gap = gaps.get(vmKey(host, '')) ?? [];
    return {
      severity: severityText(own, isBlind(gap)),
      host,
      why: whyText(own, gap),
      ...responsible(own, hosts.get(host)),
    };
  });
}

function vmLines(row: VmRow, gaps: Gaps, view: AgentView): readonly Line[] {
  const { vm, host, findings, view: vmView } = row;
  const gap = gaps.get(vmKey(host.host, vm.id)) ?? [];
  const ofHost = (gaps.get(vmKey(host.host, '')) ?? []).filter(({ type }) => type === 'host');
  // Where something was not looked at, nobody can say that it is well.
  const blind = isBlind([...gap, ...ofHost]);
  const place = { vm: vm.name, vm_id: vm.id, host: host.host };
  const ofVm = findings.filter(({ checkpoint }) => checkpoint === null);
  const facts = vmFacts(vm, view);
  const { unattributed, unattributedFiles, checkpoints: chains } = vmView.chain;
  const lines = (vm.checkpoints ?? []).map((checkpoint): Line => {
    const own = findings.filter((finding) => finding.checkpoint?.id === checkpoint.id);
    const age = host.reading === null ? null : ageMs(host.reading, checkpoint.createdAt, view.now);
    return {
      severity: severityText(own, blind),
      ...place,
      checkpoint: checkpoint.name,
      checkpoint_id: checkpoint.id,
      kind: checkpoint.kind,
      created_at: checkpoint.createdAt === null ? '' : new Date(checkpoint.createdAt).toISOString(),
      age_seconds: age === null ? '' : String(Math.floor(age / 1000)),
      ...layerFields(chains.get(checkpoint.id)?.layer),
      why: reasons(activeFindings(own)),
      ...responsible(own, host, checkpointOwner(checkpoint, facts)),
    };
  });
  if (ofVm.length + gap.length + unattributedFiles.length === 0) return lines;
  const layer = unattributedFiles.length === 0 ? {} : layerFields(unattributed);
  const whole = { severity: severityText(ofVm, blind), ...place, ...layer, why: whyText(ofVm, gap) };
  return [{ ...whole, ...responsible(ofVm, host, facts.owner) }, ...lines];
}

/** Whose it is, and what exceptions cover of it. */
function responsible(
  findings: readonly Finding[],
  host: HostView | undefined,
  declared: string | null = null,
): Line {
  return {
    owner: ownerOf(findings) ?? declared ?? '',
    excepted: exceptedText(findings, utcOffsetOf(host)),
  };
}

function isBlind(gaps: readonly Gap[]): boolean {
  return gaps.some((gap) => gap.isBlind);
}

function severityText(findings: readonly Finding[], blind: boolean): string {
  const mark = markOf(findings);
  // Behind what is excepted something else may hide.
  return mark === null || mark === 'excepted' ? (blind ? 'unknown' : (mark ?? 'ok')) : mark;
}

/** The reasons, and why something was not looked at, unless a finding already tells it. */
function whyText(findings: readonly Finding[], gaps: readonly Gap[]): string {
  const isSaid = findings.some(({ rule }) => rule === 'scan-incomplete');
  const errors = isSaid ? [] : gaps.flatMap((gap) => gap.errors.map(errorText));
  const unseen = [...new Set(errors)].map((text) => `not looked at: ${text}`);
  const untried = gaps.some((gap) => gap.errors.length === 0) ? ['not looked at: not tried yet'] : [];
  return [reasons(activeFindings(findings)), ...unseen, ...untried].filter((text) => text !== '').join('; ');
}

function layerFields(layer: ByteSum | undefined): Line {
  if (layer === undefined || (layer.bytes === null && layer.atLeastBytes === 0)) return {};
  return { layer_bytes: String(layer.bytes ?? ''), layer_bytes_at_least: String(layer.atLeastBytes) };
}

/** Spreadsheets run what begins like a formula; a quote in front of it keeps it text. */
function field(value: string): string {
  const plain = plainText(value, 1024);
  const safe = /^[=+\-@\t]/.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
