import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { recordingPath } from '../collector/recording.ts';
import { PWSH } from '../collector/shells.ts';
import { prepareStandInShell } from '../collector/stand-in-shell.ts';
import { startPrometheus } from '../exporter/running-prometheus.ts';
import type { FullScenario } from '../hyperv/scenario.ts';
import { CA_FILE, freePort, LOGIN, mailServer } from '../notifier/smtp-server.ts';
import { isMissing } from '../peers.ts';
import { skipOnWindows } from '../skip-on-windows.ts';
import { until } from '../until.ts';
import { AgentProcess, command, folder, HOST, writeConfig } from './agent-process.ts';

skipOnWindows('a shell script stands in for PowerShell');

const hasNoPrometheus = isMissing('prometheus');

async function smallOffice() {
  const shell = await prepareStandInShell('small-office');
  onTestFinished(() => shell.dispose());
  const collector = { powershell: { executable: shell.executable, module_path: shell.modulePath } };
  return { shell, collector };
}

describe.skipIf(PWSH === null || hasNoPrometheus)('the whole agent, with real peers all around', () => {
  it('reads a host by PowerShell and tells SMTP, Prometheus and Nagios of it, and of what changes', {
    timeout: 90_000,
  }, async () => {
    const { shell, collector } = await smallOffice();
    const home = folder();
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const server = await mailServer();
    writeFileSync(join(home, 'password'), LOGIN.password.reveal(), { mode: 0o600 });
    const smtp = { host: 'localhost', port: server.port, ca_file: CA_FILE, from: 'hyperv@example.com' };
    writeConfig(join(home, 'agent.yml'), {
      schedule: { every: '2s' },
      web: { listen: `127.0.0.1:${port}` },
      collector,
      mail: {
        smtp: { ...smtp, user: LOGIN.user, password_file: 'password' },
        to: ['ops@example.com', 'storage@example.com'],
      },
    });
    const agent = new AgentProcess([
      'run',
      '-c',
      join(home, 'agent.yml'),
      '--state-dir',
      join(home, 'state'),
    ]);
    await using prometheus = await startPrometheus(url);

    // The first PowerShell on a machine compiles the stand-in.
    await until('the baseline', () => server.received.length > 0, 40_000);
    expect(server.received[0]).toMatchObject({
      isEncrypted: true,
      recipients: ['ops@example.com', 'storage@example.com'],
      email: { subject: expect.stringContaining('watching 1 host: ') },
    });
    expect(server.received[0]?.email.text).toMatch(/CRITICAL +FS01 .*before quota change .* 31\.0 GiB/);

    const layer = `hyperv_checkpoint_size_bytes * on (hyperv_host, vm_id, checkpoint_id) group_left (vm) hyperv_checkpoint_info{vm="FS01"}`;
    await prometheus.until(layer);
    // What was written since the checkpoint, to both disks, and nothing of what was there before.
    expect((await prometheus.query(layer)).map(({ value }) => value[1])).toEqual([
      String(33_285_996_544 + 4_194_304),
    ]);
    expect(await prometheus.query(`hyperv_checkpoint_scan_success{hyperv_host="${HOST}"} == 1`)).toHaveLength(
      1,
    );

    const check = await command('check', '--url', url);
    expect(check.code).toBe(2);
    expect(check.out).toMatch(/^CHECKPOINTS CRITICAL - /);
    expect(check.out).toContain('FS01 "before quota change"');

    const told = server.received.length;
    writeFileSync(
      shell.standIn.env.CHECKPOINT_STANDIN_SCENARIO ?? '',
      withoutCheckpoint(shell.standIn.scenario),
    );
    await until('the end told by mail', () => server.received.length > told);
    expect(server.received[told]?.email.subject).toBe('[Hyper-V checkpoints] FS01: stale checkpoint');
    expect(server.received[told]?.email.text).toMatch(/^RESOLVED/);
    await prometheus.until('absent(hyperv_checkpoint_info{vm="FS01"})');
    expect((await command('check', '--url', url, '--vm', 'FS01')).code).toBe(0);

    const scans = agent.err.split(' scanned ').length;
    await agent.says(' scanned ', scans);
    expect(await agent.stop()).toMatchObject({ code: 0, out: '' });
    expect(server.received).toHaveLength(told + 1);
    expect(agent.err).not.toMatch(/ error |host was not read|mail was not delivered/);
  });
});

/** The host after the one checkpoint of FS01 was deleted and its files were merged. */
function withoutCheckpoint(scenario: FullScenario): string {
  const vms = scenario.vms.map((vm) =>
    vm.name === 'FS01'
      ? { ...vm, parentCheckpoint: null, checkpoints: [], disks: vm.checkpoints[0]?.disks ?? [] }
      : vm,
  );
  const files = scenario.files.filter(({ path }) => !/FS01.*\.avhdx$/.test(path));
  return JSON.stringify({ ...scenario, vms, files });
}

describe.skipIf(PWSH === null)('scan', () => {
  it('of a host through a real PowerShell says what its recording says', async () => {
    const { collector } = await smallOffice();
    const config = join(folder(), 'agent.yml');
    // The host of the recording lives in another year.
    writeConfig(config, { collector, rules: { 'clock-skew': null } });
    const [live, recorded] = await Promise.all([
      command('scan', '--json', '--config', config),
      command('scan', '--json', '--config', config, '--from-file', recordingPath('small-office')),
    ]);
    expect([live.code, live.err]).toEqual([0, '']);
    expect(comparable(live.out)).toEqual(comparable(recorded.out));
    expect(comparable(live.out)).toMatchObject({ hosts: [{ readOk: true, vms: 8 }] });
  });
});

/** Without the times of the scan, and with one name for the host. Ages move on by milliseconds until they are shown. */
function comparable(json: string): unknown {
  return JSON.parse(json, (key, value) => {
    if (['at', 'lastGoodAt', 'durationMs'].includes(key)) return 'some time';
    if (key === 'host') return 'the host';
    if (value?.unit === 'ms') return { ...value, value: Math.round(value.value / 60_000) };
    return key.endsWith('Ms') && typeof value === 'number' ? Math.round(value / 60_000) : value;
  });
}
