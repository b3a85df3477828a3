import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDefaults, loadText } from '../../src/config/load.ts';
import { showConfig } from '../../src/config/show.ts';
import { starterConfig } from '../../src/config/starter.ts';
import { POWERSHELL } from '../powershell.ts';
import { type SetupFunctions, startSetupFunctions } from './ask-setup.ts';
import { checkSetupText } from './setup-check.ts';

describe.skipIf(POWERSHELL === null)('names and texts of the setup', () => {
  let setup: SetupFunctions;
  beforeAll(() => {
    setup = startSetupFunctions();
  });
  afterAll(() => setup.end());

  it('knows the SID of a service before there is one', async () => {
    const [trusted, own, shouted] = await setup.ask('Get-ServiceSid $it', [
      'TrustedInstaller',
      'hyperv-checkpoint-agent',
      'HYPERV-CHECKPOINT-AGENT',
    ]);
    expect(trusted).toBe('S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464');
    expect(own).toMatch(/^S-1-5-80(-\d+){5}$/);
    expect(shouted).toBe(own);
  });

  it('hands arguments to programs so that they arrive as they are', async () => {
    const nasty = fc.string({
      unit: fc.constantFrom('a', ' ', '"', '\\', "'", '&', '|', '%', '^', '$', 'é', '中'),
    });
    const lists = fc.sample(fc.array(nasty, { minLength: 1, maxLength: 5 }), { numRuns: 500, seed: 1 });
    const lines = await setup.ask('Join-Arguments $it', lists);
    expect(lines.map((line) => splitCommandLine(String(line)))).toEqual(lists);
  });

  it('hands over no control characters', async () => {
    const [answer] = await setup.ask('Join-Arguments $it', [['a', 'b\nc']]);
    expect(answer).toEqual({ thrown: 'an argument of a program holds a control character' });
  });

  it('quotes every path in the command line of the service, and finds the folders in it again', async () => {
    const folders = ['C:\\Program Files\\hyperv-checkpoint-agent', "D:\\Überwachung\\it's (new) & 中\\agent"];
    const [lines, found] = [
      await setup.ask("Get-ImagePath 'svc' $it 'E:\\data dir'", folders),
      await setup.ask("Read-ImagePath 'svc' (Get-ImagePath 'svc' $it 'E:\\data dir')", folders),
    ];
    expect(lines.map((line) => splitCommandLine(String(line)))).toEqual(
      folders.map((folder) => [
        `${folder}\\node.exe`,
        `${folder}\\service-host.mjs`,
        ...[
          '--service',
          'svc',
          '--agent',
          `${folder}\\checkpoint-agent.mjs`,
          '--log-dir',
          'E:\\data dir\\logs',
        ],
        ...['--', '--config', 'E:\\data dir\\agent.yml', '--state-dir', 'E:\\data dir\\state'],
      ]),
    );
    expect(found).toEqual(folders.map((installDir) => ({ installDir, dataDir: 'E:\\data dir' })));
  });

  it('takes no other service for its own', async () => {
    const others = [
      'C:\\Windows\\System32\\svchost.exe -k x',
      '"C:\\x\\node.exe" "C:\\x\\other.mjs" --state-dir "C:\\y\\state"',
      '"C:\\x\\node.exe" & calc.exe --state-dir "C:\\y\\state"',
    ];
    expect(await setup.ask("Read-ImagePath 'svc' $it", others)).toEqual([null, null, null]);
  });

  it('takes folders on drives of this machine, in one way of writing', async () => {
    const good = [
      'C:\\Tools\\agent',
      'd:/Tools/agent/',
      "C:\\Ünï cödé's\\中文 (x86) & co",
      'C:\\.hidden\\a.b',
    ];
    expect(await setup.ask("Resolve-Folder '-InstallDir' $it", good)).toEqual([
      'C:\\Tools\\agent',
      'd:\\Tools\\agent',
      "C:\\Ünï cödé's\\中文 (x86) & co",
      'C:\\.hidden\\a.b',
    ]);
  });

  it.each([
    ['agent', 'give it in full'],
    ['\\\\server\\share\\agent', 'give it in full'],
    ['C:agent', 'give it in full'],
    ['C:\\', 'give it in full'],
    ['C:\\a"b', 'characters cannot be used'],
    ['C:\\a%TEMP%', 'characters cannot be used'],
    ['C:\\a;b', 'characters cannot be used'],
    ['C:\\a[b]', 'characters cannot be used'],
    ['C:\\a:b', 'characters cannot be used'],
    ['C:\\a*', 'characters cannot be used'],
    ['C:\\a\nb', 'characters cannot be used'],
    [`C:\\${'a'.repeat(120)}`, 'longer than 120'],
    ['C:\\a\\..\\b', 'a part of it'],
    ['C:\\a\\.\\b', 'a part of it'],
    ['C:\\a\\\\b', 'a part of it'],
    ['C:\\a \\b', 'a part of it'],
    ['C:\\a.', 'a part of it'],
    ['C:\\nul\\b', 'for devices'],
    ['C:\\a\\COM1.txt', 'for devices'],
    ['C:\\Windows', 'inside the folder of Windows'],
    ['c:\\windows\\Temp\\agent', 'inside the folder of Windows'],
    ['C:\\Program Files', 'Windows itself'],
    ['C:\\ProgramData\\', 'Windows itself'],
    ['C:\\Users', 'Windows itself'],
  ])('refuses the folder %j', async (folder, why) => {
    const [answer] = await setup.ask("Resolve-Folder '-InstallDir' $it", [folder]);
    expect(answer).toEqual({ thrown: expect.stringContaining(why) });
  });

  it('takes accounts that have no password, and no other', async () => {
    const answers = await setup.ask("(Resolve-Account $it 'svc').name", [
      'virtual',
      'NT SERVICE\\svc',
      'localsystem',
      'CONTOSO\\hv-mon$',
      'CONTOSO\\admin',
      'NT SERVICE\\other',
      'admin@contoso.com',
      'CONTOSO\\x"$',
      '.\\admin',
    ]);
    expect(answers.slice(0, 4)).toEqual([
      'NT SERVICE\\svc',
      'NT SERVICE\\svc',
      'LocalSystem',
      'CONTOSO\\hv-mon$',
    ]);
    for (const answer of answers.slice(4)) {
      expect(answer).toMatchObject({
        thrown: expect.stringContaining('An account with a password is not offered'),
      });
    }
  });

  it('knows which version is older', async () => {
    const order = ['0.1.0', '0.2.0-beta.1', '0.2.0-rc.1', '0.2.0', '0.10.0', '1.0.0'];
    const pairs = order.flatMap((one, i) =>
      order.map((other, j) => ({ one, other, sign: Math.sign(i - j) })),
    );
    const signs = await setup.ask('[Math]::Sign((Compare-AgentVersion $it.one $it.other))', pairs);
    expect(signs).toEqual(pairs.map(({ sign }) => sign));
  });

  it('reads from "config show" where the agent listens, and writes it as the configuration wants it', async () => {
    const world = { env: {}, platform: 'win32', thisMachine: ['hv01'] } as const;
    const texts = [
      '',
      'web: { listen: "[::1]:80" }',
      'web: { listen: 0.0.0.0:9000 }',
      'web: { listen: hv.example.com:1 }',
    ];
    const shown = texts.map((text) => showConfig(loadText(text, world), loadDefaults(world)));
    expect(await setup.ask('Read-Listen $it', shown)).toEqual([
      { address: '127.0.0.1', port: 9753 },
      { address: '::1', port: 80 },
      { address: '0.0.0.0', port: 9000 },
      { address: 'hv.example.com', port: 1 },
    ]);
    const listens = ['::', '10.1.2.3', '::1'];
    const written = (await setup.ask('Format-Listen $it 9000', listens)).map(
      (text) => `web: { listen: ${text} }`,
    );
    expect(written.map((text) => loadText(text, world).web.host)).toEqual(listens);
    expect(await setup.ask('Read-Listen $it', ['web: null\n', 'x:\n  listen: 127.0.0.1:1\n'])).toEqual([
      null,
      null,
    ]);
  });

  it('has one line to set in what "config init" writes', () => {
    expect(starterConfig().match(/^#?web:.*$/gm)).toHaveLength(1);
    expect(starterConfig()).toMatch(/^[\x20-\x7e\n]*$/);
  });

  it('asks an agent that listens everywhere on this machine', async () => {
    const listens = ['0.0.0.0', '::', '127.0.0.1', '10.0.0.1', 'hv01'].map((address) => ({
      address,
      port: 1,
    }));
    expect(await setup.ask('Get-AgentUrl $it', listens)).toEqual([
      'http://127.0.0.1:1/',
      'http://[::1]:1/',
      'http://127.0.0.1:1/',
      'http://10.0.0.1:1/',
      'http://hv01:1/',
    ]);
  });

  it('gives the service what it needs, and other people nothing', async () => {
    const [read, written] = await setup.ask("Get-DataSddl 'S-1-5-80-1' $it", [false, true]);
    expect(read).toBe('O:BAD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;S-1-5-80-1)');
    expect(written).toBe('O:BAD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1301bf;;;S-1-5-80-1)');
  });

  it('sees whether permissions are as they should be, however Windows writes them', async () => {
    const wanted = 'O:BAD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)';
    const same = [
      'O:BAG:S-1-5-21-1-2-3-513D:PAI(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)',
      'O:S-1-5-32-544G:SYD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)S:AI',
    ];
    const other = [
      'O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)',
      'O:BAG:SYD:AI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)',
      'O:BAG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;BU)',
      'O:BAG:SYD:PAI(A;OICI;FA;;;SY)',
    ];
    const answers = await setup.ask(
      'Test-SameSddl $it.wanted $it.found',
      [...same, ...other].map((found) => ({ wanted, found })),
    );
    expect(answers).toEqual([true, true, false, false, false, false]);
  });

  it('takes addresses for the firewall apart, and refuses what is none', async () => {
    const lists = [
      ['10.1.2.3,10.2.0.0/16'],
      ['LocalSubnet', ' fe80::1 '],
      ['10.0.0.1-10.0.0.9'],
      [],
      ['10.0.0.1; calc'],
      ['hv01'],
    ];
    expect(await setup.ask('Resolve-RemoteAddress $it', lists)).toEqual([
      ['10.1.2.3', '10.2.0.0/16'],
      ['LocalSubnet', 'fe80::1'],
      ['10.0.0.1-10.0.0.9'],
      [],
      { thrown: expect.stringContaining('-RemoteAddress 10.0.0.1; calc') },
      { thrown: expect.stringContaining('-RemoteAddress hv01') },
    ]);
  });

  it('knows addresses again as Windows gives them back', async () => {
    const given = [
      '10.1.0.0/255.255.0.0',
      '10.1.2.3/255.255.255.255',
      '10.1.2.3',
      'LocalSubnet',
      'fe80::/64',
    ];
    expect(await setup.ask('Format-Address $it', given)).toEqual([
      '10.1.0.0/16',
      '10.1.2.3',
      '10.1.2.3',
      'LocalSubnet',
      'fe80::/64',
    ]);
  });

  it('knows the recovery it sets from what Windows stores, and any other from it', async () => {
    const word = (value: number): number[] => [0, 8, 16, 24].map((shift) => (value >>> shift) & 255);
    const stored = (...words: number[]) => ({ onErrors: true, recovery: words.flatMap(word) });
    const [head, own] = [
      [86400, 0, 0, 3, 20],
      [1, 5000, 1, 30000, 1, 300000],
    ];
    const services = [
      stored(...head, ...own),
      { ...stored(...head, ...own), onErrors: false },
      stored(86400, 0, 0, 2, 20, 1, 5000, 1, 30000),
      stored(...head, 1, 5000, 1, 30000, 2, 300000),
      stored(3600, 0, 0, 3, 20, ...own),
    ];
    expect(await setup.ask('Test-Recovery $it', services)).toEqual([true, false, false, false, false]);
  });

  it('finds fault with lists of checksums that lead elsewhere', async () => {
    const names = ['a/b.txt', 'node.exe', '../a', 'a/../b', '/etc/x', 'C:/x', 'a//b', '.hidden', 'a/.'];
    const lines = names.map((name) => `${'0'.repeat(64)}  ${name}`);
    const read = `
      $SumsFile = [IO.Path]::GetRandomFileName()
      try { Set-Content -LiteralPath "/tmp/$SumsFile" -Value $it; @((Read-Sums '/tmp').Keys) }
      finally { Remove-Item -LiteralPath "/tmp/$SumsFile" }`;
    const answers = await setup.ask(read, lines);
    expect(answers.map((answer) => (typeof answer === 'string' ? answer : 'refused'))).toEqual([
      'a\\b.txt',
      'node.exe',
      ...['refused', 'refused', 'refused', 'refused', 'refused'],
      '.hidden',
      'refused',
    ]);
  });

  it('changes of a service only what is another, and hands over no account that stays', async () => {
    const ask = `
      & {
        $asked = New-Object System.Collections.ArrayList
        function Invoke-Program($path, $arguments) { [void]$asked.Add($arguments -join ' '); @{ code = 0 } }
        $folders = @{ service = 'svc'; installDir = 'C:\\a'; dataDir = 'C:\\b'; account = $it.account }
        $folders.existing = @{ imagePath = $it.imagePath; account = $it.before }
        Update-Service $folders $folders.existing (Get-ImagePath 'svc' 'C:\\a' 'C:\\b') 6>$null
        [void]$asked.Add('undo')
        Undo-Setup 6>$null
        $asked -join "\n"
      }`;
    const [imagePath] = await setup.ask("Get-ImagePath 'svc' $it 'C:\\b'", ['C:\\a']);
    const named = { name: 'CONTOSO\\admin', kind: 'other' };
    const [gmsa, virtual] = ['CONTOSO\\hv-mon$', 'NT SERVICE\\svc'];
    const answers = await setup.ask(ask, [
      { account: named, before: named.name, imagePath: 'old.exe' },
      { account: { name: virtual, kind: 'virtual' }, before: gmsa, imagePath },
      { account: { name: gmsa, kind: 'gmsa' }, before: virtual, imagePath },
      { account: named, before: named.name, imagePath },
    ]);
    expect(answers).toEqual([
      `config svc binPath= ${imagePath}\nundo\nconfig svc binPath= old.exe`,
      [
        `config svc obj= ${virtual}\nmanagedaccount svc FALSE\nundo`,
        `managedaccount svc TRUE\nconfig svc obj= ${gmsa}`,
      ].join('\n'),
      [
        `config svc obj= ${gmsa}\nmanagedaccount svc TRUE\nundo`,
        `managedaccount svc FALSE\nconfig svc obj= ${virtual}`,
      ].join('\n'),
      'undo',
    ]);
  });

  it('leaves a program that was installed again before the process had ended', {
    timeout: 30_000,
  }, async () => {
    const parent = mkdtempSync(join(tmpdir(), 'removal-'));
    const folder = join(parent, 'agent');
    mkdirSync(folder);
    mkdirSync(`${folder}.removed`);
    const user = spawn(process.execPath, ['-e', '']);
    await once(user, 'exit');
    const [text] = await setup.ask(`Get-LaterRemoval $it ${user.pid}`, [folder]);
    const removal = spawn(POWERSHELL ?? '', ['-NoProfile', '-NonInteractive', '-Command', String(text)]);
    await once(removal, 'exit');
    expect(readdirSync(parent)).toEqual(['agent']);
    rmSync(parent, { recursive: true });
  });

  it('removes a folder later by commands that are written down', async () => {
    const [text] = await setup.ask('Get-LaterRemoval $it 4711', ['C:\\Program Files\\agent']);
    expect(await checkSetupText(String(text))).toEqual([]);
  });

  it('removes a folder, whatever its name, once a process has ended', { timeout: 30_000 }, async () => {
    const parent = mkdtempSync(join(tmpdir(), 'removal-'));
    const folder = join(parent, "it's \u2019); New-Item evil; ('");
    mkdirSync(join(folder, 'docs'), { recursive: true });
    writeFileSync(join(folder, 'node.exe'), 'x');
    mkdirSync(join(folder, 'REMOVING'));
    // Of a try before, in the middle of which somebody turned the machine off.
    mkdirSync(join(`${folder}.removed`, 'docs'), { recursive: true });
    const user = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
    const [text] = await setup.ask(`Get-LaterRemoval $it ${user.pid}`, [folder]);

    const removal = spawn(POWERSHELL ?? '', ['-NoProfile', '-NonInteractive', '-Command', String(text)], {
      cwd: parent,
    });
    const ended = once(removal, 'exit');
    await delay(2500);
    expect(readdirSync(folder)).toEqual(['REMOVING', 'docs', 'node.exe']);
    user.kill();
    await ended;
    expect(readdirSync(parent)).toEqual([]);
    rmSync(parent, { recursive: true });
  });
});

/** As Windows programs do it: backslashes mean something before a quote only. */
function splitCommandLine(line: string): readonly string[] {
  const found: string[] = [];
  let at = 0;
  while (at < line.length) {
    if (line[at] === ' ') {
      at += 1;
      continue;
    }
    let text = '';
    let isQuoted = false;
    while (at < line.length && (isQuoted || line[at] !== ' ')) {
      const slashes = /^\\*/.exec(line.slice(at))?.[0].length ?? 0;
      at += slashes;
      if (line[at] === '"') {
        text += '\\'.repeat(slashes / 2);
        if (slashes % 2 === 1) text += '"';
        else isQuoted = !isQuoted;
        at += 1;
      } else {
        text += '\\'.repeat(slashes);
        if (slashes === 0) {
          text += line[at];
          at += 1;
        }
      }
    }
    found.push(text);
  }
  return found;
}
