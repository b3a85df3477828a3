import { mkdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DoctorWorld } from '../../../src/cli/doctor/world.ts';
import { runCommand } from '../../../src/cli/index.ts';
import { type SupportRequest, supportBundle } from '../../../src/cli/support/support-bundle.ts';
import { replayReport } from '../../../src/collector/replay.ts';
import type { Store } from '../../../src/ports.ts';
import { NOW } from '../../builders.ts';
import { recordingPath } from '../../collector/recording.ts';
import { itElsewhere } from '../../skip-on-windows.ts';
import { opened, sampleAlert, sampleMail } from '../../store/samples.ts';
import { answeringShell, doctorAnswer, doctorWorld } from '../doctor/world.ts';
import { fakeIo } from '../io.ts';
import { unzip } from './unzip.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'support-'));
  mkdirSync(join(folder, 'state'), { mode: 0o700 });
  mkdirSync(join(folder, 'logs'));
});
afterEach(() => rm(folder, { recursive: true }));

interface Given {
  readonly config?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly platform?: string;
  readonly request?: Partial<SupportRequest>;
  readonly world?: Partial<DoctorWorld>;
}

async function bundle({ config = '', env = {}, platform = 'win32', request = {}, world = {} }: Given = {}) {
  const path = join(folder, 'agent.yml');
  writeFileSync(
    path,
    `web: { listen: "127.0.0.1:0" }\nlog: { file: '${join(folder, 'logs', 'agent.log')}' }\n${config}`,
  );
  const { io, printed } = fakeIo({ env, platform });
  const file = join(folder, 'bundle.zip');
  const asked: SupportRequest = {
    ...{ file, config: path, stateDir: join(folder, 'state'), service: 'hyperv-checkpoint-agent' },
    ...{ timeoutMs: null, live: false, anonymise: false, withMails: false, force: true, ...request },
  };
  const exitCode = await supportBundle(asked, io, doctorWorld(world));
  const files = exitCode === 0 ? unzip(readFileSync(file)) : new Map<string, Buffer>();
  const of = (name: string): string => files.get(name)?.toString() ?? '';
  return {
    exitCode,
    ...printed,
    file,
    files,
    of,
    all: [...files.values()].join('\n'),
    names: [...files.keys()],
  };
}

const MAIL_TEXT = 'Dear administrators, SQL01 has an old checkpoint.';

/** A state as it is after a scan of the office: alerts, waiting mails and a reading. */
async function fillState(failure = 'no connection'): Promise<Store> {
  const { store } = opened(join(folder, 'state'));
  store.saveAlerts(
    [sampleAlert('SQL01')],
    [sampleMail('1', { text: MAIL_TEXT }), sampleMail('2')],
    true,
    NOW,
  );
  const [first] = store.dueMails(NOW);
  store.recordAttempt(first?.id ?? 0, {
    stillOwed: ['a@example.com'],
    wasAccepted: false,
    nextAttemptAt: NOW,
    failure,
  });
  await store.saveReport(await replayReport(recordingPath('small-office')));
  return store;
}

function writeLog(text: string, name = 'agent.log'): void {
  writeFileSync(join(folder, 'logs', name), text);
}

const LINE = '2026-11-24T12:00:00.000Z warn host was not read host="hv01" code="TIMEOUT"\n';

describe('support-bundle', () => {
  itElsewhere(
    'holds what doctor says, configuration, state, logs, service and events, and lists them',
    async () => {
      await fillState();
      writeLog(LINE);
      writeLog('the host\n', 'service-host.log');
      const events = [
        { at: '2026-11-24T12:00:00.000Z', id: 300, level: 3, message: 'SQL01 has an old checkpoint' },
      ];
      const answer = doctorAnswer({ events });
      const told = await bundle({ world: { createRunner: () => answeringShell(answer).runner } });
      expect(told).toMatchObject({ exitCode: 0, err: '' });
      const logs = told.names.filter((name) => name.startsWith('logs/'));
      expect(logs.toSorted()).toEqual(['logs/agent.log', 'logs/service-host.log']);
      expect(told.names.filter((name) => !logs.includes(name))).toEqual([
        ...['MANIFEST.txt', 'doctor.txt', 'doctor.json', 'config.yml', 'state.json', 'reading.json'],
        ...['service.json', 'events.json', 'versions.json'],
      ]);
      for (const name of told.names.slice(1)) expect(told.of('MANIFEST.txt')).toContain(`  ${name}`);
      expect(told.of('doctor.txt')).toMatch(/^ {2}ok {9}reading /m);
      expect(told.of('logs/agent.log')).toBe(LINE);
      expect(JSON.parse(told.of('state.json'))).toMatchObject({
        alerts: [{ rule: 'checkpoint-age', count: 1 }],
        outbox: { waiting: 2, lastFailures: ['no connection'] },
      });
      expect(JSON.parse(told.of('reading.json'))).toMatchObject({
        kind: 'hyperv.reading',
        reading: { host: 'hv01' },
      });
      expect(JSON.parse(told.of('service.json'))).toMatchObject({ state: 4 });
      expect(JSON.parse(told.of('events.json'))).toMatchObject([
        { id: 300, message: 'SQL01 has an old checkpoint' },
      ]);
      expect(told.out).toContain('Look inside before you send it.\n');
      expect(told.all).not.toContain(MAIL_TEXT);
    },
  );

  it('says in its manifest what is inside, and what is not and why', async () => {
    const { of } = await bundle({ platform: 'linux' });
    const text = of('MANIFEST.txt')
      .replaceAll(/ +\d[\d.]* (?:KiB|B) /g, ' SIZE ')
      .replace(/agent \d\S+,/, 'agent VERSION,');
    await expect(text).toMatchFileSnapshot('./manifest.txt');
  });

  itElsewhere('is for its owner alone, replaces nothing unasked, and is whole or not there', async () => {
    const told = await bundle();
    expect(statSync(told.file).mode & 0o777).toBe(0o600);
    writeFileSync(told.file, 'mine');
    expect(await bundle({ request: { force: false } })).toMatchObject({
      exitCode: 1,
      err: `${told.file} is there already; --force replaces it\n`,
    });
    expect(readFileSync(told.file, 'utf8')).toBe('mine');
    const nowhere = join(folder, 'no', 'x.zip');
    expect(await bundle({ request: { file: nowhere } })).toMatchObject({
      exitCode: 1,
      err: `${nowhere} could not be written: there is no folder ${join(folder, 'no')}\n`,
    });
  });

  itElsewhere('holds a report of now that can be replayed when asked to', async () => {
    await fillState();
    const told = await bundle({ request: { live: true } });
    expect(told.names).not.toContain('reading.json');
    const file = join(folder, 'report.json');
    writeFileSync(file, told.of('report.json'));
    expect(await replayReport(file)).toMatchObject({ status: 'read', host: 'hv01' });
  });

  itElsewhere('holds the texts of mails when asked to, and not otherwise', async () => {
    await fillState();
    expect((await bundle()).of('MANIFEST.txt')).toContain('texts of mails were not asked for');
    const { of } = await bundle({ request: { withMails: true } });
    expect(JSON.parse(of('mails.json'))).toMatchObject([{ isWaiting: true }, { text: MAIL_TEXT }]);
    const { io } = fakeIo();
    expect(await runCommand(['support-bundle', 'x.zip', '--anonymise', '--with-mails'], io)).toBe(2);
  });

  it('holds the newest lines of the logs, 5 MiB of them together, and of our logs alone', async () => {
    const old = LINE.repeat(40_000);
    const names = ['agent.log', 'agent.1.log', 'agent.2.log'];
    for (const [age, name] of names.entries()) {
      writeLog(`${name}\n${old}`, name);
      utimesSync(join(folder, 'logs', name), 1_800_000_000 - age, 1_800_000_000 - age);
    }
    for (const name of ['other.log', 'agent.txt', 'agentx.log', 'agent.1.log.bak']) writeLog('no', name);
    const { names: inside, of } = await bundle();
    expect(inside.filter((name) => name.startsWith('logs/'))).toEqual(['logs/agent.log', 'logs/agent.1.log']);
    expect(of('logs/agent.log').startsWith('agent.log\n')).toBe(true);
    expect(of('logs/agent.1.log').startsWith('2026-11-24T')).toBe(true);
    expect(of('logs/agent.log').length + of('logs/agent.1.log').length).toBeLessThanOrEqual(5 * 1024 * 1024);
    expect(of('MANIFEST.txt')).toMatch(/logs\/agent\.2\.log +older than the newest 5\.0 MiB/);
  });
});

describe('a bundle of something broken', () => {
  it('is made while an agent runs on the state', async () => {
    const store = await fillState();
    expect((await bundle()).names).toContain('state.json');
    store.close();
    expect((await bundle()).names).toContain('state.json');
  });

  it.each([
    ['damaged', 'no database at all, but long enough for a header'.repeat(40), 'it is damaged'],
    ['empty', '', 'it is empty'],
  ])('is made of a state that is %s', async (_what, bytes, why) => {
    writeFileSync(join(folder, 'state', 'agent.db'), bytes);
    const told = await bundle({ request: { withMails: true } });
    expect(told).toMatchObject({ exitCode: 0 });
    expect(told.of('MANIFEST.txt')).toMatch(
      new RegExp(`state\\.json, reading\\.json +the database could not be read: ${why}`),
    );
  });

  it('is made without a state, without logs, and when nothing answers', async () => {
    const told = await bundle({
      request: { stateDir: join(folder, 'none'), live: true },
      config: `mail: { smtp: { host: localhost, from: a@example.com }, to: [b@example.com] }\n`,
      world: {
        run: async () => ({ status: 'failed', why: 'no such file' }),
        createRunner: () => ({
          run: async () => ({
            status: 'failed',
            error: { code: 'SHELL_MISSING', detail: null, target: null },
            stderrTail: '',
          }),
        }),
      },
    });
    expect(told).toMatchObject({ exitCode: 0 });
    expect(told.of('MANIFEST.txt')).toContain('the host was not read just now (SHELL_MISSING)');
    expect(told.of('MANIFEST.txt')).toContain('sc.exe could not be asked: no such file');
  });

  it('holds no configuration that has errors, but says which', async () => {
    const told = await bundle({ config: 'mail:\n  smtp:\n    password: hunter2hunter2\n' });
    expect(told.exitCode).toBe(0);
    expect(told.names).not.toContain('config.yml');
    expect(told.of('doctor.txt')).toMatch(/problem +config/);
    expect(told.all).not.toContain('hunter2');
  });
});

describe('no bundle holds a secret', () => {
  const mail = (rest: string): string =>
    `mail: { smtp: { host: localhost, from: a@example.com, user: bob, ${rest} }, to: [b@example.com] }\n`;
  const forms = (secret: string): readonly string[] => [
    secret,
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64'),
    Buffer.from(`\0bob\0${secret}`).toString('base64'),
    Buffer.from(`bob:${secret}`).toString('base64'),
  ];

  it('whatever it is, from wherever it comes, and wherever it stands', async () => {
    const secrets = fc.stringMatching(/^[A-Za-z0-9!"#$%&'()*+,./:;<=>?@[\\\]^_`{|}~äß€-]{12,30}$/);
    await fc.assert(
      fc.asyncProperty(secrets, fc.boolean(), fc.boolean(), async (secret, isFile, isAnonymous) => {
        const planted = forms(secret);
        writeFileSync(join(folder, 'password'), secret);
        writeLog(planted.map((form) => `2026-11-24T12:00:00.000Z warn said "${form}"\n`).join(''));
        await rm(join(folder, 'state'), { recursive: true });
        mkdirSync(join(folder, 'state'));
        const store = await fillState(`the server said ${planted.join(' ')}`);
        store.close();
        const answer = doctorAnswer({
          hyperVModule: secret,
          events: [{ at: '2026-11-24T12:00:00.000Z', id: 1, level: 2, message: planted.join(' ') }],
        });
        const { all, exitCode, out } = await bundle({
          config: mail(isFile ? `password_file: '${join(folder, 'password')}'` : 'password_env: PW'),
          env: { PW: secret },
          request: { anonymise: isAnonymous },
          world: { createRunner: () => answeringShell(answer).runner },
        });
        expect(exitCode).toBe(0);
        for (const form of planted) {
          expect(all).not.toContain(form);
          expect(out).not.toContain(form);
        }
      }),
      { numRuns: 15 },
    );
  }, 60_000);

  it('also not those of others that a log may hold', async () => {
    writeLog(
      'GET /metrics Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc\nproxy http://bob:hunter2@proxy/\n',
    );
    expect((await bundle()).all).not.toMatch(/eyJhbGciOiJIUzI1NiJ9|hunter2/);
  });

  it('keeps the user of the mail server, unless names are replaced', async () => {
    const config = mail('password_env: PW');
    const env = { PW: 'Tr0ub4dor&3' };
    expect((await bundle({ config, env })).of('config.yml')).toContain('user: bob');
    expect((await bundle({ config, env, request: { anonymise: true } })).of('config.yml')).not.toContain(
      'bob',
    );
  });
});

describe('a bundle without names', () => {
  const POLICY = `
kinds: { contoso-golden: { checkpoint: "Golden Contoso*", advice: "Ask the Contoso team" } }
tags: { contoso-prod: ["SQL*", "web0?"] }
rules: { checkpoint-age: { contoso-golden: { warning: 180d, critical: null } } }
overrides: [{ tag: contoso-prod, host: hv01, rules: { checkpoint-age: { user: { warning: 2d } } } }]
exceptions: [{ vm: SQL01, kind: contoso-golden, reason: contoso licence, until: 2027-01-01, owner: j.doe }]
mail: { smtp: { host: mail.contoso.example, from: agent@contoso.example, user: contoso-user, password_env: PW, ca_file: 'CA' }, to: [admins@contoso.example] }
`;
  /** Names that the recording of the office, and the configuration, hold. */
  const NAMES = /contoso|SQL01|hv01|DC01|j\.doe|golden|corp|WEB0|admin[s\\]|licen|secret-folder|My VM/i;

  it('has none in any file, and the same stand-in for the same name', async () => {
    writeFileSync(join(folder, 'CA'), '-----BEGIN CERTIFICATE-----\n');
    (await fillState('the mail server rejected the message: 550 no contoso here')).close();
    writeLog(LINE);
    const events = [
      { at: '2026-11-24T12:00:00.000Z', id: 300, level: 3, message: 'SQL01 has an old checkpoint' },
    ];
    for (const live of [false, true]) {
      const told = await bundle({
        config: POLICY,
        env: { PW: 'x-y-z-1-2-3' },
        request: { anonymise: true, live },
        world: {
          createRunner: () => answeringShell(doctorAnswer({ events })).runner,
          probeSmtp: async () => ({
            ...{ server: 'mail.contoso.example', port: 587, tls: 'starttls', login: 'none', protocol: null },
            failure: 'the mail server rejected the message: no contoso here',
            certificate: { names: ['mail.contoso.example'], validToAt: NOW, fault: 'it is for contoso' },
          }),
        },
      });
      expect(told.exitCode).toBe(0);
      for (const [name, data] of told.files)
        expect([name, NAMES.exec(data.toString())]).toEqual([name, null]);
      expect(told.all).not.toContain(folder);
      if (!live) {
        const { reading } = JSON.parse(told.of('reading.json'));
        expect(told.of('doctor.txt')).toContain(`${reading.host}: 8 VMs`);
        expect(told.of('config.yml')).toContain(`hosts: [${reading.host}]`);
      }
      expect(told.of('MANIFEST.txt')).toContain('their lines may name anything');
      expect(JSON.parse(told.of('logs.json'))).toMatchObject([
        { name: 'agent.log', lines: 1, levels: { warn: 1 }, codes: { TIMEOUT: 1 } },
      ]);
    }
  });

  itElsewhere('keeps what tells how something is set up', async () => {
    writeFileSync(join(folder, 'CA'), '-----BEGIN CERTIFICATE-----\n');
    const { of } = await bundle({ config: POLICY, env: { PW: 'x-y-z-1-2-3' }, request: { anonymise: true } });
    await expect(of('config.yml')).toMatchFileSnapshot('./anonymous-config.yml');
  });
});
