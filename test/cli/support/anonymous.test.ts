import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anonymousDoctorFacts, placeAlias } from '../../../src/cli/support/anonymous-facts.ts';
import { anonymousReading } from '../../../src/cli/support/anonymous-reading.ts';
import { createAliases } from '../../../src/collector/aliases.ts';
import { replayReport } from '../../../src/collector/replay.ts';
import { collectError } from '../../../src/core/collect-error.ts';
import { type DoctorFacts, found, notFound } from '../../../src/core/doctor/facts.ts';
import { examine } from '../../../src/core/doctor/index.ts';
import type { HostReading } from '../../../src/core/model.ts';
import { doctorJson } from '../../../src/core/render/doctor/json.ts';
import { doctorText } from '../../../src/core/render/doctor/text.ts';
import { existingRecordings, recordingPath } from '../../collector/recording.ts';
import { but, MAIL, PORT, READING, SERVICE, SHELL, STATE, WELL } from '../../core/doctor/facts.ts';

/** Every name and note of a reading. */
function namesOf({ host, facts, vms }: HostReading): readonly string[] {
  const names = vms.flatMap((vm) => [
    vm.name,
    vm.notes,
    vm.id,
    ...(vm.checkpoints ?? []).flatMap(({ name, notes, id }) => [name, notes, id]),
  ]);
  return [host, facts.name, facts.fqdn, facts.cluster?.name, ...names].flatMap((name) => name || []);
}

const pathsOf = ({ files }: HostReading): readonly string[] => files.map(({ path }) => path);

describe('a reading without names', () => {
  it.each(existingRecordings())('keeps all of %s but whose it is', async (name) => {
    const reading = await replayReport(recordingPath(name));
    if (reading.status === 'failed') return;
    const shown = anonymousReading(reading, createAliases());
    const texts: string[] = [];
    JSON.stringify(shown, (key, value) => {
      // What Hyper-V calls its own things names nobody.
      if (typeof value === 'string' && key !== 'kind' && key !== 'name') texts.push(value);
      return value;
    });
    const whole = namesOf(shown);
    for (const secret of namesOf(reading)) {
      expect(whole).not.toContain(secret);
      expect(texts).not.toContain(secret);
    }
    expect(new Set(pathsOf(shown)).size).toBe(new Set(pathsOf(reading)).size);
    expect(Object.keys(shown).toSorted()).toEqual(Object.keys(reading).toSorted());
    expect(shown.vms.map((vm) => Object.keys(vm).toSorted())).toEqual(
      reading.vms.map((vm) => Object.keys(vm).toSorted()),
    );
  });
});

describe('what doctor says without names', () => {
  /** Every text that somebody else has chosen is the same name. */
  const named = (name: string): DoctorFacts => {
    const path = `D:\\${name}\\${name}.yml`;
    const line = { line: 1, path: `tags.${name}`, message: `${name} is none` };
    return {
      ...WELL,
      config: { ...WELL.config, path, stateDir: path, status: 'wrong', problems: [line], warnings: [line] },
      shell: but(SHELL, { executable: path, account: { ...SHELL.account, name } }),
      reading: but(READING, {
        host: name,
        error: collectError('ACCESS_DENIED', name, name),
        troubles: [{ code: 'VHD_IN_USE', count: 1, first: name }],
      }),
      unmatched: found([line]),
      port: but(PORT, { host: name, answer: { who: 'unusable', why: name } }),
      state: but(STATE, { folder: path }),
      paths: found([{ path, what: 'state', isThere: true, mode: 0o777, sddl: name }]),
      disks: found([{ path, what: 'state', freeBytes: 1 }]),
      mail: but(MAIL, {
        server: name,
        failure: `no connection to the mail server: ${name}`,
        certificate: { names: [name], validToAt: null, fault: name },
      }),
      service: but(SERVICE, { name, account: name, config: path, stateDir: path }),
    };
  };
  const said = (facts: DoctorFacts): string => {
    const report = examine(anonymousDoctorFacts(facts, createAliases()));
    return `${doctorText(report)}${JSON.stringify(doctorJson(report))}`;
  };

  it('repeats none, whatever it is', () => {
    const name = fc.stringMatching(/^[A-Z]{3}-[A-Z0-9]{6,12}$/);
    fc.assert(
      fc.property(name, (each) => {
        expect(said(named(each))).not.toContain(each);
        expect(said({ ...named(each), shellError: collectError('SHELL_DIED', each, each) })).not.toContain(
          each,
        );
        expect(
          said({ ...named(each), service: notFound(each), mail: notFound(`${each}: no`) }),
        ).not.toContain(each);
      }),
    );
  });

  it('says the same otherwise', () => {
    const report = examine(anonymousDoctorFacts(WELL, createAliases()));
    expect(report.results.map(({ name, verdict }) => [name, verdict])).toEqual(
      examine(WELL).results.map(({ name, verdict }) => [name, verdict]),
    );
    expect(said({ ...WELL, reading: notFound('no answer within 30s') })).toContain('no answer within 30s');
  });
});

it('a path keeps what is the same everywhere', () => {
  const aliases = createAliases();
  expect(placeAlias('C:\\ProgramData\\hyperv-checkpoint-agent\\agent.yml', aliases)).toBe(
    'C:\\ProgramData\\hyperv-checkpoint-agent\\agent.yml',
  );
  expect(placeAlias('C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe', aliases)).toBe(
    'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
  );
  expect(placeAlias('D:\\Contoso\\state', aliases)).toBe('D:\\folder-1\\state');
});
