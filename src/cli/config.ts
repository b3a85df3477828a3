import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { unknownWord } from '../config/checks/kinds.ts';
import { configJsonSchemaText } from '../config/json-schema.ts';
import { configPath, type LoadedConfig, loadConfig } from '../config/load.ts';
import { defaultConfig } from '../config/parse.ts';
import { describeProblems } from '../config/problem.ts';
import { showConfig } from '../config/show.ts';
import { type ShownVm, showForVm } from '../config/show-vm.ts';
import { starterConfig } from '../config/starter.ts';
import { systemCode, systemErrorText } from '../core/error-codes/system-error.ts';
import { RULES } from '../core/rules/index.ts';
import { makeFolder } from '../store/make-folder.ts';
import type { CliIo } from './io.ts';

/** Options that every configuration command shares. */
export interface ConfigOptions {
  /** As given by `--config`; `null` for the default path. */
  readonly config: string | null;
}

export interface ConfigInitOptions extends ConfigOptions {
  /** Replace a file that is there. */
  readonly force: boolean;
  /** Print it instead of writing a file. */
  readonly stdout: boolean;
}

const OK = 0;
const FAILED = 1;
const USAGE = 2;
const CONFIG_ERROR = 78;

/** `config check`: every problem at once. 0 when the file can be used, 78 when not. */
export function configCheck(options: ConfigOptions, io: CliIo): number {
  const loaded = usable(options, io);
  if (loaded === null) return CONFIG_ERROR;
  tellNoErrors(options, loaded, io);
  return OK;
}

export function tellNoErrors(options: ConfigOptions, loaded: UsableConfig, { stdout }: CliIo): void {
  const state = loaded.config.source === null ? 'there is no such file; the defaults are used' : 'no errors';
  stdout.write(`${shownName(options, loaded)}: ${state}\n`);
}

/** `config show`: what is in force, with defaults marked and without secrets. 78 when the file cannot be used. */
export function configShow(options: ConfigOptions, io: CliIo): number {
  const loaded = usable(options, io);
  if (loaded === null) return CONFIG_ERROR;
  const defaults = defaultConfig(loaded.world);
  io.stdout.write(showConfig(loaded.config, defaults));
  return OK;
}

export interface ConfigShowVmOptions extends ConfigOptions, Omit<ShownVm, 'rule'> {
  /** As it was typed; `null` for all. */
  readonly rule: string | null;
}

/** `config show --vm`: what holds for one VM, and where it comes from. 2 for a rule that is none, 78 as above. */
export function configShowVm(options: ConfigShowVmOptions, io: CliIo): number {
  const rule = RULES.find(({ id }) => id === options.rule)?.id ?? null;
  if (rule === null && options.rule !== null) {
    const known = RULES.map(({ id }) => id);
    io.stderr.write(`--rule: ${unknownWord(options.rule, 'rule', known)}\n`);
    return USAGE;
  }
  const loaded = usable(options, io);
  if (loaded === null) return CONFIG_ERROR;
  io.stdout.write(showForVm(loaded.config, { ...options, rule }));
  return OK;
}

/** `config init`: a commented file to start from, with the schema for editors beside it. Replaces nothing unasked. */
export function configInit(options: ConfigInitOptions, io: CliIo): number {
  return putConfig(starterConfig(), options, io);
}

/** Writes a configuration to where it is looked for, or prints it. */
export function putConfig(text: string, options: ConfigInitOptions, io: CliIo): number {
  if (options.stdout) {
    io.stdout.write(text);
    return OK;
  }
  const file = configPath({ ...io, path: options.config });
  try {
    makeFolder(path.dirname(file));
    writeFileSync(file, text, { flag: options.force ? 'w' : 'wx' });
    writeFileSync(path.join(path.dirname(file), 'agent.schema.json'), configJsonSchemaText());
  } catch (error) {
    if (systemCode(error) === 'EEXIST' && existsSync(file)) return tellThere(file, io);
    io.stderr.write(`${file} cannot be written: ${systemErrorText(error)}\n`);
    return FAILED;
  }
  io.stdout.write(`${file}: written; it changes nothing until you take a # away\n`);
  return OK;
}

/** Says that a file is not replaced. */
export function tellThere(file: string, { stderr }: CliIo): number {
  stderr.write(`${file} is there already; --force replaces it\n`);
  return FAILED;
}

/** `config schema`: the JSON Schema of the file, for editors. */
export function configSchema(io: CliIo): number {
  io.stdout.write(configJsonSchemaText());
  return OK;
}

export type UsableConfig = Extract<LoadedConfig, { readonly ok: true }>;

/** The configuration when it can be used; what is wrong or doubtful is told on stderr. */
function usable(options: ConfigOptions, io: CliIo): UsableConfig | null {
  const loaded = load(options, io);
  const problems = loaded.ok ? loaded.warnings : loaded.problems;
  io.stderr.write(describeProblems(shownName(options, loaded), problems));
  return loaded.ok ? loaded : null;
}

export function load(options: ConfigOptions, io: CliIo): LoadedConfig {
  return loadConfig({ path: options.config, env: io.env, platform: io.platform, cwd: io.cwd });
}

/** The file as the user called it, so that the place of a problem can be clicked or pasted. */
export function shownName(options: ConfigOptions, loaded: LoadedConfig): string {
  return options.config ?? loaded.path;
}
