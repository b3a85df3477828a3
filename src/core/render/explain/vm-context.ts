import { hostClockAt } from '../../inventory.ts';
import type { PolicyConfig } from '../../policy/policy.ts';
import { isRuleAboutVms, resolvedWithoutOverrides } from '../../policy/without-overrides.ts';
import type { SeenVm } from '../../rules/seen.ts';
import type { AgentView } from '../../view.ts';
import type { FindingContext } from './findings.ts';
import { askedOf, type QuietVm } from './quiet.ts';
import type { Silence } from './silence.ts';
import type { Named } from './snippet.ts';

/** What every part about one VM is made with. */
export interface VmContext extends FindingContext {
  readonly vm: Named;
  readonly config: PolicyConfig;
  readonly asked: QuietVm;
}

/** @param isNameUnique whether no other VM has its name. */
export function vmContext(
  seen: SeenVm,
  isNameUnique: boolean,
  { view, ids }: { readonly view: AgentView; readonly ids: FindingContext['ids'] },
): VmContext {
  const { policy, now } = view;
  const { vm, host, tags, reading } = seen;
  const own = policy.resolvedFor({ vm, host: host.host, tags });
  // Exceptions that are about this VM are judged by what holds for everything.
  const base = resolvedWithoutOverrides(policy);
  const resolved = new Map(
    [...own].map(([id, rule]) => [id, isRuleAboutVms(id) ? rule : (base.get(id) ?? rule)]),
  );
  return {
    ids,
    resolved,
    hostNow: hostClockAt(reading, now),
    utcOffsetMin: reading.facts.utcOffsetMin,
    vm: { id: vm.id, name: vm.name, isNameUnique },
    config: policy.config,
    asked: askedOf(seen, resolved, now),
  };
}

/** The exception to copy, below what it is for. */
export function yamlPart({ yaml }: Silence): string {
  return yaml === '' ? '' : `\n${yaml}`;
}
