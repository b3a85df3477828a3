import { describe, expect, it } from 'vitest';
import { collectError, ERROR_CODES, type ErrorCode } from '../../../src/core/collect-error.ts';
import type { DoctorVerdict } from '../../../src/core/doctor/check.ts';
import { type DoctorFacts, found, notFound, type PathFacts } from '../../../src/core/doctor/facts.ts';
import { DOCTOR_CHECKS, examine } from '../../../src/core/doctor/index.ts';
import { doctorJson } from '../../../src/core/render/doctor/json.ts';
import { doctorText } from '../../../src/core/render/doctor/text.ts';
import { DAY_MS, GIB, MIB, MINUTE_MS } from '../../../src/core/units.ts';
import { NOW } from '../../builders.ts';
import { HOSTILE_NAMES } from '../../hostile.ts';
import { but, MAIL, PORT, READING, SERVICE, SERVICE_SID, SHELL, STATE, TIGHT, WELL } from './facts.ts';

type Case = readonly [
  what: string,
  over: Partial<DoctorFacts>,
  verdict: DoctorVerdict,
  text: string | RegExp,
];

/** Judges one check with some facts otherwise than on a machine on which all is well. */
function result(name: string, over: Partial<DoctorFacts>) {
  const found = examine({ ...WELL, ...over }).results.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no check ${name}`);
  return found;
}

function cases(name: string, all: readonly Case[]): void {
  describe(name, () => {
    it.each(all)('%s', (_what, over, verdict, text) => {
      const judged = result(name, over);
      expect(judged.verdict).toBe(verdict);
      const said = [judged.text, ...judged.details].join('\n');
      if (typeof text === 'string') expect(said).toContain(text);
      else expect(said).toMatch(text);
      if (verdict === 'problem' || verdict === 'warning') expect(judged.advice).not.toBe(null);
    });
  });
}

const GMSA_SID = 'S-1-5-21-7-7-7-1201';

/** A service under a group managed service account, which is in both groups unless told otherwise. */
const gmsa = (more: Partial<typeof SHELL>): Partial<DoctorFacts> => {
  const groups = { hyperVAdministrators: [GMSA_SID], eventLogReaders: [GMSA_SID] };
  return {
    service: but(SERVICE, { account: 'CONTOSO\\gmsa$' }),
    shell: but(SHELL, { serviceAccountSid: GMSA_SID, ...groups, ...more }),
  };
};

const account = (more: Partial<typeof SHELL.account>) =>
  but(SHELL, { account: { ...SHELL.account, ...more } });
const config = (more: Partial<DoctorFacts['config']>) => ({ ...WELL.config, ...more });
const line = { line: 3, path: 'web.listen', message: '"x" is no address' };
const path = (more: Partial<PathFacts>) =>
  found([{ path: 'C:\\p', what: 'state', isThere: true, mode: null, sddl: TIGHT, ...more } as const]);

it('finds nothing where all is well', () => {
  expect(examine(WELL)).toMatchObject({ worst: 'ok', notApplicable: [] });
  expect(examine(WELL).results.filter(({ verdict }) => verdict !== 'ok')).toEqual([]);
});

cases('program', [
  ['an old Node.js', { program: { ...WELL.program, node: '22.1.0' } }, 'problem', 'Node.js 22.1.0'],
  ['32 bits on 64', { program: { ...WELL.program, arch: 'ia32', isEmulated: true } }, 'warning', '32 bits'],
]);
cases('config', [
  ['no file', { config: config({ status: 'none' }) }, 'ok', 'the defaults are used'],
  [
    'faults',
    { config: config({ status: 'wrong', problems: [line] }) },
    'problem',
    'line 3: web.listen: "x" is no',
  ],
  [
    'doubts',
    { config: config({ warnings: [{ ...line, line: null, path: '' }] }) },
    'warning',
    '"x" is no address',
  ],
  [
    'very many faults',
    { config: config({ status: 'wrong', problems: Array.from({ length: 50 }, () => line) }) },
    'problem',
    'and 30 more',
  ],
]);
cases('powershell', [
  ['5.1', {}, 'ok', 'PowerShell 5.1.20348'],
  ['7', { shell: but(SHELL, { version: '7.6.5' }) }, 'ok', '7.6.5'],
  ['5.0', { shell: but(SHELL, { version: '5.0.1' }) }, 'problem', '5.0.1'],
  ['32 bits', { shell: but(SHELL, { is64Bit: false }) }, 'problem', '32-bit'],
  [
    'restricted',
    { shell: but(SHELL, { languageMode: 'RestrictedLanguage' }) },
    'problem',
    'RestrictedLanguage',
  ],
  [
    'constrained',
    { shell: notFound('x'), shellError: collectError('CONSTRAINED_LANGUAGE') },
    'problem',
    'constrained language mode [CONSTRAINED_LANGUAGE]',
  ],
  [
    'missing',
    { shell: notFound('x'), shellError: collectError('SHELL_MISSING') },
    'problem',
    'could not be started',
  ],
  ['slow', { shell: notFound('no answer'), shellError: collectError('TIMEOUT') }, 'unknown', 'no answer'],
  [
    'not wanted',
    { shell: notFound('x'), shellError: collectError('PLATFORM_UNSUPPORTED') },
    'ok',
    'not Windows',
  ],
]);
cases('execution-policy', [
  ['set by nobody', { shell: but(SHELL, { policies: [] }) }, 'ok', 'none is set'],
  [
    'strict, by a person',
    { shell: but(SHELL, { policies: [{ scope: 'LocalMachine', policy: 'Restricted' }] }) },
    'ok',
    'LocalMachine Restricted',
  ],
  [
    'strict, by Group Policy',
    { shell: but(SHELL, { policies: [{ scope: 'MachinePolicy', policy: 'AllSigned' }] }) },
    'warning',
    'Group Policy sets AllSigned',
  ],
  [
    'loose, by Group Policy',
    { shell: but(SHELL, { policies: [{ scope: 'UserPolicy', policy: 'RemoteSigned' }] }) },
    'ok',
    'UserPolicy RemoteSigned',
  ],
  ['not told', { shell: but(SHELL, { policies: null }) }, 'unknown', 'did not tell'],
]);
cases('rights', [
  ['an administrator', {}, 'ok', 'CONTOSO\\admin is an administrator'],
  [
    'in the group',
    { shell: account({ isAdministrator: false, isHyperVAdministrator: true }) },
    'ok',
    'is in Hyper-V Administrators',
  ],
  [
    'held back by UAC',
    { shell: account({ isAdministrator: false, isHeldBack: true }) },
    'problem',
    'not elevated',
  ],
  ['nobody', { shell: account({ isAdministrator: false }) }, 'problem', 'Event Log Readers: no'],
  ['not told', { shell: account({ isAdministrator: null, name: null }) }, 'unknown', 'this account'],
]);
cases('vmms', [
  ['stopped', { shell: but(SHELL, { vmms: 'Stopped' }) }, 'problem', '(Stopped)'],
  ['missing', { shell: but(SHELL, { vmms: 'Missing' }) }, 'problem', 'does not run Hyper-V'],
  ['not told', { shell: but(SHELL, { vmms: null }) }, 'unknown', 'could not be asked'],
]);
cases('hyper-v-module', [
  ['there', {}, 'ok', 'version 2.0.0.0'],
  ['missing', { shell: but(SHELL, { hyperVModule: '' }) }, 'problem', 'not installed'],
  ['not told', { shell: but(SHELL, { hyperVModule: null }) }, 'unknown', 'could not be listed'],
]);
cases('reading', [
  ['read', {}, 'ok', 'hv01: 42 VMs, 7 checkpoints in 4.1 s'],
  ['half of the time', { reading: but(READING, { durationMs: 150_000 }) }, 'ok', '150.0 s'],
  ['more than half', { reading: but(READING, { durationMs: 150_001 }) }, 'warning', 'of 5m that are allowed'],
  ['not asked', { reading: notFound('the host was not asked') }, 'unknown', 'the host was not asked'],
]);
it.each(Object.keys(ERROR_CODES) as ErrorCode[])(
  'reading that fails with %s is told with its advice',
  (code) => {
    expect(result('reading', { reading: but(READING, { error: collectError(code, 'why') }) })).toMatchObject({
      verdict: 'problem',
      text: `hv01 was not read: ${ERROR_CODES[code].meaning} (why) [${code}]`,
      advice: ERROR_CODES[code].advice,
    });
  },
);
cases('files', [
  [
    'some not read',
    {
      reading: but(READING, {
        troubles: [
          { code: 'VHD_ACCESS_DENIED', count: 3, first: 'D:\\a.avhdx' },
          { code: 'VOLUME_FAILED', count: 1, first: null },
        ],
      }),
    },
    'warning',
    /^4 parts were not read\n3 × access to the disk file was denied, such as D:\\a.avhdx \[VHD_ACCESS_DENIED\]\n1 ×/,
  ],
  ['host not read', { reading: but(READING, { error: collectError('TIMEOUT') }) }, 'unknown', 'not read'],
]);
cases('clock', [
  ['a minute', { reading: but(READING, { clockAheadMs: MINUTE_MS }) }, 'ok', 'W. Europe Standard Time'],
  ['ahead', { reading: but(READING, { clockAheadMs: MINUTE_MS + 1 }) }, 'warning', '1m ahead'],
  ['behind', { reading: but(READING, { clockAheadMs: -3_600_000 }) }, 'warning', '1h behind'],
  ['another zone', { reading: but(READING, { utcOffsetMin: 0 }) }, 'warning', 'UTC +0 min'],
  ['not told', { reading: but(READING, { clockAheadMs: null }) }, 'unknown', 'not read'],
]);
cases('schedule', [
  ['the usual', {}, 'ok', 'every 15m; a reading may take 5m'],
  ['no room', { config: config({ collectorTimeoutMs: 15 * MINUTE_MS }) }, 'warning', 'may take 15m'],
  [
    'too slow',
    { reading: but(READING, { durationMs: 16 * MINUTE_MS }) },
    'warning',
    'took longer than the 15m',
  ],
]);
cases('patterns', [
  ['typing errors', { unmatched: found([line]) }, 'warning', '1 pattern matches nothing'],
  ['not told', { unmatched: found(null) }, 'unknown', 'not every VM was read'],
]);
cases('state', [
  [
    'not there yet',
    { state: but(STATE, { folderIs: 'missing', isLocked: false }) },
    'ok',
    'makes it when it starts',
  ],
  ['a file', { state: but(STATE, { folderIs: 'no folder' }) }, 'problem', 'is no folder'],
  [
    'not writable',
    { state: but(STATE, { isLocked: false, isWritable: false }) },
    'problem',
    'cannot be written',
  ],
  ['proven by an agent that runs', { state: but(STATE, { isWritable: false }) }, 'ok', 'sound'],
  [
    'closed to the service',
    {
      state: but(STATE, { isLocked: false }),
      paths: path({ sddl: 'O:BAD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)' }),
    },
    'problem',
    'cannot be written',
  ],
  ['open to the service', { state: but(STATE, { isLocked: false }) }, 'ok', 'sound'],
  [
    'open to a service as LocalSystem',
    {
      state: but(STATE, { isLocked: false }),
      service: but(SERVICE, { account: 'LocalSystem' }),
      paths: path({ sddl: 'O:BAD:PAI(A;OICI;FA;;;SY)' }),
    },
    'ok',
    'sound',
  ],
  ['damaged', { state: but(STATE, { database: 'damaged' }) }, 'problem', 'is damaged'],
  ['newer', { state: but(STATE, { database: 'newer' }) }, 'problem', 'newer version'],
  ['empty', { state: but(STATE, { database: 'missing' }) }, 'ok', 'no database yet'],
  ['not told', { state: but(STATE, { database: 'unknown' }) }, 'unknown', 'could not be opened'],
]);
cases('permissions', [
  ['tight', {}, 'ok', 'nobody else gets at the state folder, the configuration, the folder of the log'],
  [
    'state read by users',
    { paths: path({ sddl: `${TIGHT}(A;;0x1200a9;;;BU)` }) },
    'warning',
    'may be read by others',
  ],
  [
    'password read by users',
    { paths: path({ what: 'password', sddl: `${TIGHT}(A;;FR;;;S-1-1-0)` }) },
    'problem',
    'the file with the password C:\\p may be read by others',
  ],
  [
    'configuration read by users',
    { paths: path({ what: 'configuration', sddl: `${TIGHT}(A;;FR;;;BU)` }) },
    'ok',
    'nobody else',
  ],
  [
    'configuration changed by users',
    { paths: path({ what: 'configuration', sddl: `${TIGHT}(A;;0x1301bf;;;AU)` }) },
    'problem',
    'may be changed by others',
  ],
  ['by mode: tight', { paths: path({ sddl: null, mode: 0o750 }) }, 'ok', 'nobody else'],
  ['by mode: read', { paths: path({ sddl: null, mode: 0o704 }) }, 'warning', 'read by others'],
  ['by mode: password', { paths: path({ what: 'password', sddl: null, mode: 0o644 }) }, 'problem', 'read'],
  ['by mode: changed', { paths: path({ what: 'log', sddl: null, mode: 0o702 }) }, 'problem', 'changed'],
  ['not told', { paths: path({ sddl: null }) }, 'unknown', 'the rights of the state folder'],
  ['nothing there', { paths: path({ isThere: false, sddl: null }) }, 'ok', 'nothing to protect'],
]);
const disk = (freeBytes: number) => found([{ path: '/s', what: 'state', freeBytes } as const]);
cases('disk-space', [
  ['1 GiB', { disks: disk(GIB) }, 'ok', '1.0 GiB free'],
  ['a little', { disks: disk(GIB - 1) }, 'warning', 'for the state (/s)'],
  ['too little', { disks: disk(100 * MIB - 1) }, 'problem', 'MiB free'],
]);
const nobody = but(PORT, { answer: { who: 'nobody' } });
cases('other-agent', [
  ['the service', {}, 'ok', 'an agent runs on'],
  ['nobody', { state: but(STATE, { isLocked: false }), port: nobody }, 'ok', 'no agent runs on'],
  ['on another folder', { state: but(STATE, { isLocked: false }) }, 'warning', 'but one answers'],
  ['at another address', { port: nobody }, 'warning', 'does not answer where'],
  ['by hand', { service: but(SERVICE, { state: 1 }) }, 'warning', 'not as the service'],
  ['not told', { state: but(STATE, { isLocked: null }) }, 'unknown', 'lock'],
]);
cases('port', [
  ['ours', {}, 'ok', 'an agent of this version answers at 127.0.0.1:9753'],
  [
    'older',
    { port: but(PORT, { answer: { who: 'agent', version: '1.0.0' } }) },
    'warning',
    'of version 1.0.0',
  ],
  ['free', { port: nobody }, 'ok', 'is free'],
  ['taken', { port: but(PORT, { answer: { who: 'other', said: 'HTTP 404' } }) }, 'problem', '(HTTP 404)'],
  [
    'unusable',
    { port: but(PORT, { answer: { who: 'unusable', why: 'no such address' } }) },
    'problem',
    'no such',
  ],
]);
const certificate = (days: number, fault: string | null = null) =>
  but(MAIL, { certificate: { names: ['m'], validToAt: NOW + days * DAY_MS, fault } });
cases('mail', [
  ['none', { mail: found(null) }, 'ok', 'no mail is configured'],
  [
    'works',
    {},
    'ok',
    'mail.contoso.com:587 answers, TLS 1.3, the login works\ncertificate for mail.contoso.com',
  ],
  ['no login', { mail: but(MAIL, { login: 'none' }) }, 'ok', 'no login is configured'],
  [
    'in clear',
    { mail: but(MAIL, { tls: 'none', protocol: null, certificate: null }) },
    'ok',
    'not encrypted',
  ],
  ['three weeks', { mail: certificate(21) }, 'ok', 'it ends in 21 d'],
  ['less', { mail: certificate(20) }, 'warning', 'it ends in 20 d'],
  ['refused', { mail: but(MAIL, { failure: 'no connection' }) }, 'problem', 'no connection'],
  [
    'taken although not trusted',
    {
      mail: but(MAIL, {
        tls: 'opportunistic',
        certificate: { names: [], validToAt: null, fault: 'by itself' },
      }),
    },
    'warning',
    'not trusted for mail.contoso.com: by itself',
  ],
]);
cases('service', [
  ['none', { service: found(null) }, 'warning', 'not installed'],
  [
    'stopped',
    { service: but(SERVICE, { state: 1, stateText: 'stopped', endText: 'the configuration is wrong' }) },
    'problem',
    'wrong',
  ],
  ['disabled', { service: but(SERVICE, { startType: 4 }) }, 'problem', 'disabled'],
  ['with other files', { service: but(SERVICE, { config: 'D:\\x.yml' }) }, 'warning', 'other files'],
  [
    'with the same in other letters',
    { service: but(SERVICE, { config: SERVICE.config?.toUpperCase() ?? '' }) },
    'ok',
    'running',
  ],
  ['not told', { service: notFound('access denied') }, 'unknown', 'access denied'],
]);
cases('service-account', [
  ['in both', {}, 'ok', 'is in Hyper-V Administrators and Event Log Readers'],
  [
    'in none',
    { shell: but(SHELL, { hyperVAdministrators: [] }) },
    'problem',
    'not in Hyper-V Administrators',
  ],
  ['in one', { shell: but(SHELL, { eventLogReaders: [] }) }, 'warning', 'not in Event Log Readers'],
  ['LocalSystem', { service: but(SERVICE, { account: 'LocalSystem' }) }, 'ok', 'LocalSystem'],
  ['somebody else', { service: but(SERVICE, { account: 'CONTOSO\\svc' }) }, 'ok', 'chosen by somebody'],
  ['a gMSA in both', gmsa({}), 'ok', 'CONTOSO\\gmsa$ is in Hyper-V Administrators and Event Log Readers'],
  [
    'a gMSA in none, whatever the service itself is in',
    gmsa({ hyperVAdministrators: [SERVICE_SID] }),
    'problem',
    'not in Hyper-V Administrators',
  ],
  ['a gMSA in one', gmsa({ eventLogReaders: [SERVICE_SID] }), 'warning', 'not in Event Log Readers'],
  ['a gMSA that is not found', gmsa({ serviceAccountSid: null }), 'unknown', 'could not be looked up'],
  ['not listed', { shell: but(SHELL, { hyperVAdministrators: null }) }, 'unknown', 'could not be listed'],
  ['no service', { service: found(null) }, 'ok', 'no service'],
]);
cases('event-source', [
  ['missing', { shell: but(SHELL, { eventSource: false }) }, 'warning', 'not registered'],
  ['no service', { shell: but(SHELL, { eventSource: false }), service: found(null) }, 'ok', 'no service'],
  ['not told', { shell: but(SHELL, { eventSource: null }) }, 'unknown', 'registry'],
]);

/** Nothing but the program and its configuration is known. */
const NOTHING: DoctorFacts = {
  ...WELL,
  ...{ shell: notFound('no answer'), reading: notFound('no answer'), unmatched: notFound('no answer') },
  ...{ port: notFound('no answer'), state: notFound('no answer'), paths: notFound('no answer') },
  ...{ disks: notFound('no answer'), mail: notFound('no answer'), service: notFound('no answer') },
};

describe('all checks together', () => {
  it('take nothing for well of which nothing is known', () => {
    const wells = examine(NOTHING).results.filter(({ verdict }) => verdict !== 'unknown');
    expect(wells.map(({ name }) => name)).toEqual(['program', 'config', 'schedule']);
  });

  it('are said with the worst first, elsewhere without those of Windows', async () => {
    const facts: DoctorFacts = {
      ...WELL,
      config: config({ warnings: [line] }),
      shell: account({ isAdministrator: false }),
      reading: but(READING, { error: collectError('ACCESS_DENIED', 'from Get-VM') }),
      unmatched: found(null),
      mail: certificate(5),
      service: but(SERVICE, {
        state: 1,
        stateText: 'stopped',
        endText: 'the configuration is wrong (code 78)',
      }),
    };
    await expect(doctorText(examine(facts))).toMatchFileSnapshot('./doctor.txt');
    await expect(`${JSON.stringify(doctorJson(examine(facts)), null, 1)}\n`).toMatchFileSnapshot(
      './doctor.json.txt',
    );
    const linux = examine({ ...facts, program: { ...WELL.program, platform: 'linux' } });
    expect(linux.results.map(({ name }) => name)).not.toContain('rights');
    expect(doctorText(linux)).toContain(
      '\nNot applicable here (Windows only): execution-policy, rights, vmms, hyper-v-module, service, service-account, event-source.\n',
    );
  });

  it.each(HOSTILE_NAMES)('cannot be made to say more than one line by a name such as %j', (name) => {
    const text = doctorText(
      examine({
        ...WELL,
        config: config({ status: 'wrong', path: name, problems: [{ line: 1, path: name, message: name }] }),
        shell: account({ name }),
        reading: but(READING, { host: name, error: collectError('TIMEOUT', name) }),
        state: but(STATE, { folder: name }),
        paths: path({ path: name, mode: 0o777 }),
        mail: but(MAIL, { server: name, failure: name }),
        service: but(SERVICE, { account: name }),
      }),
    );
    const lines = text.trimEnd().split('\n');
    expect(lines.filter((each) => each !== '' && !/^( {2}|checkpoint-agent |\d+ )/.test(each))).toEqual([]);
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/);
  });

  it('have names of their own, and say what they look at', () => {
    const names = DOCTOR_CHECKS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { looksAt, minds } of DOCTOR_CHECKS) expect(`${looksAt}${minds}`).not.toMatch(/^\s|\n/);
  });
});

it('the SID of the service in the sample is the one its folders name', () => {
  expect(TIGHT).toContain(SERVICE_SID);
});
