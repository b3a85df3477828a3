import type { BuiltInKind } from '../model.ts';
import type { RuleId } from '../rules/index.ts';
import { type Levels, NO_LEVELS } from '../rules/rule.ts';
import { SEVERITIES } from '../severity.ts';
import { DAY_MS } from '../units.ts';
import type { KindDefinition, RuleOverride } from './policy.ts';
import type { RuleSetting } from './rule-setting.ts';

/** A kind of checkpoint that a product is known to keep on purpose, switched on by its name. */
export interface KindPreset {
  readonly name: string;
  /** One sentence for people. */
  readonly summary: string;
  /** Where the pattern is known from. */
  readonly evidence: string;
  readonly checkpoint: readonly string[];
  readonly vm: readonly string[];
  readonly of: readonly BuiltInKind[];
  readonly advice: string;
  /** How old such a checkpoint may become. */
  readonly ageMs: Levels<number>;
  /** Rules about the VM as a whole, with other limits for the VMs that `vm` names; `null` is off. */
  readonly vmRules: Readonly<Partial<Record<RuleId, Levels<number> | null>>>;
}

const STANDARD: readonly BuiltInKind[] = ['user', 'automatic', 'unknown'];
/** Products whose checkpoints may be of Hyper-V's type Recovery: nothing public prints the type. */
const STANDARD_OR_RECOVERY: readonly BuiltInKind[] = [...STANDARD, 'backup'];

const days = (warning: number | null, critical: number | null): Levels<number> => ({
  info: null,
  warning: warning === null ? null : warning * DAY_MS,
  critical: critical === null ? null : critical * DAY_MS,
});

/** Near the 50 that Hyper-V allows. */
const NEAR_THE_LIMIT: Levels<number> = { info: null, warning: 45, critical: 48 };

/** Only what a public source shows. Names that a site chooses itself are for `kinds` in the configuration. */
export const KIND_PRESETS: readonly KindPreset[] = [
  {
    name: 'veeam-replica',
    summary: 'Restore points of a replica VM that Veeam Backup & Replication keeps; by the suffix of the VM.',
    evidence:
      'The default suffix "_replica": help of Add-VBRHvReplicaJob. Each restore point is an ordinary checkpoint of the replica: helpcenter.veeam.com, "Replication Chain" and "Snapshot Replica". How these checkpoints are called on Hyper-V is not documented, so every ordinary checkpoint of such a VM counts.',
    checkpoint: [],
    vm: ['*_replica'],
    of: STANDARD,
    advice:
      'It is a restore point of a Veeam replica: change the number of restore points of the job, or delete the replica in the Veeam console; do not apply or delete it in Hyper-V Manager',
    ageMs: days(30, null),
    vmRules: {
      'checkpoint-count': NEAR_THE_LIMIT,
      'chain-depth': NEAR_THE_LIMIT,
      'vm-avhdx-total': null,
    },
  },
  {
    name: 'rds-pool',
    summary: 'The rollback mark of a pooled Remote Desktop Services collection.',
    evidence:
      'The name must hold "RDV_Rollback": techcommunity.microsoft.com, "How to make a stateless image for virtual machines in a virtual desktop pool" (ba-p/246984); "RDV_ROLLBACK - …" from 2012 on: github.com/tommurphygb/Restart-CheckpointedVDI.',
    checkpoint: ['*RDV_Rollback*'],
    vm: [],
    of: STANDARD,
    advice:
      'It belongs to a pooled Remote Desktop collection, which goes back to it at each sign-out: recreate or remove the desktop in Server Manager; do not delete, rename or follow it with a newer checkpoint',
    ageMs: NO_LEVELS,
    vmRules: {},
  },
  {
    name: 'commvault-replica',
    summary: 'Checkpoints by which Commvault Live Sync keeps a replica in step.',
    evidence:
      '"__GX_Backup__" must not be deleted: documentation.commvault.com, "Replication Job Information" (v11); "__GX_FAILOVER__" and "__GX_TESTBOOT__" stand beside it in Commvault\'s public test code for Hyper-V. Whether their type is Standard or Recovery is not documented.',
    checkpoint: ['__GX_BACKUP__', '__GX_FAILOVER__', '__GX_TESTBOOT__'],
    vm: [],
    of: STANDARD_OR_RECOVERY,
    advice:
      'Commvault Live Sync needs it, and replicates in full without it: fail back, undo the failover or remove the replication pair in Command Center',
    ageMs: days(14, null),
    vmRules: {},
  },
  {
    name: 'backup-exec-faster',
    summary:
      'The checkpoint that Backup Exec leaves behind on purpose with its "faster processing method". With its other methods such a checkpoint is a leftover: leave the preset off.',
    evidence:
      'The checkpoint that remains, and the name "BE_Snapshot_… - (date)": veritas.com, article 100031826; the methods: Backup Exec 20.4 Administrator\'s Guide, "Configuring default backup settings". The article calls it a recovery checkpoint.',
    checkpoint: ['BE_Snapshot_*'],
    vm: [],
    of: STANDARD_OR_RECOVERY,
    advice:
      "It is kept by Backup Exec's faster processing method until the next backup: choose another method for Hyper-V there and run the job; delete the checkpoint only when no job runs",
    ageMs: days(8, 15),
    vmRules: {},
  },
  {
    name: 'vagrant',
    summary: 'The stack of `vagrant snapshot push`.',
    evidence:
      'push_<unix time>_<number>: github.com/hashicorp/vagrant, plugins/commands/snapshot/command/push_shared.rb.',
    checkpoint: ['push_??????????_*'],
    vm: [],
    of: STANDARD,
    advice:
      'Use "vagrant snapshot pop" or "vagrant snapshot delete", so that the stack of Vagrant stays right',
    ageMs: days(7, 30),
    vmRules: {},
  },
  {
    name: 'lability',
    summary: 'The baseline of a lab made with Lability.',
    evidence: 'github.com/VirtualEngine/Lability, Src/Private/New-LabVirtualMachine.ps1.',
    checkpoint: ['Lability Baseline Snapshot'],
    vm: [],
    of: STANDARD,
    advice: 'Reset-Lab goes back to it; remove it together with the lab',
    ageMs: NO_LEVELS,
    vmRules: {},
  },
];

/** What the presets of these names bring. Names that are unknown bring nothing. */
export function presetPolicy(names: readonly string[]): {
  readonly kinds: readonly KindDefinition[];
  readonly settings: readonly RuleSetting[];
  readonly overrides: readonly RuleOverride[];
} {
  const presets = KIND_PRESETS.filter(({ name }) => names.includes(name));
  return {
    kinds: presets.map(kindOf),
    settings: presets.flatMap((preset) => levelSettings(preset, 'checkpoint-age', preset.ageMs, preset.name)),
    overrides: presets.filter(({ vmRules }) => Object.keys(vmRules).length > 0).map(overrideOf),
  };
}

function source({ name }: KindPreset): KindDefinition['source'] {
  return { path: `preset ${name}`, line: null };
}

function kindOf(preset: KindPreset): KindDefinition {
  const { name, checkpoint, vm, of, advice } = preset;
  return { name, checkpoint, notes: [], vm, of, advice, source: source(preset) };
}

function overrideOf(preset: KindPreset): RuleOverride {
  const settings = vmRulesOf(preset).flatMap(([rule, levels]) => levelSettings(preset, rule, levels, ''));
  return { select: { vm: preset.vm, host: [], tag: [] }, settings, source: source(preset) };
}

function vmRulesOf({ vmRules }: KindPreset): readonly (readonly [RuleId, Levels<number> | null])[] {
  return VM_RULES.flatMap((rule) => {
    const levels = vmRules[rule];
    return levels === undefined ? [] : [[rule, levels] as const];
  });
}

const VM_RULES: readonly RuleId[] = ['checkpoint-count', 'chain-depth', 'vm-avhdx-total'];

function levelSettings(
  preset: KindPreset,
  rule: RuleId,
  levels: Levels<number> | null,
  kind: string,
): readonly RuleSetting[] {
  const at = source(preset);
  if (levels === null) return [{ rule, kind, key: '', value: null, source: at }];
  return SEVERITIES.map((key) => ({ rule, kind, key, value: levels[key], source: at }));
}
