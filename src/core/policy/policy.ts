import type { BuiltInKind } from '../model.ts';
import type { RuleId } from '../rules/index.ts';
import type { DeclaredEnd } from './lifetime/declaration.ts';
import type { RuleSetting } from './rule-setting.ts';

/** Where something of the policy was written, for people. */
export interface SourcePlace {
  /** The option, such as `overrides[2].rules.checkpoint-age.warning`, or the preset that brings it. */
  readonly path: string;
  /** In the configuration file, from 1; `null` for what is not written there. */
  readonly line: number | null;
  /** Of an entry with several options: the lines of those that stand on another line. */
  readonly lines?: Readonly<Record<string, number>>;
}

/** A kind of checkpoint that the configuration or a preset defines. Every list that is not empty must match. */
export interface KindDefinition {
  readonly name: string;
  /** Patterns of checkpoint names. */
  readonly checkpoint: readonly string[];
  /** Patterns of the checkpoint's notes. */
  readonly notes: readonly string[];
  /** Patterns of VM names. */
  readonly vm: readonly string[];
  /** Of which of Hyper-V's own kinds it can be. */
  readonly of: readonly BuiltInKind[];
  /** How to get rid of such a checkpoint; `null` is as for a user's. */
  readonly advice: string | null;
  readonly source: SourcePlace;
}

/** Which VMs something is for. Every list that is not empty must match; within a list one match is enough. */
export interface VmSelection {
  /** Patterns of names, or whole ids. */
  readonly vm: readonly string[];
  readonly host: readonly string[];
  readonly tag: readonly string[];
}

/** A tag that the configuration gives to VMs. */
export interface TagDefinition {
  readonly tag: string;
  readonly vm: readonly string[];
  readonly source: SourcePlace;
}

/** Other thresholds for some VMs. */
export interface RuleOverride {
  readonly select: VmSelection;
  readonly settings: readonly RuleSetting[];
  readonly source: SourcePlace;
}

/** Findings that somebody has decided to live with, until a day. */
export interface PolicyException {
  /** The same for the same text, whatever its place in the file: its identity over the years. */
  readonly key: string;
  readonly select: VmSelection;
  /** Kinds of checkpoint; empty for all. */
  readonly kind: readonly string[];
  /** Patterns of checkpoint names, or whole ids; empty also covers findings about the VM as a whole. */
  readonly checkpoint: readonly string[];
  readonly rules: readonly RuleId[];
  readonly reason: string;
  readonly until: DeclaredEnd;
  readonly owner: string | null;
  readonly source: SourcePlace;
}

/** Whose checkpoint is it, and how long may it live: all of the configuration that judges. */
export interface PolicyConfig {
  /** What the section `rules` says, in the order of the file; presets' own thresholds come first. */
  readonly settings: readonly RuleSetting[];
  readonly kinds: readonly KindDefinition[];
  readonly tags: readonly TagDefinition[];
  readonly overrides: readonly RuleOverride[];
  readonly exceptions: readonly PolicyException[];
  /** How far after its creation a checkpoint's declared end may lie. */
  readonly maxDeclaredLifetimeMs: number;
}
