import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../notifier/smtp-server.ts';
import { skipOnWindows } from '../skip-on-windows.ts';
import { until } from '../until.ts';
import { AgentProcess, command, folder, get, untilShown } from './agent-process.ts';

skipOnWindows('a shell script stands in for PowerShell');

/** A demo whose temporary files lie in a folder of their own. */
function startDemo(mailFolder: string, ...more: readonly string[]) {
  const temp = mkdtempSync(join(tmpdir(), 'demo-acceptance-'));
  onTestFinished(() => rmSync(temp, { recursive: true, force: true }));
  const args = ['demo', '--mail-folder', mailFolder, ...more];
  return { demo: new AgentProcess(args, { TMPDIR: temp }), left: () => readdirSync(temp) };
}

async function states(mailFolder: string): Promise<ReadonlySet<string>> {
  const mails = readdirSync(mailFolder).filter((name) => name.endsWith('.eml'));
  const parsed = await Promise.all(
    mails.map((name) => PostalMime.parse(readFileSync(join(mailFolder, name)))),
  );
  const header = 'x-checkpoint-agent-state';
  return new Set(parsed.flatMap(({ headers }) => headers.find(({ key }) => key === header)?.value ?? []));
}

describe('demo', () => {
  it('shows a fleet whose alerts begin, worsen and end, and leaves nothing but its mails', async () => {
    const mailFolder = join(folder(), 'mails');
    mkdirSync(mailFolder);
    writeFileSync(join(mailFolder, '0007-of-an-earlier-demo.eml'), '');
    const { demo, left } = startDemo(mailFolder, '--port', '0', '--hours-per-second', '12');
    await until('where to look', () => demo.out.includes('stop it with Ctrl+C'));
    const url = /page +(http:\S+)\//.exec(demo.out)?.[1] ?? '';
    expect(demo.out).toContain(`check     npm run -s agent -- check --url ${url}`);

    expect(demo.out).toContain(`${mailFolder} (1 older mail there; numbers go on from theirs)`);

    await untilShown(`${url}/-/ready`, 'The first scan has ended');
    await untilShown(`${url}/`, 'SQL01');
    const metrics = (await get(`${url}/metrics`)).text;
    expect(metrics).toMatch(/^hyperv_checkpoint_scan_success\{hyperv_host="hv01"\} 1$/m);
    expect(metrics).toMatch(/^hyperv_checkpoint_finding\{.*vm="SQL01".*severity="critical".*\} 1$/m);
    const check = await command('check', '--url', url);
    expect(check.code).toBe(2);
    expect(check.out).toMatch(/^CHECKPOINTS CRITICAL - /);

    await until('a mail of each kind', async () => {
      const told = await states(mailFolder);
      return ['baseline', 'new', 'worse', 'resolved'].every((state) => told.has(state));
    });
    await untilShown(`${url}/`, '.eml');
    const { code, err } = await demo.stop();
    expect(code).toBe(0);
    expect(demo.out).toMatch(/^\d\d-\d\d \d\d:\d\d {2}mail \(baseline\): ".*" → .*0008-.*\.eml$/m);
    expect(demo.out).toMatch(/ {2}mail \(resolved\): /);
    expect(err).not.toMatch(/ error /);
    expect(left()).toEqual([]);
  });

  it('that cannot start says why and leaves nothing behind', async () => {
    const mailFolder = join(folder(), 'mails');
    const port = await freePort();
    const { demo: first } = startDemo(mailFolder, '--port', String(port));
    await until('the first', () => first.out.includes('stop it with Ctrl+C'));
    const { demo: second, left } = startDemo(mailFolder, '--port', String(port));
    const { code, err } = await second.ended;
    expect(code).toBe(1);
    expect(err).toMatch(new RegExp(`cannot listen on 127.0.0.1:${port}: the port is in use.*--port`, 's'));
    expect(left()).toEqual([]);

    const file = join(folder(), 'file');
    writeFileSync(file, '');
    const { demo: third, left: leftByThird } = startDemo(join(file, 'mails'), '--port', '0');
    const refused = await third.ended;
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/^The mail folder .*mails cannot be made .*--mail-folder/);
    expect(leftByThird()).toEqual([]);
  });
});
