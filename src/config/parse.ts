import type { Instant } from '../core/model.ts';
import type { CheckContext } from './check.ts';
import { CHECKS } from './checks/index.ts';
import type { Config } from './config.ts';
import { effectiveConfig } from './effective.ts';
import { explainIssues } from './issues.ts';
import { type Complaint, compareProblems, formatPath, type OptionPath, type Problem } from './problem.ts';
import { validate } from './prune.ts';
import type { ConfigWorld, FileReading } from './world.ts';
import { readYaml, type YamlFile } from './yaml-file.ts';
import { findOption, plainValue } from './yaml-tree.ts';

export type ParsedConfig =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** The file a text came from, and what else the configuration depends on. */
export interface ParseInput extends ConfigWorld {
  /** Of the configuration file, absolute. */
  readonly path: string;
  readonly modifiedAt: Instant;
}

/**
 * Reads a configuration: the effective one with warnings, or every problem of the text at once. Never throws, and
 * depends on nothing but its arguments.
 */
export function parseConfig(text: string, input: ParseInput): ParsedConfig {
  return parse(text, input, { path: input.path, modifiedAt: input.modifiedAt });
}

/** The configuration of whoever has no file. */
export function defaultConfig(world: ConfigWorld): Config {
  const parsed = parse('', { ...world, path: 'agent.yml', modifiedAt: 0 }, null);
  if (!parsed.ok) throw new Error(`the defaults are not valid: ${parsed.problems[0]?.message}`);
  return parsed.config;
}

function parse(text: string, input: ParseInput, source: Config['source']): ParsedConfig {
  const file = readYaml(text.replace(/^\ufeff/, ''));
  const faults = file.faults.map(({ offset, path, message }): Problem => {
    return { severity: 'error', ...file.place(offset), path: formatPath(path), message };
  });
  // Without a tree nothing else can be said.
  if (file.tree === null && faults.length > 0) return { ok: false, problems: faults };
  const { written, issues } = validate(file.tree === null ? null : plainValue(file.tree));
  const context = written === null ? null : checkContext(file, input, written);
  const complaints = [
    ...explainIssues(issues),
    ...(context === null ? [] : CHECKS.flatMap((check) => check(context))),
  ];
  const problems = [...faults, ...complaints.map((complaint) => locate(file, complaint))].sort(
    compareProblems,
  );
  if (context === null || problems.some(({ severity }) => severity === 'error'))
    return { ok: false, problems };
  return { ok: true, config: effectiveConfig(context, source), warnings: problems };
}

function checkContext(file: YamlFile, input: ParseInput, written: CheckContext['written']): CheckContext {
  return {
    written,
    given(path) {
      const { tree } = findOption(file.tree, path);
      return tree === null ? undefined : plainValue(tree);
    },
    isEmpty(path) {
      const { tree } = findOption(file.tree, path);
      return tree?.type === 'scalar' && tree.isEmpty;
    },
    lineOf(path) {
      const { tree, keyAt } = findOption(file.tree, path);
      return tree === null ? null : file.place(keyAt).line;
    },
    world: { ...input, readFile: readOnce(input) },
    configPath: input.path,
  };
}

/** A check and the configuration itself must not see two versions of one file. */
function readOnce(world: ConfigWorld): ConfigWorld['readFile'] {
  const readings = new Map<string, FileReading>();
  return (path) => {
    const reading = readings.get(path) ?? world.readFile(path);
    readings.set(path, reading);
    return reading;
  };
}

function locate(file: YamlFile, { severity, path, message, at }: Complaint): Problem {
  return { severity, ...file.place(offsetOf(file, path, at)), path: formatPath(path), message };
}

function offsetOf(file: YamlFile, path: OptionPath, at: 'key' | undefined): number {
  const { tree, keyAt } = findOption(file.tree, path);
  const hasValue = tree !== null && !(tree.type === 'scalar' && tree.isEmpty);
  return at !== 'key' && hasValue ? tree.at : keyAt;
}
