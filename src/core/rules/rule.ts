import type { Finding, Quantity } from '../finding.ts';
import type { HostView, Inventory } from '../inventory.ts';
import type { BuiltInKind, CheckpointKind, Instant } from '../model.ts';
import type { ExceptionMatch } from '../policy/exceptions.ts';
import type { PolicyMemory } from '../policy/memory.ts';
import type { PolicyConfig } from '../policy/policy.ts';
import { type Severity, WORST_FIRST } from '../severity.ts';
import type { Seen, SeenCheckpoint, SeenVm } from './seen.ts';
import {
  checkpointRef,
  checkpointSubject,
  exceptionSubject,
  hostSubject,
  vmRef,
  vmSubject,
} from './subject.ts';

/** A limit for each severity; `null` is off. A limit is crossed when the value is above it. */
export interface Levels<T> {
  readonly info: T | null;
  readonly warning: T | null;
  readonly critical: T | null;
}

export const NO_LEVELS: Levels<never> = { info: null, warning: null, critical: null };

/** Levels by kind of checkpoint; a kind that is not there is not judged by the rule. */
export type ByKind<T> = Readonly<Record<CheckpointKind, Levels<T> | undefined>>;

/** Crossed above the absolute size, or above the share of the disks' virtual size (and a floor of 20 GiB). */
export interface SizeLimit {
  readonly bytes: number | null;
  readonly ratio: number | null;
}

/** A rule's limit: milliseconds, a number of things, or a size. */
export type Limit = number | SizeLimit;

/** Options of rules that know no limit, only how bad it is. */
export interface SeverityOption {
  readonly severity: Severity;
}

/** How a rule's limits are written in the configuration. */
export type LimitType = 'duration' | 'size' | 'count';

/** How an option of a rule with options of its own is written. */
export type FieldShape =
  | { readonly type: 'severity'; readonly description: string }
  | { readonly type: 'boolean'; readonly description: string }
  | { readonly type: 'words'; readonly words: readonly string[]; readonly description: string };

/** The shape of a rule's options, from which the configuration's schema is made. */
export type OptionShape =
  | {
      readonly type: 'levels-by-kind';
      readonly limit: LimitType;
      readonly kinds: readonly BuiltInKind[];
      /** The kinds that levels written without a kind are for. */
      readonly flat: readonly BuiltInKind[];
    }
  | { readonly type: 'levels'; readonly limit: LimitType }
  | { readonly type: 'severity' }
  | { readonly type: 'fields'; readonly fields: Readonly<Record<string, FieldShape>> };

/** What every rule is handed besides the thing it looks at. */
export interface RuleContext {
  readonly inventory: Inventory;
  readonly now: Instant;
  readonly policy: PolicyConfig;
  readonly memory: PolicyMemory;
  /**
   * Findings of a rule before this one about the VM and its checkpoints, so that a consequence need not repeat its
   * cause; those that exceptions cover with their exception, for such a cause is told to nobody.
   */
  earlierOf(vm: SeenVm, rule: Finding['rule']): readonly Finding[];
}

/** What a rule says of one thing. What it is about, and whose it is, is added by the registry. */
export interface Verdict {
  readonly severity: Severity;
  /** When the limit of this severity was crossed, on the host's clock; left out when that cannot be told. */
  readonly sinceAt?: Instant | null;
  readonly value?: Quantity;
  /** The limit that was crossed. */
  readonly threshold?: Quantity;
  readonly reason: string;
  readonly message: string;
  readonly advice: string;
}

interface RuleDefinition<Id extends string, Options> {
  readonly id: Id;
  /** One sentence: when it raises a finding. */
  readonly summary: string;
  /** Why that matters, for the documentation. */
  readonly why: string;
  readonly options: OptionShape;
  readonly defaults: Options;
  /** Whether it is off until the configuration turns it on. */
  readonly isOff?: boolean;
  /** Whether an exception of the configuration may cover its findings: not where a volume or a chain is in danger. */
  readonly isExceptable: boolean;
  judgeHost?(host: HostView, options: Options, context: RuleContext): Verdict | null;
  judgeVm?(seen: SeenVm, options: Options, context: RuleContext): Verdict | null;
  judgeCheckpoint?(seen: SeenCheckpoint, options: Options, context: RuleContext): Verdict | null;
  judgeException?(match: ExceptionMatch, options: Options, context: RuleContext): Verdict | null;
}

/** Each rule's own part of the effective options; `null` turns it off. */
type OptionsOf<Id extends string, Options> = Readonly<Record<Id, Options | null>>;

/** Everything that is looked at, with the options for hosts; each VM brings its own. */
export interface Judged<Id extends string, Options> {
  readonly seen: Seen;
  readonly context: RuleContext;
  readonly hostOptions: OptionsOf<Id, Options>;
  vmOptions(seen: SeenVm): OptionsOf<Id, Options>;
}

/** What a rule raises, with the VM that it is about; `null` for hosts. */
export interface Raised {
  readonly finding: Finding;
  readonly vm: SeenVm | null;
}

/** A rule: who, why, what. Pure. `Options` is its part of the effective configuration. */
export interface Rule<Id extends string, Options> extends RuleDefinition<Id, Options> {
  readonly isOff: boolean;
  /** What it finds, in no order. */
  judge(judged: Judged<Id, Options>): readonly Raised[];
  /** What it finds about the exceptions themselves, once it is known what they cover. */
  judgeExceptions(
    matches: readonly ExceptionMatch[],
    config: OptionsOf<Id, Options>,
    context: RuleContext,
  ): readonly Finding[];
}

export function defineRule<Id extends Finding['rule'], Options>(
  definition: RuleDefinition<Id, Options>,
): Rule<Id, Options> {
  return {
    ...definition,
    isOff: definition.isOff ?? false,
    judge: (judged) => judgeHosts(definition, judged).concat(judgeVms(definition, judged)),
    judgeExceptions: (matches, config, context) => judgeExceptions(definition, matches, { config, context }),
  };
}

function judgeHosts<Id extends Finding['rule'], Options>(
  { id, judgeHost }: RuleDefinition<Id, Options>,
  { context, hostOptions }: Judged<Id, Options>,
): readonly Raised[] {
  const options = hostOptions[id];
  if (judgeHost === undefined || options === null) return [];
  return context.inventory.hosts.flatMap((host): readonly Raised[] => {
    const verdict = judgeHost(host, options, context);
    if (verdict === null) return [];
    const about = {
      subject: hostSubject(host.host),
      host: host.host,
      vm: null,
      checkpoint: null,
      owner: null,
    };
    return [{ finding: finding(id, verdict, about), vm: null }];
  });
}

function judgeVms<Id extends Finding['rule'], Options>(
  { id, judgeVm, judgeCheckpoint }: RuleDefinition<Id, Options>,
  { seen, context, vmOptions }: Judged<Id, Options>,
): readonly Raised[] {
  const raised: Raised[] = [];
  if (judgeVm === undefined && judgeCheckpoint === undefined) return raised;
  for (const one of seen.vms) {
    const options = vmOptions(one)[id];
    if (options === null) continue;
    const { vm, host } = one;
    const ofVm = judgeVm?.(one, options, context) ?? null;
    if (ofVm !== null) {
      const { owner } = one;
      const about = { subject: vmSubject(vm), host: host.host, vm: vmRef(vm), checkpoint: null, owner };
      raised.push({ finding: finding(id, ofVm, about), vm: one });
    }
    if (judgeCheckpoint === undefined) continue;
    for (const each of one.checkpoints) {
      const verdict = judgeCheckpoint(each, options, context);
      if (verdict === null) continue;
      const { checkpoint, owner } = each;
      const about = {
        subject: checkpointSubject(vm, checkpoint),
        host: host.host,
        vm: vmRef(vm),
        checkpoint: checkpointRef(checkpoint),
        owner,
      };
      raised.push({ finding: finding(id, verdict, about), vm: one });
    }
  }
  return raised;
}

function judgeExceptions<Id extends Finding['rule'], Options>(
  { id, judgeException }: RuleDefinition<Id, Options>,
  matches: readonly ExceptionMatch[],
  { config, context }: { readonly config: OptionsOf<Id, Options>; readonly context: RuleContext },
): readonly Finding[] {
  const options = config[id];
  if (judgeException === undefined || options === null) return [];
  return matches.flatMap((match): readonly Finding[] => {
    const verdict = judgeException(match, options, context);
    if (verdict === null) return [];
    const { key, owner } = match.exception;
    const { host, vm } = match;
    return [finding(id, verdict, { subject: exceptionSubject(key), host, vm, checkpoint: null, owner })];
  });
}

type About = Pick<Finding, 'subject' | 'host' | 'vm' | 'checkpoint' | 'owner'>;

function finding<Id extends Finding['rule']>(
  rule: Id,
  { sinceAt, value, threshold, severity, reason, message, advice }: Verdict,
  { subject, host, vm, checkpoint, owner }: About,
): Finding {
  return {
    rule,
    subject,
    severity,
    host,
    vm,
    checkpoint,
    sinceAt: sinceAt ?? null,
    value: value ?? null,
    threshold: threshold ?? null,
    reason,
    message,
    advice,
    owner,
    exception: null,
  };
}

/** The most severe level that is crossed, with its limit; `null` when none is. */
export function crossedLevel<T>(
  levels: Levels<T>,
  isAbove: (limit: T) => boolean,
): { readonly severity: Severity; readonly limit: T } | null {
  for (const severity of WORST_FIRST) {
    const limit = levels[severity];
    if (limit !== null && isAbove(limit)) return { severity, limit };
  }
  return null;
}
