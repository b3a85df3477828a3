import os from 'node:os';
import { createAliases } from '../../collector/aliases.ts';
import { anonymise } from '../../collector/anonymise.ts';
import { loadDefaults } from '../../config/load.ts';
import { showConfig } from '../../config/show.ts';
import { examine } from '../../core/doctor/index.ts';
import { doctorJson } from '../../core/render/doctor/json.ts';
import { doctorText } from '../../core/render/doctor/text.ts';
import { isoJson } from '../../core/render/scan/json.ts';
import { REVISION, VERSION } from '../../version.ts';
import type { Gathered } from '../doctor/gather.ts';
import type { CliIo } from '../io.ts';
import { anonymousConfig } from './anonymous-config.ts';
import { anonymousDoctorFacts, anonymousService, serviceAlias } from './anonymous-facts.ts';
import { logParts } from './log-parts.ts';
import { jsonPart, leftOut, type Part, textPart } from './part.ts';
import { stateParts } from './state-parts.ts';

export interface BundleOptions {
  readonly anonymise: boolean;
  /** The report that was read just now, instead of the last one that was kept. */
  readonly live: boolean;
  /** Texts of mails. */
  readonly withMails: boolean;
  readonly service: string;
}

/** All of the bundle but its manifest; secrets are not taken out yet. Never rejects. */
export async function bundleParts(
  gathered: Gathered,
  options: BundleOptions,
  io: CliIo,
): Promise<readonly Part[]> {
  // The report first: names that it holds have the same stand-in in every file.
  const aliases = createAliases();
  const context = { gathered, options, aliases };
  const report = options.live ? livePart(gathered, options.anonymise, aliases) : null;
  const state = stateParts(context, report !== null);
  return [
    ...doctorParts(context),
    configPart(context, io),
    ...(report === null ? [] : [report]),
    ...state,
    ...(await logParts(context)),
    ...windowsParts(context, io),
    versionsPart(gathered, io),
  ];
}

/** What every part is made from. */
export interface PartContext {
  readonly gathered: Gathered;
  readonly options: BundleOptions;
  readonly aliases: ReturnType<typeof createAliases>;
}

function livePart({ raw, report }: Gathered, isAnonymous: boolean, aliases: PartContext['aliases']): Part {
  const name = 'report.json';
  if (raw === null) {
    const why = report.status === 'failed' ? ` (${report.error.code})` : '';
    return leftOut(name, `the host was not read just now${why}`);
  }
  const about = 'what the host said just now; "scan --from-file" shows it';
  try {
    const value: unknown = JSON.parse(raw);
    return jsonPart(name, about, isAnonymous ? anonymise(value, aliases) : value);
  } catch {
    return leftOut(name, 'what the host said just now is no JSON');
  }
}

function doctorParts({ gathered, options, aliases }: PartContext): readonly Part[] {
  const facts = options.anonymise ? anonymousDoctorFacts(gathered.facts, aliases) : gathered.facts;
  const report = examine(facts);
  return [
    textPart('doctor.txt', 'what "doctor" says', doctorText(report)),
    jsonPart('doctor.json', 'the same as data', doctorJson(report)),
  ];
}

function configPart({ gathered, options, aliases }: PartContext, { env, platform }: CliIo): Part {
  const { loaded, config } = gathered;
  const name = 'config.yml';
  if (!loaded.ok) {
    return leftOut(
      name,
      'the configuration has errors, which doctor.txt lists; the file itself may hold a secret',
    );
  }
  const about = 'the configuration in force; of passwords only where they come from';
  if (options.anonymise) return textPart(name, about, anonymousConfig(config, aliases));
  return textPart(name, about, showConfig(config, loadDefaults({ env, platform })));
}

/** The service and its events; nothing elsewhere than on Windows. */
function windowsParts({ gathered, options, aliases }: PartContext, { platform }: CliIo): readonly Part[] {
  if (platform !== 'win32') return [leftOut('service.json, events.json', 'there is no Windows service here')];
  const { facts, answer } = gathered;
  const found = facts.service.known ? facts.service.value : null;
  const shown = found !== null && options.anonymise ? anonymousService(found, aliases) : found;
  const service =
    shown === null
      ? leftOut('service.json', facts.service.known ? 'the service is not installed' : facts.service.why)
      : jsonPart('service.json', 'how the service is set up', shown);
  return [service, eventsPart(answer?.events ?? null, { options, aliases, gathered })];
}

function eventsPart(
  events: NonNullable<Gathered['answer']>['events'],
  { options, aliases }: PartContext,
): Part {
  const name = 'events.json';
  const isAnonymous = options.anonymise;
  const service = isAnonymous ? serviceAlias(options.service, aliases) : options.service;
  if (events === null) {
    return leftOut(name, `the Application log could not be read, or holds no event of ${service}`);
  }
  const about = 'the newest events of the service in the Application log';
  const shown = events.map(({ at, id, level, message }) => {
    return { at: isoJson(at), id, level, ...(isAnonymous ? {} : { message }) };
  });
  return jsonPart(name, isAnonymous ? `${about}, without their texts` : about, shown);
}

function versionsPart({ facts }: Gathered, { platform }: CliIo): Part {
  const { node, arch, timeZone } = facts.program;
  return jsonPart('versions.json', 'versions of the agent and of what it runs on', {
    agent: VERSION,
    revision: REVISION === '' ? null : REVISION,
    node,
    platform,
    arch,
    system: os.release(),
    powershell: facts.shell.known ? facts.shell.value.version : null,
    hyperVModule: facts.shell.known ? facts.shell.value.hyperVModule : null,
    timeZone,
  });
}
