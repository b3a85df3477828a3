import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get } from '../acceptance/agent-process.ts';
import { isMissing } from '../peers.ts';
import { until } from '../until.ts';
import { layOutAgentData } from './agent-data.ts';
import { windowsNodeForWine } from './nodes.ts';
import { type AgentFolder, installAgent } from './program.ts';
import { layOutStandIn } from './stand-in-host.ts';
import { installForTest } from './test-service.ts';
import { placeWindowsPowerShell, windowsPowerShellFolder } from './windows-powershell.ts';
import { bootWine, type Wine } from './wine.ts';

const POWERSHELL = windowsPowerShellFolder();
const isAbsent = isMissing('wine64') || POWERSHELL === null;

/** Of the small office: what was written after each checkpoint and before the next. */
const LAYERS = {
  'golden state': 2_147_483_648,
  'before quota change': 33_285_996_544 + 4_194_304,
  'SQL01 - (2/24/2026 - 6:00:03 PM)': 12_884_901_888,
  'before CU12': 7_516_192_768,
  'after CU12': 3_221_225_472,
  'Automatic Checkpoint - TEST01 - (3/2/2026 - 7:12:44 AM)': 629_145_600,
  'ERP01 - Backup - (3/1/2026 - 3:00:00 AM)': 5_368_709_120,
};

/** Service manager, service host, agent, PowerShell, and a pretended Hyper-V on drive C. */
describe.skipIf(isAbsent)('the whole chain on a Windows with PowerShell', { timeout: 300_000 }, () => {
  let wine: Wine;
  let program: AgentFolder;

  beforeAll(async () => {
    wine = await bootWine();
    placeWindowsPowerShell(POWERSHELL ?? '');
    const folder = join(wine.home, 'Program Files', 'checkpoint agent');
    program = await installAgent(folder, await windowsNodeForWine());
  }, 600_000);
  afterAll(() => wine?.end(), 60_000);

  it('shows every VM and every checkpoint with its bytes', async () => {
    const modulePath = await layOutStandIn('small-office', join(wine.home, 'pretended Hyper-V'));
    const collector = { timeout: '2m', powershell: { module_path: modulePath } };
    const data = await layOutAgentData(join(wine.home, 'ProgramData'), collector);
    const service = await installForTest(wine, { ...program, ...data, name: 'chain-test' });

    await service.start();
    await service.reaches('RUNNING');
    const url = `${data.url}/metrics`;
    await until(
      'a scan',
      async () => (await get(url)).text.includes('hyperv_checkpoint_scan_success{'),
      150_000,
    );
    const { text } = await get(url);
    expect(text, service.agentLog).toMatch(/^hyperv_checkpoint_scan_success\{hyperv_host="[^"]+"\} 1$/m);
    const bytes = new Map(
      seriesIn(text, 'hyperv_checkpoint_size_bytes').map((each) => [each.checkpoint_id, each.value]),
    );
    const checkpoints = seriesIn(text, 'hyperv_checkpoint_info');
    expect(
      Object.fromEntries(checkpoints.map((each) => [each.checkpoint, bytes.get(each.checkpoint_id)])),
    ).toEqual(LAYERS);
    const vms = seriesIn(text, 'hyperv_vm_checkpoint_size_bytes').map(({ vm }) => vm);
    expect(vms.sort()).toEqual(['APP01', 'DC01', 'ERP01', 'FS01', 'PRINT01', 'SQL01', 'TEST01', 'WEB01']);
  });
});

/** Labels and values of a metric in the text that Prometheus reads. */
function seriesIn(text: string, metric: string): readonly Record<string, string | number | undefined>[] {
  return [...text.matchAll(new RegExp(`^${metric}\\{(.*)\\} (\\S+)$`, 'gm'))].map(
    ([, labels = '', value]) => ({
      ...Object.fromEntries([...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, label]) => [name, label])),
      value: Number(value),
    }),
  );
}
