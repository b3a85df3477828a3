import { coverageGaps } from '../../coverage.ts';
import { ageMs } from '../../inventory.ts';
import { worstSeverity } from '../../severity.ts';
import { reasons } from '../../trouble.ts';
import { type AgentView, vmKey, vmRows } from '../../view.ts';
import { plainText } from '../plain-text.ts';

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
] as const;

/**
 * One line a checkpoint, RFC 4180 with a heading. An empty field is "not known"; sizes are integers. `ok` is said only
 * of VMs that were wholly looked at, `unknown` of others.
 */
export function scanCsv(view: AgentView): string {
  const blind = new Set(
    coverageGaps(view)
      .filter(({ isBlind, type }) => isBlind && type !== 'host-part')
      .map((gap) => vmKey(gap.host, gap.vm?.id ?? '')),
  );
  const lines = vmRows(view).flatMap(({ vm, host, view: vmView, findings }) => {
    // Where something was not looked at, nobody can say that it is well.
    const isBlind = blind.has(vmKey(host.host, vm.id)) || blind.has(vmKey(host.host, ''));
    const fallback = isBlind ? 'unknown' : 'ok';
    return (vm.checkpoints ?? []).map((checkpoint) => {
      const own = findings.filter((finding) => finding.checkpoint?.id === checkpoint.id);
      const age = host.reading === null ? null : ageMs(host.reading, checkpoint.createdAt, view.now);
      const layer = vmView.chain.checkpoints.get(checkpoint.id)?.layer;
      return [
        worstSeverity(own.map((finding) => finding.severity)) ?? fallback,
        vm.name,
        vm.id,
        host.host,
        checkpoint.name,
        checkpoint.id,
        checkpoint.kind,
        checkpoint.createdAt === null ? '' : new Date(checkpoint.createdAt).toISOString(),
        age === null ? '' : String(Math.floor(age / 1000)),
        String(layer?.bytes ?? ''),
        String(layer?.atLeastBytes ?? ''),
        reasons(own),
      ];
    });
  });
  return [[...COLUMNS], ...lines].map((line) => `${line.map(field).join(',')}\r\n`).join('');
}

/** Spreadsheets run what begins like a formula; a quote in front of it keeps it text. */
function field(value: string): string {
  const plain = plainText(value, 1024);
  const safe = /^[=+\-@\t]/.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
