import type { DistinctVm } from '../../inventory.ts';
import { hostClockAt, utcOffsetOf } from '../../inventory.ts';
import type { Checkpoint, HostReading } from '../../model.ts';
import { readDeclarations } from '../../policy/lifetime/declaration.ts';
import { type Lifetime, lifetimeOf } from '../../policy/lifetime.ts';
import { rulesOfVm } from '../../policy/vm-facts.ts';
import { heedsEnds } from '../../rules/checkpoint-expired.ts';
import type { RuleId } from '../../rules/index.ts';
import { DAY_MS, formatDurationExact, MINUTE_MS, WEEK_MS } from '../../units.ts';
import type { AgentView } from '../../view.ts';
import { plainText } from '../plain-text.ts';
import { dayText } from '../why-text.ts';
import { type Fact, fact } from './body.ts';
import type { ThingFacts } from './facts.ts';
import { renameCommand } from './paste.ts';

/** What ends when somebody declares how long the checkpoint is to live. */
const ENDED_BY_DECLARATION: ReadonlySet<RuleId> = new Set(['checkpoint-age', 'checkpoint-expired']);

const IF_NEEDED = 'If it is still needed';

const KEPT_MS = 2 * WEEK_MS;

/** How to keep a checkpoint that is still needed for two weeks more: by its name, as far as that would count. */
export function keepFacts(checkpoint: Checkpoint, { findings, seen, view }: ThingFacts): readonly Fact[] {
  const reading = seen?.host.reading ?? null;
  if (seen === null || reading === null || !findings.some(({ rule }) => ENDED_BY_DECLARATION.has(rule)))
    return [];
  if (checkpoint.kind !== 'user' && checkpoint.kind !== 'automatic') return [];
  if (!countsDeclarations(seen, view)) return [];
  const at = { seen, reading, view };
  const offsetMs = (utcOffsetOf(seen.host) ?? 0) * MINUTE_MS;
  const localAt = hostClockAt(reading, view.now) + KEPT_MS + offsetMs;
  const endsAt = (Math.floor(localAt / DAY_MS) + 1) * DAY_MS - offsetMs;
  const declaration = `keep-until=${dayText(localAt)}`;
  const newName = `${checkpoint.name} ${declaration}`;
  if (lifetime({ ...checkpoint, name: newName }, at).endsAt === endsAt) {
    const command = renameCommand(seen, checkpoint, newName);
    if (command === null)
      return [fact('Keep it', `${IF_NEEDED}, rename it so that its name ends with "${declaration}".`)];
    const lead = { text: `${IF_NEEDED}, on ${plainText(seen.host.host)}:`, isVerbatim: false };
    return [{ label: 'Keep it', lines: [lead, { text: command, isVerbatim: true }] }];
  }
  const { maxDeclaredLifetimeMs } = view.policy.config;
  if (endsAt - (checkpoint.createdAt ?? hostClockAt(reading, view.now)) > maxDeclaredLifetimeMs) {
    const limit = formatDurationExact(maxDeclaredLifetimeMs);
    const text = `${IF_NEEDED}, make an exception in the configuration: its name can keep it for ${limit} from its creation at most (max_declared_lifetime).`;
    return [fact('Keep it', text)];
  }
  // An earlier end that stands somewhere would still be the one that counts.
  const { text } = lifetime(checkpoint, at);
  const before = text === null ? 'what they declare now' : `"${plainText(text)}"`;
  return [
    fact('Keep it', `${IF_NEEDED}, write ${declaration} into its name or notes in place of ${before}.`),
  ];
}

/** The words by which a checkpoint has a declared end that counts; `null` without one. */
export function declaredEnd(
  checkpoint: Checkpoint,
  { seen, view }: Pick<ThingFacts, 'seen' | 'view'>,
): string | null {
  const reading = seen?.host.reading ?? null;
  if (seen === null || reading === null || !countsDeclarations(seen, view)) return null;
  return lifetime(checkpoint, { seen, reading, view }).text;
}

/** Where nobody judges declared ends, none keeps anything. */
function countsDeclarations({ host, view: { vm } }: DistinctVm, { policy }: AgentView): boolean {
  return heedsEnds({ rules: rulesOfVm(vm, host.host, policy) });
}

interface Place {
  readonly seen: DistinctVm;
  readonly reading: HostReading;
  readonly view: AgentView;
}

function lifetime(checkpoint: Checkpoint, { seen, reading, view }: Place): Lifetime {
  const sources = {
    inName: readDeclarations(checkpoint.name, 'checkpoint-name'),
    inNotes: readDeclarations(checkpoint.notes ?? '', 'checkpoint-notes'),
    ofVm: readDeclarations(seen.view.vm.notes ?? '', 'vm-notes'),
  };
  const maxMs = view.policy.config.maxDeclaredLifetimeMs;
  return lifetimeOf(checkpoint, sources, { reading, now: view.now, maxMs });
}
