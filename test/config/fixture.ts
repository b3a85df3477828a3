import type { Config } from '../../src/config/config.ts';
import { type ParsedConfig, type ParseInput, parseConfig } from '../../src/config/parse.ts';
import type { FileReading } from '../../src/config/world.ts';
import { compilePolicy } from '../../src/core/policy/compile.ts';

const FILES: Readonly<Record<string, FileReading>> = {
  '/etc/agent/smtp-password': { status: 'read', text: 'hunter2\n', othersMayRead: false },
  '/etc/agent/open': { status: 'read', text: 'hunter2\n', othersMayRead: true },
  '/etc/agent/empty': { status: 'read', text: '\n', othersMayRead: false },
  '/etc/agent/two-lines': { status: 'read', text: 'hunter2\nhunter3\n', othersMayRead: false },
  '/etc/agent/ca.pem': { status: 'read', text: '-----BEGIN CERTIFICATE-----\n', othersMayRead: true },
};

/** A machine called HV01 with a few files beside its configuration. */
export const HV01: ParseInput = {
  path: '/etc/agent/agent.yml',
  modifiedAt: Date.UTC(2026, 10, 2),
  env: { SMTP_PASSWORD: 'hunter2' },
  platform: 'linux',
  now: Date.UTC(2026, 10, 20),
  thisMachine: ['HV01', 'hv01.example.com'],
  readFile: (path) => FILES[path] ?? { status: 'failed', reason: 'there is no such file' },
};

export function parseOnHv01(text: string): ParsedConfig {
  return parseConfig(text, HV01);
}

/** A configuration without where its parts were written: two that do the same are equal. */
export function effectOf({ policy, source: _, ...config }: Config): unknown {
  const { settings: __, kinds, tags, overrides, exceptions, ...rest } = policy;
  const withoutPlace = <T extends { readonly source: unknown }>({ source: ___, ...other }: T) => other;
  return {
    ...config,
    rules: compilePolicy(policy).rules,
    policy: {
      ...rest,
      kinds: kinds.map(withoutPlace),
      tags: tags.map(withoutPlace),
      overrides: overrides.map(({ select, settings }) => ({ select, settings: settings.map(withoutPlace) })),
      exceptions: exceptions.map(withoutPlace),
    },
  };
}

/** The effective configuration of a text that must be valid. */
export function configOf(text: string, input: ParseInput = HV01): Config {
  const parsed = parseConfig(text, input);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems, null, 2));
  return parsed.config;
}
