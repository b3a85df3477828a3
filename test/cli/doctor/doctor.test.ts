import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type DoctorRequest, doctor } from '../../../src/cli/doctor/doctor.ts';
import { serviceSid } from '../../../src/cli/doctor/service-facts.ts';
import type { DoctorWorld } from '../../../src/cli/doctor/world.ts';
import { runCommand } from '../../../src/cli/index.ts';
import { PWSH } from '../../collector/shells.ts';
import { prepareStandInShell } from '../../collector/stand-in-shell.ts';
import { CA_FILE, freePort, mailServer } from '../../notifier/smtp-server.ts';
import { itElsewhere } from '../../skip-on-windows.ts';
import { opened } from '../../store/samples.ts';
import { fakeIo } from '../io.ts';
import { fakeWindows } from '../service/fake-windows.ts';
import { CONFIG, RUNNING } from '../service/sc-samples.ts';
import { answeringShell, doctorAnswer, doctorWorld, SERVICE_SID } from './world.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'doctor-'));
  mkdirSync(join(folder, 'state'), { mode: 0o700 });
});
afterEach(() => rm(folder, { recursive: true }));

interface Given {
  readonly config?: string;
  readonly world?: Partial<DoctorWorld>;
  readonly platform?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly request?: Partial<DoctorRequest>;
}

async function ask({ config = '', world = {}, platform = 'win32', env = {}, request = {} }: Given = {}) {
  const path = join(folder, 'agent.yml');
  const port = config.includes('listen:') ? '' : `web: { listen: "127.0.0.1:${await freePort()}" }\n`;
  writeFileSync(path, `${port}${config}`);
  const { io, printed } = fakeIo({ platform, env });
  const asked = {
    ...{ config: path, stateDir: join(folder, 'state'), service: 'hyperv-checkpoint-agent' },
    ...{ timeoutMs: null, json: true, ...request },
  };
  const exitCode = await doctor(asked, io, doctorWorld(world));
  const report: {
    readonly worst: string;
    readonly checks: readonly { readonly name: string; readonly verdict: string; readonly text: string }[];
  } = asked.json ? JSON.parse(printed.out) : { worst: '', checks: [] };
  const of = (name: string) => report.checks.find((check) => check.name === name);
  return { exitCode, ...printed, report, of };
}

/** On this machine access lists mean nothing; told for the folder of the test. */
const withLists = () => {
  const sddl = `O:BAD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1301bf;;;${SERVICE_SID})`;
  const accessLists = ['state', 'agent.yml', 'logs'].map((name) => ({ path: join(folder, name), sddl }));
  return doctorAnswer({ accessLists });
};

describe('doctor', () => {
  it('finds all well on a Windows on which it is, and ends with 0', async () => {
    const { runner, jobs } = answeringShell(withLists());
    const told = await ask({
      config: `log: { file: '${join(folder, 'logs', 'agent.log')}' }\n`,
      world: { createRunner: () => runner },
    });
    // The recording comes from another time zone.
    expect(told.report.checks.filter(({ verdict }) => verdict !== 'ok')).toMatchObject([{ name: 'clock' }]);
    expect(told).toMatchObject({ exitCode: 0, err: '' });
    expect(told.of('reading')?.text).toMatch(/^hv01: 8 VMs, 7 checkpoints in \d+\.\d s$/);
    expect(jobs.map(({ parameters }) => parameters)).toMatchObject([
      {
        service: 'hyperv-checkpoint-agent',
        account: '',
        paths: expect.stringContaining(join(folder, 'state')),
        events: false,
      },
      { scanId: expect.any(String) },
    ]);
  });

  it('has a group managed service account looked up, and judges its groups', async () => {
    const sid = 'S-1-5-21-7-7-7-1201';
    const answer = doctorAnswer({ serviceAccount: sid, hyperVAdministrators: [sid], eventLogReaders: [] });
    const { runner, jobs } = answeringShell(answer);
    const qc = CONFIG.replace('NT SERVICE\\hyperv-checkpoint-agent', 'CONTOSO\\checkpoints$');
    const { run } = fakeWindows({ queryex: RUNNING, qc }).world;
    const told = await ask({ world: { run, createRunner: () => runner } });
    expect(jobs[0]?.parameters).toMatchObject({ account: 'CONTOSO\\checkpoints$' });
    expect(told.of('service-account')).toMatchObject({
      verdict: 'warning',
      text: 'CONTOSO\\checkpoints$ is in Hyper-V Administrators, but not in Event Log Readers',
    });
  });

  it('ends with 1 for a problem, and says it first', async () => {
    const told = await ask({
      world: { createRunner: () => answeringShell(withLists(), 'vmms-stopped').runner },
      request: { json: false },
    });
    expect(told.exitCode).toBe(1);
    expect(told.out.split('\n')[2]).toMatch(
      /^ {2}problem {4}reading {11}hv01 was not read: the Virtual Machine Management service \(vmms\) is not running/,
    );
  });

  it('ends with 78 for a configuration that is wrong, and judges the rest all the same', async () => {
    const told = await ask({
      config: 'nonsense: 1\n',
      world: { createRunner: () => answeringShell(withLists()).runner },
    });
    expect(told.exitCode).toBe(78);
    expect(told.of('config')).toMatchObject({
      verdict: 'problem',
      details: [expect.stringContaining('nonsense')],
    });
    expect(told.of('reading')?.verdict).toBe('ok');
    for (const name of ['port', 'mail', 'patterns']) {
      expect(told.of(name)).toMatchObject({ verdict: 'unknown', text: 'the configuration has errors' });
    }
  });

  it('ends with 1 when something is not known, and never hangs', async () => {
    const hangs = () => new Promise<never>(() => {});
    const told = await ask({
      config: 'mail: { smtp: { host: localhost, from: a@example.com }, to: [b@example.com] }\n',
      world: {
        run: hangs,
        askAgent: hangs,
        probeSmtp: hangs,
        createRunner: () => ({
          run: async ({ timeoutMs }) => {
            expect(timeoutMs).toBeLessThanOrEqual(300);
            return {
              status: 'failed',
              error: { code: 'TIMEOUT', detail: null, target: null },
              stderrTail: '',
            };
          },
        }),
      },
      request: { timeoutMs: 300 },
    });
    expect(told.exitCode).toBe(1);
    for (const name of ['port', 'mail', 'service', 'rights', 'powershell']) {
      expect(told.of(name)?.verdict).toBe('unknown');
    }
    expect(told.of('reading')).toMatchObject({
      verdict: 'problem',
      text: expect.stringContaining('[TIMEOUT]'),
    });
    expect(told.of('state')?.verdict).toBe('ok');
  });

  itElsewhere(
    'tells of patterns that match nothing, of another agent, and of a port that is taken',
    async () => {
      const server = createServer((socket) => socket.end('220 hello\r\n'));
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
      onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      opened(join(folder, 'state'));
      const told = await ask({
        config: `web: { listen: "127.0.0.1:${port}" }\ntags: { prod: ["SQL*", "nothing*"] }\n`,
      });
      expect(told.of('patterns')).toMatchObject({
        verdict: 'warning',
        details: [expect.stringContaining('nothing*')],
      });
      expect(told.of('other-agent')).toMatchObject({ verdict: 'warning' });
      expect(told.of('port')).toMatchObject({
        verdict: 'problem',
        text: expect.stringContaining('something listens there and does not answer'),
      });
    },
  );

  itElsewhere('tells who may read what, where modes count', async () => {
    const file = join(folder, 'password');
    writeFileSync(file, 'hunter2hunter2');
    chmodSync(file, 0o644);
    chmodSync(join(folder, 'state'), 0o755);
    const told = await ask({
      platform: 'linux',
      config: `mail: { smtp: { host: localhost, from: a@example.com, user: bob, password_file: password }, to: [b@example.com] }\n`,
    });
    expect(told.of('permissions')).toMatchObject({
      verdict: 'problem',
      details: [
        `the state folder ${join(folder, 'state')} may be read by others`,
        `the file with the password ${file} may be read by others`,
      ],
    });
    expect(told.of('service')).toBe(undefined);
    expect(told.out).not.toContain('hunter2');
  });

  it('says that there is no service', async () => {
    const { world } = fakeWindows({
      queryex: 1060,
      qc: 1060,
    });
    const told = await ask({ world: { run: world.run } });
    expect(told.of('service')).toMatchObject({ verdict: 'warning', text: 'the service is not installed' });
  });

  it('looks at a real mail server without showing a secret', async () => {
    const { port, received } = await mailServer();
    const { probeSmtp } = await import('../../../src/notifier/smtp-probe.ts');
    const told = await ask({
      platform: 'linux',
      env: { SMTP_PASSWORD: 'wr0ng-Pa55word' },
      config: `mail: { smtp: { host: localhost, port: ${port}, ca_file: '${CA_FILE}', from: a@example.com, user: bob, password_env: SMTP_PASSWORD }, to: [b@example.com] }\n`,
      world: { probeSmtp },
    });
    expect(told.of('mail')).toMatchObject({
      verdict: 'problem',
      text: expect.stringContaining('did not accept'),
    });
    expect(told.out).not.toMatch(/wr0ng|d3IwbmctUGE1NXdvcmQ/);
    expect(received).toEqual([]);
  });
});

describe.skipIf(PWSH === null)('doctor with a real PowerShell', () => {
  it('reads the pretended host, and says what this system does not have', async () => {
    const { executable, modulePath, dispose } = await prepareStandInShell('small-office');
    onTestFinished(dispose);
    const path = join(folder, 'agent.yml');
    const listen = `web: { listen: "127.0.0.1:${await freePort()}" }`;
    writeFileSync(
      path,
      `${listen}\ncollector: { powershell: { executable: ${executable}, module_path: ${modulePath} } }\n`,
    );
    const { io, printed } = fakeIo({ env: { ...process.env }, platform: process.platform });
    const args = ['doctor', '-c', path, '--state-dir', join(folder, 'state')];
    await runCommand(args, io);
    expect(printed.out).toMatch(/^ {2}ok {9}powershell {3}PowerShell \d.*\/powershell\)$/m);
    expect(printed.out).toMatch(/^ {2}ok {9}reading {6}.*: 8 VMs, 7 checkpoints in \d+\.\d s$/m);
    expect(printed.out).toMatch(/^Not applicable here \(Windows only\): execution-policy, rights, /m);
  });
});

it('the SID of a service is the one that Windows makes', () => {
  expect(serviceSid('TrustedInstaller')).toBe(
    'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464',
  );
});
